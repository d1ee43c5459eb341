"""Every word of a litecoind, and every byte of its blocks, changed one at a time: nothing false is recorded.

What it answers in one look is written down once, and told again with one word of it changed. `make fuzz` draws others
each round; all of them take ten minutes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import pytest

from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.rpc import RpcNode
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.errors import LotworkError
from lotwork.ledger.events import Event
from tests.drawing import stream
from tests.ingest.bitcoin.test_believed import section
from tests.ingest.lies import Unhurried, lies
from tests.ingest.memory_log import MemoryLog
from tests.litecoin_node import LitecoinNode, LitecoinRpcError

Lie: TypeAlias = tuple[str, Any]
"""What was asked, and what is answered to it."""
LIES_TOLD = 100


class Told(RpcNode):
    """Answers by what was asked, in place of a connection; what is not there is asked of *node*, if any."""

    def __init__(self, said: dict[str, Any], node: LitecoinNode | None = None) -> None:
        super().__init__("http://127.0.0.1:1", "", "", deadline=Deadline(Unhurried(), 1_000))
        self.said = said
        self.node = node

    def _ask(self, method: str, *args: Any, absent: int | None = None) -> Any:
        key = json.dumps([method, args])
        if key not in self.said:
            if self.node is None:
                raise self._told(method, {"code": -5, "message": "not known here"})
            try:
                self.said[key] = self.node.ask(method, *args)
            except LitecoinRpcError:
                assert absent is not None
                self.said[key] = None
        return copy.deepcopy(self.said[key])

    def close(self) -> None:
        """There is nothing to close."""


def lies_and_bits(answer: Any) -> Iterator[Any]:
    """Yield the *answer* changed, and where it is a block or a header, with a bit of each byte flipped."""
    yield from lies(answer)
    if isinstance(answer, str) and len(answer) > 64:
        raw = bytes.fromhex(answer)
        for place, byte in enumerate(raw):
            for bit in (1, 128):
                yield (raw[:place] + bytes([byte ^ bit]) + raw[place + 1 :]).hex()


def look(there: BitcoinSection, told: Told, log: MemoryLog, cursor: str | None) -> str | None:
    page = BitcoinNode(there, log, Unhurried(), connect=lambda: told).fetch_since(cursor)
    log.append(page.events)
    return page.cursor


def plain(events: list[Event]) -> dict[str, Event]:
    return {event.id: msgspec.structs.replace(event, evidence=None) for event in events}


def believe_no_lie(folder: Path, chosen: Callable[[Sequence[Lie]], Sequence[Lie]]) -> tuple[int, int]:
    """Tell those of all lies that are *chosen*, one at a time; return how many were told, and refused."""
    node = LitecoinNode(folder / "node").start()
    try:
        node.open_wallet("own")
        own, stranger = node.new_address("own"), node.new_address("own")
        node.mine(2, own)
        node.mine(100, stranger)
        for coin in node.coins_of("own", own)[:2]:
            node.pay([coin], {own: "49.9"}, "own")
        first = node.height + 1
        node.mine(1, own)
        node.mine(2, stranger)
        script = node.ask("getaddressinfo", own, wallet="own")["scriptPubKey"]
        rig = WalletSection(wallet="rig", watch=(script,), meaning="pool_payout")
        there = msgspec.structs.replace(
            section(chain="litecoin-regtest", start_height=first), wallets=(rig,), confirmations=1
        )
        said: dict[str, Any] = {}
        honest = MemoryLog()
        look(there, Told(said, node), honest, None)
        truth = plain(honest.events)
        assert len(truth) == 2
        told = [(key, lie) for key, answer in said.items() for lie in lies_and_bits(answer)]
        assert len(told) > 4_000
        refused = 0
        picked = chosen(told)
        for key, lie in picked:
            log, cursor = MemoryLog(), None
            words = f"{key}: {str(lie)[:200]}"
            try:
                cursor = look(there, Told({**said, key: lie}), log, None)
            except LotworkError:
                refused += 1
                assert log.events == [], words
            assert plain(log.events).items() <= truth.items(), words
            for _ in range(2):  # what was read of a chain that seemed to end is read on
                cursor = look(there, Told(said, node), log, cursor)
            assert plain(log.events) == truth, words
        return len(picked), refused
    finally:
        node.kill()


@pytest.mark.node
def test_one_word_or_bit_changed_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    told, refused = believe_no_lie(tmp_path, lambda lies: stream(9).sample(lies, LIES_TOLD))
    assert refused > told // 4
