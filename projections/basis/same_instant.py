"""What happened at one instant, in the order in which it can have happened.

Events of one instant go by their position in the log. But exports tell the newest first, and often to the minute only:
a disposal that its pool cannot cover waits for what arrives at that same instant. All else keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from lotwork.ledger.events import Event, GiftReceived, Purchase, Receipt, Sale, Transfer

ARRIVALS = (Receipt, Purchase, GiftReceived, Transfer)
DISPOSALS = (Sale, Transfer)


def by_instant(events: Iterable[Event]) -> Iterator[Sequence[Event]]:
    """Yield *events*, which stand in order of time, those of one instant together."""
    together: list[Event] = []
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


def may_wait(together: Sequence[Event]) -> bool:
    """Say if something leaves before something arrives."""
    left = False
    for event in together:
        if left and isinstance(event, ARRIVALS):
            return True
        left = left or isinstance(event, DISPOSALS)
    return False


def in_turn(together: Sequence[Event], covers: Callable[[Sale | Transfer], bool]) -> Iterator[Event]:
    """Yield the events of one instant, a disposal that nothing *covers* after what arrives for it.

    Whoever asks folds each before asking for the next.
    """
    waiting: list[Sale | Transfer] = []
    for event in together:
        if isinstance(event, Sale | Transfer) and not covers(event):
            waiting.append(event)
            continue
        yield event
        if isinstance(event, ARRIVALS):
            yield from _covered_now(waiting, covers)
    yield from waiting


def _covered_now(waiting: list[Sale | Transfer], covers: Callable[[Sale | Transfer], bool]) -> Iterator[Event]:
    """Yield what no longer has to wait, and what follows from it."""
    arrived = True
    while arrived:
        arrived = False
        for event in tuple(waiting):
            if covers(event):
                waiting.remove(event)
                yield event
                arrived = arrived or isinstance(event, Transfer)
