"""The guard over instructions says step by step what moved, and nothing where counts say nothing."""

from __future__ import annotations

import json

import pytest

from bench.guard import RECORDED, STEPS, TOLERANCE_PERCENT, differences, not_comparable
from bench.miner import POOLS, lines

HERE = {"python": "3.11", "machine": "x86_64"}


@pytest.mark.parametrize(
    ("now", "word", "is_more"),
    [
        (1_000_000 * (100 + TOLERANCE_PERCENT) // 100, "as recorded", False),
        (1_000_000 * (100 + TOLERANCE_PERCENT) // 100 + 1, "MORE", True),
        (1_000_000 * (100 - TOLERANCE_PERCENT) // 100, "as recorded", False),
        (900_000, "less, record anew", False),
    ],
)
def test_a_step_that_takes_more_than_is_let_pass_is_told(now: int, word: str, is_more: bool) -> None:
    told, more = differences({"replay": 1_000_000, "lots": 7}, {"replay": now, "lots": 7})
    assert (told[0].rpartition(": ")[2], more) == (word, is_more)
    assert told[1].endswith("+0.0 %: as recorded")


def test_a_step_that_was_not_recorded_or_is_gone_is_told() -> None:
    told, more = differences({"old": 1}, {"new": 1})
    assert [line.partition(":")[0] for line in told] == ["old", "new"]
    assert more


def test_counts_of_another_python_or_processor_are_not_compared() -> None:
    assert not not_comparable(HERE, HERE)
    assert "3.12" in not_comparable(HERE, HERE | {"python": "3.12"})
    assert "aarch64" in not_comparable(HERE, HERE | {"machine": "aarch64"})


def test_every_step_is_recorded() -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert recorded["instructions"].keys() == STEPS.keys()
    assert all(count > 0 for count in recorded["instructions"].values())


def test_the_miner_of_four_years_is_as_many_events_in_the_order_they_happen() -> None:
    told = list(lines(1_000))
    assert len(told) == 1_000
    assert [line["at"] for line in told] == sorted(line["at"] for line in told)
    assert {line["pool"] for line in told if line["kind"] == "receipt"} == POOLS.keys()
    assert len({line["id"] for line in told}) == 1_000
    assert told == list(lines(1_000)) != list(lines(1_000, seed=7))
    with pytest.raises(ValueError, match="too few"):
        list(lines(200))
