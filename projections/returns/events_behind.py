"""The events behind each line of a return: in which order they were told, and how many there are.

Many lines rest on the same events, of which there are as many as a year has payouts. So a line is kept as the lists it
rests on, and events that stand on the same lists are counted together: each is looked at once, for all lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain, islice
from typing import TypeAlias

Events: TypeAlias = tuple[str, ...]
Lists: TypeAlias = tuple[Events, ...]
"""What a line rests on, in order; an event may stand on several."""


class Behind:
    """What is behind the lines of a return, by the reference of each."""

    def __init__(self) -> None:
        self._lists: dict[str, Lists] = {}
        self._bits: dict[int, tuple[int, Events]] = {}
        """The bit of each list, by its place in memory, and the list itself, so that it stays there."""
        self._stands_on: dict[str, int] = {}
        """The bits of the lists an event stands on."""
        self._counted: Counter[int] = Counter()
        """How many events stand on just these lists; empty where a list was told since they were counted."""

    def tell(self, line: str, own: Lists, sources: Iterable[str]) -> Lists:
        """Tell what is behind *line*: its *own* events, then those behind its *sources*, the lines it comes from."""
        told = chain(filter(None, own), *(self._lists.get(source, ()) for source in sources))
        self._lists[line] = lists = tuple({id(events): events for events in told}.values())
        for events in lists:
            if id(events) not in self._bits:
                self._take(events)
        return lists

    def count(self, lists: Lists) -> int:
        """Return how many events are on *lists*."""
        if not self._counted:
            self._counted.update(self._stands_on.values())
        asked = sum(self._bits[id(events)][0] for events in lists)
        return sum(count for bits, count in self._counted.items() if bits & asked)

    def _take(self, events: Events) -> None:
        bit, stands_on = 1 << len(self._bits), self._stands_on
        self._bits[id(events)] = bit, events
        self._counted.clear()
        if stands_on.keys().isdisjoint(events):
            stands_on.update(dict.fromkeys(events, bit))
        else:
            for event in events:
                stands_on[event] = stands_on.get(event, 0) | bit


def first_of(lists: Lists, most: int) -> Events:
    """Return the first *most* events of *lists*, each once."""
    events, found = chain.from_iterable(lists), dict[str, None]()
    while len(found) < most and (more := dict.fromkeys(islice(events, most))):
        found |= more
    return tuple(islice(found, most))
