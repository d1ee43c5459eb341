"""Many candles by one question: what else is wanted lies near, and what was answered is remembered for it.

A source is told beforehand which instants will be asked for. The question for one of them then reaches as far as others
lie within what one answer holds, and these are read from that answer. What a candle says does not hang on the question
it came by, so neither its event nor its evidence does. A few answers are remembered, however many are wanted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

REMEMBERED = 16
T = TypeVar("T")


class Window(NamedTuple):
    """A span that one question asks for, in epoch seconds; the end is not of it."""

    start: int
    end: int


@dataclass
class Windows(Generic[T]):
    """What is expected of each coin, and the last answers by market and length of their candles."""

    _expected: dict[str, list[int]] = field(default_factory=dict)
    _answers: OrderedDict[tuple[str, int, Window], T] = field(default_factory=OrderedDict)

    def expect(self, asset: str, instants: Iterable[datetime]) -> None:
        """Plan for *instants* of *asset*, in place of those planned before."""
        self._expected[asset] = sorted({int(at.timestamp()) for at in instants})

    def is_many(self, asset: str, count: int) -> bool:
        """Say if at least *count* instants of *asset* are expected."""
        return len(self._expected.get(asset, ())) >= count

    def around(self, asset: str, start: int, seconds: int, most: int, now: datetime) -> Window:
        """Return the span of the question for the candle of *seconds* at *start*: up to *most* candles, all finished.

        It ends with the candle of the last instant expected that lies within.
        """
        expected = self._expected.get(asset, [])
        over = int(now.timestamp()) // seconds * seconds
        at = bisect_left(expected, min(start + most * seconds, over))
        last = expected[at - 1] if at and expected[at - 1] >= start else start
        return Window(start, last - last % seconds + seconds)

    def keep(self, market: str, seconds: int, window: Window, answer: T) -> T:
        """Remember *answer* to the question for *window*, in place of the oldest."""
        self._answers[market, seconds, window] = answer
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return answer

    def known(self, market: str, seconds: int, start: int) -> T | None:
        """Return the answer that tells of the candle of *seconds* at *start*; None where none is remembered."""
        for (of, length, window), answer in reversed(self._answers.items()):
            if of == market and length == seconds and window.start <= start < window.end:
                return answer
        return None
