"""The secrets of a source that is added: where they lie, and how one that is typed gets into a file of the home.

None is shown, none stands among the words of the command, and none in config.toml: there is only what names it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from lotwork.commands.telling import tell
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ingest.private_keys import lets_spend
from lotwork.ingest.scrubbing import parts_of_address
from lotwork.ingest.sections import IN_FILE, REFERENCE, secret_form
from lotwork.ledger.errors import ConfigError, StorageError, UsageError
from lotwork.ledger.storage.files import sync_folder, write_private
from lotwork.service.secret_files import MOST_BYTES
from lotwork.service.source_table import Values, example_of

STDIN = "-"
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


def given(
    home: Path,
    slots: tuple[Slot, ...],
    files: Iterable[str],
    variables: Iterable[str],
    credentials: Iterable[str],
    keyrings: Iterable[str],
    name: str,
) -> tuple[Values, tuple[Pending, ...]]:
    """Return what the options for secrets make settings say, and what is to be written for it.

    A file is looked for below the home, as settings name it, and then where the command runs.
    """
    values: Values = {}
    pending: list[Pending] = []
    for slot, place in (_named(slots, words) for words in files):
        if place == STDIN:
            pending.append(Pending(f"{name}{slot.suffix}", checked(sys.stdin.readline(), slot)))
            values |= slot.in_file(pending[-1].file)
        else:
            here = not (home / place).exists() and Path(place).exists()
            values |= slot.in_file(str(Path(place).resolve()) if here else place)
    for kind, told in (("env", variables), ("credential", credentials), ("keyring", keyrings)):
        for slot, place in (_named(slots, words) for words in told):
            values |= slot.referring(f"{kind}:{place}")
    return values, tuple(pending)


def _named(slots: tuple[Slot, ...], words: str) -> tuple[Slot, str]:
    """Return which secret *words* (`FILE`, or `KEY=FILE`) are about, and the place they name."""
    key, is_named, place = words.partition("=")
    named = [slot for slot in slots if slot.name == key] if is_named else []
    if named:
        return named[0], place
    shown = [slot for slot in slots if slot.is_shown] or [*slots]
    if len(shown) != 1:
        keys = ", ".join(f"{slot.name}=…" for slot in slots) or "none: it has no secret"
        raise UsageError(f"say which secret that is: {keys}")
    return shown[0], words


def asked(slot: Slot, name: str, comment: str, *, is_needed: bool) -> tuple[Values, Pending | None]:
    """Ask for a secret at the terminal, which shows nothing of it."""
    hint = f" ({comment})" if comment else ""
    rest = "" if is_needed else "; nothing, to leave it out"
    tell(f"{slot.name}{hint}: it goes into {name}{slot.suffix} of the home, which only you may read{rest}.", err=True)
    words = click.prompt(slot.name, hide_input=True, err=True, default=None if is_needed else "", show_default=False)
    if not words:
        return {}, None
    pending = Pending(f"{name}{slot.suffix}", checked(words, slot))
    return slot.in_file(pending.file), pending


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
    """Write each secret into its file, for its owner only, and yield the file; one that is there is not touched."""
    for one in pending:
        path = home / one.file
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
    """Raise ConfigError where a file that is to be written is there already."""
    for one in pending:
        if (home / one.file).exists():
            raise ConfigError(
                f"{home / one.file} is there already: name it with --secret-file {one.file}, or move it away"
            )
