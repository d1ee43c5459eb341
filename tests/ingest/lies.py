"""Every way to change one word of an answer: what a liar, a proxy or a broken disk may make of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from lotwork.ledger.clock import SystemClock

Way = tuple[str | int, ...]
HUGE = 10**300


class Unhurried(SystemClock):
    """A clock by which nobody waits before asking again."""

    def sleep(self, seconds: float) -> None:
        """Return at once."""


def lies(answer: Any) -> Iterator[Any]:
    """Yield *answer* with one of its texts, numbers, lists and keys changed, in each way that fits."""
    for way in _ways(answer):
        true = _at(answer, way)
        for told in _changes(true):
            if (type(told), told) != (type(true), true):
                yield _with(answer, way, told)


def _ways(value: Any, way: Way = ()) -> Iterator[Way]:
    yield way
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from _ways(each, (*way, key))


def _at(value: Any, way: Way) -> Any:
    for key in way:
        value = value[key]
    return value


def _with(value: Any, way: Way, told: Any) -> Any:
    if not way:
        return told
    whole = copy.deepcopy(value)
    _at(whole, way[:-1])[way[-1]] = told
    return whole


def _changes(true: Any) -> Iterator[Any]:
    yield None
    if isinstance(true, str):
        yield from _spellings(true)
    elif isinstance(true, list):
        yield from ([], {}, true[:-1], true[::-1], true + true[-1:])
    elif isinstance(true, dict):
        yield {}
        yield from ({key: each for key, each in true.items() if key != left_out} for left_out in true)
    elif isinstance(true, int) and not isinstance(true, bool):
        yield from (true - 1, true + 1, 0, -1, 1.5, 10**9, 10**20, HUGE, str(true))
    else:
        yield from (not true, "0x1", HUGE)


def _spellings(true: str) -> Iterator[Any]:
    yield from ("", "0x", "0x0", "-0x1", "1e999990", "0x" + "f" * 64, "0x" + "f" * 100_000, HUGE)
    if len(true) > len("0x"):
        yield from (true + "00", true[:-2], true.upper(), true[:2] + "f" * (len(true) - 2))
        for place in {2, len(true) // 2, len(true) - 1}:
            yield true[:place] + ("1" if true[place] != "1" else "2") + true[place + 1 :]
