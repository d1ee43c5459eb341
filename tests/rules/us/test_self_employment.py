from __future__ import annotations

from decimal import Decimal

import pytest

from lotwork.rules.line import line
from lotwork.rules.us.additional_medicare import form_8959
from lotwork.rules.us.individual import Filer, compute
from lotwork.rules.us.self_employment import schedule_se, taxable_earnings
from tests.rules.us.law import CENT, LAW, usd

ZERO = Decimal(0)


def test_exactly_400_of_net_earnings_is_taxed_and_a_hair_less_is_not() -> None:
    """26 U.S.C. 1402(b)(2): "less than $400"."""
    exact = line(("Schedule SE", "4a"), "Net earnings", usd("400"))
    assert taxable_earnings(exact, LAW, 2026).amount == 400
    less = line(("Schedule SE", "4a"), "Net earnings", usd("399.9999"))
    assert taxable_earnings(less, LAW, 2026).amount == 0


def test_a_profit_of_433_14_is_the_first_whole_cent_that_is_taxed() -> None:
    """The test is taken after the factor: 433.13 x 0.9235 is 399.995555."""
    assert schedule_se(usd("433.13"), ZERO, LAW, 2026).tax.amount == 0
    assert schedule_se(usd("433.14"), ZERO, LAW, 2026).tax.amount > 61


@pytest.mark.parametrize(
    ("profit", "year", "tax"),
    [
        ("50000", 2026, "7064.78"),
        ("100000", 2025, "14129.55"),
        ("250000", 2024, "27601.78"),
        ("250000", 2025, "28531.78"),
        ("250000", 2026, "29573.38"),
    ],
)
def test_the_tax_is_14_13_percent_of_profit_up_to_the_base_of_the_year(profit: str, year: int, tax: str) -> None:
    assert abs(schedule_se(usd(profit), ZERO, LAW, year).tax.amount - usd(tax)) < CENT


def test_wages_of_the_same_person_use_the_base_first() -> None:
    half_used = schedule_se(usd("80000"), usd("150000"), LAW, 2024)
    assert half_used.base_left.amount == 18_600
    assert half_used.oasdi.amount == usd("2306.40")
    assert schedule_se(usd("80000"), usd("168600"), LAW, 2024).oasdi.amount == 0
    over = schedule_se(usd("80000"), usd("300000"), LAW, 2024)
    assert over.base_left.amount == 0
    assert over.tax.amount == over.hospital.amount


def test_a_loss_bears_no_tax_and_counts_whole() -> None:
    made = schedule_se(usd("-5000"), ZERO, LAW, 2026)
    assert made.net_earnings.amount == -5_000
    assert {each.amount for each in made.lines[3:]} == {ZERO}


def test_the_0_9_percent_tax_is_no_part_of_the_half_deduction() -> None:
    made = compute(Filer(year=2026, status="single", schedule_c_net=usd("500000")), LAW)
    assert made.summary["additional_medicare"] > 0
    assert made.summary["half_se_deduction"] * 2 == made.summary["se_tax"]


@pytest.mark.parametrize(("wages", "tax"), [("200000", "0"), ("200001", "0.009"), ("250000", "450")])
def test_additional_medicare_begins_above_the_threshold(wages: str, tax: str) -> None:
    made = compute(Filer(year=2026, status="single", wages=usd(wages)), LAW)
    assert made.summary["additional_medicare"] == usd(tax)


def test_self_employment_income_has_what_wages_leave_of_the_threshold() -> None:
    made = compute(Filer(year=2026, status="mfj", wages=usd("240000"), schedule_c_net=usd("20000")), LAW)
    earnings = made.income.self_employment.taxable_earnings
    told = form_8959(made.income.wages, [earnings], "mfj", LAW, 2026)
    assert told.on_wages.amount == 0
    assert told.on_earnings.amount == (usd("18470") - 10_000) * Decimal("0.009")
    assert told.tax.ref == "Form 8959 line 18"
