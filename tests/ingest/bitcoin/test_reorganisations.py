"""Random worlds: whatever the chain does, the ledger is the one a fresh scan of the final chain would write.

Each world is told by its seed alone; a failure names it.
"""

from __future__ import annotations

from collections import Counter

import pytest

import lotwork.ingest.bitcoin.index.look
import lotwork.ingest.bitcoin.scan
from tests.ingest.bitcoin.worlds import IndexWorld, World, live_through, trios

WORLDS = 520
INDEX_WORLDS = 120
TRIOS = 8
"""Worlds read in three ways in a run; `tests.faults.whole` takes more."""


@pytest.mark.seeded
@pytest.mark.parametrize("window", [12, 288])
@pytest.mark.parametrize("part", range(10))
def test_the_ledger_is_that_of_a_fresh_scan_whatever_the_chain_did(
    part: int, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in_worlds(World, part, WORLDS // 20, window, monkeypatch)


@pytest.mark.seeded
@pytest.mark.parametrize("window", [12, 288])
@pytest.mark.parametrize("part", range(2))
def test_a_server_of_histories_tells_what_a_node_s_fresh_scan_tells(
    part: int, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_in_worlds(IndexWorld, part, INDEX_WORLDS // 4, window, monkeypatch)


def live_in_worlds(kind: type[World], part: int, worlds: int, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lotwork.ingest.bitcoin.scan, "WINDOW", window)
    monkeypatch.setattr(lotwork.ingest.bitcoin.index.look, "WINDOW", window)
    told: Counter[str] = Counter()
    for number in range(worlds):
        seed = part * 1_000 + number + window * 100_000
        world = kind(seed)
        try:
            live_through(world)
        except AssertionError as difference:
            raise AssertionError(f"world {seed}: {difference}") from difference
        told.update(
            word for event in world.log.events for word in ("orphaned", "restored", "moved") if word in event.id
        )
        told.update(type(event).__name__ for event in world.log.events)
    assert min(told[word] for word in ("orphaned", "restored", "moved", "Receipt", "Transfer", "Movement")) > 0, (
        f"these worlds were too quiet to prove anything: {told}"
    )


@pytest.mark.seeded
def test_node_electrum_and_esplora_read_one_chain_alike_down_to_the_wire() -> None:
    counted = trios(range(TRIOS))
    assert counted["branches"] > TRIOS
    assert counted["events"] > TRIOS
