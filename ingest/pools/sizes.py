"""Which amounts a pool's account is known to bring, and which are so far from them that the unit may be wrong.

What is believed is read from the log alone: what the source recorded without a doubt, and what a person said is income.
An amount in doubt is none of it, however many like it follow, so that a pool that goes over to another unit is asked
about until a person answers. A person's word on one (`doubt` = `none`) makes its size believed: those of that size that
wait are taken back by event, and those that come are not asked about.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from lotwork.ingest.pools.meaning import row_of
from lotwork.ingest.reorganisations import Account
from lotwork.ledger import events as e

FAR = 500
"""How many times more or less than usual is a wrong unit: a thousand, less what amounts differ by anyway."""
ENOUGH = 3
"""So many amounts tell what is usual; of fewer each does."""
LATELY, NEAR = 5, 30
"""How many amounts, the nearest in time, tell what is usual: what grows tenfold again and again is soon usual too."""
WRONG_UNIT: e.Doubt = "wrong_unit"
SAID: e.Doubt = "none"
"""What a person sets who looked at it."""

Sort: TypeAlias = tuple[str, ...]
"""What amounts are held against each other: of one coin and income, credited or paid, into one wallet."""


class Size(NamedTuple):
    """What one row brought, and whether a person said that it is right."""

    at: datetime
    amount: int
    is_said: bool = False


class Row(NamedTuple):
    """The coins of one row, which may be income and a transfer together."""

    sort: Sort
    size: Size
    doubted: tuple[e.Receipt, ...]
    """Its receipts that are in doubt for their size."""


class Sizes:
    """What is believed of the amounts that one source told, as the log stands."""

    def __init__(self, pool: str, recorded: Mapping[str, Account], holds: Iterable[e.Event]) -> None:
        """Read *recorded*, the source's own story by id, and what of it *holds* once a person's words are heard."""
        held = {event.id: event for event in holds}
        self._pool = pool
        self._rows = {row.name: row.row for row in _rows(pool, held.values())}
        self._waiting = [row for row in self._rows.values() if row.doubted]
        self._sizes: defaultdict[Sort, list[Size]] = defaultdict(list)
        for row in self._rows.values():
            if not row.doubted:
                insort(self._sizes[row.sort], row.size)
        for one in _rows(pool, self._former(recorded, held)):  # what was believed, before the pool told it otherwise
            if not one.row.doubted:
                insort(self._sizes[one.row.sort], one.row.size)

    def _former(self, recorded: Mapping[str, Account], held: Mapping[str, e.Event]) -> Iterator[e.Event]:
        """Yield as first recorded what the source took back or told in another size since; not what a person voided."""
        for name, account in recorded.items():
            now = held.get(name)
            if _is_doubted(now) if now is not None else account.voids_in_force:
                yield account.event

    def doubting(self, told: Sequence[e.Event]) -> list[e.Event]:
        """Return *told*, events of the rows of a page, the receipts of each amount that is far off in doubt."""
        judged: defaultdict[Sort, list[tuple[str, Size]]] = defaultdict(list)
        for name, row in _rows(self._pool, told):
            known = self._rows.get(name)
            is_believed = known is not None and not known.doubted and known.size.amount == row.size.amount
            if not is_believed and row.size.amount:
                judged[row.sort].append((name, row.size))
        far = {name for sort, rows in judged.items() for name in self._far_off(sort, rows)}
        return [
            replace(event, doubt=WRONG_UNIT) if isinstance(event, e.Receipt) and row_of(event.id) in far else event
            for event in told
        ]

    def _far_off(self, sort: Sort, rows: Sequence[tuple[str, Size]]) -> Iterator[str]:
        """Yield the names of those of *rows* that are far from what is believed, each believed one added to it.

        Where nothing is believed yet, that is what most of *rows* come to; where hardly anything, whatever it was.
        """
        base = [*self._sizes.get(sort, ())]
        if not base:
            middle = _middle(sorted(size.amount for _, size in rows))
            yield from (name for name, size in rows if _is_far(size.amount, middle))
            return
        for name, size in sorted(rows, key=lambda row: abs(row[1].at - _nearest(row[1].at, base)[0].at)):
            if is_usual(size, base) or (
                len(base) < ENOUGH and any(not _is_far(size.amount, one.amount) for one in base)
            ):
                insort(base, size)
            else:
                yield name

    def answered(self) -> list[e.Receipt]:
        """Return the receipts in doubt whose size a person has said is right, of another one near it in time."""
        return [
            receipt
            for row in self._waiting
            for receipt in row.doubted
            if any(
                size.is_said and not _is_far(row.size.amount, size.amount)
                for size in _nearest(row.size.at, self._sizes.get(row.sort, ()))
            )
        ]


def is_usual(one: Size, believed: Sequence[Size]) -> bool:
    """Return whether *one* is near what is *believed*, in order of time: what came about then, or a person's word."""
    near = _nearest(one.at, believed)
    usual = [_middle(sorted(size.amount for size in near[:count])) for count in (LATELY, NEAR)]
    said = [size.amount for size in near if size.is_said]
    return any(not _is_far(one.amount, amount) for amount in (*usual, *said))


class _Named(NamedTuple):
    name: str
    row: Row


def _rows(pool: str, events: Iterable[e.Event]) -> Iterator[_Named]:
    """Yield the rows that *events* tell, each with all its coins."""
    found: defaultdict[str, list[e.Receipt | e.Transfer | e.Credit]] = defaultdict(list)
    for event in events:
        if isinstance(event, e.Receipt | e.Transfer | e.Credit) and not _is_held_back(event):
            found[row_of(event.id)].append(event)
    for name, of in found.items():
        is_said = any(isinstance(event, e.Receipt) and event.doubt == SAID for event in of)
        size = Size(of[0].at, sum(event.quantity for event in of), is_said)
        doubted = tuple(event for event in of if isinstance(event, e.Receipt) and _is_doubted(event))
        yield _Named(name, Row(_sort(pool, of), size, doubted))


def _sort(pool: str, of: Sequence[e.Receipt | e.Transfer | e.Credit]) -> Sort:
    income = next((event.income for event in of if isinstance(event, e.Receipt)), "pool_payout")
    first = of[0]
    if isinstance(first, e.Credit):
        return first.asset, income, pool
    return first.asset, income, first.to_wallet if isinstance(first, e.Transfer) else first.wallet


def _is_doubted(event: e.Event | None) -> bool:
    return isinstance(event, e.Receipt) and event.doubt == WRONG_UNIT


def _is_held_back(event: e.Event) -> bool:
    """Say if *event* is in doubt for another reason, which says nothing of what one row brings."""
    return isinstance(event, e.Receipt) and event.doubt not in (None, SAID, WRONG_UNIT, "not_credited")


def _nearest(at: datetime, sizes: Sequence[Size]) -> list[Size]:
    """Return those of *sizes*, in order of time, that are the nearest to *at*, the nearest first."""
    place = bisect_left(sizes, at, key=lambda size: size.at)
    around = sizes[max(0, place - NEAR) : place + NEAR]
    return sorted(around, key=lambda size: abs(size.at - at))[:NEAR]


def _middle(amounts: Sequence[int]) -> int:
    return amounts[(len(amounts) - 1) // 2]


def _is_far(amount: int, usual: int) -> bool:
    """Say if *amount* is a thousand times what is *usual*, or a thousandth: as a wrong unit makes it."""
    return amount >= usual * FAR or amount * FAR <= usual
