"""The hash chain: each event binds the one before it, and every field by its type as well as its bytes.

    hash = SHA-256("lotwork-v1" || previous hash || position || field || field ...)
    field = type tag || length in 8 bytes || bytes

The type is bound because a damaged page can turn a text into a blob with the same bytes, and length before content
because two neighbours must not be able to trade a letter. A chain cannot see its own tail cut off: that is what
`ledger.storage.heads` is for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

DOMAIN = b"lotwork-v1"
FORMAT_VERSION = 1
NOTHING = bytes(32)

Field = str | int | bytes | None

_NULL = b"n" + bytes(8)
SHORT = 1024
TEXT_PREFIX = [b"t" + length.to_bytes(8, "big") for length in range(SHORT)]
INT_PREFIX = [b"i" + length.to_bytes(8, "big") for length in range(64)]
"""What stands before a text, or the digits of a number, by its length; of a longer text `prefix_of_text` says it."""


def bound(value: Field) -> bytes:
    """Return *value* as type tag, length and bytes; a type the log never stores is refused with TypeError."""
    if isinstance(value, str):
        content = value.encode()
        return prefix_of_text(len(content)) + content
    if value is None:
        return _NULL
    if isinstance(value, int):
        content = b"%d" % value
        return INT_PREFIX[len(content)] + content
    if isinstance(value, bytes):
        return b"b" + len(value).to_bytes(8, "big") + value
    raise TypeError(f"the log never stores a {type(value).__name__}")


def prefix_of_text(size: int) -> bytes:
    """Return what stands before a text of so many bytes."""
    return TEXT_PREFIX[size] if size < SHORT else b"t" + size.to_bytes(8, "big")


def digest(previous: bytes, position: int, fields: Sequence[Field]) -> bytes:
    """Return the hash of the event at *position* whose stored *fields* follow the hash *previous*."""
    return hashlib.sha256(b"".join([DOMAIN, previous, bound(position), *map(bound, fields)])).digest()


def genesis(book: str, ledger: str, format_version: int, created_us: int) -> bytes:
    """Return what the first event of *book* follows: whose ledger it is, in which format, since when."""
    return digest(NOTHING, 0, (book, ledger, format_version, created_us))
