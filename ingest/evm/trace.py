"""Coins that a contract passes on inside a call, read from a node's trace of a block.

No transaction and no log tells of them; a pool that pays many miners through one contract pays that way. Only a node
that re-runs the block can tell, and not every node offers it, so a source asks only where `traces` is set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from lotwork.ingest.evm.chain import InnerPayment
from lotwork.ingest.evm.wire import read_address, read_hash, read_quantity
from lotwork.ledger.errors import SourceRefusedError

CARRIERS = frozenset({"CALL", "CREATE", "CREATE2", "SELFDESTRUCT"})
"""Calls that move coins from one address to another; a DELEGATECALL only shows those of the call around it."""


class Frame(msgspec.Struct, frozen=True, kw_only=True, rename={"sender": "from"}):
    """One call, as the call tracer tells it, with the calls it made."""

    type: str
    sender: str
    to: str | None = None
    value: str | None = None
    error: str | None = None
    calls: list[Frame] = []


class TracedTransaction(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One transaction of a traced block."""

    tx_hash: str
    result: Frame


def read_trace(said: object, block_hash: str, addresses: Collection[str]) -> list[InnerPayment]:
    """Return what calls inside the block's transactions paid to or from *addresses*; what was reverted is left out."""
    try:
        traced = msgspec.convert(said, list[TracedTransaction])
    except (msgspec.ValidationError, RecursionError) as broken:
        raise SourceRefusedError(f"the node's trace of block {block_hash} cannot be read: {broken}") from None
    return [
        InnerPayment(
            transaction=read_hash(each.tx_hash),
            block_hash=block_hash,
            ordinal=ordinal,
            sender=sender,
            to=to,
            wei=wei,
        )
        for each in traced
        for ordinal, sender, to, wei in _paid(each.result)
        if sender in addresses or to in addresses
    ]


def _paid(whole: Frame) -> Iterator[tuple[int, str, str, int]]:
    """Yield (ordinal, from, to, wei) of every call below *whole* that carried coins for good.

    The ordinal counts all calls of the transaction in the order they were made, the transaction itself being 0, so
    that it does not depend on which addresses are watched.
    """
    waiting = [(whole, False)]
    ordinal = -1
    while waiting:
        frame, reverted = waiting.pop()
        ordinal += 1
        reverted = reverted or frame.error is not None
        waiting.extend((call, reverted) for call in reversed(frame.calls))
        wei = read_quantity(frame.value) if frame.value is not None else 0
        if ordinal and wei and not reverted and frame.type in CARRIERS and frame.to is not None:
            yield ordinal, read_address(frame.sender), read_address(frame.to), wei
