"""The listing of `lotwork plan set-aside`: what to put aside of each receipt, what was paid, and what is due next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from lotwork.ledger.units import AssetTable, usd_text
from lotwork.projections.plan.set_aside import Kept, Projected, SetAsidePlan
from lotwork.projections.quarterly import Quarterly
from lotwork.reports.lines import cents, cents_if_known, coins
from lotwork.reports.plan.listing import NOT_STATES, PlanListing, rate_text
from lotwork.reports.rows import Day, Number, Row, Table, Usd, Words

SET_ASIDE_CITES = ("26 U.S.C. 1, 1401, 1411", "26 U.S.C. 6654", "Notice 2014-21, A-8")


class ProjectedYear(Row, frozen=True, kw_only=True):
    """The year as it would end if it went on as it went."""

    estimate: bool
    note: str
    days: int
    receipts_usd: Usd
    costs_usd: Usd
    depreciation_usd: Usd
    profit_usd: Usd
    tax_usd: Usd
    tax_of_mining_usd: Usd


class KeptRow(Row, frozen=True, kw_only=True):
    """What to put aside of one receipt, in dollars and in its coins."""

    receipt: Words
    date: Day
    asset: str
    value_usd: Usd
    set_aside_usd: Usd
    set_aside_quantity: Number


class MonthShown(Row, frozen=True, kw_only=True):
    """The receipts of a month, and what to put aside of them, as a person is shown them."""

    month: str
    receipts: int
    value_usd: Usd
    set_aside_usd: Usd


class SetAsideTotals(Row, frozen=True, kw_only=True):
    """What the year so far comes to, what was paid and what is still open."""

    received_usd: Usd
    set_aside_usd: Usd
    set_aside_average_usd: Usd
    tax_so_far_usd: Usd
    paid_usd: Usd
    still_usd: Usd


class NextDue(Row, frozen=True, kw_only=True):
    """The next quarterly payment; enough: what is safe whatever the year comes to, where that is known."""

    quarter: int | None
    due: Day
    pay_usd: Usd
    overdue_usd: Usd
    enough_usd: Usd | None


class SetAsideListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan set-aside` tells."""

    as_of: Day
    rate: Number
    spouse_rate: Number | None
    average_rate: Number
    projection: ProjectedYear
    rows: tuple[KeptRow, ...]
    totals: SetAsideTotals
    next: NextDue | None
    not_covered: tuple[str, ...]
    cites: tuple[str, ...]


MONTHS = Table(MonthShown, lambda row: (row.month, row.receipts, row.value_usd, row.set_aside_usd))


def list_set_aside(plan: SetAsidePlan, assets: AssetTable) -> SetAsideListing:
    """Return the rate, what it comes to receipt by receipt, what was paid and what is due."""
    return SetAsideListing(
        year=plan.year,
        as_of=plan.as_of,
        rate=rate_text(plan.rate),
        spouse_rate=None if plan.spouse_rate is None else rate_text(plan.spouse_rate),
        average_rate=rate_text(plan.average),
        projection=_projected(plan.projected),
        rows=tuple(_kept(each, assets) for each in plan.kept),
        totals=SetAsideTotals(
            received_usd=usd_text(sum(each.row.value_usd_micros or 0 for each in plan.kept)),
            set_aside_usd=cents(plan.total),
            set_aside_average_usd=cents(plan.on_average),
            tax_so_far_usd=cents(plan.owed.tax),
            paid_usd=cents(plan.owed.paid),
            still_usd=cents(plan.still),
        ),
        next=_next(plan.payments),
        not_covered=NOT_STATES,
        cites=SET_ASIDE_CITES,
    )


def list_months(kept: Iterable[KeptRow]) -> tuple[MonthShown, ...]:
    """Return the receipts month by month."""
    months: defaultdict[str, list[KeptRow]] = defaultdict(list)
    for row in kept:
        months[f"{row.date:%Y-%m}"].append(row)
    return tuple(
        MonthShown(
            month=month,
            receipts=len(rows),
            value_usd=f"{sum(Decimal(row.value_usd) for row in rows):f}",
            set_aside_usd=f"{sum(Decimal(row.set_aside_usd) for row in rows):f}",
        )
        for month, rows in sorted(months.items())
    )


def _next(payments: Quarterly) -> NextDue | None:
    payment = payments.next_payment
    if payment is None:
        return None
    return NextDue(
        quarter=payment.quarter,
        due=payment.due,
        pay_usd=cents(payment.pay),
        overdue_usd=cents(payment.overdue),
        enough_usd=cents_if_known(payment.safe),
    )


def _projected(projected: Projected) -> ProjectedYear:
    return ProjectedYear(
        estimate=True,
        note=f"an estimate: {projected.days} days of receipts and running costs, stretched to {projected.of_days}"
        if projected.days
        else "the year has not begun: what is dated in it so far",
        days=projected.days,
        receipts_usd=cents(projected.receipts),
        costs_usd=cents(projected.costs),
        depreciation_usd=cents(projected.depreciation),
        profit_usd=cents(projected.profit),
        tax_usd=cents(projected.outcome.tax),
        tax_of_mining_usd=cents(projected.mining_tax),
    )


def _kept(each: Kept, assets: AssetTable) -> KeptRow:
    return KeptRow(
        receipt=each.row.receipt,
        date=each.row.date,
        asset=each.row.asset,
        value_usd=usd_text(each.row.value_usd_micros or 0),
        set_aside_usd=cents(each.usd),
        set_aside_quantity=coins(each.quantity, each.row.asset, assets),
    )
