"""What happens to one batch inside the transaction: what is new is chained and stored, what is known is left alone."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from lotwork.ledger.codec import same_event
from lotwork.ledger.counting import count
from lotwork.ledger.errors import BusyError, ImpossibleEventError, InputRefusedError, Problem
from lotwork.ledger.events import Event
from lotwork.ledger.storage.batch import Appended, Batch, Head, names_a_book
from lotwork.ledger.storage.chain import FORMAT_VERSION, genesis
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.names import Names
from lotwork.ledger.storage.port import Writing
from lotwork.ledger.storage.rows import Row, Tail, Written, conflict, same_content, write_down

EVENTS_AT_ONCE = 2000
MOST_PROBLEMS = 50

SELECT_TAIL = "SELECT position, hash, latest_us, recorded_us FROM events WHERE book = ? ORDER BY position DESC LIMIT 1"
SELECT_KNOWN = f"SELECT {', '.join(Row._fields)} FROM events{{by_id}} WHERE book = ? AND id {{among}}"  # noqa: S608 - column names
SELECT_CURSOR = "SELECT cursor FROM cursors WHERE book = ? AND source = ?"


def append_batch(at: Writing, batch: Batch, now_us: int) -> Appended:
    """Record *batch* inside the open transaction; every conflict is named in one InputRefusedError."""
    tail = _tail(at, batch.book, now_us)
    if batch.expected is not None and batch.expected != tail.position:
        raise BusyError(
            f"book {batch.book} is at position {tail.position}, not {batch.expected}: another process appended "
            "meanwhile; nothing was appended; read again and try again"
        )
    new, known = Names(), Names()
    problems: list[Problem] = []
    events = batch.written()
    nothing_known = tail.position == 0 and batch.is_distinct()
    while chunk := list(islice(events, EVENTS_AT_ONCE)):
        stored = {} if nothing_known else _stored(at, batch.book, {event.id for event in chunk})
        unknown = _unknown(stored, chunk, known, problems)
        if unknown and not problems:
            _insert(at, tail, unknown, now_us)
            new.extend([told.id for told in unknown])
        count("events recorded", len(chunk))
    if problems:
        raise InputRefusedError(f"book {batch.book}: nothing was appended", problems[:MOST_PROBLEMS])
    _move_cursor(at, batch, now_us)
    _queue(at, batch, now_us)
    head = Head(batch.book, tail.position, tail.hash.hex()) if tail.position else Head(batch.book)
    return Appended(batch.book, new.as_told(), known.as_told(), head)


def _tail(at: Writing, book: str, now_us: int) -> Tail:
    last = at.all(SELECT_TAIL, (book,))
    tail = Tail(book, *last[0]) if last else Tail(book)
    tail.recorded_us = max(now_us, tail.recorded_us)  # a clock put back does not put the log back
    return tail


def _stored(at: Writing, book: str, ids: Collection[str]) -> dict[str, Row]:
    """Return what *book* holds under *ids*."""
    words = at.dialect
    among, asked = ("= ?", next(iter(ids))) if len(ids) == 1 else (words.among, words.listed(ids))
    known_rows = SELECT_KNOWN.format(by_id=words.by_index("events_id"), among=among)
    return {row[2]: Row._make(row) for row in at.all(known_rows, (book, asked))}


def _unknown(
    stored: Mapping[str, Row], chunk: Sequence[Event | Written], known: Names, problems: list[Problem]
) -> list[Written]:
    """Return what of *chunk* is new beside what is *stored*; known ids and conflicts are added to what is given."""
    offered = {told.id: told for told in chunk if isinstance(told, Written)}
    if not stored and len(offered) == len(chunk):
        return [*offered.values()]
    offered = {}
    for event in chunk:
        try:
            told = event if isinstance(event, Written) else write_down(event)
        except ImpossibleEventError as broken:
            problems.append(Problem(f"event {broken.event_id}", "event", broken.rule, "correct what made it"))
            continue
        twin = offered.setdefault(told.id, told) if told.id not in stored else None
        if twin is told:
            continue
        earlier = stored.get(told.id)
        if same_content(earlier, told) if earlier else twin is not None and same_event(twin.read(), told.read()):
            known.append(told.id)
        else:
            problems.append(conflict(told.id, (earlier or twin or told).payload, told.payload))
    return list(offered.values())


def _insert(at: Writing, tail: Tail, unknown: list[Written], now_us: int) -> None:
    if tail.position == 0:
        tail.hash = _begin_book(at, tail.book, now_us)
    hit("append.before_insert")
    at.insert("events", map(tail.follow, unknown))
    hit("append.after_insert")


def _begin_book(at: Writing, book: str, now_us: int) -> bytes:
    """Record where *book* begins and return the hash its first event follows."""
    if not names_a_book(book):
        raise InputRefusedError(f"book {book[:80]!r} is not a name: give 1 to 64 printable characters, like main")
    others = at.all("SELECT ledger FROM books LIMIT 1")
    ledger = others[0][0] if others else str(uuid.uuid4())
    first = genesis(book, ledger, FORMAT_VERSION, now_us)
    at.insert("books", [(book, ledger, FORMAT_VERSION, now_us, first)])
    return first


def _move_cursor(at: Writing, batch: Batch, now_us: int) -> None:
    move = batch.cursor
    if move is None:
        return
    known = at.all(SELECT_CURSOR, (batch.book, move.source))
    stored = known[0][0] if known else None
    if stored != move.before:
        raise BusyError(
            f"book {batch.book}: {move.source} has been read up to {stored!r}, not {move.before!r}: another process "
            "read it meanwhile; nothing was appended; poll again"
        )
    at.all(
        "INSERT INTO cursors VALUES (?, ?, ?, ?) "
        "ON CONFLICT (book, source) DO UPDATE SET cursor = excluded.cursor, moved_us = excluded.moved_us",
        (batch.book, move.source, move.after, now_us),
    )
    hit("append.after_cursor")


def _queue(at: Writing, batch: Batch, now_us: int) -> None:
    for message in batch.outbox:
        at.all(
            "INSERT INTO outbox (id, book, subject, body, queued_us) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO NOTHING",
            (message.id, batch.book, message.subject, message.body, now_us),
        )
    hit("append.after_outbox")


def is_recorded(at: Writing, batch: Batch, done: Appended) -> bool:
    """Return whether what *batch* came to is there: asked where the answer to its commit was lost.

    The hash of the last new event binds all before it; without one the cursor tells, or the alerts that wait.
    """
    if done.new:
        sql = "SELECT 1 FROM events WHERE book = ? AND position = ? AND hash = ?"
        return bool(at.all(sql, (done.book, done.head.position, bytes.fromhex(done.head.hash))))
    if batch.cursor is not None:
        return at.all(SELECT_CURSOR, (batch.book, batch.cursor.source)) == [(batch.cursor.after,)]
    return all(at.all("SELECT 1 FROM outbox WHERE id = ?", (message.id,)) for message in batch.outbox)
