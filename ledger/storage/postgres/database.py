"""PostgreSQL as a database of the port: a server, this process's writer on it, and readers beside it.

A transaction begins with an advisory lock, so that writers follow one another and a position is the head's plus one,
never a sequence's. When the line breaks at a commit, what became of it is looked up under the same lock, where nothing
can be in flight any more; it is never repeated blindly. One session lock says who is the daemon: the server gives it
back when that daemon's machine is gone, and the epoch of the fence refuses the one that wakes late.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg import sql as names

from lotwork.ledger.clock import Clock, SystemClock
from lotwork.ledger.errors import (
    ConfigError,
    IntegrityError,
    LotworkError,
    NewerFormatError,
    StandbyError,
    UnreachableError,
)
from lotwork.ledger.storage.carrying import carry
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.port import Writing
from lotwork.ledger.storage.postgres import guards
from lotwork.ledger.storage.postgres.address import shown
from lotwork.ledger.storage.postgres.attempt import WRITER, Attempt
from lotwork.ledger.storage.postgres.session import (
    DIALECT,
    IDLE,
    Connection,
    Session,
    connect,
    is_away,
    is_gone,
    may_be_repeated,
    named_refusals,
)
from lotwork.ledger.storage.sqlite.database import Sqlite

T = TypeVar("T")
DAEMON = (WRITER[0], 2)
"""The advisory lock of the one daemon."""
PATIENCE_SECONDS = 10
"""So long a server that restarts, or is replaced by its standby, is waited for."""
WAITS_A_SECOND = 5

FORMAT = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'lotwork'"
HOLDER = """
SELECT coalesce(host(a.client_addr), 'the server itself'), a.pid
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND (l.classid::bigint, l.objid::bigint) = (%s, %s)
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
HEALTH = "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('data_checksums')"


class Postgres:
    """The ledger in one database of a server."""

    dialect = DIALECT
    is_shared = True

    def __init__(
        self, url: str, password: str | None = None, clock: Clock | None = None, *, patience: float | None = None
    ) -> None:
        self.url = url
        self._password = password
        self._clock = clock or SystemClock()
        self._patience = PATIENCE_SECONDS if patience is None else patience
        self._turn = threading.RLock()
        self._holds = False
        self._begun = False
        self._was_away = False
        self._gave_up = False
        self._writer: list[Connection] = []
        self._idle: list[Connection] = []
        weakref.finalize(self, _close_all, self._idle)
        weakref.finalize(self, _close_all, self._writer)

    @property
    def place(self) -> str:
        """Return the server and the database."""
        return shown(self.url)

    def close(self) -> None:
        """Close every connection, and be the daemon no more."""
        self._holds = False
        _close_all(self._idle)
        with self._turn:
            _close_all(self._writer)

    def stands(self) -> None:
        """Return nothing: a ledger on a server is not replaced by another."""

    # -- reading --------------------------------------------------------------------------------------------------

    def begun(self) -> bool:
        """Return whether there is a ledger; IntegrityError where another program's, or a newer format's, is."""
        with self.reading() as reading:
            return reading is not None

    @contextmanager
    def reading(self) -> Iterator[Session | None]:
        """Lend a connection for one question; None where there is no ledger yet."""
        connection = self._lent()
        try:
            session = Session(connection, self.place)
            yield session if self._is_ours(session) else None
        finally:
            if connection.closed or connection.info.transaction_status != IDLE:
                connection.close()
            else:
                self._idle.append(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Session | None]:
        """Lend a connection that looks as of one instant."""
        with self.reading() as session:
            if session is None:
                yield None
                return
            session.all("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield session
            finally:
                with suppress(psycopg.Error):
                    session.connection.execute("ROLLBACK")

    def _lent(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not is_gone(connection):
                return connection
            connection.close()
        return self._connected(write=False)

    def _is_ours(self, session: Session) -> bool:
        if not self._begun:
            schemas = session.all(FORMAT)
            if not schemas:
                return False
            said = str(schemas[0][0] or "")
            version = said.removeprefix(guards.COMMENT)
            if not said.startswith(guards.COMMENT) or not version.isdecimal():
                raise IntegrityError(f"{self.place}: has a schema lotwork of another program: name another database")
            if int(version) > guards.SCHEMA_FORMAT:
                raise NewerFormatError(
                    f"{self.place}: has format {version}, and this Lotwork knows {guards.SCHEMA_FORMAT}: upgrade the "
                    "program"
                )
            if int(version) != guards.SCHEMA_FORMAT:
                raise IntegrityError(f"{self.place}: has format {version}, which no Lotwork made: restore a backup")
            self._begun = True
        return True

    def _connected(self, *, write: bool) -> Connection:
        """Connect, waiting a while for a server that is restarting; UnreachableError where it does not come."""
        give_up = self._give_up()
        while True:
            try:
                with named_refusals(self.place):
                    connection = connect(self.url, self._password, write=write)
            except UnreachableError:
                if self._clock.monotonic() >= give_up:
                    self._gave_up = True
                    raise
            else:
                self._gave_up = False
                return connection
            self._clock.sleep(1 / WAITS_A_SECOND)

    def _give_up(self) -> float:
        """Return until when a server that is away is waited for: not a second time for one that did not come back."""
        return self._clock.monotonic() + (0 if self._gave_up else self._patience)

    # -- writing --------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Make the schema of a new ledger, whole or not at all, as the role that will own it."""
        if not self.begun():
            self.write(self._made)

    def _made(self, at: Writing) -> None:
        if at.all(FORMAT):
            return
        from lotwork.ledger.storage.schema import statements  # noqa: PLC0415 - only who makes a ledger pays for it

        made = (
            f"CREATE SCHEMA {guards.SCHEMA}",
            *statements("postgresql"),
            *guards.statements(),
            f"COMMENT ON SCHEMA {guards.SCHEMA} IS '{guards.COMMENT}{guards.SCHEMA_FORMAT}'",
        )
        at.all(";\n".join(made))

    def grant(self, role: str) -> None:
        """Let *role* append and read, and change nothing."""
        if not self.write(lambda at: at.all("SELECT 1 FROM pg_roles WHERE rolname = ?", (role,))):
            raise ConfigError(
                f"{self.place}: has no role {role!r}: make it with `createuser {role}`, and run this again"
            )
        quoted = names.Identifier(role).as_string()
        self.write(lambda at: at.all(";\n".join(guards.grants(quoted))))

    def write(
        self, work: Callable[[Writing], T], *, landed: Callable[[Writing, T], bool] | None = None, again: bool = True
    ) -> T:
        """Run *work* in one transaction, alone, and return what it returned once the server has committed it."""
        attempt = Attempt(work, landed, again=again)
        hit("append.before_begin")
        with self._turn:
            give_up = self._give_up()
            while True:
                try:
                    with named_refusals(self.place):
                        done = attempt.run(Session(self._writers(), self.place))
                except LotworkError as refused:
                    if is_away(refused.__cause__):
                        _close_all(self._writer)
                    if not may_be_repeated(refused.__cause__) or not attempt.may_run_again:
                        raise
                    if self._clock.monotonic() >= give_up:
                        raise attempt.told(refused) from refused
                else:
                    hit("append.after_commit")
                    return done
                self._clock.sleep(1 / WAITS_A_SECOND)

    def _writers(self) -> Connection:
        """Return the writer's connection, opened anew where it was lost; the daemon's lock goes with it."""
        if self._writer and is_gone(self._writer[0]):
            _close_all(self._writer)
        if not self._writer:
            connection = self._connected(write=True)
            self._writer.append(connection)
            if self._holds:
                self._take(connection)
                self._was_away = True
        return self._writer[0]

    def hold(self) -> bool:
        """Be the one daemon of this database, or see that we still are; StandbyError names the one that is.

        True where the server was away since: after a restart, or a failover to one that may lack the last commits.
        """
        with self._turn, named_refusals(self.place):
            connection = self._writers()
            if not self._holds:
                self._take(connection)
                self._holds = True
            connection.execute("SELECT 1")
            was_away, self._was_away = self._was_away, False
            return was_away

    def _take(self, connection: Connection) -> None:
        try:
            _take_daemons_lock(connection, self.place)
        except BaseException:
            _close_all(self._writer)
            raise

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let nobody write until the end; StandbyError where a daemon does."""
        with self._turn:
            self.hold()
            with named_refusals(self.place):
                self._writers().execute("SELECT pg_advisory_lock(%s, %s)", WRITER)
            try:
                yield
            finally:
                _close_all(self._writer)
                self._holds = False

    # -- the whole ------------------------------------------------------------------------------------------------

    def copy(self, file: Path) -> None:
        """Write everything, as of one instant, into the new SQLite database *file*."""
        copied = Sqlite(file.parent, self._clock, file=file)
        carry(self, copied)
        copied.close()

    def retire(self) -> str:
        """Fence every writer, and mark the ledger as moved away, so that nobody takes it for the one in force."""
        self.write(
            lambda at: at.all(
                "INSERT INTO fence VALUES (1, 1), (2, 1) ON CONFLICT (id) DO UPDATE "
                "SET epoch = CASE WHEN fence.id = 1 THEN fence.epoch + 1 ELSE 1 END"
            )
        )
        return f"{self.place} is marked as moved away, and may be dropped"

    def condition(self) -> tuple[str, str]:
        """Return the server's version, and what to mend where its settings put what it commits at risk."""
        with self.reading() as reading:
            if reading is None:
                return "no ledger yet", ""
            connection = reading.connection
            ((fsync, full_pages, checksums),) = connection.execute(HEALTH).fetchall()
            version = connection.info.parameter_status("server_version")
        unsafe = [name for name, value in (("fsync", fsync), ("full_page_writes", full_pages)) if value != "on"]
        remedy = f"set {' and '.join(unsafe)} to on in postgresql.conf" if unsafe else ""
        return f"PostgreSQL {version}, data checksums {checksums}", remedy


def _take_daemons_lock(connection: Connection, place: str) -> None:
    if connection.execute("SELECT pg_try_advisory_lock(%s, %s)", DAEMON).fetchall() != [(True,)]:
        others = connection.execute(HOLDER, DAEMON).fetchall()
        who = f"at {others[0][0]}, process {others[0][1]} of the server" if others else "which has just ended"
        raise StandbyError(f"{place}: another daemon records there ({who}): this one may wait for its end")


def _close_all(connections: list[Connection]) -> None:
    while connections:
        connections.pop().close()
