"""The business of a year in a corporation that pays its own tax: Form 1120, what it pays out, and the second tax on it.

The corporation is supposed to be new and to hold the rigs and coins from January 1 on: what the coins gained or lost is
its own, and no longer the shareholder's. The shareholder's return is computed whole, with the pay and the dividend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import TAXPAYER, Owner
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.filer.origins import whose
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.plan.structure_column import C_CORPORATION, Column
from lotwork.projections.plan.whole_return import outcome
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.case import more_for_the_minimum_tax
from lotwork.projections.returns.rig_sales import business_sales
from lotwork.rules.line import Line, to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.c_corporation import CCorporation, Coins, Trade, c_corporation, dividend
from lotwork.rules.us.c_corporation_estimated import CorporateEstimated, corporate_estimated
from lotwork.rules.us.filer import Filer
from lotwork.rules.us.form_4797 import form_4797
from lotwork.rules.us.individual import compute
from lotwork.rules.us.s_corporation import Terms, plan_room

EITHER_WAY = (ZERO, Decimal(1))
"""Where no share is told: all of it kept in the corporation, and all of it paid out."""


class PayOut(NamedTuple):
    """What is done with what is left after the tax, and what the corporation was the year before."""

    share: Decimal | None = None
    """From 0 to 1; None: none of it and all of it are shown side by side."""
    prior_tax: Decimal | None = None
    """The tax its return for the twelve months before showed; None: there was none."""
    large: bool = False
    """Whether one of the three years before had 1,000,000 of taxable income or more (26 U.S.C. 6655(g)(2))."""


NEW = PayOut()
"""A new corporation, of which both ends are shown."""


class Incorporated(msgspec.Struct, frozen=True):
    """What the corporation is made from: the year as a sole proprietor."""

    sole: Liability
    law: Law
    filer: Filer
    """The filer, whose own business is the one that is incorporated."""
    without: Decimal
    """The tax of the year without any mining."""
    printed: Callable[[Iterable[Line]], tuple[Line, ...]]
    """Gives lines the numbers of the year's forms."""


class CCorporationPlan(msgspec.Struct, frozen=True):
    """The corporation with each share paid out, and when its tax is due."""

    company: CCorporation
    columns: tuple[Column, ...]
    estimated: CorporateEstimated
    caveats: tuple[str, ...]
    cites: tuple[str, ...]
    findings: tuple[Finding, ...]


def incorporated(own: Incorporated, book: Book, owner: Owner, terms: Terms, pay_out: PayOut) -> CCorporationPlan:
    """Return the business of *owner* in a corporation run as *terms* say."""
    law, year = own.law, own.sole.year
    business, other = own.sole.business, own.sole.spouse_business
    if owner != TAXPAYER and other is not None:
        business, other = other, business
    coins = _coins(book, year, owner)
    trade = Trade(schedule_c=business.lines, coins=coins, sales=form_4797(business_sales(business.equipment), ZERO))
    company = c_corporation(trade, terms, own.filer.wages, law, year)
    estimated = corporate_estimated(company.tax, law, year, prior_tax=pay_out.prior_tax, large=pay_out.large)
    without_it = _shareholder(own.filer, company, coins, business, other)
    shares = EITHER_WAY if pay_out.share is None else (pay_out.share,)
    columns = tuple(_column(own, company, estimated, without_it, share) for share in shares)
    caveats = law.in_year("us/c_corporation/caveats", year)
    return CCorporationPlan(
        company=company,
        columns=columns,
        estimated=estimated,
        caveats=caveats.texts(),
        cites=(caveats.citation,),
        findings=tuple(_doubts(company, columns, law, year)),
    )


def _coins(book: Book, year: int, owner: Owner) -> Coins:
    """Return what the coins in the wallets of *owner* gained in *year*."""
    sums = dict.fromkeys(("short", "long"), 0)
    for row in book.gains.rows:
        wallet = book.taxpayer.wallets.get(row.wallet)
        if row.sold.year == year and whose(wallet.owner if wallet else None) == owner:
            sums[row.term] += row.gain_usd_micros
    return Coins(usd_decimal(sums["short"]), usd_decimal(sums["long"]))


def _shareholder(
    filer: Filer, company: CCorporation, coins: Coins, business: Business, other: Business | None
) -> Filer:
    """Return the shareholder before any dividend: an employee, without the business, its rigs and its coins."""
    left = other is not None and not other.is_hobby
    return replace(
        filer,
        schedule_c_net=ZERO,
        wages=filer.wages + company.terms.salary,
        ubia=ZERO,
        business_w2_wages=ZERO,
        retirement_contribution=ZERO,
        health_insurance=ZERO,
        amt_depreciation=filer.amt_depreciation - more_for_the_minimum_tax(business),
        sales=business_sales(other.equipment) if other is not None and left else (),
        short_term_net=filer.short_term_net - coins.short,
        long_term_net=filer.long_term_net - coins.long,
        boxes=(),
    )


def _column(
    own: Incorporated, company: CCorporation, estimated: CorporateEstimated, filer: Filer, share: Decimal
) -> Column:
    law, year, terms = own.law, own.sole.year, company.terms
    paid = dividend(company, share)
    ordinary = filer.ordinary_dividends
    computed = compute(
        replace(
            filer,
            qualified_dividends=filer.qualified_dividends + paid.amount,
            ordinary_dividends=None if ordinary is None else ordinary + paid.amount,
        ),
        law,
    )
    told, taxes, tax = outcome(computed), company.payroll, company.tax.amount
    profit = own.filer.schedule_c_net
    kept = profit - (told.tax - own.without) - tax - taxes.total - terms.payroll_cost
    sep = plan_room(terms.salary, law, year).amount
    most = law.in_year("us/retirement/annual_additions_415c", year).amount()
    deferral = law.in_year("us/retirement/elective_deferral", year).amount()
    return Column(
        C_CORPORATION, terms.salary, told, computed.summary, taxes.employer, taxes.employee, terms.payroll_cost, kept,
        sep, min(sep + min(deferral, terms.salary), most),
        (*company.lines, paid, *estimated.lines, *own.printed(computed.lines)),
        corporate_tax=tax, dividend=paid.amount, retained=max(ZERO, company.earnings.amount) - paid.amount,
    )  # fmt: skip


def _doubts(company: CCorporation, columns: Iterable[Column], law: Law, year: int) -> Iterator[Finding]:
    """Yield what the corporation's figures leave to a person."""
    if company.taxable.amount < 0:
        yield Finding(
            "structure_corporate_loss",
            f"a C corporation has a loss of {to_cents(-company.taxable.amount)} in {year}: it lowers no income of the "
            "shareholder, and goes forward in the corporation (26 U.S.C. 172); pay less, or compare another structure",
        )
    if company.capital_loss.amount:
        yield Finding(
            "structure_corporate_capital_loss",
            f"a C corporation has lost {to_cents(company.capital_loss.amount)} more on coins in {year} than it gained: "
            "none of it lowers its other income, nor the shareholder's by 3,000; it is carried back three years, as "
            "far as the corporation had gains then, and forward five (26 U.S.C. 1211(a), 1212(a)(1))",
        )
    credit = law.in_year("us/c_corporation/accumulated_earnings_credit", year).amount()
    most = max(column.retained for column in columns)
    if most > credit:
        rate = law.in_year("us/c_corporation/accumulated_earnings_rate", year).amount()
        yield Finding(
            "structure_accumulated_earnings",
            f"a C corporation that keeps {to_cents(most)} keeps more than the {credit:,.0f} that need no reason: show "
            f"for what the business needs it, or the rest bears {rate:.0%} (26 U.S.C. 531, 533, 535(c), 537); it is in "
            "no figure",
        )
