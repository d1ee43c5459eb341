"""Times that name no zone, nor does their map: read as UTC, which is said; refused where a tax year hangs on it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import take

HEAD = "at,wallet,asset,quantity,income,price_usd"
MAP = "generic-receipts"


def row(at: str) -> str:
    return f"{HEAD}\n{at},cold,BTC,0.1,pool_payout,90000\n"


def live_in(lotwork: Caller, zone: str) -> None:
    lotwork("add", "profile", "at=2022-01-01T00:00:00Z", f"time_zone={zone}")


@pytest.mark.parametrize("at", ["2026-03-01 02:00:00", "2026-03-01T02:00", "20260301T020000"])
def test_that_times_name_no_zone_is_said_once(lotwork: Caller, at: str) -> None:
    told = take(lotwork, f"{row(at)}2026-03-02 02:00:00,cold,BTC,0.1,pool_payout,90000\n", MAP)
    assert told.out.count(f"export.csv: its times name no zone ({at}) and are read as UTC") == 1
    assert "2026-03-01T02:00:00Z" in lotwork("export").out


@pytest.mark.parametrize("at", ["2026-01-01T02:00:00Z", "2026-01-01 02:00:00+00:00", "2026-01-01"])
def test_of_times_that_name_a_zone_and_of_days_nothing_is_said(lotwork: Caller, at: str) -> None:
    live_in(lotwork, "America/New_York")
    assert "no zone" not in take(lotwork, row(at), MAP).out


@pytest.mark.parametrize(
    ("zone", "day", "other"),
    [
        ("America/New_York", "2026-01-01", 2025),
        ("Pacific/Honolulu", "2026-01-01", 2025),
        ("Asia/Tokyo", "2025-12-31", 2026),
    ],
)
def test_a_day_that_is_of_two_tax_years_where_it_is_one_in_utc_is_told(
    lotwork: Caller, zone: str, day: str, other: int
) -> None:
    live_in(lotwork, zone)
    told = take(lotwork, row(day), MAP).out
    assert f"{day} tells a day and no time, and counts in {day[:4]}" in told
    assert f"a part of it is of {other} by the clock of {zone}" in told


@pytest.mark.parametrize(
    ("zone", "day"), [("America/New_York", "2025-12-31"), ("America/New_York", "2026-01-02"), ("UTC", "2026-01-01")]
)
def test_of_another_day_nothing_is_told(lotwork: Caller, zone: str, day: str) -> None:
    live_in(lotwork, zone)
    assert "tells a day" not in take(lotwork, row(day), MAP).out


@pytest.mark.parametrize(
    ("zone", "at", "in_utc", "by_clock"),
    [
        ("America/New_York", "2026-01-01 02:00:00", 2025, 2026),
        ("Pacific/Honolulu", "2025-01-01 09:59:59", 2024, 2025),
        ("Asia/Tokyo", "2025-12-31 15:00:00", 2026, 2025),
    ],
)
def test_a_time_whose_tax_year_hangs_on_its_zone_is_refused_until_it_is_said(
    lotwork: Caller, zone: str, at: str, in_utc: int, by_clock: int
) -> None:
    """26 U.S.C. 451(a): income of the year in which it is received."""
    live_in(lotwork, zone)
    refused = take(lotwork, row(at), MAP, code=3).err
    assert (
        f"export.csv:2: at: {at!r} names no zone: it is of {in_utc} in UTC, and of {by_clock} by the clock" in refused
    )
    assert f"say which it is with --set zone=UTC or --set zone={zone}" in refused
    assert "1 appended" in take(lotwork, row(at), MAP, "--set", f"zone={zone}").out
    assert [each["date"][:4] for each in lotwork.rows("income", "--year", str(by_clock))] == [str(by_clock)]


def test_the_zone_is_said_later_by_a_revision(lotwork: Caller) -> None:
    take(lotwork, row("2026-03-01 02:00:00"), MAP)
    take(lotwork, row("2026-03-01 02:00:00"), MAP, "--set", "zone=America/New_York", "--revise")
    (receipt,) = lotwork.rows("income", "--year", "2026")
    assert receipt["date"] == "2026-03-01"
    assert "2026-03-01T07:00:00Z" in lotwork("export").out


def test_a_tariff_keeps_the_zone_of_its_hours(lotwork: Caller) -> None:
    """`zone` is a key of it, and no clock of the file."""
    tariff: dict[str, Any] = {"kind": "tariff", "columns": {"at": "at", "from": "from", "price_usd": "price"}}
    tariff["constants"] = {"hours": "22:00-06:00"}
    text = "at,from,price\n2026-03-01T00:00:00Z,2026-03-01,0.05\n"
    take(lotwork, text, tariff, "--set", "zone=America/Chicago")
    assert '"zone":"America/Chicago"' in lotwork("export").out.replace(" ", "")


def test_a_zone_that_does_not_exist_is_refused(lotwork: Caller) -> None:
    refused = take(lotwork, row("2026-03-01 02:00:00"), MAP, "--set", "zone=Mars/Olympus", code=3).err
    assert "time_zone: 'Mars/Olympus' is not a time zone" in refused
