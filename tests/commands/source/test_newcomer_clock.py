"""docs/guide.md begins so: Braiins, Coinbase and a bank, seven commands, no map, no settings to edit."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.commands.calling import Caller, codes
from tests.commands.source.test_adding import CANARY
from tests.commands.test_newcomer import COINBASE
from tests.ingest.prices.test_fetch import Says
from tests.ingest.profiles.exports import FOLDER as EXPORTS
from tests.ingest.scripted_server import Script

GUIDE = Path("docs/guide.md")


def told() -> list[list[str]]:
    """Return the commands of the guide, word by word."""
    text = GUIDE.read_text(encoding="utf-8")
    block = re.search(r"## A pool, an exchange and a bank, in seven commands\n.*?```\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return [shlex.split(line) for line in block[1].splitlines()]


def test_the_guide_says_seven_commands() -> None:
    commands = told()
    assert len(commands) <= 7
    assert [words[0] for words in commands[:2]] == ["git", "make"]
    assert {words[0] for words in commands[2:]} == {".venv/bin/lotwork"}
    assert not any("--map" in words for words in commands)


def test_they_come_to_the_first_figures(lotwork: Caller, pool: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was paid, 0.01250000 and 0.00021034 at 90,000 each, is 1,143.9306; the bill is of the bank."""
    monkeypatch.setattr("lotwork.service.sources.price_sources", lambda *_: (Says("coinbase", "90000"),))
    init, add, poll, bring, quarterly = (words[1:] for words in told()[2:])
    lotwork(*init, "--filing-status", "single", "--activity", "business", "--time-zone", "America/New_York")
    answers = ("--set", "wallet=cold", "--set", "start=2026-03-01", "--secret-file", "-")
    place = ("--set", f"base_url={pool.url}", "--set", "allow_private=true")
    assert "it answered: 2 receipts" in lotwork(*add, *answers, *place, given=f"{CANARY}\n").out
    assert "braiins (main): 2 new events" in lotwork(*poll).out
    files = {"coinbase.csv": COINBASE, "bank.qfx": EXPORTS / "bank.ofx"}
    lotwork(*(files.get(word, word) for word in bring), code=1)
    income = lotwork("income", "--year", "2026", "--json", code=None).result
    assert income["totals"]["value_usd"] == "1143.930600"
    assert not income["pending"]
    expenses = lotwork("expenses", "--year", "2026", "--json", code=None).result
    assert [(row["category"], row["amount_usd"]) for row in expenses["rows"]] == [("electricity", "412.800000")]
    due = lotwork(*quarterly, "--json", code=None).result
    assert due["installments"][0]["due"] == "2026-04-15"
    assert "receipt_pending" not in codes(due["findings"])
