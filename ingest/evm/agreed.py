"""Two nodes that must tell the same: what no hash of a block proves is believed of both, or of neither.

The second node is asked for every block, since a sender that is told wrong hides a payment; for the logs of tokens,
which may be left out of an answer; for coins passed on inside calls, which stand in no block's roots; and, of a chain
whose blocks are not checked against their hashes, for the receipts that count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import msgspec

from lotwork.ingest.evm.chain import Block, Chain, Header, InnerPayment, Sighting, Transaction, TransactionReceipt
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError

Said = TypeVar("Said", Transaction, TransactionReceipt)

NAMES_SHOWN = 3


class AgreedChain:
    """A `Chain` told by a *first* node, as far as a *second* one tells the same; *name* is the source's."""

    def __init__(self, name: str, first: Chain, second: Chain, *, proves: bool) -> None:
        self._name = name
        self._first = first
        self._second = second
        self._proves = proves

    def chain_id(self) -> int:
        """Return the first node's answer: other chains have other blocks."""
        return self._first.chain_id()

    def tip(self) -> int:
        """Return the first node's answer: nothing counts that the second does not hold."""
        return self._first.tip()

    def settled(self, tag: str) -> int:
        """Return the first node's answer: nothing counts that the second does not hold."""
        return self._first.settled(tag)

    def headers(self, heights: Sequence[int]) -> list[Header | None]:
        """Return the header at each height that both nodes tell alike; None where one of them has no such block."""
        told = self._first.headers(heights)
        return [
            one and self._header(one, other) for one, other in zip(told, self._second.headers(heights), strict=True)
        ]

    def decimals(self, contract: str) -> int:
        """Return the first node's answer: the settings pin it."""
        return self._first.decimals(contract)

    def blocks(self, first: int, last: int, addresses: Collection[str]) -> list[Block]:
        """Return the blocks from height *first* to *last* that both nodes tell alike."""
        told = self._first.blocks(first, last, addresses)
        top = told[-1].header
        if self._header(top, self._second.headers([top.height])[0]) is None:
            raise SourceUnreachableError(
                f"source {self._name}: the second node has no block {top.height} yet: nothing is recorded until it "
                "agrees"
            )
        for one, also in zip(told, self._second.blocks(first, last, addresses), strict=True):
            if (one.header, _plain(one.transactions)) != (also.header, _plain(also.transactions)):
                raise self._differ(f"block {one.header.height} holds other things to one node than to the second")
        return told

    def receipts(self, transactions: Sequence[str]) -> list[TransactionReceipt | None]:
        """Return the receipt of each transaction that both nodes tell alike, where the block does not prove it."""
        told = self._first.receipts(transactions)
        if not self._proves:
            for name, one, also in zip(transactions, told, self._second.receipts(transactions), strict=True):
                if _plain(filter(None, [one])) != _plain(filter(None, [also])):
                    raise self._differ(f"the receipt of {name} is another to one node than to the second")
        return told

    def transfers(
        self, first: int, last: int, contracts: Collection[str], addresses: Collection[str]
    ) -> list[Sighting]:
        """Return the logs that both nodes tell of."""
        told = self._first.transfers(first, last, contracts, addresses)
        also = self._second.transfers(first, last, contracts, addresses)
        self._same(told, also, f"tokens moved in blocks {first} to {last}")
        return told

    def inner_payments(self, blocks: Sequence[str], addresses: Collection[str]) -> list[InnerPayment]:
        """Return the payments inside calls that both nodes tell of."""
        told = self._first.inner_payments(blocks, addresses)
        self._same(told, self._second.inner_payments(blocks, addresses), "coins were passed on inside calls")
        return told

    def _header(self, one: Header, other: Header | None) -> Header | None:
        """Return *one*, which the second node must name alike; None where it has none."""
        if other is not None and other.hash != one.hash:
            raise self._differ(f"block {one.height} is {one.hash} to one node, and {other.hash} to the second")
        return one if other is not None else None

    def _same(
        self, told: Iterable[Sighting | InnerPayment], also: Iterable[Sighting | InnerPayment], what: str
    ) -> None:
        odd = sorted({each.transaction for each in set(told) ^ set(also)})
        if odd:
            raise self._differ(f"{what}, and the nodes differ on {', '.join(odd[:NAMES_SHOWN])}")

    def _differ(self, how: str) -> SourceRefusedError:
        return SourceRefusedError(
            f"source {self._name}: {how}: nothing was recorded; find out which of them tells what the others tell"
        )


def _plain(told: Iterable[Said]) -> list[Said]:
    """Return what was *told* without the words it was told in, which differ from program to program."""
    return [msgspec.structs.replace(each, raw={}) for each in told]
