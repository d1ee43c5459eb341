"""The tax listings of contract.md, section 4: a year's liability line by line, and its estimated payments."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from ledger.units import AssetTable, unscaled
from projections.liability import Liability, TracedLine
from projections.quarterly import Quarter, Quarterly, SetAside
from rules.line import Line

CENT = Decimal("0.01")
WIDE = Context(prec=120)
"""Holds the cents of any sum that a ledger can come to."""


def cents(amount: Decimal) -> str:
    """Return *amount* in dollars and cents, rounded half up; nothing has no sign."""
    return f"{WIDE.add(amount.quantize(CENT, ROUND_HALF_UP, WIDE), 0):f}"


def list_liability(owed: Liability) -> dict[str, Any]:
    """Return the summary and every line of *owed*."""
    business = owed.business
    summary = {name: cents(amount) for name, amount in owed.computed.summary.items()}
    summary |= {
        "gross_receipts_usd": cents(business.receipts),
        "expenses_usd": cents(business.deducted),
        "depreciation_usd": cents(business.depreciation),
        "schedule_c_net_usd": cents(owed.computed.income.business.amount),
        "credits_usd": cents(owed.credits),
        "withheld_usd": cents(owed.withheld),
        "payments_usd": cents(owed.paid),
        "balance_due_usd": cents(owed.balance_due),
    }
    return {
        "year": owed.year,
        "status": owed.standing.filing_status,
        "activity": owed.standing.activity,
        "summary": summary,
        "lines": [_traced(each) for each in owed.lines],
    }


def _traced(traced: TracedLine) -> dict[str, Any]:
    listed = _line(traced.line) | {"because": list(traced.because), "from": list(traced.line.inputs)}
    return listed if traced.events == len(traced.because) else listed | {"because_count": traced.events}


def _line(line: Line) -> dict[str, Any]:
    return {
        "form": line.form,
        "line": line.line,
        "label": line.label,
        "amount_usd": cents(line.amount),
        "cites": list(line.cites),
    }


def list_quarterly(quarterly: Quarterly, assets: AssetTable) -> dict[str, Any]:
    """Return the installments, the safe harbor they rest on, and the penalty as of the day."""
    required = quarterly.required
    prior = required.prior_year
    return {
        "year": quarterly.year,
        "as_of": quarterly.as_of.isoformat(),
        "installments": [_quarter(quarter, assets) for quarter in quarterly.quarters],
        "safe_harbor": {
            "method": quarterly.method,
            "required_annual_payment_usd": cents(required.required.amount),
            "current_year_90_usd": cents(required.ninety_percent.amount),
            "prior_year_usd": None if prior is None else cents(prior.amount),
            "tax_after_withholding_usd": cents(required.owed.amount),
            "penalty_possible": required.penalty_possible,
            "why": required.why,
            "lines": [_line(line) for line in required.lines],
        },
        "penalty_usd": cents(quarterly.penalty),
        "penalty_through": quarterly.penalty_through.isoformat(),
        "set_aside": _set_aside(quarterly.set_aside, assets),
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


def _set_aside(kept: SetAside, assets: AssetTable) -> dict[str, Any]:
    coins = None
    if kept.asset is not None and kept.quantity is not None:
        coins = unscaled(kept.quantity, assets.decimals(kept.asset))
    return {"usd": cents(kept.usd), "asset": kept.asset, "quantity": coins, "price_usd": kept.price_usd}
