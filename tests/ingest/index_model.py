"""The model chain as a server of histories tells it, proofs and all; it never sees a settings file or a wallet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from lotwork.ingest.bitcoin.index.asked import Branch, Entry, Listed
from lotwork.ingest.bitcoin.wire import double_sha256
from lotwork.ledger.errors import SourceUnreachableError
from tests.ingest.chain_model import GENESIS, GENESIS_HEADER, ChainModel

T = TypeVar("T")


def branch_of(hashes: list[bytes], place: int) -> Branch:
    """Return the way from the hash at *place* to the root over *hashes*."""
    beside, at, row = [], place, list(hashes)
    while len(row) > 1:
        if len(row) % 2:
            row.append(row[-1])
        beside.append(row[at ^ 1])
        row = [double_sha256(left + right) for left, right in zip(row[::2], row[1::2], strict=True)]
        at //= 2
    return Branch(place, tuple(beside))


class ModelIndex:
    """Answers as of the instant of each question; *interrupt* may change the chain under the reading."""

    def __init__(self, chain: ChainModel, *, interrupt: Callable[[], None] | None = None) -> None:
        self.chain = chain
        self.interrupt = interrupt or (lambda: None)
        self.asked = 0
        self.hidden: set[str] = set()
        """Transactions that its lists leave out."""

    def _question(self) -> None:
        self.asked += 1
        self.interrupt()

    def prepare(self, *_: object, **__: object) -> None:
        pass

    def tip_height(self) -> int:
        self._question()
        return self.chain.height

    def block_hash(self, height: int) -> str | None:
        self._question()
        return self.chain.hash_at(height) if 0 <= height <= self.chain.height else None

    def raw_header(self, block_hash: str) -> bytes:
        self._question()
        if block_hash == GENESIS:
            return GENESIS_HEADER
        return self._or_moved(block.raw[:80] for block in self.chain.blocks if block.block_hash == block_hash)

    def _entries(self, script: bytes) -> list[Entry]:
        paid: set[tuple[bytes, int]] = set()
        found = []
        for block in self.chain.blocks:
            for tx in block.txs:
                gives = any(spent in paid for spent in tx.inputs)
                own = [vout for vout, output in enumerate(tx.outputs) if output.script == script]
                paid.update((tx.txid, vout) for vout in own)
                if (gives or own) and tx.txid[::-1].hex() not in self.hidden:
                    found.append(Entry(block.height, tx.txid[::-1].hex()))
        return found

    def state(self, script: bytes) -> str:
        self._question()
        entries = self._entries(script)
        return double_sha256(repr(entries).encode()).hex() if entries else ""

    def history(self, script: bytes, above: int) -> Listed:
        self._question()
        entries = self._entries(script)
        return Listed(len(entries), tuple(entry for entry in entries if entry.height > above))

    def raw_transaction(self, txid: str) -> bytes:
        self._question()
        name = bytes.fromhex(txid)[::-1]
        return self._or_moved(tx.raw for block in self.chain.blocks for tx in block.txs if tx.txid == name)

    def branch(self, height: int, txid: str) -> Branch:
        self._question()
        block = self._or_moved(block for block in self.chain.blocks if block.height == height)
        names = [tx.txid for tx in block.txs]
        return self._or_moved(
            branch_of(names, place) for place, each in enumerate(names) if each == bytes.fromhex(txid)[::-1]
        )

    def _or_moved(self, found: Iterator[T]) -> T:
        """Return what is found; the error of a server whose chain has moved meanwhile where nothing is."""
        one = next(found, None)
        if one is None:
            raise SourceUnreachableError("the chain moved")
        return one

    def close(self) -> None:
        pass
