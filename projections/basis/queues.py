"""The orders in which a pool gives up what it holds: by age, or by what a unit costs.

What is used up stays in its queue as a husk until it comes to the front: nothing is ever searched for.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Generic, Protocol, TypeVar


class Aged(Protocol):
    """Coins that know how many they are, and their place among all that was ever acquired."""

    sequence: int
    quantity: int


class HasBasis(Aged, Protocol):
    """The same, with the basis of one of them."""

    def priced(self) -> int:
        """Return the basis of one unit."""
        ...


Kept = TypeVar("Kept", bound=Aged)
Valued = TypeVar("Valued", bound=HasBasis)


_age = attrgetter("sequence")


class Queue(Generic[Kept]):
    """Coins by age: those that come in order wait in line, stragglers in a heap beside it."""

    __slots__ = ("_added", "_line", "_newest_first", "_stragglers")

    def __init__(self, *, newest_first: bool = False) -> None:
        self._line: deque[Kept] = deque()
        self._newest_first = newest_first
        self._stragglers: list[tuple[int, int, Kept]] = []
        self._added = 0

    def add(self, coins: Kept) -> None:
        """Put *coins* where their age belongs."""
        line = self._line
        if not line or coins.sequence >= line[-1].sequence:
            line.append(coins)
        else:
            place = -coins.sequence if self._newest_first else coins.sequence
            self._added += 1
            heapq.heappush(self._stragglers, (place, self._added, coins))

    def first(self) -> Kept | None:
        """Return the coins that go first, or None; those that are used up are forgotten."""
        line, stragglers, end = self._line, self._stragglers, -1 if self._newest_first else 0
        while line and not line[end].quantity:
            if self._newest_first:
                line.pop()
            else:
                line.popleft()
        while stragglers and not stragglers[0][2].quantity:
            heapq.heappop(stragglers)
        if not stragglers:
            return line[end] if line else None
        straggler = stragglers[0][2]
        if not line:
            return straggler
        older = straggler.sequence < line[end].sequence
        return straggler if older != self._newest_first else line[end]

    def extend(self, coins: Sequence[Kept]) -> None:
        """Put *coins*, which stand in order of age, where their age belongs."""
        line = self._line
        if not line or coins[0].sequence >= line[-1].sequence:
            line.extend(coins)
        else:
            for each in coins:
                self.add(each)

    def let_go(self, quantity: int) -> tuple[list[Kept], int]:
        """Let go of the coins that go first and are all wanted for *quantity*; return them, and what is left of it."""
        gone: list[Kept] = []
        line = self._line
        if self._stragglers:
            while (coins := self.first()) is not None and coins.quantity <= quantity:
                quantity -= coins.quantity
                gone.append(coins)
                self._forget(coins)
            return gone, quantity
        pop, put_back = (line.pop, line.append) if self._newest_first else (line.popleft, line.appendleft)
        while line:
            coins = pop()
            held = coins.quantity
            if held > quantity:
                put_back(coins)
                break
            if held:
                quantity -= held
                gone.append(coins)
        return gone, quantity

    def _forget(self, first: Kept) -> None:
        """Forget the coins that go *first*."""
        if self._stragglers and self._stragglers[0][2] is first:
            heapq.heappop(self._stragglers)
        elif self._newest_first:
            self._line.pop()
        else:
            self._line.popleft()

    def __len__(self) -> int:
        return len(self._line) + len(self._stragglers)

    def by_age(self) -> list[Kept]:
        """Return what is not used up, the oldest first."""
        return sorted(self, key=_age) if self._stragglers else [coins for coins in self._line if coins.quantity]

    def __iter__(self) -> Iterator[Kept]:
        """Yield the same, in no order."""
        yield from (coins for coins in self._line if coins.quantity)
        yield from (coins for _, _, coins in self._stragglers if coins.quantity)


class PriceHeap(Generic[Valued]):
    """Lots by unit basis, the highest or the lowest first; of equals the older."""

    __slots__ = ("_heap", "_sign")

    def __init__(self, *, highest_first: bool) -> None:
        self._heap: list[tuple[int, int, int, Valued]] = []
        self._sign = -1 if highest_first else 1

    def add(self, lot: Valued) -> None:
        """Put *lot* where its unit basis belongs."""
        heapq.heappush(self._heap, (self._sign * lot.priced(), lot.sequence, id(lot), lot))

    def extend(self, lots: Iterable[Valued]) -> None:
        """Put *lots* where their unit bases belong."""
        for lot in lots:
            self.add(lot)

    def first(self) -> Valued | None:
        """Return the open lot that goes first, or None."""
        heap = self._heap
        while heap and not heap[0][3].quantity:
            heapq.heappop(heap)
        return heap[0][3] if heap else None

    def let_go(self, quantity: int) -> tuple[list[Valued], int]:
        """Let go of the lots that go first and are all wanted for *quantity*; return them, and what is left of it."""
        heap, pop, gone = self._heap, heapq.heappop, list[Valued]()
        while heap and (held := heap[0][3].quantity) <= quantity:
            lot = pop(heap)[3]
            if held:
                quantity -= held
                gone.append(lot)
        return gone, quantity

    def __len__(self) -> int:
        return len(self._heap)

    def by_age(self) -> list[Valued]:
        """Return the open lots, the oldest first."""
        return sorted(self, key=_age)

    def __iter__(self) -> Iterator[Valued]:
        """Yield the open lots, in no order."""
        return (lot for _, _, _, lot in self._heap if lot.quantity)
