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

import msgspec

from ledger.events import WalletDeclared
from ledger.units import AssetTable
from projections.findings import Finding
from projections.lots import Disposal
from projections.pools import Lot
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


class GainState(msgspec.Struct):
    """What a GainFold that keeps no rows goes on from: (year, term, proceeds, basis), and the fees without a price."""

    totals: list[tuple[int, Term, int, int]]
    pending: list[str]


@dataclass(slots=True)
class GainFold:
    """Turns the parts of disposals into rows and totals; rows are kept for *years* only, totals for every year."""

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

    def state(self) -> GainState:
        """Return what another fold can go on from."""
        totals = [(year, term, total[0], total[1]) for (year, term), total in self.totals.items()]
        return GainState(totals, self.pending)

    def resume(self, state: GainState) -> None:
        """Go on from *state*."""
        for year, term, proceeds, basis in state.totals:
            self.totals[year, term] = [proceeds, basis]
        self.pending.extend(state.pending)

    def match(self, disposal: Disposal, lot: Lot | None, quantity: int, basis: int) -> None:
        """Fold a part of *disposal* and the lot it took; the parts of a disposal come one after another."""
        if disposal is not self._disposal:
            self._begin(disposal)
        self._matched += quantity
        if disposal.proceeds is None:
            return
        if disposal.disposition not in SOLD:
            self._remove(disposal, lot, quantity, basis)
            return
        credited = disposal.proceeds
        if self._matched != disposal.quantity:
            credited = credited * self._matched // disposal.quantity
        proceeds, self._credited = credited - self._credited, credited
        term: Term = "long" if lot is not None and is_long(lot.acquired_day, disposal.day) else "short"
        total = self.totals[disposal.year, term]
        total[0] += proceeds
        total[1] += basis
        if disposal.year in self.years:
            self.rows.append(self._row(disposal, lot, quantity, proceeds, basis, term))

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

    def _remove(self, disposal: Disposal, lot: Lot | None, quantity: int, basis: int) -> None:
        if disposal.year in self.years:
            self.removals.append(
                Removal(
                    disposal.asset,
                    disposal.wallet,
                    quantity,
                    date.fromordinal(disposal.day),
                    basis,
                    disposal.disposition,
                    None if lot is None else lot.id,
                    disposal.id,
                )
            )

    def _row(
        self, disposal: Disposal, lot: Lot | None, quantity: int, proceeds: int, basis: int, term: Term
    ) -> GainRow:
        return GainRow(
            disposal.asset,
            disposal.wallet,
            quantity,
            None if lot is None else date.fromordinal(lot.acquired_day),
            date.fromordinal(disposal.day),
            proceeds,
            basis,
            term,
            self._box(disposal, lot, term),
            None if lot is None else lot.id,
            disposal.id,
        )

    def _box(self, disposal: Disposal, lot: Lot | None, term: Term) -> str:
        asset = self.assets.get(disposal.asset)
        digital = asset is None or asset.asset_class != "security"
        reported = (
            disposal.wallet in self.brokers
            and disposal.disposition in REPORTED
            and (disposal.year >= FIRST_YEAR_OF_1099_DA or not digital)
        )
        covered = lot is not None and lot.bought_here and lot.acquired_day >= FIRST_COVERED_DAY
        return box(term, disposal.year, reported=reported, basis_reported=covered, digital_asset=digital)

    def total(self, year: int, term: Term) -> TermTotal:
        """Return the total of one term of *year*."""
        return TermTotal(*self.totals.get((year, term), (0, 0)))


def brokers_of(wallets: Mapping[str, WalletDeclared]) -> frozenset[str]:
    """Return the wallets a broker keeps, whose sales it reports on Form 1099-DA."""
    return frozenset(name for name, wallet in wallets.items() if wallet.custody == "broker")
