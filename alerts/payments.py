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
    """Return the payments *today* may be before: this year's, and in January, when its law may not be out, the last's.

    Raises UnknownFigureError where the law is not known for the year.
    """
    law = Law.load().corrected(event for event in history.of_kind("rule") if isinstance(event, Rule))
    year = today.year - 1 if today.month == JANUARY else today.year
    return list(installments_of(history, law, year, today))


def installments_of(history: History, law: Law, year: int, today: date) -> Iterator[Installment]:
    """Yield the four payments of *year* as they stand on *today*.

    They are computed as of the year's end at the latest, since the penalty that comes with them needs the interest
    rate of its last day, and January's is published late; what was paid since is taken off the oldest shortfall.
    """
    as_of = min(today, year_end(year))
    book = Book.begin(history, (year,)).fold(until=as_of)
    since = sum(
        payment.amount_usd_micros
        for payment in book.taxpayer.payments_for(year)
        if payment.type != "withholding" and as_of < history.calendar.day(payment.at) <= today
    )
    for quarter in quarterly(book, law, liability(book, law, year), as_of).quarters:
        short = usd_micros(quarter.shortfall)
        paid = min(since, short)
        since -= paid
        yield Installment(
            year=year,
            quarter=quarter.quarter,
            due=quarter.due,
            required_usd_micros=usd_micros(quarter.required),
            paid_usd_micros=usd_micros(quarter.paid) + paid,
            shortfall_usd_micros=short - paid,
        )
