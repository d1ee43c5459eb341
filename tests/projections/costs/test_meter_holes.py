"""Time of which a priced meter told nothing is asked about, under a flat price too, whoever told its readings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lotwork.ledger.events import Energy, Owner, Profile
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.electricity import ElectricityBook, ElectricityFold
from lotwork.projections.expenses import ExpenseFold
from tests.projections.costs.test_price_lists import EASTERN, TOLD, book, codes, day_of, days, dollars, price

FLAT = price("0.10")
HOUR = timedelta(hours=1)
NOT_TOLD = "energy_not_told"


def hour(begin: datetime, **more: Any) -> Energy:
    """Return the reading of an hour, one kWh."""
    end = begin + HOUR
    fields: dict[str, Any] = {"id": f"hour {begin}", "at": end, "to": end.isoformat(), "kwh": "1"} | more
    return Energy(from_=begin.isoformat(), meter="rigs", **fields)


def hours(first: datetime, count: int, *without: int) -> list[Energy]:
    """Return the readings of *count* hours, those *without* left out."""
    return [hour(first + place * HOUR) for place in range(count) if place not in without]


def words(told: ElectricityBook) -> str:
    """Return what the one finding says."""
    (finding,) = told.findings
    assert finding.code == "energy_not_told"
    return finding.message


def test_a_missing_hour_day_and_month_are_each_told_with_their_length() -> None:
    whole = days("2026-01-01", 90, "1")
    assert codes(book(*whole, FLAT)) == []
    told = words(book(*hours(TOLD, 48, 5), FLAT))
    assert "from 2026-01-01T05:00:00Z to 2026-01-01T06:00:00Z (60 minutes): power" in told
    assert "(24 hours): power" in words(book(*whole[:40], *whole[41:], FLAT))
    told = words(book(*whole[:31], *whole[59:], FLAT))
    assert "from 2026-02-01T05:00:00Z to 2026-03-01T05:00:00Z (28 days): power" in told
    assert "kwh=NUMBER" in told


def test_many_holes_of_a_meter_are_one_finding_that_counts_them() -> None:
    told = book(*hours(TOLD, 2000, *range(10, 1990, 4), 500, 501), FLAT)
    assert "nor in 494 more stretches, 21 days in all, the longest from 2026-01-21T20:00:00Z to" in words(told)
    assert len(words(told)) < 700


@pytest.mark.parametrize(
    "filler",
    [
        day_of(date(2026, 1, 4), "0"),
        day_of(date(2026, 1, 4), "5", doubt="counter_fell"),
        hour(EASTERN.midnight(date(2026, 1, 4)), to="2026-01-05T04:55:00Z", id="but for a restart"),
    ],
)
def test_what_tells_the_time_fills_it_whatever_it_says(filler: Energy) -> None:
    rest = [*days("2026-01-01", 3, "1"), *days("2026-01-05", 3, "1")]
    assert codes(book(*rest, FLAT)) == ["energy_not_told"]
    assert "energy_not_told" not in codes(book(*rest, filler, FLAT))


def test_a_meter_that_no_price_is_for_or_whose_days_a_bill_tells_is_asked_nothing_of() -> None:
    rest = [*days("2026-01-01", 3, "1"), *days("2026-01-05", 3, "1")]
    assert codes(book(*rest)) == ["energy_without_tariff"]
    assert codes(book(*rest, price("0.10", meter="another"))) == ["energy_without_tariff"]
    fold = ElectricityFold(EASTERN)
    fold.take(FLAT)
    for reading in rest:
        fold.take(reading)
    assert codes(fold.result(2026)) == ["energy_not_told"]
    assert codes(fold.result(2026, lambda begin, end: begin <= date(2026, 1, 4) <= end)) == []


def test_a_hole_is_of_the_years_in_which_the_power_around_it_is_paid() -> None:
    rest = [*days("2025-12-20", 5, "1"), *days("2026-01-10", 3, "1")]
    for year, found in ((2024, []), (2025, ["energy_not_told"]), (2026, ["energy_not_told"])):
        assert codes(book(*rest, FLAT, year=year)) == found
    paid = date(2026, 2, 1)
    rest = [*days("2025-12-20", 5, "1", paid=paid), *days("2025-12-28", 3, "1", paid=paid)]
    assert codes(book(*rest, FLAT, year=2025)) == []
    assert codes(book(*rest, FLAT)) == ["energy_not_told"]


@pytest.mark.parametrize("missing", [0, 1])
@pytest.mark.parametrize("zone", ["America/New_York", "America/Chicago", "America/Los_Angeles"])
def test_the_hour_that_a_clock_shows_twice_may_be_told_once(zone: str, missing: int) -> None:
    calendar = Calendar([Profile(id="me", at=TOLD, time_zone=zone)])
    twice = calendar.midnight(date(2026, 11, 1)) + HOUR
    begin = twice - timedelta(hours=20)
    assert codes(book(*hours(begin, 48, 20 + missing), FLAT, calendar=calendar)) == []
    elsewhere = price("0.10", zone=zone)
    assert codes(book(*hours(begin, 48, 20 + missing), elsewhere, calendar=Calendar())) == [], "the meter's own clock"
    for other in ((19,), (22,), (20, 21)):
        assert codes(book(*hours(begin, 48, *other), FLAT, calendar=calendar)) == ["energy_not_told"]


@pytest.mark.parametrize("missing", [-1, 0])
def test_no_hour_is_left_out_where_clocks_go_on(missing: int) -> None:
    on = EASTERN.midnight(date(2026, 3, 8)) + 2 * HOUR
    assert codes(book(*hours(on - 20 * HOUR, 48), FLAT)) == []
    assert codes(book(*hours(on - 20 * HOUR, 48, 20 + missing), FLAT)) == ["energy_not_told"]


def of_each(*readings: Energy) -> list[list[str]]:
    """Return what is found of *readings* for the taxpayer and for the spouse."""
    fold = ExpenseFold(EASTERN)
    fold.take(FLAT)
    for reading in readings:
        fold.take(reading)
    owners: tuple[Owner, ...] = ("taxpayer", "spouse")
    return [
        [each.event or "" for each in fold.owned(owner).electricity.result(2026).findings if each.code == NOT_TOLD]
        for owner in owners
    ]


def spouses(first: str, count: int) -> list[Energy]:
    return days(first, count, "1", owner="spouse")


def test_a_meter_of_two_persons_is_told_by_either_and_a_hole_is_whose_the_reading_before_it_is() -> None:
    begin, middle, end = days("2026-01-01", 3, "1"), spouses("2026-01-04", 3), days("2026-01-07", 3, "1")
    assert of_each(*begin, *middle, *end, *spouses("2026-01-10", 2)) == [[], []], "in turns"
    assert of_each(*begin, *middle[:1], *middle[2:], *end) == [[], [middle[0].id]]
    assert of_each(*begin, *middle[1:], *end) == [[begin[-1].id], []], "from one to the other"
    assert of_each(*begin, *middle, *end[1:]) == [[], [middle[-1].id]], "and back"


def test_power_is_deducted_as_before_beside_a_hole() -> None:
    assert dollars(book(*days("2026-01-01", 3, "1"), *days("2026-01-05", 3, "1"), FLAT)) == dollars(
        book(*days("2026-01-01", 6, "1"), FLAT)
    )
