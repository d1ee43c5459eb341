"""The corporation's year: what passes to the shareholder, and that none of it is net earnings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lotwork.rules.errors import CaseRefusedError
from lotwork.rules.us.individual import Filer, compute
from lotwork.rules.us.s_corporation import Terms, plan_room, s_corporation
from tests.rules.us.law import LAW, usd


def test_the_income_that_passes_is_profit_less_salary_and_the_employers_taxes() -> None:
    company = s_corporation(usd("100000"), Terms(usd("50000")), usd("0"), LAW, 2026)
    assert company.ordinary_income.amount == usd("46133")


def test_costs_premiums_and_contributions_lower_what_passes() -> None:
    terms = Terms(usd("40000"), usd("1800"), usd("6000"), usd("12000"))
    company = s_corporation(usd("100000"), terms, usd("0"), LAW, 2026)
    assert company.retirement.amount == usd("10000"), "25 percent of the salary"
    assert company.ordinary_income.amount == usd("60000") - usd("3102") - 1800 - 6000 - 10_000
    assert company.premium_not_deducted == 0


def test_premiums_above_the_salary_are_wages_without_a_deduction() -> None:
    company = s_corporation(usd("100000"), Terms(usd("5000"), health_insurance=usd("6000")), usd("0"), LAW, 2026)
    assert company.premium_not_deducted == usd("1000")


def test_room_in_a_plan_ends_at_the_cap_on_pay() -> None:
    assert plan_room(usd("100000"), LAW, 2026).amount == usd("25000")
    assert (
        plan_room(usd("900000"), LAW, 2026).amount == LAW.in_year("us/retirement/annual_additions_415c", 2026).amount()
    )


def test_a_shareholder_pays_no_self_employment_tax_and_the_rest_of_the_return_stands() -> None:
    """The same 46,133 as interest, but for the deduction for business income, which is theirs alone."""
    share = Filer(year=2026, status="single", schedule_c_net=usd("46133"), wages=usd("50000"), shareholder=True)
    told = compute(share, LAW).summary
    other = compute(replace(share, schedule_c_net=usd("0"), other_ordinary_income=usd("46133")), LAW).summary
    assert told["se_tax"] == told["half_se_deduction"] == 0
    assert told["agi"] == other["agi"] == usd("96133")
    assert told["qbi_deduction"] == usd("9226.60")
    assert told["taxable_income"] == other["taxable_income"] - usd("9226.60")
    assert "Rev. Rul. 59-221" in str(compute(share, LAW).income.self_employment.lines[0].cites)
    assert compute(replace(share, shareholder=False), LAW).summary["se_tax"] > 0


def test_negative_terms_are_refused() -> None:
    with pytest.raises(CaseRefusedError, match="0 or more"):
        s_corporation(usd("1"), Terms(usd("-1")), usd("0"), LAW, 2026)
