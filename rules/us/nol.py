"""Net operating losses: the loss of a year, what of it a later year deducts, and what goes on (26 U.S.C. 172).

An individual's loss counts without the capital loss beyond gains, without nonbusiness deductions beyond nonbusiness
income, and without the deductions of 172 and 199A (172(d)). Wages and the business are business income; interest,
dividends, hobby and other income are not, and coins sold are nonbusiness capital. Losses after 2017 go forward only,
for ever, and offset 80 percent of taxable income (172(a)(2)(B)); they never lower the self-employment tax (1402(a)(4)).
Farming losses and losses before 2018 are not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

WORKSHEET = "NOL Carryover Worksheet"
OWN_FORM_FROM = 2024
"""From 2024 a loss is figured on Form 172; before, on Schedule A of Form 1045, whose lines have the same numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossYear:
    """What the loss of a year is figured from."""

    year: int
    agi: Line
    deduction: Line
    """The standard or itemized deduction, as the tax at hand allows it."""
    retirement: Line
    """A nonbusiness deduction, although the business earned it (26 U.S.C. 172(d)(4)(D))."""
    nonbusiness_income: tuple[Line, ...]
    capital: Line
    """Schedule D line 16: the year's gain or loss, with what was carried in."""
    taken: Line
    business_gain: Line
    deducted: Line
    """The net operating losses of other years, deducted in this one."""


class Deducted(msgspec.Struct, frozen=True):
    """The net operating losses carried into a year: what it deducts, absorbs, and hands on."""

    deduction: Line
    """Schedule 1 line 8a, as a positive amount."""
    absorbed: Line
    steps: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the worksheet's order."""
        return (*self.steps, self.deduction, self.absorbed)


def nol_deduction(carried: Decimal, before: tuple[Line, ...], law: Law, year: int) -> Deducted:
    """Return what of *carried* is deducted: up to 80 percent of taxable income *before* 172 and 199A.

    The year absorbs up to 80 percent of its modified taxable income, in which the capital loss beyond gains is not
    deducted either (172(b)(2)): that may be a little more than it deducts.
    """
    limit = law.in_year("us/nol/deduction_limit", year)
    taxable, modified = before[-2:]
    start = line((WORKSHEET, "1"), "Losses carried in", carried, cites=("26 U.S.C. 172(b)(1)(A)(ii)",))
    most = line((WORKSHEET, "3"), "80 percent of taxable income", taxable.amount * limit.amount(), inputs=(taxable,),
                figures=(limit,))  # fmt: skip
    deduction = line(
        (WORKSHEET, "4"),
        "Net operating loss deduction",
        min(start.amount, most.amount),
        cites=("26 U.S.C. 172(a)(2)",),
        inputs=(start, most) if carried else (),
    )
    absorbed = line(
        (WORKSHEET, "6"),
        "Losses this year absorbs",
        min(start.amount, max(deduction.amount, modified.amount * limit.amount())),
        inputs=(start, modified) if carried else (),
        cites=("26 U.S.C. 172(b)(2)",),
        figures=(limit,),
    )
    steps = (start, *before, most) if carried else ()
    return Deducted(deduction, absorbed, steps)


def taxable_before(agi: Line, deducted: tuple[Line, Line], taken: Line) -> tuple[Line, ...]:
    """Return taxable income before 172 and 199A, and last the same without a capital loss or personal exemption.

    *deducted* is line 12 and the deduction for seniors, both figured as if there were no loss to deduct.
    """
    deduction, senior = (
        msgspec.structs.replace(each, form=WORKSHEET, line=number)
        for each, number in zip(deducted, ("2a", "2b"), strict=True)
    )
    taxable = line(
        (WORKSHEET, "2"),
        "Taxable income before this deduction",
        max(ZERO, agi.amount - deduction.amount - senior.amount),
        cites=("26 U.S.C. 172(a)(2)(B)(ii)(I)",),
        inputs=(agi, deduction, senior),
    )
    modified = line(
        (WORKSHEET, "5"),
        "Modified taxable income",
        max(ZERO, agi.amount - deduction.amount + max(ZERO, -taken.amount)),
        cites=("26 U.S.C. 172(b)(2)(A), 172(d)(2)(A), (3)",),
        inputs=(agi, deduction, taken),
    )
    return deduction, senior, taxable, modified


def nol_of_year(loss: LossYear) -> tuple[Line, ...]:
    """Form 172 Part I; its last line is the year's net operating loss as a negative amount, or 0."""
    form = "Form 172" if loss.year >= OWN_FORM_FROM else "Form 1045 Schedule A"

    def told(number: str, label: str, amount: Decimal, cite: str, *inputs: Line) -> Line:
        return line((form, number), label, amount, cites=(f"26 U.S.C. 172{cite}",), inputs=inputs)

    capital = loss.capital.amount - loss.business_gain.amount
    income = sum((each.amount for each in loss.nonbusiness_income), ZERO)
    one = told("1", "Income less deductions", loss.agi.amount - loss.deduction.amount, "(c)", loss.agi, loss.deduction)
    losses = told("2", "Nonbusiness capital losses", max(ZERO, -capital), "(d)(2)", loss.capital)
    gains = told("3", "Nonbusiness capital gains", max(ZERO, capital), "(d)(2)", loss.capital)
    spent = told(
        "6",
        "Nonbusiness deductions",
        loss.deduction.amount + loss.retirement.amount,
        "(d)(4)",
        loss.deduction,
        loss.retirement,
    )
    earned = told("7", "Nonbusiness income", income, "(d)(4)", *loss.nonbusiness_income)
    nine = told("9", "Nonbusiness deductions beyond nonbusiness income",
                max(ZERO, spent.amount - gains.amount - earned.amount), "(d)(4)", spent, gains, earned)  # fmt: skip
    taken = told("19", "Capital loss taken", max(ZERO, -loss.taken.amount), "(d)(2)(A)", loss.taken)
    twenty = max(ZERO, -loss.capital.amount) - taken.amount
    kept = told("22", "Capital loss not allowed", max(ZERO, losses.amount - twenty), "(d)(2)(A)", losses, taken)
    others = told("23", "Losses of other years deducted", loss.deducted.amount, "(d)(1)", loss.deducted)
    result = one.amount + nine.amount + kept.amount + others.amount
    end = told("24", "Net operating loss", min(ZERO, result), "(c), (d)", one, nine, kept, others)
    return one, losses, gains, spent, earned, nine, taken, kept, others, end
