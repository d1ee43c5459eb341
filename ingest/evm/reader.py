"""A run of blocks, read whole: linked by their hashes, with the receipts that count, or not at all.

A chain may move between two questions to a node. Whatever is read here hangs together: each block names the one below
it, each receipt and each log the block it stands in, and the newest block is asked for once more at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from lotwork.ingest.evm.chain import Block, Chain, Header, InnerPayment, TransactionReceipt
from lotwork.ingest.evm.cursor import Mark
from lotwork.ingest.evm.scan import ChainEvent, Scan
from lotwork.ingest.evm.section import EvmSection
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError


class ChainMovedError(SourceUnreachableError):
    """The chain did not stand still while it was read."""


class Span(NamedTuple):
    """The blocks of one page: those after *ground*, up to height *last*, and what the first must build upon."""

    ground: int
    last: int
    parent: str | None
    """The hash of the block *ground*; None where it is not known."""
    since: int = 0
    """The time stamp of the block *ground*; 0 where it is not known."""


class Reading(NamedTuple):
    """What a span held: its headers, oldest first, and its events."""

    headers: tuple[Header, ...]
    events: tuple[ChainEvent, ...]

    @property
    def marks(self) -> list[Mark]:
        """Return the blocks read, for the locator."""
        return [(header.height, header.hash) for header in self.headers]


class Reader:
    """Reads spans of one chain for one source."""

    def __init__(self, section: EvmSection, chain: Chain, scan: Scan) -> None:
        self._section = section
        self._chain = chain
        self._scan = scan
        self._watched = sorted(section.wallet_of)

    def read(self, span: Span) -> Reading:
        """Return what the blocks of *span* hold, from one unbroken chain, or nothing at all."""
        if span.last <= span.ground:
            return Reading((), ())
        blocks = self._chain.blocks(span.ground + 1, span.last, self._watched)
        self._check_links(blocks, span)
        headers = {block.header.hash: block.header for block in blocks}
        listed = {each.hash: each for block in blocks for each in block.transactions}
        inner = self._inner_payments(blocks)
        wanted = self._wanted(blocks) | {
            paid.transaction: paid.block_hash for paid in chain.from_iterable(inner.values())
        }
        receipts = self._receipts(wanted, headers)
        top = self._chain.headers([span.last])[0]
        if top is None or top.hash != blocks[-1].header.hash:
            raise self.moved(span.last)
        receipts.sort(key=lambda receipt: (headers[receipt.block_hash].height, receipt.index))
        events = tuple(
            event
            for receipt in receipts
            for event in self._scan.translate(
                headers[receipt.block_hash],
                receipt,
                listed.get(receipt.transaction),
                inner.get(receipt.transaction, ()),
            )
        )
        return Reading(tuple(headers.values()), events)

    def _check_links(self, blocks: Sequence[Block], span: Span) -> None:
        heights = [block.header.height for block in blocks]
        if heights != list(range(span.ground + 1, span.last + 1)):
            raise SourceRefusedError(
                f"source {self._section.name}: asked for a run of blocks, the node gave {heights[:5]}…"
            )
        if span.parent is not None and blocks[0].header.parent != span.parent:
            raise self.moved(span.ground + 1)
        for below, above in pairwise(block.header for block in blocks):
            if above.parent != below.hash:
                raise self.moved(above.height)
        since = span.since
        for header in (block.header for block in blocks):
            if header.timestamp < since:
                raise SourceRefusedError(
                    f"source {self._section.name}: block {header.height} is older than the block below it: no EVM "
                    "chain is like that; ask another node"
                )
            since = header.timestamp

    def _wanted(self, blocks: Sequence[Block]) -> dict[str, str]:
        """Return the transactions whose receipts count, each with the hash of the block it must stand in."""
        wanted = {each.hash: block.header.hash for block in blocks for each in block.transactions}
        tokens = sorted(self._section.token_of)
        first, last = blocks[0].header.height, blocks[-1].header.height
        for sighting in self._chain.transfers(first, last, tokens, self._watched) if tokens else ():
            inside = first <= sighting.height <= last
            if not inside or blocks[sighting.height - first].header.hash != sighting.block_hash:
                raise self.moved(sighting.height)
            wanted[sighting.transaction] = sighting.block_hash
        return wanted

    def _inner_payments(self, blocks: Sequence[Block]) -> dict[str, list[InnerPayment]]:
        """Return what contracts passed on inside calls, by transaction; nothing where no traces are asked for."""
        found: defaultdict[str, list[InnerPayment]] = defaultdict(list)
        if self._section.traces:
            for paid in self._chain.inner_payments([block.header.hash for block in blocks], self._watched):
                found[paid.transaction].append(paid)
        return dict(found)

    def _receipts(self, wanted: Mapping[str, str], headers: Mapping[str, Header]) -> list[TransactionReceipt]:
        """Return the receipts *wanted*, each from its block."""
        found = self._chain.receipts(list(wanted)) if wanted else []
        receipts = [receipt for receipt in found if receipt is not None]
        for (name, block_hash), receipt in zip(wanted.items(), found, strict=True):
            if receipt is None or (receipt.transaction, receipt.block_hash) != (name, block_hash):
                raise self.moved(headers[block_hash].height)
        return receipts

    def moved(self, height: int) -> ChainMovedError:
        """Return the error for a chain that did not stand still at *height*."""
        return ChainMovedError(
            f"source {self._section.name}: the chain moved at block {height} while it was read: nothing of this look "
            "counts; the next one starts afresh"
        )
