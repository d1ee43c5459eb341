"""Every finding the house can make has words for a person, and every command among them can be run."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lotwork import projections
from lotwork.cli import COMMANDS
from lotwork.ledger.history import History
from lotwork.ledger.public_form.keys import keys_of
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.filing.check import prepare
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law
from lotwork.web.remedies import REMEDIES, command_for
from tests.web.conftest import NOW, Ask, record
from tests.web.markup import read

ROOT = Path(projections.__file__).parent.parent
WORD = re.compile(r"[a-z]+(_[a-z0-9]+)+")
COMMANDED = [code for code, remedy in REMEDIES.items() if remedy.command]


def codes() -> Iterator[str]:
    """Yield the code of every finding and trouble that the folds can make."""
    ledger = (ROOT / "ledger" / name for name in ("history.py", "same_coins.py"))
    for file in (*(ROOT / "projections").rglob("*.py"), *ledger):
        tree = ast.parse(file.read_text())
        yield from doubts(tree) if file.name == "same_coins.py" else ()
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="Finding" | "Trouble"), args=[ast.Name(id=name), *_]):
                    yield from named(tree, name)
                case ast.Call(func=ast.Name(id="Finding" | "Trouble"), args=[ast.Constant(value=str(code)), *_]):
                    yield code
                case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="code"), *_])], value=ast.Tuple(elts=elements)):
                    if isinstance(elements[0], ast.Constant) and isinstance(elements[0].value, str):
                        yield elements[0].value
                case ast.Call(func=ast.Name(id="_left_out"), args=[ast.Constant(value=str(code)), *_]):
                    yield code


def named(tree: ast.AST, name: str) -> Iterator[str]:
    """Yield the text that *tree* calls *name*."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=told)], value=ast.Constant(value=str(code))) if told == name:
                yield code


def doubts(tree: ast.AST) -> Iterator[str]:
    """Yield the codes of the questions that the ledger itself asks: told with an event, or one of two."""
    for node in ast.walk(tree):
        match node:
            case ast.Tuple(elts=[ast.Constant(value=str(code)), _, _]) if WORD.fullmatch(code):
                yield code
            case ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=str(two))):
                yield from (code for code in (one, two) if WORD.fullmatch(code))


def test_every_finding_has_a_title_in_plain_words() -> None:
    found = set(codes())
    assert len(found) > 25
    assert {"inflow_doubtful", "output_told_twice", "likely_twins", "transaction_told_twice", "dated_ahead"} < found
    assert found <= REMEDIES.keys(), f"give them a title in web/remedies.py: {sorted(found - REMEDIES.keys())}"
    assert all(WORD.search(remedy.title) is None for remedy in REMEDIES.values())


@pytest.mark.parametrize("code", COMMANDED)
def test_every_command_is_one_that_lotwork_knows(code: str) -> None:
    command = command_for(REMEDIES[code], "my book", "an id; rm -rf", 2026, date(2026, 11, 22))
    program, option, book, verb, *words = shlex.split(command)
    assert (program, option, book) == ("lotwork", "--book", "my book")
    assert verb in COMMANDS
    if verb == "add":
        kind, *pairs = words
        keys = keys_of(kind)
        told = dict(pair.partition("=")[::2] for pair in pairs)
        assert told.keys() <= keys.keys()
        assert {name for name, key in keys.items() if key.required} <= told.keys()
        assert told.get("target", "an id; rm -rf") in {"an id; rm -rf", "PRICE_ID"}


def test_many_kinds_of_problems_are_told_in_plain_words(tmp_path: Path, ask: Ask) -> None:
    receipt = {"kind": "receipt", "id": "r", "at": "2026-02-01T12:00:00Z", "wallet": "w", "asset": "BTC",
               "quantity": "0.1", "income": "pool_payout", "price_usd": "100000"}  # fmt: skip
    sale = {"kind": "sale", "id": "s", "at": "2026-03-01T12:00:00Z", "wallet": "w", "asset": "BTC",
            "quantity": "0.5", "proceeds_usd": "50000"}  # fmt: skip
    balance = {"kind": "balance", "id": "b", "at": "2026-03-02T12:00:00Z", "wallet": "w", "asset": "BTC",
               "quantity": "1"}  # fmt: skip
    energy = {"kind": "energy", "id": "e", "at": "2026-03-02T12:00:00Z", "kwh": "10", "from": "2026-02-01",
              "to": "2026-03-01", "meter": "m"}  # fmt: skip
    slip = {"kind": "expense", "id": "x", "at": "2026-03-02T12:00:00Z", "category": "electricty", "amount_usd": "1"}
    late = {"kind": "selection", "id": "l", "at": "2026-04-01T12:00:00Z", "wallet": "w", "asset": "BTC", "for": "s",
            "lots": [{"lot": "r", "quantity": "0.1"}]}  # fmt: skip
    record(tmp_path, receipt, sale, balance, energy, slip, late)
    page = read(ask(tmp_path).get("/problems").text)
    for code in ("coins_missing", "balance_differs", "energy_without_tariff", "category_unknown", "selection_late",
                 "profile_assumed", "prior_year_unknown"):  # fmt: skip
        assert REMEDIES[code].title in page.text
    assert WORD.search(page.said) is None
    blocking = [
        REMEDIES[code].title for code in REMEDIES if REMEDIES[code].blocks and REMEDIES[code].title in page.text
    ]
    others = [
        REMEDIES[code].title for code in REMEDIES if not REMEDIES[code].blocks and REMEDIES[code].title in page.text
    ]
    assert max(map(page.text.index, blocking)) < min(map(page.text.index, others))


ME = {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single", "time_zone": "UTC",
      "activity": "business"}  # fmt: skip
FACTS: dict[str, object] = {"kind": "year_facts", "id": "facts", "at": "2025-12-31T12:00:00Z", "year": 2025}
PAID: dict[str, object] = {"kind": "receipt", "id": "r", "at": "2025-02-01T12:00:00Z", "wallet": "w", "asset": "BTC",
        "quantity": "0.1", "income": "pool_payout", "price_usd": "100000", "source": "pool"}  # fmt: skip
STOPS: dict[str, list[dict[str, object]]] = {
    "applied_above_overpayment": [FACTS | {"applied_to_next_year_usd": "9000", "withholding_usd": "1200"}],
    "dated_ahead": [PAID | {"id": "x", "at": "2062-02-01T12:00:00Z"}],
    "transaction_told_twice": [PAID | {"id": name, "txid": "ab" * 32} for name in ("s", "t")],
    "likely_twins": [PAID | {"id": "s", "source": "exchange"}],
    "row_told_twice": [PAID | {"id": "s", "may_repeat": "r"}],
    "credit_kind_untold": [FACTS | {"credits_usd": "5"}],
    "receipt_pending": [PAID | {"id": "s", "price_usd": None, "at": "2025-03-01T12:00:00Z"}],
    "coins_missing": [{"kind": "sale", "id": "s", "at": "2025-03-01T12:00:00Z", "wallet": "w", "asset": "BTC",
                       "quantity": "1", "proceeds_usd": "5"}],
}  # fmt: skip


@pytest.mark.parametrize("code", STOPS)
def test_whatever_stops_a_return_stands_among_the_problems_of_its_year(tmp_path: Path, ask: Ask, code: str) -> None:
    record(tmp_path, ME, PAID, *STOPS[code])
    with EventLog(tmp_path) as log:
        history = History.read(log, "main")
        law = law_in_force(history, Law.load())
        found = {finding.code for finding in prepare(Book.begin(history, (2025,), law).fold(), law, 2025, NOW).open}
    assert code in found
    page = read(ask(tmp_path).get("/problems?year=2025").text).text
    assert [each for each in found if REMEDIES[each].title not in page] == []
