"""The estimated payments an alert speaks of, from the same fold and the same law as `lotwork quarterly`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from alerts.rules import Installment
from ledger.events import Rule
from ledger.history import History
from ledger.units import usd_micros
from projections.book import Book
from projections.liability import liability
from projections.quarterly import quarterly
from projections.taxpayer import year_end
from rules.load import Law

JANUARY = 1


def installments(history: History, today: date) -> list[Installment]:
    """Return the payments *today* may still be before: this year's, and in January those of the year before.

    Raises UnknownFigureError where the law is not known for the year.
    """
    law = Law.load().corrected(event for event in history.of_kind("rule") if isinstance(event, Rule))
    years = (today.year - 1, today.year) if today.month == JANUARY else (today.year,)
    return [one for year in years for one in installments_of(history, law, year, today)]


def installments_of(history: History, law: Law, year: int, today: date) -> Iterator[Installment]:
    """Yield the four payments of *year* as they stand on *today*."""
    book = Book.begin(history, (year,)).fold(until=min(today, year_end(year)))
    for quarter in quarterly(book, law, liability(book, law, year), today).quarters:
        yield Installment(
            year=year,
            quarter=quarter.quarter,
            due=quarter.due,
            required_usd_micros=usd_micros(quarter.required),
            paid_usd_micros=usd_micros(quarter.paid),
            shortfall_usd_micros=usd_micros(quarter.shortfall),
        )
