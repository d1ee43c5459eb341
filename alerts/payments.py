"""The estimated payments an alert speaks of, from the same fold and the same law as `lotwork quarterly`.

What is asked on the figures so far is less than what the year will ask, where more is to come. So once the period of
the next installment is over, or one is overdue, Schedule AI is asked too: it says what is enough, whatever the rest of
the year brings, and whether the year asks for less than equal installments.
"""

from __future__ import annotations

from datetime import date, timedelta

from lotwork.alerts.rules import Installment, Overdue, Payments, StateTold
from lotwork.ledger.events import US
from lotwork.ledger.units import ZERO
from lotwork.projections.estimated.measures import NOT_KNOWN
from lotwork.projections.estimated.next_payment import NextPayment, Step
from lotwork.projections.estimated.open_year import year_asked
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.quarterly import Quarter, Quarterly, quarterly
from lotwork.projections.replay.book import Book
from lotwork.projections.states.estimated import StateQuarterly, state_quarterly
from lotwork.reports.estimated_words import next_in_words
from lotwork.reports.state_payments import state_next_in_words
from lotwork.rules.load import Law
from lotwork.rules.us.estimated_penalty import APRIL, APRIL_15

NEAR = timedelta(days=16)
"""The periods of Schedule AI end so long before their installments are due."""


def payments(book: Book, today: date) -> Payments:
    """Return the payments *today* may be before or behind: this year's, and until April 15 those of the year before.

    Those to the state stand among them, each on its own day. A taxpayer of another country owes none of them. Of a year
    whose law is not out the prior year's measure is told; where that is not known either, why nothing can be.
    Raises UnknownFigureError where the law knows of no payments.
    """
    law = law_in_force(book.history, Law.load())
    years = (today.year - 1, today.year) if today <= date(today.year, APRIL, APRIL_15) else (today.year,)
    all_told = [
        _told(book, law, year, today)
        for year in years
        if book.taxpayer.profile_on(year_end(year)).jurisdiction == US and _is_told_of(book, year, today)
    ]
    federal = [told for told, _ in all_told]
    states = [state for _, state in all_told if state is not None]
    return Payments(
        installments=(
            *(each for told in federal for each in _installments(book, told)),
            *(each for state in states for each in _of_state(state)),
        ),
        overdue=(
            *(each for told in federal for each in _overdue(told)),
            *(each for state in states for each in _overdue_to(state)),
        ),
        trouble=next((_why(told) for told in federal if told.method == NOT_KNOWN), None),
        state_trouble=next((_why(state) for state in states if state.method == NOT_KNOWN), None),
    )


def _is_told_of(book: Book, year: int, today: date) -> bool:
    """Say if anything happened in *year*: a book that began after it owes nothing for it that is known here."""
    known = (*book.income.totals, *book.gains.totals)
    return year == today.year or year in book.taxpayer.year_facts or any(when == year for when, _ in known)


def _told(book: Book, law: Law, year: int, today: date) -> tuple[Quarterly, StateQuarterly | None]:
    """Return the payments of *year*, and those to the state where one is told."""
    owed = year_asked(book, law, year)
    told = quarterly(book, law, owed, today, "cheaper_if_behind")
    following = told.next_payment
    if told.comparison is None and following is not None and _may_follow_the_income(told, following):
        told = quarterly(book, law, owed, today)
    return told, state_quarterly(book, law, owed, today)


def _why(told: Quarterly | StateQuarterly) -> str:
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


def _of_state(told: StateQuarterly) -> list[Installment]:
    """Return the payments to the state, as far as they can be told."""
    state, step = StateTold(told.state, told.name), told.next
    following, advice, enough = None, "", ZERO
    if step is not None:
        following, words = step.quarter, state_next_in_words(told)
        advice = words[:1].upper() + words[1:]
        enough = step.safe or ZERO if _may_follow_the_income(told, step) else ZERO
    return [
        Installment(
            year=told.year,
            quarter=each.quarter,
            due=each.due,
            required_usd=each.required,
            paid_usd=each.paid,
            shortfall_usd=each.short,
            advice=advice if each.quarter == following else "",
            enough_usd=enough if each.quarter == following else ZERO,
            state=state,
        )
        for each in told.installments
    ]


def _overdue_to(told: StateQuarterly) -> list[Overdue]:
    since = told.overdue_since
    if since is None:
        return []
    return [
        Overdue(told.year, since, told.overdue, None, ZERO, told.as_of, state=StateTold(told.state, told.name)),
    ]


def _may_follow_the_income(told: Quarterly | StateQuarterly, following: NextPayment | Step) -> bool:
    """Say if the period of the next installment is over while the year is not."""
    return told.as_of.year == told.year and following.due - told.as_of < NEAR
