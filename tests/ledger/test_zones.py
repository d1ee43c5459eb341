"""The taxpayer's calendar: days, midnights, and moves."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lotwork.ledger.events import Profile
from lotwork.ledger.zones import Calendar

NEW_YORK, SHANGHAI = "America/New_York", "Asia/Shanghai"


def profile(at: datetime, zone: str | None) -> Profile:
    return Profile(id=f"p{at}", at=at, time_zone=zone)


LONG_AGO, MOVE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)


def test_without_a_profile_a_day_is_utcs() -> None:
    calendar = Calendar([profile(LONG_AGO, None)])
    assert calendar.day(datetime(2025, 1, 1, 0, 0, tzinfo=UTC)) == date(2025, 1, 1)
    assert calendar.midnight(date(2025, 1, 1)) == datetime(2025, 1, 1, tzinfo=UTC)


def test_a_day_begins_when_it_begins_where_the_taxpayer_lives() -> None:
    calendar = Calendar([profile(LONG_AGO, NEW_YORK)])
    assert calendar.day(datetime(2025, 1, 1, 4, 59, 59, tzinfo=UTC)) == date(2024, 12, 31)
    assert calendar.day(datetime(2025, 1, 1, 5, tzinfo=UTC)) == date(2025, 1, 1)
    assert calendar.midnight(date(2025, 1, 1)) == datetime(2025, 1, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hour"), [(date(2025, 3, 9), 5), (date(2025, 3, 10), 4), (date(2025, 11, 3), 5)])
def test_summer_time_moves_midnight(day: date, hour: int) -> None:
    midnight = Calendar([profile(LONG_AGO, NEW_YORK)]).midnight(day)
    assert midnight == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_a_profile_holds_for_what_was_before_it() -> None:
    calendar = Calendar([profile(MOVE, SHANGHAI)])
    assert calendar.day(datetime(2024, 12, 31, 16, tzinfo=UTC)) == date(2025, 1, 1)


def test_a_move_changes_days_from_its_instant_on() -> None:
    calendar = Calendar([profile(MOVE, SHANGHAI), profile(LONG_AGO, NEW_YORK)])
    assert calendar.day(datetime(2025, 6, 30, 3, tzinfo=UTC)) == date(2025, 6, 29)
    assert calendar.day(datetime(2025, 7, 1, 16, tzinfo=UTC)) == date(2025, 7, 2)
    assert calendar.zone(LONG_AGO).key == NEW_YORK


def test_a_moment_is_an_instant_or_the_midnight_of_a_day() -> None:
    calendar = Calendar([profile(LONG_AGO, NEW_YORK)])
    assert calendar.moment("2025-01-01") == datetime(2025, 1, 1, 5, tzinfo=UTC)
    assert calendar.moment("2025-01-01T00:00:00Z") == datetime(2025, 1, 1, tzinfo=UTC)
