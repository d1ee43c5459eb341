"""Section 179 over the years: what is expensed, what waits for income, and what the limit cuts (26 U.S.C. 179)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.events import YearFacts
from lotwork.ledger.units import MICROS
from lotwork.projections.costs.section_179 import equally
from tests.projections.costs.rig_words import AT, book, codes, micros, rig, row, sale


def test_what_business_income_does_not_cover_waits_for_the_next_year() -> None:
    only = rig("10000", "2024-03-01", section_179="10000")
    income = {2024: "2500", 2025: "4000", 2026: "0"}
    years = [row(only, year=year, income=income) for year in (2024, 2025, 2026)]
    assert [each.section_179_usd_micros for each in years] == [micros("2500"), micros("4000"), 0]
    assert [each.waiting_usd_micros for each in years] == [micros("7500"), micros("3500"), micros("3500")]
    assert [each.remaining_basis_usd_micros for each in years] == [0, 0, 0]


def test_the_form_agrees_with_the_rows() -> None:
    only = rig("10000", "2024-03-01", section_179="6000")
    told = book(only, year=2025, income={2024: "2500", 2025: "3000"})
    assert told.form.total == Decimal(told.depreciation_usd_micros) / MICROS == Decimal(3000) + Decimal(4000) * 32 / 100
    assert told.section_179_carryforward_usd_micros == micros("500")
    assert told.form.section_179_carryforward == 500


def test_a_year_s_own_elections_are_deducted_before_what_was_carried_in() -> None:
    old, new = rig("5000", "2024-03-01", section_179="5000"), rig("3000", "2025-03-01", section_179="3000")
    told = book(old, new, year=2025, income={2024: "1000", 2025: "3500"})
    assert [each.section_179_usd_micros for each in told.rows] == [micros("500"), micros("3000")]
    assert [each.waiting_usd_micros for each in told.rows] == [micros("3500"), 0]


def test_what_is_carried_is_apportioned_equally_over_the_items() -> None:
    two = (rig("1000", "2024-03-01", section_179="1000"), rig("9000", "2024-04-01", section_179="9000"))
    told = book(*two, year=2024, income={2024: "7000"})
    assert [each.waiting_usd_micros for each in told.rows] == [micros("1000"), micros("2000")]


def test_equal_parts_stay_within_what_each_item_has() -> None:
    assert equally(10, {"a": 2, "b": 100, "c": 3}) == {"a": 2, "c": 3, "b": 5}
    assert equally(8, {"a": 3, "b": 3, "c": 3}) == {"a": 2, "b": 3, "c": 3}


def test_what_waits_on_a_rig_goes_back_into_its_basis_when_it_is_sold() -> None:
    events = (rig("8000", "2024-03-01", section_179="8000"), sale("rig 2024-03-01 8000", "2025-06-01", "6000"))
    told = book(*events, year=2025, income={2024: "5000", 2025: "9000"})
    (only,) = told.rows
    assert (only.section_179_usd_micros, only.accumulated_usd_micros) == (0, micros("5000"))
    assert (only.sold_basis_usd_micros, only.gain_usd_micros) == (micros("3000"), micros("3000"))
    assert told.section_179_carryforward_usd_micros == 0


def test_a_carryover_from_returns_outside_the_ledger_is_deducted_too() -> None:
    facts = YearFacts(id="y", at=AT, year=2025, section_179_carryforward_usd_micros=micros("700"))
    told = book(facts, year=2025, income={2025: "500"})
    assert told.section_179_from_before_usd_micros == told.depreciation_usd_micros == micros("500")
    assert book(facts, year=2026, income={2025: "500", 2026: "900"}).depreciation_usd_micros == micros("200")


def test_a_carryover_told_anew_replaces_the_one_that_was_computed() -> None:
    facts = [
        YearFacts(id=f"y{year}", at=AT, year=year, section_179_carryforward_usd_micros=micros(amount))
        for year, amount in ((2025, "700"), (2026, "0"))
    ]
    assert book(*facts, year=2026, income={2025: "500"}).depreciation_usd_micros == 0


def test_more_than_the_dollar_limit_is_cut_and_told() -> None:
    told = book(rig("4100000", "2025-03-01", section_179="2500000"), year=2025)
    (only,) = told.rows
    assert only.section_179_usd_micros == micros("2400000")
    assert only.macrs_usd_micros == micros("340000")
    assert codes(told) == ["section_179_over_limit"]
    assert "of 2500000.00 elected under section 179, 2400000.00 lie within" in told.findings[0].message


def test_an_election_above_the_cost_is_cut_to_it() -> None:
    told = book(rig("1000", "2025-03-01", section_179="1000", business_share="0.8"), year=2025)
    assert (told.rows[0].section_179_usd_micros, codes(told)) == (micros("800"), ["section_179_above_cost"])


@pytest.mark.parametrize("more", [{"business_share": "0.5"}, {"recovery_class": "39"}])
def test_what_may_not_be_expensed_is_depreciated_and_told(more: dict[str, Any]) -> None:
    told = book(rig("1000", "2025-03-01", section_179="500", **more), year=2025)
    assert (told.rows[0].section_179_usd_micros, codes(told)) == (0, ["section_179_not_allowed"])
    assert told.rows[0].macrs_usd_micros > 0
