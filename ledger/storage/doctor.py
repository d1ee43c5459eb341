"""Is everything in order? Each question as data: what was looked at, what was found, and what to do about it."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lotwork.ledger.errors import LotworkError, StorageError
from lotwork.ledger.public_form.bounded import read_toml
from lotwork.ledger.storage.evidence import FOLDER_NAME as EVIDENCE
from lotwork.ledger.storage.files import MOST_SETTINGS_BYTES
from lotwork.ledger.storage.lock import daemon_pid
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.sqlite.database import Sqlite

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 256 << 20
EVENTS_READ = 1000
WAL_RESET_FIXED = (3, 51, 3)
WAL_RESET_BACKPORTS = {(3, 44): 6, (3, 50): 7}
PARTS = {
    "web3": "watching an EVM node",
    "bitcoin": "watching a Bitcoin-family node",
    "embit": "watching taproot addresses and descriptors",
    "apprise": "alerts over apprise (extra `alerts`)",
    "psycopg": "a ledger on a PostgreSQL server (extra `postgres`)",
}
INSTALLED_AS = {
    "web3": "web3",
    "bitcoin": "python-bitcoinlib",
    "embit": "embit",
    "apprise": "'lotwork[alerts]'",
    "psycopg": "'lotwork[postgres]'",
}
"""What is typed behind `pip install`."""
OF_AN_EXTRA = {"apprise", "psycopg"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` says what to do where it is not `ok`, and may advise where it is."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(home: Path, *, config: Path | None = None, database: Database | None = None) -> tuple[Check, ...]:
    """Return every check of the ledger of *home*, of this machine, and of the *config* file if one is named.

    The ledger is looked at where *database* keeps it: the file of the home, or a server.
    """
    return tuple(_checks(home, config, database or Sqlite(home)))


def _checks(home: Path, config: Path | None, database: Database) -> Iterator[Check]:
    yield python_version(sys.version_info[:3])
    yield sqlite_version(sqlite3.sqlite_version_info)
    yield permissions(home)
    yield disk_space(home)
    if not isinstance(database, Sqlite):
        yield server(database)
    yield from log_checks(home, database)
    yield daemon(home)
    for part, purpose in PARTS.items():
        installed = importlib.util.find_spec(part) is not None
        yield Check(
            f"part {part}",
            ok=installed or part in OF_AN_EXTRA,
            detail=f"{'installed' if installed else 'not installed'}: {purpose}",
            remedy="" if installed else f"needed only for {purpose}: pip install {INSTALLED_AS[part]}",
        )
    if config is not None:
        yield config_readable(config)


def daemon(home: Path) -> Check:
    """Return whether a daemon runs in *home*, where that can be seen."""
    try:
        pid = daemon_pid(home)
    except StorageError as refused:
        return Check("daemon", ok=False, detail=str(refused), remedy="let the home be written")
    return Check("daemon", ok=True, detail=f"runs with pid {pid}" if pid else "does not run")


def python_version(version: tuple[int, ...]) -> Check:
    """Return whether this Python is one Lotwork runs on."""
    wanted = ".".join(map(str, OLDEST_PYTHON))
    found = ".".join(map(str, version))
    ok = version >= OLDEST_PYTHON
    return Check("python", ok, found, "" if ok else f"install Python {wanted} or newer")


def sqlite_version(version: tuple[int, ...]) -> Check:
    """Return whether this SQLite has the WAL-reset bug (3.7.0 to 3.51.2; sqlite.org/wal.html#walresetbug).

    Lotwork's writers take turns outside SQLite, so that the bug cannot strike; other programs that write would not.
    """
    found = ".".join(map(str, version))
    fixed = version >= WAL_RESET_FIXED or version[2] >= WAL_RESET_BACKPORTS.get((version[0], version[1]), sys.maxsize)
    if fixed:
        return Check("sqlite", ok=True, detail=found)
    return Check(
        "sqlite",
        ok=True,
        detail=f"{found} has the WAL-reset bug; Lotwork's writers take turns, so it cannot strike them",
        remedy="let no other program write to ledger.sqlite; SQLite 3.51.3, 3.50.7 or 3.44.6 has it mended",
    )


def permissions(home: Path) -> Check:
    """Return whether only the owner can read what *home* holds."""
    if not home.exists():
        return Check("permissions", ok=True, detail=f"{home} does not exist yet")
    private = [home, *home.glob("*.sqlite*"), *home.glob("*.log*"), *home.glob("*.lock"), *home.glob(EVIDENCE)]
    open_to_others = [path for path in private if _mode(path) & (stat.S_IRWXG | stat.S_IRWXO)]
    names = ", ".join(str(path) for path in open_to_others)
    return Check(
        "permissions",
        not open_to_others,
        f"others may read {names}" if names else "only the owner may read the ledger",
        f"chmod go= {names}" if names else "",
    )


def _mode(path: Path) -> int:
    """Return who may do what with *path*; what cannot be looked at, as a link to nowhere, nobody may read."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def disk_space(home: Path) -> Check:
    """Return whether the disk below *home* has room for the ledger to grow and be backed up."""
    folder = next(path for path in (home, *home.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    file = ledger_file(home)
    wanted = max(LEAST_FREE_BYTES, 2 * file.stat().st_size if file.is_file() else 0)
    return Check(
        "disk space",
        free >= wanted,
        f"{free >> 20} MiB are free, {wanted >> 20} MiB are wanted",
        "" if free >= wanted else "free space, or move the home to a larger disk",
    )


def server(database: Database) -> Check:
    """Return whether the server that keeps the ledger answers, and keeps what it acknowledged."""
    try:
        detail, remedy = database.condition()
    except LotworkError as broken:
        return Check("server", ok=False, detail=str(broken), remedy="see that the server runs and lets this role in")
    return Check("server", ok=not remedy, detail=f"{database.place}: {detail}", remedy=remedy)


def log_checks(home: Path, database: Database) -> Iterator[Check]:
    """Yield whether the log agrees with the heads told outside it, and whether its end is what was written."""
    with EventLog(home, database) as log:
        try:
            told = log.check_heads()
            books = log.books()
            yield Check("heads", ok=True, detail=f"{len(told)} of {len(books)} books agree with heads.log")
        except LotworkError as broken:
            yield Check("heads", ok=False, detail=str(broken), remedy="run `lotwork verify`, then restore a backup")
        try:
            log.check_schema()
            log.check_tails(EVENTS_READ)
            yield Check("chain", ok=True, detail=f"the last {EVENTS_READ} events of each book are what was written")
        except LotworkError as broken:
            yield Check("chain", ok=False, detail=str(broken), remedy="run `lotwork verify`, then restore a backup")


def config_readable(config: Path) -> Check:
    """Return whether *config* can be read as TOML."""
    if config.exists() and not config.is_file():
        return Check("config", ok=False, detail=f"{config} is no file", remedy="move it away")
    try:
        with config.open("rb") as file:
            read_toml(file.read(MOST_SETTINGS_BYTES).decode())
    except FileNotFoundError:
        return Check("config", ok=True, detail=f"{config} does not exist: defaults are used")
    except (OSError, ValueError, RecursionError) as refused:
        return Check("config", ok=False, detail=f"{config}: {refused}", remedy="correct the file, or move it away")
    return Check("config", ok=True, detail=f"{config} can be read")
