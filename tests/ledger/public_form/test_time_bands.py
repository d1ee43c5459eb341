"""Hours of the day and days of the week, as a tariff tells them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.public_form.time_bands import (
    MINUTES_A_DAY,
    Hours,
    parse_days,
    parse_hours,
    parse_season,
    parse_weekdays,
)
from lotwork.ledger.units import AmountError


def test_hours_within_a_day_hold_from_the_first_minute_to_before_the_last() -> None:
    hours = parse_hours("08:00-20:00")
    assert hours == Hours(480, 1200)
    assert [hours.hold(minute) for minute in (479, 480, 1199, 1200)] == [False, True, True, False]


def test_hours_over_midnight_hold_at_night() -> None:
    hours = parse_hours("22:00-06:00")
    assert [hours.hold(minute) for minute in (0, 359, 360, 1319, 1320, 1439)] == [True, True, False, False, True, True]


def test_a_whole_day_is_midnight_to_twenty_four() -> None:
    assert all(parse_hours("00:00-24:00").hold(minute) for minute in range(MINUTES_A_DAY))


@pytest.mark.parametrize("text", ["", "8-20", "08:00", "24:00-06:00", "08:60-09:00", "٠٨:00-09:00", "08:00-20:00 "])
def test_what_is_no_part_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match="no hours of the day: write them like"):
        parse_hours(text)


def test_hours_without_length_are_refused() -> None:
    with pytest.raises(AmountError, match="leave the hours out"):
        parse_hours("06:00-06:00")


def test_hours_past_the_end_of_the_day_are_refused() -> None:
    with pytest.raises(AmountError, match="24:00"):
        parse_hours("22:00-24:30")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat,sun", {5, 6}),
        ("fri-mon", {4, 5, 6, 0}),
        ("Mon, wed-thu", {0, 2, 3}),
        ("sun", {6}),
    ],
)
def test_weekdays_are_listed_or_joined(text: str, days: set[int]) -> None:
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["", "monday", "mon-", "-fri", "mon,,tue", "1-5"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match="no days of the week"):
        parse_weekdays(text)


@given(begin=st.integers(0, 1439), end=st.integers(0, 1439))
def test_hours_and_their_reverse_share_the_day(begin: int, end: int) -> None:
    if begin == end:
        return
    here, there = Hours(begin, end), Hours(end, begin)
    assert all(here.hold(minute) != there.hold(minute) for minute in range(MINUTES_A_DAY))


@pytest.mark.parametrize(
    ("text", "months"),
    [("jun-sep", {6, 7, 8, 9}), ("nov-feb", {11, 12, 1, 2}), ("Jan, mar", {1, 3}), ("dec", {12})],
)
def test_months_are_listed_or_joined(text: str, months: set[int]) -> None:
    assert parse_season(text) == months


@pytest.mark.parametrize("text", ["summer", "jun-", "-sep", "6-9", "", "jun--sep", "mon"])
def test_what_are_no_months_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match="no months"):
        parse_season(text)


def test_days_are_listed() -> None:
    assert parse_days("2026-07-03, 2026-09-07") == {date(2026, 7, 3), date(2026, 9, 7)}


@pytest.mark.parametrize("text", ["2026-02-30", "July 4", "", "2026-07-03,", "07/03/2026"])
def test_what_are_no_days_is_refused(text: str) -> None:
    with pytest.raises(AmountError, match="no days"):
        parse_days(text)
