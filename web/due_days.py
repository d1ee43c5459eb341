"""The due days as a calendar file (RFC 5545), for the calendar a taxpayer already looks at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from lotwork.web.views.quarterly import Card, QuarterlyView
from lotwork.web.wording import usd

MOST_OCTETS = 75
REMINDER_DAYS = (14, 3)


def due_days(view: QuarterlyView, book: str, made: datetime) -> str:
    """Return the four due days of *view* as all-day events with reminders; a later download replaces an earlier."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lotwork//Estimated payments//EN", "CALSCALE:GREGORIAN"]
    for card in view.cards:
        lines += _event(card, view.year, book, made)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(card: Card, year: int, book: str, made: datetime) -> Iterator[str]:
    title = f"Estimated tax {year}, payment {card.row.quarter} of 4"
    yield "BEGIN:VEVENT"
    yield f"UID:{year}-{card.row.quarter}-{_text(book)}@lotwork.invalid"
    yield f"DTSTAMP:{made.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{card.row.due:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{_after(card.row.due):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{title}: {usd(card.row.shortfall_usd)}' if card.shortfall else f'{title}: paid')}"
    says = f"Required {usd(card.row.required_usd)}, paid {usd(card.row.paid_usd)}. Form 1040-ES. Book {book}."
    yield f"DESCRIPTION:{_text(says)}"
    yield "TRANSP:TRANSPARENT"
    if card.shortfall:
        for days in REMINDER_DAYS:
            yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(title)}", f"TRIGGER:-P{days}D")
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
