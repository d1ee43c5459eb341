"""The settings of this home: a flag before the environment, the environment before config.toml, that before defaults.

`LOTWORK_DAEMON__PORT=9000` sets `port` of `[daemon]`; what is a list of tables (the sources) stands in the file only.
Every problem is told at once as file:line: key: reason: what to do. Secrets are references and are read where they
are used.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias, get_args

import msgspec

from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ingest.scrubbing import parts_of_address
from lotwork.ingest.sections import KeyPath, addresses, references
from lotwork.ledger.errors import OF_THE_MACHINE, ConfigError, Problem, StorageError
from lotwork.ledger.public_form.bounded import read_toml
from lotwork.ledger.storage.files import make_folder, sync_folder, write_private
from lotwork.service.reach import UNGUARDED
from lotwork.service.secret_files import reveal
from lotwork.service.settings import Settings
from lotwork.service.toml_file import TomlFile, dotted, is_text, parse, problems_of, settings_text
from lotwork.service.web_password import has_password

FILE = "config.toml"
PREFIX = "LOTWORK_"
EXAMPLES = "# (the example of every source)\n"
PRICE_EXAMPLES = "# (the example of every source of prices)\n"
"""The lines of default.toml that stand for the examples of what is declared."""
Flags: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force, where they were read, and who said each of them."""

    home: Path
    settings: Settings
    origins: Mapping[str, str]
    """For each key that is not at its default: the flag, the variable or file:line that set it."""

    def secret(self, reference: str | None, file: str | None = None) -> str | None:
        """Return the secret *reference* names, or the one in *file*; None where neither is given."""
        if file is not None:
            reference = f"file:{file}"
        return None if reference is None else reveal(reference, self.home)

    def secrets(self) -> tuple[str, ...]:
        """Return every secret these settings name, so that logs and files can be kept free of them.

        A key in the path of an address that stands in the settings is none that they name, and yet it is one.

        Raises ConfigError with each that cannot be had: the key that names it, and where it was looked for.
        """
        found: list[str] = []
        problems: list[Problem] = []
        for path, reference in references(self.settings):
            try:
                found.append(reveal(reference, self.home))
            except ConfigError as missing:
                reason, _, remedy = str(missing).rpartition(": ")
                problems.append(Problem(self._where(path), dotted(path), reason, remedy))
        ledger = self.settings.ledger.url  # an address with a password in it is refused, and its host is no secret
        asked = (address for address in addresses(self.settings) if address != ledger)
        found += (key for address in asked for key in parts_of_address(address))
        if problems:
            raise ConfigError("a secret that the settings name cannot be had", problems)
        own = os.environ.get("PGPASSWORD") if ledger else None  # libpq takes it by itself
        return (*found, own) if own else tuple(found)

    def _where(self, path: KeyPath) -> str:
        """Return what set the value at *path*, or the list it stands in."""
        return self.origins.get(dotted(path)) or self.origins.get(dotted(path[:-1]), str(self.home / FILE))


def load(
    home: Path,
    *,
    flags: Flags | None = None,
    environ: Mapping[str, str] = os.environ,
    is_guarded: Callable[[Path], bool] = has_password,
    guard: str = "lotwork web password",
) -> Config:
    """Return the settings of *home*; raise ConfigError with every problem where they cannot be used.

    Others may ask for its pages only where these are guarded by a password, which *is_guarded* says, and the command
    *guard* sets.
    """
    file = read(home / FILE)
    tables = dict(file.tables)
    overlaid: dict[KeyPath, str] = {}
    for name, text in sorted(environ.items()):
        if name.startswith(PREFIX) and "__" in name:
            _check_text(name, text)
            path = tuple(name.removeprefix(PREFIX).lower().split("__"))
            put(tables, path, typed(path, text), name)
            overlaid[path] = f"${name}"
    for key, value in (flags or {}).items():
        path = tuple(key.split("."))
        put(tables, path, value, f"--{path[-1]}")
        overlaid[path] = f"--{path[-1]}"
    whole = TomlFile(file.name, tables, file.lines, overlaid)
    problems = list(problems_of(Settings, tables, whole))
    if problems:
        raise ConfigError("the settings cannot be used", problems)
    settings = msgspec.convert(tables, Settings)
    if settings.daemon.reach.is_beyond and not is_guarded(home):
        key = "host" if not settings.daemon.allowed_hosts else "allowed_hosts"
        told = f"{settings.daemon.host} is not a loopback address" if key == "host" else "other machines may ask"
        why, _, remedy = UNGUARDED.replace("lotwork web password", guard).partition(": ")
        place = whole.where(("daemon", key))
        raise ConfigError("the settings cannot be used", [Problem(place, f"daemon.{key}", f"{told}, {why}", remedy)])
    return Config(home, settings, {dotted(path): whole.where(path) for path in leaves(tables)})


def _check_text(name: str, text: str) -> None:
    """Raise ConfigError where a variable is no text."""
    try:
        (name + text).encode()
    except UnicodeEncodeError as broken:
        problem = Problem(f"${ascii(name)[1:-1]}", "(value)", "it is not UTF-8", "set it as UTF-8 text")
        raise ConfigError("the settings cannot be used", [problem]) from broken


def read(path: Path) -> TomlFile:
    """Return the tables of *path*; a file that is not there says nothing."""
    try:
        text = settings_text(path)
    except FileNotFoundError:
        return TomlFile(str(path), {})
    except (OSError, UnicodeDecodeError) as broken:
        if isinstance(broken, OSError) and broken.errno in OF_THE_MACHINE:
            raise StorageError(f"{path}: cannot be read now ({broken}): mend the disk, and try again") from broken
        raise ConfigError(
            f"{path}: the settings cannot be read ({broken}): make it UTF-8 text you may read"
        ) from broken
    return parse(text, str(path))


def write_default(home: Path) -> Path:
    """Write the commented settings every home starts with, unless there are some; return the file."""
    path = home / FILE
    try:
        if path.exists():
            return path
        make_folder(home)
        write_private(path, first_settings().encode())
        sync_folder(home)
    except OSError as refused:
        if isinstance(refused, FileExistsError) and path.exists():  # another wrote them meanwhile
            return path
        raise StorageError(
            f"{path}: the settings cannot be written ({refused}): name a folder you may write with --home"
        ) from refused
    return path


def first_settings() -> str:
    """Return the commented settings every home starts with, the example of every declared source among them."""
    text = resources.files("lotwork.service").joinpath("default.toml").read_text(encoding="utf-8")
    text = text.replace(EXAMPLES, "\n".join(declared.commented() for declared in SOURCES))
    return text.replace(PRICE_EXAMPLES, "".join(declared.commented() for declared in PRICE_SOURCES))


def put(tables: dict[str, Any], path: tuple[str, ...], value: Any, origin: str) -> None:
    """Set *path* of *tables* to *value*, making the tables on the way and leaving the file's own untouched."""
    for name in path[:-1]:
        inner = tables.get(name, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"{origin}: {name} is no table: set it in {FILE}")
        tables[name] = dict(inner)
        tables = tables[name]
    tables[path[-1]] = value


def typed(path: tuple[str, ...], text: str) -> Any:
    """Return what a variable's *text* means: itself where a text is due, else as TOML reads it."""
    kind: Any = Settings
    for name in path:
        options = [
            one for one in get_args(kind) or (kind,) if isinstance(one, type) and issubclass(one, msgspec.Struct)
        ]
        fields = {field.name: field.type for field in msgspec.structs.fields(options[0])} if options else {}
        kind = fields.get(name, str)
    if is_text(kind):
        return text
    try:
        return read_toml(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def leaves(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield the path of every value below *value* that is no table."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path
