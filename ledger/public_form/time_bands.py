"""Bands of time: the hours, weekdays, months and days a tariff holds for ("22:00-06:00", "mon-fri", "jun-sep").

And a price's interval ("1m"). The bands are read off the wall clock of the taxpayer's zone, or the tariff's own. Hours
that run past midnight belong, after midnight, to the day that has begun: "22:00-06:00" on "mon-fri" ends with Friday,
and begins anew with Monday's first minute.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from lotwork.ledger.units import AmountError

MINUTES_A_DAY = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

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
    return _places(text, WEEKDAYS, "days of the week", 'write them like "mon-fri" or "sat,sun"')


@lru_cache(maxsize=256)
def parse_season(text: str) -> frozenset[int]:
    """Return the months that *text* tells, January as 1; AmountError where it tells none."""
    places = _places(text, MONTHS, "months", 'write them like "jun-sep" or "nov-feb"')
    return frozenset(place + 1 for place in places)


def _places(text: str, words: tuple[str, ...], what: str, remedy: str) -> frozenset[int]:
    """Return the places in *words* that *text* lists or joins, round the end of them too."""
    found: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, joined, last = part.partition("-")
        if first not in words or (joined and last not in words):
            raise AmountError(f"{text[:40]!r} are no {what}", remedy)
        begin = words.index(first)
        length = (words.index(last) - begin) % len(words) if joined else 0
        found.update((begin + step) % len(words) for step in range(length + 1))
    return frozenset(found)


@lru_cache(maxsize=256)
def parse_days(text: str) -> frozenset[date]:
    """Return the days of the calendar that *text* lists; AmountError where it lists none."""
    try:
        return frozenset(date.fromisoformat(part.strip()) for part in text.split(","))
    except ValueError:
        raise AmountError(f"{text[:40]!r} are no days", 'write them like "2026-07-03,2026-09-07"') from None


@lru_cache(maxsize=64)
def parse_interval(text: str) -> timedelta:
    """Return the length of a price's interval: "60", "60s", "1m", "1h" or "1d"."""
    matched = _INTERVAL.fullmatch(text)
    if matched is None:
        raise AmountError(f"{text[:40]!r} is not an interval", 'write it like "1m", "1h" or "1d"')
    count, unit = matched.groups()
    return timedelta(seconds=int(count) * SECONDS[unit or "s"])
