"""A pool of open lots, and the orders in which it gives them up.

A pool is touched once per lot and never searched: each order keeps its own queue, a lot that is used up stays in it
as a husk until it comes to the front, and a lot chosen by name is found by name. So ten sales cost ten times one sale,
whatever the pool holds.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ledger.events import Method
from ledger.units import divide

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

UNIT_BASIS_SCALE = 10**48
"""Finer than two unit bases of real coins can differ."""


class Lot:
    """Coins acquired together: what is left of them and of their basis. Born in a fold, and never leaves it."""

    __slots__ = (
        "acquired",
        "acquired_day",
        "basis",
        "bought_here",
        "id",
        "quantity",
        "sequence",
        "unit_basis",
        "wallet",
    )

    def __init__(  # noqa: PLR0913 - a lot is all of these
        self,
        *,
        id: str,  # noqa: A002 - the lot's own name
        acquired: datetime,
        acquired_day: int,
        sequence: int,
        quantity: int,
        basis: int,
        wallet: str,
        unit_basis: int | None = None,
        bought_here: bool = False,
    ) -> None:
        self.id = id
        self.acquired = acquired
        self.acquired_day = acquired_day
        self.sequence = sequence
        self.quantity = quantity
        self.basis = basis
        self.wallet = wallet
        self.unit_basis = unit_basis
        self.bought_here = bought_here

    def take(self, quantity: int) -> int:
        """Take *quantity* out and return its part of the basis, in micro-dollars; the rest keeps the rest exactly."""
        if quantity == self.quantity:
            part, self.quantity, self.basis = self.basis, 0, 0
            return part
        self.priced()
        part = divide(self.basis * quantity, self.quantity)
        self.quantity -= quantity
        self.basis -= part
        return part

    def part(self, quantity: int, wallet: str) -> Lot:
        """Return *quantity* of this lot, taken out of it, as a lot in *wallet*: same id, age and place in the order."""
        unit_basis = self.priced()
        return Lot(
            id=self.id,
            acquired=self.acquired,
            acquired_day=self.acquired_day,
            sequence=self.sequence,
            quantity=quantity,
            basis=self.take(quantity),
            wallet=wallet,
            unit_basis=unit_basis,
            bought_here=self.bought_here and wallet == self.wallet,
        )

    def priced(self) -> int:
        """Return the basis of one unit, on a scale that only orders; it is the same for every part of a lot."""
        if self.unit_basis is None:
            self.unit_basis = self.basis * UNIT_BASIS_SCALE // self.quantity
        return self.unit_basis


class Queue:
    """Lots in one order: those that come in order wait in line, stragglers in a heap beside it."""

    __slots__ = ("_line", "_stack", "_stragglers")

    def __init__(self, *, newest_first: bool) -> None:
        self._line: deque[Lot] = deque()
        self._stack = newest_first
        self._stragglers: list[tuple[tuple[int, int], int, Lot]] = []

    def add(self, lot: Lot) -> None:
        """Put *lot* where its acquisition time belongs."""
        line = self._line
        if not line or (lot.acquired, lot.sequence) >= (line[-1].acquired, line[-1].sequence):
            line.append(lot)
        else:
            moment = (lot.acquired - EPOCH) // MICROSECOND
            key = (-moment, -lot.sequence) if self._stack else (moment, lot.sequence)
            heapq.heappush(self._stragglers, (key, id(lot), lot))

    def first(self) -> Lot | None:
        """Return the open lot that goes first, or None."""
        line, stragglers, end = self._line, self._stragglers, -1 if self._stack else 0
        while line and not line[end].quantity:
            if self._stack:
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
        ahead = (straggler.acquired, straggler.sequence) < (line[end].acquired, line[end].sequence)
        return straggler if ahead != self._stack else line[end]


class PriceHeap:
    """Lots by unit basis, the highest or the lowest first; of equals the older."""

    __slots__ = ("_heap", "_sign")

    def __init__(self, *, highest_first: bool) -> None:
        self._heap: list[tuple[int, datetime, int, int, Lot]] = []
        self._sign = -1 if highest_first else 1

    def add(self, lot: Lot) -> None:
        """Put *lot* where its unit basis belongs."""
        heapq.heappush(self._heap, (self._sign * lot.priced(), lot.acquired, lot.sequence, id(lot), lot))

    def first(self) -> Lot | None:
        """Return the open lot that goes first, or None."""
        heap = self._heap
        while heap and not heap[0][4].quantity:
            heapq.heappop(heap)
        return heap[0][4] if heap else None


def _order(method: Method) -> Queue | PriceHeap:
    match method:
        case "fifo":
            return Queue(newest_first=False)
        case "lifo":
            return Queue(newest_first=True)
        case "hifo":
            return PriceHeap(highest_first=True)
        case "lofo":
            return PriceHeap(highest_first=False)


class Pool:
    """The open lots that a disposal may take from: one asset, in one wallet or over all of them."""

    __slots__ = ("_method", "_open", "_order")

    def __init__(self) -> None:
        self._open: dict[str, Lot] = {}
        self._method: Method = "fifo"
        self._order: Queue | PriceHeap = _order("fifo")

    def add(self, lot: Lot) -> None:
        """Put *lot* in; parts of one lot that meet again are one."""
        here = self._open.get(lot.id)
        if here is None:
            self._open[lot.id] = lot
            self._order.add(lot)
        else:
            here.quantity += lot.quantity
            here.basis += lot.basis

    def first(self, method: Method) -> Lot | None:
        """Return the lot that *method* gives up first, or None where the pool is empty."""
        if method != self._method:
            self._method, self._order = method, _order(method)
            for lot in self.lots():
                self._order.add(lot)
        return self._order.first()

    def named(self, lot_id: str) -> Lot | None:
        """Return the open lot of that id, or None."""
        return self._open.get(lot_id)

    def close(self, lot: Lot) -> None:
        """Forget *lot*, which is used up."""
        del self._open[lot.id]

    def lots(self) -> list[Lot]:
        """Return the open lots, the oldest first."""
        return sorted(self._open.values(), key=lambda lot: (lot.acquired, lot.sequence))

    def __iter__(self) -> Iterator[Lot]:
        return iter(self._open.values())

    def __len__(self) -> int:
        return len(self._open)
