"""What a person must decide or mend: every fold returns its findings, none is swallowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import length_hint
from typing import NamedTuple, Self, TypeVar

T = TypeVar("T")


class Finding(NamedTuple):
    """A stable code, one sentence that says what and what to do, and the event it stands at."""

    code: str
    message: str
    event: str | None = None


class Findings(list[Finding]):
    """Findings in the order of the events they were told at, though one fold takes many events before the next does.

    While a fold goes `along` a stretch of events, and while `place` is set, each finding is noted with the place of its
    event; `settle` then brings what was told of it into order. Told outside of both it stands where it was told.
    """

    __slots__ = ("_along", "_last", "_places", "place")

    def __init__(self, told: Iterable[Finding] = ()) -> None:
        super().__init__(told)
        self.place: int | None = None
        """The place of the event at which what is told now stands, whichever one a fold took last."""
        self._places: list[int] = []
        self._along: Iterator[object] = iter(())
        self._last = -1

    def along(self, stretch: Sequence[T]) -> Iterator[T]:
        """Return the events of *stretch* for a fold to take; what it tells stands at the one it took last."""
        each = iter(stretch)
        self._along, self._last, self.place = each, len(stretch) - 1, None
        return each

    def settle(self) -> None:
        """Bring what was told since the last time into the order of its places, of one place as it was told."""
        places, self._places = self._places, []
        self._along, self._last, self.place = iter(()), -1, None
        if places:
            begin = len(self) - len(places)
            told = sorted(zip(places, self[begin:], strict=True), key=_by_place)
            self[begin:] = [finding for _, finding in told]

    def append(self, finding: Finding) -> None:
        """Tell *finding*."""
        if self.place is not None:
            self._places.append(self.place)
        elif self._last >= 0:
            self._places.append(self._last - length_hint(self._along))
        super().append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Tell *findings*."""
        for finding in findings:
            self.append(finding)

    def __iadd__(self, findings: Iterable[Finding]) -> Self:  # type: ignore[override, misc] # a list's own is wider
        """Tell *findings*."""
        self.extend(findings)
        return self


def _by_place(told: tuple[int, Finding]) -> int:
    return told[0]
