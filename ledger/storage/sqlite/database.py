"""SQLite as a database of the port: one file of the home, one writer at a time, readers beside it.

The writers of all processes take turns under a lock of the home, so that never two connections write or checkpoint at
once; a transaction begins as a writer (BEGIN IMMEDIATE), since one that reads first is refused under contention.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from lotwork.ledger.clock import Clock, SystemClock
from lotwork.ledger.errors import BusyError, IntegrityError, StorageError, UsageError
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.files import identity, sync_folder
from lotwork.ledger.storage.lock import writers_turn
from lotwork.ledger.storage.port import Dialect, Values, Writing
from lotwork.ledger.storage.sqlite.connection import (
    APPLICATION_ID,
    USER_VERSION,
    connect,
    disk_of,
    holds_nothing,
    ledger_file,
    meaning,
    named_refusals,
    primary_code,
    refuse_foreign,
)
from lotwork.ledger.storage.sqlite.guards import GUARDS
from lotwork.ledger.storage.sqlite.integrity import integrity_fault, schema_fault
from lotwork.ledger.storage.sqlite.opening import Connections, Opened, close_all, make_private_file, readable
from lotwork.ledger.storage.sqlite.replacing import finish_or_say, is_decided, settle
from lotwork.ledger.storage.sqlite.tables import TABLES

ROWS_AT_ONCE = 128
"""So many rows are read at once: they are decoded and folded while the caches still hold them."""
ROWS_A_STATEMENT = 50
"""So many rows are stored by one statement: a tenth less than one by one, and half where `RARE_AS_A_LIST` is asked."""
T = TypeVar("T")


def _listed(texts: Collection[str]) -> str:
    import json  # noqa: PLC0415 - few questions name a list

    return json.dumps(sorted(texts))


DIALECT = Dialect(
    among="IN (SELECT value FROM json_each(?))", listed=_listed, by_index=lambda index: f" INDEXED BY {index}"
)


class Session:
    """A look at the file, or the transaction of its writer."""

    dialect = DIALECT

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self.connection = connection
        self.failed = False
        self._file = file

    def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its few rows."""
        try:
            return self.connection.execute(sql, tuple(values)).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as refused:
            self._raise(refused)

    def stream(self, sql: str, values: Values = ()) -> Generator[tuple[Any, ...], None, None]:
        """Yield the rows of a query, as of when it began."""
        with self._named(), closing(self.connection.execute(sql, tuple(values))) as cursor:
            yield from cursor

    def blocks(self, sql: str, values: Values = ()) -> Generator[list[tuple[Any, ...]], None, None]:
        """Yield the same rows, ROWS_AT_ONCE at a time; at one that cannot be read, those before it come first."""
        with self._named(), closing(self.connection.execute(sql, tuple(values))) as cursor:
            while True:
                rows: list[tuple[Any, ...]] = []
                try:
                    rows.extend(islice(cursor, ROWS_AT_ONCE))
                except (sqlite3.Error, UnicodeDecodeError):
                    if rows:
                        yield rows
                    raise
                if not rows:
                    return
                yield rows

    def insert(self, table: str, rows: Iterable[Values]) -> None:
        """Store many whole rows, in the order of the table's columns."""
        rows = list(rows)
        marks = f"({', '.join('?' * len(rows[0]))})" if rows else ""
        one = f"INSERT OR FAIL INTO {table} VALUES {marks}"  # noqa: S608 - only marks
        whole = len(rows) - len(rows) % ROWS_A_STATEMENT
        many = one + f", {marks}" * (ROWS_A_STATEMENT - 1) if whole else ""
        try:
            for first in range(0, whole, ROWS_A_STATEMENT):
                self.connection.execute(many, tuple(chain.from_iterable(rows[first : first + ROWS_A_STATEMENT])))
            self.connection.executemany(one, rows[whole:])
        except (sqlite3.Error, UnicodeDecodeError) as refused:
            self._raise(refused)

    def fault(self) -> str | None:
        """Return what is not as the ledger was made: a guard, a table, an index; None where all is."""
        with self._named():
            return schema_fault(self.connection, self._file)

    def damage(self) -> str | None:
        """Return what SQLite's own check of the whole file finds; None where nothing."""
        with self._named():
            return integrity_fault(self.connection, self._file)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as refused:
            self._raise(refused)
        except (IntegrityError, BusyError, StorageError):
            self.failed = True
            raise

    def _raise(self, refused: sqlite3.Error | UnicodeDecodeError) -> NoReturn:
        """Raise what *refused* means, or itself where it is a mistake of ours; this connection is used no more."""
        self.failed = True
        meant = meaning(refused, self._file)
        if meant is None:
            raise refused
        raise meant from refused


class Sqlite:
    """The ledger in the file of one home."""

    dialect = DIALECT
    is_shared = False

    def __init__(self, home: Path, clock: Clock | None = None, *, file: Path | None = None) -> None:
        self.home = home
        self.file = file or ledger_file(home)
        self._clock = clock or SystemClock()
        self._turn = threading.RLock()
        self._failed: str | None = None
        self._writer: list[Opened] = []
        self._readers = Connections(home, self.file)
        weakref.finalize(self, close_all, self._readers.idle)
        weakref.finalize(self, close_all, self._writer)

    @property
    def place(self) -> str:
        """Return the file."""
        return str(self.file)

    def close(self) -> None:
        """Close every connection; the last one out folds the write-ahead log into the database."""
        close_all(self._readers.idle)
        if self._writer:
            with suppress(BusyError, StorageError), writers_turn(self.home, self._clock):
                close_all(self._writer)

    # -- reading --------------------------------------------------------------------------------------------------

    def begun(self) -> bool:
        """Return whether there is a ledger; IntegrityError where the file is not one of ours."""
        with self.reading() as reading:
            return reading is not None

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        """Lend a connection for one question; None where there is no ledger yet."""
        with named_refusals(self.file):
            opened = self._readers.take()
        if opened is None:
            yield None
            return
        session = Session(opened.connection, self.file)
        try:
            yield session
        finally:
            if session.failed:
                opened.connection.close()
            else:
                self._readers.idle.append(opened)

    @contextmanager
    def snapshot(self) -> Iterator[Session | None]:
        """Lend a connection of its own that looks as of one instant, at whatever the file holds."""
        if not self.file.exists():
            yield None
            return
        with named_refusals(self.file):
            connection = readable(self.file)
        with closing(connection):
            session = Session(connection, self.file)
            try:
                session.all("BEGIN")
                yield session if session.all("SELECT count(*) FROM sqlite_schema") != [(0,)] else None
            except sqlite3.Error as refused:  # none that we know: what was flipped on the disk may read as anything
                raise IntegrityError(f"{self.file}: cannot be read ({refused}): restore a backup") from refused

    def stands(self) -> tuple[int, int] | None:
        """Return which file stands there; what a restore cut short has decided on is put in its place first."""
        settle(self.home)
        return identity(self.file)

    # -- writing --------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Create the file and the tables of a new ledger, whole or not at all; refuse a file that is not ours."""
        with self._turn, writers_turn(self.home, self._clock):
            finish_or_say(self.home)
            make_private_file(self.file)
            try:
                with self._immediate() as session:
                    self._create(session.connection)
            except (sqlite3.Error, StorageError) as refused:
                self._raise(refused)

    def _create(self, connection: sqlite3.Connection) -> None:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if (application_id, version) == (APPLICATION_ID, USER_VERSION):
            return
        if not holds_nothing(connection) or application_id not in {0, APPLICATION_ID}:
            refuse_foreign(connection, self.file)
        for statement in (*TABLES, *GUARDS.values()):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {USER_VERSION}")

    def write(
        self, work: Callable[[Writing], T], *, landed: Callable[[Writing, T], bool] | None = None, again: bool = True
    ) -> T:
        """Run *work* in one transaction, alone; here a commit is there or is not, so that it is run once."""
        del landed, again
        hit("append.before_begin")
        with self.transaction() as session:
            hit("append.after_begin")
            done = work(session)
            hit("append.before_commit")
        hit("append.after_commit")
        return done

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Lend the writer's connection inside BEGIN IMMEDIATE; commit at the end, roll back on any error."""
        with self._turn, writers_turn(self.home, self._clock):
            try:
                self._refuse_when_failed_or_replaced()
                with self._immediate() as session:
                    yield session
            except (sqlite3.Error, StorageError) as refused:
                self._raise(refused)

    @contextmanager
    def _immediate(self) -> Iterator[Session]:
        if not self._writer:
            self._writer.append(Opened(connect(self.file, write=True), identity(self.file) or (0, 0)))
        connection = self._writer[0].connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield Session(connection, self.file)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
            raise

    def _refuse_when_failed_or_replaced(self) -> None:
        if self._failed:
            raise StorageError(f"{self.file}: an earlier write failed ({self._failed}): mend the disk and restart")
        is_another = bool(self._writer) and identity(self.file) != self._writer[0].file
        if is_another or is_decided(self.home):
            raise BusyError(
                f"{self.file}: another ledger stands here than the one that was opened: a backup was restored, or the "
                "file was moved: nothing was appended; start again"
            )

    def _raise(self, refused: sqlite3.Error | StorageError) -> NoReturn:
        """Raise what *refused*, amid a transaction, means, or itself where it says so or is a mistake of ours."""
        original = refused if isinstance(refused, sqlite3.Error) else refused.__cause__
        if isinstance(original, sqlite3.Error) and primary_code(original) == "SQLITE_IOERR":
            self._failed = str(original)  # after a failed sync nobody knows what the disk holds: never go on
            raise StorageError(
                f"{self.file}: the disk failed while it was written to ({original}): whether this was recorded the "
                "next start will show: mend the disk and run it again; what is recorded already counts once"
            ) from refused
        meant = meaning(refused, self.file) if isinstance(refused, sqlite3.Error) else None
        if meant is None:
            raise refused
        raise meant from refused

    def hold(self) -> bool:
        """Be the one daemon: the home's own lock has seen to it (`ledger.storage.lock.DaemonLock`)."""
        return False

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let nobody write until the end."""
        with self._turn, writers_turn(self.home, self._clock):
            finish_or_say(self.home)
            yield

    def copy(self, file: Path) -> None:
        """Write it as of one instant into the new *file*, with no log beside; OSError where the disk there is full."""
        with named_refusals(self.file), closing(readable(self.file)) as connection:
            connection.execute("PRAGMA query_only = OFF")  # VACUUM INTO writes, though never to this database
            with disk_of(file):
                connection.execute("VACUUM INTO ?", (str(file),))

    def condition(self) -> tuple[str, str]:
        """Return which SQLite runs here; its settings are made on every connection."""
        return f"SQLite {sqlite3.sqlite_version}", ""

    def grant(self, role: str) -> None:
        """Refuse: a file has the rights of its folder."""
        raise UsageError(f"{self.file}: a file knows no role {role!r}: its owner alone may read and write it")

    def retire(self) -> str:
        """Set the file aside in a folder `moved-…` of the home, with all that its write-ahead log holds."""
        close_all(self._readers.idle)
        close_all(self._writer)
        if not self.file.exists():
            return f"there was no {self.file.name} yet"
        aside = self.home / f"moved-{self._clock.now():%Y%m%dT%H%M%S%f}"
        with named_refusals(self.file), closing(connect(self.file, write=True)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try:
            aside.mkdir(mode=0o700)
            for ending in ("", "-wal", "-shm"):
                beside = self.file.with_name(self.file.name + ending)
                if beside.exists():
                    beside.replace(aside / beside.name)
            sync_folder(aside)
            sync_folder(self.home)
        except OSError as refused:
            raise StorageError(
                f"{self.file}: was moved, and could not be set aside ({refused}): move it out of the home by hand"
            ) from refused
        return f"{self.file.name} was set aside in {aside.name}"
