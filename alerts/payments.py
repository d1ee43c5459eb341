"""The estimated payments an alert speaks of, from the same fold and the same law as `lotwork quarterly`.

What is asked on the figures so far is less than what the year will ask, where more is to come. So once the period of
the next installment is over, Schedule AI is asked too: it says what is enough, whatever the rest of the year brings.
"""

from __future__ import annotations

from datetime import date, timedelta

from lotwork.alerts.rules import Installment
from lotwork.ledger.units import ZERO
from lotwork.projections.estimated.next_payment import NextPayment
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.liability import Liability, liability
from lotwork.projections.quarterly import Quarter, Quarterly, quarterly
from lotwork.projections.replay.book import Book
from lotwork.reports.estimated_words import next_in_words
from lotwork.rules.load import Law

JANUARY = 1
NEAR = timedelta(days=16)
"""The periods of Schedule AI end so long before their installments are due."""


def installments(book: Book, today: date) -> list[Installment]:
    """Return the payments *today* may be before: this year's, and in January, when its law may not be out, the last's.

    Raises UnknownFigureError where the law is not known for the year.
    """
    law = law_in_force(book.history, Law.load())
    year = today.year - 1 if today.month == JANUARY else today.year
    owed = liability(book, law, year)
    told = quarterly(book, law, owed, today)
    following = told.next_payment
    if following is not None and _may_follow_the_income(told, following):
        following = _with_what_is_enough(book, law, owed, following, today)
    return [_installment(book, told, quarter, following) for quarter in told.quarters]


def _installment(book: Book, told: Quarterly, quarter: Quarter, following: NextPayment | None) -> Installment:
    advice, enough = "", ZERO
    if following is not None and following.quarter == quarter.quarter:
        advice = next_in_words(following, book.history.assets)
        enough = following.safe or ZERO if _may_follow_the_income(told, following) else ZERO
    return Installment(
        year=told.year,
        quarter=quarter.quarter,
        due=quarter.due,
        required_usd=quarter.required,
        paid_usd=quarter.paid,
        shortfall_usd=quarter.shortfall,
        advice=advice,
        enough_usd=enough,
    )


def _may_follow_the_income(told: Quarterly, following: NextPayment) -> bool:
    """Say if the period of the next installment is over while the year is not."""
    return told.as_of.year == told.year and following.due - told.as_of < NEAR


def _with_what_is_enough(book: Book, law: Law, owed: Liability, following: NextPayment, today: date) -> NextPayment:
    annual = quarterly(book, law, owed, today, annualize=True).next_payment
    return following if annual is None or annual.safe is None else following._replace(safe=annual.safe)
