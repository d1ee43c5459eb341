"""A ledger carried row by row from one database into another: the same events, hashes and heads, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from lotwork.ledger.errors import InputRefusedError, IntegrityError
from lotwork.ledger.storage.port import Database, Reading, Writing
from lotwork.ledger.storage.rows import Row

ROWS_AT_ONCE = 5000
BOOKS = "SELECT book, ledger, format_version, created_us, genesis FROM books ORDER BY book"
EVENTS = f"SELECT {', '.join(Row._fields)} FROM events WHERE book = ? AND position > ? ORDER BY position"  # noqa: S608 - column names
LAST = "SELECT position, hash FROM events WHERE book = ? ORDER BY position DESC LIMIT 1"
BESIDE = {
    "cursors": ("book, source", "cursor, moved_us"),
    "outbox": ("id", "book, subject, body, queued_us, attempts, sent_us, trouble"),
    "fence": ("id", "epoch"),
}
"""What stands beside the events: the key of each table, and what changes."""


def carry(source: Database, target: Database) -> None:
    """Copy everything in *source*, as of one instant, into *target*, in one transaction.

    A target that holds the beginning of the same history is filled up. InputRefusedError where it holds another.
    """
    target.begin()
    with source.snapshot() as reading:
        if reading is not None:
            target.write(lambda at: _fill(reading, at, source.place, target.place))


def _fill(reading: Reading, at: Writing, source: str, target: str) -> None:
    books, there = reading.all(BOOKS), at.all(BOOKS)
    if not {*there} <= {*books}:
        strange = ", ".join(sorted(str(book) for book, *_ in {*there} - {*books}))
        raise InputRefusedError(
            f"{target}: holds a book of another ledger already ({strange}): name an empty place; nothing was copied"
        )
    for row in books:
        if row not in there:
            at.insert("books", [row])
        book, ends = row[0], at.all(LAST, (row[0],))
        position, last = ends[0] if ends else (0, None)
        same = "SELECT hash FROM events WHERE book = ? AND position = ?"
        if ends and reading.all(same, (book, position)) != [(last,)]:
            raise InputRefusedError(
                f"{target}: book {book} holds events that {source} does not: name an empty place; nothing was copied"
            )
        with closing(reading.stream(EVENTS, (book, position))) as rows:
            for chunk in _chunks(rows):
                at.insert("events", chunk)
    for table, (key, rest) in BESIDE.items():
        _beside(reading, at, table, key, rest)


def _beside(reading: Reading, at: Writing, table: str, key: str, rest: str) -> None:
    """Copy a small table whose rows change; what an earlier attempt left there is overwritten."""
    columns = f"{key}, {rest}"
    rows = reading.all(f"SELECT {columns} FROM {table} ORDER BY {key}")  # noqa: S608 - names of ours
    marks = ", ".join("?" for _ in columns.split(", "))
    changed = ", ".join(f"{name} = excluded.{name}" for name in rest.split(", "))
    for row in rows:
        at.all(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {changed}",  # noqa: S608 - names of ours
            row,
        )
    if table == "fence":
        at.all("UPDATE fence SET epoch = 0 WHERE id = 2")  # a place that was moved away from is in force again
    elif at.all(f"SELECT {columns} FROM {table} ORDER BY {key}") != rows:  # noqa: S608 - names of ours
        raise IntegrityError(f"the copy of {table} does not hold what was copied: name an empty place")


def _chunks(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        yield chunk
