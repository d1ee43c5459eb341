"""The ids of an append: a tuple, and where they are very many, one text and where each ends.

A million ids of ten letters are 67 MiB as strings of their own, and 17 so.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from typing import overload

MOST_APART = 10_000
"""So many are strings of their own."""


class Names(Sequence[str]):
    """Names in a row, kept close."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("Q")

    def append(self, name: str) -> None:
        """Add *name* at the end."""
        self._text += name.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._text))

    def extend(self, names: Iterable[str]) -> None:
        """Add *names* at the end."""
        parts = [name.encode("utf-8", "surrogatepass") for name in names]
        ends = accumulate(map(len, parts), initial=len(self._text))
        self._ends.extend(islice(ends, 1, None))
        self._text += b"".join(parts)

    def as_told(self) -> Sequence[str]:
        """Return them as strings where they are few, else as they are kept."""
        return tuple(self) if len(self) <= MOST_APART else self

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        """Return the name at a *place*, or those of a slice."""
        if isinstance(place, slice):
            return tuple(self._at(each) for each in range(len(self))[place])
        return self._at(range(len(self))[place])

    def __iter__(self) -> Iterator[str]:
        return map(self._at, range(len(self)))

    def _at(self, place: int) -> str:
        begin = self._ends[place - 1] if place else 0
        return self._text[begin : self._ends[place]].decode("utf-8", "surrogatepass")
