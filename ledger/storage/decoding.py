"""Rows of the log made events, a block at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lotwork.ledger.blocks import Entry
from lotwork.ledger.codec import Stored, decode, decode_all
from lotwork.ledger.errors import IntegrityError


def decoded(book: str, blocks: Iterable[Sequence[Stored]]) -> Iterator[list[Entry]]:
    """Yield the events of *blocks*; IntegrityError at one that cannot be read, after those before it."""
    for rows in blocks:
        entries = decode_all(rows)
        if entries is None:
            yield from _one_by_one(book, rows)
        else:
            yield entries


def _one_by_one(book: str, rows: Sequence[Stored]) -> Iterator[list[Entry]]:
    position = 0
    try:
        for position, kind, schema_version, payload in rows:
            yield [(position, decode(kind, schema_version, payload))]
    except IntegrityError as broken:
        raise type(broken)(f"book {book}, position {position}: {broken}") from broken
