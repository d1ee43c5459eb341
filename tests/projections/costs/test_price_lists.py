"""Price lists as utilities write them, held against bills reckoned by hand.

Three are public, at the prices of the page named with each; what no page told is invented, and says so.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.errors import ImpossibleEventError
from lotwork.ledger.events import Energy, Owner, Profile, Tariff
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.electricity import ElectricityBook, ElectricityFold

TOLD = datetime(2026, 1, 1, tzinfo=UTC)
EASTERN = Calendar([Profile(id="me", at=TOLD, time_zone="America/New_York")])


def day_of(day: date, *kwh: str, calendar: Calendar = EASTERN, **more: Any) -> Energy:
    """Return a day's reading of the hours' *kwh*, one alone meaning each hour."""
    begin, end = calendar.midnight(day), calendar.midnight(day + timedelta(days=1))
    hours = (end - begin) // timedelta(hours=1)
    told = kwh * hours if len(kwh) == 1 else kwh
    fields: dict[str, Any] = {"id": f"day {day}", "at": end - timedelta(seconds=1), "meter": "rigs"} | more
    return Energy(
        kwh=str(sum(map(Decimal, told))), hourly=" ".join(told), from_=begin.isoformat(), to=end.isoformat(), **fields
    )


def days(first: str, count: int, *kwh: str, **more: Any) -> list[Energy]:
    """Return the readings of *count* days."""
    return [day_of(date.fromisoformat(first) + timedelta(days=place), *kwh, **more) for place in range(count)]


def price(usd: str, **more: Any) -> Tariff:
    """Return a tariff of *usd* from 2026 on."""
    fields: dict[str, Any] = {"id": f"{more.get('per', 'kwh')} {usd}", "at": TOLD, "from_": "2025-01-01"} | more
    return Tariff(price_usd=usd, **fields)


def book(*events: Any, year: int = 2026, calendar: Calendar = EASTERN) -> ElectricityBook:
    """Return the electricity of *year*."""
    fold = ElectricityFold(calendar)
    for event in events:
        fold.take(event)
    return fold.result(year)


def dollars(told: ElectricityBook, energy: str = "") -> Decimal:
    """Return what it comes to, or what the tariff *energy* charges."""
    return Decimal(sum(row.amount_usd_micros for row in told.rows if not energy or row.energy == energy)) / 1_000_000


def codes(told: ElectricityBook) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in told.findings]


PEAK = {"season": "jun-sep", "weekdays": "mon-fri", "hours": "14:00-19:00", "meter": "rigs"}
HOLIDAYS = "2026-07-03,2026-09-07"  # Independence Day as it is observed in 2026, and Labor Day


def test_georgia_powers_smart_usage_comes_to_the_bill() -> None:
    """georgiapower.com, Smart Usage: 14.3 c on summer weekdays 14 to 19, 1.5 c else, $12.21 a kW of the top hour."""
    prices = (
        price("0.015", meter="rigs"),
        price("0.143", **PEAK),
        price("0.015", id="holiday", meter="rigs", season="jun-sep", days=HOLIDAYS),
        price("12.21", per="kw", interval="1h", meter="rigs"),
    )
    hours = ["3"] * 24
    hours[16] = "5"
    july = [*days("2026-07-01", 14, "3"), day_of(date(2026, 7, 15), *hours), *days("2026-07-16", 16, "3")]
    told = book(*july, *prices)
    # 22 weekdays of July 2026 have a peak (23 less the 3rd): 22 x 5 h x 3 kWh, and 2 kWh more on the 15th
    peak, all_ = 22 * 5 * 3 + 2, 31 * 24 * 3 + 2
    assert dollars(told) == peak * Decimal("0.143") + (all_ - peak) * Decimal("0.015") + 5 * Decimal("12.21")
    assert told.findings == ()


def test_georgia_powers_nights_and_weekends_come_to_the_bill() -> None:
    """Georgia Power, schedule TOU-REO-10 of January 2016: $10.00 a month, 20.3217 c at peak, 4.9409 c else."""
    prices = (
        price("10.00", per="month", meter="rigs"),
        price("0.203217", **PEAK),
        price("0.049409", meter="rigs"),
        price("0.049409", id="holiday", meter="rigs", days=HOLIDAYS),
    )
    told = book(*days("2026-09-01", 30, "1.5"), *days("2026-10-01", 31, "1.5"), *prices)
    peak = 21 * 5 * Decimal("1.5")  # 22 weekdays of September 2026 less Labor Day
    other = 61 * 24 * Decimal("1.5") - peak
    assert dollars(told) == 20 + peak * Decimal("0.203217") + other * Decimal("0.049409")
    assert told.findings == ()


def test_united_electrics_three_phase_rate_comes_to_the_bill() -> None:
    """uec.coop, General Service Three Phase below 500 kW: $54.50 a month, $5.39 a kW, 4.137 c a kWh."""
    prices = (
        price("54.50", per="month", meter="rigs"),
        price("5.39", per="kw", meter="rigs", interval="1h"),
        price("0.04137", meter="rigs"),
    )
    told = book(*days("2026-04-01", 30, "120"), *prices)
    assert dollars(told) == Decimal("54.50") + 120 * Decimal("5.39") + 30 * 24 * 120 * Decimal("0.04137")


def test_a_month_half_read_is_charged_by_half() -> None:
    prices = (price("31", per="month", meter="rigs"), price("0.10"), price("10", per="kw", meter="rigs", interval="1h"))
    told = book(*days("2026-01-17", 15, "2"), *prices)
    assert dollars(told, "month 31") == 15
    assert dollars(told, "kw 10") == Decimal(10 * 2 * 15) / 31 // Decimal("0.000001") * Decimal("0.000001")


def test_a_charge_of_the_day_follows_the_days_and_their_season() -> None:
    summer, winter = (
        price("0.50", per="day", meter="rigs", season="jun-sep"),
        price("0.25", per="day", meter="rigs", season="oct-may", id="winter"),
    )
    told = book(*days("2026-05-30", 4, "1"), summer, winter, price("0.10"))
    assert (dollars(told, "day 0.50"), dollars(told, "winter")) == (Decimal("1.00"), Decimal("0.50"))


STEPS = (
    price("0.08", meter="rigs", up_to_kwh="500"),
    price("0.12", meter="rigs", above_kwh="500", up_to_kwh="1000"),
    price("0.20", meter="rigs", above_kwh="1000"),
)
"""Invented figures."""


def test_steps_are_filled_one_after_the_other_and_begin_anew_with_each_month() -> None:
    told = book(*days("2026-01-01", 31, "2"), *days("2026-02-01", 28, "1"), *STEPS)  # 1,488 and 672 kWh
    january = 500 * Decimal("0.08") + 500 * Decimal("0.12") + 488 * Decimal("0.20")
    assert dollars(told) == january + 500 * Decimal("0.08") + 172 * Decimal("0.12")


def test_steps_count_from_the_day_the_bills_month_begins() -> None:
    steps = [Tariff(**{**fields(step), "bill_day": 15}) for step in STEPS]
    told = book(*days("2026-01-15", 31, "2"), *days("2026-02-15", 28, "1"), *steps)
    january = 500 * Decimal("0.08") + 500 * Decimal("0.12") + 488 * Decimal("0.20")
    assert dollars(told) == january + 500 * Decimal("0.08") + 171 * Decimal("0.12")  # March 8 has 23 hours


def test_a_step_counts_what_was_used_before_the_year() -> None:
    steps = [Tariff(**{**fields(step), "bill_day": 15}) for step in STEPS]
    told = book(*days("2025-12-15", 17, "2"), *days("2026-01-01", 14, "2"), *steps)  # 816 kWh, then 672
    assert dollars(told) == 184 * Decimal("0.12") + 488 * Decimal("0.20")


def fields(tariff: Tariff) -> dict[str, Any]:
    """Return the fields of *tariff* by name."""
    return {name: getattr(tariff, name) for name in tariff.__struct_fields__}


def test_a_baseline_credit_is_a_rider_on_the_first_kwh_of_each_day_at_any_hour() -> None:
    """The form of PG&E's E-TOU-C, with invented figures: a peak each day, and a credit on the baseline's kWh."""
    prices = (
        price("0.40", meter="rigs"),
        price("0.50", meter="rigs", hours="16:00-21:00"),
        price("-0.10", meter="rigs", rider="baseline", up_to_kwh="10", steps_by="day"),
    )
    told = book(*days("2026-06-01", 30, "1"), *prices)
    assert dollars(told) == 30 * (19 * Decimal("0.40") + 5 * Decimal("0.50") - 10 * Decimal("0.10"))


def test_riders_add_up_and_a_later_one_of_a_name_replaces_the_earlier() -> None:
    """Invented figures: fuel by the kWh, raised in July, and a franchise fee on the whole bill."""
    prices = (
        price("0.05"),
        price("0.02", rider="fuel", id="old"),
        price("0.03", rider="fuel", id="new", from_="2026-07-01"),
        price("0.01", rider="storm"),
        price("31", per="month", meter="rigs"),
        price("0.10", per="bill", meter="rigs"),
    )
    told = book(*days("2026-06-30", 2, "1"), *prices)
    june, july = 24 * Decimal("0.08"), 24 * Decimal("0.09")
    month = Decimal(31) / 30 + Decimal(31) / 31
    assert dollars(told) == pytest.approx((june + july + month) * Decimal("1.1"), abs=Decimal("0.00001"))


def test_each_window_of_demand_is_charged_for_its_own_peak() -> None:
    """The form of PG&E's B-19, with invented figures: the highest of the month, and of the summer's peak hours."""
    prices = (
        price("0.10"),
        price("20", per="kw", meter="rigs", interval="1h", id="any"),
        price("30", per="kw", meter="rigs", interval="1h", id="peak", hours="16:00-21:00", season="jun-sep"),
    )
    hours = [*["4"] * 5, "9", *["4"] * 10, *["6"] * 5, *["4"] * 3]
    told = book(*days("2026-06-01", 30, *hours), *days("2026-10-01", 31, *hours), *prices)
    assert dollars(told, "any") == 2 * 20 * 9
    assert dollars(told, "peak") == 30 * 6


def test_a_demand_told_more_coarsely_than_it_is_billed_is_told() -> None:
    demand = price("20", per="kw", meter="rigs")
    told = book(*days("2026-06-01", 30, "4"), price("0.10"), demand)
    assert codes(told) == ["demand_estimated"]
    assert "4.000 kW" in told.findings[0].message
    settled = Tariff(**{**fields(demand), "may_repeat": "none"})
    assert codes(book(*days("2026-06-01", 30, "4"), price("0.10"), settled)) == []


def test_a_clock_of_the_tariffs_own_is_read_for_a_meter_elsewhere() -> None:
    texas = {"zone": "America/Chicago", "meter": "rigs"}
    told = book(*days("2026-06-01", 1, "1"), price("0.10", **texas), price("1", hours="23:00-24:00", **texas))
    assert dollars(told) == 23 * Decimal("0.10") + 1  # in New York that hour is the first of the day
    hours = ["0"] * 24
    hours[0] = "1"
    told = book(*days("2026-06-02", 1, *hours), price("0.10", **texas), price("1", hours="23:00-24:00", **texas))
    assert dollars(told) == 1


@pytest.mark.parametrize(("day", "count"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-01", 24)])
def test_the_days_on_which_the_clocks_change_have_their_hours(day: str, count: int) -> None:
    told = book(day_of(date.fromisoformat(day), "1"), price("0.10"), price("1", hours="00:00-03:00", id="night"))
    night = {23: 2, 24: 3, 25: 4}[count]
    assert dollars(told) == night + (count - night) * Decimal("0.10")
    assert told.findings == ()


def test_hours_are_priced_by_what_was_used_in_each() -> None:
    hours = ["0"] * 24
    hours[17] = "2.5"
    told = book(day_of(date(2026, 6, 1), *hours), price("0.10"), price("0.50", hours="17:00-18:00"))
    assert (dollars(told), codes(told)) == (Decimal("1.25"), [])


def test_what_is_told_in_one_amount_over_prices_by_the_clock_is_told_as_an_estimate() -> None:
    three = Energy(
        id="gap", at=datetime(2026, 6, 4, 4, tzinfo=UTC), kwh="72", meter="rigs", from_="2026-06-01", to="2026-06-04"
    )
    bands = (price("0.10"), price("0.50", hours="12:00-18:00"))
    told = book(three, *bands)
    assert dollars(told) == 18 * Decimal("0.50") + 54 * Decimal("0.10")
    assert codes(told) == ["energy_spread_evenly"]
    assert "come to 14.40, and may be 7.20 to 36.00" in told.findings[0].message
    assert codes(book(three, price("0.10"), price("0.20", from_="2026-06-02"))) == []
    settled = Energy(**{**{name: getattr(three, name) for name in three.__struct_fields__}, "may_repeat": "none"})
    assert codes(book(settled, *bands)) == []


@pytest.mark.parametrize("why", ["counter_fell", "counter_jumped", "flowed_back"])
def test_what_is_in_doubt_is_in_no_figure_and_asked_about(why: str) -> None:
    told = book(*days("2026-06-01", 1, "1", doubt=why), price("0.10"))
    assert (told.rows, codes(told)) == ((), ["energy_in_doubt"])
    assert book(*days("2026-06-01", 1, "1", doubt=why), price("0.10"), year=2025).findings == ()
    assert dollars(book(*days("2026-06-01", 1, "1", doubt="none"), price("0.10"))) == Decimal("2.4")


def test_a_hole_in_a_month_that_is_charged_is_told() -> None:
    charged = (price("31", per="month", meter="rigs"), price("0.10"))
    whole = [*days("2026-01-01", 31, "1"), *days("2026-02-01", 28, "1"), *days("2026-03-01", 31, "1")]
    assert codes(book(*whole, *charged)) == []
    assert codes(book(*whole[:40], *whole[44:], *charged)) == ["energy_not_told", "bill_month_partly_read"]


@pytest.mark.parametrize(
    "words",
    [
        {"per": "month"},
        {"per": "bill"},
        {"up_to_kwh": "5"},
        {"meter": "m", "per": "month", "up_to_kwh": "5"},
        {"meter": "m", "above_kwh": "5", "up_to_kwh": "5"},
        {"meter": "m", "per": "day", "hours": "22:00-06:00"},
        {"meter": "m", "bill_day": 29},
        {"meter": "m", "interval": "30m"},
        {"steps_by": "day"},
    ],
)
def test_a_price_list_that_cannot_be_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleEventError):
        price("1", **words)


@pytest.mark.parametrize(
    "words",
    [
        {"from_": "2026-01-01", "to": "2026-01-02", "kwh": "1", "hourly": "1"},
        {"from_": "2026-01-01T00:00:00Z", "to": "2026-01-01T02:00:00Z", "kwh": "1", "hourly": "1"},
        {"from_": "2026-01-01T00:00:00Z", "to": "2026-01-01T02:00:00Z", "kwh": "1", "hourly": "1 1"},
    ],
)
def test_hours_that_do_not_fit_their_span_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ImpossibleEventError):
        Energy(id="e", at=TOLD, meter="rigs", **words)


def test_a_reading_in_another_unit_than_nearly_all_is_asked_about() -> None:
    usual = days("2026-06-01", 20, "3.2")
    wrong = day_of(date(2026, 6, 21), "3200")
    told = book(*usual, wrong, price("0.10"))
    assert codes(told) == ["energy_unlikely"]
    assert told.findings[0].event == "day 2026-06-21"
    assert codes(book(*usual, day_of(date(2026, 6, 21), "3200", may_repeat="none"), price("0.10"))) == []
    assert codes(book(*usual, day_of(date(2026, 6, 21), "9"), price("0.10"))) == []
    resting = days("2026-06-01", 8, "0.002")
    assert codes(book(*resting, *days("2026-06-09", 3, "3.2"), price("0.10"))) == []


def test_doubts_of_one_kind_are_told_at_once() -> None:
    told = book(*days("2026-06-01", 30, "1", doubt="flowed_back"), price("0.10"))
    assert codes(told) == ["energy_in_doubt"]
    assert "and 29 more, to 2026-07-01" in told.findings[0].message
    assert "720 kWh" in told.findings[0].message


def test_a_bill_for_two_persons_is_told_to_each() -> None:
    from lotwork.projections.expenses import ExpenseFold  # noqa: PLC0415 - of this test alone

    fold = ExpenseFold(EASTERN)
    his, hers = days("2026-06-01", 30, "1"), days("2026-07-01", 31, "1", owner="spouse")
    for reading in (*his, *hers):
        fold.take(reading)
    for tariff in (price("0.10"), price("31", per="month", meter="rigs")):
        fold.take(tariff)
    owners: tuple[Owner, ...] = ("taxpayer", "spouse")
    for owner in owners:
        assert [finding.code for finding in fold.owned(owner).result(2026).findings] == ["bill_of_two_persons"]
