"""Reading the log: a stream of (position, event) straight from its database, read and decoded a block at a time.

Nothing here imports an ORM, so a report pays for the rows it reads and no more. Every read is a snapshot of its own: it
sees what was committed when it began, whoever writes meanwhile. Hashes are re-computed by `ledger.storage.verify`, not
here; the invariants of an event are checked on every read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Self

from lotwork.ledger.blocks import Entry, merged
from lotwork.ledger.counting import counted
from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.events import AssetDeclared, Event
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.decoding import decoded
from lotwork.ledger.storage.heads import Outside, disagreement, heads_file, look, missing_book
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.rows import COMMON_KINDS, EPOCH, LATE, RARE, RARE_AS_A_LIST, Row, microseconds
from lotwork.ledger.storage.sqlite.database import Sqlite
from lotwork.ledger.storage.verify import Verification, tail_fault, verify
from lotwork.ledger.txids import loosely, spellings
from lotwork.ledger.units import MICROSECOND, Asset, AssetTable

SAME_SPELLING = "SELECT txid FROM events WHERE book = ? AND txid IS NOT NULL GROUP BY txid HAVING count(*) > 1"
ODD_SPELLING = "SELECT txid FROM events WHERE book = ? AND txid IS NOT NULL AND txid <> lower(trim(txid))"
"""Ids that nobody spelled as their chain does: a log of an earlier release has them."""
BOTH_FORMS = (
    "SELECT txid FROM events AS marked WHERE book = ? AND txid >= '0x' AND txid < '0y' AND EXISTS "
    "(SELECT 1 FROM events AS bare WHERE bare.book = marked.book AND bare.txid = substr(marked.txid, 3))"
)
IN_FORMS = "SELECT txid FROM events WHERE book = ? AND txid "


class EventLog:
    """The log of one home, for reading. A home without a ledger reads as an empty log."""

    def __init__(self, home: Path, database: Database | None = None) -> None:
        self.home = home
        self.database: Database = database or Sqlite(home)

    @classmethod
    def open(cls, home: Path, *, check_heads: bool = True, database: Database | None = None) -> Self:
        """Open the log of *home*, in its file where no other *database* keeps it.

        One that lost events against `heads.log` is refused with IntegrityError.
        """
        log = cls(home, database)
        if check_heads:
            log.check_heads()
        return log

    def close(self) -> None:
        """Close what is open; a later read opens it again."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- events ---------------------------------------------------------------------------------------------------

    def read(
        self,
        book: str,
        *,
        after: int = 0,
        up_to: int | None = None,
        kinds: Collection[str] | None = None,
        source: str | None = None,
        ids: Collection[str] | None = None,
        by_time: bool = False,
    ) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) of *book* after one position and up to another, in order of position.

        *kinds*, *source* and *ids* keep only events that agree; *by_time* orders by (at, position).
        """
        asked = self._asked(book, after, up_to, kinds=kinds, source=source, ids=ids, by_time=by_time)
        return chain.from_iterable(asked)

    def blocks(self, book: str, *, after: int = 0, up_to: int | None = None) -> Iterator[list[Entry]]:
        """Yield the same in order of (at, position), many at a time."""
        return self._asked(book, after, up_to, by_time=True)

    def _asked(
        self,
        book: str,
        after: int,
        up_to: int | None,
        *,
        kinds: Collection[str] | None = None,
        source: str | None = None,
        ids: Collection[str] | None = None,
        by_time: bool,
    ) -> Iterator[list[Entry]]:
        words, where = self.database.dialect, ["book = ?", "position > ?"]
        values: list[Any] = [book, after]
        if up_to is not None:
            where.append("position <= ?")
            values.append(up_to)
        if kinds is not None:
            where.append(f"kind {words.among}")
            values.append(words.listed(kinds))
        if source is not None:
            where.append("source = ?")
            values.append(source)
        if ids is not None:
            where.append(f"id {words.among}")
            values.append(words.listed(ids))
        index = _index_for(kinds, source, ids)
        if index == "events_rare":
            where += RARE, RARE_AS_A_LIST
        if not by_time:
            return self._events(book, where, values, index, "position")
        return self._events_by_time(book, where, values, index)

    def saying(self, book: str, key: str) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) of whatever says *key*, with some others perhaps, in order of position."""
        where = ["book = ?", "payload LIKE ?"]
        return chain.from_iterable(self._events(book, where, [book, f'%"{key}"%'], None, "position"))

    def _events_by_time(
        self, book: str, where: list[str], values: list[Any], index: str | None
    ) -> Iterator[list[Entry]]:
        """Return the events told in order of time, which need no sorting, merged with the late ones."""
        if index in {"events_rare", "events_id", "events_source"}:
            return self._events(book, where, values, index, "at_us, position")
        late = self._events(book, [*where, LATE], values, "events_late", "at_us, position")
        return merged(self._events(book, [*where, f"NOT {LATE}"], values, None, "position"), late)

    def _events(
        self, book: str, where: list[str], values: list[Any], index: str | None, order: str
    ) -> Iterator[list[Entry]]:
        by = self.database.dialect.by_index(index) if index else ""
        sql = (
            f"SELECT position, kind, schema_version, payload FROM events{by} "  # noqa: S608 - no outside text in it
            f"WHERE {' AND '.join(where)} ORDER BY {order}"
        )
        return decoded(book, counted("events read", self._blocks(sql, values), len))

    def head(self, book: str, *, up_to: int | None = None) -> Head:
        """Return where *book* ends, or stood at the position *up_to*."""
        sql = "SELECT position, hash FROM events WHERE book = ? ORDER BY position DESC LIMIT 1"
        rows = self._all(sql, (book,))
        head = Head(book, rows[0][0], _hex(rows[0][1])) if rows else Head(book)
        if up_to is None or up_to >= head.position:
            return head
        return Head(book, up_to, self.hash_at(book, up_to) or Head(book).hash)

    def hash_at(self, book: str, position: int) -> str | None:
        """Return the hash in hex of the event at *position*; None where the book is shorter."""
        rows = self._all("SELECT hash FROM events WHERE book = ? AND position = ?", (book, position))
        return _hex(rows[0][0]) if rows else None

    def recorded_by(self, book: str, instant: datetime) -> int:
        """Return the last position of *book* that was recorded at *instant* or before; 0 where none was."""
        sql = "SELECT position FROM events WHERE book = ? AND recorded_us <= ? ORDER BY position DESC LIMIT 1"
        rows = self._all(sql, (book, microseconds(instant)))
        return int(rows[0][0]) if rows else 0

    def told_before(self, book: str, instant: datetime, up_to: int) -> int:
        """Return the last position of *book* up to which all that was told in order of time happened before *instant*.

        At most *up_to*; what was told late may stand on either side. The latest instant told of so far only grows along
        a log, and is first reached by what stands in order.
        """
        positions = range(1, min(up_to, self.head(book).position) + 1)
        return bisect_left(positions, microseconds(instant), key=partial(self._told, book, "latest_us"))

    def rows(self, book: str, up_to: int) -> Iterator[Row]:
        """Yield the events of *book* as they are stored, up to a position, in its order."""
        sql = f"SELECT {', '.join(Row._fields)} FROM events WHERE book = ? AND position <= ? ORDER BY position"  # noqa: S608 - no outside text in it
        return (Row(*row) for row in self._rows(sql, (book, up_to)))

    def begun(self, book: str) -> tuple[str, int, int]:
        """Return what the first event of *book* follows: the ledger, its format, and since when in microseconds."""
        sql = "SELECT ledger, format_version, created_us FROM books WHERE book = ?"
        ((ledger, format_version, created_us),) = self._all(sql, (book,))
        return ledger, format_version, created_us

    def books(self) -> tuple[str, ...]:
        """Return the books of this ledger by name."""
        return tuple(book for (book,) in self._all("SELECT book FROM books ORDER BY book"))

    def cursor(self, book: str, source: str) -> str | None:
        """Return how far *source* has been read into *book*; None where it never was."""
        rows = self._all("SELECT cursor FROM cursors WHERE book = ? AND source = ?", (book, source))
        return str(rows[0][0]) if rows else None

    def cursors(self, book: str) -> dict[str, str]:
        """Return how far each source has been read into *book*, by its name."""
        return dict(self._all("SELECT source, cursor FROM cursors WHERE book = ? ORDER BY source", (book,)))

    def cursor_moved(self, book: str, source: str) -> datetime | None:
        """Return when the cursor of *source* moved last; None where it never was read into *book*."""
        rows = self._all("SELECT moved_us FROM cursors WHERE book = ? AND source = ?", (book, source))
        return EPOCH + rows[0][0] * MICROSECOND if rows else None

    def assets(self, book: str) -> AssetTable:
        """Return the assets *book* knows: the built-in ones and those it declares."""
        declared = (event for _, event in self.read(book, kinds=("asset",)) if isinstance(event, AssetDeclared))
        return AssetTable().with_declared(
            Asset(event.asset, event.decimals, event.asset_class, event.chain, event.contract) for event in declared
        )

    def shared_txids(self, book: str, *, after: int = 0) -> frozenset[str]:
        """Return the transactions that more than one event of *book* names, one of them after position *after*.

        However each spells it: what comes back is `ledger.txids.loosely` of the ids.
        """
        if after:
            new = self._all(
                "SELECT txid FROM events WHERE book = ? AND position > ? AND txid IS NOT NULL", (book, after)
            )
            return self._told_twice(book, {spelling for (txid,) in new for spelling in spellings(txid)})
        same = self._all(SAME_SPELLING, (book,))
        odd = [txid for sql in (ODD_SPELLING, BOTH_FORMS) for (txid,) in self._all(sql, (book,))]
        others = self._told_twice(book, {spelling for txid in odd for spelling in spellings(txid)})
        return others.union(loosely(txid) for (txid,) in same)

    def _told_twice(self, book: str, forms: Collection[str]) -> frozenset[str]:
        """Return which transactions more than one event names in one of these *forms*."""
        told: Counter[str] = Counter()
        words = self.database.dialect
        for (txid,) in self._all(IN_FORMS + words.among, (book, words.listed(forms))) if forms else ():
            told[loosely(txid)] += 1
        return frozenset(txid for txid, count in told.items() if count > 1)

    def last_of_version(self, book: str, version: int) -> int:
        """Return the last position of *book* that was written in *version* or an older one; 0 where none was.

        Versions only grow along a log: a program that knows an older one does not append to it.
        """
        positions = range(1, self.head(book).position + 1)
        return bisect_right(positions, version, key=partial(self._told, book, "schema_version"))

    def _told(self, book: str, column: str, position: int) -> int:
        """Return what *column* says of the event at *position*, which is there."""
        rows = self._all(f"SELECT {column} FROM events WHERE book = ? AND position = ?", (book, position))  # noqa: S608 - a column's name
        return int(rows[0][0])

    def written_in(self) -> tuple[tuple[int, ...], Mapping[int, int]]:
        """Return the formats of the chains of its books, and how many events were written in each schema version."""
        formats = self._all("SELECT DISTINCT format_version FROM books ORDER BY format_version")
        schemas = self._all("SELECT schema_version, count(*) FROM events GROUP BY schema_version ORDER BY 1")
        return tuple(version for (version,) in formats), dict(schemas)

    # -- heads ----------------------------------------------------------------------------------------------------

    def check_heads(self) -> Mapping[str, Head]:
        """Hold the log against the heads told outside it and return those; IntegrityError where they disagree.

        What is read while another begins a book, or while another ledger takes this one's place, is read again.
        """
        while True:
            before = self.database.stands()
            outside = look(heads_file(self.home))  # before the database: it can only lag
            self._refuse_what_was_moved()
            problem = outside.fault or self._disagreement(outside)
            if problem is None:
                return outside.told
            if (self.database.stands(), look(heads_file(self.home))) == (before, outside):
                raise IntegrityError(problem if outside.fault else f"{self.database.place}: {problem}")

    def _refuse_what_was_moved(self) -> None:
        if self._all("SELECT 1 FROM fence WHERE id = 2 AND epoch = 1"):
            raise StorageError(
                f"{self.database.place}: this ledger was moved away: see `[ledger]` in the config.toml of the home "
                "that moved it, and say the same here"
            )

    def _disagreement(self, outside: Outside) -> str | None:
        for book, head in outside.told.items():
            problem = disagreement(head, self.head(book), self.hash_at(book, head.position))
            if problem:
                return problem
        heads = {book: self.head(book) for book in self.books()}
        return missing_book(self.home, outside, heads, shared=self.database.is_shared)

    def verify(self, book: str | None = None) -> Verification:
        """Read *book*, or every book, hash by hash and say whether it is what was written; nothing is raised."""
        return verify(self.home, book, database=self.database)

    def check_written(self, book: str) -> None:
        """Read *book* hash by hash before what is made of it is sent; IntegrityError where it is not as written."""
        found = self.verify(book)
        if not found.ok:
            raise found.error()

    def check_schema(self) -> None:
        """IntegrityError where a guard, a table or an index is not as the ledger was made with it."""
        with self.database.reading() as reading:
            fault = reading.fault() if reading else None
        if fault:
            raise IntegrityError(f"{self.database.place}: {fault}")

    def check_tails(self, events: int) -> None:
        """Read the last *events* of each book hash by hash; IntegrityError at the first that is not as written."""
        with self.database.reading() as reading:
            for book in self.books() if reading else ():
                fault = tail_fault(reading, book, events) if reading else None
                if fault:
                    raise type(fault)(f"{self.database.place}: {fault}")

    # -- rows -----------------------------------------------------------------------------------------------------

    def _rows(self, sql: str, values: Collection[Any] = ()) -> Iterator[tuple[Any, ...]]:
        with self.database.reading() as reading:
            if reading is not None:
                yield from reading.stream(sql, tuple(values))

    def _blocks(self, sql: str, values: Collection[Any]) -> Iterator[list[tuple[Any, ...]]]:
        with self.database.reading() as reading:
            if reading is not None:
                yield from reading.blocks(sql, tuple(values))

    def _all(self, sql: str, values: Collection[Any] = ()) -> list[tuple[Any, ...]]:
        with self.database.reading() as reading:
            return reading.all(sql, tuple(values)) if reading else []


def _index_for(kinds: Collection[str] | None, source: str | None, ids: Collection[str] | None) -> str | None:
    if ids is not None:
        return "events_id"
    if kinds is not None and not set(kinds) & set(COMMON_KINDS):
        return "events_rare"
    return "events_source" if source is not None else None


def _hex(stored: object) -> str:
    """Return a stored hash in hex; what is no bytes any more is shown as it is, and agrees with no hash."""
    return stored.hex() if isinstance(stored, bytes) else repr(stored)
