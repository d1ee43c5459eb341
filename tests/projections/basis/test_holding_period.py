"""The holding period, in the statute's words: more than one year (26 U.S.C. 1222; Rev. Rul. 66-7, 66-97)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.basis.holding_period import box, is_long, long_term_from


@pytest.mark.parametrize(
    ("acquired", "first_long"),
    [
        ("2024-01-10", "2025-01-11"),
        ("2023-02-28", "2024-03-01"),
        ("2024-02-29", "2025-03-01"),
        ("2024-02-28", "2025-03-01"),  # 28 February 2025 is the anniversary
        ("2024-01-31", "2025-02-01"),
        ("2024-04-30", "2025-05-01"),
        ("2023-12-31", "2025-01-01"),
        ("2023-03-01", "2024-03-02"),
    ],
)
def test_a_coin_turns_long_term_the_day_after_its_anniversary(acquired: str, first_long: str) -> None:
    assert long_term_from(date.fromisoformat(acquired)) == date.fromisoformat(first_long)


def test_a_coin_held_one_year_to_the_day_is_short_term() -> None:
    assert not is_long(date(2024, 5, 5).toordinal(), date(2025, 5, 5).toordinal())
    assert is_long(date(2024, 5, 5).toordinal(), date(2025, 5, 6).toordinal())


def test_a_leap_year_does_not_make_365_days_enough() -> None:
    assert not is_long(date(2023, 6, 1).toordinal(), date(2024, 6, 1).toordinal())
    assert date(2024, 6, 1) - date(2023, 6, 1) == timedelta(days=366)


@given(st.dates(date(2009, 1, 3), date(2090, 1, 1)), st.integers(0, 800))
def test_the_quick_answer_is_the_statutes(acquired: date, held: int) -> None:
    sold = acquired + timedelta(days=held)
    assert is_long(acquired.toordinal(), sold.toordinal()) == (sold >= long_term_from(acquired))


@pytest.mark.parametrize(
    ("term", "year", "reported", "basis_reported", "expected"),
    [
        ("short", 2024, False, False, "C"),
        ("long", 2024, False, False, "F"),
        ("short", 2025, False, False, "I"),
        ("long", 2025, False, False, "L"),
        ("short", 2025, True, False, "H"),
        ("long", 2025, True, False, "K"),
        ("short", 2026, True, True, "G"),
        ("long", 2027, True, True, "J"),
    ],
)
def test_form_8949_has_boxes_of_their_own_for_coins_from_2025(
    term: str, year: int, reported: bool, basis_reported: bool, expected: str
) -> None:
    assert (
        box("long" if term == "long" else "short", year, reported=reported, basis_reported=basis_reported) == expected
    )


def test_a_security_keeps_the_old_boxes() -> None:
    assert box("short", 2025, reported=True, basis_reported=True, digital_asset=False) == "A"
    assert box("long", 2025, reported=True, basis_reported=False, digital_asset=False) == "E"
