"""Bands of time: the hours and weekdays a tariff holds for ("22:00-06:00", "mon-fri"), and a price's interval ("1m").

Both are read off the wall clock of the taxpayer's zone. Hours that run past midnight belong, after midnight, to the
day that has begun: "22:00-06:00" on "mon-fri" ends with Friday, and begins anew with Monday's first minute.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from lotwork.ledger.units import AmountError

MINUTES_A_DAY = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_INTERVAL = re.compile(r"([1-9][0-9]{0,5})([smhd])?", re.ASCII)
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
"""Of one unit of an interval."""
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)


class Hours(NamedTuple):
    """A part of the day, in minutes since midnight: `begin` belongs to it, `end` does not; `end` may lie before it."""

    begin: int
    end: int

    def hold(self, minute: int) -> bool:
        """Say whether the *minute* of the day lies in these hours."""
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


@lru_cache(maxsize=256)
def parse_hours(text: str) -> Hours:
    """Return the hours that *text* tells; AmountError where it tells none."""
    matched = _HOURS.fullmatch(text)
    if matched is None:
        raise AmountError(f"{text[:40]!r} are no hours of the day", 'write them like "22:00-06:00"')
    first_hour, first_minute, last_hour, last_minute = map(int, matched.groups())
    hours = Hours(first_hour * 60 + first_minute, last_hour * 60 + last_minute)
    if hours.end > MINUTES_A_DAY:
        raise AmountError(f"{text} ends after midnight of the day", 'the last minute of a day is followed by "24:00"')
    if hours.begin == hours.end:
        raise AmountError(f"{text} begins and ends at once", "leave the hours out where the price holds all day")
    return hours


@lru_cache(maxsize=256)
def parse_weekdays(text: str) -> frozenset[int]:
    """Return the days of the week that *text* tells, Monday as 0; AmountError where it tells none."""
    days: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, joined, last = part.partition("-")
        if first not in WEEKDAYS or (joined and last not in WEEKDAYS):
            raise AmountError(f"{text[:40]!r} are no days of the week", 'write them like "mon-fri" or "sat,sun"')
        begin = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - begin) % len(WEEKDAYS) if joined else 0
        days.update((begin + step) % len(WEEKDAYS) for step in range(length + 1))
    return frozenset(days)


@lru_cache(maxsize=64)
def parse_interval(text: str) -> timedelta:
    """Return the length of a price's interval: "60", "60s", "1m", "1h" or "1d"."""
    matched = _INTERVAL.fullmatch(text)
    if matched is None:
        raise AmountError(f"{text[:40]!r} is not an interval", 'write it like "1m", "1h" or "1d"')
    count, unit = matched.groups()
    return timedelta(seconds=int(count) * SECONDS[unit or "s"])
