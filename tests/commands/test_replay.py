"""Replay: the same log comes to the same state, whoever asks and in which order it was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.calling import Caller
from tests.projections.house import receipt, sale

LEDGER = Path(__file__).parents[1] / "data" / "first_ledger.jsonl"
LINES = (
    receipt("a", "2024-05-01", "1"),
    receipt("b", "2025-01-01", "1", wallet="hot"),
    sale("s", "2025-03-01", "0.5", "9"),
)


def test_a_replay_has_every_key_of_the_contract_and_repeats_itself(lotwork: Caller) -> None:
    lotwork("import", LEDGER)
    told = lotwork("replay", "--json", code=1).result
    assert told.keys() >= {"events", "seconds", "events_per_second", "head", "state_digest"}
    assert told["events"] == 8
    assert told["state_digest"] == lotwork("replay", "--from-zero", "--json", code=1).result["state_digest"]
    assert f"state {told['state_digest']}" in lotwork("replay", code=1).out


def test_the_order_of_import_changes_the_head_and_not_the_state(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*LINES)
    one = lotwork("replay", "--json", code=None).result
    lotwork.home = tmp_path / "other"
    for line in reversed(LINES):
        lotwork.take(line)
    other = lotwork("replay", "--json", code=None).result
    assert one["state_digest"] == other["state_digest"]
    assert one["head"] != other["head"]


def test_up_to_a_position_is_the_state_of_then(lotwork: Caller) -> None:
    states = []
    for line in LINES:
        lotwork.take(line)
        states.append(lotwork("replay", "--json", code=None).result["state_digest"])
    for position, state in enumerate(states, start=1):
        told = lotwork("replay", "--up-to", str(position), "--json", code=None).result
        assert (told["state_digest"], told["position"], told["events"]) == (state, position, position)
    assert len(set(states)) == 3
    beyond = lotwork("replay", "--up-to", "4", "--json", code=None)
    assert (beyond.result["position"], beyond.result["state_digest"]) == (3, states[-1])
    assert beyond.err.startswith("--up-to is beyond the end of book main, whose last position is 3: all of it counts.")
    assert "beyond" not in lotwork("replay", "--up-to", "3", code=None).err


def test_another_folder_of_law_gives_another_digest_of_law(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*LINES)
    rules = Path(__file__).parents[2] / "rules"
    for file in rules.rglob("*.toml"):
        copy = tmp_path / "law" / file.relative_to(rules)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    same = lotwork("replay", "--law", tmp_path / "law", "--json", code=None).result["law"]
    assert same == lotwork("replay", "--json", code=None).result["law"]
    amt = tmp_path / "law" / "us" / "amt.toml"
    amt.write_text(amt.read_text(encoding="utf-8") + "\n# read again\n", encoding="utf-8")
    assert lotwork("replay", "--law", tmp_path / "law", "--json", code=None).result["law"] != same


@pytest.mark.parametrize("words", [("--law", "nowhere"), ("--up-to", "-1"), ("--up-to", "x")])
def test_a_replay_that_cannot_be_is_a_mistake_of_the_caller(lotwork: Caller, words: tuple[str, ...]) -> None:
    assert lotwork("replay", *words, code=2).err
