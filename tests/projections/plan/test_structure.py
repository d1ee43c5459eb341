"""Structures side by side: the sole proprietor is the liability itself, the others the same year."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.events import HOBBY
from lotwork.projections.liability import liability
from lotwork.projections.plan.structure import plan_structure
from lotwork.projections.plan.structure_column import CORPORATION, SOLE
from lotwork.rules.us.individual import compute
from tests.projections.house import book_of, codes, receipt
from tests.rules.us.law import LAW, usd

PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}


def miner(value: str = "120000", cost: str = "20000", activity: str = "business", **facts: str) -> list[dict[str, Any]]:
    year_facts = {"kind": "year_facts", "id": "facts", "at": "2026-01-01T00:00:00Z", "year": 2026, **facts}
    bill = {
        "kind": "expense",
        "id": "bill",
        "at": "2026-04-01T00:00:00Z",
        "category": "electricity",
        "amount_usd": cost,
    }
    return [PROFILE | {"activity": activity}, year_facts, receipt("mined", "2026-03-01", "1", value), bill]


@pytest.mark.parametrize("activity", ["business", "hobby"])
@pytest.mark.parametrize("facts", [{}, {"wages_usd": "90000"}, {"credits_usd": "500"}])
def test_the_sole_proprietor_is_the_liability_of_a_business_to_the_cent(activity: str, facts: dict[str, str]) -> None:
    plan = plan_structure(book_of(*miner(activity=activity, **facts)), LAW, 2026)
    business = liability(book_of(*miner(**facts)), LAW, 2026)
    hobby = liability(book_of(*miner(activity="hobby", **facts)), LAW, 2026)
    assert plan.column(SOLE).total == plan.column(SOLE).outcome.tax == business.tax
    assert plan.column(HOBBY).total == hobby.tax
    assert plan.profit == business.computed.filer.schedule_c_net == usd("100000")


def test_a_corporation_is_worked_out_by_hand() -> None:
    """A profit of 100,000 and a salary of 50,000 in 2026, single, nothing else."""
    plan = plan_structure(book_of(*miner()), LAW, 2026, usd("50000"), usd("2000"))
    column = plan.column(CORPORATION)
    assert (column.payroll_employer, column.payroll_employee) == (usd("3867"), usd("3825"))
    business = liability(book_of(*miner()), LAW, 2026).computed.filer
    share = replace(
        business, schedule_c_net=usd("44133"), wages=usd("50000"), business_w2_wages=usd("50000"), shareholder=True
    )
    told = compute(share, LAW)
    assert told.summary["agi"] == column.summary["agi"] == usd("94133")
    assert column.summary["qbi_deduction"] == usd("8826.60")
    assert column.total == told.total.amount + usd("7692")
    assert column.kept == usd("100000") - column.total - 2000
    assert column.sep_room == usd("12500")


def test_what_is_kept_differs_by_the_taxes_alone() -> None:
    plan = plan_structure(book_of(*miner(wages_usd="60000")), LAW, 2026)
    sole = plan.column(SOLE)
    for column in plan.columns:
        assert column.kept - sole.kept == sole.total - column.total - column.payroll_cost


def test_without_a_salary_a_sweep_is_shown_and_none_is_called_reasonable() -> None:
    plan = plan_structure(book_of(*miner()), LAW, 2026)
    salaries = [column.salary for column in plan.columns if column.structure == CORPORATION]
    assert salaries == [20_000, 30_000, 40_000, 50_000, 60_000, 70_000, 80_000, 90_000]
    told = " ".join(plan.caveats)
    assert all(name in told for name in ("668 F.3d 1008", "Rev. Rul. 74-44", "Rev. Rul. 59-221", "State"))


def test_at_the_break_even_profit_the_corporation_keeps_more_and_a_dollar_below_it_does_not() -> None:
    for each in plan_structure(book_of(*miner()), LAW, 2026, payroll_cost=usd("3000")).break_even[1:2]:
        assert each.profit is not None
        kept = []
        for profit in (each.profit - 1, each.profit):
            book = book_of(*miner(value=str(profit + 20_000)))
            plan = plan_structure(book, LAW, 2026, profit * each.share, usd("3000"))
            kept.append(plan.column(CORPORATION).kept - plan.column(SOLE).kept)
        assert kept[0] <= 0 < kept[1]


def test_a_payroll_that_costs_more_than_all_tax_never_pays() -> None:
    plan = plan_structure(book_of(*miner()), LAW, 2026, usd("50000"), usd("400000"))
    assert {each.profit for each in plan.break_even} == {None}


def test_a_year_without_profit_compares_no_corporation() -> None:
    plan = plan_structure(book_of(*miner(value="10000")), LAW, 2026)
    assert [column.structure for column in plan.columns] == [HOBBY, SOLE]
    assert "structure_no_profit" in [finding.code for finding in plan.findings]


def test_a_salary_above_the_profit_and_a_contribution_above_its_room_are_told() -> None:
    book = book_of(*miner(retirement_contribution_usd="18000"))
    found = [finding.code for finding in plan_structure(book, LAW, 2026, usd("99000")).findings]
    assert "structure_salary_above_profit" in found
    found = [finding.code for finding in plan_structure(book, LAW, 2026, usd("40000")).findings]
    assert "structure_contribution_cut" in found


def test_premiums_and_contributions_are_counted_once_in_every_column() -> None:
    """Premiums of 6,000 lower the taxable income of both by 6,000 before the deduction for business income."""
    facts = {"health_insurance_usd": "6000"}
    with_premium = plan_structure(book_of(*miner(**facts)), LAW, 2026, usd("50000")).column(CORPORATION)
    without = plan_structure(book_of(*miner()), LAW, 2026, usd("50000")).column(CORPORATION)
    assert without.summary["agi"] - with_premium.summary["agi"] == 6000
    assert without.summary["qbi_deduction"] - with_premium.summary["qbi_deduction"] == 1200


def test_a_plan_changes_nothing_in_the_book() -> None:
    book = book_of(*miner())
    before, tax = codes(book), liability(book, LAW, 2026).tax
    plan_structure(book, LAW, 2026)
    assert (codes(book), liability(book, LAW, 2026).tax) == (before, tax)
    assert isinstance(tax, Decimal)


def test_a_salary_that_the_profit_cannot_pay_is_no_share_of_it() -> None:
    """A profit of cents would make a salary millions of times itself; the usual shares are told in its place."""
    plan = plan_structure(book_of(*miner("0.02", "0")), LAW, 2026, usd("50000"), usd("1500"))
    assert [each.share for each in plan.break_even] == [usd("0.40"), usd("0.50"), usd("0.60")]
    assert "structure_salary_above_profit" in {finding.code for finding in plan.findings}
