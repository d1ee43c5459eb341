"""What to put aside: the rate of the next dollar at the year's run-rate, receipt by receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.units import AssetTable
from lotwork.projections.liability import liability
from lotwork.projections.plan.set_aside import plan_set_aside
from lotwork.reports.plan.set_aside import list_set_aside
from lotwork.rules.us.individual import compute
from tests.projections.house import book_of, receipt
from tests.rules.us.law import LAW

PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
HALF = date(2025, 7, 2)
"""The 183rd day of 365."""


def book(activity: str = "business", **facts: str) -> Any:
    year_facts = {"kind": "year_facts", "id": "facts", "at": "2025-01-01T00:00:00Z", "year": 2025, **facts}
    bill = {
        "kind": "expense",
        "id": "bill",
        "at": "2025-03-01T00:00:00Z",
        "category": "electricity",
        "amount_usd": "18300",
    }
    paid = {"kind": "payment", "id": "pay", "at": "2025-04-10T00:00:00Z", "year": 2025, "amount_usd": "4000"}
    return book_of(
        PROFILE | {"activity": activity}, year_facts, bill, paid,
        receipt("a", "2025-02-01", "1", "36600"), receipt("b", "2025-06-01", "0.5", "109800"),
    )  # fmt: skip


def test_the_projection_stretches_receipts_and_costs_to_the_year() -> None:
    plan = plan_set_aside(book(), LAW, 2025, HALF, LAW)
    projected = plan.projected
    assert (projected.days, projected.of_days) == (183, 365)
    assert projected.receipts == Decimal(91_500) * 365 / 183 == Decimal(182_500)
    assert round(projected.profit, 6) == Decimal(146_000)
    filer = replace(liability(book(), LAW, 2025).computed.filer, schedule_c_net=projected.profit)
    assert projected.outcome.tax == compute(filer, LAW).total.amount


def test_the_rate_is_the_tax_of_the_next_thousand_dollars_at_that_year() -> None:
    """A profit of 146,000: 24 percent, SE tax of 2.9 and 12.4 percent of 92.35, half deducted, 20 percent QBI."""
    plan = plan_set_aside(book(), LAW, 2025, HALF, LAW)
    filer = replace(liability(book(), LAW, 2025).computed.filer, schedule_c_net=plan.projected.profit + 1000)
    assert plan.rate == (compute(filer, LAW).total.amount - plan.projected.outcome.tax) / 1000
    se = Decimal("0.9235") * Decimal("0.153")
    income = Decimal("0.22") * (1 - se / 2) * Decimal("0.8")
    assert abs(plan.rate - (se + income)) < Decimal("0.0000001")


def test_every_receipt_is_given_its_part_in_dollars_and_in_coins_rounded_up() -> None:
    plan = plan_set_aside(book(), LAW, 2025, HALF, LAW)
    for each, quantity, value in zip(plan.kept, (100_000_000, 50_000_000), (36_600, 54_900), strict=True):
        assert 0 <= each.usd - value * plan.rate < Decimal("0.01")
        assert 0 <= each.quantity - quantity * plan.rate < 1
    assert plan.total == sum(each.usd for each in plan.kept)
    assert plan.on_average < plan.total


def test_what_was_paid_and_what_is_due_next_stand_beside_it() -> None:
    plan = plan_set_aside(book(), LAW, 2025, HALF, LAW)
    assert plan.owed.paid == 4000
    assert plan.still == plan.owed.tax - 4000
    assert plan.payments.next_payment is not None
    assert plan.payments.next_payment.due == date(2025, 9, 15)


def test_a_hobby_puts_income_tax_aside_and_no_self_employment_tax() -> None:
    hobby, business = (plan_set_aside(book(activity), LAW, 2025, HALF, LAW) for activity in ("hobby", "business"))
    assert hobby.projected.profit == Decimal(182_500)
    assert hobby.rate == Decimal("0.24")
    assert business.rate > hobby.rate


@pytest.mark.parametrize("today", [date(2025, 12, 31), date(2026, 5, 1)])
def test_a_year_that_is_over_is_projected_as_it_was(today: date) -> None:
    plan = plan_set_aside(book(), LAW, 2025, today, LAW)
    assert plan.projected.outcome.tax == liability(book(), LAW, 2025).tax
    assert plan.projected.days == plan.projected.of_days


def test_a_run_rate_of_a_few_days_is_told_to_be_weak() -> None:
    early = plan_set_aside(
        book_of(PROFILE, receipt("a", "2025-01-05", "0.01", "90000")), LAW, 2025, date(2025, 1, 10), LAW
    )
    assert "run_rate_short" in [finding.code for finding in early.findings]


def test_a_year_without_receipts_asks_for_nothing() -> None:
    plan = plan_set_aside(book_of(PROFILE), LAW, 2025, HALF, LAW)
    assert not plan.kept
    assert plan.total == plan.average == 0


@pytest.mark.parametrize("today", [date(2025, 12, 31), date(2025, 11, 29), date(2024, 2, 1)])
def test_a_year_that_has_not_begun_says_so_and_stretches_nothing(today: date) -> None:
    plan = plan_set_aside(book_of(PROFILE, receipt("a", "2026-01-05", "1", "90000")), LAW, 2026, today, LAW)
    told = {finding.code: finding.message for finding in plan.findings}
    assert told["run_rate_short"].startswith("2026 has not begun")
    assert plan.projected.days == 0
    assert plan.projected.receipts == 90_000
    assert "days" not in list_set_aside(plan, AssetTable()).projection.note


def test_the_first_day_of_a_year_is_one_day() -> None:
    plan = plan_set_aside(book_of(PROFILE), LAW, 2025, date(2025, 1, 1), LAW)
    told = {finding.code: finding.message for finding in plan.findings}
    assert told["run_rate_short"].startswith("the year is 1 day old")
