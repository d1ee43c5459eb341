"""The due days as a calendar file (RFC 5545), for the calendar a taxpayer already looks at.

The payments of the year and, once it is over, its returns with what is left to pay.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.units import CENT, ZERO
from lotwork.reports.state_payments import StateInstallmentRow
from lotwork.rules.us.amended import due_day
from lotwork.rules.us.estimated import next_business_day
from lotwork.web.reading import Reading
from lotwork.web.returned import return_of, state_of
from lotwork.web.views.quarterly import Card, QuarterlyView
from lotwork.web.views.state_payments import StateView
from lotwork.web.wording import usd

MOST_OCTETS = 75
REMINDER_DAYS = (14, 3)


def due_days(view: QuarterlyView, reading: Reading, made: datetime) -> str:
    """Return the due days of *view*, and the state's, as all-day events with reminders.

    A later download replaces an earlier.
    """
    book = reading.book
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lotwork//Estimated payments//EN", "CALSCALE:GREGORIAN"]
    for card in view.cards:
        lines += _event(_of_card(card, view.year), book, made)
    if view.state is not None:
        for row in view.state.told.installments:
            lines += _event(_of_state(row, view.state), book, made)
    for due in _of_returns(reading):
        lines += _event(due, book, made)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


class _Due(NamedTuple):
    """A day in the calendar: its own name, what it is called, what is short by then, and what stands in it."""

    uid: str
    day: date
    title: str
    short: str
    """Dollars; empty where it is paid."""
    says: str
    done: str = "paid"
    """What is said where nothing is short."""


def _of_card(card: Card, year: int) -> _Due:
    row, title = card.row, f"Estimated tax {year}, payment {card.row.quarter} of 4"
    says = f"Required {usd(row.required_usd)}, paid {usd(row.paid_usd)}. Form 1040-ES."
    return _Due(f"{year}-{row.quarter}", row.due, title, usd(row.shortfall_usd) if card.shortfall else "", says)


def _of_state(row: StateInstallmentRow, view: StateView) -> _Due:
    told = view.told
    title = f"Estimated tax of {told.name} {view.year}, payment {row.quarter}"
    says = f"Required {usd(row.required_usd)}, paid {usd(row.paid_usd)}."
    short = usd(row.shortfall_usd) if Decimal(row.shortfall_usd) >= CENT else ""
    return _Due(f"{view.year}-{row.quarter}-{told.state}", row.due, title, short, says)


def _of_returns(reading: Reading) -> Iterator[_Due]:
    """Yield the day of the return of a year that is over and of the state's, with the balance as it is now."""
    owed = return_of(reading)
    if owed is None or not reading.is_over:
        return
    year, day = reading.year, next_business_day(due_day(reading.year))
    yield _of_return(f"{year}-return", day, f"Tax return {year} and its balance", "Form 1040", owed.balance_due)
    state = state_of(reading)
    made = None if state is None else state.computed
    if state is not None and made is not None and made.due is not None:
        title = f"Tax return of {made.name} {year} and its balance"
        yield _of_return(f"{year}-return-{made.state}", made.due, title, made.form, state.balance_due)


def _of_return(uid: str, day: date, title: str, form: str, balance: Decimal) -> _Due:
    left = max(balance, ZERO)
    return _Due(uid, day, title, usd(left) if left >= CENT else "", f"{form}.", "nothing to pay")


def _event(due: _Due, book: str, made: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{due.uid}-{_text(book)}@lotwork.invalid"
    yield f"DTSTAMP:{made.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{_after(due.day):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{due.title}: {due.short}' if due.short else f'{due.title}: {due.done}')}"
    yield f"DESCRIPTION:{_text(f'{due.says} Book {book}.')}"
    yield "TRANSP:TRANSPARENT"
    if due.short:
        for days in REMINDER_DAYS:
            yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(due.title)}", f"TRIGGER:-P{days}D")
            yield "END:VALARM"
    yield "END:VEVENT"


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _text(text: str) -> str:
    """Return *text* as a value of the file: its separators escaped."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Yield *line* in pieces of at most 75 octets, those after the first led by a space; no letter is cut in two."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > MOST_OCTETS:
            yield piece
            piece = " "
        piece += letter
    yield piece
