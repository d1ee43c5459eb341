"""Counting by the calendar, as periods of law are counted: months and years end on the day of the same number."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date

from lotwork.ledger.units import MONTHS


def add_months(day: date, months: int) -> date:
    """Return the day *months* after *day*, the last of a month that has no day of that number."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Return the day *years* after *day*; of 29 February, the 28th where there is none."""
    return add_months(day, years * MONTHS)


def days_in(year: int) -> int:
    """Return how many days *year* has."""
    return 365 + isleap(year)
