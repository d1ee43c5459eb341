"""What happens to one batch inside the transaction: what is new is chained and stored, what is known is left alone."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from itertools import islice

import msgspec

from lotwork.ledger.codec import same_event
from lotwork.ledger.errors import BusyError, ImpossibleEventError, InputRefusedError, Problem
from lotwork.ledger.events import Event
from lotwork.ledger.storage.batch import Appended, Batch, Head, names_a_book
from lotwork.ledger.storage.chain import FORMAT_VERSION, genesis
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.rows import Row, Tail, checked_payload, conflict, same_content

EVENTS_AT_ONCE = 2000
MOST_PROBLEMS = 50

INSERT_EVENT = f"INSERT OR FAIL INTO events VALUES ({', '.join('?' for _ in Row._fields)})"  # noqa: S608 - only marks
SELECT_TAIL = "SELECT position, hash, latest_us, recorded_us FROM events WHERE book = ? ORDER BY position DESC LIMIT 1"
SELECT_KNOWN = (
    f"SELECT {', '.join(Row._fields)} FROM events INDEXED BY events_id "  # noqa: S608 - column names
    "WHERE book = ? AND id IN (SELECT value FROM json_each(?))"
)


def append_batch(connection: sqlite3.Connection, batch: Batch, now_us: int) -> Appended:
    """Record *batch* inside the open transaction; every conflict is named in one InputRefusedError."""
    tail = _tail(connection, batch.book, now_us)
    if batch.expected is not None and batch.expected != tail.position:
        raise BusyError(
            f"book {batch.book} is at position {tail.position}, not {batch.expected}: another process appended "
            "meanwhile; nothing was appended; read again and try again"
        )
    new: list[str] = []
    known: list[str] = []
    problems: list[Problem] = []
    events = iter(batch.events)
    while chunk := list(islice(events, EVENTS_AT_ONCE)):
        unknown = _unknown(connection, batch.book, chunk, known, problems)
        if unknown and not problems:
            _insert(connection, tail, unknown, now_us)
            new += [event.id for event, _ in unknown]
    if problems:
        raise InputRefusedError(f"book {batch.book}: nothing was appended", problems[:MOST_PROBLEMS])
    _move_cursor(connection, batch, now_us)
    _queue(connection, batch, now_us)
    head = Head(batch.book, tail.position, tail.hash.hex()) if tail.position else Head(batch.book)
    return Appended(batch.book, tuple(new), tuple(known), head)


def _tail(connection: sqlite3.Connection, book: str, now_us: int) -> Tail:
    row = connection.execute(SELECT_TAIL, (book,)).fetchone()
    tail = Tail(book, *row) if row else Tail(book)
    tail.recorded_us = max(now_us, tail.recorded_us)  # a clock put back does not put the log back
    return tail


def _unknown(
    connection: sqlite3.Connection, book: str, chunk: Sequence[Event], known: list[str], problems: list[Problem]
) -> list[tuple[Event, str]]:
    """Return what of *chunk* is new, with its payload; known ids and conflicts are added to the lists given."""
    ids = msgspec.json.encode([event.id for event in chunk]).decode()
    stored = {row[2]: Row._make(row) for row in connection.execute(SELECT_KNOWN, (book, ids))}
    offered: dict[str, tuple[Event, str]] = {}
    for event in chunk:
        try:
            payload = checked_payload(event)
        except ImpossibleEventError as broken:
            problems.append(Problem(f"event {broken.event_id}", "event", broken.rule, "correct what made it"))
            continue
        earlier = stored.get(event.id)
        twin = offered.get(event.id)
        if earlier is None and twin is None:
            offered[event.id] = (event, payload)
        elif same_content(earlier, event, payload) if earlier else twin is not None and same_event(twin[0], event):
            known.append(event.id)
        else:
            recorded = earlier.payload if earlier else offered[event.id][1]
            problems.append(conflict(event.id, recorded, payload))
    return list(offered.values())


def _insert(connection: sqlite3.Connection, tail: Tail, unknown: list[tuple[Event, str]], now_us: int) -> None:
    if tail.position == 0:
        tail.hash = _begin_book(connection, tail.book, now_us)
    hit("append.before_insert")
    connection.executemany(INSERT_EVENT, [tail.follow(event, payload) for event, payload in unknown])
    hit("append.after_insert")


def _begin_book(connection: sqlite3.Connection, book: str, now_us: int) -> bytes:
    """Record where *book* begins and return the hash its first event follows."""
    if not names_a_book(book):
        raise InputRefusedError(f"book {book[:80]!r} is not a name: give 1 to 64 printable characters, like main")
    row = connection.execute("SELECT ledger FROM books LIMIT 1").fetchone()
    ledger = row[0] if row else str(uuid.uuid4())
    first = genesis(book, ledger, FORMAT_VERSION, now_us)
    connection.execute("INSERT INTO books VALUES (?, ?, ?, ?, ?)", (book, ledger, FORMAT_VERSION, now_us, first))
    return first


def _move_cursor(connection: sqlite3.Connection, batch: Batch, now_us: int) -> None:
    move = batch.cursor
    if move is None:
        return
    row = connection.execute(
        "SELECT cursor FROM cursors WHERE book = ? AND source = ?", (batch.book, move.source)
    ).fetchone()
    stored = row[0] if row else None
    if stored != move.before:
        raise BusyError(
            f"book {batch.book}: {move.source} has been read up to {stored!r}, not {move.before!r}: another process "
            "read it meanwhile; nothing was appended; poll again"
        )
    connection.execute(
        "INSERT INTO cursors VALUES (?, ?, ?, ?) "
        "ON CONFLICT (book, source) DO UPDATE SET cursor = excluded.cursor, moved_us = excluded.moved_us",
        (batch.book, move.source, move.after, now_us),
    )
    hit("append.after_cursor")


def _queue(connection: sqlite3.Connection, batch: Batch, now_us: int) -> None:
    connection.executemany(
        "INSERT INTO outbox (id, book, subject, body, queued_us) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [(message.id, batch.book, message.subject, message.body, now_us) for message in batch.outbox],
    )
    hit("append.after_outbox")
