"""How far long work has come: whoever does it counts, whoever sits at a terminal may listen.

Nobody listens in a daemon, a pipe or a test: then nothing is counted, and a pass over the log costs what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Listener: TypeAlias = Callable[[str, int], None]
"""Is told what was done, as in "events read", and how many more of it."""
AT_ONCE = 256

_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell *listener* what is counted within."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@contextmanager
def nobody_listening() -> Iterator[None]:
    """Count nothing within: whoever does many of a thing counts them himself."""
    listeners = _listeners[:]
    _listeners.clear()
    try:
        yield
    finally:
        _listeners[:] = listeners


def counted(what: str, items: Iterable[T], how_many: Callable[[T], int] = lambda _: 1) -> Iterable[T]:
    """Return *items*, each counted as it is taken; the very same where nobody listens.

    *how_many* says as how many an item counts.
    """
    return _counting(what, items, how_many) if _listeners else items


def count(what: str, more: int = 1) -> None:
    """Say that *more* of *what* is done."""
    for listener in _listeners:
        listener(what, more)


def _counting(what: str, items: Iterable[T], how_many: Callable[[T], int]) -> Iterator[T]:
    untold = 0
    for item in items:
        untold += how_many(item)
        if untold >= AT_ONCE:
            count(what, untold)
            untold = 0
        yield item
    if untold:
        count(what, untold)
