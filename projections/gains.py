"""Gains and losses: each disposal against the lots it took, as the rows of Form 8949.

Law: gain is proceeds less basis (26 U.S.C. 1001); a gift received has one basis for a gain and may have another for a
loss (1015(a)); a loss of a wash sale is disallowed (1091). A gift or a donation is no sale, and a loss by theft or of a
key is not a capital loss: those take their lots out of the book without a row (`projections.basis.removals`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import WalletDeclared
from lotwork.ledger.units import AssetTable
from lotwork.projections.basis.disposals import SOLD, Disposal, Part
from lotwork.projections.basis.holding_period import Term, box, is_long, on_day
from lotwork.projections.basis.pools import Lineage, Lot
from lotwork.projections.basis.removals import Donations, Removal, removal, told_of_removal
from lotwork.projections.basis.wash import Loss, WashSales
from lotwork.projections.findings import Finding
from lotwork.projections.unpriced import how_to_price
from lotwork.rules.load import Law
from lotwork.rules.us.basis import Used, basis_used, brokers_report, brokers_report_basis

REPORTED = frozenset({"sold", "swapped"})


class GainRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row of Form 8949. Quantity in base units, money in micro-dollars; `missing`: no coins were recorded for it.

    The adjustment is that of column (g) with its code of column (f): W for the loss of a wash sale.
    """

    asset: str
    wallet: str
    quantity: int
    acquired: date | None
    sold: date
    proceeds_usd_micros: int
    basis_usd_micros: int
    term: Term
    box: str
    lot: str | None
    disposal: str
    adjustment_code: str | None = None
    adjustment_usd_micros: int = 0
    how: str | None = None
    """How the lot came where it was neither received nor bought: gift, inheritance or wash_sale."""
    basis_used: Used | None = None
    """Of a gift with two bases, the one that counted; between the two there is neither gain nor loss."""
    basis_known: bool = True

    @property
    def gain_usd_micros(self) -> int:
        """Proceeds less basis, and the adjustment: column (h)."""
        return self.proceeds_usd_micros - self.basis_usd_micros + self.adjustment_usd_micros

    @property
    def missing(self) -> bool:
        """Say if the row stands for coins the book never saw arrive."""
        return self.lot is None


class TermTotal(NamedTuple):
    """A year's rows of one term, added up."""

    proceeds_usd_micros: int = 0
    basis_usd_micros: int = 0
    adjustment_usd_micros: int = 0

    @property
    def gain_usd_micros(self) -> int:
        """Proceeds less basis, and the adjustments."""
        return self.proceeds_usd_micros - self.basis_usd_micros + self.adjustment_usd_micros


class GainState(msgspec.Struct):
    """What a GainFold without rows goes on from: (year, term, proceeds, basis, adjustment), and unpriced fees."""

    totals: list[tuple[int, Term, int, int, int]]
    boxes: list[tuple[int, str, int, int, int]]
    """The same by box of Form 8949."""
    pending: list[str]


class GainFold(msgspec.Struct):
    """Turns the parts of disposals into rows and totals; rows are kept for *years* only, totals for every year."""

    assets: AssetTable
    brokers: frozenset[str]
    years: Collection[int]
    findings: list[Finding]
    law: Law
    wash: WashSales | None = None
    rows: list[GainRow] = msgspec.field(default_factory=list)
    removals: list[Removal] = msgspec.field(default_factory=list)
    gone: int = 0
    """How many rows were taken out of `rows`: the place of a row counts them too."""
    pending: list[str] = msgspec.field(default_factory=list)
    totals: dict[tuple[int, Term], list[int]] = msgspec.field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    by_box: dict[tuple[int, str], list[int]] = msgspec.field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    """The same by box of Form 8949."""
    _donations: Donations = msgspec.field(default_factory=Donations)
    _disposal: Disposal | None = None
    _boxes: Mapping[Term, str] | None = None
    """The boxes of the disposal that is being folded, by term, where no broker reports it; None where one may."""
    _known_boxes: dict[tuple[str, int], Mapping[Term, str]] = msgspec.field(default_factory=dict)
    """Those of an asset in a year."""
    _matched: int = 0
    _credited: int = 0

    def __post_init__(self) -> None:
        if self.wash is not None:
            self.wash.disallow = self._disallow

    def state(self) -> GainState:
        """Return what another fold can go on from."""
        totals = [(year, term, total[0], total[1], total[2]) for (year, term), total in self.totals.items()]
        boxes = [(year, letter, total[0], total[1], total[2]) for (year, letter), total in self.by_box.items()]
        return GainState(totals, boxes, self.pending)

    def resume(self, state: GainState) -> None:
        """Go on from *state*."""
        for year, term, proceeds, basis, adjustment in state.totals:
            self.totals[year, term] = [proceeds, basis, adjustment]
        for year, letter, proceeds, basis, adjustment in state.boxes:
            self.by_box[year, letter] = [proceeds, basis, adjustment]
        self.pending.extend(state.pending)

    def resume_rows(self, rows: Iterable[GainRow], removals: Iterable[Removal]) -> None:
        """Go on from the *rows* and *removals* of the years kept, whose findings were told."""
        self.rows.extend(rows)
        for removed in removals:
            self.removals.append(removed)
            tuple(self._donations.told(removed, self.law))  # what was donated so far counts with what comes

    def match(self, disposal: Disposal, parts: Sequence[Part]) -> None:
        """Fold *parts* of *disposal*; those of one disposal come one after another."""
        if disposal is not self._disposal:
            self._begin(disposal)
        if disposal.proceeds is None:
            return
        credited = self._credit(disposal, disposal.proceeds, parts)
        if disposal.disposition in SOLD:
            self._sell(disposal, zip(parts, credited, strict=True))
        elif disposal.year in self.years:
            self._remove(disposal, zip(parts, credited, strict=True))

    def _credit(self, disposal: Disposal, whole: int, parts: Iterable[Part]) -> list[int]:
        """Return what of the *whole* proceeds goes to each of *parts*: with those before it, their share of them."""
        matched, before, credited, quantity_of_all = self._matched, self._credited, list[int](), disposal.quantity
        for _, quantity, _ in parts:
            matched += quantity
            so_far = whole if matched == quantity_of_all else whole * matched // quantity_of_all
            credited.append(so_far - before)
            before = so_far
        self._matched, self._credited = matched, before
        return credited

    def _sell(self, disposal: Disposal, parts: Iterable[tuple[Part, int]]) -> None:
        """Add up *parts*, each with what it brought, and keep a row of each where the year's are kept."""
        asset, wallet, name = disposal.asset, disposal.wallet, disposal.id
        day, year, sold, boxes = disposal.day, disposal.year, on_day(disposal.day), self._boxes
        is_kept, adding, of_term, brought, cost = year in self.years, "", None, 0, 0
        wash = self.wash if self.wash is not None and self.wash.may_reach(asset) else None
        since, came = day, sold
        by_time: Term = "short"
        for (lot, quantity, told), proceeds in parts:
            basis, how, used, is_known = told, None, None, True
            term: Term = "short"
            if lot is not None:
                acquired = lot.acquired_day
                if lot.lineage is not None:
                    basis, term, acquired, used = _by_lineage(lot, lot.lineage, day, proceeds, told)
                    how, is_known = lot.lineage.how, lot.lineage.basis_known
                if acquired != since:
                    since, came, by_time = acquired, on_day(acquired), "long" if is_long(acquired, day) else "short"
                if lot.lineage is None:
                    term = by_time
            box = self._box_of(disposal, lot, term) if boxes is None else boxes[term]
            if box != adding:
                self._add(year, of_term, adding, brought, cost)
                adding, of_term, brought, cost = box, term, 0, 0
            brought += proceeds
            cost += basis
            if wash is not None and lot is not None and proceeds < basis:
                wash.lose(self._loss(disposal, lot, quantity, basis - proceeds, term, box))
            if is_kept:
                self.rows.append(
                    GainRow(
                        asset, wallet, quantity, None if lot is None else came, sold, proceeds, basis, term,
                        box, None if lot is None else lot.id, name, None, 0, how, used, is_known,
                    )
                )  # fmt: skip
        self._add(year, of_term, adding, brought, cost)

    def _add(self, year: int, term: Term | None, box: str, proceeds: int, basis: int) -> None:
        for total in () if term is None else (self.totals[year, term], self.by_box[year, box]):
            total[0] += proceeds
            total[1] += basis

    def _begin(self, disposal: Disposal) -> None:
        self._disposal, self._matched, self._credited = disposal, 0, 0
        self._boxes = None if disposal.wallet in self.brokers else self._unreported(disposal.asset, disposal.year)
        if disposal.proceeds is None:
            self.pending.append(disposal.id)
            self.findings.append(
                Finding(
                    "fee_pending",
                    f"the fee of {disposal.id} is a disposal without a price, and in no figure: "
                    f"{how_to_price(disposal.asset, disposal.at)}",
                    disposal.id,
                )
            )
        elif disposal.disposition not in SOLD and disposal.year in self.years:
            self.findings += told_of_removal(disposal, self.law)

    def _remove(self, disposal: Disposal, parts: Iterable[tuple[Part, int]]) -> None:
        """Keep *parts* that left without a sale, each with its fair value."""
        for (lot, quantity, basis), fair_value in parts:
            removed = removal(disposal, lot, quantity, fair_value, basis)
            self.removals.append(removed)
            self.findings += self._donations.told(removed, self.law)

    def _loss(self, disposal: Disposal, lot: Lot, quantity: int, amount: int, term: Term, box: str) -> Loss:
        lineage = lot.lineage
        since = lot.acquired_day if lineage is None or lineage.term_day is None else lineage.term_day
        return Loss(
            disposal.asset, disposal.day, disposal.year, term, box, quantity, amount, disposal.day - since,
            lot.id if lineage is None or lineage.origin is None else lineage.origin,
            self.gone + len(self.rows) if disposal.year in self.years else None,
        )  # fmt: skip

    def _disallow(self, loss: Loss, amount: int) -> None:
        """Take *amount* of a wash sale's loss out of the totals, and out of its row where that is kept."""
        self.totals[loss.year, loss.term][2] += amount
        self.by_box[loss.year, loss.box][2] += amount
        if loss.row is not None:
            place = loss.row - self.gone
            row = self.rows[place]
            self.rows[place] = msgspec.structs.replace(
                row, adjustment_code="W", adjustment_usd_micros=row.adjustment_usd_micros + amount
            )

    def _unreported(self, asset: str, year: int) -> Mapping[Term, str]:
        """Return the boxes of what no broker reports, by term."""
        told = self._known_boxes.get((asset, year))
        if told is None:
            digital = self._is_digital(asset)
            terms: tuple[Term, Term] = ("short", "long")
            told = {
                term: box(term, year, reported=False, basis_reported=False, digital_asset=digital) for term in terms
            }
            self._known_boxes[asset, year] = told
        return told

    def _is_digital(self, asset: str) -> bool:
        known = self.assets.get(asset)
        return known is None or known.asset_class != "security"

    def _box_of(self, disposal: Disposal, lot: Lot | None, term: Term) -> str:
        """Return the box of a part of *disposal* out of a wallet that a broker keeps."""
        digital = self._is_digital(disposal.asset)
        reported = disposal.disposition in REPORTED and brokers_report(
            self.law, on_day(disposal.day), digital_asset=digital
        )
        covered = (
            reported
            and lot is not None
            and lot.bought_here
            and brokers_report_basis(self.law, on_day(lot.acquired_day), digital_asset=digital)
        )
        return box(term, disposal.year, reported=reported, basis_reported=covered, digital_asset=digital)

    def total(self, year: int, term: Term) -> TermTotal:
        """Return the total of one term of *year*."""
        return TermTotal(*self.totals.get((year, term), ()))


def brokers_of(wallets: Mapping[str, WalletDeclared]) -> frozenset[str]:
    """Return the wallets a broker keeps, whose sales it reports on Form 1099-DA."""
    return frozenset(name for name, wallet in wallets.items() if wallet.custody == "broker")


def _by_lineage(lot: Lot, lineage: Lineage, day: int, proceeds: int, basis: int) -> tuple[int, Term, int, Used | None]:
    """Return the basis that counts for *proceeds* of this day, the term, the day of acquisition, which basis it is."""
    used: Used | None = None
    if lineage.loss_basis is not None:
        basis, used = basis_used(proceeds, basis, lineage.loss_basis)
    at_loss = used == "loss"
    acquired = lineage.loss_day if at_loss and lineage.loss_day is not None else lot.acquired_day
    return basis, "long" if lot.is_long(day, at_loss=at_loss) else "short", acquired, used
