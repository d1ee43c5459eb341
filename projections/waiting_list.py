"""A list of which the beginning waits to be read until one of it is looked at: what a kept book had, and its next few.

What is put behind it is put there meanwhile. Whatever else is asked of it reads what waits, and finds a list as any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
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

    def read(self) -> WaitingList[T]:
        """Read what waits, and return this list."""
        if self.kept:
            kept, self.kept = self.kept, ()
            super().__setitem__(slice(0, 0), kept)
        return self

    def __len__(self) -> int:
        return super().__len__() + len(self.kept)

    __hash__ = None  # as of any list

    def __radd__(self, other: list[T]) -> list[T]:
        return [*other, *self]

    def __getitem__(self, place: Any) -> Any:
        """Return one, or a part; a part of what waits, from its beginning, waits too."""
        if isinstance(place, slice) and place.start is None and place.step is None:
            last = len(self) if place.stop is None else place.stop
            if 0 < last <= len(self.kept):
                return WaitingList.of(self.kept[:last])
        self.read()
        return super().__getitem__(place)


_LOOKS = (
    "__add__", "__contains__", "__delitem__", "__eq__", "__ge__", "__gt__", "__imul__", "__iter__", "__le__", "__lt__",
    "__mul__", "__ne__", "__repr__", "__reversed__", "__rmul__", "__setitem__", "clear", "copy", "count", "index",
    "insert", "pop", "remove", "reverse", "sort",
)  # fmt: skip
"""Whatever else a list is asked, but `append` and `extend`, which put something behind what waits."""


def _looking(name: str) -> Callable[..., Any]:
    of_a_list = getattr(list, name)

    @wraps(of_a_list)
    def looking(self: WaitingList[Any], *said: Any, **named: Any) -> Any:
        others = [each.read() if isinstance(each, WaitingList) else each for each in said]
        return of_a_list(self.read(), *others, **named)

    return looking


for _name in _LOOKS:
    setattr(WaitingList, _name, _looking(_name))


def passing(told: list[T]) -> Iterator[T]:
    """Yield all of *told*; what waits is made in passing, held by nobody, and goes on waiting."""
    return chain(told.kept, told.since()) if isinstance(told, WaitingList) else iter(told)
