"""Estimated payments as `quarterly` tells them: what each day asks for, what to do next, and Form 2210 behind it."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from lotwork.ledger.units import AssetTable
from lotwork.projections.estimated.next_payment import NextPayment, SetAside, Step
from lotwork.projections.quarterly import Quarter, Quarterly
from lotwork.reports.form_2210 import AnnualizedListing, Form2210, form_2210, schedule_ai
from lotwork.reports.lines import SourcedLineRow, cents, cents_if_known, coins, sourced_line_row
from lotwork.reports.rows import Day, Number, Price, Row, Table, Usd
from lotwork.reports.state_payments import StateQuarterlyListing
from lotwork.rules.line import Line


class SetAsideRow(Row, frozen=True, kw_only=True):
    """Money to keep for the tax, and the coins that would bring it at the last price known."""

    usd: Usd
    asset: str | None
    quantity: Number | None
    price_usd: Price | None


class InstallmentRow(Row, frozen=True, kw_only=True):
    """One of the four payments: what it asks for, where that is known, what was paid towards it, and what is short."""

    quarter: int
    due: Day
    statutory: Day
    required_usd: Usd | None
    method: str
    paid_usd: Usd
    shortfall_usd: Usd | None
    set_aside: SetAsideRow | None


class CostOfWaiting(Row, frozen=True, kw_only=True):
    """What it costs to pay later than the day; None where the rate of interest is not known yet."""

    a_day_usd: Usd | None
    overdue_a_day_usd: Usd | None
    next_due: Day | None
    until_next_due_usd: Usd | None
    april_15: Day
    until_april_15_usd: Usd | None
    rates_known_through: Day | None
    """The last day whose rate of interest is known, where April 15 is not."""
    until_rates_known_usd: Usd | None


class NextPaymentRow(Row, frozen=True, kw_only=True):
    """The payment to make by a day; without a quarter, what is overdue where no installment is to come."""

    quarter: int | None
    due: Day
    pay_usd: Usd
    overdue_usd: Usd
    safe_usd: Usd | None
    set_aside: SetAsideRow
    cost_of_waiting: CostOfWaiting


class StepRow(Row, frozen=True, kw_only=True):
    """One of the payments that are left: how much on the figures so far, and how much is enough."""

    quarter: int
    due: Day
    pay_usd: Usd
    safe_usd: Usd | None


class SafeHarbor(Row, frozen=True, kw_only=True):
    """What the year asks for at least, by which measure, and the lines it was reckoned on."""

    method: str
    required_annual_payment_usd: Usd | None
    current_year_90_usd: Usd | None
    prior_year_usd: Usd | None
    prior_year_tax_usd: Usd | None
    prior_year_agi_usd: Usd | None
    prior_year_source: str | None
    tax_after_withholding_usd: Usd | None
    penalty_possible: bool
    why: str
    lines: tuple[SourcedLineRow, ...]


class QuarterlyListing(Row, frozen=True, kw_only=True):
    """The estimated payments of a year as of a day."""

    year: int
    as_of: Day
    installments: tuple[InstallmentRow, ...]
    next_payment: NextPaymentRow | None
    schedule: tuple[StepRow, ...]
    safe_harbor: SafeHarbor
    penalty_usd: Usd
    penalty_through: Day
    form_2210: Form2210
    annualized: AnnualizedListing | None
    set_aside: SetAsideRow | None
    overdue_usd: Usd
    overdue_since: Day | None
    state: StateQuarterlyListing | UnsetType = UNSET
    """The payments to the state beside them; left out where no profile names one."""


INSTALLMENTS = Table(
    InstallmentRow, lambda row: (row.quarter, row.due, row.required_usd, row.paid_usd, row.shortfall_usd, row.method)
).leaving(lambda row: (row.method,))


def list_quarterly(quarterly: Quarterly, assets: AssetTable) -> QuarterlyListing:
    """Return the installments, what to pay next, the safe harbor they rest on, and the penalty as of the day."""
    return QuarterlyListing(
        year=quarterly.year,
        as_of=quarterly.as_of,
        installments=tuple(_installment(quarter, assets) for quarter in quarterly.quarters),
        next_payment=_next(quarterly.next_payment, assets),
        schedule=tuple(map(_step, quarterly.schedule)),
        safe_harbor=_safe_harbor(quarterly),
        penalty_usd=cents(quarterly.penalty),
        penalty_through=quarterly.penalty_through,
        form_2210=form_2210(quarterly),
        annualized=None if quarterly.comparison is None else schedule_ai(quarterly, quarterly.comparison),
        set_aside=_set_aside_if_known(quarterly.set_aside, assets),
        overdue_usd=cents(quarterly.overdue),
        overdue_since=quarterly.overdue_since,
    )


def _safe_harbor(quarterly: Quarterly) -> SafeHarbor:
    required, before = quarterly.required, quarterly.prior
    return SafeHarbor(
        method=quarterly.method,
        required_annual_payment_usd=_amount(required.required),
        current_year_90_usd=_amount(required.ninety_percent),
        prior_year_usd=_amount(required.prior_year),
        prior_year_tax_usd=cents_if_known(before.tax),
        prior_year_agi_usd=cents_if_known(before.agi),
        prior_year_source=before.source,
        tax_after_withholding_usd=_amount(required.owed),
        penalty_possible=required.penalty_possible,
        why=required.why,
        lines=tuple(map(sourced_line_row, required.lines)),
    )


def _amount(line: Line | None) -> str | None:
    return None if line is None else cents(line.amount)


def _installment(quarter: Quarter, assets: AssetTable) -> InstallmentRow:
    return InstallmentRow(
        quarter=quarter.quarter,
        due=quarter.due,
        statutory=quarter.statutory,
        required_usd=cents_if_known(quarter.required),
        method=quarter.method,
        paid_usd=cents(quarter.paid),
        shortfall_usd=cents_if_known(quarter.shortfall),
        set_aside=_set_aside_if_known(quarter.set_aside, assets),
    )


def _next(payment: NextPayment | None, assets: AssetTable) -> NextPaymentRow | None:
    if payment is None:
        return None
    waiting = payment.waiting
    return NextPaymentRow(
        quarter=payment.quarter,
        due=payment.due,
        pay_usd=cents(payment.pay),
        overdue_usd=cents(payment.overdue),
        safe_usd=cents_if_known(payment.safe),
        set_aside=_set_aside(payment.set_aside, assets),
        cost_of_waiting=CostOfWaiting(
            a_day_usd=cents_if_known(waiting.a_day),
            overdue_a_day_usd=cents_if_known(waiting.overdue_a_day),
            next_due=waiting.until,
            until_next_due_usd=cents_if_known(waiting.until_next_due),
            april_15=waiting.april_15,
            until_april_15_usd=cents_if_known(waiting.until_april_15),
            rates_known_through=waiting.known_through,
            until_rates_known_usd=cents_if_known(waiting.until_known),
        ),
    )


def _step(step: Step) -> StepRow:
    return StepRow(quarter=step.quarter, due=step.due, pay_usd=cents(step.pay), safe_usd=cents_if_known(step.safe))


def _set_aside_if_known(kept: SetAside | None, assets: AssetTable) -> SetAsideRow | None:
    return None if kept is None else _set_aside(kept, assets)


def _set_aside(kept: SetAside, assets: AssetTable) -> SetAsideRow:
    known = None if kept.asset is None or kept.quantity is None else coins(kept.quantity, kept.asset, assets)
    return SetAsideRow(
        usd=cents(kept.usd),
        asset=kept.asset,
        quantity=known,
        price_usd=kept.price_usd,
    )
