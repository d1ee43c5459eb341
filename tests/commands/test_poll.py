"""`lotwork poll` says in words what came of the prices that wait, and ends with 6 where nobody answered at all."""

from __future__ import annotations

import json
import os

import pytest

from lotwork.ingest.ports import Page
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.service.sources import Watched
from tests.commands.calling import Caller
from tests.ingest.prices.test_fetch import Says
from tests.ingest.test_watch import Pages, expense
from tests.projections.house import receipt
from tests.watching import section

UNPRICED = {key: value for key, value in receipt("a", "2025-01-01", "1").items() if key != "price_usd"}
SILENT = SourceUnreachableError("first: no connection (ConnectError): check the network")
ODD = SourceRefusedError("second: status 200 and no candle")


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (SILENT, SILENT, 6),
        (SILENT, ODD, 6),
        (ODD, ODD, 6),
        (SILENT, None, 6),
        (None, ODD, 0),
        (None, None, 0),
        (SILENT, "90000", 6),
        (None, "90000", 0),
        ("90000", SILENT, 0),
    ],
)
@pytest.mark.parametrize("how", [(), ("--json",)])
def test_only_where_no_source_of_prices_answered_is_it_told_by_the_exit_code(
    lotwork: Caller,
    monkeypatch: pytest.MonkeyPatch,
    first: str | Exception | None,
    second: str | Exception | None,
    code: int,
    how: tuple[str, ...],
) -> None:
    lotwork.take(UNPRICED)
    sources = (Says("first", first), Says("second", second))
    monkeypatch.setattr("lotwork.service.sources.price_sources", lambda *_: sources)
    told = lotwork("poll", *how, code=code)
    assert ("no price source answered" in told.err) == (code == 6)
    if how:
        assert told.result["prices"][0]["pending"] == int("90000" not in (first, second) or first is SILENT)
    else:
        assert "[" not in told.out.partition("prices (main): ")[2]


def test_what_waits_is_told_in_words(lotwork: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    lotwork.take(UNPRICED)
    monkeypatch.setattr("lotwork.service.sources.price_sources", lambda *_: (Says("first", SILENT),))
    line = lotwork("poll", code=6).out.splitlines()[-1]
    assert line == "prices (main): 0 recorded, 1 pending: first: no connection (ConnectError): check the network"


def test_where_nothing_waits_or_nobody_is_to_be_asked_all_is_well(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lotwork.service.sources.price_sources", lambda *_: ())
    lotwork.take(UNPRICED)
    assert "no price source is configured" in lotwork("poll").out
    lotwork.take({"kind": "price", "id": "p", "at": UNPRICED["at"], "asset": "BTC", "price_usd": "90000"})
    assert "prices" not in lotwork("poll").out


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_file_that_was_refused_beside_one_that_was_let_in_needs_a_person(
    lotwork: Caller, how: tuple[str, ...]
) -> None:
    inbox = lotwork.home / "inbox"
    inbox.mkdir(parents=True)
    (lotwork.home / "config.toml").write_text('[[sources.files]]\nname = "in"\nfolder = "inbox"\n', encoding="utf-8")
    for name, line in (("a", {**UNPRICED, "quantity": "-1"}), ("b", receipt("b", "2025-01-01", "1"))):
        (inbox / f"{name}.jsonl").write_text(json.dumps(line), encoding="utf-8")
        os.utime(inbox / f"{name}.jsonl", (1, 1))
    told = lotwork("poll", *how, code=1)
    assert "a.jsonl:1: quantity" in told.out
    if how:
        assert told.result["sources"][0]["new"] == 2, "the receipt, and the other file in suspense"
    assert "a.jsonl:1: quantity" in lotwork("poll", code=3).out


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_what_was_recorded_before_a_source_failed_is_told(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch, how: tuple[str, ...]
) -> None:
    first = Page(events=(expense(1), expense(2)), cursor="a", more=True)
    source = Pages({None: first, "a": SourceUnreachableError("pages: nobody answered")})
    monkeypatch.setattr("lotwork.service.sources.watched", lambda *_: (Watched(section("pages"), source),))
    told = lotwork("poll", *how, code=6)
    if how:
        (row,) = told.result["sources"]
        assert (row["new"], row["error"]) == (2, "pages: nobody answered")
    else:
        assert "pages (main): 2 new events; then pages: nobody answered" in told.out


def test_a_source_that_is_not_there_is_told_with_the_one_that_was_meant(lotwork: Caller) -> None:
    (lotwork.home / "inbox").mkdir(parents=True)
    lotwork("source", "add", "files", "--name", "bills", "--set", "folder=inbox", "--no-test")
    assert "no source is called 'bils': did you mean 'bills'?" in lotwork("poll", "bils", code=2).err
    assert "config.toml has bills" in lotwork("poll", "kraken", code=2).err
