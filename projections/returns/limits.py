"""What the law takes off an expense by its kind: a meal by half (26 U.S.C. 274(n)), a fine whole (162(f))."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lotwork.ledger.units import usd_decimal, usd_micros
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.rules.load import Law
from lotwork.rules.us.schedule_c import CATEGORIES, NOT_DEDUCTED

FINES = tuple(word for word, line in CATEGORIES.items() if line == NOT_DEDUCTED)
"""The words of a fine."""
LIMITED: Mapping[str, str] = MappingProxyType(
    {
        "meals": "us/schedule_c/meals_share",
        **dict.fromkeys(FINES, "us/schedule_c/fines_share"),
    }
)
"""The part of an expense the law deducts, by its word."""


def limited(row: ExpenseRow, law: Law) -> ExpenseRow:
    """Return *row* with the part of it that the law deducts."""
    if row.category not in LIMITED:
        return row
    part = law.figure(LIMITED[row.category], row.date)
    deducted = usd_micros(usd_decimal(row.deductible_usd_micros) * part.amount())
    return row._replace(deductible_usd_micros=deducted, cites=(*row.cites, part.citation))
