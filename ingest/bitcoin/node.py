"""A miner's own node as a source: what its chain paid to the watched scripts, block by block.

Each poll finds the newest block it has read that is still on the chain, undoes what stood above, reads on, and tells
the log what changed (`ingest.bitcoin.watching`).

A node is not believed: each block it gives is read from its own bytes and must prove its work and follow from the one
before (`ingest.bitcoin.blocks`). What it says of its tip is believed only upwards: a chain that ends lower than what
was read takes nothing back, since no chain loses to one that proved less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lotwork.ingest.asking.patience import Deadline, patient
from lotwork.ingest.bitcoin.blocks import (
    Header,
    Transaction,
    behind,
    check_header,
    check_step,
    forged,
    may_touch,
    moved,
    read_block,
    read_header,
    transaction_of,
)
from lotwork.ingest.bitcoin.rpc import Node, RpcNode, check_url
from lotwork.ingest.bitcoin.scan import MEDIAN_OF, Scan, Told, read_cursor, sight
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.bitcoin.watching import ChainWatch
from lotwork.ingest.ports import EvidenceKeeper, Page
from lotwork.ingest.reorganisations import Recorded, alerts_of
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError

PAGE_BLOCKS, PAGE_SECONDS = 144, 10.0
"""A page ends after so many blocks or seconds, so that its events are recorded and a stop is heeded."""

MOST_NEEDLES = 300
"""With more scripts and unspent outputs than this, parsing a block costs less than searching its bytes."""

Connect = Callable[[], Node]


class BitcoinNode(ChainWatch):
    """A node of the Bitcoin family as a `ReceiptSource`.

    *log* is read (never written) to tell what was recorded before. Raises ConfigError at once for wallets that cannot
    be watched; the node itself is asked only by `fetch_since`.
    """

    def __init__(
        self,
        section: BitcoinSection,
        log: Recorded,
        clock: Clock,
        *,
        password: str = "",
        evidence: EvidenceKeeper | None = None,
        connect: Connect | None = None,
        page_blocks: int = PAGE_BLOCKS,
        page_seconds: float = PAGE_SECONDS,
    ) -> None:
        super().__init__(section, log, clock, evidence)
        self._node = section
        if connect is None:
            check_url(section.url)
        self._password = password
        self._connect = connect
        self._page_blocks = page_blocks
        self._page_seconds = page_seconds

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what a page of blocks after *cursor* changes in the log.

        Raises ConfigError for a wrong password or a node on another chain, SourceUnreachableError where the node does
        not answer or is not ready, and SourceRefusedError for an answer that cannot be true.
        """
        deadline = Deadline(self.clock, self._node.deadline_seconds + self._page_seconds)
        node = patient(self._connect() if self._connect else self._dial(deadline), self.clock, deadline)
        try:
            self._check(node)
            return self._page(node, cursor)
        finally:
            node.close()

    def _dial(self, deadline: Deadline) -> Node:
        return RpcNode(self._node.url, self._node.user, self._password, deadline=deadline)

    def _check(self, node: Node) -> None:
        """Refuse a node on another chain, and wait for one that is still downloading its own."""
        self.check_genesis(node)
        progress = None if self.chain.is_regtest else node.downloading()
        if progress is not None:
            raise SourceUnreachableError(
                f"node {self.name!r} is still downloading its chain ({progress}): nothing is read until it has "
                "caught up; it will be asked again"
            )

    def _page(self, node: Node, cursor: str | None) -> Page:
        tip = node.tip_height()
        scan = self.resume(node, None if cursor is None else read_cursor(cursor))
        height, confirmations = scan.height, scan.confirmations
        undone = self.undo(node, scan)
        must_reach = height if undone is not None and scan.height < height else 0
        if undone is None:
            known = scan
            scan, undone = self.begin(node, scan.scripts, scan.foundation), []
            scan.former, scan.reached, scan.used = known.former, known.reached, known.used
        before = Told(scan.height, height, confirmations, scan.maturity)
        scan.confirmations = self.section.confirmations
        self.learn(node, scan, MEDIAN_OF if scan.swept is not None else 1)
        self._read_on(node, scan, min(tip, scan.height + self._page_blocks), at_least=must_reach)
        at_tip = scan.height >= max(tip, scan.reached)
        swept = scan.swept is not None and at_tip
        events = self.changes(scan, before, undone, at_tip=at_tip)
        scan.forget_old()
        after = scan.to_cursor()
        if after == cursor and tip < scan.reached:
            raise behind(self.called, tip, scan.reached)
        self.settle(events, scan)
        more = scan.height < tip and after != cursor
        unused, never = self.words_on_keys(scan, swept=swept, news=bool(events))
        progress = f"block {scan.height} of {tip} read" if more else unused
        return Page(events=events, cursor=after, more=more, progress=progress, left_out=never, alerts=alerts_of(events))

    def _read_on(self, node: Node, scan: Scan, last: int, *, at_least: int) -> None:
        """Read blocks up to height *last*; stop early where the chain changes under the reading, or the time is over.

        Where blocks were undone, the new ones must reach *at_least* as high, or fill the page: a chain takes nothing
        back but by proving more. What stops the reading once some blocks are read stops it there, and is told at the
        next look.
        """
        begun, wallets, from_height = self.clock.monotonic(), scan.wallets, scan.height
        while scan.height < last and (at_least or self.clock.monotonic() - begun <= self._page_seconds):
            try:
                read = self._read_one(node, scan, wallets)
            except (SourceUnreachableError, SourceRefusedError):
                if at_least or scan.height == from_height:
                    raise
                return
            if not read:
                break
        if scan.height < min(at_least, from_height + self._page_blocks):
            if node.block_hash(scan.height + 1) is None:
                raise behind(self.called, scan.height, at_least)
            raise moved(self.called, scan.height + 1)

    def _read_one(self, node: Node, scan: Scan, wallets: dict[bytes, str]) -> bool:
        """Read the next block; return False where the chain ends, or moved."""
        height = scan.height + 1
        block_hash = node.block_hash(height)
        if block_hash is None:
            return False
        raw = node.raw_block(block_hash)
        header = read_header(raw, block_hash)
        if header.previous != scan.block_hash:
            if node.block_hash(scan.height) == scan.block_hash:
                raise forged(block_hash, f"the node says that it follows block {scan.block_hash}, and it does not")
            return False
        check_header(raw, header, height, self.rules, self.clock.now())
        check_step(header, height, scan.below[-1][1], self.rules)
        if len(scan.below) == MEDIAN_OF and header.time <= scan.median_time:
            raise forged(block_hash, "it is dated before the blocks below it")
        for transaction in self._transactions(scan, raw, header, wallets):
            sighting = sight(transaction, header, height, scan.coins, wallets)
            if sighting is not None:
                scan.take(self.with_evidence(sighting, transaction))
        scan.step(header)
        return True

    def _transactions(self, scan: Scan, raw: bytes, header: Header, wallets: dict[bytes, str]) -> Iterable[Transaction]:
        """Return the block's transactions, or none where it certainly has nothing of ours."""
        found = read_block(raw, header, scan.height + 1, self.rules)
        needles = len(scan.coins) + len(wallets)
        if needles <= MOST_NEEDLES and not may_touch(raw, wallets, [coin.txid for coin in scan.coins.values()]):
            return ()
        if self.watched.rows:
            self.watch_on(scan, found, wallets)
        return map(transaction_of, found)
