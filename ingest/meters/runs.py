"""From spans of a meter to events: a day of hours each, and what cannot be told by the hour apart.

A run is time without a hole, of one day, all of it believed or all in doubt for one reason. It becomes one `energy`
event with the kWh of each hour. A span longer than an hour becomes an event of its own, without hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

import msgspec

from lotwork.ingest.meters.told import PARTS, kwh
from lotwork.ledger.events import Energy, MeterDoubt
from lotwork.ledger.kinds.hour_cells import HOUR, SECOND, cut_by_hours
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import HOUR_SECONDS
from lotwork.ledger.zones import Calendar

NOISE = PARTS // 100
"""What may flow back in a day and is no more than an error of measuring: ten Wh."""
TWO_DAYS_HOURS = 48


class Span(msgspec.Struct, frozen=True):
    """Energy used between two instants, in seconds since 1970, in the smallest parts."""

    begin: int
    end: int
    parts: int
    fed_back: int = 0
    doubt: MeterDoubt | None = None
    note: str = ""


class Run(msgspec.Struct):
    """Spans of one day that follow each other without a hole."""

    begin: int
    end: int
    doubt: MeterDoubt | None = None
    hours: list[int] = []
    """The parts of each full hour that it touches; of a longer span, the whole."""
    fed_back: int = 0
    notes: list[str] = []


class Runs:
    """Takes spans in order of time; tells which runs are over, and keeps the one that goes on."""

    def __init__(self, calendar: Calendar, going_on: Run | None = None) -> None:
        self._calendar = calendar
        self.going_on = going_on

    def take(self, span: Span) -> Iterator[Run]:
        """Yield the runs that *span* ends; it goes on with the last, or begins another."""
        last = self.going_on
        if last is not None and (last.end != span.begin or last.doubt != span.doubt):
            yield from self.finish()
        if span.end - span.begin > HOUR_SECONDS:
            yield from self.finish()
            yield Run(span.begin, span.end, span.doubt, [span.parts], span.fed_back, [span.note] if span.note else [])
            return
        for begin, end, parts in _by_hours(span):
            if self.going_on is not None and self._day(begin) != self._day(self.going_on.begin):
                yield from self.finish()
            if self.going_on is None:
                self.going_on = Run(begin, begin, span.doubt, [], 0, [])
            run = self.going_on
            if run.hours and begin % HOUR_SECONDS:
                run.hours[-1] += parts
            else:
                run.hours.append(parts)
            run.end = end
        if self.going_on is not None:
            self.going_on.fed_back += span.fed_back
            if span.note and span.note not in self.going_on.notes:
                self.going_on.notes.append(span.note)

    def finish(self) -> Iterator[Run]:
        """Yield the run that goes on, which is then over."""
        if self.going_on is not None:
            yield self.going_on
        self.going_on = None

    def _day(self, seconds: int) -> date:
        return self._calendar.day(at_second(seconds))


def runs_of(spans: Iterable[Span], calendar: Calendar) -> Iterator[Run]:
    """Yield the runs of all *spans*, in order of time."""
    runs = Runs(calendar)
    for span in spans:
        yield from runs.take(span)
    yield from runs.finish()


def event_of(run: Run, *, source: str, meter: str, share: str, evidence: str) -> Energy:
    """Return the event that tells *run*."""
    begin, end = at_second(run.begin), at_second(run.end)
    doubt = run.doubt or ("flowed_back" if run.fed_back > NOISE else None)
    is_long = end - begin > HOUR and len(run.hours) == 1
    notes = list(run.notes)
    if run.fed_back > NOISE:
        notes.append(f"{kwh(run.fed_back)} kWh flowed back")
    if is_long:
        notes.append(f"told in one amount: not read for {_long(run.end - run.begin)}")
    return Energy(
        id=f"{source}:{print_instant(begin)}",
        at=end - SECOND,
        source=source,
        evidence=evidence,
        note="; ".join(notes) or None,
        kwh=kwh(sum(run.hours)),
        from_=print_instant(begin),
        to=print_instant(end),
        meter=meter,
        business_share=share,
        hourly=None if is_long else " ".join(map(kwh, run.hours)),
        doubt=doubt,
    )


def at_second(seconds: int) -> datetime:
    """Return the instant of so many seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def _long(seconds: int) -> str:
    hours = round(seconds / HOUR_SECONDS)
    return f"{hours} hours" if hours < TWO_DAYS_HOURS else f"{round(hours / 24)} days"


def _by_hours(span: Span) -> Iterator[tuple[int, int, int]]:
    """Yield a span of an hour at most as (from, to, parts), cut at a full hour, its parts by the second."""
    length, told = span.end - span.begin, 0
    for begin, end in cut_by_hours(at_second(span.begin), at_second(span.end)):
        until = int(end.timestamp())
        so_far = span.parts * (until - span.begin) // length
        yield int(begin.timestamp()), until, so_far - told
        told = so_far
