"""Form 8829 and the simplified method: the examples of Pub. 587, the tiers of the limit, and what is carried on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.rules.us.home_office import (
    NOTHING_CARRIED,
    Home,
    HomeBill,
    HomeCarryover,
    HomeYear,
    regular,
    simplified,
)
from tests.rules.us.law import CENT, LAW, usd

STEPHENS = (
    HomeBill("16", False, usd("4,500")), HomeBill("17", False, usd("1,000")), HomeBill("18", False, usd("400")),
    HomeBill("20", True, usd("300")), HomeBill("20", False, usd("1,400")), HomeBill("21", False, usd("1,800")),
)  # fmt: skip


def home(income: str = "25,552", **more: Any) -> Home:
    """Return John Stephens' home: 200 of 2,000 square feet, first used in January, a building of 110,000."""
    fields: dict[str, Any] = {
        "year": 2025,
        "office_sqft": usd("200"),
        "home_sqft": usd("2,000"),
        "bills": STEPHENS,
        "itemizes": True,
        "building_basis": usd("110,000"),
        "first_used": date(2025, 1, 10),
    } | more
    return Home(income=usd(income), **fields)


def amounts(told: HomeYear) -> dict[str, Decimal]:
    """Return the lines by number, to the dollar as the form is filled in."""
    return {each.line: each.amount.quantize(Decimal(1)) for each in told.lines}


def test_the_filled_in_form_of_publication_587() -> None:
    """Pub. 587, Schedule C Example, John Stephens: 550 deductible anyway, 660 to run it, 271 of depreciation."""
    told = regular(home(), LAW)
    lines = amounts(told)
    assert [lines[number] for number in ("8", "12", "13", "14", "15")] == [25_552, 5_500, 550, 550, 25_002]
    assert [lines[number] for number in ("20(a)", "23", "24", "26", "27", "28")] == [300, 3_900, 360, 660, 660, 24_342]
    assert [lines[number] for number in ("39", "40", "42", "33", "36")] == [110_000, 11_000, 271, 271, 1_481]
    assert told.deduction == usd("1,480.71")
    assert told.carryover == NOTHING_CARRIED
    assert usd("25,552") - told.deduction.quantize(Decimal(1)) + 3_800 == usd("27,871")  # his Form 4562, line 11


def test_one_who_takes_the_standard_deduction_has_interest_and_taxes_within_the_limit() -> None:
    """Form 8829 instructions, lines 10, 11, 16 and 17."""
    told = amounts(regular(home("900", itemizes=False), LAW))
    assert [told[number] for number in ("14", "15", "26", "27", "43", "44")] == [0, 900, 1_210, 900, 310, 271]
    assert "10(b)" not in told


@pytest.mark.parametrize(
    ("income", "deduction", "operating", "depreciation"),
    [
        ("1,480.71", "1,480.71", "0", "0"),
        ("1,480.70", "1,480.70", "0", "0.01"),
        ("1,210", "1,210", "0", "270.71"),
        ("1,209", "1,209", "1", "270.71"),
        ("550", "550", "660", "270.71"),
        ("100", "550", "660", "270.71"),
        ("-4,000", "550", "660", "270.71"),
    ],
)
def test_what_is_deductible_anyway_comes_first_then_operating_costs_then_depreciation(
    income: str, deduction: str, operating: str, depreciation: str
) -> None:
    """26 U.S.C. 280A(c)(5): (A) and (B) before the rest; interest and taxes are not limited."""
    told = regular(home(income), LAW)
    assert (told.deduction, *told.carryover) == (usd(deduction), usd(operating), usd(depreciation))


def test_what_was_carried_is_deducted_in_the_next_year_of_income() -> None:
    first = regular(home("100"), LAW)
    second = regular(home("10,000", year=2026, carried=first.carryover), LAW)
    own = usd("11,000") * Decimal("0.02564")
    assert second.deduction == 550 + 660 + 660 + own + usd("270.71")
    assert amounts(second)["25"] == 660
    assert second.carryover == NOTHING_CARRIED


def test_the_building_is_depreciated_by_the_month_of_first_use_and_never_above_its_basis() -> None:
    """Pub. 946, Table A-7a: January 2.461, then 2.564, and 0.107 in the 40th year."""
    rates = [
        regular(home("90,000", year=year, bills=()), LAW).deduction / 11_000 for year in (2025, 2026, 2063, 2064, 2065)
    ]
    assert rates == [usd(rate) for rate in ("0.02461", "0.02564", "0.02564", "0.00107", "0")]
    december = home("90,000", bills=(), first_used=date(2025, 12, 31))
    assert regular(december, LAW).deduction / 11_000 == usd("0.00107")


@pytest.mark.parametrize("month", range(1, 13))
def test_forty_years_give_back_the_whole_building(month: int) -> None:
    years = range(2025, 2067)
    first = date(2025, month, 1)
    taken = [regular(home("90,000", year=year, bills=(), first_used=first), LAW).deduction for year in years]
    assert sum(taken) == 11_000


def test_the_simplified_method_gives_five_dollars_a_square_foot_up_to_three_hundred() -> None:
    """Rev. Proc. 2013-13, 4.01 and 4.02."""
    for feet, deduction in (("150", 750), ("300", 1_500), ("301", 1_500), ("299.5", Decimal("1497.5"))):
        assert simplified(home(office_sqft=usd(feet)), LAW).deduction == deduction


def test_a_part_of_the_year_counts_by_its_months() -> None:
    """Pub. 587, simplified method: 420 square feet from July 20 average 125, 300 in each of five months."""
    told = simplified(home(office_sqft=usd("420"), months=5), LAW)
    assert (amounts(told)["2"], told.deduction) == (Decimal(125), Decimal(625))


def test_the_simplified_method_is_limited_by_income_and_carries_nothing_on() -> None:
    """Rev. Proc. 2013-13, 4.08: it keeps what an earlier year of the regular method carried."""
    carried = HomeCarryover(usd("660"), usd("270.71"))
    told = simplified(home("600", carried=carried), LAW)
    assert (told.deduction, told.carryover) == (Decimal(600), carried)
    assert [told.lines[-2].line, told.lines[-1].line] == ["6a", "6b"]
    assert simplified(home("-1"), LAW).deduction == 0


@given(
    income=st.integers(-100_000, 5_000_000),
    bills=st.lists(st.tuples(st.sampled_from(["16", "17", "18", "19", "20", "21", "22"]), st.booleans(),
                             st.integers(0, 10**6)), max_size=6),
    itemizes=st.booleans(),
)  # fmt: skip
def test_what_is_deducted_and_what_is_carried_on_are_all_there_was(
    income: int, bills: list[tuple[str, bool, int]], itemizes: bool
) -> None:
    costs = tuple(HomeBill(number, direct, amount * CENT) for number, direct, amount in bills)
    told = regular(home(str(income * CENT), bills=costs, itemizes=itemizes), LAW)
    business = sum((bill.amount if bill.direct else bill.amount / 10 for bill in costs), usd("270.71"))
    assert told.deduction + sum(told.carryover) == business
    anyway = sum(bill.amount if bill.direct else bill.amount / 10 for bill in costs if bill.line in ("16", "17"))
    assert told.deduction <= max(income * CENT, anyway if itemizes else Decimal(0), Decimal(0))
