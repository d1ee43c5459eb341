"""Appending to the log: the one transaction that is the only way in, whichever database keeps it.

A batch is recorded whole, with the cursor of its source and the alerts it causes, or not at all, and nothing is ever
fetched from a network meanwhile. The rows travel as plain tuples (`ledger.storage.appending`); the tables are declared
in `ledger.storage.schema`, and what a database must do for it stands in `ledger.storage.port`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import FencedError, StandbyError, StorageError
from lotwork.ledger.storage.appending import append_batch, is_recorded
from lotwork.ledger.storage.batch import Appended, Batch, CursorMove, Head, Message, names_a_book
from lotwork.ledger.storage.files import make_folder
from lotwork.ledger.storage.heads import begin_heads, heads_file, look, name_books, write_heads
from lotwork.ledger.storage.left_open import LeftOpen
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.port import Database, Reading, Writing
from lotwork.ledger.storage.rows import microseconds
from lotwork.ledger.storage.sqlite.database import Sqlite

__all__ = ["Appended", "Batch", "CursorMove", "EventStore", "Head", "Message"]

T = TypeVar("T")

EVENTS_READ_AT_START = 100
"""So many of each book's last events are verified before anything is appended after them."""
CLAIM = (
    "INSERT INTO fence (id, epoch) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET epoch = fence.epoch + 1 RETURNING epoch"
)


class EventStore(EventLog):
    """The log of one home, for appending: one transaction for all batches, in positions without a gap."""

    def __init__(self, home: Path, clock: Clock, database: Database | None = None) -> None:
        super().__init__(home, database or Sqlite(home, clock))
        self._clock = clock
        self._epoch: int | None = None
        self._begun: set[str] = set()
        self._heads = LeftOpen()

    @classmethod
    def open(  # type: ignore[override] # whoever writes needs a clock
        cls, home: Path, *, clock: Clock, check_heads: bool = True, database: Database | None = None
    ) -> Self:
        """Open the ledger of *home* for writing, in its file where no other *database* keeps it.

        What it needs is created; heads a crash left untold are told.
        """
        store = cls(home, clock, database)
        store.begin(check_heads=check_heads)
        return store

    def begin(self, *, check_heads: bool = True) -> None:
        """Make what is needed, tell the heads a crash left untold, and see that the last events are as written.

        What is open is closed where it cannot be begun.
        """
        _make_private(self.home)
        try:
            told = self.check_heads() if check_heads else {}
            self.database.begin()
            self.check_tails(EVENTS_READ_AT_START)
            self.check_schema()
            self._tell_what_a_crash_left(told)
        except BaseException:
            self.close()
            raise

    def append(self, *batches: Batch) -> tuple[Appended, ...]:
        """Record all *batches* in one transaction, or nothing.

        An event the book knows with the same content is a no-op; with other content everything is refused with
        InputRefusedError, each conflict named. BusyError: the book or a cursor moved on, or another writes.
        StorageError: the disk refused, or the server went away. What is returned is on the disk.
        """

        def record(at: Writing) -> tuple[Appended, ...]:
            self._refuse_when_fenced(at)
            now_us = microseconds(self._clock.now())
            return tuple(append_batch(at, batch, now_us) for batch in batches)

        def landed(at: Writing, done: tuple[Appended, ...]) -> bool:
            return all(map(partial(is_recorded, at), batches, done))

        self._begin({batch.book for batch in batches})
        again = all(isinstance(batch.events, Collection) for batch in batches)
        appended = self._write(record, landed=landed, again=again)
        self._tell({done.book: done.head for done in appended if done.new}.values())
        return appended

    def close(self) -> None:
        """Close what is open; a later use opens it again."""
        self._heads.close()
        super().close()

    def claim(self) -> int:
        """Become the one writer that may call itself the daemon; every earlier claim is fenced from now on."""

        def claimed(at: Writing) -> int:
            return int(at.all(CLAIM)[0][0])

        self.database.hold()
        self._epoch = self.database.write(claimed)
        return self._epoch

    def claim_with(self, other: EventStore) -> None:
        """Be of the daemon that *other*, of the same ledger, has claimed to be."""
        self._epoch = other._epoch

    def check_claim(self) -> bool:
        """See that this is the daemon still; FencedError where another took over since `claim`.

        True where the database was away since it was looked at last: the log may lack what it had acknowledged, and
        should be verified anew. BusyError where who is the daemon cannot be seen now.
        """
        self._see_the_fence()
        return self.database.hold()

    # -- the outbox -----------------------------------------------------------------------------------------------

    def pending(
        self, *, limit: int = 100, books: Collection[str] | None = None, without: Collection[str] = ()
    ) -> tuple[Message, ...]:
        """Return alerts that no channel has taken yet, oldest first: of *books*, or of all but those *without*."""
        words, where, values = self.database.dialect, ["sent_us IS NULL"], []
        if books is not None:
            where.append(f"book {words.among}")
            values.append(words.listed(books))
        if without:
            where.append(f"NOT book {words.among}")
            values.append(words.listed(without))
        sql = f"SELECT id, subject, body FROM outbox WHERE {' AND '.join(where)} ORDER BY queued_us, id LIMIT ?"  # noqa: S608 - no outside text in it
        return tuple(Message(*row) for row in self._all(sql, (*values, limit)))

    def mark_sent(self, message_id: str) -> None:
        """Record that a channel took the alert."""
        self._mark(
            "UPDATE outbox SET sent_us = ?, attempts = attempts + 1, trouble = NULL WHERE id = ? AND sent_us IS NULL",
            microseconds(self._clock.now()),
            message_id,
        )

    def mark_failed(self, message_id: str, trouble: str) -> None:
        """Record why no channel took the alert; it stays pending."""
        sql = "UPDATE outbox SET attempts = attempts + 1, trouble = ? WHERE id = ? AND sent_us IS NULL"
        self._mark(sql, trouble, message_id)

    def _mark(self, sql: str, *values: object) -> None:
        def mark(at: Writing) -> None:
            self._refuse_when_fenced(at)
            at.all(sql, values)

        self._write(mark)

    # -- who writes -----------------------------------------------------------------------------------------------

    def _write(
        self, work: Callable[[Writing], T], *, landed: Callable[[Writing, T], bool] | None = None, again: bool = True
    ) -> T:
        try:
            return self.database.write(work, landed=landed, again=again)
        except StandbyError:
            self._see_the_fence()
            raise

    def _see_the_fence(self) -> None:
        with self.database.reading() as reading:
            if reading is not None:
                self._refuse_when_fenced(reading)

    def _refuse_when_fenced(self, at: Reading) -> None:
        if self._epoch is not None and at.all("SELECT epoch FROM fence WHERE id = 1") != [(self._epoch,)]:
            raise FencedError(
                f"{self.database.place}: another daemon took over while this one stood still: nothing was appended; "
                "stop"
            )

    # -- heads told outside ---------------------------------------------------------------------------------------

    def _tell(self, heads: Iterable[Head]) -> None:
        write_heads(self.home, heads, self._clock.now(), begun=True, left=self._heads)

    def _begin(self, books: set[str]) -> None:
        """Say outside the database that *books* begin, before their first commit."""
        new = sorted(book for book in books - self._begun if names_a_book(book))
        if new:
            begin_heads(self.home, new, self._clock.now())
            if self.database.is_shared:
                name_books(self.home, new)
            self._begun.update(new)

    def _tell_what_a_crash_left(self, told: Mapping[str, Head]) -> None:
        """Tell the heads that are not told yet, and learn which books the file knows."""
        known = look(heads_file(self.home)).begun
        if known and not told:
            begin_heads(self.home, (), self._clock.now())  # who made the file may have died before the disk held it
        if self.database.is_shared:
            name_books(self.home, known)
        self._begun.update(known)
        heads = [head for head in map(self.head, self.books()) if head.position and told.get(head.book) != head]
        self._begin({head.book for head in heads})
        self._tell(heads)


def _make_private(home: Path) -> None:
    try:
        make_folder(home)
    except OSError as refused:
        raise StorageError(
            f"{home}: cannot be created ({refused}): name a folder you may write with --home"
        ) from refused
