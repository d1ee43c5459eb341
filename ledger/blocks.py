"""Events in blocks: they are read, decoded, amended and folded many at a time, and what is done once is done for all.

A block is a list that is never empty; its entries are events with their positions, in order of (at, position).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeAlias, TypeVar

from lotwork.ledger.events import Event

T = TypeVar("T")
Entry: TypeAlias = tuple[int, Event]

EVENTS_AT_ONCE = 256
"""So many events are read at once: few enough for the caches, and many for what is done once."""


def in_blocks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield *items* in blocks."""
    left = iter(items)
    while block := list(islice(left, EVENTS_AT_ONCE)):
        yield block


def those(blocks: Iterable[list[T]], counts: Callable[[T], bool]) -> Iterator[list[T]]:
    """Yield what *counts* of *blocks*."""
    return filter(None, ([item for item in block if counts(item)] for block in blocks))


def time_then_position(entry: Entry) -> tuple[datetime, int]:
    """Return what entries are ordered by."""
    return entry[1].at, entry[0]


def merged(one: Iterator[list[Entry]], other: Iterator[list[Entry]]) -> Iterator[list[Entry]]:
    """Yield the entries of two runs of blocks, each of them in order, as one run in order.

    Blocks that do not overlap are passed on as they are; of two that do, what stands before the end of both is sorted.
    """
    left, right = next(one, None), next(other, None)
    while left and right:
        if time_then_position(left[-1]) < time_then_position(right[0]):
            yield left
            left = next(one, None)
        elif time_then_position(right[-1]) < time_then_position(left[0]):
            yield right
            right = next(other, None)
        else:
            end = min(time_then_position(left[-1]), time_then_position(right[-1]))
            (before, left), (beside, right) = _parted(left, end), _parted(right, end)
            yield sorted(before + beside, key=time_then_position)
            left, right = left or next(one, None), right or next(other, None)
    for rest, following in ((left, one), (right, other)):
        if rest:
            yield rest
            yield from following


def _parted(block: Sequence[Entry], end: tuple[datetime, int]) -> tuple[list[Entry], list[Entry]]:
    """Return the entries of *block* up to *end*, which is one's place in the order, and those after it."""
    place = bisect_right(block, end, key=time_then_position)
    return [*block[:place]], [*block[place:]]
