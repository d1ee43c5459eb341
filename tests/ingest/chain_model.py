"""A chain in memory that serves raw blocks and reorganises at will: the watcher's world without a node."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.bitcoin.scripts import CHAINS
from lotwork.ingest.bitcoin.wire import double_sha256, merkle_root

GENESIS = CHAINS["bitcoin-regtest"].genesis
GENESIS_TIME = 1_767_225_600  # 2026-01-01
GENESIS_HEADER = bytes.fromhex(
    f"01000000{64 * '0'}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000"
)
RULES_HERE = RULES["bitcoin-regtest"]
MOST_PAID = 5_000
MATURITY = 100

Outpoint = tuple[bytes, int]


@dataclass(frozen=True)
class Paid:
    script: bytes
    value: int


@dataclass(frozen=True)
class Tx:
    """A transaction: what it spends and pays, and its raw form."""

    inputs: tuple[Outpoint, ...]
    outputs: tuple[Paid, ...]
    raw: bytes
    txid: bytes
    coinbase: bool = False


def make_tx(inputs: Iterable[Outpoint], outputs: Iterable[Paid], *, tag: int = 0) -> Tx:
    inputs, outputs = tuple(inputs), tuple(outputs)
    raw = b"".join(
        [
            struct.pack("<iB", 2, len(inputs)),
            *(txid + struct.pack("<IB", vout, 0) + b"\xff\xff\xff\xff" for txid, vout in inputs),
            struct.pack("<B", len(outputs)),
            *(struct.pack("<qB", paid.value, len(paid.script)) + paid.script for paid in outputs),
            struct.pack("<I", tag),
        ]
    )
    return Tx(inputs, outputs, raw, double_sha256(raw))


def height_pushed(height: int) -> bytes:
    """Return *height* as a coinbase begins with it (BIP34)."""
    if height <= 16:
        return bytes([0x50 + height])
    digits = height.to_bytes(height.bit_length() // 8 + 1, "little")
    return bytes([len(digits)]) + digits


def make_coinbase(height: int, script: bytes, value: int, nonce: int) -> Tx:
    signature = height_pushed(height) + struct.pack("<BQ", 8, nonce)
    raw = b"".join(
        [
            struct.pack("<iB", 2, 1),
            bytes(32) + struct.pack("<I", 0xFFFFFFFF),
            struct.pack("<B", len(signature)) + signature + b"\xff\xff\xff\xff",
            struct.pack("<BqB", 1, value, len(script)) + script,
            struct.pack("<I", 0),
        ]
    )
    return Tx((), (Paid(script, value),), raw, double_sha256(raw), coinbase=True)


@dataclass(frozen=True)
class Block:
    height: int
    time: int
    block_hash: str
    raw: bytes
    txs: tuple[Tx, ...]


@dataclass
class Coin:
    script: bytes
    value: int
    height: int
    coinbase: bool


def worked(begin: bytes, time: int, bits: int = 0x207FFFFF) -> bytes:
    """Return the header that *begin* begins, with the work it claims."""
    nonce = 0
    while True:
        header = begin + struct.pack("<III", time, bits, nonce)
        if RULES_HERE.refuses_work(header, bits, 1) is None:
            return header
        nonce += 1


@dataclass
class ChainModel:
    """The best chain as a list of blocks above the genesis block; other branches are lists somebody kept.

    No block that was ever *mined* is forgotten, as a node forgets none that it has left.
    """

    blocks: list[Block] = field(default_factory=list)
    nonce: int = 0
    mined: dict[str, Block] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return len(self.blocks)

    def hash_at(self, height: int) -> str:
        return self.blocks[height - 1].block_hash if height else GENESIS

    def median_at(self, height: int) -> int:
        times = sorted([block.time for block in self.blocks[max(0, height - 11) : height]] or [GENESIS_TIME])
        return times[len(times) // 2]

    def mine(self, txs: Iterable[Tx], script: bytes, *, skew: int = 0) -> Block:
        """Put a block on the tip; *skew* is how wrong its miner's clock goes, within the consensus rule."""
        self.nonce += 1
        height = self.height + 1
        txs = (make_coinbase(height, script, min(MOST_PAID, RULES_HERE.subsidy(height)), self.nonce), *txs)
        time = max(self.median_at(height - 1) + 1, GENESIS_TIME + 600 * height + skew)
        root = merkle_root([tx.txid for tx in txs])
        assert root is not None
        header = worked(struct.pack("<i", 4) + bytes.fromhex(self.hash_at(height - 1))[::-1] + root, time)
        raw = header + struct.pack("<B", len(txs)) + b"".join(tx.raw for tx in txs)
        block = Block(height, time, double_sha256(header)[::-1].hex(), raw, txs)
        self.blocks.append(block)
        self.mined[block.block_hash] = block
        return block

    def unspent(self) -> dict[Outpoint, Coin]:
        """Return every unspent output of the best chain."""
        found: dict[Outpoint, Coin] = {}
        for block in self.blocks:
            for tx in block.txs:
                for spent in tx.inputs:
                    found.pop(spent, None)
                for vout, paid in enumerate(tx.outputs):
                    found[tx.txid, vout] = Coin(paid.script, paid.value, block.height, tx.coinbase)
        return found


class ModelNode:
    """The model as a node; *interrupt* is called at every question, and may change the chain under the reading."""

    def __init__(
        self, chain: ChainModel, *, limit: int | None = None, interrupt: Callable[[], None] | None = None
    ) -> None:
        self.chain = chain
        self.limit = limit
        self.interrupt = interrupt or (lambda: None)
        self.progress: str | None = None
        self.genesis = GENESIS
        self.open = True

    def tip_height(self) -> int:
        self.interrupt()
        return self.chain.height if self.limit is None else min(self.limit, self.chain.height)

    def block_hash(self, height: int) -> str | None:
        self.interrupt()
        if height > self.tip_height():
            return None
        if height == 0:
            return self.genesis
        return self.chain.hash_at(height)

    def raw_block(self, block_hash: str) -> bytes:
        self.interrupt()
        return self.chain.mined[block_hash].raw

    def raw_header(self, block_hash: str) -> bytes:
        self.interrupt()
        if block_hash == GENESIS:
            return GENESIS_HEADER
        return self.chain.mined[block_hash].raw[:80]

    def downloading(self) -> str | None:
        return self.progress

    def close(self) -> None:
        self.open = False
