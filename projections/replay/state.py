"""The state of a book as one digest: two replays that agree in it agree in every figure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from lotwork.ledger.blocks import in_blocks
from lotwork.ledger.gc_pause import gc_paused

if TYPE_CHECKING:
    from lotwork.projections.replay.book import Book


def digest_of(book: Book) -> str:
    """Return the SHA-256 of what *book* comes to: open lots, gains, income and balances, in a fixed order."""
    digest = hashlib.sha256(b"[")
    with gc_paused():
        for piece in in_pieces(book.each_open_lot()):
            digest.update(piece)
    state: list[Any] = [
        sorted([year, term, *total] for (year, term), total in book.gains.totals.items()),
        sorted([year, kind, value] for (year, kind), value in book.income.totals.items()),
        sorted(book.income.pending),
        sorted(set(book.gains.pending)),
        sorted([wallet, asset, held] for (wallet, asset), held in book.balances.held.items() if held),
    ]
    if book.income.held:
        state.append(sorted(book.income.held))
    digest.update(b"," + msgspec.json.encode(state)[1:])
    return digest.hexdigest()


def in_pieces(items: Iterable[Any]) -> Iterator[bytes]:
    """Yield the JSON of the list of *items* piece by piece, so that nobody holds all of them, or of it."""
    before = b"["
    for some in in_blocks(items):
        yield before + msgspec.json.encode(some)[1:-1]
        before = b","
    yield b"]" if before == b"," else b"[]"
