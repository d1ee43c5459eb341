"""A wallet's chain read through a server of histories: no node, no block, and still nothing but what is proven.

A server lists the transactions of each script. Each is asked for with the branch that leads to its block's root and
with that block's header, and must prove itself (`ingest.bitcoin.index.proof`); then it is read as a node's block is,
in the order of the chain, and told to the log by the same hand (`ingest.bitcoin.watching`). So a node and a server tell
the same events, and one can take the place of the other.

What left the chain is taken back when as many blocks as were read there are shown anew, each with its work. What was
proven to stand in a block stays while that block does, whatever a list says then. That a list leaves nothing out is
the server's word: nothing proves it, but a second server may have to tell the same.
"""

from __future__ import annotations

from collections.abc import Callable

from lotwork.ingest.bitcoin.index.asked import Index
from lotwork.ingest.bitcoin.index.look import Look
from lotwork.ingest.bitcoin.index.standing import Standing, read_standing
from lotwork.ingest.bitcoin.watching import ChainWatch, WatchSection
from lotwork.ingest.ports import EvidenceKeeper, Page
from lotwork.ingest.reorganisations import Recorded
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError

PAGE_SECONDS = 20.0
"""A page ends after so many seconds, so that what was listed and read is kept and a stop is heeded."""
NEAREST = 8
"""Blocks below the last one that are asked for with it, since the chain may have moved."""
Connect = Callable[[], Index]


class IndexWatch(ChainWatch):
    """Scripts watched through a server, as a `ReceiptSource`."""

    calls_it = "server"

    def __init__(
        self,
        section: WatchSection,
        log: Recorded,
        clock: Clock,
        connect: Connect,
        *,
        evidence: EvidenceKeeper | None = None,
        page_seconds: float = PAGE_SECONDS,
    ) -> None:
        super().__init__(section, log, clock, evidence)
        self._connect = connect
        self._page_seconds = page_seconds

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what a look at the server changes in the log; raises as `BitcoinNode.fetch_since` does."""
        server = self._connect()
        try:
            before = None if cursor is None else read_standing(cursor)
            server.prepare(heights=self._first_asked(before))
            tip = server.tip_height()
            self.check_genesis(server)
            look = Look(self, server, before, tip, self._page_seconds)
            try:
                return look.page()
            except (SourceRefusedError, SourceUnreachableError):
                again = look.is_disproved and cursor and _listed_anew(cursor, tip)
                if not again:
                    raise
                return Page(events=(), cursor=again, more=True)
        finally:
            server.close()

    def _first_asked(self, before: Standing | None) -> list[int]:
        """Return the heights of the blocks whose names each look asks for: the first, and where the last one ended."""
        if before is None:
            return sorted({0, max(0, self.section.start_height - 1)})
        ended = (before.scan.height, before.tip or 0)
        return sorted({0, *ended, *(height for height, _ in before.scan.locator[:NEAREST])})


def _listed_anew(cursor: str, tip: int) -> str | None:
    """Return the cursor whose round is begun anew; None where it was, up to the block *tip*, or none is under way.

    What it had listed was told of another branch, or left out what was proven: by a server that stands for several, or
    while the chain moved there and back. A round goes on with what it listed, and would fail at it for ever. A server
    that goes on so is asked for its lists once a block.
    """
    standing = read_standing(cursor)
    if standing is None or standing.is_between or standing.relisted_at >= tip:
        return None
    standing.begin_round(standing.tip, standing.tip_hash, anew=True)
    standing.relisted_at = tip
    return standing.to_cursor()
