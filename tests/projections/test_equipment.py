"""The rigs' schedule: section 179, bonus by contract date, MACRS by convention, and sales."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.events import Election, Equipment, EquipmentSale, EquipmentUse, Event, YearFacts
from ledger.units import MICROS
from ledger.zones import Calendar
from projections.costs.rig_years import EquipmentRow
from projections.costs.section_179 import equally
from projections.equipment import EquipmentBook, EquipmentFold
from rules.load import Law
from tests.projections.every_kind import EVERY_KIND

LAW = Law.load()
AT = datetime(2025, 1, 1, tzinfo=UTC)


def rig(cost: str, placed: str, *, acquired: str | None = None, section_179: str = "0", **more: Any) -> Equipment:
    """Return a rig, without bonus where nothing else is said, contracted on the day it is placed in service."""
    fields: dict[str, Any] = {"id": f"rig {placed} {cost}", "equipment": f"rig {placed} {cost}", "bonus": "none"} | more
    return Equipment(
        at=AT,
        cost_usd_micros=micros(cost),
        section_179_usd_micros=micros(section_179),
        acquired=date.fromisoformat(acquired or placed),
        placed_in_service=date.fromisoformat(placed),
        **fields,
    )


def sale(equipment: str, day: str, proceeds: str, fee: str = "0", how: Any = "sold") -> EquipmentSale:
    """Return the sale of a rig at noon of *day*."""
    return EquipmentSale(
        how=how,
        id=f"sale {equipment} {day}",
        at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
        equipment=equipment,
        proceeds_usd_micros=micros(proceeds),
        fee_usd_micros=micros(fee),
    )


def use(thing: Equipment, year: int, share: str) -> EquipmentUse:
    """Return the business share of a rig from *year* on."""
    return EquipmentUse(id=f"use {year}", at=AT, equipment=thing.equipment, year=year, business_share=share)


def elected(method: Any, day: str, recovery_class: str | None = None) -> Election:
    """Return an election from *day* on."""
    return Election(id=method, at=AT, from_=date.fromisoformat(day), method=method, recovery_class=recovery_class)


def micros(dollars: str) -> int:
    """Return dollars as micro-dollars."""
    return int(Decimal(dollars) * MICROS)


def book(*events: Event, year: int, income: Mapping[int, str] | None = None) -> EquipmentBook:
    """Return the schedule of *year*, with the business income of the years that have a limit."""
    fold = EquipmentFold(Calendar())
    for event in events:
        fold.take(event)
    limits = {when: Decimal(amount) for when, amount in (income or {}).items()}
    return fold.result(year, LAW, limits.get)


def row(*events: Event, year: int, **more: Any) -> EquipmentRow:
    """Return the one row of *year*."""
    (only,) = book(*events, year=year, **more).rows
    return only


def codes(told: EquipmentBook) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in told.findings]


# MACRS


def test_five_year_property_runs_six_years_by_table_a_1() -> None:
    """Pub. 946, Table A-1, 5-year: 20, 32, 19.20, 11.52, 11.52 and 5.76 percent."""
    years = [row(rig("10000", "2023-03-01"), year=year) for year in range(2023, 2030)]
    assert [each.macrs_usd_micros for each in years] == [
        micros(amount) for amount in ("2000", "3200", "1920", "1152", "1152", "576", "0")
    ]
    assert [each.remaining_basis_usd_micros for each in years[-3:]] == [micros("576"), 0, 0]
    assert {each.convention for each in years} == {"half-year"}


def test_a_computer_in_october_of_half_the_cost_puts_all_on_mid_quarter() -> None:
    """Pub. 946, chapter 4, mid-quarter tables: in whole dollars 1,000, 107 and 250, then 857, 255 and 1,900."""
    things = (
        rig("4000", "2023-01-15", recovery_class="7"),
        rig("1000", "2023-09-15", recovery_class="7"),
        rig("5000", "2023-10-15"),
    )
    first, second = book(*things, year=2023), book(*things, year=2024)
    assert [each.macrs_usd_micros for each in first.rows] == [micros("1000"), micros("107.10"), micros("250")]
    assert [each.convention for each in first.rows] == ["mid-quarter Q1", "mid-quarter Q3", "mid-quarter Q4"]
    assert [each.macrs_usd_micros for each in second.rows] == [micros("857.20"), micros("255.10"), micros("1900")]


def test_a_rig_on_mid_quarter_sold_in_april_has_three_eighths_of_its_year() -> None:
    """Pub. 946, sale or other disposition before the recovery period ends: 500, 3,800, and 37.5 percent of 2,280."""
    events = (rig("10000", "2023-12-02"), sale("rig 2023-12-02 10000", "2025-04-06", "5000"))
    assert [row(*events, year=year).macrs_usd_micros for year in (2023, 2024, 2025)] == [
        micros(amount) for amount in ("500", "3800", "855")
    ]


def test_exactly_forty_percent_in_the_last_quarter_is_still_half_year() -> None:
    told = book(rig("6000", "2025-03-01"), rig("4000", "2025-10-01"), year=2025)
    assert [each.convention for each in told.rows] == ["half-year", "half-year"]


def test_a_cent_more_than_forty_percent_is_mid_quarter_for_all() -> None:
    told = book(rig("6000", "2025-03-01"), rig("4000.01", "2025-10-01"), year=2025)
    assert [each.convention for each in told.rows] == ["mid-quarter Q1", "mid-quarter Q4"]


def test_section_179_lowers_what_the_last_quarter_is_measured_by_and_bonus_does_not() -> None:
    spring = rig("6000", "2025-03-01", bonus="auto")
    bonus_only = book(spring, rig("5000", "2025-10-01", bonus="auto"), year=2025)
    expensed = book(spring, rig("5000", "2025-10-01", bonus="auto", section_179="1500"), year=2025)
    assert [each.convention for each in bonus_only.rows] == ["mid-quarter Q1", "mid-quarter Q4"]
    assert [each.convention for each in expensed.rows] == ["half-year", "half-year"]


def test_a_rig_sold_in_its_first_year_leaves_the_last_quarter_out_of_the_test() -> None:
    events = (rig("1000", "2025-03-01"), rig("9000", "2025-11-01"), sale("rig 2025-11-01 9000", "2025-12-01", "9000"))
    assert book(*events, year=2025).rows[0].convention == "half-year"


def test_only_the_business_part_is_depreciated() -> None:
    only = row(rig("1000", "2025-03-01", business_share="0.9"), year=2025)
    assert (only.macrs_usd_micros, only.remaining_basis_usd_micros) == (micros("180"), micros("720"))


# bonus


@pytest.mark.parametrize(
    ("acquired", "placed", "percent"),
    [
        ("2025-01-19", "2025-03-01", 40),
        ("2025-01-20", "2025-03-01", 100),
        ("2025-01-19", "2026-03-01", 20),
        ("2025-01-20", "2026-03-01", 100),
        ("2023-05-01", "2023-06-01", 80),
        ("2023-05-01", "2024-06-01", 60),
    ],
)
def test_the_bonus_goes_by_the_day_of_the_contract(acquired: str, placed: str, percent: int) -> None:
    only = row(rig("10000", placed, acquired=acquired, bonus="auto"), year=int(placed[:4]))
    assert only.bonus_usd_micros == micros("100") * percent
    assert only.macrs_usd_micros == (micros("10000") - only.bonus_usd_micros) // 5
    assert any("168(k)" in cite for cite in only.cites)


def test_bonus_is_taken_on_what_section_179_leaves() -> None:
    only = row(
        rig("10000", "2025-03-01", acquired="2025-01-10", bonus="auto", section_179="4000"), year=2025, income={}
    )
    assert (only.section_179_usd_micros, only.bonus_usd_micros) == (micros("4000"), micros("2400"))
    assert only.macrs_usd_micros == micros("720")


def test_an_election_out_holds_for_its_class_and_year() -> None:
    five, seven = rig("1000", "2025-03-01", bonus="auto"), rig("500", "2025-03-01", bonus="auto", recovery_class="7")
    later = rig("1000", "2026-03-01", bonus="auto")
    told = book(five, seven, elected("bonus_out", "2025-01-01", "5"), year=2025)
    assert {each.recovery_class: each.bonus_usd_micros for each in told.rows} == {"5": 0, "7": micros("500")}
    assert told.findings == ()
    assert row(later, elected("bonus_out", "2025-01-01", "5"), year=2026).bonus_usd_micros == micros("1000")


def test_an_election_out_without_a_class_is_for_every_class() -> None:
    five, seven = rig("1000", "2025-03-01", bonus="auto"), rig("500", "2025-03-01", bonus="auto", recovery_class="7")
    told = book(five, seven, elected("bonus_out", "2025-01-01"), year=2025)
    assert [each.bonus_usd_micros for each in told.rows] == [0, 0]


def test_forty_percent_may_be_elected_for_2025() -> None:
    told = book(rig("1000", "2025-03-01", bonus="auto"), elected("bonus_40", "2025-12-31"), year=2025)
    assert told.rows[0].bonus_usd_micros == micros("400")
    assert told.findings == ()


def test_forty_percent_may_not_be_elected_for_2026() -> None:
    told = book(rig("1000", "2026-03-01", bonus="auto"), elected("bonus_40", "2026-01-01"), year=2026)
    assert told.rows[0].bonus_usd_micros == micros("1000")
    assert [(finding.code, finding.event) for finding in told.findings] == [("bonus_not_lawful", "bonus_40")]


def test_a_rate_on_the_rig_itself_is_used_where_it_is_lawful() -> None:
    told = book(rig("1000", "2025-03-01", bonus="0.40"), year=2025)
    assert (told.rows[0].bonus_usd_micros, told.findings) == (micros("400"), ())


def test_a_rate_nobody_may_choose_is_a_finding_and_the_law_s_is_used() -> None:
    told = book(rig("1000", "2025-03-01", bonus="0.50"), year=2025)
    assert (told.rows[0].bonus_usd_micros, codes(told)) == (micros("1000"), ["bonus_not_lawful"])


def test_one_rig_of_a_class_without_bonus_beside_another_with_it_is_a_finding() -> None:
    told = book(rig("1000", "2025-03-01", bonus="auto"), rig("2000", "2025-04-01", bonus="none"), year=2025)
    assert codes(told) == ["bonus_differs_in_class"]
    assert "class 5 placed in service in 2025" in told.findings[0].message


def test_contracts_before_and_after_the_20th_have_their_own_rates_and_no_finding() -> None:
    old, new = rig("1000", "2025-03-01", acquired="2025-01-02", bonus="auto"), rig("1000", "2025-04-01", bonus="auto")
    told = book(old, new, year=2025)
    assert [each.bonus_usd_micros for each in told.rows] == [micros("400"), micros("1000")]
    assert told.findings == ()


# section 179


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


# sales


def test_a_sale_gives_half_the_years_amount_and_ordinary_gain_up_to_what_was_deducted() -> None:
    bought = rig("10000", "2025-03-01")
    only = row(bought, sale(bought.equipment, "2026-08-01", "9000", fee="100"), year=2026)
    assert (only.macrs_usd_micros, only.accumulated_usd_micros) == (micros("1600"), micros("3600"))
    assert (only.sold_basis_usd_micros, only.remaining_basis_usd_micros) == (micros("6400"), 0)
    assert (only.gain_usd_micros, only.recapture_usd_micros) == (micros("2500"), micros("2500"))
    assert only.disposed == date(2026, 8, 1)


def test_a_sale_above_cost_is_ordinary_only_as_far_as_was_deducted() -> None:
    bought = rig("10000", "2025-03-01")
    told = book(bought, sale(bought.equipment, "2026-08-01", "12000"), year=2026)
    assert (told.gain_usd_micros, told.ordinary_usd_micros) == (micros("5600"), micros("3600"))


def test_a_sale_below_what_is_left_is_a_loss_and_nothing_is_recaptured() -> None:
    bought = rig("10000", "2025-03-01")
    only = row(bought, sale(bought.equipment, "2026-08-01", "400"), year=2026)
    assert (only.gain_usd_micros, only.recapture_usd_micros) == (micros("-6000"), 0)


@pytest.mark.parametrize(("proceeds", "gain"), [("12000", "2000"), ("7000", "-3000")])
def test_a_rig_held_a_year_or_less_gains_and_loses_ordinarily(proceeds: str, gain: str) -> None:
    # 26 U.S.C. 1231(b)(1): held for more than 1 year; Form 4797, Part II line 10
    bought = rig("10000", "2025-03-01")
    told = book(bought, sale(bought.equipment, "2025-08-01", proceeds), year=2025)
    assert (told.gain_usd_micros, told.ordinary_usd_micros) == (micros(gain), micros(gain))
    assert told.rows[0].recapture_usd_micros == 0


@pytest.mark.parametrize(("day", "ordinary"), [("2026-03-01", "5600"), ("2026-03-02", "3600")])
def test_a_rig_is_of_section_1231_from_the_day_after_a_year(day: str, ordinary: str) -> None:
    bought = rig("10000", "2025-03-01")
    told = book(bought, sale(bought.equipment, day, "12000"), year=2026)
    assert (told.gain_usd_micros, told.ordinary_usd_micros) == (micros("5600"), micros(ordinary))


def test_the_gain_on_a_building_part_is_not_recaptured_as_if_it_were_a_rig() -> None:
    panel = rig("39000", "2025-01-10", recovery_class="39")
    only = row(panel, sale(panel.equipment, "2026-01-10", "39000"), year=2026)
    assert only.gain_usd_micros == only.accumulated_usd_micros == micros("1000")
    assert only.recapture_usd_micros == 0


def test_a_rig_sold_in_the_year_it_came_is_not_depreciated() -> None:
    bought = rig("10000", "2025-03-01", bonus="auto")
    only = row(bought, sale(bought.equipment, "2025-08-01", "9000"), year=2025)
    assert (only.depreciation_usd_micros, only.gain_usd_micros) == (0, micros("-1000"))


def test_a_sold_rig_is_gone_the_year_after_and_still_there_the_year_before() -> None:
    bought = rig("10000", "2025-03-01")
    sold = sale(bought.equipment, "2026-08-01", "9000")
    assert book(bought, sold, year=2027).rows == ()
    before = row(bought, sold, year=2025)
    assert (before.disposed, before.gain_usd_micros, before.macrs_usd_micros) == (None, None, micros("2000"))


def test_only_the_business_part_of_the_proceeds_counts() -> None:
    bought = rig("10000", "2025-03-01", business_share="0.5")
    told = book(bought, sale(bought.equipment, "2026-08-01", "9000"), year=2026)
    assert (told.gain_usd_micros, told.findings) == (micros("1300"), ())


def test_a_gain_on_the_private_part_is_told() -> None:
    bought = rig("10000", "2025-03-01", business_share="0.75")
    told = book(bought, sale(bought.equipment, "2026-08-01", "12000"), year=2026)
    assert codes(told) == ["private_part_gained"]
    assert "not business gained 500.00" in told.findings[0].message
    assert codes(book(bought, sale(bought.equipment, "2026-08-01", "12000"), year=2027)) == []


def test_a_rig_that_cost_nothing_deducts_nothing_and_gains_its_proceeds() -> None:
    found = rig("0", "2025-03-01")
    assert row(found, year=2025).depreciation_usd_micros == 0
    only = row(found, sale(found.equipment, "2026-03-01", "50"), year=2026)
    assert (only.gain_usd_micros, only.recapture_usd_micros) == (micros("50"), 0)


@pytest.mark.parametrize(
    ("sales", "code"),
    [
        ([sale("S9", "2026-01-01", "1")], "equipment_unknown"),
        ([sale("S19", "2025-02-28", "1")], "equipment_sold_before_service"),
        ([sale("S19", "2026-01-01", "1"), sale("S19", "2026-02-01", "1")], "equipment_sold_twice"),
    ],
)
def test_a_sale_that_fits_no_rig_is_a_finding_of_its_year(sales: list[EquipmentSale], code: str) -> None:
    events: tuple[Event, ...] = (rig("1000", "2025-03-01", equipment="S19"), *sales)
    year = sales[-1].at.year
    told = book(*events, year=year)
    assert [(finding.code, finding.event) for finding in told.findings] == [(code, sales[-1].id)]
    assert codes(book(*events, year=2027)) == []


def test_of_rigs_of_one_name_the_one_longest_in_service_is_sold_and_told() -> None:
    two = [rig("1000", f"2025-0{month}-01", id=str(month), equipment="S19") for month in (4, 3)]
    told = book(*two, sale("S19", "2026-01-05", "100"), year=2026)
    assert codes(told) == ["equipment_sale_ambiguous"]
    assert {each.id: each.disposed for each in told.rows} == {"3": date(2026, 1, 5), "4": None}


def test_the_day_of_a_sale_is_the_taxpayers() -> None:
    bought = rig("1000", "2025-03-01")
    assert row(bought, sale(bought.equipment, "2026-12-31", "1"), year=2026).disposed == date(2026, 12, 31)


def test_a_trade_in_is_a_sale_at_its_allowance() -> None:
    """26 U.S.C. 1031(a)(1) since 2018: only real property is exchanged without gain."""
    bought = rig("10000", "2025-03-01")
    sold, traded = (row(bought, sale(bought.equipment, "2026-08-01", "9000", how=how), year=2026) for how in
                    ("sold", "traded_in"))  # fmt: skip
    assert (traded.how, traded._replace(how="sold")) == ("traded_in", sold)


def test_what_is_abandoned_is_an_ordinary_loss_of_all_that_is_left() -> None:
    bought = rig("10000", "2025-03-01")
    told = book(bought, sale(bought.equipment, "2026-08-01", "0", how="abandoned"), year=2026)
    assert (told.gain_usd_micros, told.ordinary_usd_micros, told.findings) == (micros("-6400"), micros("-6400"), ())
    paid = book(bought, sale(bought.equipment, "2026-08-01", "50", how="abandoned"), year=2026)
    assert (paid.gain_usd_micros, codes(paid)) == (micros("-6400"), ["abandoned_for_money"])


@pytest.mark.parametrize(("insurance", "ordinary", "found"), [("9000", "2600", ["casualty_gain_deferrable"]),
                                                              ("400", "-6000", [])])  # fmt: skip
def test_a_destroyed_rig_gains_or_loses_by_what_the_insurance_paid(
    insurance: str, ordinary: str, found: list[str]
) -> None:
    bought = rig("10000", "2025-03-01")
    told = book(bought, sale(bought.equipment, "2026-08-01", insurance, how="casualty"), year=2026)
    assert (told.ordinary_usd_micros, codes(told)) == (micros(ordinary), found)


def test_a_sale_shows_what_form_4797_asks_for() -> None:
    """Lines 20 to 24: price less expense, cost, depreciation, adjusted basis, gain; business parts."""
    bought = rig("10000", "2025-03-01", business_share="0.8")
    only = row(bought, sale(bought.equipment, "2026-08-01", "9000", fee="500"), year=2026)
    shown = (only.proceeds_usd_micros, only.business_basis_usd_micros, only.accumulated_usd_micros)
    assert shown == (micros("6800"), micros("8000"), micros("2880"))
    assert only.gain_usd_micros == micros("6800") - (micros("8000") - micros("2880"))


# a change of use


def test_section_179_is_given_back_when_business_use_falls_to_forty_percent() -> None:
    """Pub. 946, Paul Lamb: 3-year property, 5,000 of 10,000 expensed; 5,000 less 4,185.20 gives 814.80."""
    lamb = rig("10000", "2022-01-10", recovery_class="3", section_179="5000")
    events = (lamb, use(lamb, 2024, "0.4"))
    told = book(*events, year=2024)
    (only,) = told.rows
    assert told.recaptured_179_usd_micros == only.recaptured_179_usd_micros == micros("814.80")
    assert (only.macrs_usd_micros, only.business_share) == (micros("296.20"), "0.4")
    assert only.accumulated_usd_micros == 2 * micros("4185.20")
    later = book(*events, year=2025)
    assert later.recaptured_179_usd_micros == 0
    assert later.rows[0].macrs_usd_micros == micros("296.40")  # 7.41 percent of 10,000, the whole of it again, by 40


@pytest.mark.parametrize(("share", "given_back"), [("0.5", True), ("0.500000000001", False)])
def test_exactly_half_is_no_longer_predominant_use(share: str, given_back: bool) -> None:
    """Treas. Reg. 1.179-1(e); Pub. 946: "drops to 50% or less"."""
    thing = rig("10000", "2024-03-01", section_179="5000")
    assert bool(book(thing, use(thing, 2025, share), year=2025).recaptured_179_usd_micros) is given_back


def test_nothing_is_given_back_after_the_recovery_period_nor_in_the_year_of_a_sale() -> None:
    thing = rig("10000", "2019-03-01", section_179="5000")
    last, after = (book(thing, use(thing, year, "0.4"), year=year) for year in (2024, 2025))
    assert last.recaptured_179_usd_micros > 0
    assert after.recaptured_179_usd_micros == 0
    sold = book(thing, use(thing, 2023, "0.4"), sale(thing.equipment, "2023-05-01", "1"), year=2023)
    assert sold.recaptured_179_usd_micros == 0


def test_a_later_year_is_depreciated_by_its_own_share() -> None:
    thing = rig("10000", "2024-03-01")
    less, more = use(thing, 2025, "0.25"), use(rig("10000", "2024-03-01"), 2025, "1")
    assert row(thing, less, year=2024).macrs_usd_micros == micros("2000")
    assert row(thing, less, year=2025).macrs_usd_micros == micros("800")
    half = rig("10000", "2024-03-01", business_share="0.5", bonus="0.60")
    assert row(half, more, year=2024).bonus_usd_micros == micros("3000")
    assert row(half, more, year=2025).macrs_usd_micros == micros("0.32") * (2_000 + 5_000)


def test_a_rig_whose_use_changed_is_sold_in_the_part_its_depreciation_was() -> None:
    """Sharp v. United States, 303 F.2d 783; fully expensed as all business, it is sold as all business."""
    thing = rig("10000", "2025-03-01", bonus="auto")
    only = row(thing, use(thing, 2026, "0.2"), sale(thing.equipment, "2027-03-02", "4000"), year=2027)
    assert (only.gain_usd_micros, only.recapture_usd_micros) == (micros("4000"), micros("4000"))
    slow = rig("10000", "2025-03-01")
    parted = row(slow, use(slow, 2026, "0.5"), sale(slow.equipment, "2027-03-02", "4000"), year=2027)
    # 2,000 + 1,600 + 480 deducted of 6,160 that all business would have been
    assert parted.accumulated_usd_micros == micros("4080")
    assert parted.proceeds_usd_micros == micros("4000") * 4080 // 6160
    assert parted.business_basis_usd_micros == micros("10000") * 4080 // 6160


def test_what_waits_on_a_rig_that_fell_out_of_use_goes_back_into_its_basis() -> None:
    thing = rig("10000", "2024-03-01", section_179="10000")
    told = book(thing, use(thing, 2025, "0.4"), year=2025, income={2024: "2500", 2025: "0"})
    assert told.section_179_carryforward_usd_micros == 0
    # of the 2,500 deducted: less 20 percent, and 32 percent by the share of 0.4
    assert told.recaptured_179_usd_micros == micros("2500") - micros("500") - micros("320")


def test_a_change_of_use_that_names_no_rig_is_told_in_its_year() -> None:
    thing, event = rig("1000", "2025-03-01"), use(rig("7", "2025-01-01"), 2026, "0.5")
    assert [codes(book(thing, event, year=year)) for year in (2025, 2026, 2027)] == [[], ["equipment_use_unknown"], []]


@pytest.mark.parametrize("since", [2024, 2025])
def test_a_change_of_use_before_a_rig_could_change_is_told_as_long_as_it_moves_nothing(since: int) -> None:
    """26 U.S.C. 167(a): only what is used in the business is depreciated, and here the whole still is."""
    thing = rig("1000", "2025-03-01")
    for year in (2025, 2026, 2027):
        told = book(thing, use(thing, since, "0.5"), year=year)
        assert (codes(told), told.rows[0].business_share) == (["equipment_use_unknown"], "1")


def test_a_rig_that_no_longer_serves_the_business_lifts_no_qbi_limit() -> None:
    thing = rig("1000", "2024-03-01")
    assert row(thing, use(thing, 2025, "0"), year=2025).ubia_usd_micros == 0
    assert row(thing, use(thing, 2025, "0.4"), year=2025).ubia_usd_micros == micros("1000")


# improvements of a building


def test_qualified_improvement_property_runs_fifteen_years_in_a_straight_line_from_half_a_year() -> None:
    """26 U.S.C. 168(b)(3)(G), (e)(3)(E)(vii); Pub. 946, Table A-8, 15 years: 3.33, then 6.67, and 3.33."""
    panel = rig("30000", "2024-03-01", recovery_class="qip")
    years = [row(panel, year=year).macrs_usd_micros for year in range(2024, 2040)]
    assert [round(each / MICROS, 2) for each in years] == [1000, *[2000] * 14, 1000]
    assert sum(years) == micros("30000")
    assert row(panel, year=2024).convention == "half-year"


def test_qualified_improvement_property_counts_in_the_mid_quarter_test_and_a_building_does_not() -> None:
    spring, autumn = rig("6000", "2025-03-01"), "2025-11-01"
    with_qip = book(spring, rig("5000", autumn, recovery_class="qip"), year=2025)
    with_building = book(spring, rig("5000", autumn, recovery_class="39"), year=2025)
    assert [each.convention for each in with_qip.rows] == ["mid-quarter Q1", "mid-quarter Q4"]
    assert with_qip.rows[1].macrs_usd_micros == 41_666_667  # an eighth of a fifteenth
    assert [each.convention for each in with_building.rows] == ["half-year", "mid-month"]


def test_a_part_of_a_building_gives_back_only_what_ran_ahead_of_straight_line() -> None:
    """26 U.S.C. 1250(a), (b)(1); what section 179 expensed is of section 1245: 1245(a)(3)(C)."""
    sold = ("2026-06-15", "15000")
    line, fast, expensed = (
        rig("15000", "2024-03-01", id=name, recovery_class="qip", **more)
        for name, more in (("line", {}), ("fast", {"bonus": "0.60"}), ("expensed", {"section_179": "15000"}))
    )
    recaptured = [
        round(row(each, sale(each.equipment, *sold), year=2026, income={}).recapture_usd_micros / MICROS)
        for each in (line, fast, expensed)
    ]
    # in line: 500 + 1,000 + 500 of 15,000 in all; of the bonus of 9,000 that is 1,200
    assert recaptured == [0, 7_800, 15_000]


# the minimum tax


def test_the_minimum_tax_depreciates_qualified_property_alike_and_the_rest_by_150_percent() -> None:
    """26 U.S.C. 56(a)(1)(A)(ii), 168(k)(2)(G); Pub. 946, Table A-14, 5-year: 15, 25.50, 17.85, 16.66, 16.66, 8.33."""
    out = rig("10000", "2025-03-01", bonus="none")
    assert row(out, year=2025).amt_macrs_usd_micros == row(out, year=2025).macrs_usd_micros
    old = rig("10000", "2027-03-01", acquired="2025-01-19")
    told = [row(old, year=year) for year in range(2027, 2033)]
    assert [each.macrs_usd_micros for each in told] == [
        micros(amount) for amount in ("2000", "3200", "1920", "1152", "1152", "576")
    ]
    assert [each.amt_macrs_usd_micros for each in told] == [
        micros(amount) for amount in ("1500", "2550", "1785", "1666", "1666", "833")
    ]
    new = rig("10000", "2027-03-01", acquired="2025-01-20", bonus="none")
    assert row(new, year=2027).amt_macrs_usd_micros == micros("2000")


# what the law cannot take


def test_a_rig_contracted_after_it_was_placed_in_service_stays_out() -> None:
    told = book(rig("1000", "2025-03-01", acquired="2025-03-02"), year=2025)
    assert (told.rows, codes(told)) == ((), ["equipment_impossible"])
    assert "is in no figure" in told.findings[0].message


@pytest.mark.parametrize("more", [{"bonus": "auto"}, {"section_179": "100"}])
def test_a_rig_from_before_the_law_on_file_stays_out(more: dict[str, Any]) -> None:
    told = book(rig("1000", "2010-03-01", **more), year=2025)
    assert (told.rows, codes(told)) == ((), ["equipment_law_unknown"])


def test_rigs_without_bonus_from_before_the_law_on_file_run_on() -> None:
    told = book(rig("1000", "2019-03-01"), rig("2000", "2019-04-01"), year=2024)
    assert [each.macrs_usd_micros for each in told.rows] == [micros("57.60"), micros("115.20")]
    assert told.findings == ()


def test_a_rig_that_comes_next_year_is_not_in_this_year() -> None:
    assert book(rig("1000", "2026-03-01"), year=2025).rows == ()


def small_items(*events: Event, year: int) -> list[tuple[str, int]]:
    """Return what the election of *year* expenses: the rig and its business part."""
    fold = EquipmentFold(Calendar())
    for event in events:
        fold.take(event)
    told = fold.small_items(year, LAW)
    assert all("1.263(a)-1(f)" in item.cite for item in told)
    return [(item.event.id, item.basis_usd_micros) for item in told]


def test_the_de_minimis_election_takes_a_rig_of_exactly_2500_and_none_of_a_cent_more() -> None:
    cheap, dear = rig("2500", "2025-03-01"), rig("2500.01", "2025-03-01")
    events = (cheap, dear, rig("99", "2025-03-01"), elected("de_minimis", "2025-01-01"))
    assert small_items(*events, year=2025) == [
        ("rig 2025-03-01 2500", micros("2500")),
        ("rig 2025-03-01 99", micros("99")),
    ]
    assert [each.id for each in book(*events, year=2025).rows] == ["rig 2025-03-01 2500.01"]


def test_the_de_minimis_election_is_of_its_year_alone() -> None:
    cheap = rig("2500", "2025-03-01")
    assert [each.id for each in book(cheap, elected("de_minimis", "2026-01-01"), year=2025).rows] == [cheap.id]
    events = (cheap, elected("de_minimis", "2025-01-01"))
    assert (book(*events, year=2026).rows, small_items(*events, year=2026)) == ((), [])


def test_what_a_small_item_brings_when_it_is_sold_is_income_whole() -> None:
    """Treas. Reg. 1.263(a)-1(f)(3)(iii): neither a capital asset nor property of section 1231."""
    cheap = rig("2000", "2025-03-01", business_share="0.5")
    told = book(cheap, elected("de_minimis", "2025-01-01"), sale(cheap.equipment, "2026-08-01", "900"), year=2026)
    assert (told.small_items_sold_usd_micros, told.gain_usd_micros) == (micros("450"), 0)


def test_a_part_of_a_building_is_no_small_item() -> None:
    panel = rig("1000", "2025-03-01", recovery_class="39")
    assert small_items(panel, elected("de_minimis", "2025-01-01"), year=2025) == []


def test_software_is_no_small_item_but_an_intangible_written_off_by_itself() -> None:
    """Treas. Reg. 1.263(a)-1(f)(1) is of tangible property (1.263(a)-2); software is none (1.263(a)-4(c)(1)(xiv))."""
    licence = rig("1000", "2025-03-01", recovery_class="software")
    events = (licence, elected("de_minimis", "2025-01-01"))
    assert small_items(*events, year=2025) == []
    assert [each.id for each in book(*events, year=2025).rows] == [licence.id]


# unadjusted basis


def test_unadjusted_basis_counts_whole_although_all_was_deducted() -> None:
    only = row(rig("10000", "2025-03-01", bonus="auto", business_share="0.9"), year=2025)
    assert (only.remaining_basis_usd_micros, only.ubia_usd_micros) == (0, micros("9000"))


@pytest.mark.parametrize(
    ("placed", "recovery_class", "last"),
    [
        ("2012-06-15", "5", 2021),
        ("2012-12-31", "5", 2022),
        ("2012-02-29", "5", 2021),
        ("2012-06-15", "15", 2026),
        ("2012-06-15", "39", 2050),
    ],
)
def test_unadjusted_basis_counts_ten_years_or_the_recovery_period(placed: str, recovery_class: str, last: int) -> None:
    thing = rig("1000", placed, recovery_class=recovery_class)
    assert row(thing, year=last).ubia_usd_micros == micros("1000")
    assert row(thing, year=last + 1).ubia_usd_micros == 0


def test_software_and_what_was_sold_have_no_unadjusted_basis() -> None:
    bought = rig("1000", "2025-03-01")
    events = (bought, rig("300", "2025-03-01", recovery_class="software"), sale(bought.equipment, "2026-12-31", "1"))
    assert book(*events, year=2026).ubia_usd_micros == 0


# properties


things = st.builds(
    lambda cost, month, year, share, bonus, part, kind: rig(
        f"{cost / 100:.2f}" if cost < 10**9 else str(cost // 100),
        f"{year}-{month:02}-10",
        business_share=share,
        bonus=bonus,
        section_179=str(int(cost / 100 * part)),
        recovery_class=kind,
    ),
    cost=st.integers(1, 10**8),
    month=st.integers(1, 12),
    year=st.sampled_from([2023, 2024, 2025]),
    share=st.sampled_from(["1", "0.9", "0.333333333333", "0.51", "0"]),
    bonus=st.sampled_from(["auto", "none"]),
    part=st.sampled_from([0, 0.3]),
    kind=st.sampled_from(["3", "5", "7", "15", "software", "qip"]),
)


@settings(max_examples=25, deadline=None)
@given(rigs=st.lists(things, min_size=1, max_size=4, unique_by=lambda event: event.id))
def test_over_the_years_exactly_the_business_part_of_the_cost_is_deducted(rigs: list[Equipment]) -> None:
    told = [book(*rigs, year=year, income={2023: "1000", 2024: "0"}) for year in range(2023, 2042)]
    for event in rigs:
        rows = [each for year in told for each in year.rows if each.id == event.id]
        parts = [(each.section_179_usd_micros, each.bonus_usd_micros, each.macrs_usd_micros) for each in rows]
        whole = round(Decimal(event.cost_usd_micros) * Decimal(event.business_share))
        assert all(part >= 0 for year in parts for part in year)
        assert sum(sum(year) for year in parts) == rows[-1].accumulated_usd_micros == whole
        assert all(
            each.accumulated_usd_micros + each.waiting_usd_micros + each.remaining_basis_usd_micros == whole
            for each in rows
        )


@settings(max_examples=25, deadline=None)
@given(
    rigs=st.lists(things, min_size=1, max_size=4, unique_by=lambda event: event.id),
    incomes=st.lists(st.integers(0, 10**6), min_size=4, max_size=4),
    sold=st.sampled_from([2024, 2025, 2026]),
)
def test_the_rows_of_any_year_come_to_what_its_form_says(rigs: list[Equipment], incomes: list[int], sold: int) -> None:
    income = {2023 + place: str(amount) for place, amount in enumerate(incomes)}
    gone = sale(rigs[0].equipment, f"{sold}-12-31", "10")
    for year in range(2023, 2027):
        told = book(*rigs, gone, year=year, income=income)
        assert abs(told.depreciation_usd_micros - told.form.total * MICROS) <= len(rigs)
        assert told.section_179_carryforward_usd_micros == told.form.section_179_carryforward * MICROS
        assert told.section_179_carryforward_usd_micros == sum(each.waiting_usd_micros for each in told.rows)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_order_of_import_does_not_change_the_schedule(data: st.DataObject) -> None:
    events: list[Event] = [
        rig("1000", "2025-03-01", bonus="auto"),
        rig("2500000", "2025-04-01", section_179="2500000", equipment="S19"),
        rig("2100", "2025-11-01", section_179="2000", equipment="S19"),
        rig("900", "2024-11-01", section_179="900"),
        elected("bonus_40", "2025-01-01"),
        elected("bonus_out", "2025-02-01", "5"),
        sale("S19", "2026-02-01", "100"),
        sale("S19", "2026-03-01", "50"),
    ]
    income = {2024: "100", 2025: "300"}
    told = book(*data.draw(st.permutations(events)), year=2026, income=income)
    assert told == book(*events, year=2026, income=income)


def test_of_all_kinds_of_events_only_what_equipment_is_told_by_counts() -> None:
    fold = EquipmentFold(Calendar())
    for event in EVERY_KIND:
        fold.take(event)
    told = fold.result(2025, LAW)
    assert told.depreciation_usd_micros == micros("200")
    assert told.findings == ()
