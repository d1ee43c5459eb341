"""What a plan lets a miner deduct: the steps of Publication 560's worksheet, and the health insurance after it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.rules.line import line
from lotwork.rules.us.individual import Filer, compute
from lotwork.rules.us.retirement import (
    PLANS,
    Plan,
    Saver,
    catch_up,
    health_insurance_deduction,
    retirement_deduction,
    sep_maximum,
    solo_401k_maximum,
)
from tests.rules.us.law import LAW, usd


def sep(earned: str, year: int = 2026) -> Decimal:
    return sep_maximum(usd(earned), LAW, year)[-1].amount


def solo(earned: str, age: int | None = 40, elsewhere: str = "0", year: int = 2026) -> Decimal:
    saver = Saver(usd("1"), "solo_401k", age, usd(elsewhere))
    return solo_401k_maximum(usd(earned), saver, LAW, year)[-1].amount


def test_a_sep_is_20_percent_of_profit_less_half_the_tax() -> None:
    """Pub. 560, Rate Table for Self-Employed: a plan of 25 percent has the rate 0.200000."""
    assert sep("92935.225") == usd("18587.045")


@pytest.mark.parametrize(("year", "most"), [(2023, 66_000), (2024, 69_000), (2025, 70_000), (2026, 72_000)])
def test_a_sep_ends_at_the_dollar_limit_of_the_year(year: int, most: int) -> None:
    """26 U.S.C. 415(c)(1)(A), which 25 percent of the compensation that counts (401(a)(17)) never reaches."""
    assert sep("900000", year) == most
    assert sep(str(most * 5), year) == most
    assert sep(str(most * 5 - 5), year) == most - 1


def test_a_solo_401k_is_a_deferral_and_20_percent() -> None:
    assert solo("100000") == 44_500
    assert solo("900000") == 72_000


def test_both_parts_together_are_no_more_than_the_compensation_they_leave() -> None:
    """Pub. 560 worksheet, step 12: half of earned income less the deferral; 26 U.S.C. 415(c)(1)(B)."""
    assert solo("10000") == 10_000
    assert solo("24500") == 24_500
    assert solo("30000") == 24_500 + (30_000 - 24_500) / 2
    assert solo("40833.50") == usd("24500") + usd("8166.70")


@pytest.mark.parametrize(
    ("year", "age", "more"),
    [(2026, 49, 0), (2026, 50, 8_000), (2025, 50, 7_500), (2025, 59, 7_500), (2025, 60, 11_250), (2026, 63, 11_250),
     (2026, 64, 8_000), (2024, 61, 7_500), (2023, 63, 7_500)],
)  # fmt: skip
def test_from_50_more_may_be_deferred_and_from_60_to_63_more_still(year: int, age: int, more: int) -> None:
    """26 U.S.C. 414(v)(2)(B), (E): the larger amount from 2025 on, for who turns 60 but not 64."""
    figure = catch_up(age, LAW, year)
    assert (0 if figure is None else figure.amount()) == more
    assert solo("200000", age, year=year) - solo("200000", 40, year=year) == more


def test_a_catch_up_comes_on_top_of_the_dollar_limit() -> None:
    assert solo("900000", 50) == 72_000 + 8_000


@pytest.mark.parametrize(("elsewhere", "room"), [("10000", 22_500), ("24500", 8_000), ("30000", 2_500), ("40000", 0)])
def test_what_an_employers_plan_took_is_used_up_here(elsewhere: str, room: int) -> None:
    """26 U.S.C. 402(g)(1): one limit a person; then the catch-up."""
    assert solo("100000", 55, elsewhere) == 20_000 + room


def test_a_plan_nobody_named_has_the_widest_limit() -> None:
    def deducted(contributed: str, earned: str) -> Decimal:
        return retirement_deduction(Saver(usd(contributed)), usd(earned), LAW, 2026).deduction.amount

    assert deducted("0", "9") == 0
    assert deducted("60000", "100000") == 52_500
    assert deducted("60000", "20000") == 20_000


def test_what_is_contributed_beyond_the_plan_is_told() -> None:
    made = retirement_deduction(Saver(usd("30000"), "sep"), usd("100000"), LAW, 2026)
    assert made.deduction.amount == 20_000
    assert made.excess == 10_000
    assert [each.ref for each in made.lines][-2:] == ["Pub. 560 Deduction Worksheet line 21", "Schedule 1 line 16"]
    assert retirement_deduction(Saver(usd("20000"), "sep"), usd("100000"), LAW, 2026).excess == 0


def test_health_insurance_has_what_the_plan_leaves() -> None:
    """Form 7206 lines 3, 10 and 14; 26 U.S.C. 162(l)(2)(A)."""
    retirement = line(("Schedule 1", "16"), "Self-employed retirement plans", usd("15000"), cites=("law",))
    assert health_insurance_deduction(usd("9000"), usd("20000"), retirement)[-1].amount == 5_000
    assert health_insurance_deduction(usd("9000"), usd("10000"), retirement)[-1].amount == 0
    assert [each.line for each in health_insurance_deduction(usd("9000"), usd("20000"), retirement)] == [
        "3", "10", "14", "17",
    ]  # fmt: skip


@settings(max_examples=60)
@given(
    plan=st.sampled_from(PLANS),
    age=st.integers(18, 80),
    profit=st.integers(0, 900_000),
    given=st.integers(0, 120_000),
    health=st.integers(0, 40_000),
)
def test_neither_deduction_passes_earned_income_nor_lowers_the_self_employment_tax(
    plan: Plan, age: int, profit: int, given: int, health: int
) -> None:
    made = compute(
        Filer(
            year=2026, status="single", schedule_c_net=Decimal(profit), retirement_contribution=Decimal(given),
            retirement_plan=plan, age=age, health_insurance=Decimal(health),
        ),
        LAW,
    )  # fmt: skip
    plain = compute(Filer(year=2026, status="single", schedule_c_net=Decimal(profit)), LAW)
    assert made.summary["se_tax"] == plain.summary["se_tax"]
    assert made.income.retirement.amount + made.income.health.amount <= profit - made.summary["half_se_deduction"]
    assert made.summary["agi"] >= 0
