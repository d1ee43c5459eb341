"""The taxpayer's calendar: days, midnights, and moves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.events import Profile
from lotwork.ledger.zones import Calendar

NEW_YORK, SHANGHAI = "America/New_York", "Asia/Shanghai"
NEWFOUNDLAND = "America/St_Johns"
"""Until 2010 its clocks went back at one minute past midnight: an hour of the day before came once more."""
APIA = "Pacific/Apia"
"""It had no 30 December 2011."""


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


@given(
    st.lists(st.sampled_from((None, NEW_YORK, SHANGHAI, NEWFOUNDLAND, APIA, "UTC")), max_size=3),
    st.lists(st.integers(0, 60 * 24 * 70), max_size=60),
    st.sampled_from([datetime(*day, tzinfo=UTC) for day in ((2010, 10, 28), (2011, 12, 1), (2025, 3, 1))]),
)
def test_days_looked_up_together_are_those_looked_up_singly(
    zones: list[str | None], minutes: list[int], begin: datetime
) -> None:
    calendar = Calendar(profile(begin + timedelta(days=20 * place), zone) for place, zone in enumerate(zones))
    instants = [begin + timedelta(minutes=minute) for minute in sorted(minutes)]
    assert calendar.days(instants) == [calendar.day(instant) for instant in instants]


def test_an_hour_of_the_day_before_that_comes_once_more_is_of_that_day() -> None:
    calendar = Calendar([profile(LONG_AGO, NEWFOUNDLAND)])
    instants = [datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC) + timedelta(seconds=30) * step for step in range(150)]
    days = calendar.days(instants)
    assert days == [calendar.day(instant) for instant in instants]
    assert days[0] == date(2010, 11, 7) > days[5] == date(2010, 11, 6) < days[-1]
