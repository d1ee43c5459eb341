"""The rigs' schedule: section 179, bonus by contract date, MACRS by convention, and sales."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.events import Equipment, Event
from lotwork.ledger.units import MICROS
from lotwork.ledger.zones import Calendar
from lotwork.projections.equipment import EquipmentFold
from tests.projections.costs.rig_words import LAW, book, codes, elected, micros, rig, row, sale
from tests.projections.every_kind import EVERY_KIND

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


@settings(max_examples=25)
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


@settings(max_examples=25)
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


@settings(max_examples=25)
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
