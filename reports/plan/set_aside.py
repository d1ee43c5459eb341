"""The listing of `lotwork plan set-aside`: what to put aside of each receipt, what was paid, and what is due next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from msgspec import UNSET, UnsetType

from lotwork.ledger.units import ZERO, AssetTable, usd_decimal, usd_text
from lotwork.projections.filer.origins import whose
from lotwork.projections.plan.set_aside import Kept, Projected, SetAsidePlan, StateAside
from lotwork.projections.quarterly import Quarterly
from lotwork.projections.returns.owners import SPOUSE
from lotwork.reports.lines import cents, cents_if_known, coins
from lotwork.reports.plan.listing import NOT_STATES, PlanListing, rate_text
from lotwork.reports.rows import Day, Number, Row, Table, Usd, Words
from lotwork.reports.state_payments import StateStepRow, state_step_row

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


class MonthRow(Row, frozen=True, kw_only=True):
    """The receipts of one coin in a month, and what to put aside of them, in dollars and in coins."""

    month: str
    asset: str
    receipts: int
    value_usd: Usd
    set_aside_usd: Usd
    set_aside_quantity: Number


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


class StateAsideRow(Row, frozen=True, kw_only=True):
    """What the state asks beside the federal tax; its rates and amounts are null where its tax is not reckoned."""

    state: str
    name: str
    has_income_tax: bool | None
    rate: Number | None
    spouse_rate: Number | None
    total_rate: Number | None
    """Of the next dollar received, the federal tax with the state's."""
    set_aside_usd: Usd | None
    """Of the receipts so far at the state's rate, whoever received them at his own."""
    projected_tax_usd: Usd | None
    tax_so_far_usd: Usd | None
    paid_usd: Usd | None
    still_usd: Usd | None
    next: StateStepRow | None


class SetAsideListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan set-aside` tells."""

    as_of: Day
    rate: Number
    spouse_rate: Number | None
    average_rate: Number
    projection: ProjectedYear
    months: tuple[MonthRow, ...]
    rows: tuple[KeptRow, ...] | UnsetType = UNSET
    """Each receipt, where they were asked for."""
    totals: SetAsideTotals
    next: NextDue | None
    not_covered: tuple[str, ...]
    cites: tuple[str, ...]
    state: StateAsideRow | UnsetType = UNSET
    """Left out where no profile names a state; no other key has anything of it."""


MONTHS = Table(
    MonthRow, lambda row: (row.month, row.asset, row.receipts, row.value_usd, row.set_aside_usd, row.set_aside_quantity)
)
RECEIPTS = Table(
    KeptRow, lambda row: (row.receipt, row.date, row.asset, row.value_usd, row.set_aside_usd, row.set_aside_quantity)
)


def list_set_aside(plan: SetAsidePlan, assets: AssetTable, *, receipts: bool = False) -> SetAsideListing:
    """Return the rate, what it comes to by month and coin, what was paid and what is due; *receipts*: each of them."""
    return SetAsideListing(
        year=plan.year,
        as_of=plan.as_of,
        rate=rate_text(plan.rate),
        spouse_rate=None if plan.spouse_rate is None else rate_text(plan.spouse_rate),
        average_rate=rate_text(plan.average),
        projection=_projected(plan.projected),
        months=_months(plan.kept, assets),
        rows=tuple(_kept(each, assets) for each in plan.kept) if receipts else UNSET,
        totals=SetAsideTotals(
            received_usd=usd_text(sum(each.row.value_usd_micros or 0 for each in plan.kept)),
            set_aside_usd=cents(plan.total),
            set_aside_average_usd=cents(plan.on_average),
            tax_so_far_usd=cents(plan.owed.tax),
            paid_usd=cents(plan.owed.paid),
            still_usd=cents(plan.still),
        ),
        next=_next(plan.payments),
        not_covered=NOT_STATES if plan.state is None or plan.state.rate is None else (),
        cites=SET_ASIDE_CITES,
        state=UNSET if plan.state is None else _state(plan, plan.state),
    )


def _state(plan: SetAsidePlan, aside: StateAside) -> StateAsideRow:
    told, following = aside.state.told, None if aside.payments is None else aside.payments.next
    is_known = aside.rate is not None
    return StateAsideRow(
        state=told.residence.state or "",
        name=told.name,
        has_income_tax=None if told.computed is None else told.computed.has_income_tax,
        rate=None if aside.rate is None else rate_text(aside.rate),
        spouse_rate=None if aside.spouse_rate is None else rate_text(aside.spouse_rate),
        total_rate=None if aside.rate is None else rate_text(plan.rate + aside.rate),
        set_aside_usd=None if aside.rate is None else cents(_kept_for(plan, aside.rate, aside.spouse_rate)),
        projected_tax_usd=cents_if_known(aside.projected),
        tax_so_far_usd=cents(told.tax) if is_known else None,
        paid_usd=cents(told.paid) if is_known else None,
        still_usd=cents(max(ZERO, told.balance_due)) if is_known else None,
        next=None if following is None else state_step_row(following),
    )


def _kept_for(plan: SetAsidePlan, rate: Decimal, spouse_rate: Decimal | None) -> Decimal:
    """Return what of the receipts so far is the state's."""
    own = sum(each.row.value_usd_micros or 0 for each in plan.kept if whose(each.row.origin.owner) != SPOUSE)
    spouses = sum(each.row.value_usd_micros or 0 for each in plan.kept) - own
    return usd_decimal(own) * rate + usd_decimal(spouses) * (rate if spouse_rate is None else spouse_rate)


def _months(kept: Iterable[Kept], assets: AssetTable) -> tuple[MonthRow, ...]:
    """Return the receipts month by month and coin by coin."""
    months: defaultdict[tuple[str, str], list[Kept]] = defaultdict(list)
    for each in kept:
        months[f"{each.row.date:%Y-%m}", each.row.asset].append(each)
    return tuple(
        MonthRow(
            month=month,
            asset=asset,
            receipts=len(told),
            value_usd=usd_text(sum(each.row.value_usd_micros or 0 for each in told)),
            set_aside_usd=cents(sum((each.usd for each in told), ZERO)),
            set_aside_quantity=coins(sum(each.quantity for each in told), asset, assets),
        )
        for (month, asset), told in sorted(months.items())
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
