"""Form 1040's own arithmetic: total income, taxes, credits, payments, and what is owed or comes back.

From 2025 the form splits lines 7 and 11 to 13; Schedule 2 moved the minimum tax to line 2 in 2024. A nonrefundable
credit reduces the income tax and the minimum tax alone, "shall not exceed" them (26 U.S.C. 26(a)); a refundable one is
a payment, and comes back beyond the tax (6401(b)). Of a credit whose kind nobody told what is left goes against the
other taxes, and never beyond them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, given_back, line

FORM = "Form 1040"
SCHEDULE_2 = "Schedule 2"
SCHEDULE_3 = "Schedule 3"
RENUMBERED_FROM = 2025
MINIMUM_TAX_SECOND_FROM = 2024
MEDICARE_SPLIT_FROM = 2026
SPLIT = {"7": "7a", "11": "11a", "12": "12e", "13": "13a"}
"""The lines that got a letter in 2025."""


def number(year: int, before: str) -> tuple[str, str]:
    """Return the line of Form 1040 that was called *before* until 2024, as *year* calls it."""
    return (FORM, SPLIT.get(before, before) if year >= RENUMBERED_FROM else before)


def total(where: tuple[str, str], label: str, parts: Sequence[Line], cite: str) -> Line:
    """Return a line that adds *parts* up."""
    return line(where, label, sum((each.amount for each in parts), ZERO), cites=(cite,), inputs=parts)


def copied(where: tuple[str, str], source: Line) -> Line:
    """Return a line that repeats another form's."""
    return line(where, source.label, source.amount, cites=source.cites, inputs=(source,))


class Taxes(msgspec.Struct, frozen=True, kw_only=True):
    """The five taxes, each the last line of its form."""

    income: Line
    minimum: Line
    earnings: tuple[Line, ...]
    """Schedule SE line 12 of each who has a business."""
    medicare: Line
    medicare_parts: tuple[Line, Line]
    """Of it what wages bear, and self-employment: two lines of Schedule 2 from 2026."""
    investment: Line

    @property
    def all(self) -> tuple[Line, ...]:
        """All of them in the order of the total."""
        return (self.income, self.minimum, *self.earnings, self.investment, self.medicare)


class Credits(NamedTuple):
    """The credits of a year, in dollars, by what they may be used for."""

    nonrefundable: Decimal = ZERO
    refundable: Decimal = ZERO
    untold: Decimal = ZERO
    """Of a kind nobody told."""

    def used(self, income_tax: Decimal, others: Decimal) -> CreditsUsed:
        """Return what of them is used against *income_tax*, the minimum tax in it, and beyond it."""
        own = min(self.nonrefundable, income_tax)
        untold = min(self.untold, income_tax - own)
        return CreditsUsed(own + untold, self.refundable + min(self.untold - untold, others))


class CreditsUsed(NamedTuple):
    """What of the credits reduces the tax: lines 20 and 31 of Form 1040."""

    against_income_tax: Decimal
    beyond: Decimal

    @property
    def all(self) -> Decimal:
        """Both."""
        return self.against_income_tax + self.beyond


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """Credits and payments, in dollars."""

    credits: CreditsUsed
    withheld: Decimal
    estimated: Decimal
    with_extension: Decimal


def second_page(taxes: Taxes, settled: Settled, year: int) -> tuple[Line, ...]:
    """Lines 16 to 37 with Schedule 2."""
    sixteen = copied((FORM, "16"), taxes.income)
    minimum_number = "2" if year >= MINIMUM_TAX_SECOND_FROM else "1"
    minimum = copied((SCHEDULE_2, minimum_number), taxes.minimum)
    three = total((SCHEDULE_2, "3"), "Minimum tax and additions", (minimum,), "26 U.S.C. 55")
    seventeen = copied((FORM, "17"), three)
    eighteen = total((FORM, "18"), "Tax with the minimum tax", (sixteen, seventeen), "26 U.S.C. 26(b)")
    twenty = line(
        (FORM, "20"),
        "Credits against the income tax",
        settled.credits.against_income_tax,
        cites=("26 U.S.C. 26(a)",),
        inputs=(eighteen,),
    )
    left = line((FORM, "22"), "Tax after credits", eighteen.amount - twenty.amount, cites=("26 U.S.C. 26(a)",),
                inputs=(eighteen, twenty))  # fmt: skip
    medicare: tuple[Line, ...] = (copied((SCHEDULE_2, "11"), taxes.medicare),)
    if year >= MEDICARE_SPLIT_FROM:
        on_wages, on_earnings = taxes.medicare_parts
        medicare = (copied((SCHEDULE_2, "11"), on_earnings), copied((SCHEDULE_2, "17b"), on_wages))
    others = (_earnings(taxes.earnings), *medicare, copied((SCHEDULE_2, "12"), taxes.investment))
    all_others = total((SCHEDULE_2, "21"), "Other taxes", others, "26 U.S.C. 1401, 1411")
    twenty_three = copied((FORM, "23"), all_others)
    twenty_four = total((FORM, "24"), "Total tax", (left, twenty_three), "26 U.S.C. 1, 55, 1401, 1411")
    top = (sixteen, minimum, three, seventeen, eighteen, twenty, left, *others, all_others, twenty_three, twenty_four)
    return (*top, *_payments(twenty_four, settled))


def _earnings(taxes: Sequence[Line]) -> Line:
    """Schedule 2 line 4: the self-employment tax of both spouses."""
    return total((SCHEDULE_2, "4"), taxes[0].label, taxes, taxes[0].cites[0])


def _payments(tax: Line, settled: Settled) -> tuple[Line, ...]:
    """Lines 25a to 37; a payment of the balance comes with the return and stands on no line."""

    def paid(where: tuple[str, str], label: str, amount: Decimal, cite: str) -> Line:
        return line(where, label, amount, cites=(cite,))

    withheld = paid((FORM, "25a"), "Tax withheld", settled.withheld, "26 U.S.C. 31(a)")
    estimated = paid((FORM, "26"), "Estimated payments", settled.estimated, "26 U.S.C. 6315")
    extension = paid((SCHEDULE_3, "10"), "Paid with the extension", settled.with_extension, "26 U.S.C. 6081")
    returned = paid((SCHEDULE_3, "13z"), "Credits beyond the income tax", settled.credits.beyond, "26 U.S.C. 6401(b)")
    other = total((FORM, "31"), "Other payments", (extension, returned), "26 U.S.C. 6401(b)")
    all_paid = total((FORM, "33"), "Total payments", (withheld, estimated, other), "26 U.S.C. 6401(b)")
    too_much = given_back(max(ZERO, all_paid.amount - tax.amount))
    over = line((FORM, "34"), "Overpaid", too_much, cites=("26 U.S.C. 6402(a)",),
                inputs=(all_paid, tax))  # fmt: skip
    owed = line((FORM, "37"), "Amount owed", max(ZERO, tax.amount - all_paid.amount), cites=("26 U.S.C. 6151(a)",),
                inputs=(tax, all_paid))  # fmt: skip
    return withheld, estimated, extension, returned, other, all_paid, over, owed
