"""A meter that keeps what was used by the minute or the hour, as a receipt source.

Each look reads on from where the last ended, less an overlap in which what the meter tells otherwise is corrected by
event. Days are told when they are over; where the meter has nothing of a time, nothing is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from lotwork.ingest.context import Policy
from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.meters.runs import Run, Span, at_second, event_of, runs_of
from lotwork.ingest.meters.settings import MeterSection
from lotwork.ingest.meters.told import PARTS, MeterRefusedError, kwh
from lotwork.ingest.ports import AHEAD, NOTHING, EvidenceKeeper, Page
from lotwork.ingest.reorganisations import Notice, Recorded, effective_contents, reconcile, recorded_of
from lotwork.ingest.suspense import InSuspense, Untaken, place_of
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Energy, Event
from lotwork.ledger.kinds.hour_cells import RESTART
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import HOUR_SECONDS, ONE_DAY

SETTLED_AFTER = timedelta(minutes=30)
"""How long after its end a day may still be told."""
LATE = 2 * 86_400
"""Seconds for which what is not recorded yet may still come: utilities tell their hours days late."""
NO_HOLE = int(RESTART.total_seconds())
"""Seconds without a record that are a restart, and no hole."""
SILENCE, BEFORE_ALL = "silence", "before"
"""What is in suspense: a time without a record that goes on, and one from its `start` to the first record."""


class Told(NamedTuple):
    """What a meter recorded in a span of time that was asked for, in order, and the bytes it was read from."""

    spans: list[Span]
    body: bytes
    more_from: int | None = None
    """Where to ask on, where the span was told in part."""


class Reading(NamedTuple):
    """How a meter is asked."""

    ask: Callable[[int, int], Told]
    """Returns what is recorded from one second to before another."""
    window: int
    """How many days are read in one page."""
    overlap: int
    """How many days each look reaches back again."""
    refuse: Callable[[str, str, bytes], SourceRefusedError]
    """Returns the error for what was asked, the reason and the bytes."""


class Through(msgspec.Struct):
    """The midnight up to which everything was told, in seconds since 1970: what a cursor says."""

    through: int
    late: int = 0
    """Since when nothing is recorded, where a person was told so."""


@dataclass(frozen=True, kw_only=True)
class RecordedSource:
    """One meter that keeps its past."""

    section: MeterSection
    start: date
    reading: Reading
    evidence: EvidenceKeeper
    clock: Clock
    policy: Policy
    log: Recorded
    named: frozenset[str] | None = None
    """The sources of its book, where they are known."""

    @property
    def name(self) -> str:
        """The name its cursor is stored under, and its events' `source`."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its events belong to."""
        return self.section.book

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the days that are over and were not told, as many as one page takes."""
        calendar, now = self.policy.calendar, self.clock.now()
        first = self._midnight(self.start)
        known = Through(first) if cursor is None else self._known(cursor)
        end = self._midnight(calendar.day(now - SETTLED_AFTER))
        through = min(known.through, max(first, end))  # a clock that was ahead may have read on into days to come
        reached = calendar.day(at_second(through))
        begin = max(first, self._midnight(reached - self.reading.overlap * ONE_DAY))
        until = min(end, self._midnight(reached + self.reading.window * ONE_DAY))
        if until <= begin:
            return Page(events=(), cursor=cursor or _text(known))
        spans, bodies = self._all(begin, until)
        held = HeldEvidence(self.evidence.keep)
        kept = held.keep(b"\n".join(bodies))
        events = self._amended(list(runs_of(spans, calendar)), kept, begin, until)
        held.settle(event.evidence for event in events)
        moved = max(through, until if until < end else self._told_through(spans, until))
        is_new = moved > through
        late = self._late(spans, known, until) if until == end else 0
        events += self._left(self._before_all(spans, first), first, late if until == end else None)
        return Page(
            events=tuple(events),
            cursor=cursor if cursor and (moved, late) == (through, known.late) else _text(Through(moved, late)),
            more=until < end,
            progress=f"{at_second(until):%Y-%m-%d} reached" if is_new else None,
            alerts=(*self._holes(spans, through), *(self._waiting(late) if late != known.late else ())),
            left_out=f"nothing is recorded before {at_second(until):%Y-%m-%d}" if not spans and is_new else None,
        )

    def _told_through(self, spans: list[Span], until: int) -> int:
        """Return the midnight up to which *spans* tell all: what is not recorded yet is asked for again."""
        last = min(spans[-1].end, until) if spans else 0
        return until if last == until else self._midnight(self.policy.calendar.day(at_second(last)))

    def _known(self, cursor: str) -> Through:
        try:
            return msgspec.json.decode(cursor, type=Through)
        except msgspec.DecodeError:
            raise SourceRefusedError(
                f"{self.name}: its cursor cannot be read: {NOTHING}; was this name another source's? give it another "
                "name"
            ) from None

    def _midnight(self, day: date) -> int:
        return int(self.policy.calendar.midnight(day).timestamp())

    def _all(self, begin: int, until: int) -> tuple[list[Span], list[bytes]]:
        """Return what is recorded from *begin* to *until*, asked part by part."""
        spans: list[Span] = []
        bodies: list[bytes] = []
        at = begin
        while at < until:
            told = self.reading.ask(at, until)
            bodies.append(told.body)
            try:
                spans += self._checked(told.spans, spans)
            except MeterRefusedError as refused:
                raise self.reading.refuse(_item(at, until), str(refused), told.body) from None
            if told.more_from is None or told.more_from >= until:
                break
            if told.more_from <= at:
                raise self.reading.refuse(_item(at, until), "its parts have no end", told.body)
            at = told.more_from
        return spans, bodies

    def _checked(self, spans: Iterable[Span], before: list[Span]) -> list[Span]:
        """Return *spans*, those in doubt marked; raise MeterRefusedError where they are not in order of time."""
        found: list[Span] = []
        last = before[-1] if before else None
        latest = int((self.clock.now() + AHEAD).timestamp())
        for span in spans:
            if span.end <= span.begin or (last is not None and span.begin < last.end):
                raise MeterRefusedError("its records are not in order of time, or one stands twice")
            if span.end > latest:
                raise MeterRefusedError("it tells of the future")
            lost = 0 if last is None else span.begin - last.end
            if last is not None and 0 < lost <= NO_HOLE:
                found.append(Span(last.end, span.begin, 0, note=f"{-(-lost // 60)} minutes without a record"))
            found.append(self._judged(span))
            last = span
        return found

    def _judged(self, span: Span) -> Span:
        if span.parts < 0:
            note = f"{kwh(-span.parts)} kWh less than before"
            return Span(span.begin, span.end, 0, span.fed_back, "flowed_back", note)
        if span.parts * HOUR_SECONDS > self.section.most_kw * PARTS * (span.end - span.begin):
            return msgspec.structs.replace(span, doubt="counter_jumped")
        return span

    def _left(self, before: list[Untaken], first: int, late: int | None) -> tuple[Event, ...]:
        """Return what puts in suspense the time of which nothing is recorded at either end, and takes it back.

        *before* is from the *first* second asked for, as it is found when the meter tells for the first time. *late* is
        since when nothing is recorded, 0 where all is; None: it was not read up to now. A hole between two records
        stands in the log itself, and is a finding of the meter's.
        """
        suspense = InSuspense(self.log, self.book, self.name, self.named)
        looked = {place_of(each.id) for each in suspense.open(BEFORE_ALL) if each.at != at_second(first)}
        return suspense.amended(
            [*before, *([self._silence(late)] if late else [])],
            looked=looked | ({SILENCE} if late is not None else set()),
            now=self.clock.now(),
            because="the meter tells of that time, or is asked for a later one",
        )

    def _before_all(self, spans: list[Span], first: int) -> list[Untaken]:
        """Return the time from *first* to the first record, where *spans* are the first that the meter ever told."""
        if not spans or spans[0].begin - first < LATE:
            return []
        if any(True for _ in self.log.read(self.book, kinds=("energy",), source=self.name)):
            return []
        begin, end = print_instant(at_second(first)), print_instant(at_second(spans[0].begin))
        one = Untaken(
            BEFORE_ALL,
            str(first),
            f"meter {self.section.meter}, from {begin} to {end}",
            "it was asked for that time, and its first record is later: power of that time is in no figure",
            "record by hand what was used, or set `start` of the source to the day on which the meter began",
            at=at_second(first),
        )
        return [one]

    def _silence(self, late: int) -> Untaken:
        return Untaken(
            SILENCE,
            "",
            f"meter {self.section.meter}, since {print_instant(at_second(late))}",
            "nothing is recorded since: power of that time is in no figure",
            "look at the meter; what it tells later of that time is read then",
            at=at_second(late),
        )

    def _holes(self, spans: list[Span], begin: int) -> Iterator[str]:
        """Say where nothing is recorded from *begin* on, between two records."""
        reached = max(spans[0].begin, begin) if spans else begin
        for span in spans:
            if span.begin - reached > NO_HOLE:
                first, end = print_instant(at_second(reached)), print_instant(at_second(span.begin))
                yield (
                    f"meter {self.section.meter}: nothing is recorded from {first} to {end}: power of that time is in "
                    "no figure: if the rigs drew power then, record what they used by hand"
                )
            reached = max(reached, span.end)

    def _late(self, spans: list[Span], known: Through, until: int) -> int:
        """Return since when nothing is recorded, up to *until*, if a person must look; else 0."""
        if not spans and known.through == self._midnight(self.start):
            return 0  # it never told anything
        reached = spans[-1].end if spans else known.late or known.through
        return reached if until - reached >= LATE else 0

    def _waiting(self, late: int) -> Iterator[str]:
        if late:
            yield (
                f"meter {self.section.meter}: nothing is recorded since {print_instant(at_second(late))}: look at the "
                "meter; what it tells later of that time is read then"
            )

    def _amended(self, runs: list[Run], evidence: str, begin: int, until: int) -> list[Event]:
        """Return the events by which the log comes to say what *runs* say, of the time that they cover."""
        section = self.section
        observed = [
            event_of(run, source=self.name, meter=section.meter, share=section.business_share, evidence=evidence)
            for run in runs
        ]
        assets = self.log.assets(self.book)
        near = {
            event.id
            for _, event in self.log.read(self.book, kinds=("energy",), source=self.name)
            if isinstance(event, Energy) and _second(event.to) > begin and _second(event.from_) < until
        }
        near |= {event.id for event in observed}
        recorded = recorded_of(self.log, self.book, near)
        holding = {name: _span_of(told) for name, told in effective_contents(recorded, assets).items()}
        anew = {name for name, span in holding.items() if _covers(runs, *span)}
        kept = [span for name, span in holding.items() if name not in anew]
        observed = [
            event
            for event, run in zip(observed, runs, strict=True)
            if not any(run.begin < end and first < run.end for first, end in kept)
        ]
        doubted = anew | {event.id for event in observed}
        notice = Notice(source=self.name, noted=self.clock.now(), because="the meter tells it otherwise")
        return list(reconcile(recorded, observed, doubted=doubted, assets=assets, notice=notice))


def _covers(runs: Iterable[Run], first: int, end: int) -> bool:
    """Return whether *runs* tell the whole time from *first* to *end*: what they tell in part takes nothing back."""
    for run in runs:
        if run.begin <= first < run.end:
            first = run.end
    return first >= end


def _span_of(told: Mapping[str, Any]) -> tuple[int, int]:
    """Return the seconds from which to which a reading, in its public form, is."""
    return _second(told["from"]), _second(told["to"])


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _item(begin: int, until: int) -> str:
    return f"records {at_second(begin):%Y-%m-%d %H:%M} to {at_second(until):%Y-%m-%d %H:%M}"


def _text(known: Through) -> str:
    return msgspec.json.encode(known).decode()
