"""Appending to the log: the tables, and the one transaction that is the only way in.

This is the one room that knows sqlmodel. The tables are declared here and created STRICT; inside the transaction the
rows travel as plain tuples (`ledger.storage.appending`). A batch is recorded whole, with the cursor of its source and
the alerts it causes, or not at all, and nothing is ever fetched from a network meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Self, cast

from sqlalchemy import Column, Index, Integer, LargeBinary, StaticPool, Text, create_engine, text
from sqlalchemy import event as listening
from sqlalchemy.exc import DBAPIError
from sqlmodel import Field, SQLModel

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import BusyError, StorageError
from lotwork.ledger.storage.appending import append_batch
from lotwork.ledger.storage.batch import Appended, Batch, CursorMove, Head, Message
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.sqlite.guards import GUARDS
from lotwork.ledger.storage.heads import sync_folder, write_heads
from lotwork.ledger.storage.lock import writers_turn
from lotwork.ledger.storage.log import LATE, RARE, EventLog
from lotwork.ledger.storage.rows import microseconds
from lotwork.ledger.storage.sqlite.connection import APPLICATION_ID, USER_VERSION, connect, meaning, primary_code, refuse_foreign

__all__ = ["Appended", "Batch", "CursorMove", "EventStore", "Head", "Message"]


EVENTS_READ_AT_START = 100
"""So many of each book's last events are verified before anything is appended after them."""


class EventRow(SQLModel, table=True):
    """One event of one book; `ledger.storage.rows.Row` names the columns in the same order."""

    __tablename__ = "events"
    __table_args__: ClassVar[Any] = (
        Index("events_id", "book", "id", unique=True),
        Index("events_late", "book", "at_us", "position", sqlite_where=text(LATE)),
        Index("events_rare", "book", "kind", "position", sqlite_where=text(RARE)),
        Index("events_source", "book", "source", "position", sqlite_where=text("source IS NOT NULL")),
        Index("events_txid", "book", "txid", sqlite_where=text("txid IS NOT NULL")),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )

    book: str = Field(sa_column=Column(Text, primary_key=True))
    position: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    id: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    schema_version: int = Field(sa_column=Column(Integer, nullable=False))
    at_us: int = Field(sa_column=Column(Integer, nullable=False))
    latest_us: int = Field(sa_column=Column(Integer, nullable=False))
    source: str | None = Field(sa_column=Column(Text))
    txid: str | None = Field(sa_column=Column(Text))
    recorded_us: int = Field(sa_column=Column(Integer, nullable=False))
    payload: str = Field(sa_column=Column(Text, nullable=False))
    prev_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class BookRow(SQLModel, table=True):
    """Where a book began: its first event's previous hash binds every column here."""

    __tablename__ = "books"
    __table_args__: ClassVar[Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}

    book: str = Field(sa_column=Column(Text, primary_key=True))
    ledger: str = Field(sa_column=Column(Text, nullable=False))
    format_version: int = Field(sa_column=Column(Integer, nullable=False))
    created_us: int = Field(sa_column=Column(Integer, nullable=False))
    genesis: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class CursorRow(SQLModel, table=True):
    """How far a source has been read into a book."""

    __tablename__ = "cursors"
    __table_args__: ClassVar[Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}

    book: str = Field(sa_column=Column(Text, primary_key=True))
    source: str = Field(sa_column=Column(Text, primary_key=True))
    cursor: str = Field(sa_column=Column(Text, nullable=False))
    moved_us: int = Field(sa_column=Column(Integer, nullable=False))


class OutboxRow(SQLModel, table=True):
    """An alert on its way: pending until a channel took it."""

    __tablename__ = "outbox"
    __table_args__: ClassVar[Any] = (
        Index("outbox_pending", "queued_us", sqlite_where=text("sent_us IS NULL")),
        {"sqlite_strict": True},
    )

    id: str = Field(sa_column=Column(Text, primary_key=True))
    book: str = Field(sa_column=Column(Text, nullable=False))
    subject: str = Field(sa_column=Column(Text, nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))
    queued_us: int = Field(sa_column=Column(Integer, nullable=False))
    attempts: int = Field(sa_column=Column(Integer, nullable=False, server_default=text("0")))
    sent_us: int | None = Field(sa_column=Column(Integer))
    trouble: str | None = Field(sa_column=Column(Text))


class FenceRow(SQLModel, table=True):
    """The newest claim to be the daemon: a writer with an older one is refused."""

    __tablename__ = "fence"
    __table_args__: ClassVar[Any] = {"sqlite_strict": True}

    id: int = Field(sa_column=Column(Integer, primary_key=True))
    epoch: int = Field(sa_column=Column(Integer, nullable=False))


class EventStore(EventLog):
    """The log of one home, for appending: one transaction for all batches, in positions without a gap."""

    def __init__(self, home: Path, clock: Clock) -> None:
        super().__init__(home)
        self._clock = clock
        self._turn = threading.Lock()
        self._failed: str | None = None
        self._epoch: int | None = None
        self._engine = create_engine(
            "sqlite://", creator=lambda: connect(self.file, write=True), poolclass=StaticPool, pool_reset_on_return=None
        )
        listening.listen(self._engine, "begin", _begin_immediate)
        weakref.finalize(self, self._engine.dispose)

    @classmethod
    def open(cls, home: Path, *, clock: Clock, check_heads: bool = True) -> Self:  # type: ignore[override] # whoever writes needs a clock
        """Open the ledger in *home* for writing, creating what it needs; heads a crash left untold are told."""
        _make_private(home)
        store = cls(home, clock)
        told = store.check_heads() if check_heads else {}
        _make_private_file(store.file)
        try:
            store._prepare()
            store.check_tails(EVENTS_READ_AT_START)
            store.check_schema()
            actual = [store.head(book) for book in store.books()]
            store._tell(head for head in actual if head.position and told.get(head.book) != head)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close every connection; the last one out folds the write-ahead log into the database."""
        super().close()
        with suppress(BusyError, StorageError), writers_turn(self.home, self._clock):
            self._engine.dispose()

    def append(self, *batches: Batch) -> tuple[Appended, ...]:
        """Record all *batches* in one transaction, or nothing.

        An event the book knows with the same content is a no-op; with other content everything is refused with
        InputRefusedError, each conflict named. BusyError: the book or a cursor moved on, or the file is locked.
        StorageError: the disk refused. What is returned is on the disk.
        """
        with self._transaction() as connection:
            now_us = microseconds(self._clock.now())
            appended = tuple(append_batch(connection, batch, now_us) for batch in batches)
        self._tell({done.book: done.head for done in appended if done.new}.values())
        return appended

    def claim(self) -> int:
        """Become the one writer that may call itself the daemon; every earlier claim is fenced from now on."""
        with self._transaction() as connection:
            (claimed,) = connection.execute(
                "INSERT INTO fence (id, epoch) VALUES (1, 1) "
                "ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1 RETURNING epoch"
            ).fetchone()
        self._epoch = claimed
        return int(claimed)

    # -- the outbox -----------------------------------------------------------------------------------------------

    def pending(self, *, limit: int = 100) -> tuple[Message, ...]:
        """Return alerts that no channel has taken yet, oldest first."""
        sql = "SELECT id, subject, body FROM outbox WHERE sent_us IS NULL ORDER BY queued_us, id LIMIT ?"
        return tuple(Message(*row) for row in self._all(sql, (limit,)))

    def mark_sent(self, message_id: str) -> None:
        """Record that a channel took the alert."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE outbox SET sent_us = ?, attempts = attempts + 1, trouble = NULL "
                "WHERE id = ? AND sent_us IS NULL",
                (microseconds(self._clock.now()), message_id),
            )

    def mark_failed(self, message_id: str, trouble: str) -> None:
        """Record why no channel took the alert; it stays pending."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE outbox SET attempts = attempts + 1, trouble = ? WHERE id = ? AND sent_us IS NULL",
                (trouble, message_id),
            )

    # -- the transaction ------------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Lend the writer's connection inside BEGIN IMMEDIATE; commit at the end, roll back on any error."""
        hit("append.before_begin")
        with self._turn, writers_turn(self.home, self._clock), self._named():
            if self._failed:
                raise StorageError(f"{self.file}: an earlier write failed ({self._failed}): mend the disk and restart")
            with self._engine.begin() as begun:
                hit("append.after_begin")
                connection = cast("sqlite3.Connection", begun.connection.driver_connection)
                self._refuse_when_fenced(connection)
                yield connection
                hit("append.before_commit")
            hit("append.after_commit")

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as refused:
            original = refused.orig if isinstance(refused, DBAPIError) else refused
            if not isinstance(original, sqlite3.Error):
                raise
            if primary_code(original) == "SQLITE_IOERR":
                self._failed = str(original)  # after a failed sync nobody knows what the disk holds: never go on
            meant = meaning(original, self.file)
            if meant is None:
                raise
            raise meant from refused

    def _refuse_when_fenced(self, connection: sqlite3.Connection) -> None:
        if self._epoch is None:
            return
        row = connection.execute("SELECT epoch FROM fence").fetchone()
        if row != (self._epoch,):
            raise BusyError(
                f"{self.file}: another daemon took over while this one stood still: nothing was appended; stop"
            )

    def _tell(self, heads: Iterable[Head]) -> None:
        write_heads(self.home, heads, self._clock.now())

    # -- the tables -----------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Create the tables of a new ledger, whole or not at all; refuse a file that is not one of ours."""
        with writers_turn(self.home, self._clock), self._named(), self._engine.begin() as begun:
            connection = cast("sqlite3.Connection", begun.connection.driver_connection)
            (application_id,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if (application_id, version) == (APPLICATION_ID, USER_VERSION):
                return
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if tables or application_id not in {0, APPLICATION_ID}:
                refuse_foreign(connection, self.file)
            SQLModel.metadata.create_all(begun)
            for guard in GUARDS.values():
                connection.execute(guard)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {USER_VERSION}")


def _begin_immediate(connection: Any) -> None:
    """Begin as a writer: a transaction that reads first and writes later is refused at once under contention."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _make_private(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise StorageError(
            f"{home}: cannot be created ({refused}): name a folder you may write with --home"
        ) from refused


def _make_private_file(file: Path) -> None:
    """Create *file*, empty and for its owner only, so that SQLite's own files beside it are private too.

    It is made under another name and linked to its own: closing a descriptor of a database gives up every lock this
    process's connections hold on it (POSIX), and another process would then delete the log they are writing to.
    """
    if file.exists():
        return
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
        os.close(descriptor)
        with suppress(FileExistsError):
            os.link(name, file)
        Path(name).unlink()
        sync_folder(file.parent)
    except OSError as refused:
        raise StorageError(f"{file}: cannot be created ({refused}): check the folder, its owner and disk") from refused
