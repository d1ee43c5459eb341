"""What was encoded for one stop and stands in the next as it was: it is not encoded again.

A book that is folded from far keeps stops on the way. Most of what a stop holds, the one before it held too: findings
are only added to, and most lots and coins lie untouched until their turn comes. So a pile is encoded in parts, and a
part that holds the same lots, of which nothing was taken since, is the same JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from lotwork.projections.basis.holdings import Coins
from lotwork.projections.basis.pools import Lot
from lotwork.projections.findings import Finding
from lotwork.projections.findings_kept import shortened

T = TypeVar("T")

IN_A_FRAME = 2_000
"""As many lots, coins or findings stand in a frame."""
Values: TypeAlias = tuple[list[int], ...]


def values_of_lots(lots: Sequence[Lot]) -> Values:
    """Return what a taking changes of *lots*: nothing else of a lot changes without it, or bears on a figure."""
    return [lot.quantity for lot in lots], [lot.basis for lot in lots]


def values_of_coins(coins: Sequence[Coins]) -> Values:
    """Return what a taking changes of *coins*."""
    return ([each.quantity for each in coins],)


class Part(NamedTuple):
    """A part of a pile as it was encoded."""

    held: list[Any]
    values: Values
    json: bytes


class Pile(Generic[T]):
    """Lots or coins of one place, in parts as they were encoded last."""

    def __init__(self, values: Callable[[Sequence[T]], Values]) -> None:
        self._values = values
        self._parts: dict[int, Part] = {}
        """By the identity of the first that each holds, which lives as long as it does."""

    def encoded(self, held: list[T], *, again: bool) -> Iterator[bytes]:
        """Yield the JSON of *held* part by part; where it will be asked for *again*, they are remembered."""
        known, self._parts = self._parts, {}
        first = 0
        while first < len(held):
            part = known.get(id(held[first]))
            if part is None or not self._is_still(part, held[first : first + len(part.held)]):
                some = held[first : self._end(held, first, known)]
                part = Part(some, self._values(some) if again else (), msgspec.json.encode(some))
            if again:
                self._parts[id(held[first])] = part
            first += len(part.held)
            yield part.json

    def _is_still(self, part: Part, held: list[T]) -> bool:
        return part.held == held and part.values == self._values(held)

    def _end(self, held: list[T], first: int, known: dict[int, Part]) -> int:
        """Return where the part ends that begins at *first*: before one that is known, or when it is full."""
        end = min(first + IN_A_FRAME, len(held))
        return next((place for place in range(first + 1, end) if id(held[place]) in known), end)


class Encoded:
    """What was encoded of one book while it is folded."""

    def __init__(self) -> None:
        self.again = True
        """Whether the book will be encoded once more: else nothing is remembered."""
        self._lots: dict[tuple[str, str], Pile[Lot]] = {}
        self._coins: dict[tuple[str, str], Pile[Coins]] = {}
        self._findings: list[tuple[list[Finding], bytes]] = []

    def lots(self, wallet: str, asset: str, held: list[Lot]) -> Iterator[bytes]:
        """Yield the JSON of the lots *held* at a place, frame by frame."""
        return self._lots.setdefault((wallet, asset), Pile(values_of_lots)).encoded(held, again=self.again)

    def coins(self, wallet: str, asset: str, held: list[Coins]) -> Iterator[bytes]:
        """Yield the JSON of the coins *held* in a wallet, frame by frame."""
        return self._coins.setdefault((wallet, asset), Pile(values_of_coins)).encoded(held, again=self.again)

    def findings(self, told: list[Finding]) -> Iterator[bytes]:
        """Yield the JSON of the findings *told*, frame by frame; only the last frame is not full."""
        for number, first in enumerate(range(0, len(told), IN_A_FRAME)):
            some = told[first : first + IN_A_FRAME]
            if number < len(self._findings) and self._findings[number][0] == some:
                yield self._findings[number][1]
                continue
            content = msgspec.json.encode(shortened(some))
            if self.again:
                self._findings[number:] = [(some, content)]
            yield content
