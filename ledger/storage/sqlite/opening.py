"""The connections a reader keeps open, and which file each of them reads: a restore puts another in its place."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import LotworkError, StorageError
from lotwork.ledger.storage.files import holds_something, identity, sync_folder
from lotwork.ledger.storage.lock import writers_turn
from lotwork.ledger.storage.sqlite.connection import connect, holds_nothing, is_cut_off, refuse_foreign, take_back
from lotwork.ledger.storage.sqlite.replacing import is_decided, settle


class Opened(NamedTuple):
    """An open connection, and the file it reads."""

    connection: sqlite3.Connection
    file: tuple[int, int]


class Connections:
    """The connections of one *file* of a *home* that nobody uses just now."""

    def __init__(self, home: Path, file: Path) -> None:
        self.home = home
        self.file = file
        self.idle: list[Opened] = []

    def take(self) -> Opened | None:
        """Return a connection for one read, None where there is no ledger yet; `idle` takes it back."""
        return self._still_there() or self._opened()

    def _still_there(self) -> Opened | None:
        """Return a connection that is open already, unless another ledger took the place of the one it reads."""
        while True:
            try:
                opened = self.idle.pop()
            except IndexError:  # none, or another thread took it
                return None
            if identity(self.file) in {opened.file, None}:
                return opened
            opened.connection.close()

    def _opened(self) -> Opened | None:
        """Open the ledger that stands there; if another takes its place meanwhile, that one."""
        while True:
            settle(self.home)
            before = identity(self.file)
            try:
                connection = self._connected() if before else None
            except (sqlite3.Error, LotworkError):
                if identity(self.file) == before and not is_decided(self.home):
                    raise
                continue
            if identity(self.file) == before and not is_decided(self.home):
                return Opened(connection, before) if connection and before else None
            if connection:
                connection.close()

    def _connected(self) -> sqlite3.Connection | None:
        """Return a connection that has read; None where the file holds nothing yet."""
        connection = readable(self.file)
        try:
            if not holds_nothing(connection):
                refuse_foreign(connection, self.file)
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None


def readable(file: Path) -> sqlite3.Connection:
    """Open *file* for reading; what a power cut left half written in its first moments is taken back first."""
    connection = connect(file)
    try:
        holds_nothing(connection)
    except sqlite3.Error as refused:
        connection.close()
        if not is_cut_off(refused, file):
            raise
        try:
            with writers_turn(file.parent, SystemClock()):
                take_back(file)
        except (sqlite3.Error, StorageError):
            raise refused from None  # nobody can write here: what waits beside the file is told
        return connect(file)
    except BaseException:
        connection.close()
        raise
    return connection


def close_all(idle: list[Opened]) -> None:
    """Close what is open; a log that is dropped unclosed leaves nothing open either."""
    while idle:
        idle.pop().connection.close()


def make_private_file(file: Path) -> None:
    """Create *file*, empty and for its owner only, so that SQLite's own files beside it are private too.

    It is made under another name and linked to its own: closing a descriptor of a database gives up every lock this
    process's connections hold on it (POSIX), and another process would then delete the log they are writing to.
    """
    try:
        if holds_something(file):
            return
        if not file.exists():
            import tempfile  # noqa: PLC0415 - who reads makes no file

            descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
            os.close(descriptor)
            with suppress(FileExistsError):
                os.link(name, file)
            Path(name).unlink()
        sync_folder(file.parent)  # also where who made it died before
        with suppress(PermissionError):
            sync_folder(file.absolute().parent.parent)
    except OSError as refused:
        raise StorageError(f"{file}: cannot be created ({refused}): check the folder, its owner and disk") from refused
