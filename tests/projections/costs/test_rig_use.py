"""The business share of a rig that changed: each year by its own, and section 179 given back (26 U.S.C. 179(d)(10))."""

from __future__ import annotations

import pytest

from tests.projections.costs.rig_words import book, codes, micros, rig, row, sale, use


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
