"""Where the ledger of a home is kept: in its own file, or on the server that `[ledger]` of config.toml names.

Whoever opens a log or a store opens it here, so that no command reads an empty file while the ledger is elsewhere. A
home that says nothing of it pays for one look at its settings and no more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from lotwork.ingest.sections import KeyPath, Secret, SecretFile, Section, one_of
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, StorageError
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.postgres.address import check_address, shown
from lotwork.ledger.storage.sqlite.database import Sqlite

if TYPE_CHECKING:
    from lotwork.ledger.store import EventStore

CONFIG = "config.toml"
PREFIX = "LOTWORK_LEDGER__"
BARE = re.compile(rb"\s*^\[ledger\][ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*(?=\[|\Z)", re.MULTILINE)
"""The section and nothing in it but comments, up to the next one or to the end."""
SAYS_SO = re.compile(rb"""^\s*(\[\s*["']?ledger\b|["']?ledger["']?\s*[.=])""", re.MULTILINE)
INSTALL = "a ledger on a server needs psycopg: install it with `pip install lotwork[postgres]`"


class Ledger(Section, frozen=True, kw_only=True):
    """`[ledger]`: the server that keeps the ledger; left out, it is a file of the home.

    libpq's own ways to a password work too: PGPASSWORD, and the PGPASSFILE or ~/.pgpass.
    """

    url: str | None = None
    password: Secret | None = None
    password_file: SecretFile | None = None

    def __post_init__(self) -> None:
        one_of("password", self.password, self.password_file)
        if self.url is not None:
            check_address(self.url)


def ledger_settings(home: Path, environ: Mapping[str, str] = os.environ) -> Ledger:
    """Return what the settings of *home* say of its ledger; ConfigError where that cannot be known."""
    path = home / CONFIG
    overlaid = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError as refused:
        raise StorageError(
            f"{path}: the settings cannot be read ({refused}), and may say where the ledger is: check whose it is"
        ) from refused
    if not overlaid and _says_nothing(content):
        return Ledger()
    import msgspec  # noqa: PLC0415 - only where the settings say something

    from lotwork.service.toml_file import TomlFile, parse, problems_of  # noqa: PLC0415 - the same

    try:
        file = parse(content.decode(), str(path))
    except UnicodeDecodeError as broken:
        raise ConfigError(f"{path}: the settings cannot be read ({broken}): make it UTF-8 text") from broken
    said = {name.removeprefix(PREFIX).lower(): value for name, value in overlaid.items()}
    table = file.tables.get("ledger", {})
    merged = {**table, **said} if isinstance(table, dict) else table
    names: dict[KeyPath, str] = {("ledger", key): f"${PREFIX}{key.upper()}" for key in said}
    problems = list(problems_of(Ledger, merged, TomlFile(file.name, file.tables, file.lines, names), ("ledger",)))
    if problems:
        raise ConfigError("the settings cannot be used", problems)
    return msgspec.convert(merged, Ledger)


def _says_nothing(content: bytes) -> bool:
    """Return whether settings plainly name no place: they have no such section, or one of comments, as `init` has it.

    Most homes are so, and to read the settings as TOML costs a twentieth of what a reading command takes.
    """
    said = [*SAYS_SO.finditer(content)]
    if len(said) != 1:
        return not said
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return BARE.match(content, said[0].start()) is not None


def database_of(home: Path, clock: Clock | None = None) -> Database:
    """Return the database that keeps the ledger of *home*; nothing is opened yet."""
    said = ledger_settings(home)
    return Sqlite(home, clock) if said.url is None else server_of(home, said.url, said, clock)


def server_of(home: Path, url: str, said: Ledger, clock: Clock | None = None) -> Database:
    """Return the database at *url*, entered with the password that *said* names."""
    from lotwork.service.secret_files import reveal  # noqa: PLC0415 - only where there is a secret

    try:
        from lotwork.ledger.storage.postgres.database import Postgres  # noqa: PLC0415 - psycopg, only where it is used
    except ImportError as missing:
        raise ConfigError(f"{shown(url)}: {INSTALL}") from missing
    reference = f"file:{said.password_file}" if said.password_file else said.password
    return Postgres(url, reveal(reference, home) if reference else None, clock)


_checked: ContextVar[set[Path] | None] = ContextVar("checked", default=None)


@contextmanager
def heads_checked_once(checked: set[Path]) -> Iterator[None]:
    """Hold each home's heads against its log once within: when it is first opened, unless it is among the *checked*.

    It holds every book of the home: who asks a thousand of them one by one would hold each a thousand times.
    """
    before = _checked.set(checked)
    try:
        yield
    finally:
        _checked.reset(before)


def open_log(home: Path, *, check_heads: bool = True) -> EventLog:
    """Open the log of *home* for reading, wherever it is; one that lost events is refused with IntegrityError."""
    checked = _checked.get()
    is_checked = checked is not None and home in checked
    log = EventLog.open(home, check_heads=check_heads and not is_checked, database=database_of(home))
    if checked is not None and check_heads:
        checked.add(home)
    return log


def open_store(home: Path, *, clock: Clock, database: Database | None = None) -> EventStore:
    """Open the ledger of *home* for writing, wherever it is, creating what it needs; *database* where that is known."""
    from lotwork.ledger.store import EventStore  # noqa: PLC0415 - a reader does not write

    return EventStore.open(home, clock=clock, database=database or database_of(home, clock))
