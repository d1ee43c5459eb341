"""The estimated payments an alert speaks of, from the same fold and the same law as `lotwork quarterly`."""

from __future__ import annotations

from datetime import date

from alerts.rules import Installment
from ledger.units import usd_micros
from projections.book import Book
from projections.law_in_force import law_in_force
from projections.liability import liability
from projections.quarterly import quarterly
from rules.load import Law

JANUARY = 1


def installments(book: Book, today: date) -> list[Installment]:
    """Return the payments *today* may be before: this year's, and in January, when its law may not be out, the last's.

    Raises UnknownFigureError where the law is not known for the year.
    """
    law = law_in_force(book.history, Law.load())
    year = today.year - 1 if today.month == JANUARY else today.year
    return [
        Installment(
            year=year,
            quarter=quarter.quarter,
            due=quarter.due,
            required_usd_micros=usd_micros(quarter.required),
            paid_usd_micros=usd_micros(quarter.paid),
            shortfall_usd_micros=usd_micros(quarter.shortfall),
        )
        for quarter in quarterly(book, law, liability(book, law, year), today).quarters
    ]
