from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from rules.us.individual import Filer, compute
from rules.us.qbi import Deduction
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
    assert LAW.in_year("us/qbi/threshold", 2026).by_status(status) == threshold  # type: ignore[arg-type]
