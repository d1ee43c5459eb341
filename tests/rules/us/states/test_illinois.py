"""Illinois by hand, the state that was added by the recipe of docs/states.md: one table and these cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.depreciation import depreciate
from lotwork.rules.us.states.case import StateDepreciation
from lotwork.rules.us.states.depreciation import own_depreciation, second_form_4562
from lotwork.rules.us.states.estimated import StateYearTax, required_payment
from tests.rules.us.law import LAW, usd
from tests.rules.us.states.made import federal, line_of, of_state


def rig(placed: date) -> Asset179:
    return Asset179(name="a", cost=usd("10000"), acquired=placed, placed_in_service=placed)


def beside(asset: Asset179, year: int) -> StateDepreciation:
    return second_form_4562(depreciate([asset], year, LAW, None), own_depreciation([asset], year, LAW, "IL", None))


@pytest.mark.parametrize(
    ("year", "exemption", "tax"), [(2023, 2_425, "4334.9625"), (2024, 2_775, "4317.6375"), (2025, 2_850, "4313.925")]
)
def test_one_rate_on_what_is_left_of_the_exemption(year: int, exemption: int, tax: str) -> None:
    """90,000 of wages, single: 4.95 percent of 87,575, 87,225 and 87,150 (IL-1040 lines 9 to 12)."""
    made = of_state("IL", federal(year, wages=90_000))
    assert line_of(made, "IL Form IL-1040 line 10").amount == exemption
    assert line_of(made, "IL Form IL-1040 line 12").amount == usd(tax)
    assert made.unverified == ()


def test_a_couple_with_a_child_one_of_65_and_one_blind() -> None:
    """Line 10: 5,700 of both, 1,000 and 1,000, 2,850 of the child; 4.95 percent of 89,450."""
    made = of_state("IL", federal(status="mfj", wages=100_000, aged=1, blind=1), dependents=1)
    assert line_of(made, "IL Form IL-1040 line 10").amount == 10_550
    assert made.tax == usd("89450") * Decimal("0.0495")
    assert len(made.not_covered) == 2


def test_above_250_000_of_federal_income_there_is_no_exemption_and_a_couples_ends_at_500_000() -> None:
    """35 ILCS 5/204(g): federal adjusted gross income, whatever Illinois adds to it."""
    assert of_state("IL", federal(wages=250_000)).base == 247_150
    assert of_state("IL", federal(wages=250_001), dependents=3).base == 250_001
    added = of_state("IL", federal(wages=250_000), additions=50_000)
    assert (added.income, added.base) == (usd("300000"), usd("297150"))
    assert of_state("IL", federal(status="mfj", wages=500_000)).base == 494_300
    assert of_state("IL", federal(status="mfj", wages=500_001)).base == 500_001


def test_the_exemption_of_2026_is_a_projection() -> None:
    told = of_state("IL", federal(2026, wages=9_000)).unverified
    assert told == ("us/states/il/personal_exemption", "us/states/il/dependent_exemption")


@pytest.mark.parametrize(("year", "own"), [(2025, "2000"), (2026, "3200")])
def test_no_bonus_from_2021_on(year: int, own: str) -> None:
    """IL-4562 of a rig of March 2025 under 100 percent: 10,000 added, 2,000 subtracted; the year after 3,200."""
    told = beside(rig(date(2025, 3, 1)), year)
    assert (told.federal, told.own) == (usd("10000" if year == 2025 else "0"), usd(own))
    made = of_state("IL", federal(year, wages=90_000), told)
    assert made.income == 90_000 + told.federal - told.own


def test_form_il_4562_multiplies_what_was_left_of_80_percent_to_the_same() -> None:
    """2023: 8,000 of bonus and 400; the form adds 8,000 and subtracts 400 percent of 400: 2,000 in all."""
    told = beside(rig(date(2023, 3, 1)), 2023)
    assert (told.federal, told.own) == (usd("8400"), usd("8400") - usd("8000") + 4 * usd("400"))


def test_the_100_percent_of_2018_to_2020_was_followed() -> None:
    """Answer 102 of the department: it is already allowed, so no adjustments are required."""
    told = beside(rig(date(2020, 3, 1)), 2025)
    assert (told.federal, told.own) == (usd("0"), usd("0"))


def test_what_is_sold_has_the_regular_depreciation_in_its_gain() -> None:
    """A rig of 2025 sold in 2026 for 6,000: federally all of it gain, in Illinois 6,000 less 6,400 of basis left."""
    told = beside(replace(rig(date(2025, 3, 1)), disposed=date(2026, 5, 1)), 2026)
    assert told.own == usd("1600")
    assert told.gain_difference == usd("3600") - usd("10000")


def test_estimated_tax_is_free_up_to_1_000_and_a_year_without_tax_is_no_measure() -> None:
    """35 ILCS 5/803(a): more than 1,000; 804(c)(1)(B)(ii): a return showing a liability for tax."""
    case = {"state": "IL", "year": 2026, "status": "single"}
    free = required_payment(StateYearTax(**case, tax=usd("1000"), prior_tax=usd("900")), LAW)  # type: ignore[arg-type]  # one dict for all
    assert not free.penalty_possible
    for tax, prior, expected in (("1000.01", "900", "900"), ("4000", "3800", "3600"), ("4000", "0", "3600")):
        told = required_payment(StateYearTax(**case, tax=usd(tax), prior_tax=usd(prior)), LAW)  # type: ignore[arg-type]  # one dict for all
        assert told.required is not None
        assert (told.required.amount, told.penalty_possible) == (usd(expected), True)
