"""What a person must decide or mend: every fold returns its findings, none is swallowed."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from operator import length_hint
from typing import Any, NamedTuple, Self, TypeVar

from lotwork.projections.waiting_list import WaitingList

T = TypeVar("T")


class Finding(NamedTuple):
    """A stable code, one sentence that says what and what to do, and the event it stands at."""

    code: str
    message: str
    event: str | None = None


class Question(Finding):
    """A finding of two events, whose words are made whenever they are read: as many differ in their events only.

    What it holds for a message are those *words*, shared by all of a kind, and the two events. To whoever reads it, it
    is the `Finding` with the message made of them; as JSON it is not, and `shortened` tells it. It equals a question
    of the same words and events, which is known without making the sentence, and no plain finding.
    """

    __slots__ = ()

    @classmethod
    def of(cls, code: str, words: str, one: str, two: str) -> Question:
        """Return the question at the event *one*; in *words* stand {one}, {two}, and {one_target}, {two_target}.

        The latter are how a command names them, quoted for a shell. A brace of the words' own stands twice.
        """
        return tuple.__new__(cls, (code, words, one, two))

    @property
    def message(self) -> str:
        """The sentence."""
        (words, two), one = self.held, self.event or ""
        return words.format(one=one, two=two, one_target=target_of(one), two_target=target_of(two))

    @property
    def held(self) -> tuple[str, str]:
        """The words, and the other event."""
        words, two = tuple.__getitem__(self, 1), tuple.__getitem__(self, 3)
        return words or "", two or ""

    def _whole(self) -> tuple[str, str, str | None]:
        return self.code, self.message, self.event

    def __len__(self) -> int:
        return len(self._fields)

    def __iter__(self) -> Iterator[str | None]:
        return iter(self._whole())

    def __getitem__(self, place: Any) -> Any:
        return self._whole()[place]

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        return self._whole() < tuple(other)

    def __repr__(self) -> str:
        return repr(Finding(*self._whole()))

    def __reduce__(self) -> tuple[Any, ...]:
        return Question.of, (self.code, *self.held[:1], self.event, *self.held[1:])

    def _replace(self, **changed: Any) -> Finding:  # type: ignore[override] # its words are words from now on
        return Finding(*self._whole())._replace(**changed)


def target_of(event: str) -> str:
    """Return how a command names the *event* that it is about, quoted for a shell."""
    return shlex.quote(f"target={event}")


def each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return *findings*, each once, where it stood first; no question's words are made for it."""
    return tuple(dict.fromkeys(findings))


class Findings(WaitingList[Finding]):
    """Findings in the order of the events they were told at, though one fold takes many events before the next does.

    While a fold goes `along` a stretch of events, or to some `at` their places, each finding has the place of its
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

    def along(self, stretch: Sequence[T], begin: int = 0) -> Iterator[T]:
        """Return the events of *stretch* for a fold to take; what it tells stands at the one it took last.

        It may be a piece of one: the first of its events stands at the place *begin*.
        """
        each = iter(stretch)
        self._along, self._last, self.place = each, begin + len(stretch) - 1, None
        return each

    def at(self, places: Iterable[int]) -> Iterator[int]:
        """Yield *places* of a stretch's events; what is told stands at the one that was yielded last."""
        self._last = -1
        for self.place in places:
            yield self.place
        self.place = None

    def settle(self) -> None:
        """Bring what was told since the last time into the order of its places, of one place as it was told."""
        places, self._places = self._places, []
        self._along, self._last, self.place = iter(()), -1, None
        if places:
            last = slice(-len(places), None)
            told = sorted(zip(places, list.__getitem__(self, last), strict=True), key=_by_place)
            list.__setitem__(self, last, [finding for _, finding in told])

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


def put_for(code: str, findings: list[Finding], finding: Finding) -> None:
    """Tell *finding* in the place of the last one of *code* at the same event; where there is none, behind all."""
    for place in range(len(findings) - 1, -1, -1):
        if (findings[place].code, findings[place].event) == (code, finding.event):
            findings[place] = finding
            return
    findings.append(finding)


def _by_place(told: tuple[int, Finding]) -> int:
    return told[0]
