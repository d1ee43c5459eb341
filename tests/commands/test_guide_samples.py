"""The samples of the guide, called in its order on a home of their own: what the page shows is what its reader sees."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.commands.calling import Caller, Told

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide.md"
FIRST, LAST = "## 3. Say who you are", "## 6. When something was wrong"
ONE_MINUTE, DEMO = "## One minute", "## 2. Look around in the demo"
FILED, PLANS = "## 7. File the year", "## 8. Plan"
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


FILING = re.compile(r"filing-[0-9a-f]{24}")


def part_with_samples(first: str = FIRST, last: str = LAST, page: Path = GUIDE) -> str:
    text = page.read_text(encoding="utf-8")
    return text[text.index(first) : text.index("\n## ", text.index(last))]


def samples(part: str) -> Iterator[Sample]:
    for block in re.findall(r"^```\n(.*?)^```", part, re.MULTILINE | re.DOTALL):
        for told in re.split(r"^\$ (?:\.venv/bin/)?lotwork ", block, flags=re.MULTILINE)[1:]:
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
    named = [sample.words[0] for sample in samples(part_with_samples()) if sample.shown or sample.remark]
    assert named == ["import", "import", "gains", "quarterly", "gains", "gains"]


@pytest.mark.usefixtures("in_the_readers_folder")
def test_every_sample_prints_what_the_guide_shows(lotwork: Caller) -> None:
    for sample in samples(part_with_samples()):
        holds(sample, lotwork(*sample.words, code=3 if "bad.jsonl" in sample.words else 0))
    (sale,) = (sample for sample in samples(part_with_samples(PLANS, PLANS)) if sample.words[:2] == ["plan", "sale"])
    assert "Least tax" in lotwork(*sale.words, "--as-of", "2026-11-22", code=None).out


def holds(sample: Sample, told: Told) -> None:
    if sample.shown:
        assert [FILING.sub("filing-", line) for line in lines(told.out + told.err)] == [
            FILING.sub("filing-", line) for line in sample.shown
        ]
    for amount in re.findall(r"-?[\d,]*\d\.\d\d", sample.remark):
        assert re.search(rf" {amount} ", told.out), sample.remark


def test_every_sample_of_the_demo_prints_what_is_shown(lotwork: Caller) -> None:
    lotwork("demo")
    shown = [
        *samples(part_with_samples(ONE_MINUTE, ONE_MINUTE, ROOT / "README.md")),
        *samples(part_with_samples(DEMO, DEMO)),
        *samples(part_with_samples(FILED, FILED)),
    ]
    assert [sample.words[0] for sample in shown] == ["quarterly", "quarterly", "file", "file", "add", "diff"]
    for sample in shown:
        assert sample.words[sample.words.index("--book") + 1] == "demo"
        holds(sample, lotwork(*sample.words, code=int(sample.words[0] in ("quarterly", "diff"))))
