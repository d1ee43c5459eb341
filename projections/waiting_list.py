"""A list of which the beginning waits to be read until one of it is looked at: what a kept book had, and its next few.

What is put behind it is put there meanwhile. Whatever else is asked of it reads what waits, and finds a list as any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

T = TypeVar("T")


class WaitingList(list[T]):
    """A list that begins with what is *kept*, which is read once, when it is first looked at."""

    __slots__ = ("kept",)

    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        self.kept: Sequence[T] = ()

    @classmethod
    def of(cls, kept: Sequence[T]) -> WaitingList[T]:
        """Return the list of what is *kept*."""
        waiting = cls()
        waiting.kept = kept
        return waiting

    def since(self) -> tuple[T, ...]:
        """Return what was put behind all that waits."""
        return tuple(super().__iter__())

    def _read(self) -> WaitingList[T]:
        if self.kept:
            kept, self.kept = self.kept, ()
            super().__setitem__(slice(0, 0), kept)
        return self

    def __len__(self) -> int:
        return super().__len__() + len(self.kept)

    def __iter__(self) -> Iterator[T]:
        self._read()
        return super().__iter__()

    def __reversed__(self) -> Iterator[T]:
        self._read()
        return super().__reversed__()

    def __contains__(self, value: object) -> bool:
        self._read()
        return super().__contains__(value)

    def __eq__(self, other: object) -> bool:
        self._read()
        return super().__eq__(other._read() if isinstance(other, WaitingList) else other)

    __hash__ = None  # as of any list

    def __getitem__(self, place: Any) -> Any:
        """Return one, or a part; a part of what waits, from its beginning, waits too."""
        if isinstance(place, slice) and place.start is None and place.step is None:
            last = len(self) if place.stop is None else place.stop
            if 0 < last <= len(self.kept):
                return WaitingList.of(self.kept[:last])
        self._read()
        return super().__getitem__(place)

    def __setitem__(self, place: Any, value: Any) -> None:
        self._read()
        super().__setitem__(place, value)

    def __delitem__(self, place: Any) -> None:
        self._read()
        super().__delitem__(place)


def passing(told: list[T]) -> Iterator[T]:
    """Yield all of *told*; what waits is made in passing, held by nobody, and goes on waiting."""
    return chain(told.kept, told.since()) if isinstance(told, WaitingList) else iter(told)
