"""Days as files write them: in ISO 8601, or with the month or the day first, which a file itself or a person says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from lotwork.ingest.profiles.row import CellError, Row
from lotwork.ingest.sheets.table import SHOWN

ISO = "%Y-%m-%d"
MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%y")
"""As the United States write a day, their banks among them."""
DAY_FIRST = ("%d/%m/%Y", "%d/%m/%y")
_SLASHED = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{4}|[0-9]{2})", re.ASCII)


def day_of(row: Row, role: str) -> date:
    """Return the day of the cell of *role*. Raises CellError where it is none, or may be two.

    Which of two orders is meant says `--set date_format=…`, or another day of the file (`ordered`).
    """
    text = row.text(role)
    said = row.told.date_format
    found = {day for way in (ISO, said) if way for day in _read(text, way)}
    if not found and not said:
        found = {day for way in (*MONTH_FIRST, *DAY_FIRST) for day in _read(text, way)}
    if len(found) == 1:
        return found.pop()
    shown = f"{text[:SHOWN]!r}"
    if not found:
        reason = f"{shown} is no day" if not said else f"{shown} is no day as {said} has them"
        raise CellError(row.column(role), reason, "write it like 2026-03-31, or export the file again, unchanged")
    short = len(text) <= len("31/12/26")
    month, day = (f"--set date_format={ways[short]}" for ways in (MONTH_FIRST, DAY_FIRST))
    words = f"{shown} may be {min(found)} or {max(found)}"
    raise CellError(row.column(role), words, f"say {month} where the month stands first, {day} where the day does")


def american_day_of(row: Row, role: str) -> date:
    """Return the day of the cell of *role* in a file of a house of the United States: ISO, or the month first."""
    text = row.text(role)
    for way in (ISO, *MONTH_FIRST):
        for day in _read(text, way):
            return day
    raise CellError(row.column(role), f"{text[:SHOWN]!r} is no day", "export the file again, unchanged")


def ordered(rows: Sequence[Row], roles: Iterable[str], usual: Sequence[str] = ()) -> Sequence[Row]:
    """Return *rows* with the order of their days said, where those of *roles* prove one, as 03/31/2026 does.

    Where they fit both, it is the *usual* of whoever writes such files, and is not said where there is none.
    """
    fitting = [] if not rows or rows[0].told.date_format else _fitting(rows, roles)
    if len(fitting) > 1:
        fitting = [way for way in fitting if way in usual]
    if len(fitting) != 1:
        return rows
    told = rows[0].told._replace(date_format=fitting[0])
    return [row._replace(told=told) for row in rows]


def taken_as_usual(rows: Sequence[Row], roles: Iterable[str]) -> str:
    """Return a day of *rows* whose order nothing says and nothing proves; "" where there is none."""
    names = tuple(roles)
    if not rows or rows[0].told.date_format or len(_fitting(rows, names)) < len((MONTH_FIRST, DAY_FIRST)):
        return ""
    return next(filter(_SLASHED.fullmatch, (row.text(role) for row in rows for role in names)), "")


def _fitting(rows: Sequence[Row], roles: Iterable[str]) -> list[str]:
    """Return each way in which all days with strokes are read; nothing where there are none."""
    names = tuple(roles)
    texts = [text for row in rows for role in names if _SLASHED.fullmatch(text := row.text(role))]
    ways = (*MONTH_FIRST, *DAY_FIRST)
    return [way for way in ways if texts and all(any(True for _ in _read(text, way)) for text in texts)]


def _read(text: str, way: str) -> Iterable[date]:
    """Yield the day in *text*, where it is written in this *way*."""
    if text.isascii():
        try:
            yield datetime.strptime(text, way).date()  # noqa: DTZ007 - a day has no zone
        except (ValueError, re.error):
            return
