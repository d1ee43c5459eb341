"""What a utility's files leave out is asked about under a flat price, and the command of the finding answers it."""

from __future__ import annotations

import json
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.commands.calling import Caller
from tests.projections.house import receipt

CSV = "TYPE,DATE,START TIME,END TIME,USAGE,UNITS,COST,NOTES\n"
ME = {
    "kind": "profile", "id": "me", "at": "2026-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "America/Chicago", "recognition": "on_payout",
}  # fmt: skip
TARIFF = {"kind": "tariff", "id": "t", "at": "2026-01-01T00:00:00Z", "from": "2026-01-01", "price_usd": "0.10"}


def utility(folder: Path, name: str, first: str, count: int, without: set[str]) -> Path:
    """Write a utility's file of *count* days by the hour, by the clock of the wall, but for the times *without*."""
    rows: list[str] = []
    for place in range(count):
        day = date.fromisoformat(first) + timedelta(days=place)
        for of_day in range(24):
            times = {f"{day} {of_day:02}:00", str(day)}
            skipped = day == date(2026, 3, 8) and of_day == 2
            if times.isdisjoint(without) and not skipped:
                rows.append(f"Electric usage,{day},{of_day:02}:00,{of_day:02}:59,1.5,kWh,,\n")
    file = folder / name
    file.write_text(CSV + "".join(rows), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("files", "without", "lasts"),
    [
        ((("2026-03-07", 3), ("2026-03-10", 2)), set(), None),
        ((("2026-10-31", 4),), set(), None),
        ((("2026-03-07", 3),), {"2026-03-08 13:00"}, "60 minutes"),
        ((("2026-03-07", 5),), {"2026-03-10"}, "24 hours"),
        ((("2026-01-30", 2), ("2026-03-01", 2)), set(), "28 days"),
    ],
    ids=["spring", "autumn", "an hour", "a day", "a month between two files"],
)
def test_a_stretch_that_a_utilitys_files_leave_out_stops_the_return(
    lotwork: Caller, tmp_path: Path, files: tuple[tuple[str, int], ...], without: set[str], lasts: str | None
) -> None:
    lotwork.take(ME, TARIFF, receipt("r", "2026-01-02", "1", "50000"))
    for place, (first, count) in enumerate(files):
        lotwork("import", utility(tmp_path, f"{place}.csv", first, count, without))

    def found() -> list[str]:
        told = lotwork("findings", "--year", "2026", "--json", code=None).result["findings"]
        return [each["message"] for each in told if each["code"] == "energy_not_told"]

    if lasts is None:
        assert found() == []
        return
    (message,) = found()
    assert f"({lasts})" in message
    command = shlex.split(message.rpartition("`lotwork ")[2].rstrip("`").replace("NUMBER", "0"))
    lotwork(*command)
    assert found() == []
    (line,) = [each for each in map(json.loads, lotwork("export", "jsonl").out.splitlines()) if each.get("kwh") == "0"]
    assert line["meter"] == "green-button"
