"""Basis: what a gift has and a sale of it uses, who is told of a choice of lots, what is asked of one who gives.

Amounts are whole micro-dollars, since lots are; a form line rounds once.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from lotwork.rules.figures import Figure
from lotwork.rules.load import Law

Used: TypeAlias = Literal["gain", "loss", "neither"]


class TransitionDays(NamedTuple):
    """The days by which an allocation of unused basis must be made (Rev. Proc. 2024-28, 5.02(4) and (5))."""

    specific_by: date
    """The last day of a specific-unit allocation, where no disposal comes before it."""
    global_before: date
    """The day before which a global allocation must be written down."""


def gift_bases(donor: int, fair_value: int | None, gift_tax: int = 0) -> tuple[int, int | None]:
    """Return a gift's basis for a gain, and for a loss where that is another (26 U.S.C. 1015(a)).

    *gift_tax* is the tax paid on the appreciation: it adds to the basis, "but not above the fair market value"
    (1015(d)(1), (6)). Where the fair value is not known no loss can be shown: the loss basis is then 0.
    """
    if fair_value is None:
        return donor, 0
    if fair_value < donor:
        return donor, fair_value
    return min(donor + gift_tax, fair_value), None


def basis_used(proceeds: int, gain_basis: int, loss_basis: int) -> tuple[int, Used]:
    """Return the basis a sale of a gift uses; between the two is neither gain nor loss (Treas. Reg. 1.1015-1(a)(2))."""
    if proceeds >= gain_basis:
        return gain_basis, "gain"
    if proceeds < loss_basis:
        return loss_basis, "loss"
    return proceeds, "neither"


def donation(fair_value: int, basis: int, *, long: bool) -> int:
    """Return what a gift of coins to charity deducts: the value, less the gain that is not long-term (170(e)(1)(A))."""
    return fair_value if long else min(fair_value, basis)


def broker_must_be_told(law: Law, day: date) -> bool:
    """Say if units in a broker's custody disposed of on *day* must have been identified to the broker.

    Treas. Reg. 1.1012-1(j)(3)(ii) asks for it; for some years the taxpayer's own books suffice (Notice 2025-7).
    """
    if day < law.figure("us/basis/broker_identification_from", day).day():
        return False
    first, last = law.figure("us/basis/own_books_relief", day).days()
    return not first <= day <= last


def brokers_report(law: Law, sold: date, *, digital_asset: bool) -> bool:
    """Say if a broker reports what a sale on *sold* brought: of coins on Form 1099-DA, of securities on 1099-B."""
    return not digital_asset or sold >= law.figure("us/basis/broker_proceeds_from", date(2025, 1, 1)).day()


def brokers_report_basis(law: Law, acquired: date, *, digital_asset: bool) -> bool:
    """Say if a broker reports the basis of what was bought in its account on *acquired*: a covered security."""
    name = "broker_basis_from" if digital_asset else "stock_basis_from"
    return acquired >= law.figure(f"us/basis/{name}", date(2025, 1, 1)).day()


def transition_days(law: Law) -> TransitionDays:
    """Return the deadlines of the allocation on the turn to wallets."""
    turn = law.figure("us/basis/transition_global_before", date(2025, 1, 1)).day()
    return TransitionDays(law.figure("us/basis/transition_specific_by", turn).day(), turn)


def gift_exclusion(law: Law, year: int) -> Figure:
    """Return how much may be given to one person in *year* without a gift tax return (26 U.S.C. 2503(b), 6019)."""
    return law.in_year("us/basis/gift_exclusion", year)


def appraisal_over(law: Law, year: int) -> Figure:
    """Return the deduction for like property above which it needs a qualified appraisal (26 U.S.C. 170(f)(11)(C))."""
    return law.in_year("us/basis/appraisal_over", year)
