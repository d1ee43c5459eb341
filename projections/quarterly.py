"""Estimated payments: what each quarter requires, what was paid, what is short, and what to set aside.

Law: 26 U.S.C. 6654. The required annual payment is the lesser of 90 percent of the year's tax and 100 percent of the
prior year's, 110 after a year of high income; a quarter of it is due each time, on the next business day where the
day is none (7503). Of a year that is not over the tax is that of the events so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

from ledger.events import YearFacts
from ledger.units import AssetTable, usd_decimal
from projections.book import Book
from projections.findings import Finding
from projections.liability import Liability
from rules.errors import UnknownFigureError
from rules.load import Law
from rules.us.estimated import (
    Installment,
    Paid,
    Penalty,
    RequiredPayment,
    YearTax,
    installments,
    penalty,
    required_payment,
    with_withholding,
)

ZERO = Decimal(0)
CENT = Decimal("0.01")
NOTHING_REQUIRED = "none"
FULL_YEAR_MONTHS = 12


class SetAside(NamedTuple):
    """Money to keep for the tax, and the coins that would bring it at the last price known."""

    usd: Decimal
    asset: str | None
    quantity: int | None
    """In base units, rounded up."""
    price_usd: str | None


class Quarter(NamedTuple):
    """One installment: dollars required, paid towards it, and short."""

    quarter: int
    statutory: date
    due: date
    required: Decimal
    method: str
    paid: Decimal
    shortfall: Decimal
    set_aside: SetAside


@dataclass(frozen=True, slots=True)
class Quarterly:
    """The estimated payments of a year as of a day."""

    year: int
    as_of: date
    required: RequiredPayment
    method: str
    quarters: tuple[Quarter, ...]
    penalty: Decimal
    penalty_through: date
    set_aside: SetAside
    """What is owed on the year so far and not yet paid."""
    findings: tuple[Finding, ...]

    @property
    def may_rise(self) -> bool:
        """Whether more income before the year ends would ask for more: the tax so far decides, not last year's."""
        prior = self.required.prior_year
        capped = prior is not None and self.required.required.amount == prior.amount
        return self.as_of.year <= self.year and not capped

    @property
    def safe_payment(self) -> Decimal | None:
        """What paid each time is enough whatever else is earned: a quarter of the prior-year measure, where known."""
        prior = self.required.prior_year
        return None if prior is None else prior.amount / len(self.quarters)


def quarterly(book: Book, law: Law, owed: Liability, as_of: date) -> Quarterly:
    """Return the estimated payments of the year of *owed*, counting what was paid up to *as_of*."""
    facts = owed.facts
    case = YearTax(
        year=owed.year,
        status=owed.standing.filing_status,
        tax=owed.tax,
        withholding=owed.withheld,
        prior_tax=_prior_tax(facts),
        prior_agi=None if facts.prior_year_agi_usd_micros is None else usd_decimal(facts.prior_year_agi_usd_micros),
    )
    required = required_payment(case, law)
    method = _method(required)
    due = installments(required.required.amount if method != NOTHING_REQUIRED else ZERO, law, owed.year)
    paid = _payments(book, owed.year, as_of)
    made = owed.withheld + sum((each.amount for each in paid), ZERO)
    through = min(as_of, date(owed.year + 1, 4, 15))
    dated = with_withholding(paid, owed.withheld, owed.year)
    late, until = _penalty(due, dated, through, law)
    findings = () if method == NOTHING_REQUIRED else _unknown_prior_year(facts)
    if until < through:
        findings += (_unknown_rate(until),)
    return Quarterly(
        year=owed.year,
        as_of=as_of,
        required=required,
        method=method,
        quarters=tuple(_quarters(book, due, _covered(due, dated, as_of), method)),
        penalty=late.total.amount if required.penalty_possible else ZERO,
        penalty_through=until,
        set_aside=set_aside(book, max(ZERO, owed.tax - made)),
        findings=findings,
    )


def _prior_tax(facts: YearFacts) -> Decimal | None:
    """Return the prior year's tax; None where it is unknown or that year was no full year (6654(d)(1)(B))."""
    short = facts.prior_year_months is not None and facts.prior_year_months < FULL_YEAR_MONTHS
    if facts.prior_year_tax_usd_micros is None or short:
        return None
    return usd_decimal(facts.prior_year_tax_usd_micros)


def _penalty(due: tuple[Installment, ...], paid: tuple[Paid, ...], through: date, law: Law) -> tuple[Penalty, date]:
    """Return the penalty, and the day it runs through: the last of the year where the next year's rate is unknown."""
    try:
        return penalty(due, paid, through, law), through
    except UnknownFigureError:
        last = date(due[0].statutory.year, 12, 31)
        if through <= last:
            raise
        return penalty(due, paid, last, law), last


def _unknown_rate(until: date) -> Finding:
    return Finding(
        "underpayment_rate_unknown",
        f"the rate of interest on underpayments after {until} is not in the law data, so the penalty runs through that "
        "day only: record a `rule` for us/estimated/underpayment_rate, or upgrade Lotwork",
    )


def _method(required: RequiredPayment) -> str:
    """Name the rule that decides: current_year_90, prior_year_100, prior_year_110, or none where nothing is due."""
    if not required.penalty_possible and not required.why.startswith("withholding"):
        return NOTHING_REQUIRED
    if required.method == "prior year" and required.prior_year is not None:
        return "prior_year_110" if required.prior_year.label.startswith("110") else "prior_year_100"
    return "current_year_90"


def _payments(book: Book, year: int, as_of: date) -> list[Paid]:
    calendar = book.history.calendar
    return [
        Paid(day, usd_decimal(payment.amount_usd_micros))
        for payment in book.taxpayer.payments_for(year)
        if payment.type != "withholding" and (day := calendar.day(payment.at)) <= as_of
    ]


def _covered(due: tuple[Installment, ...], dated: tuple[Paid, ...], as_of: date) -> list[Decimal]:
    """Return what covers each installment: the oldest is paid first (26 U.S.C. 6654(b)(3)).

    What will only be withheld after *as_of* covers no installment due before it counts as paid (6654(g)(1)): else the
    withholding of December would stand for the payment of April, which then bears interest.
    """
    covered = [ZERO] * len(due)
    for paid in dated:
        left = paid.amount
        for place, each in enumerate(due):
            if as_of < paid.on and each.statutory < paid.on:
                continue
            used = min(left, each.required - covered[place])
            covered[place] += used
            left -= used
    return covered


def _quarters(book: Book, due: tuple[Installment, ...], covered: list[Decimal], method: str) -> list[Quarter]:
    quarters = []
    for each, paid in zip(due, covered, strict=True):
        short = each.required - paid
        quarters.append(
            Quarter(each.quarter, each.statutory, each.due, each.required, method, paid, short, set_aside(book, short))
        )
    return quarters


def _unknown_prior_year(facts: YearFacts) -> tuple[Finding, ...]:
    if facts.prior_year_tax_usd_micros is not None:
        return ()
    return (
        Finding(
            "prior_year_unknown",
            f"the tax of {facts.year - 1} is not recorded, so only 90 percent of this year's counts: record "
            f"`year_facts` for {facts.year} with prior_year_tax_usd and prior_year_agi_usd; it may ask for less",
        ),
    )


def set_aside(book: Book, usd: Decimal) -> SetAside:
    """Return *usd*, rounded up to the cent, and how much of the coin last received would bring it."""
    usd = usd.quantize(CENT, ROUND_UP)
    last = book.income.last_price
    if last is None:
        return SetAside(usd, None, None, None)
    asset, price = last
    return SetAside(usd, asset, _coins(usd, asset, price, book.history.assets), price)


def _coins(usd: Decimal, asset: str, price: str, assets: AssetTable) -> int:
    whole = usd / Decimal(price)
    return int(whole.scaleb(assets.decimals(asset)).to_integral_value(ROUND_UP))
