"""How the ledger's file is opened, and what SQLite's refusals mean in our words."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lotwork.ledger.errors import BusyError, IntegrityError, LotworkError, NewerFormatError, StorageError
from lotwork.ledger.storage.files import holds_something, on_read_only_medium

FILE_NAME = "ledger.sqlite"
APPLICATION_ID = 0x4C6F7477
"""The letters "Lotw": `file` and our own checks know the database by them."""
USER_VERSION = 1
BUSY_TIMEOUT_SECONDS = 10.0

EVERY_CONNECTION = (
    f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_SECONDS * 1000)}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA temp_store = MEMORY",
)
WRITERS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA wal_autocheckpoint = 200",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA cache_size = -65536",
)
"""EXTRA is FULL, and where the disk refused the write-ahead log, it waits for the end of the rollback journal too.

The write-ahead log is written into the database after 200 pages (SQLite's own is 1,000) and used again from then on: to
write over what the file holds takes half of what it takes to make the file longer, for which the disk waits twice.
"""
READERS = ("PRAGMA query_only = ON",)

# Else sqlite3 asks each of these, in every row, whether it would rather be something else: 0.2 microseconds each time.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), lambda none: none)

_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH"}
_REFUSED = {"SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_NOLFS"}


def ledger_file(home: Path) -> Path:
    """Return where *home* keeps its database."""
    return home / FILE_NAME


def connect(file: Path, *, write: bool = False) -> sqlite3.Connection:
    """Open *file* with every pragma the ledger relies on; a reader can neither write nor create.

    On a read-only medium, where SQLite cannot put the files it keeps beside a database, the file is read as it is:
    nobody writes to it there, and nothing of it waits in another file.
    """
    _refuse_no_files(file)
    mode = "rw" if write else "ro"
    if not write and on_read_only_medium(file) and waiting_beside(file) is None:
        mode += "&immutable=1"
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_SECONDS,
        check_same_thread=False,
    )
    try:
        for pragma in (*EVERY_CONNECTION, *(WRITERS if write else READERS)):
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _refuse_no_files(file: Path) -> None:
    """Refuse a pipe or a device in the place of *file* or of what SQLite keeps beside it: to open one may never end.

    They are looked at, not opened: to close a file here would take SQLite's locks on it away.
    """
    for ending in ("", "-wal", "-shm", "-journal"):
        each = file.with_name(file.name + ending)
        try:
            is_file = stat.S_ISREG(each.stat().st_mode)
        except FileNotFoundError:
            continue
        except OSError as refused:
            raise StorageError(f"{each}: cannot be looked at ({refused}): move it away") from refused
        if not is_file:
            raise StorageError(f"{each}: is no file: move it away, and restore a backup")


def waiting_beside(file: Path) -> Path | None:
    """Return the log or journal beside *file* that holds what the file itself does not; None where all is in it."""
    beside = (file.with_name(file.name + ending) for ending in ("-wal", "-journal"))
    return next((each for each in beside if holds_something(each)), None)


def is_cut_off(refused: sqlite3.Error, file: Path) -> bool:
    """Return whether *file* was cut off within its first transaction, which only a writer can take back."""
    journal = file.with_name(f"{file.name}-journal")
    return primary_code(refused) in {"SQLITE_READONLY", "SQLITE_CANTOPEN"} and holds_something(journal)


def take_back(file: Path) -> None:
    """Let SQLite take back the transaction that a power cut left half written in *file*."""
    with closing(connect(file, write=True)) as connection:
        holds_nothing(connection)


@contextmanager
def named_refusals(file: Path) -> Iterator[None]:
    """Turn SQLite's errors on *file* into the branch of our tree that says what to do."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as refused:
        meant = meaning(refused, file)
        if meant is None:
            raise
        raise meant from refused


@contextmanager
def disk_of(copy: Path) -> Iterator[None]:
    """Let a full disk under the *copy* that is made meanwhile be that one's: SQLite would say it of what it reads."""
    try:
        yield
    except sqlite3.Error as refused:
        if primary_code(refused) != "SQLITE_FULL":
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(copy)) from refused


def holds_nothing(connection: sqlite3.Connection) -> bool:
    """Return whether the file has no tables yet: it was opened once, and its maker died before it made any."""
    (parts,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return int(parts) == 0


def refuse_foreign(connection: sqlite3.Connection, file: Path) -> None:
    """Raise IntegrityError where *file* is another program's database, NewerFormatError where its format is newer."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application_id != APPLICATION_ID:
        raise IntegrityError(f"{file}: is another program's database: name another --home, or move the file away")
    if version > USER_VERSION:
        raise NewerFormatError(
            f"{file}: has format {version}, and this Lotwork knows {USER_VERSION}: upgrade the program"
        )
    if version != USER_VERSION:
        raise IntegrityError(f"{file}: has format {version}, which no Lotwork made: restore a backup")


def primary_code(refused: Exception) -> str:
    """Return the name of SQLite's primary result code, "SQLITE_IOERR" for SQLITE_IOERR_FSYNC."""
    name = getattr(refused, "sqlite_errorname", "") or ""
    return "_".join(name.split("_")[:2])


def is_refusal(refused: sqlite3.Error) -> bool:
    """Return whether the disk or another process refused: that says nothing of what is stored."""
    return primary_code(refused) in _BUSY | _REFUSED | {"SQLITE_FULL"}


def meaning(refused: Exception, file: Path) -> LotworkError | None:
    """Return what *refused* means for the ledger in *file*; None where it is a mistake of ours."""
    code = primary_code(refused)
    if code in _BUSY:
        return BusyError(f"{file}: another process is writing ({refused}): nothing was appended; try again")
    if code == "SQLITE_FULL":
        return StorageError(f"{file}: the disk is full ({refused}): nothing was appended; free space and try again")
    waiting = waiting_beside(file)
    if code in {"SQLITE_READONLY", "SQLITE_CANTOPEN"} and waiting is not None:
        return StorageError(
            f"{file}: cannot be read here ({refused}): {waiting.name} beside it holds what the file does not, and to "
            "bring that in the folder must be writable: nothing is lost; let it be written, or copy the folder "
            "to where it can be, and try again"
        )
    if code in _REFUSED:
        return StorageError(
            f"{file}: the disk refused ({refused}): nothing was appended; check that the folder exists, that it is "
            "yours and writable, that the disk is healthy, and that this process may open more files, then try again"
        )
    if code in _DAMAGED or isinstance(refused, UnicodeDecodeError) or _names_what_is_gone(refused):
        return IntegrityError(
            f"{file}: the ledger is not what was written ({refused}): run `lotwork verify`, then restore a backup"
        )
    return None


def _names_what_is_gone(refused: Exception) -> bool:
    """Return whether SQLite misses a table, column or index, or met a text that is none: all were there once."""
    return str(refused).startswith(("no such ", "Could not decode to UTF-8", "malformed"))
