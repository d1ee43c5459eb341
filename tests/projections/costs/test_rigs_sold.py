"""Rigs that left: the convention's year, what was deducted given back, and what was private (26 U.S.C. 1231, 1245)."""

from __future__ import annotations

from datetime import date

import pytest

from lotwork.ledger.events import EquipmentSale, Event
from tests.projections.costs.rig_words import book, codes, micros, rig, row, sale


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
