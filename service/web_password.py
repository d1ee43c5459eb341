"""The password of the pages: kept as its scrypt digest, in a file of the home that its owner alone may read.

Who knows it may record from a page; where the pages can be reached from elsewhere, nobody else reads them either.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from pathlib import Path

from lotwork.ledger.errors import ConfigError, InputRefusedError, StorageError
from lotwork.ledger.storage.files import make_folder, sync_folder, write_private
from lotwork.service.secret_files import read_private

FILE = "web.password"
LEAST_LETTERS, MOST_LETTERS = 12, 1024
COST, BLOCK, PARALLEL = 1 << 15, 8, 1
"""What one try costs: 32 MiB and about a tenth of a second (RFC 7914)."""
MOST_MEMORY = 64 << 20
SALT_BYTES, DIGEST_BYTES = 16, 32
SCHEME = "scrypt"
AGAIN = "set it anew: lotwork web password"

_one_at_a_time = threading.Lock()


def has_password(home: Path) -> bool:
    """Say if the pages of *home* have a password."""
    return (home / FILE).is_file()


def kept_password(home: Path) -> str | None:
    """Return what is kept of the password, which changes with it; None where there is none, or none to be read.

    A file that others may read counts for none.
    """
    if not has_password(home):
        return None
    try:
        return read_private(home / FILE)
    except ConfigError:
        return None


def set_password(home: Path, password: str) -> Path:
    """Keep the digest of *password*; InputRefusedError where it is too short or too long to be one."""
    told = kept_form(password)
    path = home / FILE
    try:
        make_folder(home)
        path.unlink(missing_ok=True)
        write_private(path, f"{told}\n".encode())
        sync_folder(home)
    except OSError as refused:
        raise StorageError(
            f"{path}: the password cannot be kept ({refused}): check the folder and the disk"
        ) from refused
    return path


def kept_form(password: str) -> str:
    """Return what is kept of *password*; InputRefusedError where it is no text, or too short or too long to be one."""
    letters = len(password)
    if not LEAST_LETTERS <= letters <= MOST_LETTERS:
        raise InputRefusedError(
            f"a password of {letters} letters: take {LEAST_LETTERS} to {MOST_LETTERS}, such as four words by chance"
        )
    try:
        password.encode()
    except UnicodeEncodeError as broken:
        raise InputRefusedError("the password is no UTF-8 text: no browser could send it") from broken
    salt = os.urandom(SALT_BYTES)
    costs, digest = map(str, (COST, BLOCK, PARALLEL)), _digest(password, salt)
    return "$".join((SCHEME, *costs, b64encode(salt).decode(), b64encode(digest).decode()))


def is_kept_form(text: str) -> bool:
    """Say if *text* is what is kept of a password."""
    try:
        _parts(text)
    except ConfigError:
        return False
    return True


def remove_password(home: Path) -> bool:
    """Take the password away; return whether there was one."""
    was = has_password(home)
    (home / FILE).unlink(missing_ok=True)
    return was


def is_password(kept: str, said: str) -> bool:
    """Say if *said* is the password whose digest is *kept*. One is tried at a time, for each costs 32 MiB."""
    salt, digest = _parts(kept)
    with _one_at_a_time:
        return hmac.compare_digest(_digest(said[:MOST_LETTERS], salt), digest)


def _parts(kept: str) -> tuple[bytes, bytes]:
    """Return the salt and the digest of what is *kept* of a password."""
    scheme, *rest = kept.split("$")
    if scheme != SCHEME or rest[:3] != [str(COST), str(BLOCK), str(PARALLEL)] or len(rest) != 5:  # noqa: PLR2004 - three costs, a salt and a digest
        raise ConfigError(f"{FILE} holds no password that is known here: {AGAIN}")
    try:
        salt, digest = (b64decode(each, validate=True) for each in rest[3:])
    except NotBase64 as broken:
        raise ConfigError(f"{FILE} cannot be read: {AGAIN}") from broken
    return salt, digest


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL, maxmem=MOST_MEMORY, dklen=DIGEST_BYTES
    )
