"""Times that name no zone, nor does their map: read as UTC, which is said, and refused where a tax year hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from lotwork.ingest.sheets.cells import names_zone, read_time
from lotwork.ingest.sheets.column_map import ColumnMap
from lotwork.ingest.sheets.headings import zone_in
from lotwork.ingest.sheets.table import SHOWN, Row
from lotwork.ledger.errors import Problem
from lotwork.ledger.public_form.parse_words import zone_named

CLOCKED = frozenset({"instant", "moment"})


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
