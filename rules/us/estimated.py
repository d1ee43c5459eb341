"""Estimated tax: what must be paid, by when, and what an underpayment costs (26 U.S.C. 6654; Forms 1040-ES, 2210)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from rules.figures import FilingStatus
from rules.line import Line, line
from rules.load import Law

FORM = "Form 2210"
ZERO = Decimal(0)
INSTALLMENTS = 4
QUARTER_MONTHS = 3
SATURDAY = 5
APRIL = 4
APRIL_15 = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTax:
    """What the required payment is measured by."""

    year: int
    status: FilingStatus
    tax: Decimal
    """The year's tax with self-employment tax and the other taxes, less credits, before withholding (line 4)."""
    withholding: Decimal = ZERO
    prior_tax: Decimal | None = None
    """The prior year's tax; None where there was no return for a year of twelve months."""
    prior_agi: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RequiredPayment:
    """Form 2210, Part I: the two measures, the smaller of them, and whether a penalty can arise at all."""

    ninety_percent: Line
    prior_year: Line | None
    required: Line
    owed: Line
    penalty_possible: bool
    why: str

    @property
    def method(self) -> str:
        """Which measure is the smaller: "current year" or "prior year"."""
        return "prior year" if self.prior_year and self.required.amount == self.prior_year.amount else "current year"

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        prior = (self.prior_year,) if self.prior_year else ()
        return (self.ninety_percent, self.owed, *prior, self.required)


@dataclass(frozen=True, slots=True)
class Installment:
    """One of the four payments: the statute's day, the last day that is on time, and the amount."""

    quarter: int
    statutory: date
    due: date
    required: Decimal


@dataclass(frozen=True, slots=True)
class Paid:
    """Tax paid on a day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """Interest on one underpayment over one span of one rate: after *after*, through *through*."""

    quarter: int
    underpaid: Decimal
    after: date
    through: date
    rate: Decimal
    amount: Decimal
    cite: str


@dataclass(frozen=True, slots=True)
class Penalty:
    """Form 2210, Part III: the total and each charge in it."""

    total: Line
    charges: tuple[Charge, ...]
    unpaid: tuple[Decimal, ...]
    """What of each installment is still unpaid."""


def required_payment(case: YearTax, law: Law) -> RequiredPayment:
    """Return the required annual payment: the lesser of 90 percent and the prior-year measure (6654(d)(1)(B)-(C)).

    110 percent applies where the prior year's income *exceeds* 150,000 (75,000 separate): exactly that much is 100.
    "Less than $1,000" after withholding bears no penalty, so exactly 1,000 does (6654(e)(1)); nor does a year after
    one of twelve months without any tax (6654(e)(2)).
    """
    share = law.in_year("us/estimated/current_year_fraction", case.year)
    ninety = line(
        (FORM, "5"),
        "90 percent of this year's tax",
        case.tax * share.amount(),
        inputs=("Form 1040 line 24",),
        figures=(share,),
    )
    prior = _prior_year(case, law)
    least = law.in_year("us/estimated/penalty_threshold", case.year)
    owed = line((FORM, "7"), "Tax after withholding", case.tax - case.withholding, figures=(least,))
    amount = min(ninety.amount, prior.amount) if prior else ninety.amount
    required = line(
        (FORM, "9"),
        "Required annual payment",
        amount,
        cites=("26 U.S.C. 6654(d)(1)(B)",),
        inputs=(ninety, prior) if prior else (ninety,),
    )
    if owed.amount < least.amount():
        why = f"tax after withholding is less than {least.amount():,}"
    elif case.prior_tax == 0:
        why = "there was no tax in the prior year"
    elif case.withholding >= required.amount:
        why = "withholding covers the required payment"
    else:
        return RequiredPayment(ninety, prior, required, owed, penalty_possible=True, why="")
    return RequiredPayment(ninety, prior, required, owed, penalty_possible=False, why=why)


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
    return tuple(
        Installment(number, statutory, next_business_day(statutory), required * part)
        for number, statutory in enumerate(statutory_days(year), start=1)
    )


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


def with_withholding(payments: Iterable[Paid], withholding: Decimal, year: int) -> tuple[Paid, ...]:
    """Return *payments* and withholding in four equal parts on the statute's days (26 U.S.C. 6654(g)(1))."""
    parts = [Paid(day, withholding / INSTALLMENTS) for day in statutory_days(year)] if withholding else []
    return tuple(sorted((*payments, *parts), key=lambda paid: paid.on))


def penalty(due: Sequence[Installment], payments: Iterable[Paid], through: date, law: Law) -> Penalty:
    """Return the addition to tax on what was paid late, up to *through* or April 15 of the next year (6654(a)-(b)).

    A payment goes to the oldest unpaid installment (6654(b)(3)); one made by the shifted day is on time, though the
    period begins at the statute's (7503). Interest is simple, by days of 365 or 366 (6622(b)).
    """
    end = min(through, date(due[0].statutory.year + 1, APRIL, APRIL_15))
    unpaid = [each.required for each in due]
    charges: list[Charge] = []
    for paid in sorted(payments, key=lambda each: each.on):
        left = paid.amount
        for place, each in enumerate(due):
            used = min(left, unpaid[place])
            if used <= 0:
                continue
            if paid.on > each.due:
                charges += _charges(each, used, min(paid.on, end), law)
            unpaid[place] -= used
            left -= used
    for place, each in enumerate(due):
        if unpaid[place] > 0 and end > each.due:
            charges += _charges(each, unpaid[place], end, law)
    charges.sort(key=lambda charge: (charge.quarter, charge.after))
    total = line(
        (FORM, "19"),
        "Penalty for underpaid estimated tax",
        sum((charge.amount for charge in charges), ZERO),
        cites=("26 U.S.C. 6654(a)", "26 U.S.C. 6622(b)", *(charge.cite for charge in charges)),
    )
    return Penalty(total, tuple(charges), tuple(unpaid))


def _charges(due: Installment, underpaid: Decimal, through: date, law: Law) -> list[Charge]:
    """Cut the span after the statute's day at each change of rate or of the length of the year."""
    charges, after = [], due.statutory
    while after < through:
        first = after + timedelta(days=1)
        end = min(through, _span_end(first))
        rate, cite = _rate(first, law)
        days = Decimal((end - after).days)
        amount = underpaid * rate * days / _days_in(first.year)
        charges.append(Charge(due.quarter, underpaid, after, end, rate, amount, cite))
        after = end
    return charges


def _span_end(day: date) -> date:
    """Return the last day of *day*'s calendar quarter, April 15 closing the first (26 U.S.C. 6621(b)(2)(B))."""
    if day.month == APRIL and day.day <= APRIL_15:
        return date(day.year, APRIL, APRIL_15)
    month = ((day.month - 1) // QUARTER_MONTHS + 1) * QUARTER_MONTHS
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _rate(day: date, law: Law) -> tuple[Decimal, str]:
    """Return the rate on *day*; that of the first quarter holds through April 15 (26 U.S.C. 6621(b)(2)(B))."""
    figure = law.in_year("us/estimated/underpayment_rate", day.year)
    early_april = day.month == APRIL and day.day <= APRIL_15
    quarter = 0 if early_april else (day.month - 1) // QUARTER_MONTHS
    return figure.amounts()[quarter], figure.citation


def _days_in(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days
