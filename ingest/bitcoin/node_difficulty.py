"""The difficulty of a chain as its own node tells it: read from headers whose work is checked, at steady heights.

Bitcoin's and Litecoin's holds for an epoch, and its first block is asked for. Dogecoin's is another in each block: two
samples a day are taken, which even out over the days that they are held against.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, localcontext

import msgspec

from lotwork.ingest.bitcoin.blocks import Header, check_header, read_header_alone
from lotwork.ingest.bitcoin.rpc import Node
from lotwork.ingest.bitcoin.rules import Rules, target_of
from lotwork.ingest.ports import EvidenceKeeper, Page
from lotwork.ledger.clock import Clock
from lotwork.ledger.events import Difficulty

STEPS = {"BTC": 2016, "LTC": 2016, "DOGE": 720}
"""Blocks from one height that is asked for to the next."""
DEEP = 10
"""A block with fewer above it may still be replaced."""
A_PAGE = 100
_EASIEST, _DIGITS = 0xFFFF << 208, 40


@dataclass(frozen=True, kw_only=True)
class NodeDifficulties:
    """The difficulty at steady heights, as a source: its cursor is the last height, and its block's time."""

    name: str
    book: str
    asset: str
    rules: Rules
    start: datetime
    step: int
    connect: Callable[[], Node]
    evidence: EvidenceKeeper
    clock: Clock

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the difficulty at the heights after the last one, or from the one that was in force at the start.

        Raises SourceUnreachableError where the node does not answer, and SourceRefusedError for a header that is none.
        """
        node = self.connect()
        try:
            last = (node.tip_height() - DEEP) // self.step
            first = self._in_force(node, last) if cursor is None else int(cursor.partition(" ")[0]) // self.step + 1
            told = [(at * self.step, *self._header(node, at * self.step)) for at in range(first, last + 1)[:A_PAGE]]
        finally:
            node.close()
        if not told:
            return Page(events=(), cursor=cursor or "0 0")
        kept = self.evidence.keep(msgspec.json.encode([raw.hex() for _, raw, _ in told]))
        events = tuple(self._event(height, header, kept) for height, _, header in told)
        done, _, newest = told[-1]
        return Page(events=events, cursor=f"{done} {newest.time}", more=done < last * self.step)

    def _in_force(self, node: Node, last: int) -> int:
        """Return how many steps up the last block stands that is older than the start."""
        low, high = 0, max(0, last)
        while low < high:
            middle = (low + high + 1) // 2
            if self._header(node, middle * self.step)[1].time <= self.start.timestamp():
                low = middle
            else:
                high = middle - 1
        return low

    def _header(self, node: Node, height: int) -> tuple[bytes, Header]:
        name = node.block_hash(height) or ""
        raw = node.raw_header(name)
        header = read_header_alone(raw, name, self.rules)
        check_header(raw, header, height, self.rules, self.clock.now())
        return raw, header

    def _event(self, height: int, header: Header, evidence: str) -> Difficulty:
        return Difficulty(
            id=f"difficulty:{self.asset}:{height}",
            at=datetime.fromtimestamp(header.time, UTC),
            source=self.name,
            evidence=evidence,
            asset=self.asset,
            difficulty=f"{difficulty_of(header.bits):f}",
            height=height,
        )


def difficulty_of(bits: int) -> Decimal:
    """Return the difficulty of a target written in four bytes, with at most eight decimals.

    It is the easiest target of Bitcoin, 0xffff times 2 to the 208th, divided by the target, as every node counts it.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        return round(Decimal(_EASIEST) / Decimal(target_of(bits)), 8).normalize()
