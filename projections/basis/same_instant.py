"""What happened at one instant, in the order in which it can have happened.

Events of one instant go by their position in the log. But exports tell the newest first, and often to the minute only:
a disposal that its pool cannot cover waits for what arrives at that same instant. All else keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

from lotwork.ledger import events as e

Leaving: TypeAlias = e.Sale | e.Transfer
LEAVING = (e.Sale, e.Transfer)
"""What may wait for what it takes from."""
ARRIVALS = (e.Receipt, e.Purchase, e.GiftReceived, e.Transfer)
DISPOSALS = (e.Sale, e.Transfer, e.Movement)
"""A movement that is a fee becomes a sale once it has a price."""


def by_instant(events: Iterable[e.Event]) -> Iterator[Sequence[e.Event]]:
    """Yield *events*, which stand in order of time, those of one instant together."""
    together: list[e.Event] = []
    instant: datetime | None = None
    for event in events:
        if event.at == instant:
            together.append(event)
            continue
        if together:
            yield together
        together, instant = [event], event.at
    if together:
        yield together


def may_wait(together: Sequence[e.Event]) -> bool:
    """Say if something leaves before something arrives."""
    left = False
    for event in together:
        if left and isinstance(event, ARRIVALS):
            return True
        left = left or isinstance(event, DISPOSALS)
    return False


def in_turn(together: Sequence[e.Event], covers: Callable[[Leaving], bool]) -> Iterator[e.Event]:
    """Yield the events of one instant, a disposal that nothing *covers* after what arrives for it.

    Whoever asks folds each before asking for the next.
    """
    waiting: list[Leaving] = []
    for event in together:
        if isinstance(event, LEAVING) and not covers(event):
            waiting.append(event)
            continue
        yield event
        if isinstance(event, ARRIVALS):
            yield from _covered_now(waiting, covers)
    yield from waiting


def _covered_now(waiting: list[Leaving], covers: Callable[[Leaving], bool]) -> Iterator[e.Event]:
    """Yield what no longer has to wait, and what follows from it."""
    arrived = True
    while arrived:
        arrived = False
        for event in tuple(waiting):
            if covers(event):
                waiting.remove(event)
                yield event
                arrived = arrived or isinstance(event, e.Transfer)
