"""What an EVM chain is to the watcher: blocks, transactions, receipts and logs, and the questions one may ask.

The watcher knows only this Protocol; `ingest.evm.node` answers it from a real node, and the tests answer it from a
chain they can reorganise as they like. Hashes and addresses are lower-case hex with 0x; amounts are wei.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import msgspec


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """One block's place in the chain."""

    height: int
    hash: str
    parent: str
    timestamp: int
    """Seconds since 1970; no block's is earlier than its parent's."""


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction as its block lists it; whether it succeeded stands in its receipt."""

    hash: str
    sender: str
    to: str | None
    """The receiver; None where the transaction creates a contract."""
    wei: int
    raw: dict[str, Any] = {}
    """What the node said, word for word: kept as evidence."""

    def concerns(self, addresses: Collection[str]) -> bool:
        """Say if one of *addresses* sent it, or was sent coins by it."""
        return self.sender in addresses or (self.wei > 0 and self.to in addresses)


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A block, with those of its transactions that were asked for."""

    header: Header
    transactions: tuple[Transaction, ...]


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """What a contract said during a transaction."""

    contract: str
    topics: tuple[str, ...]
    data: str


class TransactionReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a transaction in the block that holds it."""

    transaction: str
    index: int
    """Its place in the block: only for order."""
    block_hash: str
    succeeded: bool
    gas_wei: int
    """Gas used times the effective gas price: what the sender paid for it, even where it failed."""
    logs: tuple[Log, ...]
    raw: dict[str, Any] = {}
    """What the node said, word for word: kept as evidence."""


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """Where a log was seen: its transaction, and the block that held it when the node answered."""

    transaction: str
    block_hash: str
    height: int


class InnerPayment(msgspec.Struct, frozen=True, kw_only=True):
    """Coins that a contract passed on inside a call."""

    transaction: str
    block_hash: str
    ordinal: int
    """The call's place in its transaction, which itself is 0."""
    sender: str
    to: str
    wei: int


class Chain(Protocol):
    """An EVM node, by the questions the watcher asks.

    Every question raises SourceUnreachableError where the node does not answer in time, and SourceRefusedError where
    its answer must not be believed.
    """

    def chain_id(self) -> int:
        """Return the chain's id (EIP-155)."""
        ...

    def tip(self) -> int:
        """Return the height of the newest block."""
        ...

    def settled(self, tag: str) -> int:
        """Return the height of the newest block that the chain calls *tag*: "finalized" or "safe"."""
        ...

    def headers(self, heights: Sequence[int]) -> list[Header | None]:
        """Return the header at each height; None where the node has no such block."""
        ...

    def blocks(self, first: int, last: int, addresses: Collection[str]) -> list[Block]:
        """Return the blocks from height *first* to *last*, both included, with the transactions that concern.

        Those are sent by one of *addresses*, or carry coins to one.
        """
        ...

    def receipts(self, transactions: Sequence[str]) -> list[TransactionReceipt | None]:
        """Return the receipt of each transaction; None where the node knows none."""
        ...

    def transfers(
        self, first: int, last: int, contracts: Collection[str], addresses: Collection[str]
    ) -> list[Sighting]:
        """Return where *contracts* logged a Transfer from or to one of *addresses*, or one of them wrapped coins."""
        ...

    def inner_payments(self, blocks: Sequence[str], addresses: Collection[str]) -> list[InnerPayment]:
        """Return what calls inside *blocks*, named by their hashes, paid to or from one of *addresses*."""
        ...

    def decimals(self, contract: str) -> int:
        """Return how many decimals the contract says now that its token has."""
        ...
