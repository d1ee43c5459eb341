"""Chance that is the same on every machine and every Python: a counter under SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")
CENTS = 100


class Chance:
    """A stream of draws that its *seed* fixes for ever."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn = 0

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*, both included."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self._seed}/{self._drawn}".encode()).digest()
        return low + int.from_bytes(digest[:16]) % (high - low + 1)

    def once_in(self, times: int) -> bool:
        """Return true once in so many *times*."""
        return self.whole(1, times) == 1

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of *choices*."""
        return choices[self.whole(0, len(choices) - 1)]

    def dollars(self, most: int) -> Decimal:
        """Return dollars and cents from 0 to *most*, each size of amount as likely as the next."""
        size = self.one_of((most, most, most // 3, most // 10, most // 100))
        return Decimal(self.whole(0, size * CENTS)) / CENTS
