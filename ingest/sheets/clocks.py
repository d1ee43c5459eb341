"""Times that name no zone, nor does their map: read as UTC, which is said, and refused where a tax year hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from lotwork.ingest.sheets.cells import names_zone, read_time
from lotwork.ingest.sheets.column_map import ColumnMap
from lotwork.ingest.sheets.headings import zone_in
from lotwork.ingest.sheets.table import SHOWN, Row
from lotwork.ledger.errors import Problem
from lotwork.ledger.public_form.parse_words import zone_named

CLOCKED = frozenset({"instant", "moment"})
TURNS = frozenset({(1, 1), (12, 31)})
"""The days about a turn of the year, each by its month and its number."""
BY_DAY = frozenset({"receipt", "sale", "purchase"})
"""Kinds whose coins came or went at an instant, which a pool or an exchange may tell by its own days."""


class Shown(NamedTuple):
    """What a clock showed that nobody named: where it stands, the text of the cell, and the instant it is read as."""

    where: str
    column: str
    text: str
    told: datetime


def clocks_in(name: str, rows: Sequence[Row], column_map: ColumnMap) -> list[Shown]:
    """Return the times of the *rows* of the file *name* that name no zone, nor does their column, nor the map."""
    if column_map.time_zone is not None or not column_map.is_by_a_clock:
        return []
    columns = [
        column
        for key, column in column_map.columns.items()
        if key != "book" and column_map.key(key).meaning in CLOCKED and zone_in(column) is None
    ]
    told = ((row, column, row.cells[column]) for row in rows for column in columns)
    bare = ((row, column, text) for row, column, text in told if text and not names_zone(text))
    read = ((row, column, text, read_time(text, column_map)) for row, column, text in bare)
    return [
        Shown(f"{name}:{row.line}", column, text, instant)
        for row, column, text, instant in read
        if isinstance(instant, datetime)
    ]


def of_other_years(clocks: Sequence[Shown], home_zone: str) -> Iterator[Problem]:
    """Yield the problem of each time that is of one tax year in UTC, and of another by the clock of *home_zone*."""
    for where, column, text, told in clocks if home_zone else ():
        wrong = of_another_year(text, told, home_zone)
        if wrong is not None:
            yield Problem(where, column[:SHOWN], *wrong)


def day_of_two_years(rows: Sequence[Row], column_map: ColumnMap, home_zone: str) -> str | None:
    """Return what an import says of a day of coins that is one of two tax years where it is a day in UTC; else None."""
    column = column_map.columns.get("at")
    if column is None or not home_zone or column_map.time_zone is not None or column_map.kind not in BY_DAY:
        return None
    for text in dict.fromkeys(row.cells[column] for row in rows):
        told = read_time(text, column_map)
        other = None if isinstance(told, datetime) else _other_year(told, home_zone)
        if other is not None:
            return (
                f"{text[:SHOWN]} tells a day and no time, and counts in {told.year}: where it is a day in UTC, as a "
                f"pool has them, a part of it is of {other} by the clock of {home_zone}: look when the coins came or "
                "went, and correct `at` of what was then"
            )
    return None


def _other_year(day: date, home_zone: str) -> int | None:
    """Return of which other year a part of the *day* in UTC is by the clock of *home_zone*."""
    if (day.month, day.day) not in TURNS:
        return None
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC)
    ends = (begun, begun + timedelta(hours=23, minutes=59))
    years = (told.astimezone(zone_named(home_zone)).year for told in ends)
    return next((year for year in years if year != day.year), None)


def of_another_year(text: str, told: datetime, home_zone: str) -> tuple[str, str] | None:
    """Return what is wrong with *text*, which names no zone, read as *told* in UTC, and what to do; None: its year."""
    year = told.astimezone(zone_named(home_zone)).year
    if year == told.year:
        return None
    words = f"{text[:SHOWN]!r} names no zone: it is of {year} in UTC, and of {told.year} by the clock of {home_zone}"
    return words, f"say which it is with --set zone=UTC or --set zone={home_zone}"


def read_as_utc(text: str) -> str:
    """Return what an import says of a file whose times name no zone, of which *text* is one."""
    return (
        f"its times name no zone ({text[:SHOWN]}) and are read as UTC: if they are by another clock, say which "
        "with --set zone=America/New_York, and with --revise too once the file is imported"
    )
