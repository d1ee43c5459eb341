"""Start-up costs at their edges: 5,000, 50,000 and 55,000, and the 180 months (26 U.S.C. 195)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.rules.us.startup import startup_year
from tests.rules.us.law import CENT, LAW, usd


@pytest.mark.parametrize(
    ("cost", "at_once"),
    [("4,999.99", "4,999.99"), ("5,000", "5,000"), ("5,000.01", "5,000"), ("50,000", "5,000"),
     ("50,000.01", "4,999.99"), ("54,999.99", "0.01"), ("55,000", "0"), ("60,000", "0")],
)  # fmt: skip
def test_five_thousand_at_once_less_what_is_above_fifty_thousand(cost: str, at_once: str) -> None:
    assert startup_year(usd(cost), date(2025, 7, 1), 2025, LAW).at_once == usd(at_once)


@pytest.mark.parametrize(
    ("cost", "at_once", "amortized"), [("41,000", 5_000, 1_200), ("54,500", 500, 1_800), ("450,000", 0, 15_000)]
)
def test_the_examples_of_the_regulation(cost: str, at_once: int, amortized: int) -> None:
    """Treas. Reg. 1.195-1, a business that begins on July 1: the rest over 180 months, six of them this year."""
    told = startup_year(usd(cost), date(2025, 7, 1), 2025, LAW)
    assert [told.at_once, told.amortized] == [at_once, amortized]


def test_the_month_the_business_begins_counts_whole() -> None:
    years = [startup_year(usd("41,000"), date(2025, 7, 31), year, LAW).deducted for year in (2025, 2026, 2040, 2041)]
    assert years == [6_200, 2_400, 1_200, 0]


def test_a_business_that_began_in_january_has_fifteen_whole_years() -> None:
    years = [startup_year(usd("23,000"), date(2025, 1, 15), year, LAW).amortized for year in range(2024, 2041)]
    assert years == [0, *[1_200] * 15, 0]


def test_nothing_is_deducted_before_the_business_begins() -> None:
    told = startup_year(usd("6,000"), date(2026, 1, 1), 2025, LAW)
    assert [told.deducted, told.left] == [0, 6_000]
    assert told.lines == ()


def test_amortization_stands_on_line_42_in_its_first_year_and_on_43_later() -> None:
    """Form 4562, Part VI."""
    began = date(2025, 7, 1)
    refs = {year: [each.ref for each in startup_year(usd("41,000"), began, year, LAW).lines] for year in (2025, 2026)}
    assert refs[2025] == ["Start-up costs line 1", "Form 4562 line 42", "Form 4562 line 44"]
    assert refs[2026] == ["Form 4562 line 43", "Form 4562 line 44"]
    assert [each.ref for each in startup_year(usd("900"), began, 2025, LAW).lines] == ["Start-up costs line 1"]


@given(cents=st.integers(1, 10**8), month=st.integers(1, 12))
def test_all_years_together_deduct_the_whole_cost_and_no_more(cents: int, month: int) -> None:
    cost, began = Decimal(cents) * CENT, date(2025, month, 20)
    years = [startup_year(cost, began, year, LAW) for year in range(2025, 2042)]
    assert sum(each.deducted for each in years) == cost
    assert years[-1].left == 0
    assert all(each.deducted >= 0 for each in years)
