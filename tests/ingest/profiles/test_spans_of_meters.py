"""A meter's span ends by the clock of the place, also on the two days on which the clocks are changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ingest.profiles.known_file import read_file

HEADER = "TYPE,DATE,START TIME,END TIME,USAGE,UNITS,COST,NOTES"
NO_ENDS = "TYPE,DATE,START TIME,USAGE,UNITS"
DAYS = {"spring": ("2026-03-08", "2026-03-09"), "autumn": ("2026-11-01", "2026-11-02")}


def spans(folder: Path, header: str, rows: list[str]) -> list[tuple[str, str]]:
    """Return the beginning and the end of each span, without their seconds."""
    file = folder / "meter.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    told = read_file(file, None, {"zone": "America/Chicago"})
    return [(line.content["from"][5:16], line.content["to"][5:16]) for line in told.lines]


@pytest.mark.parametrize(
    ("season", "ends"),
    [
        ("spring", ("03-08T06:00", "03-09T05:00", "03-10T05:00")),
        ("autumn", ("11-01T05:00", "11-02T06:00", "11-03T06:00")),
    ],
)
@pytest.mark.parametrize("header", [HEADER, NO_ENDS])
def test_a_day_on_which_the_clocks_are_changed_is_23_or_25_hours_long(
    tmp_path: Path, header: str, season: str, ends: tuple[str, str, str]
) -> None:
    rest = "23:59,24.5,kWh,," if header == HEADER else "24.5,kWh"
    rows = [f"Electric usage,{day},00:00,{rest}" for day in DAYS[season]]
    assert spans(tmp_path, header, rows) == [(ends[0], ends[1]), (ends[1], ends[2])]


@pytest.mark.parametrize(
    ("day", "times", "told"),
    [
        ("2026-03-08", ("00:00", "05:59"), ("03-08T06:00", "03-08T11:00")),
        ("2026-03-08", ("00:00", "01:59"), ("03-08T06:00", "03-08T08:00")),
        ("2026-03-08", ("01:00", "01:59"), ("03-08T07:00", "03-08T08:00")),
        ("2026-03-07", ("22:00", "05:59"), ("03-08T04:00", "03-08T11:00")),
        ("2026-11-01", ("00:00", "05:59"), ("11-01T05:00", "11-01T12:00")),
        ("2026-11-01", ("00:00", "01:59"), ("11-01T05:00", "11-01T08:00")),
        ("2026-11-01", ("00:00", "00:59"), ("11-01T05:00", "11-01T06:00")),
        ("2026-07-01", ("06:00", "21:59"), ("07-01T11:00", "07-02T03:00")),
    ],
)
def test_a_span_ends_by_the_clock(tmp_path: Path, day: str, times: tuple[str, str], told: tuple[str, str]) -> None:
    assert spans(tmp_path, HEADER, [f"Electric usage,{day},{times[0]},{times[1]},24.5,kWh,,"]) == [told]


def test_the_hour_that_is_told_twice_is_two_spans_of_an_hour(tmp_path: Path) -> None:
    rows = [f"Electric usage,2026-11-01,{hour},{hour[:3]}59,1,kWh,," for hour in ("01:00", "01:00", "02:00")]
    told = [("11-01T06:00", "11-01T07:00"), ("11-01T07:00", "11-01T08:00"), ("11-01T08:00", "11-01T09:00")]
    assert spans(tmp_path, HEADER, rows) == told


def test_of_a_file_that_begins_with_the_newest_span_the_second_of_two_is_the_earlier(tmp_path: Path) -> None:
    hours = (("00:00", "1"), ("01:00", "2"), ("01:00", "3"), ("02:00", "4"))
    rows = [f"Electric usage,2026-11-01,{start},{start[:3]}59,{kwh},kWh,," for start, kwh in hours]
    file = tmp_path / "meter.csv"
    told = []
    for order in (rows, rows[::-1]):
        file.write_text("\n".join([HEADER, *order]) + "\n", encoding="utf-8")
        lines = read_file(file, None, {"zone": "America/Chicago"}).lines
        told.append(sorted((line.content["from"], line.content["kwh"]) for line in lines))
    assert told[0] == told[1]
    assert [kwh for _, kwh in told[0]] == ["1", "2", "3", "4"]
