"""Installments that follow the income through the year: Form 2210, Schedule AI (26 U.S.C. 6654(d)(2)).

Each column is a whole return on what its period brought, "placed on an annualized basis"; of its tax 22.5, 45, 67.5
and 90 percent are due. An installment is the smaller of that, less the ones before, and of the regular one; what is
saved on one is added to the regular amount of the next (6654(d)(2)(A)(ii)).

What an annualized return is made of, the caller says: amounts that flow are multiplied, amounts that stand (a
carryover, the standard deduction, the basis of rigs) are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import MONTHS, ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import INSTALLMENTS, LETTERS
from lotwork.rules.us.form_1040 import Credits
from lotwork.rules.us.individual import Filer, Return, compute
from lotwork.rules.us.ordinary import standard_deduction
from lotwork.rules.us.two_businesses import spouses

FORM = "Form 2210 Schedule AI"
CITE = "26 U.S.C. 6654(d)(2)"
FACTORS = frozenset({"2", "5", "20", "32", "34"})
"""The lines that hold no dollars but what the others are multiplied by: 2.4, 22.5 percent, 0.496."""


class Period(NamedTuple):
    """A column: January 1 through a day, and the factors the form prints for it."""

    place: int
    end: date
    months: int
    factor: Decimal
    percent: Decimal

    @property
    def letter(self) -> str:
        """How the form names the column."""
        return LETTERS[self.place]


class Column(msgspec.Struct, frozen=True):
    """Lines 1 to 21 and 28 to 36 of one period; `due_by_then` is line 21."""

    period: Period
    computed: Return
    lines: tuple[Line, ...]
    due_by_then: Line


class AnnualInstallment(NamedTuple):
    """Lines 22 to 27 of one column; `required` is line 27."""

    lines: tuple[Line, ...]
    required: Line


def periods(law: Law, year: int) -> tuple[Period, ...]:
    """Return the four periods; each holds the ones before."""
    ends = law.in_year("us/estimated/annualization_periods_end", year).texts()
    factors = law.in_year("us/estimated/annualization_factors", year).amounts()
    percents = law.in_year("us/estimated/annualization_applicable_percent", year).amounts()
    days = [date.fromisoformat(f"{year}-{end}") for end in ends]
    return tuple(
        Period(place, end, end.month, factor, percent)
        for place, (end, factor, percent) in enumerate(zip(days, factors, percents, strict=True))
    )


def column(period: Period, filer: Filer, told: Credits, law: Law, *, tax_table: bool = False) -> Column:
    """Return the column of *period* from its annualized *filer* and the credits of the period, not annualized.

    *tax_table* figures line 14 as line 16 of the return that is filed is.
    """
    computed = compute(filer, law, tax_table=tax_table)
    credits_taken = told.used(computed.income_taxes, computed.total.amount - computed.income_taxes).all
    earnings = _part_ii(period, computed, law)
    income = _income(period, computed, law)
    tax = _tax(period, computed, (income[-1], *(each[-1] for each in earnings)), credits_taken)
    percents = law.in_year("us/estimated/annualization_applicable_percent", filer.year)
    part = _line(period, "20", "Applicable percentage", period.percent, figures=(percents,))
    due = _line(period, "21", "Due by then", tax[-1].amount * period.percent, tax[-1], part)
    return Column(period, computed, (*income, *tax, part, due, *chain.from_iterable(earnings)), due)


def _line(
    period: Period, number: str, label: str, amount: Decimal, *inputs: Line | str, figures: Sequence[Figure] = ()
) -> Line:
    return line((FORM, f"{number}{period.letter}"), label, amount, cites=(CITE,), inputs=inputs, figures=figures)


def _income(period: Period, computed: Return, law: Law) -> tuple[Line, ...]:
    """Lines 1 to 13: annualized adjusted gross income less the larger deduction and the one for business income."""
    filer, factor = computed.filer, period.factor
    factors = law.in_year("us/estimated/annualization_factors", filer.year)
    agi = computed.income.agi.amount
    first = _line(period, "1", "Adjusted gross income of the period", agi / factor)
    second = _line(period, "2", "Annualization amount", factor, figures=(factors,))
    third = _line(period, "3", "Annualized income", agi, first, second)
    itemized = filer.itemized_deductions
    fourth = _line(period, "4", "Itemized deductions of the period", itemized / factor)
    fifth = _line(period, "5", "Annualization amount", factor, figures=(factors,))
    sixth = _line(period, "6", "Annualized itemized deductions", itemized, fourth, fifth)
    standard, figures = standard_deduction(filer.status, filer.aged + filer.blind, law, filer.year)
    if filer.must_itemize:
        standard, figures = ZERO, ()
    seventh = _line(period, "7", "Standard deduction, in full", standard, figures=figures)
    eighth = _line(period, "8", "The larger of both", max(itemized, standard), sixth, seventh)
    ninth = _line(period, "9", "Deduction for business income", computed.taxable.qbi.deduction.amount)
    tenth = _line(period, "10", "Deductions", eighth.amount + ninth.amount, eighth, ninth)
    rest = _line(period, "11", "Annualized income less deductions", agi - tenth.amount, third, tenth)
    none = _line(period, "12", "Exemptions: of estates and trusts only", ZERO)
    taxable = _line(period, "13", "Annualized taxable income", max(ZERO, rest.amount), rest, none)
    return (first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth, rest, none, taxable)


def _tax(period: Period, computed: Return, sources: tuple[Line, ...], credits_taken: Decimal) -> tuple[Line, ...]:
    """Lines 14 to 19: the tax on line 13 at each rate it bears, self-employment tax, the others, less credits.

    Schedule 1-A (the deduction of 65 and older) has no line of its own here: it lowers what line 14 is figured on.
    """
    taxable, *earnings = sources
    summary = computed.summary
    income_tax, all_taxes = summary["income_tax"], computed.total.amount
    senior = " less Schedule 1-A" if computed.taxable.senior.amount else ""
    tax = _line(period, "14", f"Tax on line 13{senior}", income_tax, taxable, computed.tax.tax)
    own = _line(period, "15", "Self-employment tax", sum((each.amount for each in earnings), ZERO), *earnings)
    others = _line(
        period,
        "16",
        "Minimum tax, investment income tax, Additional Medicare Tax",
        all_taxes - income_tax - summary["se_tax"],
        computed.minimum.tax,
        computed.investment.tax,
        computed.medicare.tax,
    )
    total = _line(period, "17", "Total tax", tax.amount + own.amount + others.amount, tax, own, others)
    taken = _line(period, "18", "Credits of the period", credits_taken)
    left = _line(period, "19", "Tax less credits", max(ZERO, total.amount - credits_taken), total, taken)
    return (tax, own, others, total, taken, left)


def _part_ii(period: Period, computed: Return, law: Law) -> tuple[tuple[Line, ...], ...]:
    """Lines 28 to 36 of each who has a business: on a joint return of two, each fills Part II in alone."""
    income, filer = computed.income, computed.filer
    first = _person(period, (income.self_employment.taxable_earnings, filer.wages), filer.year, law)
    if income.gathered.spouse is None:
        return (first,)
    earned = income.gathered.spouse.self_employment.taxable_earnings
    return first, spouses(_person(period, (earned, filer.spouse_wages), filer.year, law))


def _person(period: Period, earned_and_wages: tuple[Line, Decimal], year: int, law: Law) -> tuple[Line, ...]:
    """Lines 28 to 36: the period's net earnings against the wage base in proportion, at rates that annualize."""
    (earned, own_wages), place = earned_and_wages, period.place
    in_year = law.in_year
    base = in_year("us/self_employment/oasdi_wage_base", year)
    twelfths = in_year("us/estimated/annualization_se_base_fraction_twelfths", year)
    social = in_year("us/estimated/annualization_se_oasdi_factor", year)
    medicare = in_year("us/estimated/annualization_se_hi_factor", year)
    net = _line(period, "28", "Net earnings of the period", earned.amount / period.factor, earned)
    limit = _line(
        period,
        "29",
        "Wage base in proportion",
        base.amount() * twelfths.amounts()[place] / MONTHS,
        figures=(base, twelfths),
    )
    wages = _line(period, "30", "Own wages of the period", own_wages / period.factor)
    left = _line(period, "31", "Wage base left", max(ZERO, limit.amount - wages.amount), limit, wages)
    rate = _line(period, "32", "Annualization amount", social.amounts()[place], figures=(social,))
    oasdi = _line(period, "33", "Social security part", rate.amount * min(net.amount, left.amount), net, left, rate)
    other = _line(period, "34", "Annualization amount", medicare.amounts()[place], figures=(medicare,))
    hospital = _line(period, "35", "Medicare part", net.amount * other.amount, net, other)
    tax = _line(period, "36", "Annualized self-employment tax", oasdi.amount + hospital.amount, oasdi, hospital)
    return (net, limit, wages, left, rate, oasdi, other, hospital, tax)


def annual_installments(columns: Sequence[Column], regular: Line | None) -> tuple[AnnualInstallment, ...]:
    """Lines 22 to 27: the smaller of the annualized and the regular installment, what was saved before recaptured.

    *regular* is the required annual payment. None: it is not known before the year is over, and the annualized
    installments alone are enough, whatever the rest of the year brings.
    """
    made: list[AnnualInstallment] = []
    for each in columns:
        period = each.period
        required = [one.required for one in made]
        earlier = _line(
            period, "22", "Installments of the columns before", sum((one.amount for one in required), ZERO), *required
        )
        left = max(ZERO, each.due_by_then.amount - earlier.amount)
        annual = _line(period, "23", "Annualized installment", left, each.due_by_then, earlier)
        if regular is None:
            due = _line(period, "27", "Required installment", annual.amount, annual)
            made.append(AnnualInstallment((earlier, annual, due), due))
        else:
            increased = _regular(period, regular, made)
            amount = min(annual.amount, increased[-1].amount)
            due = _line(period, "27", "Required installment: the smaller", amount, annual, increased[-1])
            made.append(AnnualInstallment((earlier, annual, *increased, due), due))
    return tuple(made)


def _regular(period: Period, regular: Line, made: Sequence[AnnualInstallment]) -> tuple[Line, Line, Line]:
    """Lines 24 to 26: a quarter of the required annual payment, and what the column before saved on it."""
    quarter = _line(period, "24", "Regular installment", regular.amount / INSTALLMENTS, regular)
    saved = made[-1].lines[-2].amount - made[-1].required.amount if made else ZERO
    carried = _line(period, "25", "Saved in the column before", saved, *(made[-1].lines[-2:] if made else ()))
    both = _line(period, "26", "Regular installment with it", quarter.amount + saved, quarter, carried)
    return quarter, carried, both
