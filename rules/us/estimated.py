"""Estimated tax: what must be paid, by when, and where no penalty can arise (26 U.S.C. 6654; Form 2210, Part I).

What was paid, late or not, stands in rules.us.estimated_penalty; installments that follow the income through the
year, in rules.us.estimated_annualized. A miner is no farmer: the single payment of two thirds (6654(i)) is not his.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

FORM = "Form 2210"
INSTALLMENTS = 4
SATURDAY = 5
LETTERS = "abcd"
"""How the form names its columns, one an installment."""


class YearTax(msgspec.Struct, frozen=True, kw_only=True):
    """What the required payment is measured by."""

    year: int
    status: FilingStatus
    tax: Decimal | None
    """The year's tax with self-employment tax and the other taxes, less credits, before withholding (line 4); None
    while its law is not out."""
    income_tax: Decimal | None = None
    """Of it, income tax with the minimum tax after credits (line 1); where nobody says, what is no other tax."""
    other_taxes: Decimal = ZERO
    """Self-employment tax, net investment income tax and Additional Medicare Tax (line 2)."""
    credits: Decimal = ZERO
    """Credits that are left for the other taxes (line 3)."""
    withholding: Decimal = ZERO
    prior_tax: Decimal | None = None
    """The prior year's tax; None where there was no return for a year of twelve months."""
    prior_agi: Decimal | None = None


class RequiredPayment(msgspec.Struct, frozen=True):
    """Form 2210, Part I: the two measures, the smaller of them, and whether a penalty can arise at all.

    Of a year whose law is not out the prior year's measure alone is known, and `required` is that one; None where it is
    not known either.
    """

    parts: tuple[Line, ...]
    tax: Line | None
    ninety_percent: Line | None
    withheld: Line
    prior_year: Line | None
    required: Line | None
    owed: Line | None
    penalty_possible: bool
    why: str

    @property
    def method(self) -> str:
        """Which measure is the smaller: "current year" or "prior year"."""
        return "prior year" if self.asks_for_prior_year else "current year"

    @property
    def asks_for_prior_year(self) -> bool:
        """Whether the prior year's measure is the one required."""
        prior, required = self.prior_year, self.required
        return prior is not None and required is not None and prior.amount == required.amount

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are known, in the form's order."""
        told = (self.tax, self.ninety_percent, self.withheld, self.owed, self.prior_year, self.required)
        return (*self.parts, *(each for each in told if each is not None))


class Installment(msgspec.Struct, frozen=True):
    """One of the four payments: the statute's day, the last day that is on time, and the amount."""

    quarter: int
    statutory: date
    due: date
    required: Decimal


def required_payment(case: YearTax, law: Law) -> RequiredPayment:
    """Return the required annual payment: the lesser of 90 percent and the prior-year measure (6654(d)(1)(B)-(C)).

    110 percent applies where the prior year's income *exceeds* 150,000 (75,000 separate): exactly that much is 100.
    "Less than $1,000" after withholding bears no penalty, so exactly 1,000 does (6654(e)(1)); nor does a year after
    one of twelve months without any tax (6654(e)(2)).
    """
    if case.tax is None:
        return _by_prior_year(case, law)
    share = law.in_year("us/estimated/current_year_fraction", case.year)
    parts, tax = _tax(case, case.tax)
    ninety = line(
        (FORM, "5"),
        f"{share.amount():.0%} of this year's tax",
        case.tax * share.amount(),
        inputs=(tax,),
        figures=(share,),
    )
    withheld, prior = _withheld(case), _prior_year(case, law)
    least = law.in_year("us/estimated/penalty_threshold", case.year)
    left = case.tax - case.withholding
    owed = line((FORM, "7"), "Tax after withholding", left, inputs=(tax, withheld), figures=(least,))
    amount = min(ninety.amount, prior.amount) if prior else ninety.amount
    required = line(
        (FORM, "9"),
        "Required annual payment",
        amount,
        cites=("26 U.S.C. 6654(d)(1)(B)",),
        inputs=(ninety, prior) if prior else (ninety,),
    )
    if owed.amount < least.amount():
        why = f"tax after withholding is less than ${least.amount():,}"
    elif case.prior_tax == 0:
        why = "there was no tax in the prior year"
    elif case.withholding >= required.amount:
        why = "withholding covers the required payment"
    else:
        why = ""
    return RequiredPayment(parts, tax, ninety, withheld, prior, required, owed, penalty_possible=not why, why=why)


def _by_prior_year(case: YearTax, law: Law) -> RequiredPayment:
    """Return what is required of a year whose own tax is not known: what the prior year asks for is enough.

    The lesser of both measures is due, so this one is never too little (26 U.S.C. 6654(d)(1)(B)).
    """
    withheld, prior = _withheld(case), _prior_year(case, law)
    required = None
    if prior is not None:
        required = line((FORM, "9"), "Required annual payment, by the prior year alone", prior.amount,
                        cites=("26 U.S.C. 6654(d)(1)(B)(ii)",), inputs=(prior,))  # fmt: skip
    why = ""
    if case.prior_tax == 0:
        why = "there was no tax in the prior year"
    elif required is not None and case.withholding >= required.amount:
        why = "withholding covers the required payment"
    return RequiredPayment((), None, None, withheld, prior, required, None, penalty_possible=not why, why=why)


def _withheld(case: YearTax) -> Line:
    return line((FORM, "6"), "Withheld", case.withholding, cites=("26 U.S.C. 31(a)", "26 U.S.C. 6654(g)"))


def _tax(case: YearTax, tax: Decimal) -> tuple[tuple[Line, Line, Line], Line]:
    """Lines 1 to 3, and line 4 they make up: the tax for the year, "reduced by the credits" (26 U.S.C. 6654(f))."""
    cites = ("26 U.S.C. 6654(f)",)
    income_tax = tax - case.other_taxes + case.credits if case.income_tax is None else case.income_tax
    first = line(
        (FORM, "1"),
        "Income tax with the minimum tax, after credits",
        income_tax,
        cites=cites,
        inputs=("Form 1040 line 22",),
    )
    second = line(
        (FORM, "2"),
        "Other taxes: self-employment, investment income, Additional Medicare",
        case.other_taxes,
        cites=cites,
        inputs=("Form 1040 line 23",),
    )
    third = line((FORM, "3"), "Credits left for them", case.credits, cites=cites)
    return (first, second, third), line((FORM, "4"), "Tax of the year", tax, cites=cites, inputs=(first, second, third))


def _prior_year(case: YearTax, law: Law) -> Line | None:
    """Line 8: 100 percent of the prior year's tax, or 110 after a year of high income; None without such a year."""
    if case.prior_tax is None:
        return None
    threshold = law.in_year("us/estimated/high_agi_threshold", case.year)
    high = case.prior_agi is None or case.prior_agi > threshold.by_status(case.status)
    name = "prior_year_fraction_high_agi" if high else "prior_year_fraction"
    fraction = law.in_year(f"us/estimated/{name}", case.year)
    return line(
        (FORM, "8"),
        f"{fraction.amount():.0%} of the prior year's tax",
        case.prior_tax * fraction.amount(),
        inputs=("Form 1040 line 24 of the prior year",),
        figures=(threshold, fraction),
    )


def installments(required: Decimal, law: Law, year: int) -> tuple[Installment, ...]:
    """Return the four installments, each 25 percent of the required annual payment (26 U.S.C. 6654(c), (d)(1)(A))."""
    part = law.in_year("us/estimated/installment_fraction", year).amount()
    return dated([required * part] * INSTALLMENTS, law, year)


def dated(amounts: Sequence[Decimal], law: Law, year: int) -> tuple[Installment, ...]:
    """Return *amounts*, one an installment, each with the statute's day and the last day that is on time (7503)."""
    days = zip(statutory_days(year), due_days(law, year), amounts, strict=True)
    return tuple(Installment(number, *day) for number, day in enumerate(days, start=1))


def due_days(law: Law, year: int) -> tuple[date, ...]:
    """Return the last days on time: as the calendar of the IRS tells them, else as 26 U.S.C. 7503 moves them."""
    try:
        return law.in_year("us/estimated/payment_due", year).days()
    except UnknownFigureError:
        return tuple(next_business_day(statutory) for statutory in statutory_days(year))


def statutory_days(year: int) -> tuple[date, ...]:
    """Return April 15, June 15, September 15 and January 15 (26 U.S.C. 6654(c)(2))."""
    return (date(year, 4, 15), date(year, 6, 15), date(year, 9, 15), date(year + 1, 1, 15))


def next_business_day(day: date) -> date:
    """Return *day*, or the next that is no Saturday, Sunday or legal holiday in the District of Columbia (7503)."""
    while day.weekday() >= SATURDAY or day in _legal_holidays(day.year):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=16)
def _legal_holidays(year: int) -> frozenset[date]:
    """Return the legal holidays of the District of Columbia, Emancipation Day among them."""
    import holidays  # noqa: PLC0415 - heavy, and only due dates need it

    return frozenset(holidays.country_holidays("US", subdiv="DC", years=year))
