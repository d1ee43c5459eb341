"""Random worlds asked of several nodes behind one address: each question is answered on any branch, or not at all.

Polls are cut off before their page is recorded, and go on while the chain lives. Once the nodes agree again and a block
comes, the ledger is the one a fresh scan would write, and no source stays stuck.
"""

from __future__ import annotations

from collections import Counter
from unittest import mock

import pytest

from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.ingest.bitcoin.worlds import LOOK, SCAN, WINDOWS, IndexWorld, World, check, check_coins
from tests.ingest.chain_model import Block, ModelNode

POLLS_TO_GET_OVER_IT = 300
SAID = (
    "moved", "not where it was told", "refused", "counts other", "no more that it proved", "behind", "does not follow",
)  # fmt: skip
"""What a watcher says of nodes that do not agree."""


class Several:
    """Answers each question on the branch of one node or another; honest again at its end."""

    def __init__(self, world: World, often: float) -> None:
        self._world = world
        self._often = often
        self._true: list[Block] = world.chain.blocks

    def __call__(self) -> None:
        """Take the next question."""
        world, drawn = self._world, self._world.chance.random()
        if drawn < self._often and world.branches:
            blocks = world.chance.choice(world.branches)
            late = world.chance.choice((0, 0, 0, 0, 1, 3, 8, 40))
            world.chain.blocks = blocks[: max(1, len(blocks) - late)]
        elif drawn < 2 * self._often:
            world.chain.blocks = self._true
        elif drawn < 2.3 * self._often:
            raise SourceUnreachableError("it moved out of reach")

    def end(self) -> None:
        self._world.chain.blocks = self._true


def polls(world: World, times: int) -> Counter[str]:
    """Look so many times at nodes that do not agree; some looks are cut off before they are recorded."""
    told: Counter[str] = Counter()
    for _ in range(times):
        several = Several(world, world.chance.choice((0.02, 0.1, 0.3)))
        source = world.source(world.log, ModelNode(world.chain, interrupt=several))
        try:
            page = source.fetch_since(world.cursor)
        except (SourceUnreachableError, SourceRefusedError):
            told["refused"] += 1
        else:
            told["taken"] += 1
            if world.chance.random() < 0.8:
                world.log.append(page.events)
                world.cursor = page.cursor
        finally:
            several.end()
        world.clock.move(60)
    return told


def gets_over_it(world: World) -> None:
    """Read on with nodes that agree, once a block came; the ledger is that of a fresh scan."""
    world.mine([])
    assert any(world.poll(pages=1) for _ in range(POLLS_TO_GET_OVER_IT)), "it is stuck"
    world.poll()
    check(world)


@pytest.mark.seeded
@pytest.mark.parametrize("kind", [World, IndexWorld])
@pytest.mark.parametrize("part", range(2))
def test_whatever_several_nodes_behind_one_address_tell_the_ledger_ends_true(kind: type[World], part: int) -> None:
    told: Counter[str] = Counter()
    for seed in (*range(part * 1_000, part * 1_000 + 12), 1158 + part):
        window = WINDOWS[seed % 2]
        with mock.patch(f"{SCAN}.WINDOW", window), mock.patch(f"{LOOK}.WINDOW", window):
            world = kind(seed)
            world.unsteady = SAID
            try:
                for _ in range(world.chance.randint(2, 5)):
                    gets_over_it(world)
                    world.live()
                    told += polls(world, world.chance.randint(1, 6))
                    if world.chance.random() < 0.5:
                        world.live()
                gets_over_it(world)
                if world.chance.random() < 0.3:
                    check_coins(world)
            except AssertionError as difference:
                raise AssertionError(f"world {seed}: {difference}") from difference
    assert min(told["refused"], told["taken"]) > 0
