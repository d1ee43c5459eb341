"""The worked example of the contract: eight events in by the real command line, and every figure they must give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import lotwork

DATA = Path(__file__).parent / "data"
LEDGER = DATA / "first_ledger.jsonl"
EXPECTED = json.loads((DATA / "first_ledger.expected.json").read_text(encoding="utf-8"))
QUESTIONS = {
    "gains 2025": ("gains", "--year", "2025"),
    "gains 2026": ("gains", "--year", "2026"),
    "lots --at 2025-12-31": ("lots", "--at", "2025-12-31"),
    "income 2025": ("income", "--year", "2025"),
    "expenses 2025": ("expenses", "--year", "2025"),
}
PENDING = "r3"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "home"
    lotwork(folder, "import", str(LEDGER))
    return folder


def told(expected: Any, actual: Any, where: str) -> list[str]:
    """Return where *actual* lacks or contradicts what is *expected*; more keys are welcome, more rows are not."""
    if isinstance(expected, dict):
        return [
            difference
            for key, value in expected.items()
            for difference in (
                told(value, actual[key], f"{where}.{key}") if key in actual else [f"{where}.{key} lacks"]
            )
        ]
    if isinstance(expected, list):
        if len(expected) != len(actual):
            return [f"{where}: {len(expected)} rows are due, {len(actual)} are there"]
        pairs = enumerate(zip(expected, actual, strict=True))
        return [difference for at, (due, given) in pairs for difference in told(due, given, f"{where}[{at}]")]
    return [] if expected == actual else [f"{where}: {expected!r} is due, {actual!r} is there"]


def test_every_question_of_the_example_is_asked() -> None:
    assert set(QUESTIONS) == set(EXPECTED) - {"what"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_first_ledger_gives_the_figures_of_the_contract(home: Path, question: str) -> None:
    expected = {key: value for key, value in EXPECTED[question].items() if key != "note"}
    answer = lotwork(home, *QUESTIONS[question], "--json", code=1).result
    assert told(expected, answer, question) == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_receipt_without_a_price_is_a_finding_of_every_answer(home: Path, question: str) -> None:
    findings = lotwork(home, *QUESTIONS[question], "--json", code=1).result["findings"]
    assert PENDING in {finding["event"] for finding in findings}


def test_the_same_file_again_is_a_no_op(home: Path) -> None:
    before = lotwork(home, "head", "--json").result
    again = lotwork(home, "import", str(LEDGER), "--json").result
    assert (again["appended"], again["known"]) == (0, 8)
    assert lotwork(home, "head", "--json").result == before


def test_a_price_found_later_brings_the_receipt_into_the_figures(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    exported = tmp_path / "all.jsonl"
    exported.write_text(lotwork(home, "export", "jsonl").out, encoding="utf-8")
    lotwork(copy, "import", str(exported))
    correction = ("target=r3", 'set={"price_usd": "104000"}', "reason=the price was found")
    lotwork(copy, "add", "correction", "at=2026-02-01T00:00:00Z", *correction)
    income = lotwork(copy, "income", "--year", "2025", "--json").result
    assert income["pending"] == []
    assert income["totals"]["value_usd"] == "74840.000000"
