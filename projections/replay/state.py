"""The state of a book as one digest: two replays that agree in it agree in every figure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from lotwork.projections.replay.book import Book


def digest_of(book: Book) -> str:
    """Return the SHA-256 of what *book* comes to: open lots, gains, income and balances, in a fixed order."""
    state: list[Any] = [
        book.open_lots(),
        sorted([year, term, *total] for (year, term), total in book.gains.totals.items()),
        sorted([year, kind, value] for (year, kind), value in book.income.totals.items()),
        sorted(book.income.pending),
        sorted(set(book.gains.pending)),
        sorted([wallet, asset, held] for (wallet, asset), held in book.balances.held.items() if held),
    ]
    if book.income.held:
        state.append(sorted(book.income.held))
    return hashlib.sha256(msgspec.json.encode(state)).hexdigest()
