"""The due days as a calendar file (RFC 5545), for the calendar a taxpayer already looks at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.units import CENT
from lotwork.reports.state_payments import StateInstallmentRow
from lotwork.web.views.quarterly import Card, QuarterlyView
from lotwork.web.views.state_payments import StateView
from lotwork.web.wording import usd

MOST_OCTETS = 75
REMINDER_DAYS = (14, 3)


def due_days(view: QuarterlyView, book: str, made: datetime) -> str:
    """Return the due days of *view*, and the state's, as all-day events with reminders.

    A later download replaces an earlier.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lotwork//Estimated payments//EN", "CALSCALE:GREGORIAN"]
    for card in view.cards:
        lines += _event(_of_card(card, view.year), book, made)
    if view.state is not None:
        for row in view.state.told.installments:
            lines += _event(_of_state(row, view.state), book, made)
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


def _event(due: _Due, book: str, made: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{due.uid}-{_text(book)}@lotwork.invalid"
    yield f"DTSTAMP:{made.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{due.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{_after(due.day):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{due.title}: {due.short}' if due.short else f'{due.title}: paid')}"
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
