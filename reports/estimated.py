"""Estimated payments as `quarterly` tells them: what each day asks for, what to do next, and Form 2210 behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lotwork.ledger.units import AssetTable, unscaled
from lotwork.projections.estimated.next_payment import NextPayment, SetAside, Step
from lotwork.projections.quarterly import Comparison, Quarter, Quarterly
from lotwork.reports.lines import cents, cents_if_known, list_line
from lotwork.rules.line import Line
from lotwork.rules.us.estimated import LETTERS
from lotwork.rules.us.estimated_annualized import FACTORS, Column
from lotwork.rules.us.estimated_penalty import WAIVERS, Charge


def list_quarterly(quarterly: Quarterly, assets: AssetTable) -> dict[str, Any]:
    """Return the installments, what to pay next, the safe harbor they rest on, and the penalty as of the day."""
    return {
        "year": quarterly.year,
        "as_of": quarterly.as_of.isoformat(),
        "installments": [_quarter(quarter, assets) for quarter in quarterly.quarters],
        "next_payment": _next(quarterly.next_payment, assets),
        "schedule": [_step(step) for step in quarterly.schedule],
        "safe_harbor": _safe_harbor(quarterly),
        "penalty_usd": cents(quarterly.penalty),
        "penalty_through": quarterly.penalty_through.isoformat(),
        "form_2210": _form_2210(quarterly),
        "annualized": None if quarterly.comparison is None else _annualized(quarterly, quarterly.comparison),
        "set_aside": _set_aside(quarterly.set_aside, assets),
    }


def _safe_harbor(quarterly: Quarterly) -> dict[str, Any]:
    required, before = quarterly.required, quarterly.prior
    return {
        "method": quarterly.method,
        "required_annual_payment_usd": cents(required.required.amount),
        "current_year_90_usd": cents(required.ninety_percent.amount),
        "prior_year_usd": None if required.prior_year is None else cents(required.prior_year.amount),
        "prior_year_tax_usd": cents_if_known(before.tax),
        "prior_year_agi_usd": cents_if_known(before.agi),
        "prior_year_source": before.source,
        "tax_after_withholding_usd": cents(required.owed.amount),
        "penalty_possible": required.penalty_possible,
        "why": required.why,
        "lines": [_line(line) for line in required.lines],
    }


def _quarter(quarter: Quarter, assets: AssetTable) -> dict[str, Any]:
    return {
        "quarter": quarter.quarter,
        "due": quarter.due.isoformat(),
        "statutory": quarter.statutory.isoformat(),
        "required_usd": cents(quarter.required),
        "method": quarter.method,
        "paid_usd": cents(quarter.paid),
        "shortfall_usd": cents(quarter.shortfall),
        "set_aside": _set_aside(quarter.set_aside, assets),
    }


def _next(payment: NextPayment | None, assets: AssetTable) -> dict[str, Any] | None:
    if payment is None:
        return None
    waiting = payment.waiting
    return {
        "quarter": payment.quarter,
        "due": payment.due.isoformat(),
        "pay_usd": cents(payment.pay),
        "overdue_usd": cents(payment.overdue),
        "safe_usd": cents_if_known(payment.safe),
        "set_aside": _set_aside(payment.set_aside, assets),
        "cost_of_waiting": {
            "a_day_usd": cents_if_known(waiting.a_day),
            "overdue_a_day_usd": cents_if_known(waiting.overdue_a_day),
            "next_due": None if waiting.until is None else waiting.until.isoformat(),
            "until_next_due_usd": cents_if_known(waiting.until_next_due),
            "april_15": waiting.april_15.isoformat(),
            "until_april_15_usd": cents_if_known(waiting.until_april_15),
        },
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "quarter": step.quarter,
        "due": step.due.isoformat(),
        "pay_usd": cents(step.pay),
        "safe_usd": cents_if_known(step.safe),
    }


def _form_2210(quarterly: Quarterly) -> dict[str, Any]:
    boxes = quarterly.boxes
    return {
        "boxes": {"C": boxes.annualized, "D": boxes.actual_dates, "E": boxes.joint_changed},
        "waiver": list(WAIVERS),
        "lines": [_line(line) for line in (*quarterly.required.lines, *quarterly.part_iii)],
        "charges": [_charge(charge) for charge in quarterly.charges],
    }


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "quarter": charge.quarter,
        "underpaid_usd": cents(charge.underpaid),
        "after": charge.after.isoformat(),
        "through": charge.through.isoformat(),
        "days": charge.days,
        "rate": f"{charge.rate:f}",
        "amount_usd": cents(charge.amount),
        "cite": charge.cite,
    }


def _annualized(quarterly: Quarterly, compared: Comparison) -> dict[str, Any]:
    schedule = compared.schedule
    return {
        "applies": compared.applies,
        "regular_penalty_usd": cents(compared.regular_penalty),
        "annualized_penalty_usd": cents(compared.annualized_penalty),
        "saves_usd": cents(max(Decimal(0), compared.regular_penalty - compared.annualized_penalty)),
        "columns": [
            _column(each, schedule.annual[place].required, complete=schedule.is_complete(place, quarterly.as_of))
            for place, each in enumerate(schedule.columns)
        ],
        "lines": [_line(line) | _factor(line) for line in schedule.lines],
    }


def _factor(line: Line) -> dict[str, str]:
    """Return a multiplier as the schedule prints it, no digit cut: 0.225 is no 23 cents."""
    return {"amount_usd": f"{line.amount:f}"} if line.line.rstrip(LETTERS) in FACTORS else {}


def _column(column: Column, required: Line, *, complete: bool) -> dict[str, Any]:
    return {
        "column": column.period.letter,
        "through": column.period.end.isoformat(),
        "complete": complete,
        "annualized_agi_usd": cents(column.computed.income.agi.amount),
        "due_by_then_usd": cents(column.due_by_then.amount),
        "required_usd": cents(required.amount),
    }


def _set_aside(kept: SetAside, assets: AssetTable) -> dict[str, Any]:
    coins = None
    if kept.asset is not None and kept.quantity is not None:
        coins = unscaled(kept.quantity, assets.decimals(kept.asset))
    return {"usd": cents(kept.usd), "asset": kept.asset, "quantity": coins, "price_usd": kept.price_usd}


def _line(line: Line) -> dict[str, Any]:
    return list_line(line) | {"from": list(line.inputs)}
