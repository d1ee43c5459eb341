"""What a source told and nothing took stops a return until the source takes it or a person settles it."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import pytest

from lotwork.ingest.exchanges.account import Account
from lotwork.ingest.ports import Page
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.store import EventStore
from tests.commands.calling import Caller
from tests.commands.test_filing import MINED, PROFILE, SOLD, clock, filed, open_codes, refused
from tests.ingest.exchanges.kit import InProcess, Kraken
from tests.ingest.exchanges.test_kraken import _entry
from tests.ingest.test_watch import Pages

assert callable(clock), "the fixture of every filing"
ODD = "LODD01-AAAAA-BBBBBB"


def waiting(lotwork: Caller, *words: str) -> dict[str, str]:
    """Return what is in suspense, by the name that acknowledges it, with what is said of it."""
    found = lotwork("findings", *words, "--json", code=None).result["findings"]
    return {f"in_suspense:{each['event']}": each["message"] for each in found if each["code"] == "in_suspense"}


def put(home: Path, quantity: str) -> Path:
    path = home / "inbox" / "a.jsonl"
    path.write_text(json.dumps({**MINED, "id": "more", "quantity": quantity}), encoding="utf-8")
    os.utime(path, (1, 1))
    return path


@pytest.fixture
def folder(lotwork: Caller) -> Caller:
    """Return the caller of a home whose folder has a file that is refused."""
    lotwork.take(PROFILE, MINED, SOLD)
    (lotwork.home / "inbox").mkdir(parents=True)
    (lotwork.home / "config.toml").write_text('[[sources.files]]\nname = "in"\nfolder = "inbox"\n', encoding="utf-8")
    put(lotwork.home, "-1")
    for _ in range(3):
        assert "a.jsonl:1: quantity" in lotwork("poll", code=3).out
    return lotwork


def test_a_refused_file_stops_each_return_until_it_is_mended(folder: Caller) -> None:
    ((name, words),) = waiting(folder).items()
    assert "a.jsonl:1: quantity" in words
    assert "mend the file" in words
    assert waiting(folder, "--year", "2025") == {name: words}
    told = refused(folder)
    assert open_codes(told) == {("in_suspense", name.partition(":")[2])}
    assert "a.jsonl:1: quantity" in folder("findings", code=None).err
    put(folder.home, "0.1")
    folder("poll")
    assert waiting(folder) == {}
    assert filed(folder)["recorded"]


def test_a_refused_file_that_is_taken_away_stops_nothing(folder: Caller) -> None:
    (folder.home / "inbox" / "a.jsonl").unlink()
    folder("poll")
    assert filed(folder)["recorded"]


@pytest.mark.parametrize("how", ["void", "acknowledged"])
def test_a_person_settles_it(folder: Caller, how: str) -> None:
    ((name, words),) = waiting(folder).items()
    if how == "void":
        command = words.rpartition("`lotwork ")[2].rstrip("`")
        assert command.startswith("add void target=suspense:in:file:")
        folder("add", "void", f"target={name.partition(':')[2]}", "reason=recorded by hand")
        folder("poll", code=3)
        assert waiting(folder) == {}
        assert filed(folder)["acknowledged"] == []
    else:
        assert filed(folder, "--acknowledge", name)["acknowledged"] == [name]


NOW = parse_instant("2026-04-10T15:00:00Z").timestamp()


def test_a_file_refused_within_the_hour_stops_filing_though_no_event_says_so(folder: Caller) -> None:
    path = folder.home / "inbox" / "a.jsonl"
    path.unlink()
    folder("poll")
    head = folder("head", "--json").result
    put(folder.home, "-1")
    os.utime(path, (NOW - 60, NOW - 60))
    assert "a.jsonl:1: quantity" in folder("poll", code=3).out
    assert folder("head", "--json").result == head
    assert waiting(folder) == {}
    told = refused(folder)
    assert {code for code, _ in open_codes(told)} == {"folder_not_let_in"}
    (problem,) = told["problems"]
    assert "inbox, the folder of source in, holds what is in no figure: a.jsonl" in problem["reason"]
    assert "`lotwork poll in`" in problem["reason"]
    assert filed(folder, "--acknowledge", "folder_not_let_in", "--dry-run")["acknowledged"] == ["folder_not_let_in"]
    os.utime(path, (NOW - 3600, NOW - 3600))
    folder("poll", code=3)
    assert {code for code, _ in open_codes(refused(folder))} == {"in_suspense"}


@pytest.mark.parametrize("name", ["~$book.xlsx", "~$book.csv", "._a.csv", "._a.JSONL"])
def test_what_excel_and_macos_lay_beside_a_file_stops_nothing(folder: Caller, name: str) -> None:
    (folder.home / "inbox" / "a.jsonl").unlink()
    (folder.home / "inbox" / name).write_bytes(b"\x00\x05\x16\x07")
    os.utime(folder.home / "inbox" / name, (NOW - 60, NOW - 60))
    folder("poll")
    assert waiting(folder) == {}
    assert filed(folder)["recorded"]


def test_settings_that_cannot_be_read_stop_filing_and_no_list(folder: Caller) -> None:
    before = waiting(folder)
    config = folder.home / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + "no_key_of_it = 1\n", encoding="utf-8")
    assert waiting(folder) == before
    assert "no_key_of_it" in folder("file", "--year", "2025", code=None).err


def test_a_file_that_no_look_has_met_and_a_folder_that_is_away_stop_filing(folder: Caller) -> None:
    (folder.home / "inbox" / "a.jsonl").unlink()
    folder("poll")
    put(folder.home, "0.1")
    assert open_codes(refused(folder)) == {("folder_not_let_in", "year 2025")}
    folder("poll")
    (folder.home / "inbox").rename(folder.home / "away")
    told = refused(folder)
    assert "is not there" in told["problems"][0]["reason"]
    (folder.home / "away").rename(folder.home / "inbox")
    assert filed(folder)["recorded"]


def exchange(lotwork: Caller, monkeypatch: pytest.MonkeyPatch, kraken: Kraken) -> None:
    """Configure an account at Kraken that answers as *kraken* does."""
    monkeypatch.setattr(Account, "_talk", lambda _self: InProcess(kraken, []))
    for name in ("k.key", "k.secret"):
        (lotwork.home / name).write_text("bWFkZS11cC1zZWNyZXQtMDEyMzQ1Njc4OQ==", encoding="utf-8")
        (lotwork.home / name).chmod(0o600)
    (lotwork.home / "config.toml").write_text(
        '[[sources.exchange]]\nname = "kraken-api"\nservice = "kraken"\nstart = 2025-01-01\n'
        'key_file = "k.key"\nsecret_file = "k.secret"\n',
        encoding="utf-8",
    )


@pytest.mark.parametrize("word", ["margin", "a word of tomorrow"])
def test_a_row_that_no_rule_takes_stops_the_return_of_its_year_and_later_ones(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    kraken = Kraken()
    kraken.entries = {ODD: _entry("2025-03-10 10:00:00", word, "-0.1", refid="ODD-1")}
    exchange(lotwork, monkeypatch, kraken)
    for _ in range(3):
        assert ODD in lotwork("poll", code=6).out
    ((name, words),) = waiting(lotwork).items()
    assert ODD in words
    assert "`done`" in words
    assert ("in_suspense", name.partition(":")[2]) in open_codes(refused(lotwork))
    assert open_codes(refused(lotwork, year=2024)) == {("year_without_records", "year 2024")}, "it is none of 2024"
    config = lotwork.home / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + f'done = ["{ODD}"]\n', encoding="utf-8")
    lotwork("poll")
    assert waiting(lotwork) == {}
    assert filed(lotwork)["recorded"]


def rename(lotwork: Caller, old: str, new: str) -> None:
    config = lotwork.home / "config.toml"
    text = config.read_text(encoding="utf-8")
    assert f'name = "{old}"' in text
    config.write_text(text.replace(f'name = "{old}"', f'name = "{new}"'), encoding="utf-8")


@pytest.mark.parametrize("is_taken", [True, False])
def test_an_account_under_another_name_takes_back_what_its_former_name_told(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch, is_taken: bool
) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    kraken = Kraken()
    kraken.entries = {ODD: _entry("2025-03-10 10:00:00", "margin", "-0.1", refid="ODD-1")}
    exchange(lotwork, monkeypatch, kraken)
    lotwork("poll", code=6)
    (words,) = waiting(lotwork).values()
    assert "no source of this book is named" not in words
    rename(lotwork, "kraken-api", "mine")
    (words,) = waiting(lotwork).values()
    assert "no source of this book is named kraken-api any more" in words
    if is_taken:
        config = lotwork.home / "config.toml"
        config.write_text(config.read_text(encoding="utf-8") + f'done = ["{ODD}"]\n', encoding="utf-8")
        lotwork("poll")
        assert waiting(lotwork) == {}
        assert filed(lotwork)["recorded"]
        return
    lotwork("poll", code=6)
    ((name, words),) = waiting(lotwork).items()
    assert (name.split(":")[2], "no source" in words) == ("mine", False), "once, under the name it bears"
    rename(lotwork, "mine", "kraken-api")
    lotwork("poll", code=None)
    assert list(waiting(lotwork)) == [name], "and back: it was not read again, so what the other name told stands"


def test_a_folder_under_another_name_and_one_that_is_removed(folder: Caller) -> None:
    rename(folder, "in", "inbox")
    folder("poll", code=3)
    (name,) = waiting(folder)
    assert name.startswith("in_suspense:suspense:inbox:file:")
    said = folder("source", "remove", "inbox").out
    assert "1 of what it told stand in suspense" in said
    assert "`lotwork findings --code in_suspense`" in said
    told = refused(folder)
    assert "no source of this book is named inbox any more" in told["problems"][0]["reason"]
    command = told["problems"][0]["reason"].partition("`lotwork ")[2].partition("`")[0]
    folder(*shlex.split(command))
    assert filed(folder)["recorded"]


def test_a_notice_stops_nothing(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    notices = ("this key may do more than read", "r9 was recorded, and the pool no longer lists it: it is void")
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        watch_once(Pages({None: Page(events=(), cursor="1", alerts=notices, progress="read to 2025-01-01")}), store)
        assert len(store.pending()) == len(notices)
    assert waiting(lotwork) == {}
    assert filed(lotwork)["recorded"]


def test_what_is_in_suspense_in_another_book_stops_nothing_here(folder: Caller) -> None:
    assert waiting(folder, "--book", "main")
    line = {"kind": "suspense", "at": "2025-05-01T00:00:00Z", "subject": "x", "reason": "y", "remedy": "z"}
    (folder.home / "inbox" / "a.jsonl").unlink()
    folder("poll")
    folder.take({**line, "book": "farm", "id": "s"})
    assert waiting(folder) == {}
    assert filed(folder)["recorded"]
