"""The estimated payments an alert speaks of, from the same fold and the same law as `lotwork quarterly`.

What is asked on the figures so far is less than what the year will ask, where more is to come. So once the period of
the next installment is over, or one is overdue, Schedule AI is asked too: it says what is enough, whatever the rest of
the year brings, and whether the year asks for less than equal installments.
"""

from __future__ import annotations

from datetime import date, timedelta

from lotwork.alerts.rules import Installment, Overdue, Payments
from lotwork.ledger.events import US
from lotwork.ledger.units import ZERO
from lotwork.projections.estimated.measures import NOT_KNOWN
from lotwork.projections.estimated.next_payment import NextPayment
from lotwork.projections.estimated.open_year import year_asked
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.quarterly import Quarter, Quarterly, quarterly
from lotwork.projections.replay.book import Book
from lotwork.reports.estimated_words import next_in_words
from lotwork.rules.load import Law
from lotwork.rules.us.estimated_penalty import APRIL, APRIL_15

NEAR = timedelta(days=16)
"""The periods of Schedule AI end so long before their installments are due."""


def payments(book: Book, today: date) -> Payments:
    """Return the payments *today* may be before or behind: this year's, and until April 15 those of the year before.

    A taxpayer of another country owes none of them. Of a year whose law is not out the prior year's measure is told;
    where that is not known either, why nothing can be. Raises UnknownFigureError where the law knows of no payments.
    """
    law = law_in_force(book.history, Law.load())
    years = (today.year - 1, today.year) if today <= date(today.year, APRIL, APRIL_15) else (today.year,)
    all_told = [
        _told(book, law, year, today)
        for year in years
        if book.taxpayer.profile_on(year_end(year)).jurisdiction == US and _is_told_of(book, year, today)
    ]
    return Payments(
        installments=tuple(each for told in all_told for each in _installments(book, told)),
        overdue=tuple(each for told in all_told for each in _overdue(told)),
        trouble=next((_why(told) for told in all_told if told.method == NOT_KNOWN), None),
    )


def _is_told_of(book: Book, year: int, today: date) -> bool:
    """Say if anything happened in *year*: a book that began after it owes nothing for it that is known here."""
    known = (*book.income.totals, *book.gains.totals)
    return year == today.year or year in book.taxpayer.year_facts or any(when == year for when, _ in known)


def _told(book: Book, law: Law, year: int, today: date) -> Quarterly:
    owed = year_asked(book, law, year)
    told = quarterly(book, law, owed, today, "cheaper_if_behind")
    following = told.next_payment
    if told.comparison is None and following is not None and _may_follow_the_income(told, following):
        told = quarterly(book, law, owed, today)
    return told


def _why(told: Quarterly) -> str:
    return " ".join(finding.message for finding in told.findings)


def _overdue(told: Quarterly) -> list[Overdue]:
    since, following = told.overdue_since, told.next_payment
    if since is None:
        return []
    a_day = None if following is None else following.waiting.overdue_a_day
    return [Overdue(told.year, since, told.overdue, a_day, told.penalty, told.penalty_through)]


def _installments(book: Book, told: Quarterly) -> list[Installment]:
    if told.method == NOT_KNOWN:
        return []
    return [_installment(book, told, quarter, told.next_payment) for quarter in told.quarters]


def _installment(book: Book, told: Quarterly, quarter: Quarter, following: NextPayment | None) -> Installment:
    advice, enough = "", ZERO
    if following is not None and following.quarter == quarter.quarter:
        advice = next_in_words(following, book.history.assets)
        enough = following.safe or ZERO if _may_follow_the_income(told, following) else ZERO
    return Installment(
        year=told.year,
        quarter=quarter.quarter,
        due=quarter.due,
        required_usd=quarter.required or ZERO,
        paid_usd=quarter.paid,
        shortfall_usd=quarter.short,
        advice=advice,
        enough_usd=enough,
    )


def _may_follow_the_income(told: Quarterly, following: NextPayment) -> bool:
    """Say if the period of the next installment is over while the year is not."""
    return told.as_of.year == told.year and following.due - told.as_of < NEAR
