"""A log written by the former release opens, verifies, and replays to the figures that release told.

home.tar.gz is a home as release 0.1.0 left it on 2026-11-29: five books, a filed return, the evidence, the law it was
filed under. figures.json is what that release itself printed. A figure that changes for a reason is changed there by
hand, and the reason stands in the CHANGELOG under Figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller
from tests.former_release.figures import BOOKS, FIGURES, figures, unpack

KEPT: Mapping[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))


@pytest.fixture
def lotwork(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    return Caller(unpack(tmp_path), capsys, monkeypatch)


def test_every_figure_of_a_log_of_the_former_release_is_the_one_it_told(lotwork: Caller) -> None:
    told = figures(lambda words: lotwork(*words, code=None).result)
    assert told.keys() == KEPT.keys()
    for question, kept in KEPT.items():
        assert told[question] == kept, question


@pytest.mark.parametrize("book", BOOKS)
def test_a_log_of_the_former_release_verifies(lotwork: Caller, book: str) -> None:
    assert lotwork("--book", book, "verify", "--json").result["ok"] is True


def test_a_return_that_the_former_release_filed_is_not_filed_again(lotwork: Caller) -> None:
    """A new edition of the law that moves no figure makes no amended return."""
    before = lotwork("--book", "g2025", "head", "--json").result["position"]
    assert "is filed with these figures already" in lotwork("--book", "g2025", "file", "--year", "2025").out
    assert lotwork("--book", "g2025", "head", "--json").result["position"] == before


def test_a_log_of_the_former_release_is_added_to(lotwork: Caller) -> None:
    file = lotwork.home.parent / "more.jsonl"
    event = {"kind": "purchase", "at": "2026-11-01T00:00:00Z", "wallet": "hot", "asset": "BTC", "quantity": "1"}
    file.write_text(json.dumps({**event, "cost_usd": "10"}), encoding="utf-8")
    before = lotwork("--book", "first", "head", "--json").result["position"]
    lotwork("--book", "first", "import", file)
    assert lotwork("--book", "first", "head", "--json").result["position"] == before + 1
    assert lotwork("--book", "first", "verify", "--json").result["ok"] is True
