"""What was told lately, to be found by how much it was: the nearest amount first, and of equals the one told first.

Nothing is kept in order while one teller has told everything; there is nothing to compare until there is a second.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from lotwork.ledger.events import Event

MOST_LOOKED_AT = 64
"""Of each teller so many of the nearest amounts are held against an event: what is no pair rarely stands among them."""

Happened = TypeVar("Happened", bound=Event)
Place: TypeAlias = tuple[str, ...]
"""What is compared: a kind, a coin, perhaps a wallet."""


class Mark(NamedTuple, Generic[Happened]):
    """One place that an event stands at: how much it is there."""

    amount: int
    number: int
    event: Happened


class Near(NamedTuple):
    """Where to look, from how much to how much, and how much is the likeliest."""

    place: Place
    least: int
    most: int
    wanted: int


@dataclass(slots=True)
class Lately(Generic[Happened]):
    """The events of a span of time, by place, teller and amount."""

    span: timedelta
    who: Callable[[Happened], Place]
    """Says who told an event."""
    stands: Callable[[Happened], Iterable[tuple[Place, int]]]
    """Says where an event can be found, and how much it is there."""
    looks: Callable[[Happened], Iterable[Near]]
    """Says where what an event may repeat is to be found."""
    recent: deque[Happened] = field(default_factory=deque)
    first: Place | None = None
    """The one who tells all of it."""
    several: bool = False
    _marks: dict[Place, dict[Place, list[Mark[Happened]]]] = field(default_factory=dict)
    _stands: dict[str, list[tuple[Place, Place, Mark[Happened]]]] = field(default_factory=dict)
    _number: Iterator[int] = field(default_factory=count)

    def is_alone(self, event: Happened, teller: Place) -> bool:
        """Note *event* and say so while one *teller* has told everything of the span or longer."""
        if self.several:
            return False
        recent, at = self.recent, event.at
        while recent and at - recent[0].at > self.span:
            recent.popleft()
        if teller != self.first and recent:
            self.several = True
            for other in recent:
                self._stand(other)
            return False
        self.first = teller
        recent.append(event)
        return True

    def find(self, event: Happened) -> list[Happened]:
        """Return what others told that *event* may repeat, the likeliest first; none while one has told everything."""
        teller = self.who(event)
        if self.is_alone(event, teller):
            return []
        self._forget(event)
        return self._near(self.looks(event), teller)

    def resume(self, event: Happened) -> None:
        """Note *event* of another's `kept`."""
        if not self.is_alone(event, self.who(event)):
            self.keep(event)

    def keep(self, event: Happened) -> None:
        """Keep *event*, which repeats nothing, to be found; one that is alone is noted already."""
        if self.several:
            self.recent.append(event)
            self._stand(event)

    def _stand(self, event: Happened) -> None:
        number, teller = next(self._number), self.who(event)
        stands = self._stands[event.id] = []
        for place, amount in self.stands(event):
            mark = Mark(amount, number, event)
            insort(self._marks.setdefault(place, {}).setdefault(teller, []), mark, key=_order)
            stands.append((place, teller, mark))

    def drop(self, event: Happened) -> None:
        """Leave *event* out of what is found: it is paired, or too old."""
        for place, teller, mark in self._stands.pop(event.id, ()):
            tellers = self._marks[place]
            marks = tellers[teller]
            del marks[bisect_left(marks, _order(mark), key=_order)]
            if not marks:
                del tellers[teller]
            if not tellers:
                del self._marks[place]

    def _forget(self, event: Happened) -> None:
        """Drop what lies further back from *event* than the span."""
        recent = self.recent
        while recent and event.at - recent[0].at > self.span:
            self.drop(recent.popleft())

    def kept(self) -> list[Happened]:
        """Return what another look can go on from: what was noted and is not paired."""
        return [event for event in self.recent if not self.several or event.id in self._stands]

    def _near(self, looks: Iterable[Near], teller: Place) -> list[Happened]:
        """Return what others than *teller* told, the likeliest first."""
        found: list[tuple[int, int, Happened]] = []
        for look in looks:
            for other, marks in self._marks.get(look.place, {}).items():
                if other != teller:
                    found += (
                        (abs(mark.amount - look.wanted), mark.number, mark.event) for mark in _within(marks, look)
                    )
        found.sort(key=_distance)
        return list({event.id: event for _, _, event in found}.values())


def _within(marks: list[Mark[Happened]], look: Near) -> list[Mark[Happened]]:
    """Return the marks of an amount that *look* allows; of too many, those about the likeliest."""
    begin = bisect_left(marks, (look.least, -1), key=_order)
    end = bisect_right(marks, look.most, lo=begin, key=_amount)
    if end - begin > MOST_LOOKED_AT:
        middle = bisect_left(marks, (look.wanted, -1), lo=begin, hi=end, key=_order)
        begin = max(begin, middle - MOST_LOOKED_AT // 2)
        end = min(end, begin + MOST_LOOKED_AT)
    return marks[begin:end]


def _order(mark: Mark[Happened]) -> tuple[int, int]:
    return mark.amount, mark.number


def _amount(mark: Mark[Happened]) -> int:
    return mark.amount


def _distance(found: tuple[int, int, Happened]) -> tuple[int, int]:
    return found[:2]
