"""From what came in to adjusted gross income: Form 1040 page 1 with Schedules C, D, SE and 1 and Forms 4797 and 461.

A net operating loss is deducted last of all, since its limit is a part of what the rest comes to: the page is gathered
without it first, and finished with it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us import schedule_1
from lotwork.rules.us.capital import CapitalGains, Traded, schedule_d
from lotwork.rules.us.excess_business_loss import ExcessLoss, excess_business_loss
from lotwork.rules.us.filer import Filer
from lotwork.rules.us.form_1040 import FORM, copied, number, total
from lotwork.rules.us.form_4797 import Form4797, form_4797
from lotwork.rules.us.nol import Deducted
from lotwork.rules.us.retirement import (
    Retirement,
    Saver,
    earned_income,
    health_insurance_deduction,
    of_the_spouse,
    retirement_deduction,
)
from lotwork.rules.us.schedule_1 import Received
from lotwork.rules.us.self_employment import SelfEmployment, schedule_se, schedule_se_of_spouse
from lotwork.rules.us.two_businesses import of_spouse

OF_ANY_RETURN = ("us/ordinary/rates", "us/income/hobby_line")
"""What the law of a year must have for any return of it."""


class SpouseTrade(NamedTuple):
    """Schedule C line 31 of the spouse, and Schedule SE with it."""

    business: Line
    self_employment: SelfEmployment
    retirement: Retirement
    """What the spouse put into a plan of the own business, within that business's earned income."""
    health: tuple[Line, ...]
    """Form 7206 of the spouse, its deduction last; empty without premiums."""

    @property
    def deducted(self) -> tuple[Line, ...]:
        """The two deductions, those of them that were told."""
        told = (self.retirement.deduction,) if self.retirement.worksheet else ()
        return (*told, *self.health[-1:])


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """The page before a net operating loss."""

    wages: Line
    interest: Line
    dividends: Line
    ordinary_dividends: Line
    business: Line
    sales: Form4797
    capital: CapitalGains
    excess: ExcessLoss
    additional: schedule_1.Additional
    self_employment: SelfEmployment
    spouse: SpouseTrade | None
    """The business of the spouse, where there is one."""
    retirement: Retirement
    health: tuple[Line, ...]
    adjustments: tuple[Line, Line]
    agi: Line
    """What the adjusted gross income would be without a net operating loss."""


class Income(msgspec.Struct, frozen=True, kw_only=True):
    """The page as it is filed, each line others start from by name."""

    gathered: Gathered
    nol: Deducted
    agi: Line
    lines: tuple[Line, ...]

    @property
    def wages(self) -> Line:
        """Form 1040 line 1a, of both spouses."""
        return self.gathered.wages

    @property
    def interest(self) -> Line:
        """Form 1040 line 2b."""
        return self.gathered.interest

    @property
    def dividends(self) -> Line:
        """Form 1040 line 3a."""
        return self.gathered.dividends

    @property
    def ordinary_dividends(self) -> Line:
        """Form 1040 line 3b: the qualified ones among them."""
        return self.gathered.ordinary_dividends

    @property
    def business(self) -> Line:
        """Schedule C line 31."""
        return self.gathered.business

    @property
    def excess_loss(self) -> Line:
        """Form 461 line 16."""
        return self.gathered.excess.excess

    @property
    def hobby(self) -> Line:
        """Schedule 1 line 8v, or 8j in 2023."""
        return self.gathered.additional.hobby

    @property
    def other(self) -> Line:
        """Schedule 1 line 8z."""
        return self.gathered.additional.other

    @property
    def sales(self) -> Form4797:
        """Form 4797."""
        return self.gathered.sales

    @property
    def capital(self) -> CapitalGains:
        """Schedule D."""
        return self.gathered.capital

    @property
    def self_employment(self) -> SelfEmployment:
        """Schedule SE."""
        return self.gathered.self_employment

    @property
    def businesses(self) -> tuple[Line, ...]:
        """Schedule C line 31 of each spouse who has a business."""
        return (self.business, *(each.business for each in self._spouse))

    @property
    def self_employments(self) -> tuple[SelfEmployment, ...]:
        """Schedule SE of each."""
        return (self.self_employment, *(each.self_employment for each in self._spouse))

    @property
    def _spouse(self) -> tuple[SpouseTrade, ...]:
        return () if self.gathered.spouse is None else (self.gathered.spouse,)

    @property
    def retirement(self) -> Line:
        """Schedule 1 line 16."""
        return self.gathered.retirement.deduction

    @property
    def health(self) -> Line:
        """Schedule 1 line 17."""
        return self.gathered.health[-1]


def gather(filer: Filer, law: Law) -> Gathered:
    """Return the page before a net operating loss; a year whose law is not known is refused."""
    year, status = filer.year, filer.status
    try:
        for path in OF_ANY_RETURN:
            law.in_year(path, year)
    except UnknownFigureError as unknown:
        known = f"Lotwork knows the law of {_years_known(law)}"
        raise UnknownFigureError(f"no federal return can be computed for {year}: {known}. {unknown}") from unknown
    wages = _given((FORM, "1a"), "Wages", filer.wages + filer.spouse_wages, "26 U.S.C. 61(a)(1)")
    interest = _given((FORM, "2b"), "Taxable interest", filer.taxable_interest, "26 U.S.C. 61(a)(4)")
    dividends = _given((FORM, "3a"), "Qualified dividends", filer.qualified_dividends, "26 U.S.C. 1(h)(11)")
    ordinary_dividends = _ordinary(filer, dividends)
    business = _given(("Schedule C", "31"), "Net profit or loss", filer.schedule_c_net, "26 U.S.C. 162")
    spouse = _spouses_trade(filer, law)
    businesses = (business,) if spouse is None else (business, spouse.business)
    sales = form_4797(filer.sales, filer.section_1231_losses)
    capital = schedule_d(_traded(filer, sales), status, law, year)
    excess = excess_business_loss(businesses, sales.ordinary, capital.taken, sales.capital, status, law, year)
    received = Received(filer.hobby_income, filer.hobby_dollars, filer.digital_income, filer.other_ordinary_income)
    additional = schedule_1.additional_income(businesses, sales.ordinary, excess.excess, received, law, year)
    earnings = schedule_se(filer.schedule_c_net, filer.wages, law, year, shareholder=filer.shareholder)
    halves = (earnings.half,) if spouse is None else (earnings.half, spouse.self_employment.half)
    retirement, health = _own_deductions(filer, earned_income(filer.schedule_c_net, earnings.half), spouse, law)
    adjustments = schedule_1.adjustments(halves, retirement.deduction, health[-1])
    parts = (wages, interest, ordinary_dividends, capital.taken, *additional.parts)
    agi = line(
        ("Form 172", "income before"),
        "Adjusted gross income before a net operating loss",
        sum((each.amount for each in parts), ZERO) - adjustments[-1].amount,
        cites=("26 U.S.C. 62(a)",),
        inputs=(*parts, adjustments[-1]),
    )
    return Gathered(
        wages=wages,
        interest=interest,
        dividends=dividends,
        ordinary_dividends=ordinary_dividends,
        business=business,
        sales=sales,
        capital=capital,
        excess=excess,
        additional=additional,
        self_employment=earnings,
        spouse=spouse,
        retirement=retirement,
        health=health,
        adjustments=adjustments,
        agi=agi,
    )


def finish(gathered: Gathered, nol: Deducted, year: int) -> Income:
    """Return the page with the net operating loss deducted: lines 1a to 11, each schedule before what it feeds."""
    listed = schedule_1.total_income(gathered.additional, nol.deduction)
    wages = total((FORM, "1z"), "Wages", (gathered.wages,), "26 U.S.C. 61(a)(1)")
    interest, ordinary_dividends = gathered.interest, gathered.ordinary_dividends
    gain, more = copied(number(year, "7"), gathered.capital.taken), copied((FORM, "8"), listed[-1])
    nine = total((FORM, "9"), "Total income", (wages, interest, ordinary_dividends, gain, more), "26 U.S.C. 61(a)")
    ten = copied((FORM, "10"), gathered.adjustments[-1])
    agi = line(
        number(year, "11"),
        "Adjusted gross income",
        nine.amount - ten.amount,
        cites=("26 U.S.C. 62(a)",),
        inputs=(nine, ten),
    )
    carried = (gathered.agi, *nol.lines) if nol.steps else (nol.deduction,)
    additional = gathered.additional
    spouse = gathered.spouse
    spouses_own: tuple[Line, ...] = ()
    if spouse is not None:
        steps = spouse.retirement.lines if spouse.retirement.worksheet else ()
        spouses_own = (spouse.business, *spouse.self_employment.lines, *steps, *spouse.health)
    lines = (
        gathered.wages, interest, gathered.dividends, ordinary_dividends, gathered.business,
        *gathered.self_employment.lines, *spouses_own,
        *gathered.sales.lines, *gathered.capital.lines,
        *gathered.excess.lines, *gathered.retirement.lines, *gathered.health,
        additional.business, additional.gains, *additional.dollars, additional.hobby, additional.excess,
        additional.other, *gathered.adjustments,
    )  # fmt: skip
    page = (wages, gain, more, nine, ten, agi)
    return Income(gathered=gathered, nol=nol, agi=agi, lines=(*lines, *carried, *listed, *page))


def _ordinary(filer: Filer, qualified: Line) -> Line:
    """Return line 3b: every ordinary dividend, of which line 3a is a part."""
    amount = qualified.amount if filer.ordinary_dividends is None else filer.ordinary_dividends
    return line((FORM, "3b"), "Ordinary dividends", amount, cites=("26 U.S.C. 61(a)(7)",), inputs=(qualified,))


def _spouses_trade(filer: Filer, law: Law) -> SpouseTrade | None:
    net = filer.spouse_schedule_c_net
    if not net:
        return None
    business = _given((of_spouse("Schedule C"), "31"), "Net profit or loss", net, "26 U.S.C. 162")
    earnings = schedule_se_of_spouse(net, filer.spouse_wages, law, filer.year)
    earned = earned_income(net, earnings.half)
    saver = Saver(
        filer.spouse_retirement_contribution,
        filer.spouse_retirement_plan,
        filer.spouse_age,
        filer.spouse_elsewhere_deferred,
    )
    retirement = retirement_deduction(saver, earned, law, filer.year)
    health = health_insurance_deduction(filer.spouse_health_insurance, earned, retirement.deduction)
    return SpouseTrade(business, earnings, *of_the_spouse(retirement, health))


def _own_deductions(
    filer: Filer, earned: Decimal, spouse: SpouseTrade | None, law: Law
) -> tuple[Retirement, tuple[Line, ...]]:
    """Return lines 16 and 17 of Schedule 1 with their steps: what each deducts of the own *earned* income."""
    retirement = retirement_deduction(_saver(filer), earned, law, filer.year)
    health = health_insurance_deduction(filer.health_insurance, earned, retirement.deduction)
    if spouse is not None and spouse.deducted:
        retirement = replace(retirement, deduction=_of_both(retirement.deduction, spouse.retirement.deduction))
        health = (*health[:-1], _of_both(health[-1], *spouse.health[-1:]))
    return retirement, health


def _of_both(own: Line, *others: Line) -> Line:
    """Return a line of Schedule 1 that has what each spouse deducts, each within an own limit."""
    told = [each for each in others if each.amount or each.inputs]
    amount = sum((each.amount for each in told), own.amount)
    return msgspec.structs.replace(own, amount=amount, inputs=(*own.inputs, *(each.ref for each in told)))


def _traded(filer: Filer, sales: Form4797) -> Traded:
    return Traded(
        nets=(filer.short_term_net, filer.long_term_net),
        carried=(filer.short_term_carryover, filer.long_term_carryover),
        boxes=filer.boxes,
        business=sales.capital if filer.sales else None,
        unrecaptured_1250=sales.unrecaptured_1250 if filer.sales else None,
    )


def _saver(filer: Filer) -> Saver:
    return Saver(filer.retirement_contribution, filer.retirement_plan, filer.age, filer.elsewhere_deferred)


def _given(where: tuple[str, str], label: str, amount: Decimal, cite: str) -> Line:
    return line(where, label, amount, cites=(cite,))


def _years_known(law: Law) -> str:
    """Return the years whose returns *law* has what every return asks for, from the first to the last."""
    entries = [law.entry(path) for path in OF_ANY_RETURN]
    begun = {version.from_.year for entry in entries for version in entry.in_force}
    days = (date(year, 1, 1) for year in range(min(begun), max(begun) + 1))
    known = [day.year for day in days if all(entry.on(day) for entry in entries)]
    return f"{known[0]} to {known[-1]}" if known else "no year"
