"""Findings of a kept book, which stay as they were written until somebody looks at one: most are printed, or counted.

A book of a million events may ask 150,000 questions. Its next answer has a few more, and tells the others as they were.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, overload

import msgspec

from lotwork.projections.findings import Finding, Findings, Question, each_once


class Shortened(msgspec.Struct, array_like=True, gc=False):
    """Findings as JSON keeps them, in columns: the words that many share, once, and the events of each."""

    kinds: list[tuple[str, str]]
    """The codes, each with the words of its questions, or with the message of a finding."""
    places: list[int]
    """Of each finding, where its code and its words stand."""
    events: list[str | None]
    others: list[str | None]
    """Of a question its other event, which no other finding has."""

    def in_full(self) -> Iterator[Finding]:
        """Yield the findings. Raises IndexError where a place has no words."""
        return map(self.finding, range(len(self.places)))

    def finding(self, at: int) -> Finding:
        """Return one of them. Raises IndexError as above."""
        (code, words), event, other = self.kinds[self.places[at]], self.events[at], self.others[at]
        return Finding(code, words, event) if other is None else Question.of(code, words, event or "", other)

    def part(self, first: int, last: int) -> Shortened:
        """Return the findings from the place *first* to before *last*."""
        return Shortened(self.kinds, self.places[first:last], self.events[first:last], self.others[first:last])


def shortened(findings: Iterable[Finding]) -> Shortened:
    """Return *findings* as JSON keeps them."""
    kinds: dict[tuple[str, str], int] = {}
    short = Shortened([], [], [], [])
    for each in findings:
        words, other = each.held if isinstance(each, Question) else (each.message, None)
        short.places.append(kinds.setdefault((each.code, words), len(kinds)))
        short.events.append(each.event)
        short.others.append(other)
    short.kinds = [*kinds]
    return short


class Outline(NamedTuple):
    """What a summary asks of the findings of one frame."""

    size: int
    codes: frozenset[str]
    names: array[int]
    """Their hashes."""

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> Outline:
        """Return the outline of *findings*."""
        return cls(len(findings), frozenset(each.code for each in findings), array("q", map(hash, findings)))


class Summary(msgspec.Struct):
    """What is known of kept findings without a look at any: how many a frame has, their codes, and if each is once."""

    counts: list[int]
    codes: list[str]
    each_once: bool

    @classmethod
    def of(cls, outlines: Sequence[Outline]) -> Summary:
        """Return what is known of findings by the *outlines* of their frames."""
        counts = [each.size for each in outlines]
        names = set(chain.from_iterable(each.names for each in outlines))
        is_each_once = len(names) == sum(counts)  # where two share one by chance, all are looked at, and no more
        return cls(counts, sorted(frozenset().union(*(each.codes for each in outlines))), is_each_once)


class Part(Sequence[Finding]):
    """Findings that follow on each other, as they are kept."""

    __slots__ = ("short",)

    def __init__(self, short: Iterable[Shortened]) -> None:
        self.short = tuple(short)

    def __len__(self) -> int:
        return sum(len(each.places) for each in self.short)

    def __iter__(self) -> Iterator[Finding]:
        return chain.from_iterable(each.in_full() for each in self.short)

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, place: int | slice) -> Finding | tuple[Finding, ...]:
        return tuple(self)[place]


_decode = msgspec.json.Decoder(Shortened).decode


class KeptFindings(Sequence[Finding]):
    """Findings in *frames*, each the JSON of what `shortened` returns, of which the *summary* is known."""

    __slots__ = ("_first", "_read", "codes", "frames", "is_each_once")

    def __init__(self, frames: Sequence[bytes], summary: Summary) -> None:
        self.frames = frames
        self.codes = frozenset(summary.codes)
        self.is_each_once = summary.each_once
        self._read: tuple[int, Shortened] | None = None
        """The frame that was read last."""
        self._first = [0]
        for count in summary.counts:
            self._first.append(self._first[-1] + count)

    def __len__(self) -> int:
        return self._first[-1]

    def __iter__(self) -> Iterator[Finding]:
        return chain.from_iterable(_decode(frame).in_full() for frame in self.frames)

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> Part: ...
    def __getitem__(self, place: int | slice) -> Finding | Part:
        if isinstance(place, slice):
            first, last, _ = place.indices(len(self))
            return Part(self._short(first, last))
        return self[place : place + 1 or None][0]

    def _short(self, first: int, last: int) -> Iterator[Shortened]:
        """Yield what stands from *first* to before *last*, frame by frame."""
        number = bisect_right(self._first, first) - 1
        while first < last:
            begin, end = self._first[number], min(self._first[number + 1], last)
            yield self._frame(number).part(first - begin, end - begin)
            first, number = end, number + 1

    def _frame(self, number: int) -> Shortened:
        if self._read is None or self._read[0] != number:
            self._read = number, _decode(self.frames[number])
        return self._read[1]

    def of(self, codes: Collection[str]) -> Iterator[Finding]:
        """Yield the findings of *codes*; where there are none, nothing is read."""
        return iter(()) if self.codes.isdisjoint(codes) else (each for each in self if each.code in codes)

    def holds(self, finding: Finding) -> bool:
        """Say if *finding* is among these; read is only what has its event, or its message where it stands at none."""
        if finding.code not in self.codes:
            return False
        sought = msgspec.json.encode(finding.message if finding.event is None else finding.event)
        perhaps = (_decode(frame) for frame in self.frames if sought in frame)
        return any(each == finding for short in perhaps for each in short.in_full())


class Told(Sequence[Finding]):
    """Findings in the order they are told in: of a kept book those that it kept, and what stands before and after."""

    __slots__ = ("after", "before", "kept")

    def __init__(self, before: tuple[Finding, ...], kept: Sequence[Finding], after: tuple[Finding, ...]) -> None:
        self.before = before
        self.kept = kept
        self.after = after

    @classmethod
    def of(cls, before: Iterable[Finding], kept: Sequence[Finding], *after: Iterable[Finding]) -> Told:
        """Return the findings *before*, those *kept* and what comes *after*, each once, where it stood first."""
        first, last = each_once(before), each_once(chain.from_iterable(after))
        if not isinstance(kept, KeptFindings) or not kept.is_each_once or any(map(kept.holds, first)):
            return cls((), (), each_once(chain(first, kept, last)))
        return cls(first, kept, tuple(each for each in last if each not in first and not kept.holds(each)))

    def then(self, *more: Iterable[Finding]) -> Told:
        """Return these, and *more* after them."""
        return Told(self.before, self.kept, (*self.after, *chain.from_iterable(more)))

    def codes(self) -> frozenset[str]:
        """Return the codes of all."""
        return codes_of(self.kept).union(codes_of(self.before), codes_of(self.after))

    def of_codes(self, codes: Collection[str]) -> Iterator[Finding]:
        """Yield the findings of *codes*."""
        kept = self.kept.of(codes) if isinstance(self.kept, KeptFindings) else self.kept
        return (each for each in chain(self.before, kept, self.after) if each.code in codes)

    def __len__(self) -> int:
        return len(self.before) + len(self.kept) + len(self.after)

    def __iter__(self) -> Iterator[Finding]:
        return chain(self.before, self.kept, self.after)

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> Part: ...
    def __getitem__(self, place: int | slice) -> Finding | Part:
        if not isinstance(place, slice):
            return self[place : place + 1 or None][0]
        first, last, _ = place.indices(len(self))
        parts = list[Shortened]()
        for held in (self.before, self.kept, self.after):
            told = held[max(first, 0) : max(last, 0)]
            parts += told.short if isinstance(told, Part) else (shortened(told),)
            first, last = first - len(held), last - len(held)
        return Part(parts)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Told | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def told_of(findings: Iterable[Finding]) -> Told:
    """Return *findings* as they are told, those that are kept as they are."""
    return findings if isinstance(findings, Told) else Told((), (), (*findings,))


def codes_of(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the codes of *findings*, reading none that wait."""
    if isinstance(findings, KeptFindings):
        return findings.codes
    if isinstance(findings, Findings):
        return codes_of(findings.kept).union(codes_of(findings.since()))
    return frozenset(each.code for each in findings)
