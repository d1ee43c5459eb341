"""A connection to the server, and what its refusals mean in our words."""

from __future__ import annotations

import select
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, TypeAlias

import psycopg
from psycopg import sql as names
from psycopg.conninfo import conninfo_to_dict

from lotwork.ledger.errors import (
    BusyError,
    ConfigError,
    InputRefusedError,
    IntegrityError,
    LotworkError,
    StorageError,
    UnreachableError,
)
from lotwork.ledger.storage.port import Dialect, Values
from lotwork.ledger.storage.postgres import guards
from lotwork.ledger.storage.postgres.address import shown

OLDEST_SERVER = 15
ROWS_AT_ONCE = 2000
APPLICATION = "lotwork"
CONNECTING = {
    "application_name": APPLICATION,
    "connect_timeout": "5",
    "target_session_attrs": "read-write",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "11000",
    "client_encoding": "UTF8",
}
"""What a connection is asked for unless the address says otherwise: the primary, and to notice soon that it is gone."""
SETTINGS = """
SELECT set_config('search_path', 'lotwork', false), set_config('lock_timeout', '10s', false),
       set_config('statement_timeout', '5min', false),
       set_config('idle_in_transaction_session_timeout', '10min', false),
       set_config('default_transaction_isolation', 'read committed', false), set_config('jit', 'off', false),
       set_config('idle_session_timeout', '0', false), set_config('tcp_keepalives_idle', '5', false),
       set_config('tcp_keepalives_interval', '2', false),
       set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '11s', false),
       set_config('default_transaction_read_only', '{read_only}', false),
       CASE WHEN current_setting('synchronous_commit') <> 'remote_apply'
            THEN set_config('synchronous_commit', 'on', false) END
"""
NEVER_BY_WAITING = ("authentication failed", "does not exist", "no password supplied", "pg_hba.conf", "host name")
IDLE = psycopg.pq.TransactionStatus.IDLE
Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]


def _listed(texts: Collection[str]) -> list[str]:
    return sorted(texts)


DIALECT = Dialect(among="= ANY(?)", listed=_listed, by_index=lambda _index: "")


def connect(url: str, password: str | None, *, write: bool = False) -> Connection:
    """Open a connection with every setting the ledger relies on; a reader cannot write."""
    told = conninfo_to_dict(url, **({"password": password} if password else {}))
    connection = psycopg.connect(autocommit=True, **{**CONNECTING, **told})  # type: ignore[arg-type] # libpq takes texts
    try:
        _check_server(connection.info, shown(url))
        connection.execute(SETTINGS.format(read_only="off" if write else "on").encode())
    except BaseException:
        connection.close()
        raise
    return connection


def _check_server(info: psycopg.ConnectionInfo, place: str) -> None:
    if info.server_version < OLDEST_SERVER * 10_000:
        found = info.server_version // 10_000
        raise ConfigError(f"{place}: PostgreSQL {found} is too old: use {OLDEST_SERVER} or newer")
    if info.parameter_status("server_encoding") != "UTF8":
        raise ConfigError(
            f"{place}: the database is not kept in UTF-8: make one with `createdb -E UTF8 -T template0 NAME`"
        )


def is_gone(connection: Connection) -> bool:
    """Return whether an idle connection was closed by the server; what else it said meanwhile is taken in."""
    if connection.closed:
        return True
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    while line.poll(0):
        try:
            connection.pgconn.consume_input()
        except psycopg.OperationalError:
            return True
    return False


class Session:
    """A look at the database, or the transaction of its writer."""

    dialect = DIALECT
    _numbers = count(1)

    def __init__(self, connection: Connection, place: str) -> None:
        self.connection = connection
        self._place = place

    def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its few rows."""
        with named_refusals(self._place):
            cursor = self.connection.execute(_marked(sql), values or None)
            return cursor.fetchall() if cursor.description else []

    def stream(self, sql: str, values: Values = ()) -> Generator[tuple[Any, ...], None, None]:
        """Yield the rows of a query, as of when it began."""
        for rows in self.blocks(sql, values):
            yield from rows

    def blocks(self, sql: str, values: Values = ()) -> Generator[list[tuple[Any, ...]], None, None]:
        """Yield the same rows, ROWS_AT_ONCE at a time."""
        name, alone = f"lotwork_{next(self._numbers)}", self.connection.info.transaction_status == IDLE
        with named_refusals(self._place):
            if alone:
                self.connection.execute("BEGIN")
            try:
                self.connection.execute(_marked(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}"), values or None)
                while rows := self.connection.execute(f"FETCH {ROWS_AT_ONCE} FROM {name}".encode()).fetchall():
                    yield rows
            finally:
                with suppress(psycopg.Error):  # who wants no more rows does not care that the server went away
                    self.connection.execute(b"ROLLBACK" if alone else f"CLOSE {name}".encode())

    def insert(self, table: str, rows: Iterable[Values]) -> None:
        """Store many whole rows, in the order of the table's columns."""
        copying = names.SQL("COPY {} FROM STDIN").format(names.Identifier(table))
        with named_refusals(self._place), self.connection.cursor() as cursor, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(row)

    def fault(self) -> str | None:
        """Return what is not as the ledger was made: a guard, a table, an index; None where all is."""
        return guards.fault(self)

    def damage(self) -> str | None:
        """Return which heads do not agree with their events; the server's pages are for its own tools to check."""
        return guards.damage(self)


def _marked(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()


# -- refusals ---------------------------------------------------------------------------------------------------------

_GONE = {"57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "53300"}
_BUSY = {"40001", "40P01", "55P03", "57014"}
_DAMAGED = {"XX001", "XX002", "42P01", "42703", "42883", "3F000"}


@contextmanager
def named_refusals(place: str) -> Iterator[None]:
    """Turn the server's errors into the branch of our tree that says what to do."""
    try:
        yield
    except psycopg.Error as refused:
        meant = meaning(refused, place)
        if meant is None:
            raise
        raise meant from refused


def meaning(refused: psycopg.Error, place: str) -> LotworkError | None:
    """Return what *refused* means for the ledger at *place*; None where it is a mistake of ours."""
    state, why = refused.sqlstate or "", " ".join(str(refused).split())
    if state in _BUSY:
        return BusyError(
            f"{place}: another process is writing, or the server is ({why}): nothing was appended; try again"
        )
    if is_away(refused):
        return UnreachableError(f"{place}: the server does not answer ({why}): see that it runs, and try again")
    if state.startswith(("28", "3D")) or (not state and isinstance(refused, psycopg.OperationalError)):
        return ConfigError(
            f"{place}: the server does not let us in ({why}): correct [ledger] url, password_file, ~/.pgpass or the "
            "server's pg_hba.conf"
        )
    if state == "42501":
        return StorageError(
            f"{place}: this role may not do that ({why}): let the owner run `lotwork ledger init --app-role` for it"
        )
    if state == "25006":
        return StorageError(f"{place}: this server takes no writes ({why}): name the primary")
    if state.startswith(("53", "54", "58")):
        return StorageError(f"{place}: the server's disk or memory refused ({why}): nothing was appended; mend it")
    if state in _DAMAGED or state.startswith("23"):
        return IntegrityError(
            f"{place}: the ledger is not what was written ({why}): run `lotwork verify`, then restore a backup"
        )
    if state.startswith("22") or isinstance(refused, psycopg.DataError):
        return InputRefusedError(f"{place}: the server cannot keep this text ({why}): nothing was appended; correct it")
    return None


def is_away(refused: BaseException | None) -> bool:
    """Return whether *refused* says that the server or the line to it is gone, or not there yet."""
    if isinstance(refused, psycopg.OperationalError | psycopg.InterfaceError):
        state = refused.sqlstate
        if state is None:
            return not any(words in str(refused) for words in NEVER_BY_WAITING)
        return state in _GONE or state.startswith("08")
    return False


def may_be_repeated(refused: BaseException | None) -> bool:
    """Return whether the same transaction may go through when it is run again."""
    return is_away(refused) or (isinstance(refused, psycopg.Error) and refused.sqlstate in {"40001", "40P01"})
