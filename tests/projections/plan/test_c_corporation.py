"""The business in a corporation that pays its own tax: the same year, the tax twice, and every dollar once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.plan.c_corporation import PayOut
from lotwork.projections.plan.structure import StructurePlan, plan_structure
from lotwork.projections.plan.structure_column import C_CORPORATION, SOLE, Column
from tests.golden.returns import book, folders, year_of
from tests.projections.house import book_of, sale
from tests.projections.plan.test_structure import miner
from tests.rules.us.law import LAW, usd

BOUGHT = {"kind": "purchase", "id": "b", "at": "2026-01-10T12:00:00Z", "wallet": "other", "asset": "BTC",
          "quantity": "1", "cost_usd": "30000"}  # fmt: skip


def plan(*lines: dict[str, Any], salary: str | None = None, share: str | None = None, **facts: str) -> StructurePlan:
    pay_out = PayOut(None if share is None else usd(share))
    pay = None if salary is None else usd(salary)
    return plan_structure(book_of(*miner(**facts), *lines), LAW, 2026, pay, pay_out=pay_out)


def both(told: StructurePlan) -> tuple[Column, Column]:
    """Return the corporation that pays out nothing, and that which pays out all."""
    kept, paid = (column for column in told.columns if column.structure == C_CORPORATION)
    return kept, paid


def traded(proceeds: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return BOUGHT, sale("s", "2026-02-10", "1", proceeds, wallet="other")


def test_a_year_is_reckoned_by_hand() -> None:
    """A profit of 100,000 in 2026, single, nothing else: 21,000, and of 79,000 paid out 15 percent above 49,450.

    The dividend is 79,000 less 16,100 of standard deduction: 62,900, of which 13,450 lie above the zone of no tax.
    """
    kept, paid = both(plan())
    assert [kept.corporate_tax, kept.outcome.tax, kept.kept, kept.retained] == [21_000, 0, 79_000, 79_000]
    assert [paid.dividend, paid.retained, paid.outcome.tax] == [79_000, 0, usd("2017.50")]
    assert paid.total == usd("23017.50")
    assert paid.kept == usd("76982.50")
    assert paid.summary["se_tax"] == paid.summary["qbi_deduction"] == paid.payroll_employer == 0


def test_a_dividend_bears_the_tax_on_net_investment_income() -> None:
    """With 300,000 of wages: 79,000 x 15 percent and x 3.8 percent (26 U.S.C. 1(h)(11), 1411)."""
    kept, paid = both(plan(wages_usd="300000"))
    assert paid.outcome.tax - kept.outcome.tax == usd("11850") + usd("3002")
    assert paid.summary["niit"] == usd("3002")


def test_pay_is_taxed_once_and_leaves_less_to_be_taxed_twice() -> None:
    """A salary of 50,000: 100,000 - 50,000 - 3,867 is 46,133, and 21 percent of it 9,687.93."""
    _, paid = both(plan(salary="50000"))
    assert (paid.corporate_tax, paid.dividend) == (usd("9687.93"), usd("36445.07"))
    assert (paid.payroll_employer, paid.payroll_employee) == (usd("3867"), usd("3825"))
    assert paid.summary["agi"] == 50_000 + usd("36445.07")
    assert paid.sep_room == usd("12500")


def test_a_share_paid_out_lies_between_and_is_one_column() -> None:
    told = plan(share="0.25")
    assert [column.dividend for column in told.columns if column.structure == C_CORPORATION] == [usd("19750")]


@pytest.mark.parametrize("salary", [None, "50000"])
@pytest.mark.parametrize("facts", [{}, {"wages_usd": "90000", "other_short_term_gain_usd": "700"}])
def test_what_is_kept_differs_from_a_sole_proprietor_by_the_taxes_alone(
    salary: str | None, facts: dict[str, str]
) -> None:
    told = plan(*traded("41000"), salary=salary, **facts)
    sole = told.column(SOLE)
    for column in both(told):
        assert column.kept - sole.kept == sole.total - column.total


def test_what_coins_gained_is_the_corporations_and_no_longer_the_shareholders() -> None:
    told = plan(*traded("41000"), other_short_term_gain_usd="700")
    kept, _ = both(told)
    assert kept.corporate_tax == usd("111000") * usd("0.21")
    assert kept.summary["agi"] == 700
    assert told.column(SOLE).summary["agi"] > 100_000


def test_a_loss_on_coins_is_carried_and_takes_3_000_off_nothing() -> None:
    told = plan(*traded("10000"))
    kept, paid = both(told)
    assert [kept.corporate_tax, kept.outcome.tax] == [21_000, 0]
    assert paid.dividend == 59_000
    assert "structure_corporate_capital_loss" in {each.code for each in told.findings}
    assert told.c_corporation is not None
    assert told.c_corporation.company.capital_loss.amount == 20_000


def test_a_salary_above_the_profit_is_a_loss_that_stays_in_the_corporation() -> None:
    told = plan(salary="99000")
    kept, paid = both(told)
    assert kept.corporate_tax == paid.dividend == 0
    assert kept.summary["agi"] == 99_000
    assert "structure_corporate_loss" in {each.code for each in told.findings}


def test_more_kept_than_needs_no_reason_is_told() -> None:
    codes = {each.code for each in plan(value="400000").findings}
    assert "structure_accumulated_earnings" in codes
    assert "structure_accumulated_earnings" not in {each.code for each in plan(value="400000", share="1").findings}
    assert "structure_accumulated_earnings" not in {each.code for each in plan(value="300000").findings}


@pytest.mark.parametrize(
    "folder", [each for each in folders() if year_of(each) in (2025, 2026)], ids=lambda each: each.name
)
def test_in_every_kept_return_the_corporation_has_the_whole_business_and_no_more(folder: Any) -> None:
    """Line 30 is the profit of Schedule C, the gains on coins and what Form 4797 brings, each once."""
    told = plan_structure(book(folder), LAW, year_of(folder))
    assert told.c_corporation is not None
    company = told.c_corporation.company
    amounts = {each.line: each.amount for each in company.lines if each.form == "Form 1120"}
    assert amounts["30"] == told.profit + amounts["8"] + amounts.get("9", Decimal(0))
