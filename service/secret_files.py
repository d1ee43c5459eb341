"""Secrets by reference: the settings name where a password is kept, and only the one who uses it reads it.

`file:PATH` (relative to the home of the ledger) must be readable by its owner alone; `env:NAME` is a variable of the
environment; `credential:NAME` is a file systemd put into this service's credentials directory; `keyring:NAME` is a
secret in the keyring of the desktop, of the service `lotwork`.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.files import as_file

OTHERS = stat.S_IRWXG | stat.S_IRWXO
MOST_BYTES = 64 * 1024
HOW = "write file:PATH (mode 0600), env:NAME, credential:NAME or keyring:NAME"
KEYRING_SECONDS = 30.0
"""A keyring that is locked asks whoever sits there to open it, and a daemon has nobody."""
SERVICE = "lotwork"


def reveal(reference: str, home: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Return the secret *reference* names, without the line's end; raise ConfigError where it cannot be had."""
    kind, _, place = reference.partition(":")
    if kind == "file" and place:
        return read_private(home / place if not place.startswith("~") else Path(place))
    if kind == "env" and place:
        return from_environment(place, environ)
    if kind == "credential" and place:
        return from_credentials(place, environ)
    if kind == "keyring" and place:
        return from_keyring(place, environ)
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


def from_keyring(name: str, environ: Mapping[str, str]) -> str:
    """Return the secret that the keyring has under *name* of the service `lotwork`.

    It is asked in a process of its own, so that a keyring that waits to be opened ends there.
    """
    put = f"put it in with `keyring set {SERVICE} {name}`, or {HOW}"
    if name.startswith("-"):
        raise ConfigError(f"{name} is no name of a secret in the keyring: {put}")
    if find_spec("keyring") is None:
        raise ConfigError(f"the keyring cannot be asked for {name}: pip install 'lotwork[keyring]', or {HOW}")
    asked = [sys.executable, "-P", "-m", "keyring", "get", SERVICE, name]
    try:
        told = subprocess.run(  # noqa: S603 - the Python that runs, and a name from the settings as one word
            asked,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=KEYRING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(
            f"the keyring did not give {name} within {KEYRING_SECONDS:.0f} s: open it, or, where nobody sits, {HOW}"
        ) from None
    if told.returncode:
        raise ConfigError(f"the keyring has no {name} of the service {SERVICE}, or cannot be opened here: {put}")
    return one_line(told.stdout, f"{name} in the keyring")


def content(path: Path) -> str:
    """Return the one line of *path*; an empty, long or unreadable one is refused."""
    with open(path, "rb", opener=as_file) as file:
        data = file.read(MOST_BYTES + 1)
    return one_line(data, str(path))


def one_line(data: bytes, where: str) -> str:
    """Return the one line that *data* is; an empty, long or unreadable one is refused, as the secret at *where*."""
    try:
        text = data.decode().rstrip("\r\n")
    except UnicodeDecodeError as broken:
        raise ConfigError(f"{where}: the secret is not UTF-8 text: write one line") from broken
    if not text.strip():
        raise ConfigError(f"{where}: is empty: write the secret into it, one line")
    if len(data) > MOST_BYTES or "\n" in text or "\x00" in text:
        raise ConfigError(f"{where}: a secret is one line of text: write it without anything else")
    return text
