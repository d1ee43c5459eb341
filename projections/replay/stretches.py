"""History in stretches: events that every fold takes one after another, each fold all of them before the next does.

So a fold stays in the processor's caches, and what they share (the day, the origin) is looked up once. A stretch begins
and ends between two instants, at the marks of a book, and before the instant at which it is to end; what is told of its
events is brought into their order (`projections.findings.Findings`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from operator import attrgetter, eq
from typing import NamedTuple

from lotwork.ledger.events import Event
from lotwork.projections.basis.same_instant import by_instant, in_turn, may_wait
from lotwork.projections.filer.activities import FOR_EVER
from lotwork.projections.findings import Findings
from lotwork.projections.lots import LotFold

LONG = 512
"""So many events are read before they are folded: few enough for the caches, and many for what is done once."""


class Stretch(NamedTuple):
    """Events in order, and whether two of them have one instant."""

    events: list[Event]
    share_instants: bool


def stretches(
    blocks: Iterable[Sequence[Event]], turn: Callable[[datetime], datetime], end: datetime | None
) -> Iterator[Stretch]:
    """Yield the events of *blocks*, which stand in order of time, up to the instant *end*.

    A stretch ends before the next *turn* after it begins, and is folded before that is asked for the following one.
    """
    stop = FOR_EVER if end is None else end
    held: list[Event] = []
    for block in blocks:
        held += block
        while len(held) > LONG and held[0].at < stop:
            cut = bisect_right(held, held[LONG - 1].at, key=_instant)
            if cut == len(held):
                break  # what comes may be of the same instant
            yield from _between_turns(held[:cut], turn, stop)
            del held[:cut]
        if held and held[0].at >= stop:
            return
    yield from _between_turns(held, turn, stop)


def _between_turns(events: list[Event], turn: Callable[[datetime], datetime], stop: datetime) -> Iterator[Stretch]:
    while events and events[0].at < stop:
        end = min(turn(events[0].at), stop)
        cut = len(events) if events[-1].at < end else bisect_left(events, end, key=_instant)
        instants = [event.at for event in events[:cut]]
        yield Stretch(events[:cut], any(map(eq, instants, islice(instants, 1, None))))
        events = events[cut:]


def some_may_wait(told: Iterable[Event]) -> bool:
    """Say if of *told*, in order of time, something leaves before something arrives, though both have one instant."""
    return any(len(together) > 1 and may_wait(together) for together in by_instant(told))


def take_in_turn(lots: LotFold, told: Sequence[Event], days: Sequence[date], findings: Findings) -> None:
    """Fold a stretch into *lots* in which something may leave before it arrives, though both have one instant."""
    first = 0
    for together in by_instant(told):
        if len(together) > 1 and may_wait(together):
            findings.place = first
            for event in in_turn(together, lots.covers):
                lots.take(event)
        else:
            for number, event in enumerate(together, first):
                findings.place = number
                lots.take_on(event, days[number])
        first += len(together)


_instant = attrgetter("at")
