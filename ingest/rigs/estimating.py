"""From looks at a rig to what it drew, by the day: the mean of two looks for as long as it ran between them.

What no look vouches for is not counted: the time before a restart, and between two looks of a rig that does not say
since when it runs. So an estimate is rather too low.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from lotwork.ingest.rigs.answer import WATT_PARTS, Look
from lotwork.ledger.events import EnergyEstimate
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import HOUR_SECONDS, KWH_DECIMALS, ONE_DAY, unscaled
from lotwork.ledger.zones import Calendar

LONGEST_UNPROVEN_SECONDS = 3_600
"""A rig that does not say since when it runs is believed to have run between two looks an hour apart at most."""
LONGEST_SECONDS = 31 * 86_400
SLACK_SECONDS = 5
"""Two clocks count seconds that differ by so much."""
HOURS_DECIMALS = 2
DECIWATT_HOURS = WATT_PARTS * HOUR_SECONDS
"""Thousandths of a watt times seconds, to a watt hour, which is a thousandth of a kWh."""


class Standing(msgspec.Struct):
    """What a cursor says: the last look, and the day that goes on."""

    at: int
    watts: int
    uptime: int | None = None
    rig: str = ""
    day: str = ""
    parts: int = 0
    """Thousandths of a watt times seconds of that day."""
    ran: int = 0
    """Seconds of that day in which it was seen to run."""


class Estimator:
    """Adds looks up, and tells of each day that is over."""

    def __init__(self, *, source: str, rig: str, meter: str | None, calendar: Calendar) -> None:
        self._source = source
        self._rig = rig
        self._meter = meter
        self._calendar = calendar

    def step(self, before: Standing | None, look: Look, now: datetime) -> tuple[Standing, list[EnergyEstimate]]:
        """Return where it stands after *look* at *now*, and the days that are over since *before*."""
        at = int(now.timestamp())
        if before is not None and at <= before.at:
            return before, []  # our clock was put back: what is counted already is not counted again
        today = self._calendar.day(now).isoformat()
        after = Standing(at, look.watt_thousandths, look.uptime_seconds, look.rig, today)
        if before is None:
            return after, []
        days: dict[str, list[int]] = {before.day: [before.parts, before.ran]}
        for begin, end in self._ran(before, look, at):
            mean = (before.watts + look.watt_thousandths) // 2
            for day, seconds in self._by_day(begin, end):
                parts = days.setdefault(day, [0, 0])
                parts[0] += mean * seconds
                parts[1] += seconds
        after.parts, after.ran = days.pop(today, [0, 0])
        return after, [event for day, (parts, ran) in sorted(days.items()) for event in self._event(day, parts, ran)]

    def _ran(self, before: Standing, look: Look, at: int) -> Iterator[tuple[int, int]]:
        """Yield the time between two looks in which the rig is known to have run."""
        between = at - before.at
        if between > LONGEST_SECONDS:
            return
        if look.uptime_seconds is None:
            if between <= LONGEST_UNPROVEN_SECONDS:
                yield before.at, at
        elif look.uptime_seconds + SLACK_SECONDS >= between:
            yield before.at, at
        else:
            yield at - look.uptime_seconds, at

    def _by_day(self, begin: int, end: int) -> Iterator[tuple[str, int]]:
        start = begin
        while start < end:
            day = self._calendar.day(datetime.fromtimestamp(start, UTC))
            stop = min(end, int(self._calendar.midnight(day + ONE_DAY).timestamp()))
            stop = stop if stop > start else end  # a day that the taxpayer's journey skips
            yield day.isoformat(), stop - start
            start = stop

    def _event(self, day: str, parts: int, ran: int) -> Iterator[EnergyEstimate]:
        if not ran:
            return
        first = datetime.fromisoformat(day).date()
        begin, end = self._calendar.midnight(first), self._calendar.midnight(first + ONE_DAY)
        yield EnergyEstimate(
            id=f"estimate:{self._source}:{print_instant(begin)}",
            at=end - timedelta(seconds=1),
            source=self._source,
            rig=self._rig,
            kwh=unscaled(parts // DECIWATT_HOURS, KWH_DECIMALS),
            from_=print_instant(begin),
            to=print_instant(end),
            hours=unscaled(ran * 100 // HOUR_SECONDS, HOURS_DECIMALS),
            meter=self._meter,
        )
