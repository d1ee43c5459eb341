"""Suppose: the same book with events that were never recorded, folded by the same folds under the same law.

A plan asks what a year would look like if something else happened. Nothing is stored: the events lie over the log for
the length of one fold, after everything recorded at the same instant, and the log itself is only read.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

import msgspec

from lotwork.ledger.blocks import Entry, in_blocks
from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import Activity, Event, Owner
from lotwork.ledger.history import History, Log
from lotwork.ledger.slips import WALLETS
from lotwork.ledger.units import AssetTable
from lotwork.projections.basis.pools import Pool
from lotwork.projections.liability import Liability, liability
from lotwork.projections.replay.book import Book, BookState
from lotwork.projections.replay.rows import Rows
from lotwork.projections.returns.turned import all_year
from lotwork.rules.load import Law

AFTER_ALL = 1 << 62
"""Where supposed events stand among those of one instant: after every recorded one."""
SUPPOSED = "supposed:"
"""How the id of a supposed event begins; no report shows one as if it had been recorded."""


class SupposedLog(msgspec.Struct, frozen=True):
    """A log with *events* laid over it, and without those of the ids in *hidden*."""

    log: Log
    book: str
    events: tuple[Event, ...]
    hidden: frozenset[str] = frozenset()

    def read(
        self,
        book: str,
        *,
        after: int = 0,
        up_to: int | None = None,
        kinds: Collection[str] | None = None,
        source: str | None = None,
        ids: Collection[str] | None = None,
        by_time: bool = False,
    ) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) as the log does, the supposed ones among them whatever *up_to* says."""
        recorded = self.log.read(book, after=after, up_to=up_to, kinds=kinds, source=source, ids=ids, by_time=by_time)
        if self.hidden:
            recorded = (entry for entry in recorded if entry[1].id not in self.hidden)
        added = [
            (AFTER_ALL + place, event)
            for place, event in enumerate(self.events)
            if book == self.book
            and (kinds is None or kind_of(event) in kinds)
            and source in (None, event.source)
            and (ids is None or event.id in ids)
        ]
        if not by_time:
            yield from recorded
            yield from added
            return
        yield from heapq.merge(recorded, sorted(added, key=_time_then_place), key=_time_then_place)

    def blocks(self, book: str, *, after: int = 0, up_to: int | None = None) -> Iterator[list[Entry]]:
        """Yield the same in order of time, many at a time."""
        return in_blocks(self.read(book, after=after, up_to=up_to, by_time=True))

    def assets(self, book: str) -> AssetTable:
        """Return the assets the book knows."""
        return self.log.assets(book)

    def shared_txids(self, book: str, *, after: int = 0) -> frozenset[str]:
        """Return the transactions the log tells twice."""
        return self.log.shared_txids(book, after=after)

    def last_of_version(self, book: str, version: int) -> int:
        """Return the last position the log has in *version* or an older one."""
        return self.log.last_of_version(book, version)


class SupposedHistory(History):
    """A history that counts what is supposed also after the day it ends with."""

    def counts(self, event: Event) -> bool:
        """Say if *event* had happened, or is supposed."""
        return event.id.startswith(SUPPOSED) or super().counts(event)


class Ground:
    """Where supposed events begin: a folded book, its state written down once for all that is supposed on it.

    Where it is *turned*, the lots lie in the pools of each wallet, as they do once anything is folded from 2025 on;
    *book* itself is left as it is. A book folded on it has pools of its own for the wallets its events name, and
    shares the others, from which nothing takes.
    """

    def __init__(self, book: Book, law: Law, *, turned: bool = False) -> None:
        self.book = book
        state = book.state()
        lots = state.lots
        if turned and not lots.per_wallet:
            fold = Book.begin(book.history, (), law)
            fold.resume(_again(msgspec.structs.replace(state, findings=[])))
            fold.findings.extend(state.findings)
            fold.lots.turn_per_wallet()
            lots, state = fold.lots.state(), msgspec.structs.replace(state, findings=fold.findings)
        self._shared: dict[tuple[str, str], Pool] = {}
        if lots.per_wallet and lots.wash is None:
            for wallet, asset, open_lots in lots.pools:
                self._shared[wallet, asset] = pool = Pool()
                for lot in open_lots:
                    pool.put(lot)
        state.lots = msgspec.structs.replace(lots, pools=[] if self._shared else lots.pools)
        self._findings, state.findings = [*state.findings], []
        self._state = msgspec.json.encode(state)

    def resume(self, then: Book, events: Iterable[Event]) -> None:
        """Let *then*, which is empty, go on from here; *events* are what it will take."""
        then.resume(msgspec.json.decode(self._state, type=BookState))
        then.findings.extend(self._findings)
        named = {getattr(event, name, None) for event in events for name in WALLETS}
        for (wallet, asset), pool in self._shared.items():
            then.lots.pools[wallet, asset] = pool.copy() if wallet in named else pool
        Rows.of(self.book).lay(then)


def suppose(
    book: Book,
    events: Iterable[Event],
    years: Collection[int],
    law: Law,
    *,
    hidden: Iterable[str] = (),
    ground: Ground | None = None,
) -> Book:
    """Return the book that *book*'s history would fold to under *law* with *events* in it and *hidden* ids out of it.

    Voids, corrections and the calendar stay those of the history: a supposed event changes none of them. Where all of
    it happens after everything recorded, it is folded onto a copy of *book*, which must be folded to its end; who
    supposes more than once brings the *ground* of it.
    """
    supposed, history = tuple(sorted(events, key=_when)), book.history
    told = msgspec.structs.asdict(history)
    told["log"] = SupposedLog(history.log, history.book, supposed, frozenset(hidden))
    then = Book.begin(SupposedHistory(**told | {"troubles": []}), years, law)
    if book.latest is None or any(event.at < book.latest for event in supposed) or not _has_rows(book, years):
        return then.fold()
    (Ground(book, law) if ground is None else ground).resume(then, supposed)
    then.take(supposed)
    return then


def _has_rows(book: Book, years: Collection[int]) -> bool:
    """Say if *book* has the rows of *years*: those it keeps, and those after all it folded, which have none yet."""
    last = 0 if book.latest is None else book.history.calendar.day(book.latest).year
    return all(year in book.gains.years or year > last for year in years)


def _again(state: BookState) -> BookState:
    return msgspec.json.decode(msgspec.json.encode(state), type=BookState)


def as_activity(book: Book, law: Law, year: int, activity: Activity, owner: Owner | None = None) -> Liability:
    """Return the liability of *year* had the activity been *activity* throughout it; unchanged where it was.

    Where both spouses mine, *owner* says whose activity is meant, and the other's stays what it was.
    """
    return liability(book_as(book, year, activity, owner), law, year)


def book_as(book: Book, year: int, activity: Activity, owner: Owner | None = None) -> Book:
    """Return the book in which the activity was *activity* throughout *year*; *book* itself where it was."""
    if book.taxpayer.activities.in_year(year) == (activity,):
        return book
    return all_year(book, year, activity, owner)


def _when(event: Event) -> datetime:
    return event.at


def _time_then_place(entry: tuple[int, Event]) -> tuple[datetime, int]:
    return entry[1].at, entry[0]
