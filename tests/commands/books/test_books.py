"""`lotwork books`: every book of a folder of homes, how it stands, and what is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.batch import Batch, CursorMove
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.service.ledger_place import open_store
from tests.commands.books.homes import MINED, PROFILE, books, everyone, told
from tests.commands.calling import Caller

SOURCE = """[[sources.esplora]]
name = "chain"
url = "http://127.0.0.1:9/api"
start_height = 1
book = "main"

[[sources.esplora.wallets]]
wallet = "cold"
watch = ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"]
"""


def test_every_book_tells_its_events_and_what_stops_its_return_by_year(homes: Caller) -> None:
    ann, bob, cleo = everyone(homes, "books", code=1)["rows"]
    assert (ann["events"], ann["last_event"]) == (2, "2025-02-01T12:00:00Z")
    assert [(year["year"], year["state"], year["codes"]) for year in ann["years"]] == [(2025, "ready", {})]
    (year,) = bob["years"]
    assert (year["state"], year["open"], bob["open"]) == ("open", 2, 2)
    assert year["codes"] == {"receipt_pending": 1, "profile_assumed": 1}
    assert (cleo["events"], cleo["years"][0]["state"]) == (3, "filed")
    assert ann["head"] == homes("head", "--json").result["head"]


def test_what_is_open_is_what_file_refuses(homes: Caller) -> None:
    bob = homes.beside("bob")
    refused = bob("file", "--year", "2025", "--dry-run", "--json", code=3).result
    (row,) = (row for row in everyone(homes, "books", code=1)["rows"] if row["home"] == str(bob.home))
    assert sorted(row["years"][0]["codes"]) == sorted(problem["key"] for problem in refused["problems"])


def test_the_table_says_it_in_words(homes: Caller) -> None:
    out = told(homes, "books", code=1).out
    assert "2025: 2 open (" in out
    assert "2025: ready" in out
    assert "Stops filing   Years over" in out
    assert "`lotwork --book NAME findings` lists" in out
    assert "2025: filed" in out
    assert "nothing watched" in out


def test_a_year_that_goes_on_and_a_book_without_events_have_nothing_open(homes: Caller) -> None:
    homes.beside("dan").take(PROFILE, MINED | {"at": "2026-02-01T12:00:00Z"})
    (dan,) = (row for row in everyone(homes, "books", code=1)["rows"] if row["home"].endswith("dan"))
    assert (dan["years"], dan["open"]) == ([], 0)


def test_a_year_that_the_law_does_not_know_says_so(homes: Caller) -> None:
    homes.take(MINED | {"id": "early", "at": "2015-02-01T12:00:00Z"})
    ann = everyone(homes, "books", code=1)["rows"][0]
    assert [(year["year"], year["state"]) for year in ann["years"]] == [(2015, "unknown"), (2025, "ready")]
    assert "2015" in ann["years"][0]["why"]


def test_the_sources_of_a_book_say_when_they_answered_last(homes: Caller) -> None:
    homes.home.joinpath("config.toml").write_text(SOURCE, encoding="utf-8")
    never = everyone(homes, "books", code=1)["rows"][0]["sources"]
    assert never == [{"name": "chain", "kind": "esplora", "last_success": None, "trouble": None}]
    assert "never" in told(homes, "books", code=1).out
    with open_store(homes.home, clock=SystemClock()) as store:
        store.append(Batch("main", (), cursor=CursorMove("chain", None, "7")))
    (now,) = everyone(homes, "books", code=1)["rows"][0]["sources"]
    assert now["last_success"] == "2026-04-10T15:00:00Z"


def test_settings_that_cannot_be_read_are_a_failure_of_their_book(homes: Caller) -> None:
    homes.home.joinpath("config.toml").write_text("[daemon]\nport = 'many'\n", encoding="utf-8")
    result = everyone(homes, "books", code=3)
    assert books(result["rows"]) == ["bob", "cleo"]
    assert result["failures"][0]["error"] == "ConfigError"


@pytest.mark.parametrize("broken", [b"no database at all" * 100, b""])
def test_a_home_that_cannot_be_read_stops_no_other_and_is_told_with_why(homes: Caller, broken: bytes) -> None:
    (homes.home.parent / "wreck").mkdir()
    (homes.home.parent / "wreck" / FILE_NAME).write_bytes(broken)
    result = everyone(homes, "books", code=None)
    assert books(result["rows"]) == ["ann", "bob", "cleo"]
    if broken:
        (failure,) = result["failures"]
        assert (failure["exit_code"], failure["book"]) == (4, None)
        assert "wreck" in failure["message"]


def test_lost_events_are_a_failure_of_their_book_alone(homes: Caller) -> None:
    ann, bob = homes.home, homes.beside("bob").home
    (bob / FILE_NAME).write_bytes((ann / FILE_NAME).read_bytes())
    result = everyone(homes, "books", code=4)
    assert books(result["rows"]) == ["ann", "cleo"]
    assert [(Path(each["home"]).name, each["book"], each["error"]) for each in result["failures"]] == [
        ("bob", "main", "IntegrityError")
    ]
    assert "bob" in told(homes, "books", code=4).out


def test_the_books_of_one_home_are_listed_and_one_of_them_alone(homes: Caller) -> None:
    homes.take(MINED | {"id": "hers", "book": "hers"})
    assert [row["book"] for row in homes("books", "--workers", "1", "--json", code=1).result["rows"]] == [
        "hers", "main",
    ]  # fmt: skip
    only = homes("books", "--book", "main", "--workers", "1", "--json").result
    assert [row["book"] for row in only["rows"]] == ["main"]


@pytest.mark.parametrize(
    "words", [("--homes", "nowhere"), ("--homes", "."), ("--homes", ".", "--home", "x"), ("--home", "nowhere")]
)
def test_no_book_is_a_mistake_of_who_asks(
    homes: Caller, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert homes.all_over("books", *words, code=2).err
