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
from lotwork.ledger.public_form.keys import keys_of
from lotwork.web.remedies import REMEDIES, command_for
from tests.web.conftest import Ask, record
from tests.web.markup import read

ROOT = Path(projections.__file__).parent.parent
WORD = re.compile(r"[a-z]+(_[a-z0-9]+)+")
COMMANDED = [code for code, remedy in REMEDIES.items() if remedy.command]


def codes() -> Iterator[str]:
    """Yield the code of every finding and trouble that the folds can make."""
    for file in (*(ROOT / "projections").rglob("*.py"), ROOT / "ledger" / "history.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="Finding" | "Trouble"), args=[ast.Constant(value=str(code)), *_]):
                    yield code
                case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="code"), *_])], value=ast.Tuple(elts=elements)):
                    if isinstance(elements[0], ast.Constant) and isinstance(elements[0].value, str):
                        yield elements[0].value
                case ast.Call(func=ast.Name(id="_left_out"), args=[ast.Constant(value=str(code)), *_]):
                    yield code


def test_every_finding_has_a_title_in_plain_words() -> None:
    found = set(codes())
    assert len(found) > 25
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
