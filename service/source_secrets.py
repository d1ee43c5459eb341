"""The secrets of a source that is added: where they lie, and how one that is told gets into a file of the home.

None is shown, and none stands in config.toml: there is only what names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ingest.private_keys import lets_spend
from lotwork.ingest.scrubbing import parts_of_address
from lotwork.ingest.sections import IN_FILE, REFERENCE, secret_form
from lotwork.ledger.errors import ConfigError, StorageError, UsageError
from lotwork.ledger.storage.files import sync_folder, write_private
from lotwork.service.secret_files import MOST_BYTES, read_private
from lotwork.service.source_table import Values, example_of

SUFFIX = "_file"
_REFERENCE = re.compile(r"(file|env|credential|keyring):.+")


class Slot(NamedTuple):
    """A secret of a source: `key`, given by `key` as a reference, by `key_file`, or either way."""

    name: str
    file_key: str | None
    """The key that names a file; None where a reference does."""
    takes_reference: bool
    suffix: str
    """What a file for it ends with."""
    is_shown: bool
    """Whether the declaration's example has it."""

    def in_file(self, file: str) -> Values:
        """Return what settings say of a secret in *file*."""
        return {self.file_key: file} if self.file_key else {self.name: f"file:{file}"}

    def referring(self, reference: str) -> Values:
        """Return what settings say of a secret that is no file's."""
        if not self.takes_reference:
            raise UsageError(f"{self.name}: it is read from a file only: give --secret-file {self.name}=FILE")
        return {self.name: reference}

    def is_given(self, values: Values) -> bool:
        """Return whether *values* say where it is."""
        return self.name in values or (self.file_key is not None and self.file_key in values)


class Pending(NamedTuple):
    """A secret that was typed, and the file of the home that it goes into."""

    file: str
    secret: str


def slots_of(declared: DeclaredSource[Any]) -> tuple[Slot, ...]:
    """Return the secrets that the settings of *declared* may name."""
    fields = {field.name: field.type for field in msgspec.structs.fields(declared.settings)}
    example = example_of(declared)
    found: dict[str, Slot] = {}
    for name, kind in fields.items():
        form = secret_form(kind)
        if form is None:
            continue
        base = name.removesuffix(SUFFIX) if form == IN_FILE else name
        file_key = f"{base}{SUFFIX}" if f"{base}{SUFFIX}" in fields else None
        shown = str(example.get(file_key or base, ""))
        takes = base in fields and secret_form(fields[base]) == REFERENCE
        found[base] = Slot(base, file_key, takes, Path(shown).suffix or f".{base}", bool(shown))
    return tuple(found.values())


def slots_of_prices(declared: DeclaredPrices) -> tuple[Slot, ...]:
    """Return the secret that a source of prices may have."""
    key = declared.secret_key
    if key is None:
        return ()
    return (Slot(key, f"{key}{SUFFIX}", takes_reference=True, suffix=".key", is_shown=True),)


def refuse_told(slots: Iterable[Slot], values: Values) -> None:
    """Raise UsageError, without a word of it, where a secret itself was given among the words of the command."""
    for slot in slots:
        value = values.get(slot.name)
        told = isinstance(value, str) and (
            _REFERENCE.fullmatch(value) is None if slot.takes_reference else any(parts_of_address(value))
        )
        if told:
            raise UsageError(
                f"{slot.name}: a secret stands among the words of the command, where others can read it: change it, "
                f"and give it with --secret-file {slot.name}=FILE, or {slot.name}=- for standard input"
            )


def checked(words: str, slot: Slot) -> str:
    """Return a secret that was typed or read; what is none is refused, without a word of it."""
    secret = words.strip("\r\n").strip()
    if not secret or len(secret.encode("utf-8", "surrogateescape")) > MOST_BYTES or not secret.isprintable():
        raise ConfigError(f"{slot.name}: it is empty, or no line of text: nothing was written")
    if lets_spend(secret):
        raise ConfigError(
            f"{slot.name}: this looks like a private key or a seed, and is not repeated: nothing was written; no "
            "source needs one: make a key there that may only read"
        )
    return secret


def write_all(home: Path, pending: Iterable[Pending]) -> Iterator[Path]:
    """Write each secret into its file, for its owner only, and yield the file; one that is there is not touched.

    One that says the very same stays as it is and is not yielded: an addition that was cut short is begun again.
    """
    for one in pending:
        path = home / one.file
        if _says(path, one.secret):
            continue
        try:
            write_private(path, f"{one.secret}\n".encode())
        except FileExistsError:
            raise ConfigError(
                f"{path} is there already: name it with --secret-file {one.file}, or move it away; nothing was saved"
            ) from None
        except OSError as refused:
            raise StorageError(f"{path}: the secret cannot be written ({refused}): nothing was saved") from refused
        yield path
        sync_folder(home)


def refuse_what_is_there(home: Path, pending: Iterable[Pending]) -> None:
    """Raise ConfigError where a file that is to be written is there already, and says something else."""
    for one in pending:
        if (home / one.file).exists() and not _says(home / one.file, one.secret):
            raise ConfigError(
                f"{home / one.file} is there already: name it with --secret-file {one.file}, or move it away"
            )


def _says(path: Path, secret: str) -> bool:
    """Return whether *path* is a private file that holds *secret* alone."""
    try:
        return read_private(path) == secret
    except ConfigError:
        return False
