"""A chain of some three blocks a day over the whole year, with reorganisations, as an Esplora tells it on any day.

Blocks, work and proofs are true ones (regtest); what is asked is answered from an index of scripts, so that a year is
told in milliseconds.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.bitcoin.scripts import CHAINS, address_of_script
from lotwork.ingest.bitcoin.wire import double_sha256, merkle_root
from tests.ingest.chain_model import GENESIS, GENESIS_HEADER, Outpoint, Paid, Tx, height_pushed, make_tx, worked
from tests.ingest.index_model import branch_of
from tests.year.truth import seconds

REGTEST = CHAINS["bitcoin-regtest"]
STRANGER = b"\x00\x14" + b"\x5a" * 20
PAGE = 25


def script_of(wallet: str) -> bytes:
    """Return the one script of a wallet."""
    return b"\x00\x14" + double_sha256(wallet.encode())[:20]


def address_of(wallet: str) -> str:
    """Return the address of that script."""
    return address_of_script(script_of(wallet), REGTEST)


@dataclass(kw_only=True)
class Payment:
    """Coins that somebody pays to wallets in a transaction, or in the coinbase of the block it is mined in."""

    at: datetime
    """The instant of the block that holds it at last."""
    outputs: dict[str, int]
    """Satoshis by wallet."""
    spends: str = ""
    """The own wallet that pays; a stranger's coins otherwise."""
    fee: int = 0
    in_coinbase: bool = False
    first_at: datetime | None = None
    """Where a reorganisation moved it among the blocks that it brought: the instant of its first block."""
    orphaned: bool = False
    """Whether no block holds it at last."""
    txid: str = ""
    tx: Tx | None = None


@dataclass(frozen=True)
class Block:
    """A block and where it stands."""

    height: int
    at: datetime
    name: str
    header: bytes
    txs: tuple[Tx, ...]


@dataclass(kw_only=True)
class Reorganisation:
    """At an instant all blocks `since` another are undone, and others stand in their place."""

    since: datetime
    at: datetime


def coinbase(height: int, outputs: Sequence[Paid]) -> Tx:
    """Return a coinbase that pays *outputs*."""
    begins = height_pushed(height) + b"year"
    raw = b"".join(
        [
            struct.pack("<iB", 2, 1), bytes(32), struct.pack("<I", 0xFFFFFFFF),
            struct.pack("<B", len(begins)), begins, b"\xff" * 4,
            struct.pack("<B", len(outputs)),
            *(struct.pack("<qB", paid.value, len(paid.script)) + paid.script for paid in outputs),
            struct.pack("<I", 0),
        ]
    )  # fmt: skip
    return Tx((), tuple(outputs), raw, double_sha256(raw), coinbase=True)


def subsidy(height: int) -> int:
    """Return what a block makes out of nothing on this chain, where it halves every 150 blocks."""
    return RULES["bitcoin-regtest"].subsidy(height)


@dataclass
class Chain:
    """The best chain as anybody sees it on any day."""

    views: list[tuple[datetime, list[Block]]] = field(default_factory=list)
    """From when on which blocks are the best chain; those of the future among them."""
    number: int = 0
    unspent: dict[str, list[tuple[Outpoint, int]]] = field(default_factory=lambda: defaultdict(list))

    def grow(self, ticks: Sequence[datetime], payments: Sequence[Payment], moves: Sequence[Reorganisation]) -> None:
        """Mine a block at each of *ticks* and wherever a payment says, and switch where it reorganises."""
        blocks: list[Block] = []
        begins = done = ticks[0]
        for move in sorted(moves, key=lambda one: one.at):
            self._extend(blocks, ticks, payments, done, move.at)
            self.views.append((begins, blocks))
            kept = [block for block in blocks if block.at < move.since]
            stale = [block.at for block in blocks if block.at >= move.since]
            again = _by_block(payments, lambda one: () if one.orphaned else (one.at,), move.since, move.at)
            for at in sorted({at + timedelta(seconds=7) for at in stale if at not in again} | again.keys()):
                self._mine(kept, at, again[at])
            self._mine(kept, move.at, [])  # the branch with more work is the best
            begins, done, blocks = move.at, move.at + timedelta(seconds=1), kept
        self._extend(blocks, ticks, payments, done, ticks[-1])
        self.views.append((begins, blocks))

    def _extend(
        self,
        blocks: list[Block],
        ticks: Sequence[datetime],
        payments: Sequence[Payment],
        since: datetime,
        until: datetime,
    ) -> None:
        held = _by_block(payments, lambda one: (one.first_at or one.at,), since, until)
        for at in sorted({at for at in ticks if since <= at < until} | held.keys()):
            self._mine(blocks, at, held[at])

    def _mine(self, blocks: list[Block], at: datetime, payments: Sequence[Payment]) -> None:
        height = len(blocks) + 1
        made = [payment for payment in payments if payment.in_coinbase]
        txs = [self._tx(payment) for payment in payments if not payment.in_coinbase]
        paid = [Paid(script_of(wallet), sats) for one in made for wallet, sats in one.outputs.items()]
        rest = subsidy(height) - sum(each.value for each in paid)
        assert rest >= 0, f"block {height} makes less than {sum(each.value for each in paid)}"
        first = coinbase(height, [*paid, Paid(STRANGER, rest)])
        for payment in made:
            payment.tx, payment.txid = first, first.txid[::-1].hex()
        root = merkle_root([first.txid, *(tx.txid for tx in txs)])
        assert root is not None
        before = bytes.fromhex(blocks[-1].name if blocks else GENESIS)[::-1]
        header = worked(struct.pack("<i", 4) + before + root, seconds(at))
        blocks.append(Block(height, at, double_sha256(header)[::-1].hex(), header, (first, *txs)))

    def _tx(self, payment: Payment) -> Tx:
        """Return the transaction of *payment*, the same one in whichever block."""
        if payment.tx is None:
            self.number += 1
            paid = [Paid(script_of(wallet), sats) for wallet, sats in payment.outputs.items()]
            inputs: list[Outpoint] = [(double_sha256(b"%d" % self.number), 0)]
            if payment.spends:
                held, self.unspent[payment.spends] = self.unspent[payment.spends], []
                inputs = [outpoint for outpoint, _ in held]
                change = sum(sats for _, sats in held) - payment.fee - sum(payment.outputs.values())
                assert change > 0, f"{payment.spends} holds too little on {payment.at}"
                paid.append(Paid(script_of(payment.spends), change))
            payment.tx = make_tx(inputs, paid, tag=self.number)
            payment.txid = payment.tx.txid[::-1].hex()
            owners = {script_of(wallet): wallet for wallet in (*payment.outputs, payment.spends)}
            for vout, each in enumerate(paid):
                self.unspent[owners[each.script]].append(((payment.tx.txid, vout), each.value))
        return payment.tx

    def blocks(self, now: datetime) -> list[Block]:
        """Return the best chain as it stood."""
        blocks = next(blocks for begins, blocks in reversed(self.views) if begins <= now)
        return blocks[: bisect_right(blocks, now, key=lambda block: block.at)]


def _by_block(
    payments: Iterable[Payment], places: Callable[[Payment], Iterable[datetime]], since: datetime, until: datetime
) -> defaultdict[datetime, list[Payment]]:
    """Return *payments* by the instant of each block from *since* to *until* that *places* says holds them."""
    held: defaultdict[datetime, list[Payment]] = defaultdict(list)
    for payment in payments:
        for at in places(payment):
            if since <= at < until:
                held[at].append(payment)
    return held


class Esplora:
    """Answers the questions of an Esplora as of an instant."""

    def __init__(self, chain: Chain, wallets: Sequence[str]) -> None:
        self._chain = chain
        self._scripts = {address_of(wallet): script_of(wallet) for wallet in wallets}
        self._histories: dict[tuple[str, str], list[tuple[Block, Tx, int, int]]] = {}
        self._headers = {block.name: block.header for _, view in chain.views for block in view}
        self._headers[GENESIS] = GENESIS_HEADER

    def answer(self, path: str, now: datetime) -> object:
        """Return text, a value for JSON, or None for what is not there."""
        blocks = self._chain.blocks(now)
        words = path.strip("/").split("/")
        asked: dict[str, Callable[[], object]] = {
            "blocks": lambda: str(len(blocks)),
            "block-height": lambda: self._named(blocks, int(words[1])),
            "block": lambda: self._headers[words[1]].hex() if words[1] in self._headers else None,
            "address": lambda: self._address(blocks, words),
            "tx": lambda: self._transaction(blocks, words),
        }
        return asked[words[0]]()

    @staticmethod
    def _named(blocks: Sequence[Block], height: int) -> str | None:
        if height == 0:
            return GENESIS
        return blocks[height - 1].name if height <= len(blocks) else None

    def _history(self, blocks: Sequence[Block], address: str) -> list[tuple[Block, Tx, int, int]]:
        """Return (block, transaction, received, spent) of *address*, oldest first."""
        place = address, blocks[-1].name
        if place not in self._histories:
            script = self._scripts.get(address)
            self._histories[place] = [] if script is None else self._read(blocks, script)
        return self._histories[place]

    @staticmethod
    def _read(blocks: Sequence[Block], script: bytes) -> list[tuple[Block, Tx, int, int]]:
        held: dict[Outpoint, int] = {}
        found = []
        for block in blocks:
            for tx in block.txs:
                spent = sum(held.pop(each) for each in tx.inputs if each in held)
                own = {(tx.txid, vout): paid.value for vout, paid in enumerate(tx.outputs) if paid.script == script}
                held.update(own)
                if spent or own:
                    found.append((block, tx, sum(own.values()), spent))
        return found

    def _address(self, blocks: Sequence[Block], words: Sequence[str]) -> object:
        history = self._history(blocks, words[1])
        if len(words) == len(("address", "NAME")):
            stats = {
                "funded_txo_count": sum(got > 0 for _, _, got, _ in history),
                "funded_txo_sum": sum(got for _, _, got, _ in history),
                "spent_txo_count": sum(spent > 0 for _, _, _, spent in history),
                "spent_txo_sum": sum(spent for _, _, _, spent in history),
                "tx_count": len(history),
            }
            return {"address": words[1], "chain_stats": stats, "mempool_stats": dict.fromkeys(stats, 0)}
        newest = [(tx.txid[::-1].hex(), block) for block, tx, _, _ in history[::-1]]
        last = words[4:5]  # /address/NAME/txs/chain/LAST
        begin = next(place for place, (name, _) in enumerate(newest, 1) if name == last[0]) if last else 0
        return [
            {"txid": name, "version": 2, "vout": [], "status": _status(block)}
            for name, block in newest[begin : begin + PAGE]
        ]

    @staticmethod
    def _transaction(blocks: Sequence[Block], words: Sequence[str]) -> object:
        for block in blocks:
            names = [tx.txid[::-1].hex() for tx in block.txs]
            if words[1] not in names:
                continue
            place = names.index(words[1])
            if words[2] == "hex":
                return block.txs[place].raw.hex()
            branch = branch_of([tx.txid for tx in block.txs], place)
            merkle = [each[::-1].hex() for each in branch.hashes]
            return {"block_height": block.height, "merkle": merkle, "pos": place}
        return None


def _status(block: Block) -> dict[str, object]:
    named = {"block_height": block.height, "block_hash": block.name, "block_time": seconds(block.at)}
    return {"confirmed": True, **named}
