"""The listing of a year under another country's law: its lines in its own currency, and what they leave out."""

from __future__ import annotations

from typing import Any

from lotwork.projections.abroad.tax_return import ForeignReturn, Sheet
from lotwork.reports.lines import cents, cents_if_known
from lotwork.rules.line import Line


def list_foreign(told: ForeignReturn) -> dict[str, Any]:
    """Return the summary, every line with its law and events, and what is and is not covered."""
    return {
        "year": told.year,
        "jurisdiction": told.jurisdiction,
        "currency": told.currency,
        "summary": {name: cents_if_known(amount) for name, amount in told.summary.items()},
        "lines": [_line(each, sheet) for sheet in told.sheets for each in sheet.lines],
        "covers": list(told.covers),
        "does_not_cover": list(told.does_not_cover),
        "exchange_rates": list(told.rates_used),
    }


def _line(written: Line, sheet: Sheet) -> dict[str, Any]:
    listed: dict[str, Any] = {
        "form": written.form,
        "line": written.line,
        "label": written.label,
        "amount": cents(written.amount),
        "cites": list(written.cites),
        "because": list(sheet.because[written.ref]),
        "from": list(written.inputs),
    }
    count = sheet.counts[written.ref]
    return listed if count == len(listed["because"]) else listed | {"because_count": count}
