"""Estimated payments to the state beside the federal ones: what each day asks for, what to do next, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from lotwork.ledger.units import CENT
from lotwork.projections.estimated.measures import NOT_KNOWN, NOTHING_REQUIRED
from lotwork.projections.estimated.next_payment import Step
from lotwork.reports.estimated_words import DayWords
from lotwork.reports.lines import SourcedLineRow, cents, cents_if_known, sourced_line_row, usd
from lotwork.reports.rows import Day, Row, Table, Usd, Words
from lotwork.rules.line import Line

if TYPE_CHECKING:
    from lotwork.projections.states.estimated import StateInstallment, StateQuarterly

MEASURES = {"current_year": "this year", "prior_year": "prior year"}
"""On which line the measure stands that decides."""


class StateInstallmentRow(Row, frozen=True, kw_only=True):
    """One payment to the state: what it asks for, what was paid towards it, and what is short."""

    quarter: int
    due: Day
    statutory: Day
    required_usd: Usd
    paid_usd: Usd
    shortfall_usd: Usd


class StateStepRow(Row, frozen=True, kw_only=True):
    """One of the payments that are left: how much on the figures so far, and how much is enough whatever comes."""

    quarter: int
    due: Day
    pay_usd: Usd
    safe_usd: Usd | None


class StateQuarterlyListing(Row, frozen=True, kw_only=True):
    """The estimated payments to the state; where none can be told, its amounts are null, and the findings say why."""

    state: str
    name: str
    form: Words
    """Of the state's underpayment; empty where it asks for no payments."""
    method: str
    """Which measure asks for less: current_year or prior_year; none: nothing is asked; unknown: nobody can know."""
    measure: Words
    """The same in words: how much of which year's tax."""
    required_annual_payment_usd: Usd | None
    current_year_usd: Usd | None
    prior_year_usd: Usd | None
    prior_year_tax_usd: Usd | None
    prior_year_agi_usd: Usd | None
    prior_year_source: str
    tax_usd: Usd | None
    """That of the year so far."""
    withheld_usd: Usd
    paid_usd: Usd
    set_aside_usd: Usd | None
    """What the year so far owes and nobody has paid."""
    penalty_possible: bool
    why: str
    penalty_usd: Usd | None
    """What the state charges for what is paid late: null, it is not reckoned."""
    installments: tuple[StateInstallmentRow, ...]
    next_payment: StateStepRow | None
    """The payment to make next; what is overdue is in it."""
    schedule: tuple[StateStepRow, ...]
    overdue_usd: Usd
    overdue_since: Day | None
    unverified: tuple[str, ...]
    """Paths of figures that nobody looked up, or that are not enacted."""
    lines: tuple[SourcedLineRow, ...]


STATE_INSTALLMENTS = Table(
    StateInstallmentRow, lambda row: (row.quarter, row.due, row.required_usd, row.paid_usd, row.shortfall_usd)
)


def list_state_quarterly(told: StateQuarterly) -> StateQuarterlyListing:
    """Return the payments to the state, what they rest on, and what to pay next."""
    required, prior = told.required, told.prior
    return StateQuarterlyListing(
        state=told.state,
        name=told.name,
        form=told.form,
        method=told.method,
        measure=_measure(told),
        required_annual_payment_usd=_amount(required.required),
        current_year_usd=_amount(_line_of(told, "current_year")),
        prior_year_usd=_amount(_line_of(told, "prior_year")),
        prior_year_tax_usd=cents_if_known(prior.tax),
        prior_year_agi_usd=cents_if_known(prior.agi),
        prior_year_source=prior.source,
        tax_usd=cents_if_known(told.tax),
        withheld_usd=cents(told.withholding),
        paid_usd=cents(told.paid),
        set_aside_usd=cents_if_known(told.set_aside),
        penalty_possible=required.penalty_possible,
        why=required.why,
        penalty_usd=None,
        installments=tuple(map(_installment, told.installments)),
        next_payment=None if told.next is None else state_step_row(told.next),
        schedule=tuple(map(state_step_row, told.schedule)),
        overdue_usd=cents(told.overdue),
        overdue_since=told.overdue_since,
        unverified=told.unverified,
        lines=tuple(map(sourced_line_row, required.lines)),
    )


def state_payments_in_words(told: StateQuarterly, day: DayWords = date.isoformat) -> Iterator[str]:
    """Yield what a person reads below the payments to the state: the rule, what to pay next, and what to keep."""
    name = told.name
    if told.method == NOT_KNOWN:
        yield f"{name}: no estimated payments of {told.year} are told; the findings say why."
        return
    if not told.form:
        yield f"{name} asks for no estimated payments."
        return
    yield f"{name}: {state_next_in_words(told, day)}"
    if told.barred:
        yield f"{name}: at so high an income the tax of {told.year - 1} does not count."
    if told.as_of.year <= told.year and told.method == "current_year":
        yield f"{name}: its tax is that of the events so far: more income asks for more."
    if told.set_aside is not None:
        yield f"Set aside {usd(told.set_aside)} for the tax of {name} of {told.year}."


def state_next_in_words(told: StateQuarterly, day: DayWords = date.isoformat) -> str:
    """Return what to pay to the state next, by which rule, and what is enough; or why nothing is to pay."""
    if told.method == NOTHING_REQUIRED:
        return f"no estimated payment is required: {told.required.why}."
    rule = f", by {_measure(told)}" if _measure(told) else ""
    if told.next is None:
        return f"{usd(told.overdue)} is overdue{rule}." if told.overdue else f"every payment is made{rule}."
    step = told.next
    enough = ""
    if step.safe is not None and abs(step.safe - step.pay) >= CENT:
        enough = f"; {usd(step.safe)} is enough whatever the rest of the year brings"
    if step.pay < CENT:
        return f"nothing is to pay by {day(step.due)} on the figures so far{rule}{enough}."
    late = f", {usd(told.overdue)} of it overdue since {_since(told, day)}" if told.overdue else ""
    return f"pay {usd(step.pay)} by {day(step.due)}{late}{rule}{enough}."


def _since(told: StateQuarterly, day: DayWords) -> str:
    return "" if told.overdue_since is None else day(told.overdue_since)


def _measure(told: StateQuarterly) -> str:
    """Return the measure that decides in words; empty where none does."""
    line = _line_of(told, told.method)
    return "" if line is None else line.label


def _line_of(told: StateQuarterly, method: str) -> Line | None:
    return next((line for line in told.required.lines if line.line == MEASURES.get(method)), None)


def _amount(line: Line | None) -> str | None:
    return None if line is None else cents(line.amount)


def _installment(each: StateInstallment) -> StateInstallmentRow:
    return StateInstallmentRow(
        quarter=each.quarter,
        due=each.due,
        statutory=each.statutory,
        required_usd=cents(each.required),
        paid_usd=cents(each.paid),
        shortfall_usd=cents(each.required - each.paid),
    )


def state_step_row(step: Step) -> StateStepRow:
    """Return the row of a payment to the state."""
    return StateStepRow(quarter=step.quarter, due=step.due, pay_usd=cents(step.pay), safe_usd=cents_if_known(step.safe))
