"""What the commands of sources tell in JSON is what their types say, and what a terminal asks, settings take."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from lotwork.commands.source import guided, kinds
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ingest.prices.fetch import Unpriced, Wanted
from lotwork.ingest.register import SOURCES
from lotwork.ledger.errors import UsageError
from lotwork.reports import sources
from lotwork.reports.rows import Row
from lotwork.service.prices_asked import PricesAsked, Progress, key_of, left
from lotwork.service.source_secrets import slots_of
from lotwork.service.source_table import Values
from lotwork.service.toml_file import TomlFile, problems_of
from tests.commands.calling import Caller
from tests.commands.source.test_adding import BY_KIND, CANARY, XPRV, filled
from tests.commands.test_typed_listings import kinds_of, kinds_told, read_back
from tests.projections.house import receipt

HELD = {"kind": "balance", "id": "x", "at": "2026-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "2"}


def test_json_tells_each_field_of_its_type_in_order(lotwork: Caller, unhurried: None) -> None:
    del unhurried
    inbox = lotwork.home / "inbox"
    inbox.mkdir(parents=True)
    lines = (receipt("a", "2026-01-10", "1"), receipt("b", "2026-01-11", "1"), HELD)
    (inbox / "mine.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    a_round_of_prices_goes_on(lotwork.home)
    done: tuple[tuple[type[Row], tuple[str, ...]], ...] = (
        (sources.AddedListing, ("add", "files", "--set", "folder=inbox")),
        (sources.TriedListing, ("test",)),
        (sources.SourceListing, ("list",)),
        (sources.RemovedListing, ("remove", "files")),
    )
    seen = set[type[Row]]()
    for listing, words in done:
        told = lotwork("source", *words, "--json").result
        assert told.pop("schema") == f"lotwork.source_{words[0]}.v1"
        assert told.pop("findings") == []
        seen |= set(kinds_told(read_back(told, listing)))
    assert kinds_of(sources) <= seen


def a_round_of_prices_goes_on(home: Path) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    notes = PricesAsked(home)
    wanted = Unpriced(Wanted("KAS", now - timedelta(days=9)), "no_price", "coinbase: it has no price of KAS then")
    notes.book("main")[key_of(wanted.wanted)] = left(wanted, None, now, None)
    notes.known.progress["main"] = Progress(asked=1240, of=2190, recorded=1239, at=now)
    notes.source("coinbase").answered = now
    notes.save()


def test_how_far_the_prices_have_come_is_listed(lotwork: Caller, unhurried: None) -> None:
    del unhurried
    lotwork("init", "--no-input")
    a_round_of_prices_goes_on(lotwork.home)
    told = lotwork("source", "list")
    assert "prices (main): 1,240 of 2,190 asked for, 1,239 recorded" in told.out
    assert "prices (main) not had: 1 no price exists: lotwork poll tells each" in told.out


def test_a_terminal_is_shown_what_the_source_says_is_held(lotwork: Caller, unhurried: None) -> None:
    del unhurried
    (lotwork.home / "inbox").mkdir(parents=True)
    (lotwork.home / "inbox" / "mine.jsonl").write_text(json.dumps(HELD), encoding="utf-8")
    told = lotwork("source", "add", "files", "--set", "folder=inbox").out
    assert "  holds  2.00000000 BTC (cold), 2026-02-01T00:00:00Z\n" in told


def test_files_that_are_recorded_are_told_again_and_not_counted_when_their_folder_goes(
    lotwork: Caller, unhurried: None
) -> None:
    """Their events name no source: how many came from the folder, nobody knows."""
    del unhurried
    (lotwork.home / "inbox").mkdir(parents=True)
    (lotwork.home / "inbox" / "mine.jsonl").write_text(json.dumps(receipt("a", "2026-01-10", "1")), encoding="utf-8")
    lotwork("source", "add", "files", "--set", "folder=inbox")
    lotwork("poll")
    assert "it answered: 1 receipt\n" in lotwork("source", "test").out
    assert "What it told stays recorded.\n" in lotwork("source", "remove", "files").out


@BY_KIND
def test_the_answers_that_a_question_names_are_taken_by_the_settings(
    source: DeclaredSource[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes what is offered, and else types what the question shows as an example, has a table that holds."""
    asked: list[str] = []

    def answer(question: str, *, default: str | None = None, hide_input: bool = False, **_: object) -> str:
        asked.append(question)
        if hide_input:
            return CANARY
        if default is not None:
            return default
        assert ", like " in question, question
        return str(filled(question.rpartition(", like ")[2]))

    monkeypatch.setattr(click, "prompt", answer)
    values: Values = {}
    taken = {source.kind}

    def lacks(told: Values, _word: str) -> bool:
        return source.kind != "kasa" or "account" in told

    pending = guided.ask_for(source, slots_of(source), values, taken, lacks)
    problems = list(problems_of(source.settings, values, TomlFile("answers", {})))
    assert not problems
    assert values["name"] not in taken
    assert all(one.secret == CANARY for one in pending)
    assert len(asked) == len(set(asked))


def test_an_answer_that_will_not_do_is_asked_for_again_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    (source,) = (each for each in SOURCES if each.kind == "files")
    monkeypatch.setattr(click, "prompt", lambda *_, **__: XPRV)
    with pytest.raises(Exception, match="no answer that will do") as ended:
        guided.ask_for(source, (), {}, set(), lambda *_: False)
    assert XPRV not in str(ended.value)


def test_a_source_that_is_no_name_in_the_list_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["brains", "6", "braiins"])
    monkeypatch.setattr(click, "prompt", lambda *_, **__: next(answers))
    declared, more = kinds.chosen()
    assert (declared.name if isinstance(declared, DeclaredPrices) else declared.kind, more) == ("braiins", {})
    told = capsys.readouterr().err
    assert "did you mean 'braiins'?" in told
    assert "2miners" in told.rpartition("'6' is no source that is known: known here: ")[2]
    assert told.count("Which source?") == 1


def test_a_name_that_never_does_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "brains")
    with pytest.raises(UsageError, match="no source that is known"):
        kinds.chosen()


@pytest.mark.parametrize("day", ["2026-13-01", "2026-1-1", "01.02.2026", "January"])
def test_a_day_that_is_none_is_told_with_how_it_is_written(lotwork: Caller, day: str) -> None:
    words = ("--set", "wallet=cold", "--set", f"start={day}", "--secret-env", "TOKEN", "--no-test")
    told = lotwork("source", "add", "braiins", *words, code=2).err
    assert f"start: '{day}' is no day of the calendar: write it as 2026-01-31" in told


@pytest.mark.parametrize(
    ("amount", "shown"), [("148.500000", "$148.50"), ("5", "$5"), ("0.123456", "$0.123456"), ("10.000000", "$10.00")]
)
def test_an_amount_is_shown_with_two_decimals_or_what_more_it_says(amount: str, shown: str) -> None:
    told = sources.ToldRow(at="2026-01-05T12:00:00Z", kind="sale", amount_usd=amount).in_words
    assert told == f"2026-01-05T12:00:00Z sale {shown}"
