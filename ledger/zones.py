"""The taxpayer's calendar: which day an instant falls on, in the time zone in force.

A profile's facts hold from its instant on; what was before the first profile falls under the first, since a taxpayer
does not begin to live somewhere on the day he says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lotwork.ledger.events import Energy, Profile
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.units import ONE_DAY

LONGEST_DAY = timedelta(hours=25)
"""Of a day on which the clocks go back."""

UTC_ZONE = zone_named("UTC")

_NEVER = datetime.max.replace(tzinfo=UTC)


def noon_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the noon of *day* in *zone*, in UTC: what a day alone is taken for, the same day in every zone near it."""
    return datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)


def midnight_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which *day* begins in *zone*, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


class Calendar:
    """The days of one taxpayer; UTC where no profile names a zone."""

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        moves = [(profile.at, zone_named(profile.time_zone)) for profile in profiles if profile.time_zone]
        moves.sort(key=lambda move: move[0])
        self._since = [at for at, _ in moves]
        self._zones = [zone for _, zone in moves] or [UTC_ZONE]
        self._only = self._zones[0] if len(set(self._zones)) == 1 else None
        self._plain = self._only is not None and self._only.key == "UTC"

    def zone(self, instant: datetime) -> ZoneInfo:
        """Return the zone in force at *instant*."""
        return self._only or self._zones[max(bisect_right(self._since, instant) - 1, 0)]

    def zone_of(self, day: date) -> ZoneInfo:
        """Return the zone of *day*: the one in force at noon of UTC."""
        return self.zone(noon_of(day, UTC_ZONE))

    @property
    def is_told(self) -> bool:
        """Whether a profile names a zone."""
        return bool(self._since)

    def day(self, instant: datetime) -> date:
        """Return the taxpayer's day on which *instant* falls."""
        return instant.date() if self._plain else instant.astimezone(self.zone(instant)).date()

    def days(self, instants: Iterable[datetime]) -> list[date]:
        """Return the day of each of *instants*, which stand in order of time: one object for those of one day."""
        found: list[date] = []
        today, begin, end = date.min, _NEVER, _NEVER
        for instant in instants:
            if self._plain:
                day = instant.date()
            elif not begin <= instant < end:
                day = self.day(instant)
                begin, end = self._span(day)
            if day != today:
                today = day
            found.append(today)
        return found

    def _span(self, day: date) -> tuple[datetime, datetime]:
        """Return since when and until when it is *day*, where no clock is put and nobody moves in it; else no time."""
        if self._only is None:
            return _NEVER, _NEVER
        begin, end = self.midnight(day), self.midnight(day + ONE_DAY)
        return (begin, end) if end - begin == ONE_DAY else (_NEVER, _NEVER)

    def midnight(self, day: date) -> datetime:
        """Return the instant at which *day* begins, in UTC."""
        return midnight_of(day, self.zone_of(day))

    def noon(self, day: date) -> datetime:
        """Return the noon of *day*, in UTC: of the zone in force then."""
        return noon_of(day, self.zone_of(day))

    def used_at(self, energy: Energy) -> datetime:
        """Return the instant that a reading counts at while nobody says when its bill was paid: its `at`.

        An hour or a day that a meter tells when it is over is of the day on which it began: the hour that ends with a
        year is of that year.
        """
        begin, end = self.moment(energy.from_), self.moment(energy.to)
        return begin if begin < energy.at <= end and end - begin <= LONGEST_DAY else energy.at

    def moment(self, text: str) -> datetime:
        """Return the instant a moment's text means: itself, or the midnight its day begins with."""
        if "T" in text:
            return datetime.fromisoformat(text)
        return self.midnight(date.fromisoformat(text))
