"""Where the daemon of many homes tells how one of them does: a private file in that home, for its own commands.

The daemon of one home serves at the port of that home's settings; the daemon of many has a port of its own, and tells
strangers nothing of any home. So it leaves its address and a token in each home that it keeps.
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.files import write_private
from lotwork.service.secret_files import read_private

FILE = "daemon.told"


class Where(msgspec.Struct, frozen=True):
    """Where to ask, and with which token."""

    pid: int
    host: str
    port: int
    token: str


class TellingPlace:
    """The tokens that this process left in the homes it keeps."""

    def __init__(self, pid: int, host: str, port: int) -> None:
        self._at = pid, host, port
        self._tokens: dict[str, str] = {}
        """By the name of the home."""
        self._names: dict[Path, str] = {}

    def tell(self, home: Path, name: str) -> None:
        """Leave in *home*, which has this *name* here, where it is told of; a disk that refuses leaves it untold."""
        where = Where(*self._at, secrets.token_urlsafe(32))
        self._tokens[name], self._names[home] = where.token, name
        with suppress(OSError):
            (home / FILE).unlink(missing_ok=True)
            write_private(home / FILE, msgspec.json.encode(where) + b"\n")

    def forget(self, home: Path) -> None:
        """Take back what was left in *home*."""
        name = self._names.pop(home, None)
        if name is not None:
            self._tokens.pop(name, None)
            with suppress(OSError):
                (home / FILE).unlink(missing_ok=True)

    def home_of(self, token: str) -> str | None:
        """Return the name of the home that *token* was left in; None where it was in none."""
        told = token.encode("utf-8", "surrogatepass")
        return next((name for name, own in list(self._tokens.items()) if hmac.compare_digest(own.encode(), told)), None)


def where_told(home: Path, pid: str) -> Where | None:
    """Return where the daemon *pid* tells of *home*; None where it left nothing there."""
    if not (home / FILE).is_file():
        return None
    try:
        where = msgspec.json.decode(read_private(home / FILE), type=Where)
    except (ConfigError, msgspec.MsgspecError):
        return None
    return where if str(where.pid) == pid else None
