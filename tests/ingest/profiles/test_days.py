"""Which of a day's two orders is meant: the file proves it, a person says it, or it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ledger.errors import InputRefusedError, UsageError


def inventory(*days: str) -> str:
    rows = (f"Antminer S21,HKY{number},{day},3000,{day}" for number, day in enumerate(days))
    return "\n".join(("Model,Serial,Bought,Cost,Placed in service", *rows, ""))


def invoices(*days: str) -> str:
    rows = (f"Host,{number},100,{day}" for number, day in enumerate(days))
    return "\n".join(("Host,Invoice,Total,Paid", *rows, ""))


def meter(*days: str) -> str:
    rows = (f"Electric usage,{day},01:00,01:59,1.16,kWh" for day in days)
    return "\n".join(("TYPE,DATE,START TIME,END TIME,USAGE,UNITS", *rows, ""))


def told(text: str, home: Path, said: Mapping[str, str] | None = None) -> tuple[Sequence[str], Sequence[str]]:
    """Return the day of each event of a file, and what a person is told of how it was read."""
    file = home / "file.csv"
    file.write_text(text, encoding="utf-8")
    read = read_file(file, None, {"zone": "UTC", **(said or {})})
    key = "from" if text.startswith("TYPE") else "at"
    return [line.content[key][:10] for line in read.lines], read.notes


@pytest.mark.parametrize("made", [inventory, invoices])
@pytest.mark.parametrize("day", ["03/04/2026", "3/4/2026", "03/04/26", "12/11/2025"])
def test_a_day_that_may_be_two_is_asked_about(made: object, day: str, tmp_path: Path) -> None:
    assert callable(made)
    with pytest.raises(InputRefusedError, match=r"may be .* or .*--set date_format=%m/%d/%[yY] .*%d/%m/%[yY]"):
        told(made(day), tmp_path)
    year = "y" if day.endswith("/26") else "Y"
    first, second = (told(made(day), tmp_path, {"date_format": way + year})[0] for way in ("%m/%d/%", "%d/%m/%"))
    assert first != second


@pytest.mark.parametrize("made", [inventory, invoices, meter])
def test_a_day_that_can_be_one_alone_says_how_the_others_are_written(made: object, tmp_path: Path) -> None:
    assert callable(made)
    assert told(made("03/04/2026", "03/31/2026"), tmp_path) == (["2026-03-04", "2026-03-31"], ())
    assert told(made("03/04/2026", "31/03/2026"), tmp_path) == (["2026-04-03", "2026-03-31"], ())
    assert told(made("2026-03-04", "4/4/2026"), tmp_path)[0] == ["2026-03-04", "2026-04-04"]
    with pytest.raises(InputRefusedError, match="may be"):
        told(made("03/04/2026", "31/03/2026", "03/31/2026"), tmp_path)


def test_a_utility_of_the_united_states_has_the_month_first_and_the_import_says_so(tmp_path: Path) -> None:
    days, notes = told(meter("03/04/2026"), tmp_path)
    assert days == ["2026-03-04"]
    assert "the month first" in notes[0]
    assert "--set date_format=%d/%m/%Y" in notes[0]
    assert told(meter("03/04/2026"), tmp_path, {"date_format": "%d/%m/%Y"}) == (["2026-04-03"], ())


def test_an_order_that_the_days_have_not_or_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="is no day as %m/%d/%Y has them"):
        told(inventory("31/03/2026"), tmp_path, {"date_format": "%m/%d/%Y"})
    with pytest.raises(UsageError, match="say one like"):
        told(inventory("31/03/2026"), tmp_path, {"date_format": "day first"})
    assert told(inventory("31.03.2026"), tmp_path, {"date_format": "%d.%m.%Y"})[0] == ["2026-03-31"]
