"""What two looks at a counter say was used between them, and what they cannot say.

A counter is believed where it rose, by no more than can be. One that fell began anew, or lost what it had not saved: of
the first only what it counted since is told, in doubt; of the second nothing until it is where it was, so that no part
of a kWh is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from lotwork.ingest.meters.runs import Run, Runs, Span
from lotwork.ingest.meters.told import PARTS, WATT_HOURS, Count, kwh
from lotwork.ledger.events import MeterDoubt
from lotwork.ledger.units import HOUR_SECONDS
from lotwork.ledger.zones import Calendar

MOST_LOST = PARTS
"""What a device may lose that saves its counter seldom: a kWh."""
NEAR_END, NEAR_BEGIN = 9, 1
"""Tenths of its length above which, and below which, a counter may have passed its end."""
FEW = 100
"""Of what is drawn at both looks, less than a hundredth was counted, or a hundred times more: another unit."""
LEAST_WATT_SECONDS = 360_000
"""A tenth of a kWh: less may not show yet on a counter of whole hundredths."""
LEAST_WATTS = 20
"""Below this a device draws next to nothing, and what it says of it is no measure."""


class Standing(msgspec.Struct):
    """Where a counter stood when it was read last, and the run that goes on: what a cursor says."""

    at: int
    parts: int
    watts: str | None = None
    fed_back: int = 0
    lost: bool = False
    """Whether it stands below where it was read before."""
    run: Run | None = None

    @property
    def drawn(self) -> Decimal | None:
        """What was drawn when it was read, in watts."""
        return None if self.watts is None else Decimal(self.watts)


class Counter:
    """Counts on from where a counter stood."""

    def __init__(self, calendar: Calendar, *, most_kw: int, wraps_at_kwh: int | None) -> None:
        self._calendar = calendar
        self._most_kw = most_kw
        self._wraps_at = None if wraps_at_kwh is None else wraps_at_kwh * PARTS

    def begin(self, count: Count, at: int) -> Standing:
        """Return where a counter stands that is read for the first time."""
        return Standing(at, count.parts, _text(count.watts), count.fed_back)

    def go_on(self, was: Standing, count: Count, at: int) -> tuple[list[Run], Standing, list[str]]:
        """Return the runs that are over, where the counter stands, and what a person must look at."""
        rose = self._rose(was, count)
        if rose is None:
            if was.lost:
                return [], was, []
            words = (
                f"the counter stands at {kwh(count.parts)} kWh and was read at {kwh(was.parts)}: it lost what it had "
                "not saved; it is counted on from where it was, so a part of a kWh may be missing"
            )
            return [], msgspec.structs.replace(was, lost=True), [words]
        seconds = at - was.at
        fell = rose < 0
        parts = rose if not fell else 0 if self._is_too_much(count.parts, seconds) else count.parts
        fed_back = count.fed_back - was.fed_back if count.fed_back >= was.fed_back else count.fed_back
        doubt: MeterDoubt | None = "counter_fell" if fell else self._doubt(was, count, seconds, rose)
        runs = Runs(self._calendar, was.run)
        over = list(runs.take(Span(was.at, at, parts, fed_back, doubt)))
        is_new = was.run is None or was.run.doubt != doubt
        told = [self._told(was, count, doubt, parts)] if doubt is not None and is_new else []
        if seconds > HOUR_SECONDS and doubt is None:
            told.append(f"it was not read for {seconds // 60} minutes: {kwh(parts)} kWh are told in one amount")
        stands = Standing(at, count.parts, _text(count.watts), count.fed_back, lost=False, run=runs.going_on)
        return over, stands, told

    def _rose(self, was: Standing, count: Count) -> int | None:
        """Return by how much the counter rose, below zero where it began anew; None where it only lost a little."""
        rose = count.parts - was.parts
        if rose >= 0:
            return rose
        end = self._wraps_at
        if end is not None and was.parts * 10 >= end * NEAR_END and count.parts * 10 <= end * NEAR_BEGIN:
            return rose + end
        return None if -rose <= MOST_LOST and count.parts * 2 >= was.parts else rose

    def _doubt(self, was: Standing, count: Count, seconds: int, rose: int) -> MeterDoubt | None:
        if self._is_too_much(rose, seconds) or _belies(was.drawn, count.watts, rose, seconds):
            return "counter_jumped"
        return None

    def _is_too_much(self, rose: int, seconds: int) -> bool:
        return rose * HOUR_SECONDS > self._most_kw * PARTS * seconds

    def _told(self, was: Standing, count: Count, doubt: MeterDoubt, parts: int) -> str:
        if doubt == "counter_fell":
            return (
                f"the counter fell from {kwh(was.parts)} to {kwh(count.parts)} kWh: what was used before it began anew "
                f"is not known; {kwh(parts)} kWh are recorded in doubt, in no figure, until you say what was used"
            )
        return (
            f"the counter rose by {kwh(parts)} kWh since it was read last, which cannot be (most_kw = {self._most_kw}, "
            "and what it says it draws): it may count in another unit; recorded in doubt, in no figure"
        )


def shown(count: Count) -> Iterator[str]:
    """Yield what a first look shows a person."""
    yield f"the counter stands at {kwh(count.parts)} kWh ({count.shown})"
    if count.watts is not None:
        yield f"{count.watts:f} W are drawn"
    yield "power is counted from now on, a day at a time"


def _belies(before: Decimal | None, after: Decimal | None, rose: int, seconds: int) -> bool:
    """Return whether what was drawn at both looks, an hour apart at most, is another unit than what was counted."""
    if before is None or after is None or min(before, after) < LEAST_WATTS or seconds > HOUR_SECONDS:
        return False
    if max(before, after) * seconds < LEAST_WATT_SECONDS:
        return False
    counted = Decimal(rose) * HOUR_SECONDS / (WATT_HOURS * seconds)
    return counted * FEW < min(before, after) or counted > max(before, after) * FEW


def _text(watts: Decimal | None) -> str | None:
    return None if watts is None else f"{watts:f}"
