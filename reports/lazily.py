"""Many rows that are made when they are asked for: an answer of a hundred thousand never holds them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar, cast, overload

T = TypeVar("T")
R = TypeVar("R")
Tell: TypeAlias = Callable[[Sequence[T]], bytes | None]

AT_ONCE = 1_000
"""Of as many rows and fewer all are made at once; of more as many are written at once."""


class MadeRows(Sequence[R]):
    """The rows that *make* makes of each of *held*, anew whenever they are asked for.

    Where *tell* is given, it makes the JSON of some of them at once, or None where it cannot.
    """

    __slots__ = ("_held", "_make", "_tell")

    def __init__(self, held: Sequence[T], make: Callable[[T], R], tell: Tell[T] | None = None) -> None:
        self._held: Sequence[object] = held
        self._make = cast("Callable[[object], R]", make)
        self._tell = cast("Tell[object] | None", tell)

    def told(self, part: slice) -> bytes | None:
        """Return the JSON of *part* of the rows, as it stands between the brackets of a list in an answer.

        None where it is to be made of the rows themselves.
        """
        return None if self._tell is None else self._tell(self._held[part])

    def __len__(self) -> int:
        return len(self._held)

    @overload
    def __getitem__(self, place: int) -> R: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[R, ...]: ...
    def __getitem__(self, place: int | slice) -> R | tuple[R, ...]:
        if isinstance(place, slice):
            return tuple(map(self._make, self._held[place]))
        return self._make(self._held[place])


def made_rows(held: Sequence[T], make: Callable[[T], R], tell: Tell[T] | None = None) -> tuple[R, ...]:
    """Return the rows that *make* makes of each of *held*: a tuple, or of more than AT_ONCE what is read like one."""
    if len(held) <= AT_ONCE:
        return tuple(map(make, held))
    return cast("tuple[R, ...]", MadeRows(held, make, tell))


def all_made(value: object) -> object:
    """Return all the rows of *value*, for a msgspec that knows no such rows. Raises NotImplementedError otherwise."""
    if isinstance(value, MadeRows):
        return value[:]
    raise NotImplementedError
