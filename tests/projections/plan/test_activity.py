"""Business or hobby: both sides of the record, the years as the ledger counts them, and no verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lotwork.projections.liability import liability
from lotwork.projections.plan.activity import plan_activity
from tests.projections.house import book_of, receipt
from tests.rules.us.law import LAW

PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
BEGAN = {"kind": "profile", "id": "began", "at": "2024-02-01T00:00:00Z", "business_began": "2024-01-15"}


def bill(year: int, amount: str) -> dict[str, Any]:
    return {
        "kind": "expense", "id": f"bill {year}", "at": f"{year}-02-01T00:00:00Z", "category": "electricity",
        "amount_usd": amount,
    }  # fmt: skip


def evidence(name: str, factor: str, supports: str, day: str, note: str) -> dict[str, Any]:
    return {
        "kind": "activity_evidence", "id": name, "at": f"{day}T12:00:00Z", "factor": factor, "supports": supports,
        "note": note,
    }  # fmt: skip


MINED = [receipt(f"mined {year}", f"{year}-03-01", "1", "30000") for year in (2024, 2025, 2026)]


def test_the_record_stands_on_both_sides_with_its_days_and_notes() -> None:
    plan = plan_activity(
        book_of(
            PROFILE, *MINED,
            evidence("e1", "manner", "business", "2025-01-02", "separate bank account"),
            evidence("e2", "manner", "hobby", "2025-06-02", "no written plan"),
            evidence("e3", "expertise", "business", "2026-01-02", "course of the ASIC repair school"),
        ),
        LAW, 2026,
    )  # fmt: skip
    assert len(plan.factors) == 9
    manner = plan.factors[0]
    assert [(entry.event, str(entry.day), entry.note) for entry in manner.business] == [
        ("e1", "2025-01-02", "separate bank account")
    ]
    assert [entry.event for entry in manner.hobby] == ["e2"]
    assert not any("manner" in each or "expertise" in each for each in plan.missing)
    assert any("time_and_effort" in each for each in plan.missing)


def test_years_before_the_ledger_are_unknown_until_a_profile_says_when_it_began() -> None:
    unknown = plan_activity(book_of(PROFILE, *MINED[1:]), LAW, 2026)
    assert [(each.year, each.profit) for each in unknown.years[:3]] == [(2022, None), (2023, None), (2024, None)]
    assert unknown.presumption.holds is None
    assert "activity_years_unknown" in [finding.code for finding in unknown.findings]
    began = plan_activity(book_of(PROFILE, BEGAN | {"business_began": "2025-01-15"}, *MINED[1:]), LAW, 2026)
    assert [each.year for each in began.years] == [2025, 2026]
    assert began.presumption.holds is False


def test_profit_is_counted_as_a_business_whatever_the_year_was_filed_as() -> None:
    """Deductions count "without regard to whether or not such activity is engaged in for profit" (183(d))."""
    hobby = PROFILE | {"activity": "hobby"}
    plan = plan_activity(book_of(hobby, BEGAN, *MINED, bill(2025, "40000")), LAW, 2026)
    assert {each.year: each.profit for each in plan.years} == {
        2024: Decimal(30_000), 2025: Decimal(-10_000), 2026: Decimal(30_000),
    }  # fmt: skip
    assert plan.presumption.holds is False
    three = plan_activity(book_of(hobby, BEGAN, *MINED), LAW, 2026)
    assert three.presumption.holds is True
    assert "activity_presumed_business" in [finding.code for finding in three.findings]


def test_the_tax_either_way_is_the_liability_under_each_profile() -> None:
    lines = [*MINED, bill(2026, "5000")]
    plan = plan_activity(book_of(PROFILE, *lines), LAW, 2026)
    assert plan.as_business.tax == liability(book_of(PROFILE, *lines), LAW, 2026).tax
    assert plan.as_hobby.tax == liability(book_of(PROFILE | {"activity": "hobby"}, *lines), LAW, 2026).tax
    assert plan.classified == "business"
