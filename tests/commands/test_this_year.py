"""Where no --year is given a command takes this year where the filer lives, and says so; to file one is to name it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click
import pytest

from lotwork.ledger.clock import SystemClock
from tests.command_tree import command_of, commands
from tests.commands.calling import Caller
from tests.projections.house import receipt

EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
"""Half an hour before 2027 in Greenwich."""
WRITES = {"forms": ("--out", "forms"), "packet build": ("--out", "p.zip"), "official fill": ("f.pdf", "--out", "g.pdf")}
ASKED = [
    *("income", "gains", "expenses", "equipment", "quarterly", "liability", "completeness", "reconcile broker"),
    *("reconcile pool", "rules missing", *WRITES),
]


@pytest.fixture
def on_the_eve(lotwork: Caller, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Return what calls the command on the last evening of 2026, and lives in New York."""
    monkeypatch.setattr(SystemClock, "now", lambda _: EVE)
    monkeypatch.chdir(lotwork.home.parent)
    (lotwork.home.parent / "f.pdf").write_bytes(b"no form")
    lotwork("init", "--filing-status", "single", "--activity", "business", "--time-zone", "America/New_York")
    lotwork.take(receipt("a", "2026-03-01", "1"))
    return lotwork


@pytest.mark.parametrize("words", ASKED)
def test_a_command_that_asks_a_year_takes_this_one(on_the_eve: Caller, words: str) -> None:
    told = on_the_eve(*words.split(), *WRITES.get(words, ()), "--json", code=None)
    assert told.err.startswith("No --year is given: this is of 2026, the year it is in America/New_York.\n")
    assert "year" not in told.result.get("message", "")
    given = on_the_eve(*words.split(), *WRITES.get(words, ()), "--year", "2026", "--json", code=None)
    assert "No --year" not in given.err


def test_no_command_that_takes_a_year_is_left_out() -> None:
    said = [
        " ".join(words)
        for words in commands()
        for each in command_of(words).params
        if isinstance(each, click.Option) and each.name == "year" and each.help == "The tax year.  [default: this one]"
    ]
    assert {words for words in said if not words.startswith("plan ")} == set(ASKED)


def test_it_is_this_year_where_the_filer_lives(on_the_eve: Caller) -> None:
    on_the_eve("add", "profile", "at=2026-06-01", "time_zone=Pacific/Auckland")
    told = on_the_eve("income", "--json")
    assert told.result["rows"] == []
    assert "2027, the year it is in Pacific/Auckland." in told.err


def test_a_day_that_is_named_is_of_its_own_year(on_the_eve: Caller) -> None:
    told = on_the_eve("income", "--as-of", "2025-06-30")
    assert told.err == "No --year is given: this is of 2025, the year of the day that is named.\n"


def test_what_records_a_return_or_asks_every_book_is_told_its_year(on_the_eve: Caller) -> None:
    assert "Missing option '--year'" in on_the_eve("file", "--dry-run", code=2).err
    assert "name the year of quarterly for all books with --year" in on_the_eve("all", "quarterly", code=2).err
    assert on_the_eve("all", "rules diff", "shipped", "--json", code=None).result["year"] is None


def test_a_book_that_is_not_there_is_refused_as_before(lotwork: Caller) -> None:
    lotwork.take_on(date(2026, 3, 1), receipt("a", "2026-03-01", "1"))
    told = lotwork("income", "--book", "mian", code=2)
    assert "did you mean 'main'?" in told.err
    assert "No --year" not in told.err
