"""What each period of the year brought, annualized: coins, expenses, rigs, gains, and facts outside the ledger."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.events import YearFacts
from lotwork.projections.estimated.annualized import KEPT, SETTLED, Annualized
from lotwork.projections.estimated.period_facts import NOT_APPORTIONED
from lotwork.projections.quarterly import Comparison
from lotwork.rules.us.individual import Filer
from tests.projections.estimating import asked, cents, facts, mined, payment, profile, through
from tests.projections.house import receipt, sale

LATE = date(2026, 4, 15)
EVENLY = [mined(f"2025-{month:02}-10", "10000") for month in range(1, 13)]


def compared(*lines: dict[str, Any], as_of: date = LATE) -> Comparison:
    told = asked(*lines, as_of=as_of, by="cheaper").comparison
    assert told is not None
    return told


def schedule(*lines: dict[str, Any], as_of: date = LATE) -> Annualized:
    return compared(*lines, as_of=as_of).schedule


def annual(name: str, *lines: dict[str, Any]) -> list[Decimal]:
    return [cents(getattr(each.computed.filer, name)) for each in schedule(*lines).columns]


def test_each_period_counts_what_it_received_times_its_factor() -> None:
    """10,000 a month: 3 of them times 4, 5 times 2.4, 8 times 1.5, and 12 are the same year."""
    assert annual("schedule_c_net", *EVENLY) == [120_000] * 4


def test_a_windfall_in_december_is_in_the_last_column_alone() -> None:
    assert annual("schedule_c_net", mined("2025-02-01", "1000"), mined("2025-12-20", "96000")) == [
        4_000, 2_400, 1_500, 97_000,
    ]  # fmt: skip


def test_a_periods_last_day_belongs_to_it_in_the_taxpayers_zone() -> None:
    told = annual(
        "schedule_c_net",
        profile("zone", "2020-01-02", time_zone="America/Chicago"),
        receipt("late", "2025-04-01T04:59:59Z", "1", "1000"),
        receipt("next", "2025-06-01T05:00:00Z", "1", "1000"),
    )
    assert told == [4_000, 2_400, 3_000, 2_000]


def test_expenses_are_annualized_like_the_coins() -> None:
    spent = {"kind": "expense", "id": "e", "at": "2025-05-31T12:00:00Z", "category": "repairs", "amount_usd": "1000"}
    assert annual("schedule_c_net", *EVENLY, spent) == [120_000, 117_600, 118_500, 119_000]


def rig(name: str, day: str, cost: str = "10000", **keys: Any) -> dict[str, Any]:
    return {
        "kind": "equipment", "id": name, "at": f"{day}T12:00:00Z", "equipment": name, "cost_usd": cost,
        "acquired": day, "placed_in_service": day, "bonus": "none",
    } | keys  # fmt: skip


def test_depreciation_is_a_deduction_of_the_year_taken_whole_once_the_rig_serves() -> None:
    """Half-year convention: 20 percent of 10,000 is the year's, not four times that for a rig of January."""
    assert annual("schedule_c_net", *EVENLY, rig("a", "2025-01-20")) == [118_000] * 4
    assert annual("schedule_c_net", *EVENLY, rig("a", "2025-07-20")) == [120_000, 120_000, 118_000, 118_000]
    expensed = rig("a", "2025-01-20", section_179_usd="10000")
    assert annual("schedule_c_net", *EVENLY, expensed) == [110_000] * 4


def test_section_179_is_limited_by_the_annualized_income_of_the_period() -> None:
    """26 U.S.C. 179(b)(3): 40,000 elected in January fit into 120,000 a year, though not into 30,000 by March."""
    expensed = rig("a", "2025-01-20", "40000", section_179_usd="40000")
    assert annual("schedule_c_net", *EVENLY, expensed) == [80_000] * 4


def test_what_is_bought_later_changes_no_period_that_is_over() -> None:
    """The last quarter's rigs make the year one of the mid-quarter convention, which no one knew in May."""
    early = (*EVENLY, rig("a", "2025-05-20"))
    late = (*early, rig("b", "2025-11-20", "90000"))
    assert annual("schedule_c_net", *early)[:3] == annual("schedule_c_net", *late)[:3] == [120_000, 118_000, 118_000]
    assert annual("schedule_c_net", *late)[3] == 120_000 - 2_500 - 4_500


def test_the_home_office_and_start_up_costs_are_deductions_of_the_year() -> None:
    """300 square feet by the simplified method are 1,500 a year; 5,000 of start-up costs are deducted at once."""
    home = {
        "kind": "home_office", "id": "h", "at": "2025-01-01T12:00:00Z", "year": 2025, "method": "simplified",
        "office_sqft": "300",
    }  # fmt: skip
    assert annual("schedule_c_net", *EVENLY, home) == [118_500] * 4
    began = profile("began", "2020-01-02", business_began="2025-01-05")
    early = {"kind": "expense", "id": "e", "at": "2025-01-02T12:00:00Z", "category": "travel", "amount_usd": "5000"}
    assert annual("schedule_c_net", *EVENLY, began, early) == [115_000] * 4


def test_the_basis_of_rigs_is_what_served_by_then_and_never_annualized() -> None:
    told = annual("ubia", *EVENLY, rig("a", "2025-01-20"), rig("b", "2025-09-20", "5000"))
    assert told == [10_000, 10_000, 10_000, 15_000]


def test_gains_of_a_period_are_annualized_in_their_term() -> None:
    bought = {
        "kind": "purchase", "id": "p", "at": "2023-01-01T00:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "2",
        "cost_usd": "2000",
    }  # fmt: skip
    lines = (bought, sale("s", "2025-04-20", "1", "11000"))
    assert annual("long_term_net", *lines) == [0, 24_000, 15_000, 10_000]
    assert annual("short_term_net", *lines) == [0, 0, 0, 0]


def test_a_carryover_is_one_of_the_year_and_not_annualized() -> None:
    assert annual("long_term_carryover", facts(long_term_carryover_usd="5000"), *EVENLY) == [5_000] * 4


def test_a_hobby_is_annualized_too() -> None:
    lines = (profile("hobby", "2020-01-02", activity="hobby"), *EVENLY)
    assert annual("hobby_income", *lines) == [120_000] * 4
    assert annual("schedule_c_net", *lines) == [0] * 4


def test_facts_of_the_whole_year_are_shared_evenly_with_a_finding() -> None:
    lines = (facts(wages_usd="60000", taxable_interest_usd="1200"), *EVENLY)
    assert annual("wages", *lines) == [60_000] * 4
    assert annual("taxable_interest", *lines) == [1_200] * 4
    (found,) = schedule(*lines).findings
    assert found.code == "annualized_share_assumed"
    assert "wages, taxable_interest" in found.message


def test_facts_through_a_periods_end_are_taken_as_told() -> None:
    """Form 2210 instructions, Schedule AI: each period includes amounts from the previous ones."""
    told = (through("2025-03-31", wages_usd="0"), through("2025-05-31", wages_usd="10000"))
    last = through("2025-08-31", wages_usd="40000")
    lines = (facts(wages_usd="60000"), *told, last, *EVENLY)
    assert annual("wages", *lines) == [0, 24_000, 60_000, 60_000]
    assert schedule(*lines).findings == ()


def test_between_two_days_that_are_told_the_share_is_even_by_months() -> None:
    """30,000 by June 30 are 15,000 by March and 25,000 by May; of the rest 10,000 by August."""
    lines = (facts(wages_usd="60000"), through("2025-06-30", wages_usd="30000"), *EVENLY)
    assert annual("wages", *lines) == [60_000, 60_000, 60_000, 60_000]
    uneven = (facts(wages_usd="60000"), through("2025-06-30", wages_usd="0"), *EVENLY)
    assert annual("wages", *uneven) == [0, 0, 30_000, 60_000]


def test_credits_are_those_of_the_period_and_not_annualized() -> None:
    told = schedule(facts(credits_usd="1200"), *EVENLY)
    taken = [line.amount for line in told.lines if line.line.startswith("18")]
    assert [cents(amount) for amount in taken] == [300, 500, 800, 1_200]


def test_while_a_period_runs_it_counts_what_it_brought_so_far() -> None:
    told = schedule(*EVENLY, as_of=date(2025, 4, 15))
    assert [told.is_complete(place, date(2025, 4, 15)) for place in range(4)] == [True, False, False, False]
    assert cents(told.columns[0].computed.filer.schedule_c_net) == 120_000
    assert cents(told.columns[1].computed.filer.schedule_c_net) == 96_000


def test_a_windfall_in_december_bears_no_penalty_where_january_pays_for_it() -> None:
    """26 U.S.C. 6654(d)(2): box C. Equal installments would have asked for a quarter of it in April."""
    lines = (mined("2025-12-20", "100000"), payment("2026-01-15", "40000"))
    told = asked(*lines, as_of=LATE, by="cheaper")
    assert told.comparison is not None
    assert told.comparison.regular_penalty > 500
    assert told.comparison.annualized_penalty == told.penalty == 0
    assert (told.comparison.applies, told.boxes.annualized, told.method) == (True, True, "annualized")
    assert [quarter.required for quarter in told.quarters[:3]] == [0, 0, 0]
    assert asked(*lines, as_of=LATE).penalty == told.comparison.regular_penalty


def test_an_early_income_is_not_annualized_against_the_miner() -> None:
    told = asked(mined("2025-01-10", "100000"), as_of=LATE, by="cheaper")
    assert told.comparison is not None
    assert not told.comparison.applies
    assert told.method == "current_year_90"
    assert told.comparison.annualized_penalty == told.comparison.regular_penalty


@pytest.mark.parametrize("struct", [YearFacts])
def test_every_fact_of_a_year_is_a_flow_or_stands(struct: type[YearFacts]) -> None:
    """A new key must be placed: what flows is shared over the months, what stands is not."""
    names = {name for name in msgspec.structs.asdict(struct(id="", at=None, year=2025)) if name.endswith("_usd_micros")}  # type: ignore[arg-type] # only names
    flows = {
        "wages", "spouse_wages", "withholding", "other_ordinary_income", "taxable_interest", "qualified_dividends",
        "other_short_term_gain", "other_long_term_gain", "retirement_contribution", "elsewhere_deferred",
        "health_insurance", "itemized_deductions", "itemized_taxes", "w2_wages_paid", "credits",
        "nonrefundable_credits", "refundable_credits", "ordinary_dividends", "spouse_retirement_contribution",
        "spouse_elsewhere_deferred", "spouse_health_insurance", "spouse_w2_wages_paid",
    }  # fmt: skip
    assert names == {f"{name}_usd_micros" for name in flows} | NOT_APPORTIONED


def test_every_amount_of_a_filer_flows_stands_or_settles() -> None:
    """A new field must be placed: what is neither kept nor settled is multiplied."""
    flows = {
        "spouse_schedule_c_net", "hobby_dollars",
        "schedule_c_net", "wages", "spouse_wages", "short_term_net", "long_term_net", "other_ordinary_income",
        "taxable_interest", "qualified_dividends", "ordinary_dividends",
        "business_w2_wages", "hobby_income", "digital_income", "sales",
        "boxes", "retirement_contribution", "elsewhere_deferred", "health_insurance", "itemized_deductions",
        "itemized_taxes", "spouse_w2_wages", "spouse_retirement_contribution", "spouse_elsewhere_deferred",
        "spouse_health_insurance",
    }  # fmt: skip
    assert {each.name for each in fields(Filer)} <= flows | KEPT | SETTLED


@settings(max_examples=50)
@given(amounts=st.lists(st.integers(0, 60_000), min_size=12, max_size=12))
def test_the_last_column_is_the_years_own_tax(amounts: list[int]) -> None:
    lines = [mined(f"2025-{month:02}-10", str(amount + 1)) for month, amount in enumerate(amounts, start=1)]
    told = asked(*lines, as_of=LATE, by="cheaper")
    assert told.comparison is not None
    last = told.comparison.schedule.columns[-1]
    assert told.required.ninety_percent is not None
    assert abs(last.due_by_then.amount - told.required.ninety_percent.amount) < Decimal("0.01")
    assert told.comparison.annualized_penalty <= told.comparison.regular_penalty
