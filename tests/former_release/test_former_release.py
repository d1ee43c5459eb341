"""A log of the former release opens, verifies, is added to, and is answered as that release answered, to the byte.

The former release is commit f771400 of 2026-11-22, which calls itself 0.1.0. On 2026-11-29 it was run once more: then
it wrote the home in home.tar.gz (five books, a filed return, the evidence, the law it was filed under) and printed what
stands in answers.json.xz. Where today's answers are others, changes.diff has every line and its reason; how they are
written anew is said by tests/former_release/write.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.house import ROOT
from tests.command_tree import commands
from tests.commands.calling import Caller
from tests.former_release.asking import answers
from tests.former_release.changes import Change, changes, read_changes, text_of
from tests.former_release.questions import BOOKS, CHANGES, MASKS, NOW, kept, masked, questions, unpack

KEPT = kept()
LISTED = read_changes(CHANGES.read_text(encoding="utf-8"))
NOT_ASKED = {
    *("init", "demo", "run", "poll", "import", "add", "file", "backup", "restore"),  # they write
    "doctor",  # looks at the machine
    "compute",  # reads no log
    *("rules missing", "map list", "map show", "ledger init", "ledger move"),  # younger than the former release
    *("source add", "source test", "source list", "source remove"),  # the same
    *("findings", "alert test", "service install", "service status", "service uninstall"),  # the same
    *("forms", "official fill", "official map"),  # draws files
    *(
        "completeness",
        "price",
        "upgrade-check",
        "api token",
        "web password",
        "web reader",
        "packet build",
        "packet stamp",
        "packet verify",
        *("books", "all"),
    ),  # younger than the former release
}
HOW = "see tests/former_release/write.py"


@pytest.fixture
def lotwork(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    return Caller(unpack(tmp_path), capsys, monkeypatch)


def test_every_answer_is_the_former_release_s_to_the_byte_or_a_change_that_is_listed(tmp_path: Path) -> None:
    """A change that is listed and does not occur any more fails too."""
    found = changes(KEPT, answers(unpack(tmp_path), NOW, questions()))
    told, listed = {each.place for each in found}, {each.place for each in LISTED}
    assert text_of(each for each in found if each.place not in listed) == "", f"not listed: {HOW}"
    assert text_of(each for each in LISTED if each.place not in told) == "", f"does not occur: {HOW}"


def test_every_change_has_a_reason_in_words_of_the_changelog() -> None:
    changelog = " ".join((ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split())
    assert [each.question for each in LISTED if not each.reason or each.reason not in changelog] == []


def test_every_command_that_reads_is_asked() -> None:
    asked = {re.sub(r"^--book \w+ ", "", words) for words in questions()}
    every = set(map(" ".join, commands()))
    reads = every - NOT_ASKED
    assert {name for name in reads if not any(f"{words} ".startswith(f"{name} ") for words in asked)} == set()
    assert every >= NOT_ASKED


@pytest.mark.parametrize("mask", MASKS)
def test_every_mask_hides_something_and_nothing_that_is_exported(mask: str) -> None:
    hidden = [words for words, answer in KEPT.items() if re.search(mask, answer)]
    assert hidden
    assert not [words for words in hidden if words.endswith("export")]


def test_a_digit_that_moved_is_found_with_its_line_and_what_is_equal_is_not() -> None:
    before: Mapping[str, str] = {"lots": 'exit code 0\n{\n "law": "' + "a" * 64 + '",\n "basis_usd": "10.00"\n}\n'}
    assert changes(before, {"lots": before["lots"].replace("a" * 64, "b" * 64)}) == []
    found = changes(before, {"lots": before["lots"].replace("10.00", "10.01")})
    assert found == [Change("lots", ('- "basis_usd": "10.00"', '+ "basis_usd": "10.01"'))]
    assert read_changes(text_of(found)) == found
    assert changes(before, {"lots": before["lots"].replace("code 0", "code 1")}) == [
        Change("lots", ("-exit code 0", "+exit code 1"))
    ]


def test_the_masks_leave_every_other_digest() -> None:
    answer = KEPT["--book demo replay --from-zero"]
    assert re.findall(r'"(\w+)": "[0-9a-f]{64}"', answer) == ["head", "law", "state_digest"]
    assert re.findall(r'"(\w+)": "[0-9a-f]{64}"', masked(answer)) == ["head", "state_digest"]


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
