"""A chain's own node tells its difficulty: from the height in force at the start, each height once, work checked."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.ingest.bitcoin import node_difficulty
from lotwork.ingest.bitcoin.node_difficulty import DEEP, NodeDifficulties, difficulty_of
from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import ConfigError, SourceRefusedError
from lotwork.ledger.events import Difficulty
from tests.ingest.chain_model import ChainModel, ModelNode
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.pools.kit import world

STEP = 10


@pytest.fixture(autouse=True)
def _as_if_worked(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Give a model's blocks, which cost nothing, the difficulty 1: theirs rounds to 0, which no event may say."""
    if "bits" not in request.fixturenames:
        monkeypatch.setattr(node_difficulty, "difficulty_of", lambda _: Decimal(1))


class Lying(ModelNode):
    """A node that changes one byte of the work of every header it gives."""

    def raw_header(self, block_hash: str) -> bytes:
        raw = super().raw_header(block_hash)
        return raw[:76] + bytes([raw[76] ^ 1]) + raw[77:]


def source_of(chain: ChainModel, start: int, kind: type[ModelNode] = ModelNode) -> NodeDifficulties:
    at = datetime.fromtimestamp(chain.blocks[start - 1].time, UTC)
    return NodeDifficulties(
        name="own", book="main", asset="DOGE", rules=RULES["bitcoin-regtest"], start=at, step=STEP,
        connect=lambda: kind(chain), evidence=MemoryEvidence(), clock=SetClock(datetime(2026, 12, 1, tzinfo=UTC)),
    )  # fmt: skip


def grown(blocks: int) -> ChainModel:
    chain = ChainModel()
    for _ in range(blocks):
        chain.mine([], b"Q")
    return chain


@pytest.mark.parametrize(("start", "first"), [(35, 30), (30, 30), (29, 20), (5, 0)])
def test_it_begins_at_the_height_in_force_at_the_start_and_tells_each_once(start: int, first: int) -> None:
    chain = grown(64)
    source = source_of(chain, start)
    page = source.fetch_since(None)
    heights = [event.height for event in page.events if isinstance(event, Difficulty)]
    assert heights == [*range(first, 64 - DEEP + 1, STEP)]
    assert [event.id for event in page.events] == [f"difficulty:DOGE:{height}" for height in heights]
    assert all(event.at.timestamp() == chain.blocks[at - 1].time for event, at in zip(page.events, heights, strict=True)
               if at)  # fmt: skip
    assert (page.more, source.fetch_since(page.cursor).events) == (False, ())
    for _ in range(STEP):
        chain.mine([], b"Q")
    more = source.fetch_since(page.cursor)
    assert [event.id for event in more.events] == ["difficulty:DOGE:60"]


def test_a_header_without_its_work_is_refused() -> None:
    with pytest.raises(SourceRefusedError):
        source_of(grown(64), 35, Lying).fetch_since(None)


@pytest.mark.parametrize(
    ("bits", "difficulty"),
    [
        (0x1D00FFFF, "1"),
        (0x1B0404CB, "16307.42093852"),
        (0x170331DB, "88104191118793.18237712"),
    ],
)
def test_the_difficulty_is_that_of_the_target(bits: int, difficulty: str) -> None:
    assert abs(difficulty_of(bits) / Decimal(difficulty) - 1) < Decimal("0.0001")


def test_dogecoin_is_told_by_a_node_alone(tmp_path: Path) -> None:
    settings = {"start": "2026-01-01", "asset": "DOGE"}
    with (
        pytest.raises(ConfigError, match="name a node of your own as `node_url`"),
        world("difficulty", settings, lambda _: [], tmp_path),
    ):
        pass
