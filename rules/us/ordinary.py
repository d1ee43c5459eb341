"""Ordinary income tax: brackets, the IRS Tax Table, the standard deduction (26 U.S.C. 1(j), 3, 63)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

import msgspec

from lotwork.ledger.events import SEPARATE, FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

SENIOR_FROM = 2025
ITEMIZED_LIMITED_FROM = 2026
"""From 2026 itemized deductions are limited again, now to a value of 35 percent (26 U.S.C. 68(a))."""
TABLE_END = Decimal(100_000)
"""The Tax Table is for taxable income of less than this; from here on the Tax Computation Worksheet is exact."""
TableBins: TypeAlias = tuple[tuple[Decimal, Decimal, Decimal], ...]
BINS: TableBins = (
    (ZERO, Decimal(5), Decimal(5)),
    (Decimal(5), Decimal(25), Decimal(10)),
    (Decimal(25), Decimal(3_000), Decimal(25)),
    (Decimal(3_000), TABLE_END, Decimal(50)),
)
"""How wide the rows of the Tax Table are: (from, below, width)."""


class Brackets(msgspec.Struct, frozen=True):
    """The rate schedule of one filing status and year; called with an income, it gives the tax."""

    rates: tuple[Decimal, ...]
    tops: tuple[Decimal, ...]
    figures: tuple[Figure, ...]
    table: bool = False
    """Whether income below 100,000 is taxed by the Tax Table, as a filed return must."""

    def __call__(self, income: Decimal) -> Decimal:
        """Return the tax on *income* by the schedule, or by the table where it applies."""
        if self.table and income < TABLE_END:
            return by_table(income, lambda middle: by_schedule(middle, self.rates, self.tops))
        return by_schedule(income, self.rates, self.tops)


def by_schedule(income: Decimal, rates: Sequence[Decimal], tops: Sequence[Decimal]) -> Decimal:
    """Return the tax on *income* by brackets, each rate up to its top and the last one above (26 U.S.C. 1(j)(2))."""
    tax, floor = ZERO, ZERO
    for rate, top in zip(rates, (*tops, None), strict=True):
        ceiling = income if top is None else min(income, top)
        if ceiling <= floor:
            break
        tax += (ceiling - floor) * rate
        floor = ceiling
    return tax


def by_table(income: Decimal, schedule: Callable[[Decimal], Decimal]) -> Decimal:
    """Return the Tax Table's tax: that of the middle of *income*'s row, in whole dollars (26 U.S.C. 3)."""
    if income <= 0:
        return ZERO
    start, _, width = next(row for row in BINS if income < row[1])
    middle = start + ((income - start) // width) * width + width / 2
    return schedule(middle).quantize(Decimal(1), ROUND_HALF_UP)


def brackets(status: FilingStatus, law: Law, year: int, *, tax_table: bool = False) -> Brackets:
    """Return the rate schedule of *status* in *year*."""
    rates, tops = law.in_year("us/ordinary/rates", year), law.in_year("us/ordinary/tops", year)
    return Brackets(rates.amounts(), tops.tops(status), (rates, tops), tax_table)


def standard_deduction(
    status: FilingStatus, aged_or_blind: int, law: Law, year: int
) -> tuple[Decimal, tuple[Figure, ...]]:
    """Return the standard deduction with *aged_or_blind* additions (26 U.S.C. 63(c), (f)), and its figures."""
    basic = law.in_year("us/ordinary/standard_deduction", year)
    if not aged_or_blind:
        return basic.by_status(status), (basic,)
    each = law.in_year("us/ordinary/aged_or_blind", year)
    return basic.by_status(status) + aged_or_blind * each.by_status(status), (basic, each)


def senior_deduction(status: FilingStatus, aged: int, income: Line, law: Law, year: int) -> Line:
    """Schedule 1-A line 37: 6,000 a person of 65, each less 6 percent of income above the threshold.

    2025 to 2028; a married person must file jointly (26 U.S.C. 151(d)(5)(C)).
    """
    where, label = ("Schedule 1-A", "37"), "Enhanced deduction for seniors"
    if not aged or status == SEPARATE or year < SENIOR_FROM:
        return line(where, label, ZERO, cites=("26 U.S.C. 151(d)(5)(C)",), inputs=(income,))
    each = law.in_year("us/ordinary/senior_deduction", year)
    rate = law.in_year("us/ordinary/senior_phase_out_rate", year)
    threshold = law.in_year("us/ordinary/senior_threshold", year)
    lost = rate.amount() * max(ZERO, income.amount - threshold.by_status(status))
    amount = aged * max(ZERO, each.amount() - lost)
    return line(where, label, amount, inputs=(income,), figures=(each, rate, threshold))


def itemized_reduction(itemized: Decimal, taxable: Decimal, brackets: Brackets, law: Law, year: int) -> Line:
    """Return what section 68 takes from *itemized* deductions, *taxable* being the income they are already taken from.

    2/37 of the lesser of them and of what taxable income, increased by them, exceeds the start of the highest bracket.
    """
    where, label = ("Schedule A", "section 68"), "Reduction of itemized deductions"
    if not itemized or year < ITEMIZED_LIMITED_FROM:
        return line(where, label, ZERO, cites=("26 U.S.C. 68",))
    part = law.in_year("us/ordinary/itemized_limit", year)
    above = max(ZERO, taxable + itemized - brackets.tops[-1])
    ratio = part.numbers()
    amount = min(itemized, above) * ratio["numerator"] / ratio["denominator"]
    return line(where, label, amount, figures=(part, *brackets.figures))
