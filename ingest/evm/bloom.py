"""The bloom filter of a block's header: which logs the block cannot hold, proven by its hash.

Each contract that logged and each topic of its logs sets three of 2,048 bits (the Yellow Paper's M3:2048). A log whose
contract or topic lacks one of its bits is not there. One that has them all is there, or others set the same bits:
the block's receipts tell which.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import Any

from lotwork.ingest.evm.chain import Log, Sighting
from lotwork.ingest.evm.wire import read_bytes, read_quantity, read_receipt

BITS, BLOOM_BYTES = 2048, 256


class Question:
    """Which logs are looked for: of *contracts*, that begin with one of *topics* and name one of *named* after it."""

    def __init__(
        self,
        keccak: Callable[[bytes], bytes],
        contracts: Collection[str],
        topics: Collection[str],
        second_topic_of: Collection[str],
        named: Collection[str],
    ) -> None:
        @cache
        def mask(word: str) -> int:
            digest = keccak(bytes.fromhex(word[2:]))
            return sum({1 << (int.from_bytes(digest[place : place + 2], "big") % BITS) for place in (0, 2, 4)})

        self._contracts, self._topics, self._named = frozenset(contracts), frozenset(topics), frozenset(named)
        self._second_topic_of = frozenset(second_topic_of)
        self._masks = [[mask(word) for word in words] for words in (contracts, topics, named)]

    def may_be_in(self, block: dict[str, Any]) -> bool:
        """Say if the block may hold such a log, by the bloom in its header."""
        bloom = int(read_bytes(block.get("logsBloom"), BLOOM_BYTES), 16)
        return all(any(bloom & mask == mask for mask in masks) for masks in self._masks)

    def asks_for(self, log: Log) -> bool:
        """Say if *log* is one of those looked for."""
        first, *named = log.topics or ("",)
        names = named[: 2 if first in self._second_topic_of else 1]
        return log.contract in self._contracts and first in self._topics and bool(self._named & {*names})

    def seen_in(self, block: dict[str, Any], receipts: Collection[dict[str, Any]]) -> Iterator[Sighting]:
        """Yield where such logs stand in a block's *receipts*, which were checked against its root."""
        for receipt in map(read_receipt, receipts):
            if any(map(self.asks_for, receipt.logs)):
                yield Sighting(
                    transaction=receipt.transaction,
                    block_hash=receipt.block_hash,
                    height=read_quantity(block["number"]),
                )
