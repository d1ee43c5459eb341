"""Every part of every lot, from its arrival over its moves to how it left, as the folds saw it.

The lots are those of `projections.lots`, the figures those of `projections.gains`: nothing is matched or valued anew. A
part that was sold, given, or is still held is a piece; where a lot was divided by moves and sales, so are its pieces,
and their basis comes to the lot's to the micro-dollar. Until 2024 the wallets are one pool, and a piece lies in it; on
1 January 2025 it goes to the wallet that the allocation gives it to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, NamedTuple

import msgspec

from lotwork.ledger.events import GiftReceived, Receipt, Transfer
from lotwork.ledger.gc_pause import gc_paused
from lotwork.ledger.history import History
from lotwork.projections.basis.disposals import Disposal, Part
from lotwork.projections.basis.holding_period import on_day
from lotwork.projections.basis.pools import Lot, Pool
from lotwork.projections.gains import GainRow
from lotwork.projections.lots import EVERYWHERE, PER_WALLET_FROM
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law

EVERY_YEAR = range(1900, 2200)
"""Rows are kept for all of them."""


class Step(NamedTuple):
    """A piece was moved: by which event (None: the turn of 2025), on which day, from where to where, as which asset."""

    order: int
    day: date
    event: str | None
    from_wallet: str
    to_wallet: str
    asset: str


class Source(NamedTuple):
    """What a lot came by: a receipt with its kind of income, a purchase, or a gift or an inheritance."""

    at: datetime
    kind: Literal["receipt", "purchase", "gift"]
    word: str
    """The kind of income, or how it was given."""


class Piece(NamedTuple):
    """Part of a lot: quantity in base units, basis in micro-dollars; `EVERYWHERE` is the pool until 2024."""

    lot: str
    number: int
    """Which piece of the lot it is."""
    arrived: date
    """The day it came to the taxpayer."""
    acquired: date
    """The day that its basis and its time go by: of a gift, the giver's."""
    source: Source | None
    asset: str
    """As which it came."""
    quantity: int
    basis: int
    wallet: str
    """Where it came to."""
    steps: tuple[Step, ...]


@dataclass(slots=True)
class Leaving:
    """A part of a disposal: the pieces that left, and the row of Form 8949 where it is one."""

    order: int
    disposal: Disposal
    day: date
    pieces: list[Piece]
    row: GainRow | None = None

    @property
    def basis(self) -> int:
        """Of the pieces, in micro-dollars."""
        return sum(piece.basis for piece in self.pieces)


class Trail(NamedTuple):
    """The whole journal: what left, what is held, and the book it was folded from."""

    leaving: tuple[Leaving, ...]
    held: tuple[Piece, ...]
    book: Book

    @property
    def pieces(self) -> Iterator[Piece]:
        """Every piece, those that left first."""
        for each in self.leaving:
            yield from each.pieces
        yield from self.held


class _Some(NamedTuple):
    """So much of a lot, on its way."""

    quantity: int
    wallet: str
    asset: str
    """Where and as which it came."""
    steps: tuple[Step, ...]


class _Watch(msgspec.Struct):
    """Looks on while a book is folded."""

    book: Book
    sources: Mapping[str, Source]
    leaving: list[Leaving] = msgspec.field(default_factory=list)
    places: list[int | None] = msgspec.field(default_factory=list)
    """For each part that left, where its row stands."""
    lying: defaultdict[tuple[str, str, str], list[_Some]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """What arrived by a move, by lot, wallet and asset; all else lies where it came to."""
    counts: defaultdict[str, int] = msgspec.field(default_factory=lambda: defaultdict(int))
    order: int = 0

    def __post_init__(self) -> None:
        lots = self.book.lots
        lots.sink, lots.moved, lots.turned = self.left, self.moved, self.turned

    def left(self, disposal: Disposal, parts: Sequence[Part]) -> None:
        """See *parts* of *disposal*, and whether each becomes a row."""
        gains = self.book.gains
        where = disposal.wallet if self.book.lots.per_wallet else EVERYWHERE
        for lot, quantity, basis in parts:
            rows = len(gains.rows)
            gains.match(disposal, [(lot, quantity, basis)])
            self.places.append(rows if len(gains.rows) > rows else None)
            pieces = [] if lot is None else self._pieces(lot, disposal.asset, where, quantity, basis)
            self.order += 1
            self.leaving.append(Leaving(self.order, disposal, on_day(disposal.day), pieces))

    def moved(self, event: Transfer, part: Lot, per_wallet: bool) -> None:  # noqa: FBT001 - a fold tells it so
        """See a part of a lot change its wallet, or its asset."""
        origin, target = (event.from_wallet, event.to_wallet) if per_wallet else (EVERYWHERE, EVERYWHERE)
        self.order += 1
        step = Step(self.order, self.book.history.calendar.day(event.at), event.id, origin, target, event.arrives_as)
        self._move(part, event.asset, step)

    def turned(self, pools: Mapping[tuple[str, str], Pool]) -> None:
        """See the pool over all wallets become a pool in each."""
        for (wallet, asset), pool in sorted(pools.items(), key=lambda entry: entry[0]):
            for lot in pool.lots():
                self.order += 1
                self._move(lot, asset, Step(self.order, PER_WALLET_FROM, None, EVERYWHERE, wallet, asset))

    def _move(self, part: Lot, asset: str, step: Step) -> None:
        there = self.lying[part.id, step.to_wallet, step.asset]
        there += [
            some._replace(steps=(*some.steps, step))
            for some in self._take(part.id, asset, step.from_wallet, part.quantity)
        ]

    def _take(self, lot: str, asset: str, wallet: str, quantity: int) -> list[_Some]:
        """Take *quantity* of *lot* out of *wallet*: first what was moved there, then what came there."""
        lying, taken = self.lying.get((lot, wallet, asset), []), []
        while lying and quantity:
            some = lying.pop()
            part = min(some.quantity, quantity)
            if part < some.quantity:
                lying.append(some._replace(quantity=some.quantity - part))
            taken.append(some._replace(quantity=part))
            quantity -= part
        if quantity:
            taken.append(_Some(quantity, wallet, asset, ()))
        return taken

    def _pieces(self, lot: Lot, asset: str, wallet: str, quantity: int, basis: int) -> list[Piece]:
        """Return *quantity* of *lot*, which ends in *wallet*, as pieces whose basis comes to *basis*."""
        acquired = on_day(lot.acquired_day)
        origin = lot.id if lot.lineage is None or lot.lineage.origin is None else lot.lineage.origin
        source = self.sources.get(origin)
        arrived = acquired if source is None else self.book.history.calendar.day(source.at)
        pieces, so_far, given = [], 0, 0
        for some in self._take(lot.id, asset, wallet, quantity):
            so_far += some.quantity
            part = basis * so_far // quantity - given
            given += part
            self.counts[lot.id] += 1
            pieces.append(
                Piece(lot.id, self.counts[lot.id], arrived, acquired, source, some.asset, some.quantity, part,
                      some.wallet, some.steps)
            )  # fmt: skip
        return pieces

    def trail(self) -> Trail:
        """Return what was seen, once all is folded."""
        rows = self.book.gains.rows
        leaving = tuple(
            each if place is None else replace(each, row=rows[place])
            for each, place in zip(self.leaving, self.places, strict=True)
        )
        held = tuple(
            piece
            for (wallet, asset), pool in sorted(self.book.lots.pools.items(), key=lambda entry: entry[0])
            for lot in pool.lots()
            for piece in self._pieces(lot, asset, wallet, lot.quantity, lot.basis)
        )
        return Trail(leaving, held, self.book)


def trail(history: History, law: Law) -> Trail:
    """Return the trail of every lot in *history*; what is pending or in doubt is no lot yet, and in no piece."""
    watch = _watched(history, law)
    if watch.book.income.listing & watch.book.income.listed and history.compare_lists():
        watch = _watched(history, law)  # what a pool's list does not have is only known at the end, as in Book.fold
    with gc_paused():
        return watch.trail()


def _watched(history: History, law: Law) -> _Watch:
    watch = _Watch(Book.begin(history, EVERY_YEAR, law), dict(_sources(history)))
    watch.book.take_all(history.blocks())
    return watch


def _sources(history: History) -> Iterator[tuple[str, Source]]:
    received = (event for event in history.of_kind("receipt") if isinstance(event, Receipt))
    given = (event for event in history.of_kind("gift") if isinstance(event, GiftReceived))
    for receipt in received:
        yield receipt.id, Source(receipt.at, "receipt", receipt.income)
    for bought in history.of_kind("purchase"):
        yield bought.id, Source(bought.at, "purchase", "purchase")
    for gift in given:
        yield gift.id, Source(gift.at, "gift", gift.how)
