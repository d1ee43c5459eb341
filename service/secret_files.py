"""Secrets by reference: the settings name where a password is kept, and only the one who uses it reads it.

`file:PATH` (relative to the home of the ledger) must be readable by its owner alone; `env:NAME` is a variable of the
environment; `credential:NAME` is a file systemd put into this service's credentials directory.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.files import as_file

OTHERS = stat.S_IRWXG | stat.S_IRWXO
MOST_BYTES = 64 * 1024
HOW = "write file:PATH (mode 0600), env:NAME or credential:NAME"


def reveal(reference: str, home: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Return the secret *reference* names, without the line's end; raise ConfigError where it cannot be had."""
    kind, _, place = reference.partition(":")
    if kind == "file" and place:
        return read_private(home / place if not place.startswith("~") else Path(place))
    if kind == "env" and place:
        return from_environment(place, environ)
    if kind == "credential" and place:
        return from_credentials(place, environ)
    raise ConfigError(f"a secret stands in the settings themselves: take it out, change it, and {HOW}")


def read_private(path: Path) -> str:
    """Return the secret in *path*; a file that others may read is refused."""
    try:
        path = path.expanduser()
        mode = path.stat().st_mode
        if mode & OTHERS:
            raise ConfigError(f"others may read the secret in {path} (mode {mode & 0o777:04o}): run chmod 600 {path}")
        return content(path)
    except RuntimeError as nobody:
        raise ConfigError(f"{path}: {nobody}: name the file in full") from nobody
    except OSError as broken:
        raise ConfigError(
            f"the secret in {path} cannot be read ({broken.strerror}): create it with mode 0600"
        ) from broken


def from_environment(name: str, environ: Mapping[str, str]) -> str:
    """Return the secret in the variable *name*."""
    value = environ.get(name, "")
    if not value:
        raise ConfigError(f"the variable {name} is not set: set it where the daemon is started, or {HOW}")
    return value


def from_credentials(name: str, environ: Mapping[str, str]) -> str:
    """Return the credential *name* that systemd gave this service."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    load = f"add LoadCredential={name}:PATH to the unit, or {HOW}"
    if Path(name).name != name:
        raise ConfigError(f"{name} is a path and no name of a credential: {load}")
    if not folder:
        raise ConfigError(f"there is no credential {name}, since systemd gave none ($CREDENTIALS_DIRECTORY): {load}")
    try:
        return content(Path(folder, name))
    except OSError as broken:
        raise ConfigError(f"the credential {name} in {folder} cannot be read ({broken.strerror}): {load}") from broken


def content(path: Path) -> str:
    """Return the one line of *path*; an empty, long or unreadable one is refused."""
    with open(path, "rb", opener=as_file) as file:
        data = file.read(MOST_BYTES + 1)
    try:
        text = data.decode().rstrip("\r\n")
    except UnicodeDecodeError as broken:
        raise ConfigError(f"{path}: the secret is not UTF-8 text: write one line") from broken
    if not text.strip():
        raise ConfigError(f"{path}: is empty: write the secret into it, one line")
    if len(data) > MOST_BYTES or "\n" in text or "\x00" in text:
        raise ConfigError(f"{path}: a secret is one line of text: write it without anything else")
    return text
