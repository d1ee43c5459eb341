"""The tables of the page of one event, and of one line of a form, as files: all of their rows, amounts exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from lotwork.reports.csv_file import sums_text
from lotwork.web.forms import TracedForm, lines_of
from lotwork.web.reading import Reading
from lotwork.web.views.event import described, event_view
from lotwork.web.views.fed import changed_by, feeds, lines_fed, recorded
from lotwork.web.views.line import Part, line_view
from lotwork.web.wording import dollars_exact

Told = Mapping[str, str]
"""What the address of a table says: whose it is, and what it is narrowed to."""
LINES = ("form", "line", "label", "amount")


def event_says(reading: Reading, told: Told) -> str | None:
    """Return what an event says, key by key."""
    view = event_view(reading, told.get("event", ""))
    rows = () if view is None else ((key.name, key.text, key.before) for key in view.keys)
    return None if view is None else sums_text(("key", "says", "said_first"), rows)


def event_filed(reading: Reading, told: Told) -> str | None:
    """Return the lines of the return that an event filed."""
    view = event_view(reading, told.get("event", ""))
    if view is None or not view.filed:
        return None
    return sums_text(LINES, ((each.form, each.line, each.label, each.amount_usd) for each in view.filed))


def event_feeds(reading: Reading, told: Told) -> str | None:
    """Return every figure of the year that rests on an event, or that it changes."""
    names = _changed(reading, told)
    if names is None:
        return None
    rows = ((each.what, each.by, each.event, dollars_exact(each.micros), each.says) for each in feeds(reading, names))
    return sums_text(("what", "event", "with", "amount_usd", "says"), rows)


def event_lines(reading: Reading, told: Told) -> str | None:
    """Return the lines of the year's return that rest on an event, or that it changes."""
    names = _changed(reading, told)
    if names is None:
        return None
    rows = ((fed.form, fed.row.number, fed.row.label, fed.row.exact) for fed in lines_fed(lines_of(reading), names))
    return sums_text(LINES, rows)


def _changed(reading: Reading, told: Told) -> frozenset[str] | None:
    found = recorded(reading, told.get("event", ""))
    return None if found is None else changed_by(reading, found[1])


def line_made_of(reading: Reading, told: Told) -> str | None:
    """Return the lines that a line is made of."""
    view = line_view(reading, told.get("place", ""), 1)
    return None if view is None else _parts(view.made_of)


def line_goes_into(reading: Reading, told: Told) -> str | None:
    """Return the lines that a line is a part of."""
    view = line_view(reading, told.get("place", ""), 1)
    return None if view is None else _parts(view.goes_into)


def _parts(parts: Iterable[Part]) -> str:
    rows = (
        (part.form, part.row.number, part.row.label, part.row.exact) if part.row else (part.ref, None, None, None)
        for part in parts
    )
    return sums_text(LINES, rows)


def line_law(reading: Reading, told: Told) -> str | None:
    """Return the figures of the law that a line goes by."""
    view = line_view(reading, told.get("place", ""), 1)
    if view is None:
        return None
    return sums_text(
        ("figure", "title", "value", "cite"), ((law.path, law.title, law.value, law.cite) for law in view.law)
    )


def events_behind(reading: Reading, told: Told) -> str | None:
    """Return every event that a line names of those behind it."""
    found = _line(reading, told.get("place", ""))
    if found is None:
        return None
    about = described(reading, found.because)
    rows = ((name, *_of_day(*about.get(name, (None, "")))) for name in found.because)
    return sums_text(("event", "day", "what"), rows)


def _line(reading: Reading, place: str) -> TracedForm | None:
    every: Iterator[TracedForm] = iter(lines_of(reading))
    return next((each for each in every if f"{each.form}/{each.row.number}" == place), None)


def _of_day(day: date | None, says: str) -> tuple[str, str]:
    return (day.isoformat() if day else "", says)
