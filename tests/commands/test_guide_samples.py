"""The samples of the guide, called in its order on a home of their own: what the page shows is what its reader sees."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.commands.calling import Caller

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide.md"
FIRST, LAST = "## 3. Say who you are", "## 6. When something was wrong"
WITH_MISTAKES = (
    '{"kind": "recipt", "id": "p3"}',
    (
        '{"kind": "receipt", "id": "p4", "at": "2026-03-01T10:00:00Z", "wallet": "cold", "asset": "BTC", '
        '"quantity": 0.0214, "income": "pool_payuot"}'
    ),
)
"""The file with the three mistakes that the guide shows the refusal of."""


class Sample(NamedTuple):
    """A command line of the guide, what it shows below it, and what it remarks beside it."""

    words: list[str]
    shown: list[str]
    remark: str


def part_with_samples() -> str:
    text = GUIDE.read_text(encoding="utf-8")
    last = text.index(LAST)
    return text[text.index(FIRST) : text.index("\n## ", last)]


def samples() -> Iterator[Sample]:
    for block in re.findall(r"^```\n(.*?)^```", part_with_samples(), re.MULTILINE | re.DOTALL):
        for told in re.split(r"^\$ lotwork ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = told.partition("\n")
            yield Sample(shlex.split(command, comments=True), lines(shown), command.partition("# ")[2])


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


@pytest.fixture
def in_the_readers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = re.findall(r'^\{"kind": .*\}$', part_with_samples(), re.MULTILINE)
    (tmp_path / "mine.jsonl").write_text("\n".join(events), encoding="utf-8")
    (tmp_path / "bad.jsonl").write_text("\n".join(WITH_MISTAKES), encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_each_step_has_a_sample_with_its_output() -> None:
    named = [sample.words[0] for sample in samples() if sample.shown or sample.remark]
    assert named == ["import", "import", "gains", "quarterly", "gains", "gains"]


@pytest.mark.usefixtures("in_the_readers_folder")
def test_every_sample_prints_what_the_guide_shows(lotwork: Caller) -> None:
    for sample in samples():
        told = lotwork(*sample.words, code=3 if "bad.jsonl" in sample.words else 0)
        if sample.shown:
            assert lines(told.out + told.err) == sample.shown
        for amount in re.findall(r"-?\d+\.\d\d", sample.remark):
            assert re.search(rf" {amount} ", told.out), sample.remark
