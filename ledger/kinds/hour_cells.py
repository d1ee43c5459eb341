"""The full hours of UTC that a span of time touches: what a meter's kWh are told by.

Every zone of the United States is whole hours away from UTC, so these are the hours on the wall; a day on which the
clocks change has 23 or 25 of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
"""A day is told as what happened in it, not at the beginning of the next."""
RESTART = timedelta(minutes=10)
"""So long a meter that begins anew may tell nothing: it is no hole."""


def full_hour(instant: datetime) -> datetime:
    """Return the full hour of UTC that *instant*, in UTC, lies in."""
    return instant.replace(minute=0, second=0, microsecond=0)


def hours_touched(begin: datetime, end: datetime) -> int:
    """Return how many full hours of UTC the time from *begin* to *end* touches; none where it has no length."""
    return max(0, -((full_hour(begin) - end) // HOUR)) if begin < end else 0


def cut_by_hours(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the parts from *begin* to *end* as (from, to), cut at each full hour."""
    while begin < end:
        after = min(full_hour(begin) + HOUR, end)
        yield begin, after
        begin = after
