"""What was told lately, to be found by how much it was: the nearest amount first, and of equals the one told first.

Nothing is kept in order while one teller has told everything of the span: there is nothing to compare until there is a
second, and again none once what the others told lies further back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from lotwork.ledger.events import Event

MOST_LOOKED_AT = 64
"""Of each teller so many of the nearest amounts are held against an event: what is no pair rarely stands among them."""

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Happened = TypeVar("Happened", bound=Event)
Place: TypeAlias = tuple[str, ...]
"""What is compared: a kind, a coin, perhaps a wallet."""


class Mark(NamedTuple, Generic[Happened]):
    """One place that an event stands at: how much it is there."""

    amount: int
    number: int
    event: Happened


class Near(NamedTuple):
    """Where to look, and for how much: for just that, or for what may be less by a share of the larger, as by a fee."""

    place: Place
    wanted: int
    share: int = 0

    @property
    def least(self) -> int:
        """The least that is looked for."""
        return self.wanted - self.wanted // self.share if self.share else self.wanted

    @property
    def most(self) -> int:
        """The most that is looked for."""
        return self.wanted + self.wanted // (self.share - 1) + 1 if self.share else self.wanted


class Recent(msgspec.Struct, Generic[Happened]):
    """What a Lately goes on from: the events of its span, and which of them are paired."""

    events: list[Happened]
    paired: list[str]


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
    several: bool = False
    """Whether more than one tell of the span: only then its events stand to be found."""
    _teller: Place | None = None
    """The one who told the last event."""
    _others: datetime = LONG_AGO
    """When another than that one last told of something."""
    _paired: set[str] = field(default_factory=set)
    """Which of the recent are not to be found again."""
    _marks: dict[Place, dict[Place, list[Mark[Happened]]]] = field(default_factory=dict)
    _stands: dict[str, list[tuple[Place, Place, Mark[Happened]]]] = field(default_factory=dict)
    _number: Iterator[int] = field(default_factory=count)
    _passed: dict[Place, dict[Hashable, Happened]] = field(default_factory=dict)
    """Where what was passed by is to stand once something is looked for, and one of each kind that is."""
    _to_stand: int = 0
    """How many of the recent, the last ones, those are."""

    def find(self, event: Happened) -> list[Happened]:
        """Return what others told that *event* may repeat, the likeliest first; none while one has told everything."""
        teller = self.who(event)
        if self.is_told_by(teller, event.at):
            self.recent.append(event)
            return []
        if self._passed:
            self._stand_passed()
        return self._near(self.looks(event), teller)

    def is_told_by(self, teller: Place, at: datetime) -> bool:
        """Say if *teller*, who tells what is next, has told everything of the span before *at*."""
        self._forget(at)
        recent, several = self.recent, self.several
        if recent and (teller != self._teller or (several and recent[0].at <= self._others)):
            self._compare()
            return False
        if several:
            self.several, self._to_stand = False, 0
            self._marks.clear()
            self._stands.clear()
            self._passed.clear()
        self._teller = teller
        return True

    def are_apart(
        self,
        events: Sequence[Happened],
        kind: Callable[[Happened], Hashable],
        are_two: Callable[[Happened, Happened], bool],
    ) -> bool:
        """Say if none of *events*, which are in order of time, can be what another told, be it one of them.

        Those of one *kind* have one teller, stand and are looked for in the same places, and *are_two* with the same
        others. So it is where nobody else tells of any place that they look in, but of what is two with them.
        """
        self._forget(events[0].at)
        self._compare()
        samples = {kind(each): each for each in events}
        for name, sample in samples.items():
            for place, _ in self.stands(sample):
                self._passed.setdefault(place, {})[name] = sample
        there: dict[Place, Collection[Happened]] = {}
        for sample in samples.values():
            teller = self.who(sample)
            for place in {look.place for look in self.looks(sample)}:
                others = there[place] if place in there else there.setdefault(place, self._one_of_each(place, kind))
                if not all(self.who(other) == teller or are_two(sample, other) for other in others):
                    return False
        return True

    def _one_of_each(self, place: Place, kind: Callable[[Happened], Hashable]) -> Collection[Happened]:
        """Return one of each *kind* of what stands at *place*, or is to stand there once something is looked for."""
        standing = {kind(mark.event): mark.event for marks in self._marks.get(place, {}).values() for mark in marks}
        return (standing | self._passed.get(place, {})).values()

    def pass_by(self, events: Sequence[Happened]) -> None:
        """Note *events*, in order of time, as told by the one who has told everything, or as all apart."""
        last = last_of(events, self.span)
        if self.several:
            teller = self.who(last[-1])
            other = next((each for each in reversed(events) if self.who(each) != teller), None)
            if other is not None:
                self._others = other.at
            elif teller != self._teller and self.recent:
                self._others = self.recent[-1].at
            self._teller = teller
            self._to_stand += len(last)
        self.recent.extend(last)
        self._forget(last[-1].at)

    def keep(self, event: Happened) -> None:
        """Keep *event*, which repeats nothing, to be found; where one has told everything it is noted already."""
        if self.several:
            teller = self.who(event)
            if teller != self._teller:
                self._teller, self._others = teller, self.recent[-1].at
            self.recent.append(event)
            if event.id not in self._paired:
                self._stand(event, teller)

    def _compare(self) -> None:
        """Have all that is kept stand to be found, if it does not."""
        if not self.several:
            self.several = True
            for event in self.kept():
                self._stand(event, self.who(event))

    def _stand_passed(self) -> None:
        """Have what was passed by stand to be found."""
        for event in islice(self.recent, len(self.recent) - self._to_stand, None):
            self._stand(event, self.who(event))
        self._to_stand = 0
        self._passed.clear()

    def _stand(self, event: Happened, teller: Place) -> None:
        number = next(self._number)
        stands = self._stands[event.id] = []
        for place, amount in self.stands(event):
            mark = Mark(amount, number, event)
            insort(self._marks.setdefault(place, {}).setdefault(teller, []), mark, key=_order)
            stands.append((place, teller, mark))

    def drop(self, event: Happened) -> None:
        """Leave *event* out of what is found: it is paired."""
        self._fall(event)
        self._paired.add(event.id)

    def _fall(self, event: Happened) -> None:
        for place, teller, mark in self._stands.pop(event.id, ()):
            tellers = self._marks[place]
            marks = tellers[teller]
            del marks[bisect_left(marks, _order(mark), key=_order)]
            if not marks:
                del tellers[teller]
            if not tellers:
                del self._marks[place]

    def _forget(self, at: datetime) -> None:
        """Let go of what lies further back from *at* than the span."""
        recent, begin = self.recent, at - self.span
        if not self.several and not self._paired:  # as mostly
            while recent and recent[0].at < begin:
                recent.popleft()
        while recent and recent[0].at < begin:
            event = recent.popleft()
            self._fall(event)
            self._paired.discard(event.id)
        self._to_stand = min(self._to_stand, len(recent))

    def kept(self) -> list[Happened]:
        """Return what was noted and is not paired."""
        return [event for event in self.recent if event.id not in self._paired]

    def state(self) -> Recent[Happened]:
        """Return what another can go on from."""
        return Recent(list(self.recent), sorted(self._paired))

    def resume(self, state: Recent[Happened]) -> None:
        """Go on from another's *state*."""
        self._paired.update(state.paired)
        for event in state.events:
            if self.is_told_by(self.who(event), event.at):
                self.recent.append(event)
            else:
                self.keep(event)

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


def last_of(events: Sequence[Happened], span: timedelta) -> Sequence[Happened]:
    """Return the last of *events*, which are in order of time: those no further from the very last than *span*."""
    at = events[-1].at
    return events[bisect_left(events, True, key=lambda each: at - each.at <= span) :]


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
