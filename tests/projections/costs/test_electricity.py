"""Metered electricity: kWh times the dated tariff, split by the taxpayer's wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.events import Energy, Profile, Tariff
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.electricity import ElectricityBook, ElectricityFold
from tests.projections.every_kind import EVERY_KIND

TOLD = datetime(2025, 1, 1, tzinfo=UTC)
NEW_YORK = Calendar([Profile(id="me", at=TOLD, time_zone="America/New_York")])


def used(kwh: str, span: str, **more: Any) -> Energy:
    """Return a reading of *kwh* over "from to", paid at its end."""
    begin, end = span.split()
    paid = datetime.fromisoformat(end)
    fields: dict[str, Any] = {"id": f"kwh {span}", "at": paid.replace(tzinfo=UTC), "meter": "rigs"} | more
    return Energy(kwh=kwh, from_=begin, to=end, **fields)


def price(usd: str, begin: str = "2025-01-01", **more: Any) -> Tariff:
    """Return a tariff of *usd* per kWh from *begin* on."""
    fields: dict[str, Any] = {"id": f"price {usd} {begin}", "at": TOLD} | more
    return Tariff(price_usd=usd, from_=begin, **fields)


def book(*events: Energy | Tariff, year: int = 2025, calendar: Calendar | None = None) -> ElectricityBook:
    """Return the electricity of *year*."""
    fold = ElectricityFold(calendar or Calendar())
    for event in events:
        fold.take(event)
    return fold.result(year)


def dollars(told: ElectricityBook) -> Decimal:
    """Return what the year's electricity cost."""
    return Decimal(sum(row.amount_usd_micros for row in told.rows)) / 1_000_000


def codes(told: ElectricityBook) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in told.findings]


def test_one_price_times_the_meter_is_the_cost() -> None:
    told = book(used("1234.567", "2025-01-01 2025-02-01", business_share="0.9"), price("0.1235"))
    (row,) = told.rows
    assert row.amount_usd_micros == 152_469_024  # 1234.567 x 0.1235 = 152.4690245, half to even
    assert row.deductible_usd_micros == 137_222_122  # of the exact cost, not of the rounded one
    assert (row.date, row.kwh_thousandths, row.meter) == (date(2025, 2, 1), 1_234_567, "rigs")
    assert told.findings == ()


def test_the_span_is_parted_where_the_price_changes() -> None:
    told = book(used("310", "2025-01-01 2025-02-01"), price("0.10"), price("0.20", "2025-01-11"))
    assert dollars(told) == 10 * 10 * Decimal("0.10") + 21 * 10 * Decimal("0.20")


def test_a_later_price_list_replaces_the_older_one_and_its_night_rate() -> None:
    old = (price("0.20"), price("0.05", hours="22:00-06:00", id="night"))
    told = book(used("24", "2025-06-01 2025-06-02"), *old, price("0.10", "2025-05-01"))
    assert dollars(told) == Decimal("2.40")


def test_a_night_rate_holds_over_midnight_and_beats_the_price_of_all_hours() -> None:
    told = book(used("24", "2025-06-01 2025-06-02"), price("0.20"), price("0.05", hours="22:00-06:00"))
    assert dollars(told) == 16 * Decimal("0.20") + 8 * Decimal("0.05")


def test_weekdays_are_those_of_the_day_that_has_begun() -> None:
    week = "2025-06-02 2025-06-09"  # Monday to Sunday
    told = book(used("168", week), price("0.20"), price("0.05", hours="22:00-06:00", weekdays="mon-fri"))
    assert dollars(told) == 40 * Decimal("0.05") + 128 * Decimal("0.20")


def test_hours_and_weekdays_together_beat_hours_alone() -> None:
    bands = (price("0.10", hours="00:00-24:00"), price("0.03", hours="00:00-12:00", weekdays="sat,sun", id="weekend"))
    assert dollars(book(used("24", "2025-06-07 2025-06-08"), *bands)) == 12 * Decimal("0.10") + 12 * Decimal("0.03")


def test_a_tariff_of_the_meter_beats_a_later_one_of_all_meters() -> None:
    told = book(used("10", "2025-06-01 2025-06-02"), price("0.30", "2025-05-01"), price("0.11", meter="rigs"))
    assert dollars(told) == Decimal("1.10")


def test_a_tariff_of_another_meter_does_not_count() -> None:
    told = book(used("10", "2025-06-01 2025-06-02"), price("0.30"), price("0.11", meter="house"))
    assert dollars(told) == Decimal("3.00")


def test_the_clock_on_the_wall_is_the_taxpayers() -> None:
    night = price("0.05", hours="22:00-06:00")
    reading = used("8", "2025-06-02T02:00:00Z 2025-06-02T10:00:00Z")  # 22:00 to 06:00 in New York
    assert dollars(book(reading, price("0.20"), night, calendar=NEW_YORK)) == Decimal("0.40")


def test_the_day_on_which_the_clock_springs_forward_has_a_short_night() -> None:
    reading = used("23", "2025-03-09 2025-03-10")
    night = price("0.05", "2024-01-01", hours="00:00-06:00", id="night")
    told = book(reading, price("0.20", "2024-01-01"), night, calendar=NEW_YORK)
    assert dollars(told) == 5 * Decimal("0.05") + 18 * Decimal("0.20")


def test_a_band_inside_the_missing_hour_never_holds() -> None:
    reading = used("23", "2025-03-09 2025-03-10")
    missing = price("9", "2024-01-01", hours="02:15-02:45")
    assert dollars(book(reading, price("0.10", "2024-01-01"), missing, calendar=NEW_YORK)) == Decimal("2.30")


def test_an_hour_that_happens_twice_is_priced_twice() -> None:
    reading = used("25", "2025-11-02 2025-11-03")
    twice = price("1", "2024-01-01", hours="01:00-01:30", id="twice")
    told = book(reading, price("0.10", "2024-01-01"), twice, calendar=NEW_YORK)
    assert dollars(told) == 1 * Decimal(1) + 24 * Decimal("0.10")


@pytest.mark.parametrize(
    "words",
    [
        {"at": datetime(2026, 1, 16, 12, tzinfo=UTC)},
        {"at": datetime(2026, 1, 16, 7, tzinfo=timezone(timedelta(hours=-5)))},
        {"at": datetime(2025, 12, 31, tzinfo=UTC), "paid": date(2026, 1, 16)},
        {"at": datetime(2026, 2, 20, tzinfo=UTC), "paid": date(2026, 1, 16)},
    ],
)
def test_a_bill_across_the_new_year_is_deducted_whole_when_it_is_paid(words: dict[str, Any]) -> None:
    """26 U.S.C. 461(a); Treas. Reg. 1.461-1(a)(1): case 16, 310 kWh at 0.20 paid on 2026-01-16."""
    events = (used("310", "2025-12-15 2026-01-15", **words), price("0.20"))
    assert book(*events).rows == ()
    (row,) = book(*events, year=2026).rows
    assert (row.date, row.amount_usd_micros, row.kwh_thousandths) == (date(2026, 1, 16), 62_000_000, 310_000)


def test_what_was_used_last_year_and_paid_in_this_one_is_this_years() -> None:
    told = book(used("10", "2024-12-01 2025-01-01", at=TOLD + timedelta(days=9)), price("0.10", "2024-01-01"))
    assert [(row.date, row.amount_usd_micros) for row in told.rows] == [(date(2025, 1, 10), 1_000_000)]


def test_a_reading_paid_in_another_year_is_no_row() -> None:
    early = used("10", "2024-12-01 2025-01-01", paid=date(2024, 12, 31))
    assert book(early, price("0.10", "2024-01-01")).rows == ()


def test_kwh_without_a_tariff_stay_out_and_are_told() -> None:
    told = book(used("31", "2025-01-01 2025-02-01"), price("0.10", "2025-01-11"))
    assert dollars(told) == Decimal("2.10")
    (finding,) = told.findings
    assert finding.code == "energy_without_tariff"
    assert "10.000 kWh used from 2025-01-01T00:00:00Z to 2025-01-11T00:00:00Z:" in finding.message
    assert finding.event == "kwh 2025-01-01 2025-02-01"


def test_a_reading_with_no_tariff_at_all_is_no_row_of_zero() -> None:
    told = book(used("31", "2025-01-01 2025-02-01"))
    assert (told.rows, codes(told)) == ((), ["energy_without_tariff"])


def test_many_gaps_of_one_meter_are_one_finding() -> None:
    readings = [used("24", f"2025-06-0{day} 2025-06-0{day + 1}") for day in (1, 2, 3)]
    told = book(*readings, price("0.05", hours="00:00-12:00"))
    (finding,) = told.findings
    assert "36.000 kWh used from 2025-06-01T12:00:00Z to 2025-06-04T00:00:00Z, in 3 parts" in finding.message


def test_a_gap_is_told_in_the_year_its_bill_is_paid_in() -> None:
    events = (used("4", "2025-12-30 2026-01-03"), price("0.10", "2025-01-01", to="2026-01-01"))
    assert codes(book(*events)) == []
    assert codes(book(*events, year=2026)) == ["energy_without_tariff"]


def test_a_meter_that_stood_still_needs_no_tariff() -> None:
    told = book(used("0", "2025-01-01 2025-02-01"))
    assert (told.rows, told.findings) == ((), ())


def test_time_read_twice_is_counted_once_with_the_earlier_reading() -> None:
    first, second = used("10", "2025-06-01 2025-06-11"), used("20", "2025-06-06 2025-06-16")
    told = book(second, first, price("0.10"))
    assert {row.energy: row.amount_usd_micros for row in told.rows} == {first.id: 1_000_000, second.id: 1_000_000}
    (finding,) = told.findings
    assert (finding.code, finding.event) == ("energy_readings_overlap", second.id)
    assert "2025-06-06T00:00:00Z to 2025-06-11T00:00:00Z" in finding.message


def test_a_reading_wholly_within_another_adds_nothing() -> None:
    told = book(used("10", "2025-06-01 2025-06-11"), used("3", "2025-06-02 2025-06-03"), price("0.10"))
    assert dollars(told) == 1
    assert codes(told) == ["energy_readings_overlap"]


def test_readings_of_two_meters_do_not_overlap() -> None:
    told = book(used("10", "2025-06-01 2025-06-11"), used("30", "2025-06-01 2025-06-11", meter="b"), price("0.10"))
    assert dollars(told) == 4
    assert told.findings == ()


def test_a_span_that_ends_before_it_begins_is_a_finding() -> None:
    told = book(used("10", "2025-06-02 2025-06-01"), price("0.10"))
    assert (told.rows, codes(told)) == ((), ["energy_span_empty"])


def test_a_tariff_that_ends_before_it_begins_is_a_finding() -> None:
    told = book(price("0.10", to="2024-12-31"))
    assert codes(told) == ["tariff_never_holds"]


def test_power_may_cost_nothing_and_the_market_may_pay_for_it() -> None:
    """Case 25: real-time tariffs are 0 or less in some hours; the sum of the bill counts."""
    day = used("24", "2025-06-01 2025-06-02")
    assert dollars(book(day, price("0"))) == 0
    assert codes(book(day, price("0"))) == []
    assert dollars(book(day, price("-0.01"))) == Decimal("-0.24")
    paid_for = price("-0.05", hours="12:00-18:00", id="sun")
    assert dollars(book(day, price("0.10"), paid_for)) == 18 * Decimal("0.10") - 6 * Decimal("0.05")


@pytest.mark.parametrize("words", [{"hours": "nightly"}, {"weekdays": "workdays"}])
def test_a_tariff_nobody_can_read_is_a_finding_and_prices_nothing(words: dict[str, str]) -> None:
    told = book(used("10", "2025-06-01 2025-06-02"), price("0.10", **words))
    assert codes(told) == ["tariff_unreadable", "energy_without_tariff"]


def test_two_prices_for_the_same_hours_are_a_finding_and_the_later_told_is_used() -> None:
    later = price("0.30", id="b", at=TOLD + timedelta(days=1))
    told = book(used("10", "2025-06-01 2025-06-03"), price("0.10", id="a"), later)
    assert dollars(told) == 3
    assert [(finding.code, finding.event) for finding in told.findings] == [("tariffs_disagree", "b")]


def test_the_zone_a_taxpayer_moves_to_shows_other_hours() -> None:
    moved = Calendar(
        [
            Profile(id="east", at=TOLD, time_zone="America/New_York"),
            Profile(id="west", at=datetime(2025, 6, 2, 16, tzinfo=UTC), time_zone="America/Los_Angeles"),
        ]
    )
    evening = (price("0.10"), price("1", hours="22:00-23:00", id="evening"))
    east = used("1", "2025-06-02T02:00:00Z 2025-06-02T03:00:00Z", id="east")
    west = used("1", "2025-06-03T05:00:00Z 2025-06-03T06:00:00Z", id="west")
    assert dollars(book(east, west, *evening, calendar=moved)) == 2


spans = st.tuples(st.integers(0, 24 * 500), st.integers(1, 24 * 90))


@settings(max_examples=60)
@given(
    span=spans,
    kwh=st.integers(1, 10**6),
    zone=st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"]),
    hours=st.sampled_from(["22:00-06:00", "01:30-02:30", "00:00-12:00", None]),
)
def test_under_one_price_bands_never_change_the_sum(
    span: tuple[int, int], kwh: int, zone: str, hours: str | None
) -> None:
    calendar = Calendar([Profile(id="me", at=TOLD, time_zone=zone)])
    begin = datetime(2024, 6, 1, tzinfo=UTC) + timedelta(hours=span[0])
    end = begin + timedelta(hours=span[1])
    reading = used(str(kwh), f"{begin.isoformat()} {end.isoformat()}", business_share="0.7")
    events = (reading, price("0.1234567", "2024-01-01"), price("0.1234567", "2024-01-01", hours=hours, id="same"))
    rows = [row for year in (2024, 2025, 2026) for row in book(*events, year=year, calendar=calendar).rows]
    assert sum(row.amount_usd_micros for row in rows) == round(Fraction(kwh) * Fraction(1234567, 10))
    assert sum(row.deductible_usd_micros for row in rows) == round(
        Fraction(kwh) * Fraction(1234567, 10) * Fraction(7, 10)
    )
    assert sum(row.kwh_thousandths for row in rows) == kwh * 1000


@settings(max_examples=40)
@given(data=st.data())
def test_the_order_of_events_does_not_change_a_figure(data: st.DataObject) -> None:
    events: list[Energy | Tariff] = [
        used("100", "2025-01-01 2025-02-01"),
        used("50", "2025-01-20 2025-02-10"),
        used("70", "2025-01-20 2025-02-10", id="twin"),
        price("0.10"),
        price("0.07", hours="20:00-04:00", id="n"),
        price("0.09", hours="20:00-04:00", id="m"),
        price("0.12", "2025-01-25", meter="rigs"),
    ]
    assert book(*data.draw(st.permutations(events))) == book(*events)


def test_what_was_asked_for_before_is_told_anew_with_all_that_came_since() -> None:
    fold = ElectricityFold(Calendar())
    last = used("7", "2025-03-01 2025-04-01")
    first, steps = price("0.10", to="2025-02-01"), price("0.20", "2025-03-01", meter="rigs", up_to_kwh="100")
    events: tuple[Energy | Tariff, ...] = (used("4", "2025-01-01 2025-02-01"), first, steps, last)
    for count, event in enumerate(events, start=1):
        fold.take(event)
        assert [fold.result(2025) for _ in range(2)] == [book(*events[:count])] * 2
        assert fold.result(2026) == book(*events[:count], year=2026)
    fold.of_two = frozenset({last.meter})
    assert fold.result(2025).findings != book(*events).findings
    fold.of_two = frozenset()
    assert fold.result(2025) == book(*events)


def test_the_same_reading_is_a_gap_or_not_by_the_bills_that_are_asked_with() -> None:
    fold = ElectricityFold(Calendar())
    fold.take(used("4", "2025-01-01 2025-02-01"))
    assert codes(fold.result(2025)) == ["energy_without_tariff"]
    assert codes(fold.result(2025, lambda _begin, _end: True)) == []
    assert codes(fold.result(2025)) == ["energy_without_tariff"]


def test_of_all_kinds_of_events_only_readings_and_tariffs_count() -> None:
    fold = ElectricityFold(Calendar())
    for event in EVERY_KIND:
        fold.take(event)
    assert [row.amount_usd_micros for row in fold.result(2025).rows] == [1_000_000]
