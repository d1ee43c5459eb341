"""Schedule AI of Form 2210: factors, the self-employment part, and savings that are recaptured."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.rules.line import line
from lotwork.rules.us.estimated_annualized import Column, annual_installments, column, periods
from lotwork.rules.us.form_1040 import Credits
from lotwork.rules.us.individual import Filer, compute
from tests.rules.us.law import CENT, LAW, usd

ZERO = Decimal(0)


def made(place: int, *, year: int = 2025, credits_taken: str = "0", **annual: Any) -> Column:
    told: dict[str, Any] = {"year": year, "status": "single"} | annual
    return column(periods(LAW, year)[place], Filer(**told), Credits(untold=usd(credits_taken)), LAW)


def amounts(made_column: Column) -> dict[str, Decimal]:
    return {each.line.rstrip("abcd"): each.amount for each in made_column.lines}


def test_the_periods_end_in_march_may_august_and_december_with_the_factors_of_the_form() -> None:
    """26 U.S.C. 6654(d)(2)(B), (C): months before the installment's own month; 22.5 to 90 percent."""
    told = periods(LAW, 2025)
    assert [(each.end.month, each.end.day) for each in told] == [(3, 31), (5, 31), (8, 31), (12, 31)]
    assert [each.factor for each in told] == [4, usd("2.4"), usd("1.5"), 1]
    assert [each.percent for each in told] == [usd("0.225"), usd("0.45"), usd("0.675"), usd("0.90")]


@pytest.mark.parametrize(("place", "limit"), [(0, "44025"), (1, "73375"), (2, "117400"), (3, "176100")])
def test_the_wage_base_of_2025_is_in_proportion_as_line_29_prints_it(place: int, limit: str) -> None:
    assert amounts(made(place, schedule_c_net=usd("80000")))["29"] == usd(limit)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
@settings(max_examples=40)
@given(profit=st.integers(0, 900_000), wages=st.integers(0, 400_000))
def test_part_ii_gives_what_schedule_se_gives_on_the_annualized_year(
    place: int, year: int, profit: int, wages: int
) -> None:
    """Lines 28 to 36 prorate the base and annualize by the rate; Schedule SE annualizes first: the same tax."""
    told = made(place, year=year, schedule_c_net=Decimal(profit), wages=Decimal(wages))
    se_tax = told.computed.summary["se_tax"]
    assert abs(amounts(told)["36"] - se_tax) < CENT
    divisors = LAW.in_year("us/estimated/annualization_half_se_divisor", year).amounts()
    half = amounts(told)["36"] / divisors[place] * told.period.factor
    assert abs(half - told.computed.summary["half_se_deduction"]) < CENT


def test_a_column_is_the_whole_return_on_annualized_amounts() -> None:
    """12,500 of profit by March 31 of 2025 are 50,000 a year: 9,775.17 of tax, of which 22.5 percent are due."""
    told = amounts(made(0, schedule_c_net=usd("50000")))
    assert told["3"] == told["1"] * 4
    assert told["7"] == told["8"] == 15_750
    assert {told["4"], told["6"], told["12"], told["18"]} == {ZERO}
    assert told["10"] == told["8"] + told["9"]
    assert told["13"] == told["3"] - told["10"]
    assert told["17"] == told["14"] + told["15"] + told["16"]
    assert abs(told["17"] - usd("9775.17")) < CENT
    assert abs(told["21"] - usd("2199.41")) < CENT


def test_itemized_deductions_are_annualized_and_the_standard_deduction_is_not() -> None:
    """Lines 4 to 8: 5,000 by March 31 are 20,000 a year, more than the 15,750 everyone has in full."""
    told = amounts(made(0, wages=usd("100000"), itemized_deductions=usd("20000")))
    assert [told["4"], told["5"], told["6"], told["8"]] == [5_000, 4, 20_000, 20_000]


def test_other_taxes_stand_on_line_16_and_credits_reduce_no_tax_below_nothing() -> None:
    rich = made(3, wages=usd("400000"), long_term_net=usd("200000"))
    summary = compute(rich.computed.filer, LAW).summary
    assert amounts(rich)["16"] == summary["amt"] + summary["niit"] + summary["additional_medicare"]
    poor = amounts(made(0, wages=usd("20000"), credits_taken="5000"))
    assert [poor["18"], poor["19"], poor["21"]] == [poor["17"], 0, 0]


def test_gains_bear_their_own_rates_in_a_column_too() -> None:
    told = made(1, long_term_net=usd("60000"))
    ordinary = made(1, short_term_net=usd("60000"))
    assert amounts(told)["14"] == 0
    assert amounts(ordinary)["14"] > 0


def test_net_earnings_below_400_a_year_bear_no_tax_in_a_column_either() -> None:
    """26 U.S.C. 1402(b)(2): 92.35 percent of 433.13 are 400 less a little; of 433.14 a little more."""
    assert amounts(made(0, schedule_c_net=usd("433.13")))["36"] == 0
    assert amounts(made(0, schedule_c_net=usd("433.14")))["36"] > 0


class Due:
    """A stand-in column whose line 21 is given."""

    def __init__(self, place: int, amount: Decimal) -> None:
        self.period = periods(LAW, 2025)[place]
        self.due_by_then = line(("Form 2210 Schedule AI", f"21{self.period.letter}"), "Due by then", amount)


def installments(due: list[str], required: str | None) -> list[Decimal]:
    columns: Any = [Due(place, usd(amount)) for place, amount in enumerate(due)]
    regular = None if required is None else line(("Form 2210", "9"), "Required", usd(required))
    return [each.required.amount for each in annual_installments(columns, regular)]


@pytest.mark.parametrize(
    ("due", "required", "expected"),
    [
        (["2500", "5000", "7500", "10000"], "10000", [2_500, 2_500, 2_500, 2_500]),
        (["0", "0", "0", "10000"], "10000", [0, 0, 0, 10_000]),
        (["0", "0", "0", "12000"], "10000", [0, 0, 0, 10_000]),
        (["1000", "6000", "7500", "10000"], "10000", [1_000, 4_000, 2_500, 2_500]),
        (["9000", "9000", "9000", "9000"], "10000", [2_500, 2_500, 2_500, 1_500]),
        (["2000", "1000", "5000", "9000"], "10000", [2_000, 0, 3_000, 4_000]),
        (["3000", "7000", "6000", "9000"], None, [3_000, 4_000, 0, 2_000]),
    ],
)
def test_an_installment_is_the_smaller_of_both_and_what_was_saved_is_recaptured(
    due: list[str], required: str | None, expected: list[int]
) -> None:
    """26 U.S.C. 6654(d)(2)(A)(i), (ii): "any reduction ... shall be recaptured by increasing" the next."""
    assert installments(due, required) == expected


DOLLARS = st.integers(0, 100_000).map(str)


@given(due=st.lists(DOLLARS, min_size=4, max_size=4), required=DOLLARS)
def test_annualizing_never_asks_for_more_by_any_day_than_equal_installments_do(due: list[str], required: str) -> None:
    told = installments(due, required)
    for place in range(4):
        by_then = sum(told[: place + 1], ZERO)
        assert by_then <= usd(required) * (place + 1) / 4
        assert by_then <= max(usd(each) for each in due[: place + 1])
        assert told[place] >= 0


@given(due=st.lists(DOLLARS, min_size=4, max_size=4), required=DOLLARS)
def test_what_is_asked_before_the_year_is_over_is_never_less_than_what_is_asked_after(
    due: list[str], required: str
) -> None:
    """Who pays the annualized installments while nothing else is known is never short of what the return asks."""
    before, after = installments(due, None), installments(due, required)
    for place in range(1, 5):
        assert sum(before[:place], ZERO) >= sum(after[:place], ZERO)
