"""The token of `/api/v1`: one line in a file of the home that only its owner may read, and that no setting holds."""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from lotwork.ledger.errors import StorageError
from lotwork.ledger.storage.files import make_folder, sync_folder, write_private
from lotwork.service.secret_files import read_private

FILE = "api.token"
BYTES = 32


def make_token(home: Path) -> str:
    """Return a new token, kept in *home*; the one before holds no more. StorageError where the disk refuses."""
    token = secrets.token_urlsafe(BYTES)
    made = home / f".{FILE}.new"
    try:
        make_folder(home)
        with suppress(FileNotFoundError):
            made.unlink()
        write_private(made, f"{token}\n".encode())
        made.replace(home / FILE)
        sync_folder(home)
    except OSError as refused:
        raise StorageError(
            f"{home}: the token could not be kept ({refused}): check the folder and try again"
        ) from refused
    return token


def remove_token(home: Path) -> bool:
    """Take the token away and say if there was one: `/api/v1` answers nobody then."""
    try:
        (home / FILE).unlink()
    except FileNotFoundError:
        return False
    except OSError as refused:
        raise StorageError(f"{home / FILE}: cannot be removed ({refused}): check the folder") from refused
    return True


def has_token(home: Path) -> bool:
    """Say if there is a token."""
    return (home / FILE).is_file()


def is_token(home: Path, told: str) -> bool:
    """Say if *told* is the token of *home*, in a time that tells nothing of it.

    Raises ConfigError where its file cannot be used, as where others may read it.
    """
    return hmac.compare_digest(read_private(home / FILE).encode(), told.encode("utf-8", "surrogatepass"))
