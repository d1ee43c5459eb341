"""A rig over the end of the year: each option is what the recorded rig would be, in every year it touches."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.projections.liability import liability
from lotwork.projections.plan.next_year import as_this_year, assumed_law
from lotwork.projections.plan.suppose import SupposedLog
from lotwork.projections.plan.year_end import Option, RigAsked, YearEndPlan, plan_year_end
from lotwork.projections.replay.book import Book
from tests.projections.house import book_of, receipt, told
from tests.rules.us.law import LAW

TODAY = date(2025, 11, 20)
PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}


def rig(name: str, placed: str, cost: str, **more: str) -> dict[str, Any]:
    return {
        "kind": "equipment", "id": name, "at": f"{placed}T12:00:00Z", "equipment": name, "cost_usd": cost,
        "acquired": placed, "placed_in_service": placed,
    } | more  # fmt: skip


def lines(value: str = "90000", activity: str = "business") -> list[dict[str, Any]]:
    return [PROFILE | {"activity": activity}, receipt("mined", "2025-02-01", "1", value)]


def planned(*more: dict[str, Any], cost: str = "20000", value: str = "90000", **words: Any) -> YearEndPlan:
    return plan_year_end(book_of(*lines(value), *more), LAW, RigAsked(Decimal(cost), **words), TODAY)


def option(plan: YearEndPlan, when: str, method: str) -> Option:
    return next(each for each in plan.options if (each.when, each.method) == (when, method))


def test_this_years_tax_under_an_option_is_that_of_the_recorded_rig() -> None:
    plan = planned()
    recorded = {
        "section_179": rig("new", "2025-11-20", "20000", section_179_usd="20000"),
        "bonus": rig("new", "2025-11-20", "20000"),
        "macrs": rig("new", "2025-11-20", "20000", bonus="none"),
    }
    without = liability(book_of(*lines()), LAW, 2025).tax
    for method, event in recorded.items():
        tax = liability(book_of(*lines(), event), LAW, 2025).tax
        year = option(plan, "now", method).years[0]
        assert (year.tax, year.saved) == (tax, without - tax)


def test_the_table_runs_over_six_years_and_adds_up_to_the_cost() -> None:
    """Pub. 946, Table A-5: placed in service in the fourth quarter, alone in its year."""
    plan = planned()
    macrs = option(plan, "now", "macrs")
    assert macrs.convention == "mid-quarter Q4"
    assert [year.deducted for year in macrs.years] == [1000, 7600, 4560, 2736, 2188, 1916]
    january = option(plan, "january", "macrs")
    assert january.placed == date(2026, 1, 2)
    assert january.convention == "half-year"
    assert [year.deducted for year in january.years] == [0, 4000, 6400, 3840, 2304, 2304]
    for method in ("section_179", "bonus"):
        assert [year.deducted for year in option(plan, "now", method).years] == [20000, 0, 0, 0, 0, 0]
        assert [year.deducted for year in option(plan, "january", method).years] == [0, 20000, 0, 0, 0, 0]


def test_a_contract_before_20_january_2025_has_the_lower_bonus() -> None:
    year = option(planned(acquired=date(2025, 1, 19)), "now", "bonus").years[0]
    assert year.deducted == 20_000 * Decimal("0.4") + 12_000 * Decimal("0.05")
    assert option(planned(acquired=date(2025, 1, 20)), "now", "bonus").years[0].deducted == 20_000


def test_a_late_rig_that_is_not_expensed_changes_the_others_and_says_so() -> None:
    """10,000 in February: 20 percent half-year, 35 in the first quarter; 20,000 in November is over 40 percent."""
    plan = planned(rig("first", "2025-02-10", "10000", bonus="none"))
    assert option(plan, "now", "macrs").years[0].others == 1500
    assert option(plan, "now", "section_179").years[0].others == 0
    (finding,) = [finding for finding in plan.findings if finding.code == "year_end_mid_quarter"]
    assert "macrs +1500.00" in finding.message
    assert "section_179 +0.00" in finding.message


def test_section_179_waits_where_the_business_has_too_little_income() -> None:
    plan = planned(value="15000")
    now = option(plan, "now", "section_179")
    assert [year.deducted for year in now.years[:2]] == [15_000, 5_000]
    assert [year.section_179_waits for year in now.years[:2]] == [5_000, 0]
    assert "year_end_not_used" in [finding.code for finding in plan.findings]


def test_a_bonus_above_income_is_a_loss_that_next_year_uses_within_80_percent() -> None:
    plan = planned(value="40000", cost="90000")
    years = option(plan, "now", "bonus").years
    assert years[0].nol_carried == 50_000
    assert 0 < years[1].nol_carried < 50_000
    assert years[1].saved > 0
    (finding,) = [
        finding for finding in plan.findings if finding.code == "year_end_not_used" and "bonus" in finding.message
    ]
    assert "50000.00 becomes a net operating loss" in finding.message


@pytest.mark.parametrize("kept", [(2025,), (2023, 2024, 2025, 2026)])
@pytest.mark.parametrize("value", ["40000", "90000"])
def test_every_year_is_that_of_a_book_folded_whole_and_asked_by_itself(value: str, kept: tuple[int, ...]) -> None:
    before = rig("old", "2024-06-01", "70000")
    book = book_of(*lines(value), before, years=kept)
    plan = plan_year_end(book, LAW, RigAsked(Decimal(90000)), TODAY)
    law, _ = assumed_law(LAW, 2025, range(2026, 2031))
    to_come = tuple(as_this_year(book, liability(book, LAW, 2025), range(2026, 2031)))
    new = told(rig("supposed:rig", "2025-11-20", "90000"))
    alone = SupposedLog(book.history.log, book.history.book, (*to_come, *new))
    whole = Book.begin(History.read(alone, book.history.book), range(2024, 2031), law).fold()
    taxes = [liability(whole, law, year).tax for year in range(2025, 2031)]
    assert [year.tax for year in option(plan, "now", "bonus").years] == taxes


def test_later_years_are_as_this_one_and_say_which_figures_are_not_out() -> None:
    plan = planned()
    base = liability(book_of(*lines()), LAW, 2025)
    last = option(plan, "now", "bonus").years
    assert last[5].saved == 0
    law, paths = assumed_law(LAW, 2026, [2027])
    assert "us/ordinary/standard_deduction" in paths
    assert (
        law.in_year("us/ordinary/standard_deduction", 2027).value
        == LAW.in_year("us/ordinary/standard_deduction", 2026).value
    )
    assert "us/depreciation/section_179_limit" in plan.assumed
    assert plan.rates[0].year == base.year
    assert plan.rates[0].profit > 0


def test_a_hobby_saves_nothing_and_is_told() -> None:
    plan = plan_year_end(book_of(*lines(activity="hobby")), LAW, RigAsked(Decimal(20_000)), TODAY)
    assert {each.saved for each in plan.options} == {0}
    assert "year_end_hobby" in [finding.code for finding in plan.findings]


def test_a_building_is_only_depreciated() -> None:
    plan = planned(recovery_class="39")
    assert [(each.when, each.method) for each in plan.options] == [("now", "macrs"), ("january", "macrs")]


def test_without_a_rig_the_moves_and_the_rates_stand_alone() -> None:
    plan = plan_year_end(book_of(*lines()), LAW, None, TODAY)
    assert not plan.options
    assert set(plan.moves) == {"sale", "bill", "payout"}
    assert "withdrawn" in plan.moves["payout"]
