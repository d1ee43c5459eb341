"""The deduction for business income at its limits, on the form each taxpayer files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.rules.line import line
from lotwork.rules.us.individual import Filer, compute
from lotwork.rules.us.qbi import Deduction, component, wage_and_property_limit
from tests.rules.us.law import LAW, usd


def deduction(**facts: Any) -> Deduction:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    return compute(Filer(**told), LAW).taxable.qbi


def test_at_exactly_the_threshold_nothing_is_limited_and_a_dollar_above_it_is() -> None:
    """199A(b)(3)(A): "does not exceed the threshold amount"."""
    profit = usd("20000")
    half = profit * Decimal("0.9235") * Decimal("0.029") / 2
    wages = usd("201750") + 16_100 - profit + half
    at = deduction(schedule_c_net=profit, wages=wages)
    assert at.component.amount == at.tentative.amount
    above = deduction(schedule_c_net=profit, wages=wages + 1)
    assert above.component.amount == above.tentative.amount - above.tentative.amount / 75_000


def test_at_the_end_of_the_range_only_wages_and_rigs_count() -> None:
    facts = {"schedule_c_net": usd("420000"), "year": 2025}
    assert deduction(**facts).deduction.amount == 0
    assert deduction(**facts, ubia=usd("100000")).deduction.amount == 2_500
    assert deduction(**facts, business_w2_wages=usd("90000")).deduction.amount == 45_000
    assert deduction(**facts, business_w2_wages=usd("90000"), ubia=usd("2000000")).limit.amount == 72_500


def test_the_2026_minimum_needs_1_000_of_income_and_material_participation() -> None:
    facts = {"wages": usd("60000"), "schedule_c_net": usd("1500")}
    assert deduction(**facts).deduction.amount == 400
    assert deduction(**facts, material_participation=False).deduction.amount < 300
    assert deduction(**facts, year=2025).deduction.amount < 300
    assert deduction(wages=usd("60000"), schedule_c_net=usd("1000")).deduction.amount < 200


def test_exactly_1_000_of_business_income_earns_the_minimum() -> None:
    """199A(i)(1): "at least $1,000"."""
    facts = {"wages": usd("300000"), "schedule_c_net": usd("2000"), "health_insurance": usd("0")}
    income = deduction(**facts).business_income.amount
    at = deduction(**facts | {"health_insurance": income - 1_000})
    assert at.business_income.amount == 1_000
    assert at.deduction.amount == 400
    assert deduction(**facts | {"health_insurance": income - 999}).deduction.amount == 0


def test_a_loss_gives_no_deduction_and_is_carried_into_the_next_year() -> None:
    made = deduction(schedule_c_net=usd("-20000"), wages=usd("90000"))
    assert made.deduction.amount == 0
    assert made.loss_carried_forward.amount == -20_000
    after = deduction(schedule_c_net=usd("50000"), qbi_loss_carryover=usd("20000"))
    assert after.business_income.amount == deduction(schedule_c_net=usd("50000")).business_income.amount - 20_000


def test_the_deduction_is_20_percent_of_taxable_income_less_gains_at_most() -> None:
    made = deduction(year=2024, schedule_c_net=usd("15000"), long_term_net=usd("100000"))
    assert made.deduction.amount == made.income_limit.amount == 0
    dividends = deduction(year=2024, schedule_c_net=usd("50000"), qualified_dividends=usd("20000"))
    plain = deduction(year=2024, schedule_c_net=usd("50000"), taxable_interest=usd("20000"))
    assert plain.income_limit.amount - dividends.income_limit.amount == 4_000


@pytest.mark.parametrize(("status", "threshold"), [("single", 201_750), ("mfs", 201_775), ("mfj", 403_500)])
def test_the_2026_thresholds_are_those_of_the_status(status: str, threshold: int) -> None:
    made = deduction(status=status, schedule_c_net=usd("100000"))
    assert "us/qbi/threshold" in made.component.figures
    assert LAW.in_year("us/qbi/threshold", 2026).by_status(status) == threshold  # type: ignore[arg-type] # read from the table


def test_the_worked_example_of_a_couple_60_percent_through_the_range() -> None:
    """After Treas. Reg. 1.199A-1(d)(4), on 2025's threshold: 300,000 of business income, 40,000 of wages paid.

    20 percent is 60,000 and half the wages 20,000; 60 percent of the 40,000 between them go, and 36,000 are deducted.
    """
    tentative = line(("Form 8995-A", "3"), "20 percent", usd("60000"))
    limit = wage_and_property_limit("Form 8995-A", usd("40000"), usd("0"), LAW, 2025)
    income = line(("Form 8995-A", "33"), "taxable income", usd("394600") + 60_000)
    steps = component(tentative, limit, income, "mfj", LAW, 2025)
    assert limit.amount == 20_000
    assert {each.line: each.amount for each in steps} == {
        "19": 40_000, "22": 60_000, "25": 24_000, "26": 36_000, "15": 36_000,
    }  # fmt: skip


def test_the_short_form_is_filed_up_to_the_threshold_and_the_long_one_above() -> None:
    """Form 8995: "taxable income ... at or below" the threshold."""
    profit = usd("20000")
    half = profit * Decimal("0.9235") * Decimal("0.029") / 2
    at = usd("201750") + 16_100 - profit + half
    short, long = (deduction(schedule_c_net=profit, wages=wages) for wages in (at, at + 1))
    numbers = ["1", "3", "4", "5", "11", "12", "10", "14", "before minimum", "minimum", "15", "16"]
    assert [each.line for each in short.lines] == numbers
    assert {each.form for each in short.lines} == {"Form 8995"}
    numbers = ["1", "C2", "2", "3", "33", "34", "10", "19", "22", "25", "26", "15", "36"]
    numbers += ["before minimum", "minimum", "39", "C6"]
    assert [each.line for each in long.lines] == numbers
    assert {each.form for each in long.lines} == {"Form 8995-A"}


def test_a_hobby_has_no_business_income() -> None:
    assert deduction(hobby_income=usd("50000")).deduction.amount == 0
