"""Payroll taxes by hand, at the wage base and around it."""

from __future__ import annotations

import pytest

from lotwork.rules.us.payroll import payroll
from tests.rules.us.law import LAW, usd


def test_a_salary_of_50_000_bears_both_halves_and_42_dollars_of_futa() -> None:
    """6.2 and 1.45 percent of 50,000 twice; 0.6 percent of 7,000 (26 U.S.C. 3101, 3111, 3301, 3302)."""
    taxes = payroll(usd("50000"), usd("0"), LAW, 2026)
    assert taxes.employer_oasdi.amount == taxes.employee_oasdi.amount == usd("3100")
    assert taxes.employer_hospital.amount == taxes.employee_hospital.amount == usd("725")
    assert taxes.unemployment.amount == usd("42")
    assert (taxes.employer, taxes.employee, taxes.total) == (usd("3867"), usd("3825"), usd("7692"))


@pytest.mark.parametrize(("year", "base"), [(2023, "160200"), (2024, "168600"), (2025, "176100"), (2026, "184500")])
def test_social_security_ends_at_the_wage_base_and_medicare_does_not(year: int, base: str) -> None:
    at, above = payroll(usd(base), usd("0"), LAW, year), payroll(usd(base) + 10_000, usd("0"), LAW, year)
    assert above.employer_oasdi.amount == at.employer_oasdi.amount == usd(base) * usd("0.062")
    assert above.employee_hospital.amount - at.employee_hospital.amount == usd("145")


def test_of_two_employers_each_pays_its_half_and_the_employee_gets_the_excess_back() -> None:
    """26 U.S.C. 6413(c): 150,000 elsewhere and 50,000 here are 15,500 above the base of 2026."""
    taxes = payroll(usd("50000"), usd("150000"), LAW, 2026)
    assert taxes.employer_oasdi.amount == usd("3100")
    assert taxes.refunded.amount == usd("15500") * usd("0.062")
    assert taxes.employee == usd("3825") - taxes.refunded.amount


def test_a_salary_below_7_000_bears_futa_on_itself() -> None:
    assert payroll(usd("5000"), usd("0"), LAW, 2025).unemployment.amount == usd("30")


def test_every_line_names_its_law() -> None:
    assert all(line.cites for line in payroll(usd("1"), usd("0"), LAW, 2026).lines)
