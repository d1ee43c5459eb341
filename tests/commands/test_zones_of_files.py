"""Income belongs to the year of its receipt (26 U.S.C. 451), by the taxpayer's clock: whose clock a file has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.calling import Caller

HEAD = (
    "Timestamp,Type,IN Amount,IN Currency,Out Amount,Out Currency,Fee Amount,Fee Currency,Exchange(optional),"
    "US Based,Txid"
)
HOME = {"kind": "profile", "id": "me", "at": "2025-01-01T00:00:00Z", "filing_status": "single", "activity": "business"}


def export(lotwork: Caller, at: str) -> Path:
    file = lotwork.home.parent / "zen.csv"
    file.write_text(f"{HEAD}\n{at},mining_reward,0.0125,BTC,,,,,Pool,,\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("at", ["2026-03-01 12:00:00", "2026-03-01T12:00", "2025-12-31 12:00:00"])
def test_times_without_a_zone_are_told_once(lotwork: Caller, at: str) -> None:
    lotwork.take(HOME | {"time_zone": "America/New_York"})
    told = lotwork("import", export(lotwork, at), "--dry-run", code=None)
    assert told.out.count("name no zone") == 1


@pytest.mark.parametrize("at", ["2026-03-01T12:00:00Z", "2026-03-01 12:00:00 +0000", "2026-03-01 12:00:00-05:00"])
def test_times_with_a_zone_are_not(lotwork: Caller, at: str) -> None:
    assert "name no zone" not in lotwork("import", export(lotwork, at)).out


def test_a_zone_that_was_said_is_not_told(lotwork: Caller) -> None:
    file = export(lotwork, "2026-03-01 12:00:00")
    assert "name no zone" not in lotwork("import", file, "--set", "zone=America/Chicago").out
    assert "names no zone" not in lotwork("import", Path("tests/data/exports/kraken-trades.csv"), code=None).out


@pytest.mark.parametrize(
    ("home", "at", "years"),
    [
        ("America/New_York", "2026-01-01 02:00:00", (2025, 2026)),
        ("America/Los_Angeles", "2026-01-01T07:59:59", (2025, 2026)),
        ("Asia/Tokyo", "2025-12-31 20:00:00", (2026, 2025)),
    ],
)
def test_a_time_whose_year_hangs_on_the_zone_is_refused_until_it_is_said(
    lotwork: Caller, home: str, at: str, years: tuple[int, int]
) -> None:
    lotwork.take(HOME | {"time_zone": home})
    file = export(lotwork, at)
    told = lotwork("import", file, code=3).err
    assert f"names no zone: it is of {years[0]} in UTC, and of {years[1]} by the clock of {home}" in told
    assert f"--set zone=UTC or --set zone={home}" in told
    for zone, year in zip(("UTC", home), years, strict=True):
        lotwork("import", file, "--set", f"zone={zone}", *(("--revise",) if zone == home else ()))
        assert len(lotwork("income", "--year", str(year), "--json", code=None).result["pending"]) == 1


@pytest.mark.parametrize("at", ["2026-01-01 06:00:00", "2025-12-31 20:00:00", "2026-07-01 02:00:00"])
def test_a_time_of_one_year_by_both_clocks_is_taken(lotwork: Caller, at: str) -> None:
    lotwork.take(HOME | {"time_zone": "America/New_York"})
    assert "1 appended" in lotwork("import", export(lotwork, at)).out
