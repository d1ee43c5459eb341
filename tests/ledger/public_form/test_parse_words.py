"""The small words of the public form, one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.public_form import parse_words as words
from lotwork.ledger.units import AmountError


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-01-10T12:00:00+00:00", datetime(2025, 1, 10, 12, tzinfo=UTC)),
        ("2025-01-10t12:00:00z", datetime(2025, 1, 10, 12, tzinfo=UTC)),
        ("2025-01-10 07:00:00-05:00", datetime(2025, 1, 10, 12, tzinfo=UTC)),
        ("2025-01-10T12:00:00.5Z", datetime(2025, 1, 10, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2025-01-10T12:00:00.123456789Z", datetime(2025, 1, 10, 12, 0, 0, 123_456, tzinfo=UTC)),
        ("2025-01-10T17:45:00+05:45", datetime(2025, 1, 10, 12, tzinfo=UTC)),
    ],
)
def test_an_instant_is_rfc_3339_with_an_offset(text: str, instant: datetime) -> None:
    read = words.parse_instant(text)
    assert read == instant
    assert read.tzinfo is UTC


def test_a_leap_second_is_the_last_instant_of_its_minute() -> None:
    """RFC 3339 5.6 lets a second be 60; no day is moved by it."""
    leap = words.parse_instant("2016-12-31T23:59:60Z")
    assert leap == datetime(2017, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert words.parse_instant("2017-01-01T05:29:60+05:30") == leap


@given(st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_an_instant_that_is_printed_is_read_back(instant: datetime) -> None:
    assert words.parse_instant(words.print_instant(instant)) == instant


def test_a_day_is_iso_and_of_the_calendar() -> None:
    assert words.parse_day("2024-02-29") == date(2024, 2, 29)


def test_a_day_where_an_instant_is_asked_is_answered_with_one_of_that_day() -> None:
    with pytest.raises(AmountError) as refused:
        words.parse_instant("2026-11-02")
    assert refused.value.remedy == 'write RFC 3339, like "2026-11-02T12:00:00Z"'


@pytest.mark.parametrize("told", ["2026-11-02T14:05", "2026-11-02 14:05", "2026-11-02T14:05:00"])
def test_an_hour_without_its_offset_is_answered_with_both_that_it_may_have(told: str) -> None:
    with pytest.raises(AmountError) as refused:
        words.parse_instant(told)
    assert refused.value.remedy == (
        'add its offset, like "2026-11-02T14:05:00Z" in UTC, or "2026-11-02T14:05:00-05:00" in the winter of New York'
    )


def test_a_moment_is_a_day_or_an_instant_in_canonical_text() -> None:
    assert words.parse_moment("2025-01-10") == "2025-01-10"
    assert words.parse_moment("2025-01-10T07:00:00-05:00") == "2025-01-10T12:00:00Z"


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0"), ("1", "1"), ("0.90", "0.9"), ("1.000", "1"), ("0.333333333333", "0.333333333333")]
)
def test_a_share_is_canonical_text(value: str, text: str) -> None:
    assert words.parse_share(value) == text


def test_a_measured_number_is_canonical_text() -> None:
    assert words.parse_number("1200.500") == "1200.5"
    assert words.parse_number("100") == "100"


def test_a_name_is_normalised_so_that_it_looks_the_same_and_is_the_same() -> None:
    assert words.parse_text("e\u0301") == words.parse_text("\u00e9") == "\u00e9"
    assert words.parse_text(" a b ") == " a b "


@pytest.mark.parametrize(("value", "number"), [(0, 0), (2025, 2025), ("7", 7), ("007", 7), (10**12 - 1, 10**12 - 1)])
def test_a_whole_number_may_be_a_json_number_for_it_is_no_amount(value: Any, number: int) -> None:
    assert words.parse_whole(value) == number


@pytest.mark.parametrize(("value", "truth"), [(True, True), (False, False), ("true", True), ("false", False)])
def test_a_truth_is_json_or_a_word(value: Any, truth: bool) -> None:
    assert words.parse_boolean(value) is truth


def test_a_zone_is_of_the_iana_data_base() -> None:
    assert words.parse_zone("America/New_York") == "America/New_York"


REFUSED: list[tuple[Callable[[Any], object], Any]] = [
    (words.parse_day, "2025-02-29"), (words.parse_day, "20250101"), (words.parse_day, "2025-01-01T00:00:00Z"),
    (words.parse_day, 20250101), (words.parse_day, "1979-12-31"), (words.parse_day, "\uff12\uff10\uff12\uff15-01-01"),
    (words.parse_moment, "2025-02-30"), (words.parse_moment, "noon"), (words.parse_moment, None),
    (words.parse_zone, "Mars/Olympus"), (words.parse_zone, "/etc/passwd"), (words.parse_zone, "../UTC"),
    (words.parse_zone, "America"), (words.parse_zone, 5), (words.parse_zone, "a\x00b"),
    (words.parse_text, ""), (words.parse_text, "   "), (words.parse_text, 5), (words.parse_text, "a\nb"),
    (words.parse_text, "\ud800"), (words.parse_text, "x" * 4097), (words.parse_text, "\u00e9" * 4097),
    (words.parse_whole, True), (words.parse_whole, -1), (words.parse_whole, "-1"), (words.parse_whole, 1.0),
    (words.parse_whole, 10**12), (words.parse_whole, "1" * 13), (words.parse_whole, "\uff11"),
    (words.parse_year, 1979), (words.parse_year, "2200"), (words.parse_year, "25"),
    (words.parse_boolean, 1), (words.parse_boolean, "yes"), (words.parse_boolean, None),
    (words.parse_share, "1.01"), (words.parse_share, "-0.1"), (words.parse_share, "50%"),
    (words.parse_number, "-1"), (words.parse_number, "1e3"),
    (lambda value: words.parse_choice(value, ("a", "b")), "c"),
    (lambda value: words.parse_choice(value, ("a",)), ["a"]),
    (lambda value: words.parse_count(value, 2), 3),
]  # fmt: skip


@pytest.mark.parametrize(("parse", "value"), REFUSED)
def test_what_is_not_such_a_word_is_refused_with_a_remedy(parse: Callable[[Any], object], value: Any) -> None:
    with pytest.raises(AmountError) as refused:
        parse(value)
    assert refused.value.reason
    assert refused.value.remedy
