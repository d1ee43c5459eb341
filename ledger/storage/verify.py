"""Is the log what was written? Every hash re-computed, every column held against its payload, every guard in place.

The chain and the database's own check see different damage, so both run: a flipped byte inside an event leaves the
database sound, and a broken index leaves the chain sound. What neither can see, a tail cut off or a history written
anew, the heads told outside the database show. Nothing is ever repaired here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from lotwork.ledger.codec import decode, kind_of
from lotwork.ledger.counting import counted
from lotwork.ledger.errors import IntegrityError, NewerFormatError
from lotwork.ledger.storage.batch import MAIN_BOOK, Head
from lotwork.ledger.storage.chain import NOTHING, genesis
from lotwork.ledger.storage.evidence import named_by
from lotwork.ledger.storage.heads import Outside, disagreement, heads_file, look, missing_book
from lotwork.ledger.storage.plain_rows import follow_plainly
from lotwork.ledger.storage.port import Database, Reading
from lotwork.ledger.storage.rows import Row, Tail, event_hash, microseconds
from lotwork.ledger.storage.sqlite.database import Sqlite

SELECT = f"SELECT {', '.join(Row._fields)} FROM events"  # noqa: S608 - column names
CUT_SHORT = (
    "{file}: what stands at its end is no whole line: a crash or a power cut while it was written leaves that, and it "
    "tells nothing; whatever is recorded next closes it"
)
RESTORE = "restore a backup with `lotwork restore`"
NAMES_EVIDENCE = '"evidence"'
"""Stands in the payload of every event that names any."""


class Verification(msgspec.Struct, frozen=True):
    """What was found: how many events were read, where they end, and the first that is not what was written.

    `first_bad` is None as well where what is wrong is not an event: `ok` and `message` say so.
    """

    ok: bool
    events: int
    head: Head
    first_bad: int | None = None
    message: str = ""
    heads: Mapping[str, Head] = msgspec.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What a person should know though all is sound."""
    evidence: frozenset[str] = frozenset()
    """The SHA-256 of each piece of evidence that one of the events names, be it void or corrected by now."""
    is_newer: bool = False
    """Whether it is not `ok` because a newer Lotwork wrote it, and for nothing else that is known."""

    def error(self, message: str = "") -> IntegrityError:
        """Return what a ledger that is not `ok` is refused with, in its own words or those of *message*."""
        return (NewerFormatError if self.is_newer else IntegrityError)(message or self.message)


def tail_fault(reading: Reading, book: str, events: int) -> IntegrityError | None:
    """Return what is wrong with the last *events* of *book*; None where they follow one another as written."""
    newest = reading.all(f"{SELECT} WHERE book = ? ORDER BY position DESC LIMIT ?", (book, events + 1))
    rows = [Row._make(row) for row in newest][::-1]
    if not rows:
        return None
    first = rows[0]
    if first.position == 1:
        began = reading.all("SELECT genesis FROM books WHERE book = ?", (book,))
        tail = Tail(book, hash=began[0][0] if began else NOTHING)
    else:
        tail = Tail(book, first.position, first.hash, first.latest_us, first.recorded_us)
        rows = rows[1:]
    for row in rows:
        fault = row_fault(row, tail)
        if fault:
            why = f"book {book}, position {tail.position + 1}: {fault}"
            return NewerFormatError(why) if isinstance(fault, NewerFormatError) else IntegrityError(f"{why}: {RESTORE}")
        tail = Tail(book, row.position, row.hash, row.latest_us, row.recorded_us)
    return None


class _BadError(Exception):
    """Something is not what was written: what, and in which event."""

    def __init__(self, message: str, position: int | None = None, *, is_newer: bool = False) -> None:
        self.position = position
        self.is_newer = is_newer
        super().__init__(message)


def verify(
    home: Path, book: str | None = None, *, against_heads: bool = True, database: Database | None = None
) -> Verification:
    """Verify the ledger of *home*, one *book* of it or all, in its file or in another *database*.

    Damage is told, never raised; StorageError or BusyError where the ledger cannot be read now, which tells nothing.
    """
    at: Database = database or Sqlite(home)
    while True:
        try:
            before = at.stands()
            outside = look(heads_file(home)) if against_heads else Outside()  # first: a head can only lag
            found = held_against(outside, home, book, at) if against_heads else verify_database(at, {}, book)
            if found.ok or (at.stands(), look(heads_file(home))) == (before, outside):
                return found  # else another began a book, or another ledger took its place: both are read again
        except IntegrityError as broken:
            head, newer = Head(book or MAIN_BOOK), isinstance(broken, NewerFormatError)
            return Verification(ok=False, events=0, head=head, message=str(broken), is_newer=newer)


def held_against(outside: Outside, home: Path, book: str | None, database: Database) -> Verification:
    """Verify the events, then the heads told of them: what is wrong with the one is not told of the other."""
    file = heads_file(home)
    found = verify_database(database, {} if outside.fault else outside.told, book)
    if outside.cut_short:
        found = msgspec.structs.replace(found, notes=(*found.notes, CUT_SHORT.format(file=file)))
    problem = outside.fault or missing_book(home, outside, found.heads, shared=database.is_shared)
    if not found.ok or not problem:
        return found
    ends = ", ".join(f"{head.book} at {head.position} ({head.hash})" for head in found.heads.values())
    sound = f"all {found.events} events follow one another: {ends or 'none'}"
    if outside.fault:
        against = verify_database(database, outside.told, book)
        sound = sound if against.ok else f"{sound}; what can be read of it disagrees: {against.message}"
    return msgspec.structs.replace(found, ok=False, message=f"{problem}; {sound}")


def verify_file(file: Path, told: Mapping[str, Head], book: str | None = None) -> Verification:
    """Verify the ledger in *file* against the heads *told* of it before it was opened."""
    return verify_database(Sqlite(file.parent, file=file), told, book)


def verify_database(database: Database, told: Mapping[str, Head], book: str | None = None) -> Verification:
    """Verify the ledger in *database* against the heads *told* of it before it was opened; as `verify` does."""
    tails: dict[str, Tail] = {}
    named: set[str] = set()
    position, message, is_newer = None, "", False
    try:
        with database.snapshot() as reading:
            if reading is not None:
                named.update(_verify_whole(reading, tails, told, book))
        _verify_tails(told, tails, book)
    except _BadError as bad:
        position, is_newer = bad.position, bad.is_newer
        message = f"{database.place}: {bad}" if is_newer else f"{database.place}: {bad}: {RESTORE}"
    except IntegrityError as damaged:
        message, is_newer = str(damaged), isinstance(damaged, NewerFormatError)
    heads = {name: Head(name, tail.position, tail.hash.hex()) for name, tail in tails.items() if tail.position}
    asked = book or (MAIN_BOOK if MAIN_BOOK in heads or not heads else min(heads))
    events = sum(head.position for name, head in heads.items() if book in {None, name})
    end = heads.get(asked, Head(asked))
    return Verification(not message, events, end, position, message, heads, (), frozenset(named), is_newer)


def _verify_whole(reading: Reading, tails: dict[str, Tail], told: Mapping[str, Head], book: str | None) -> set[str]:
    """Move *tails* to the end of each book, and return the evidence that events name; raise where all is not sound."""
    _refuse(reading.fault())
    _verify_books(reading, tails)
    named = _verify_events(reading, tails, told, book)
    _refuse(reading.damage())
    return named


def _refuse(fault: str | None) -> None:
    if fault:
        raise _BadError(fault)


def _verify_books(reading: Reading, tails: dict[str, Tail]) -> None:
    """Raise where a book did not begin as its row says; note where each chain starts."""
    began = reading.all("SELECT book, ledger, format_version, created_us, genesis FROM books")
    for book, ledger, version, created_us, first in began:
        try:
            sound = first == genesis(book, ledger, version, created_us)
        except TypeError:
            sound = False
        if not sound:
            raise _BadError(f"the row that says where book {book} began was changed")
        tails[book] = Tail(book, hash=first)


def _verify_events(reading: Reading, tails: dict[str, Tail], told: Mapping[str, Head], book: str | None) -> set[str]:
    sql = f"{SELECT} {'WHERE book = ?' if book else ''} ORDER BY book, position"
    tail: Tail | None = None
    named: set[str] = set()
    try:
        with closing(reading.blocks(sql, (book,) if book else ())) as blocks:
            for rows in counted("events verified", blocks, len):
                tail = _follow(rows, tails, told)
                named.update(_evidence_of(rows))
    except IntegrityError as unreadable:
        after, why = tail.position if tail else 0, unreadable.__cause__ or unreadable
        raise _BadError(f"the event after position {after} cannot be read ({why})", after + 1) from unreadable
    return named


def _evidence_of(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Yield the evidence that *rows* name, which are as they were written."""
    for row in rows:
        if NAMES_EVIDENCE in row[10]:
            yield from named_by(decode(row[3], row[4], row[10]))


def _follow(rows: Sequence[Sequence[Any]], tails: Mapping[str, Tail], told: Mapping[str, Head]) -> Tail:
    """Move the tail of each book along its *rows*, and return that of the last; raise at the first that is not sound.

    Where a head was told of one of them, or not all plainly follow one another, each is looked at by itself.
    """
    tail, head = tails.get(rows[0][0]), told.get(rows[0][0])
    if tail:
        told_here = head and tail.position < head.position <= tail.position + len(rows)
        if not told_here and follow_plainly(rows, tail):
            return tail
    return [_follow_one(row, tails, told) for row in rows][-1]


def _follow_one(row: Sequence[Any], tails: Mapping[str, Tail], told: Mapping[str, Head]) -> Tail:
    book = row[0]
    tail, head = tails.get(book), told.get(book)
    if tail is None:
        raise _BadError(f"an event stands in book {book!r}, which never began", None)
    fault = row_fault(row, tail) or (_rewritten(row, head) if head and head.position == row[1] else None)
    if fault:
        why, is_newer = f"book {book}, position {tail.position + 1}: {fault}", isinstance(fault, NewerFormatError)
        raise _BadError(why, tail.position + 1, is_newer=is_newer)
    tail.position, tail.hash, tail.latest_us, tail.recorded_us = row[1], row[12], row[6], row[9]
    return tail


def row_fault(row: Sequence[Any], tail: Tail) -> str | NewerFormatError | None:
    """Return what is wrong with *row*, the columns of a `Row`, as the next after *tail*; None where nothing is.

    What it says is as it was hashed, where a NewerFormatError is all that is wrong.
    """
    (book, position, name, kind, version, at_us, latest_us, source, txid, recorded_us, payload, previous, digest) = row
    if type(position) is not int or position != tail.position + 1:
        return f"the next event stands at {position!r}: events are missing, doubled or out of place"
    if previous != tail.hash:
        return "it does not follow the event before it"
    try:
        said = (book, position, name, kind, version, at_us, source, txid, recorded_us, payload, previous)
        if event_hash(said) != digest:
            return "its content is not what was hashed when it was written"
        event = decode(kind, version, payload)
    except (TypeError, UnicodeError) as wrong_type:
        return f"a column has changed its type ({wrong_type})"
    except NewerFormatError as unknown:
        return unknown
    except IntegrityError as unreadable:
        return str(unreadable)
    when = microseconds(event.at)
    if (event.id, kind_of(event), when, event.source, getattr(event, "txid", None)) != (
        name,
        kind,
        at_us,
        source,
        txid,
    ):
        return "its columns do not repeat what its payload says"
    if type(latest_us) is not int or latest_us != max(when, tail.latest_us):
        return "the latest instant told before it was changed"
    if recorded_us < tail.recorded_us:
        return "it was recorded before the event it follows"
    return None


def _rewritten(row: Sequence[Any], told: Head) -> str | None:
    return disagreement(told, Head(row[0], row[1], row[12].hex()), row[12].hex())


def _verify_tails(told: Mapping[str, Head], tails: Mapping[str, Tail], book: str | None) -> None:
    """Raise where a book ends before the head told of it: its last events are missing."""
    for name, head in told.items():
        position = tails[name].position if name in tails else 0
        if book in {None, name} and position < head.position:
            raise _BadError(str(disagreement(head, Head(name, position), None)), position + 1)
