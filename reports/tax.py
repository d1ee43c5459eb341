"""The listing of a year's tax: its summary, what it carries, and every line with its law and its events."""

from __future__ import annotations

from typing import Any

from lotwork.projections.liability import Liability, TracedLine
from lotwork.projections.returns.carried import Carried
from lotwork.reports.lines import cents, list_line
from lotwork.rules.line import by_form


def list_liability(owed: Liability) -> dict[str, Any]:
    """Return the summary and every line of *owed*, form by form as they are copied."""
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
    forms = by_form(owed.lines, lambda traced: (traced.line.form, traced.line.line))
    return {
        "year": owed.year,
        "status": owed.standing.filing_status,
        "activity": owed.standing.activity,
        "summary": summary,
        "carried_in": _carried(owed.carried),
        "carried_forward": _carried(owed.carried_forward),
        "lines": [_traced(each) for lines in forms.values() for each in lines],
    }


def _carried(carried: Carried) -> dict[str, str]:
    """Return the losses carried into a year or out of it, each by its kind."""
    return {
        "short_term_usd": cents(carried.short_term),
        "long_term_usd": cents(carried.long_term),
        "qbi_loss_usd": cents(carried.qbi_loss),
        "nol_usd": cents(carried.nol),
        "excess_business_loss_usd": cents(carried.excess_loss),
        "amt_nol_usd": cents(carried.nol if carried.amt_nol is None else carried.amt_nol),
        "section_1231_losses_usd": cents(carried.section_1231_losses),
    }


def _traced(traced: TracedLine) -> dict[str, Any]:
    listed = list_line(traced.line) | {"because": list(traced.because), "from": list(traced.line.inputs)}
    return listed if traced.events == len(traced.because) else listed | {"because_count": traced.events}
