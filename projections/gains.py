"""Gains and losses: each disposal against the lots it took, as the rows of Form 8949.

Law: gain is proceeds less basis (26 U.S.C. 1001); a gift or a donation is no sale, and a loss by theft or of a key is
not a capital loss (26 U.S.C. 165(c), (h)): those take their lots out of the book without a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ledger.events import WalletDeclared
from ledger.units import AssetTable
from projections.findings import Finding
from projections.lots import Disposal, Match
from projections.terms import Term, box, is_long

SOLD = frozenset({"sold", "spent", "swapped"})
REPORTED = frozenset({"sold", "swapped"})
FIRST_YEAR_OF_1099_DA = 2025
FIRST_COVERED_DAY = date(2026, 1, 1).toordinal()
"""Basis is reported for coins acquired in the broker's account from 2026 on (Treas. Reg. 1.6045-1)."""


class GainRow(NamedTuple):
    """A row of Form 8949. Quantity in base units, money in micro-dollars; `missing`: no coins were recorded for it."""

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

    @property
    def gain_usd_micros(self) -> int:
        """Proceeds less basis."""
        return self.proceeds_usd_micros - self.basis_usd_micros

    @property
    def missing(self) -> bool:
        """Say if the row stands for coins the book never saw arrive."""
        return self.lot is None


class Removal(NamedTuple):
    """Coins that left without a sale: given, donated or lost, with the basis that went with them."""

    asset: str
    wallet: str
    quantity: int
    day: date
    basis_usd_micros: int
    disposition: str
    lot: str | None
    disposal: str


class TermTotal(NamedTuple):
    """A year's rows of one term, added up."""

    proceeds_usd_micros: int = 0
    basis_usd_micros: int = 0

    @property
    def gain_usd_micros(self) -> int:
        """Proceeds less basis."""
        return self.proceeds_usd_micros - self.basis_usd_micros


@dataclass(slots=True)
class GainFold:
    """Turns matches into rows and totals; rows are kept for *years* only, totals for every year."""

    assets: AssetTable
    brokers: frozenset[str]
    years: Collection[int]
    findings: list[Finding]
    rows: list[GainRow] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    totals: dict[tuple[int, Term], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    _disposal: Disposal | None = None
    _matched: int = 0
    _credited: int = 0

    def match(self, match: Match) -> None:
        """Fold one match; the matches of a disposal come one after another."""
        disposal = match.disposal
        if disposal is not self._disposal:
            self._begin(disposal)
        self._matched += match.quantity
        if disposal.proceeds is None:
            return
        if disposal.disposition not in SOLD:
            self._remove(match)
            return
        credited = disposal.proceeds * self._matched // disposal.quantity
        if self._matched == disposal.quantity:
            credited = disposal.proceeds
        proceeds, self._credited = credited - self._credited, credited
        long = match.acquired_day is not None and is_long(match.acquired_day, disposal.day)
        term: Term = "long" if long else "short"
        total = self.totals[disposal.year, term]
        total[0] += proceeds
        total[1] += match.basis
        if disposal.year in self.years:
            self.rows.append(self._row(match, proceeds, term))

    def _begin(self, disposal: Disposal) -> None:
        self._disposal, self._matched, self._credited = disposal, 0, 0
        if disposal.proceeds is None:
            self.pending.append(disposal.id)
            self.findings.append(
                Finding(
                    "fee_pending",
                    f"the fee of {disposal.id} is a disposal without a price: it stays out of the figures until a "
                    "`price` is known",
                    disposal.id,
                )
            )
        elif disposal.disposition == "lost" and disposal.year in self.years:
            self.findings.append(
                Finding(
                    "loss_not_deducted",
                    f"{disposal.id}: coins lost or stolen are no capital loss (26 U.S.C. 165(c), (h)); a theft from a "
                    "business goes on Form 4684: ask your preparer",
                    disposal.id,
                )
            )

    def _remove(self, match: Match) -> None:
        disposal = match.disposal
        if disposal.year in self.years:
            self.removals.append(
                Removal(
                    disposal.asset,
                    disposal.wallet,
                    match.quantity,
                    date.fromordinal(disposal.day),
                    match.basis,
                    disposal.disposition,
                    match.lot,
                    disposal.id,
                )
            )

    def _row(self, match: Match, proceeds: int, term: Term) -> GainRow:
        disposal = match.disposal
        return GainRow(
            disposal.asset,
            disposal.wallet,
            match.quantity,
            None if match.acquired_day is None else date.fromordinal(match.acquired_day),
            date.fromordinal(disposal.day),
            proceeds,
            match.basis,
            term,
            self._box(match, term),
            match.lot,
            disposal.id,
        )

    def _box(self, match: Match, term: Term) -> str:
        disposal = match.disposal
        asset = self.assets.get(disposal.asset)
        digital = asset is None or asset.asset_class != "security"
        reported = (
            disposal.wallet in self.brokers
            and disposal.disposition in REPORTED
            and (disposal.year >= FIRST_YEAR_OF_1099_DA or not digital)
        )
        covered = match.bought_here and (match.acquired_day or 0) >= FIRST_COVERED_DAY
        return box(term, disposal.year, reported=reported, basis_reported=covered, digital_asset=digital)

    def total(self, year: int, term: Term) -> TermTotal:
        """Return the total of one term of *year*."""
        return TermTotal(*self.totals.get((year, term), (0, 0)))


def brokers_of(wallets: Mapping[str, WalletDeclared]) -> frozenset[str]:
    """Return the wallets a broker keeps, whose sales it reports on Form 1099-DA."""
    return frozenset(name for name, wallet in wallets.items() if wallet.custody == "broker")
