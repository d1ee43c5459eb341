"""When a state's return is due, and its balance with it."""

from __future__ import annotations

from datetime import date

from lotwork.rules.us.estimated import next_business_day
from lotwork.rules.us.states.table import StateTable

RETURN_DUE = "return_due"
"""The day of the year after, as the state's law names it; a state that asks for no return has none."""


def due_day(table: StateTable) -> date | None:
    """Return the last day on time for the return of the table's year and its balance; None where none is told.

    A weekend or a holiday moves it as it moves the federal day (26 U.S.C. 7503).
    """
    told = table.maybe(RETURN_DUE)
    if told is None:
        return None
    (day,) = told.texts()
    return next_business_day(date.fromisoformat(f"{table.year + 1}-{day}"))
