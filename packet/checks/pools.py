"""Lots: what was acquired, what is left of it and of its basis, and the order in which a pool gives them up."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date, timedelta

from lotwork.packet.checks.amounts import round_half_even

FINE = 10**48
"""The basis of one unit is told this finely, so that no two real ones are taken for one."""
PLACES_OF_A_LOT = 4096
DAY_BITS = 42


def place_of(day: date, count: int) -> int:
    """Return the place in the order of acquisition: the day, then the order in which it was told."""
    return (day.toordinal() << DAY_BITS) + count


class Parcel:
    """A lot, or a part of one. A gift or a replacement after a wash sale brings more with it than a basis."""

    __slots__ = ("acquired", "basis", "basis_known", "bought_here", "how", "id", "loss_basis", "loss_day", "order",
                 "origin", "quantity", "term_day", "unit", "wallet")  # fmt: skip

    def __init__(self, name: str, order: int, acquired: date, quantity: int, basis: int, wallet: str) -> None:
        self.id, self.order, self.acquired, self.quantity = name, order, acquired, quantity
        self.basis, self.wallet = basis, wallet
        self.unit = basis * FINE // quantity
        self.bought_here = False
        self.how: str | None = None
        self.loss_basis: int | None = None
        self.loss_day: date | None = None
        self.term_day: date | None = None
        self.basis_known = True
        self.origin: str | None = None

    def cut(self, quantity: int, wallet: str) -> Parcel:
        """Take *quantity* out, as a parcel in *wallet*; what is left keeps its share of the whole lot's basis."""
        part = Parcel.__new__(Parcel)
        for name in Parcel.__slots__:
            setattr(part, name, getattr(self, name))
        part.quantity, part.wallet = quantity, wallet
        part.bought_here = self.bought_here and wallet == self.wallet
        left = self.quantity - quantity
        kept = min(round_half_even(self.unit * left, FINE), self.basis) if left else 0
        part.basis, self.basis = self.basis - kept, kept
        if self.loss_basis is not None:
            kept = round_half_even(self.loss_basis * left, self.quantity)
            part.loss_basis, self.loss_basis = self.loss_basis - kept, kept
        self.quantity = left
        return part

    def is_long(self, sold: date, *, at_loss: bool = False) -> bool:
        """Say whether it was held for more than a year on the day it was sold (26 U.S.C. 1222, 1223)."""
        if self.how == "inheritance":
            return True
        since = self.term_day or self.acquired
        if at_loss and self.loss_day is not None:
            since = self.loss_day
        return sold >= long_from(since)


def long_from(acquired: date) -> date:
    """Return the first day on which a sale is long-term; of the last day of a month that of the thirteenth month."""
    following = acquired + timedelta(days=1)
    if following.month != acquired.month:
        return following.replace(year=following.year + 1)
    return acquired.replace(year=acquired.year + 1) + timedelta(days=1)


class Pile:
    """The open lots a disposal may take from: of one coin, in one wallet or over all of them."""

    def __init__(self) -> None:
        self.open: dict[str, Parcel] = {}
        self._method = "fifo"
        self._heap: list[tuple[int, int, int, Parcel]] = []
        self._added = 0
        self._splits: dict[str, list[str]] = {}

    def put(self, lot: Parcel) -> None:
        """Put *lot* in; parts of one lot that meet again are one."""
        here = self.open.get(lot.id)
        if here is None:
            self.open[lot.id] = lot
            if lot.origin is not None:
                self._splits.setdefault(lot.origin, []).append(lot.id)
            heapq.heappush(self._heap, self._ranked(lot))
            return
        here.quantity += lot.quantity
        here.basis += lot.basis
        if here.loss_basis is not None:
            here.loss_basis += lot.loss_basis or 0

    def _ranked(self, lot: Parcel) -> tuple[int, int, int, Parcel]:
        self._added += 1
        return (*self._rank(lot), self._added, lot)

    def _rank(self, lot: Parcel) -> tuple[int, int]:
        if self._method == "hifo":
            return -lot.unit, lot.order
        if self._method == "lofo":
            return lot.unit, lot.order
        return (-lot.order if self._method == "lifo" else lot.order), 0

    def _first(self, method: str) -> Parcel | None:
        if method != self._method:
            self._method = method
            self._heap = [self._ranked(lot) for lot in self.open.values()]
            heapq.heapify(self._heap)
        while self._heap and self.open.get(self._heap[0][3].id) is not self._heap[0][3]:
            heapq.heappop(self._heap)
        return self._heap[0][3] if self._heap else None

    def named(self, name: str) -> Parcel | None:
        """Return the open lot of that id; where it is used up, what was split from it."""
        if name in self.open:
            return self.open[name]
        return next((self.open[part] for part in self._splits.get(name, ()) if part in self.open), None)

    def holds(self, quantity: int, chosen: list[tuple[str, int, str | None]]) -> bool:
        """Say whether so much is here, the lots *chosen* among it."""
        for name, part, _ in chosen:
            lot = self.named(name)
            if lot is None or lot.quantity < part:
                return False
        return sum(lot.quantity for lot in self.open.values()) >= quantity

    def take(
        self, quantity: int, method: str, chosen: list[tuple[str, int, str | None]]
    ) -> Iterator[tuple[Parcel, int]]:
        """Yield (lot, how much of it) until *quantity* is met or nothing is left: the chosen lots first.

        Whoever asks cuts it out before asking on.
        """
        for name, wanted, _ in chosen:
            left = min(wanted, quantity)
            while left:
                lot = self.named(name)
                if lot is None:
                    break
                part = min(left, lot.quantity)
                left, quantity = left - part, quantity - part
                yield lot, part
                self.close_if_used(lot)
        while quantity:
            first = self._first(method)
            if first is None:
                return
            part = min(first.quantity, quantity)
            quantity -= part
            yield first, part
            self.close_if_used(first)

    def close_if_used(self, lot: Parcel) -> None:
        """Forget *lot* where nothing is left of it."""
        if not lot.quantity and self.open.get(lot.id) is lot:
            del self.open[lot.id]

    def by_age(self) -> list[Parcel]:
        """Return the open lots, the oldest first."""
        return sorted(self.open.values(), key=lambda lot: lot.order)
