"""A pass over blocks of recorded events, which leaves them as they now hold.

Of most blocks nothing was amended, and they are passed on as they are; of the others only the events that were are
looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from lotwork.ledger.blocks import Entry, in_blocks, merged, those
from lotwork.ledger.events import Event


class Amending(NamedTuple):
    """What a pass goes by."""

    amended: Callable[[Event], Event | None]
    """Returns an event as it now holds; None where it does not. It may tell troubles."""
    troubles: list[Any]
    """What is told on the way."""
    touched: frozenset[str] | None
    """The events that are not what they were recorded as, amendments among them; None: any may be."""
    moved: list[Entry]
    """Events that stand elsewhere in the order than where they were recorded, as they now hold, in order."""

    def over(self, blocks: Iterator[list[Entry]]) -> Iterator[list[Event]]:
        """Yield what *blocks* come to; one whose amendment tells a trouble begins a block, and may be all of it."""
        touched, done = self.touched, frozenset(event.id for _, event in self.moved)
        for block in _with_moved(blocks, self.moved, done) if done else blocks:
            events = [event for _, event in block]
            if touched is None or not touched.isdisjoint([event.id for event in events]):
                yield from self._amended(events, done)
            else:
                yield events

    def _amended(self, block: list[Event], done: frozenset[str]) -> Iterator[list[Event]]:
        told = len(self.troubles)
        held = [holds for event in block if (holds := self._as_it_holds(event, done)) is not None]
        if len(self.troubles) == told:
            if held:
                yield held
            return
        del self.troubles[told:]
        for event in block:
            if (holds := self._as_it_holds(event, done)) is not None:
                yield [holds]

    def _as_it_holds(self, event: Event, done: frozenset[str]) -> Event | None:
        if event.id in done or (self.touched is not None and event.id not in self.touched):
            return event
        return self.amended(event)


def _with_moved(blocks: Iterator[list[Entry]], moved: list[Entry], gone: frozenset[str]) -> Iterator[list[Entry]]:
    return merged(those(blocks, lambda entry: entry[1].id not in gone), in_blocks(moved))
