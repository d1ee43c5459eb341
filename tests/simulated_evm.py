"""An EVM chain in memory that can be mined, reorganised and misbehave, asked as a node is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

import msgspec

from lotwork.ingest.evm.chain import Block, Header, InnerPayment, Log, Sighting, Transaction, TransactionReceipt
from lotwork.ingest.evm.scan import DEPOSIT_TOPIC, TRANSFER_TOPIC, WITHDRAWAL_TOPIC, address_topic

ASKED_FOR = (TRANSFER_TOPIC, DEPOSIT_TOPIC, WITHDRAWAL_TOPIC)
GENESIS_SECOND = 1_767_225_600


def digest(*parts: object) -> str:
    return "0x" + hashlib.sha256(repr(parts).encode()).hexdigest()


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction to be mined: coins from one address to another, and what token contracts log meanwhile."""

    name: str
    sender: str
    to: str | None
    wei: int = 0
    gas_wei: int = 21_000
    succeeds: bool = True
    logs: tuple[Log, ...] = ()
    inner: tuple[tuple[str, str, int], ...] = ()
    """What contracts pass on inside: (from, to, wei)."""

    @property
    def hash(self) -> str:
        return digest("transaction", self.name)


def token_log(contract: str, sender: str, to: str, units: int) -> Log:
    return Log(
        contract=contract,
        topics=(TRANSFER_TOPIC, address_topic(sender), address_topic(to)),
        data=f"0x{units:064x}",
    )


def wrap_log(contract: str, owner: str, units: int, *, burnt: bool = False) -> Log:
    """Return what WETH9 logs when it mints, or burns, *units* of *owner*'s."""
    topic = WITHDRAWAL_TOPIC if burnt else DEPOSIT_TOPIC
    return Log(contract=contract, topics=(topic, address_topic(owner)), data=f"0x{units:064x}")


class MinedBlock(msgspec.Struct, frozen=True):
    """A header and what was mined under it."""

    header: Header
    moves: tuple[Move, ...]


class SimulatedEvm:
    """A `Chain` whose past can change."""

    def __init__(self, *, number: int = 1, seconds_per_block: int = 12) -> None:
        self.number = number
        self.seconds_per_block = seconds_per_block
        self.token_decimals: dict[str, int] = {}
        self.forks = 0
        self.asked = 0
        self.finality_depth = 0
        genesis = Header(height=0, hash=digest("genesis", number), parent=digest(""), timestamp=GENESIS_SECOND)
        self.mined = [MinedBlock(genesis, ())]

    # -- what happens to it

    def mine(self, *moves: Move) -> None:
        """Put *moves* in the next block."""
        below = self.mined[-1].header
        height = below.height + 1
        header = Header(
            height=height,
            hash=digest("block", below.hash, height, self.forks, [move.name for move in moves]),
            parent=below.hash,
            timestamp=below.timestamp + self.seconds_per_block,
        )
        self.mined.append(MinedBlock(header, moves))

    def cut(self, depth: int) -> list[MinedBlock]:
        """Take the newest *depth* blocks away, and return them; what is mined next is another branch."""
        depth = min(depth, len(self.mined) - 1)
        gone = self.mined[len(self.mined) - depth :]
        del self.mined[len(self.mined) - depth :]
        self.forks += 1
        return gone

    def switch(self, blocks: Sequence[MinedBlock]) -> None:
        """Go (back) to the branch *blocks*, upon the block they name."""
        height = blocks[0].header.height
        assert self.mined[height - 1].header.hash == blocks[0].header.parent
        del self.mined[height:]
        self.mined.extend(blocks)

    # -- what it is asked

    def chain_id(self) -> int:
        self.asked += 1
        return self.number

    def tip(self) -> int:
        return len(self.mined) - 1

    def settled(self, tag: str) -> int:
        assert tag == "finalized"
        return max(0, self.tip() - self.finality_depth)

    def headers(self, heights: Sequence[int]) -> list[Header | None]:
        return [self.mined[height].header if height < len(self.mined) else None for height in heights]

    def blocks(self, first: int, last: int, addresses: Collection[str]) -> list[Block]:
        found = []
        for mined in self.mined[first : last + 1]:
            moves = (Transaction(hash=move.hash, sender=move.sender, to=move.to, wei=move.wei) for move in mined.moves)
            concerned = tuple(transaction for transaction in moves if transaction.concerns(addresses))
            found.append(Block(header=mined.header, transactions=concerned))
        return found

    def receipts(self, transactions: Sequence[str]) -> list[TransactionReceipt | None]:
        known = {
            move.hash: TransactionReceipt(
                transaction=move.hash,
                index=index,
                block_hash=mined.header.hash,
                succeeded=move.succeeds,
                gas_wei=move.gas_wei,
                logs=move.logs if move.succeeds else (),
            )
            for mined in self.mined
            for index, move in enumerate(mined.moves)
        }
        return [known.get(name) for name in transactions]

    def transfers(
        self, first: int, last: int, contracts: Collection[str], addresses: Collection[str]
    ) -> list[Sighting]:
        topics = {address_topic(address) for address in addresses}
        return [
            Sighting(transaction=move.hash, block_hash=mined.header.hash, height=mined.header.height)
            for mined in self.mined[first : last + 1]
            for move in mined.moves
            if move.succeeds
            for log in move.logs
            if log.contract in contracts and log.topics[0] in ASKED_FOR and topics & set(log.topics[1:])
        ]

    def inner_payments(self, blocks: Sequence[str], addresses: Collection[str]) -> list[InnerPayment]:
        return [
            InnerPayment(
                transaction=move.hash,
                block_hash=mined.header.hash,
                ordinal=ordinal,
                sender=sender,
                to=to,
                wei=wei,
            )
            for mined in self.mined
            if mined.header.hash in blocks
            for move in mined.moves
            if move.succeeds
            for ordinal, (sender, to, wei) in enumerate(move.inner, 1)
            if sender in addresses or to in addresses
        ]

    def decimals(self, contract: str) -> int:
        return self.token_decimals[contract]
