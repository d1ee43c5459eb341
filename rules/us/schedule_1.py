"""Schedule 1: income that is neither wages nor investment, and the adjustments of a self-employed person.

Law: 26 U.S.C. 61, 62. Coins received outside a business stand on line 8v from 2024; in 2023 a hobby's stood on line 8j,
and those of an airdrop or a fork on line 8z.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

FORM = "Schedule 1"
DIGITAL = "8v"
OTHER = "8z"
ACTIVITY = "8j"
NO_PROFIT = "Activity not engaged in for profit"


class Received(NamedTuple):
    """Income without a schedule of its own: a hobby's in coins and in dollars, coins of no activity, and other."""

    hobby: Decimal
    hobby_dollars: Decimal
    digital: Decimal
    other: Decimal


class Additional(msgspec.Struct, frozen=True, kw_only=True):
    """Part I before the net operating loss: each line, line 8p among them."""

    business: Line
    """Line 3."""
    gains: Line
    """Line 4."""
    hobby: Line
    other: Line
    excess: Line
    """Line 8p."""
    dollars: tuple[Line, ...] = ()
    """Line 8j, where a hobby's coins stand on another."""

    @property
    def parts(self) -> tuple[Line, ...]:
        """The lines of Part I that are added up."""
        return (self.business, self.gains, *self.dollars, self.hobby, self.excess, self.other)


def additional_income(
    businesses: Sequence[Line], gains: Line, excess: Line, received: Received, law: Law, year: int
) -> Additional:
    """Part I from Schedule C, Form 4797, Form 461, and what was *received* besides.

    Raises UnknownFigureError for a year whose lines are not known.
    """
    hobby_income, dollars, digital, other_income = received
    number = law.in_year("us/income/hobby_line", year).text()
    on_digital_line = number == DIGITAL
    hobby = line(
        (FORM, number),
        "Digital assets received as ordinary income" if on_digital_line else NO_PROFIT,
        hobby_income + (digital if on_digital_line else dollars),
        cites=("26 U.S.C. 61(a)",),
    )
    other = line(
        (FORM, OTHER),
        "Other income",
        other_income + (ZERO if on_digital_line else digital),
        cites=("26 U.S.C. 61(a)",),
    )
    apart: tuple[Line, ...] = ()
    if on_digital_line and dollars:
        apart = (line((FORM, ACTIVITY), NO_PROFIT, dollars, cites=("26 U.S.C. 61(a), 183",)),)
    three = line((FORM, "3"), "Business income or loss", sum((each.amount for each in businesses), ZERO),
                 cites=("26 U.S.C. 61(a)(2)",), inputs=businesses)  # fmt: skip
    four = line((FORM, "4"), "Other gains or losses", gains.amount, cites=gains.cites,
                inputs=(gains,) if gains.amount else ())  # fmt: skip
    added = line((FORM, "8p"), "Excess business loss added back", excess.amount, cites=("26 U.S.C. 461(l)(1)(B)",),
                 inputs=(excess,))  # fmt: skip
    return Additional(business=three, gains=four, hobby=hobby, other=other, excess=added, dollars=apart)


def total_income(additional: Additional, nol: Line) -> tuple[Line, Line, Line]:
    """Lines 8a, 9 and 10, with the net operating loss deduction as a negative amount."""
    eight = line((FORM, "8a"), "Net operating loss", -nol.amount, cites=("26 U.S.C. 172(a)",), inputs=(nol,))
    listed = (eight, *additional.dollars, additional.hobby, additional.excess, additional.other)
    nine = _sum("9", "Total other income", listed)
    return eight, nine, _sum("10", "Additional income", (additional.business, additional.gains, nine))


def adjustments(halves: Sequence[Line], retirement: Line, health: Line) -> tuple[Line, Line]:
    """Lines 15 and 26: half the self-employment tax, and with lines 16 and 17 all adjustments."""
    fifteen = line((FORM, "15"), "Half of the self-employment tax", sum((each.amount for each in halves), ZERO),
                   cites=("26 U.S.C. 164(f)",), inputs=halves)  # fmt: skip
    return fifteen, _sum("26", "Adjustments to income", (fifteen, retirement, health))


def _sum(number: str, label: str, parts: Sequence[Line]) -> Line:
    amount = sum((each.amount for each in parts), ZERO)
    return line((FORM, number), label, amount, cites=("26 U.S.C. 61, 62(a)",), inputs=parts)
