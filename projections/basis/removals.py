"""Coins that left without a sale - given, donated, lost or stolen - with what a return makes of each.

Law: a gift is no sale, and above the year's exclusion to one person it asks for Form 709 (26 U.S.C. 2503(b), 6019). A
donation deducts the fair value of what was held more than a year, else no more than the basis (170(e)(1)(A)); above
5,000 of like coins it needs a qualified appraisal (170(f)(11)(C); CCA 202302012). Coins lost, with the key or sent
nowhere, are a personal casualty and deduct nothing outside a declared disaster (165(c)(3), (h)(5), made permanent and
extended to disasters a state declares by P.L. 119-21). Coins stolen that were held for profit are a theft loss of their
basis in the year it was discovered (165(c)(2), (e); CCA 202511015), on Form 4684, Section B; no capital loss.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import usd_decimal, usd_micros, usd_text
from lotwork.projections.basis.disposals import Disposal
from lotwork.projections.basis.holding_period import Term, on_day
from lotwork.projections.basis.pools import Lot
from lotwork.projections.findings import Finding
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.us.basis import appraisal_over, donation, gift_exclusion

FORMS = {
    "gift": "Form 709",
    "donated": "Schedule A, Form 8283",
    "stolen": "Form 4684, Section B",
}
OF_THEIR_OWN_YEAR = frozenset(
    {"gift_over_exclusion", "donation_needs_appraisal", "theft_to_claim", "loss_not_deducted"}
)
"""What is told of coins that left without a sale bears on the year they left in, and on no other."""


class Removal(NamedTuple):
    """Coins of one lot that left without a sale: what they were worth, their basis, and what of it a return deducts."""

    asset: str
    wallet: str
    quantity: int
    day: date
    basis_usd_micros: int
    disposition: str
    lot: str | None
    disposal: str
    fair_value_usd_micros: int = 0
    acquired: date | None = None
    term: Term = "short"
    deduction_usd_micros: int = 0
    """The amount the form begins with, before the limits of the return."""
    form: str | None = None


def removal(disposal: Disposal, lot: Lot | None, quantity: int, fair_value: int, basis: int) -> Removal:
    """Return what left of *lot* with *disposal*."""
    long = lot is not None and lot.is_long(disposal.day)
    deduction = 0
    if disposal.disposition == "donated":
        deduction = donation(fair_value, basis, long=long)
    elif disposal.disposition == "stolen":
        deduction = basis
    return Removal(
        disposal.asset,
        disposal.wallet,
        quantity,
        on_day(disposal.day),
        basis,
        disposal.disposition,
        None if lot is None else lot.id,
        disposal.id,
        fair_value,
        None if lot is None else on_day(lot.acquired_day),
        "long" if long else "short",
        deduction,
        FORMS.get(disposal.disposition),
    )


def told_of_removal(disposal: Disposal, law: Law) -> Iterator[Finding]:
    """Yield what a person must know of coins that were given, lost or stolen."""
    match disposal.disposition:
        case "lost":
            yield Finding(
                "loss_not_deducted",
                f"{disposal.id}: coins lost are no capital loss, and deducted only where a declared disaster destroyed "
                "them (26 U.S.C. 165(c)(3), (h)(5)); if they were stolen, correct the disposition to stolen",
                disposal.id,
            )
        case "stolen":
            yield Finding(
                "theft_to_claim",
                f"{disposal.id}: a theft of coins held for profit deducts their basis, less what is paid back, on Form "
                "4684, Section B, in the year it was discovered and once nothing can be expected back (26 U.S.C. "
                "165(c)(2), (e); CCA 202511015): keep the police report and what shows the profit motive; it is in no "
                "figure here",
                disposal.id,
            )
        case "gift":
            yield from _gift(disposal, law)
        case _:
            pass


def _gift(disposal: Disposal, law: Law) -> Iterator[Finding]:
    """Yield what a gift above the year's exclusion asks of the giver; a year whose exclusion is not known asks too."""
    try:
        exclusion = gift_exclusion(law, disposal.year)
    except UnknownFigureError:
        limit = None
    else:
        limit = usd_micros(exclusion.amount())
    value = disposal.proceeds or 0
    if value and (limit is None or value > limit):
        known = "which is not known here" if limit is None else usd_text(limit)
        yield Finding(
            "gift_over_exclusion",
            f"{disposal.id}: what is given to one person in {disposal.year} above {known} asks for a gift tax return, "
            f"Form 709, and this was worth {usd_text(value)} (26 U.S.C. 2503(b), 6019)",
            disposal.id,
        )


class Donations(msgspec.Struct):
    """What was donated of each coin in a year, for the appraisal that like items together may need."""

    claimed: defaultdict[tuple[int, str], int] = msgspec.field(default_factory=lambda: defaultdict(int))

    def told(self, removed: Removal, law: Law) -> Iterator[Finding]:
        """Yield a finding where *removed* takes the year's donations of its coin above what needs no appraisal."""
        if removed.disposition != "donated":
            return
        before = self.claimed[removed.day.year, removed.asset]
        after = self.claimed[removed.day.year, removed.asset] = before + removed.deduction_usd_micros
        limit = appraisal_over(law, removed.day.year)
        if before <= usd_micros(limit.amount()) < after:
            yield Finding(
                "donation_needs_appraisal",
                f"{removed.disposal}: donations of {removed.asset} in {removed.day.year} come to "
                f"{usd_decimal(after):f}, above {limit.amount()}: without a qualified appraisal and Form 8283, Section "
                "B, nothing is deducted; an exchange's price is none (26 U.S.C. 170(f)(11)(C), (F); CCA 202302012)",
                removed.disposal,
            )
