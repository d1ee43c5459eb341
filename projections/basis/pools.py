"""A pool of open lots, and how it gives them up.

A pool is touched once per lot and never searched: the order in force keeps them in its own queue
(`projections.basis.queues`), and a lot chosen by name is found by name. So ten sales cost ten times one sale, whatever
the pool holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from typing import Literal, TypeAlias

import msgspec

from lotwork.ledger.events import LotChoice, Method
from lotwork.ledger.units import divide
from lotwork.projections.basis.holding_period import is_long
from lotwork.projections.basis.queues import PriceHeap, Queue

UNIT_BASIS_SCALE = 10**48
"""Finer than two unit bases of real coins can differ."""

DAY_SHIFT = 42
PARTS = 1 << 12
"""A place in the order holds the day, then what counts acquisitions in steps of PARTS, then a part that was split."""


def place(day: int, sequence: int) -> int:
    """Return the place in the order of what was acquired on *day* (a proleptic ordinal), after what was folded before.

    *sequence* counts acquisitions in steps of PARTS.
    """
    return (day << DAY_SHIFT) + sequence


class Lineage(msgspec.Struct, gc=False, eq=False, array_like=True):
    """What a lot has from a giver, or from a loss that was disallowed; a lot simply received or bought has none.

    `basis` of the lot is then the basis for a gain; `loss_basis` counts for a loss (26 U.S.C. 1015(a)), held from
    `loss_day`. `term_day` is the day the holding period runs from where it is not the day of acquisition (1223).
    """

    how: Literal["gift", "inheritance", "wash_sale"]
    loss_basis: int | None = None
    loss_day: int | None = None
    term_day: int | None = None
    basis_known: bool = True
    origin: str | None = None
    """The lot it was split from, which a choice by name means too."""

    def split(self, quantity: int, whole: int) -> Lineage:
        """Return the lineage of *quantity* out of *whole*; what is left keeps the rest of the loss basis exactly."""
        part = msgspec.structs.replace(self)
        if self.loss_basis is not None:
            left = divide(self.loss_basis * (whole - quantity), whole)
            part.loss_basis, self.loss_basis = self.loss_basis - left, left
        return part


class Lot(msgspec.Struct, gc=False, eq=False, array_like=True):
    """Coins acquired together: what is left of them and of their basis. Born in a fold, and never leaves it.

    `sequence` is its place in the order of acquisition (`place`): history is folded in order of (at, position), and
    only a gift stands before what was folded earlier, at the day its giver acquired it.
    """

    id: str
    sequence: int
    acquired_day: int
    quantity: int
    basis: int
    wallet: str
    bought_here: bool = False
    unit_basis: int | None = None
    lineage: Lineage | None = None

    def take(self, quantity: int) -> int:
        """Take *quantity* out and return its part of the basis, in micro-dollars; the rest keeps the rest exactly.

        What is left keeps its share of the whole lot's basis, rounded: so no rounding adds to the one before it.
        """
        if quantity == self.quantity:
            part, self.quantity, self.basis = self.basis, 0, 0
            return part
        left = min(divide(self.priced() * (self.quantity - quantity), UNIT_BASIS_SCALE), self.basis)
        self.quantity -= quantity
        part, self.basis = self.basis - left, left
        return part

    def part(self, quantity: int, wallet: str) -> Lot:
        """Return *quantity* of this lot, taken out of it, as a lot in *wallet*: same id, age and place in the order."""
        bought_here = self.bought_here and wallet == self.wallet
        unit_basis = self.unit_basis if quantity == self.quantity else self.priced()
        lineage = None if self.lineage is None else self.lineage.split(quantity, self.quantity)
        return Lot(
            self.id, self.sequence, self.acquired_day, quantity, self.take(quantity), wallet, bought_here, unit_basis,
            lineage,
        )  # fmt: skip

    def meet(self, part: Lot) -> None:
        """Take in another *part* of this lot."""
        self.quantity += part.quantity
        self.basis += part.basis
        if self.lineage is not None and self.lineage.loss_basis is not None and part.lineage is not None:
            self.lineage.loss_basis += part.lineage.loss_basis or 0

    def is_long(self, sold: int, *, at_loss: bool = False) -> bool:
        """Say if a sale on the day *sold* is long-term: inherited is; else by the time that goes with its basis.

        Law: 26 U.S.C. 1222, 1223(2), (3), (9). *at_loss*: the sale of a gift uses the basis for a loss.
        """
        lineage, since = self.lineage, self.acquired_day
        if lineage is not None:
            if lineage.how == "inheritance":
                return True
            if lineage.term_day is not None:
                since = lineage.term_day
            if at_loss and lineage.loss_day is not None:
                since = lineage.loss_day
        return is_long(since, sold)

    def copy(self) -> Lot:
        """Return this lot again, to take from without touching it."""
        return self.moved(self.wallet)

    def moved(self, wallet: str) -> Lot:
        """Return all of this lot in *wallet*, to take from without touching it: what `part` returns of the whole."""
        return Lot(
            self.id, self.sequence, self.acquired_day, self.quantity, self.basis, wallet,
            self.bought_here and wallet == self.wallet, self.unit_basis,
            None if self.lineage is None else copy(self.lineage),
        )  # fmt: skip

    def priced(self) -> int:
        """Return the basis of one unit, on a scale finer than coins are; it is the same for every part of a lot."""
        if self.unit_basis is None:
            self.unit_basis = self.basis * UNIT_BASIS_SCALE // self.quantity
        return self.unit_basis


class Given(msgspec.Struct, frozen=True):
    """Lots that are given up: whole ones, that nobody holds any more, and a part that is to be taken of another."""

    whole: list[Lot]
    part: tuple[Lot, int] | None
    left: int
    """How much was wanted beside."""


Order: TypeAlias = Queue[Lot] | PriceHeap[Lot]
"""The lots in the order in which they are given up."""


def _order(method: Method) -> Order:
    match method:
        case "fifo" | "lifo":
            return Queue(newest_first=method == "lifo")
        case "hifo" | "lofo":
            return PriceHeap(highest_first=method == "hifo")


class Pool:
    """The open lots that a disposal may take from: one asset, in one wallet or over all of them.

    Its order holds them all. They are found by their names from when the first one is looked for: a pool whose lots are
    neither chosen nor moved never keeps their names.
    """

    __slots__ = ("_method", "_named", "_order", "_splits", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[Pool, Sequence[Lot]], None], Iterable[Lot]]] = []
        """What is yet to be read, and how it is put in (`projections.basis.waiting`)."""
        self._named: dict[str, Lot] | None = None
        self._splits: dict[str, list[str]] = {}
        self._method: Method = "fifo"
        self._order: Order = _order("fifo")

    def put(self, lot: Lot) -> None:
        """Put in *lot*, of which no part is here."""
        self._order.add(lot)
        if self._named is not None:
            self._named[lot.id] = lot
        if lot.lineage is not None:
            self._note(lot.id, lot.lineage)

    def _note(self, lot_id: str, lineage: Lineage) -> None:
        """Note what the lot of that id was split from."""
        if lineage.origin is not None:
            self._splits.setdefault(lineage.origin, []).append(lot_id)

    def put_all(self, lots: Sequence[Lot]) -> None:
        """Put in *lots* just received, in order of age."""
        self._order.extend(lots)
        if self._named is not None:
            self._named.update((lot.id, lot) for lot in lots)

    def put_kept(self, lots: Sequence[Lot]) -> None:
        """Put in *lots*, in order of age and however they came."""
        self.put_all(lots)
        for lot in lots:
            if lot.lineage is not None:
                self._note(lot.id, lot.lineage)

    def add(self, lot: Lot) -> None:
        """Put *lot* in; parts of one lot that meet again are one."""
        here = self._by_name().get(lot.id)
        if here is None:
            self.put(lot)
        else:
            here.meet(lot)

    def add_all(self, lots: Sequence[Lot]) -> None:
        """Put each of *lots* in, as `add` does."""
        for lot in lots:
            self.add(lot)

    def _by_name(self) -> dict[str, Lot]:
        if self._named is None:
            self._named = {lot.id: lot for lot in self}
        return self._named

    def copy(self) -> Pool:
        """Return this pool again, its lots too, to take from without touching it."""
        again = Pool()
        for lot in self.lots():
            again.put(lot.copy())
        return again

    def by(self, method: Method) -> Order:
        """Return the lots in the order *method* gives them up; it holds until another method is asked for."""
        if method != self._method:
            lots = self.lots()
            self._method, self._order = method, _order(method)
            for lot in lots:
                self._order.add(lot)
        return self._order

    def give_up(self, quantity: int, method: Method) -> Given:
        """Let go of the lots that *method* gives up whole for *quantity*; a part of the next one is yet to be taken."""
        order = self.by(method)
        whole, left = order.let_go(quantity)
        if self._named is not None:
            for lot in whole:
                del self._named[lot.id]
        last = order.first() if left else None
        return Given(whole, None, left) if last is None else Given(whole, (last, left), 0)

    def named(self, lot_id: str) -> Lot | None:
        """Return the open lot of that id, or None; where it is used up, what was split from it."""
        lots = self._by_name()
        lot = lots.get(lot_id)
        if lot is None and lot_id in self._splits:
            return next((lots[part] for part in self._splits[lot_id] if part in lots), None)
        return lot

    def holds(self, quantity: int, chosen: Iterable[LotChoice] = ()) -> bool:
        """Say if *quantity* is here, the lots *chosen* among it."""
        for choice in chosen:
            lot = self.named(choice.lot)
            if lot is None or lot.quantity < choice.quantity:
                return False
        for lot in self:
            quantity -= lot.quantity
            if quantity <= 0:
                break
        return quantity <= 0

    def exactly(self, lot_id: str) -> Lot | None:
        """Return the open lot of that id and no part that was split from it, or None."""
        return self._by_name().get(lot_id)

    def close(self, lot: Lot) -> None:
        """Forget *lot*, which is used up."""
        if self._named is not None:
            del self._named[lot.id]

    def is_empty(self) -> bool:
        """Say if no lot is open."""
        return next(iter(self), None) is None

    def lots(self) -> list[Lot]:
        """Return the open lots, the oldest first."""
        return self._order.by_age()

    def __iter__(self) -> Iterator[Lot]:
        return iter(self._order)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def size(self) -> int:
        """How many lots it keeps, those among them that are used up and not forgotten yet."""
        return len(self._order)
