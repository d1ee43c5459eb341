"""A miner's own node as a source: what its chain paid to the watched scripts, block by block.

Each poll finds the newest block it has read that is still on the chain, undoes what stood above, reads on, and tells
the log what changed. After every page the effective events of this source are those that a fresh scan of the chain up
to that block would give, with the same wallets, start and confirmations: whatever the depth of a reorganisation, and
whether or not the daemon was running when it happened. Where the cursor does not reach below the fork, or other
scripts are watched than before, the chain is read again from the start height and the log compared with it on the
way (a *sweep*).

A sweep knows which recorded events it must have met by now from their instants: consensus gives every block a later
time than the median of the eleven before it, so an event dated at or before the median time of block *b* is in *b* or
below it, or it is not on this chain.

A node is not believed: each block it gives is read from its own bytes and must prove its work and follow from the one
before (`ingest.bitcoin.blocks`). What it says of its tip is believed only upwards: a chain that ends lower than what
was read takes nothing back, since no chain loses to one that proved less.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

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
from lotwork.ingest.bitcoin.meaning import Reader
from lotwork.ingest.bitcoin.rpc import Node, RpcNode, check_url
from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.bitcoin.scan import MEDIAN_OF, Scan, Sighting, Told, read_cursor, sight
from lotwork.ingest.bitcoin.scripts import chain_named
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.bitcoin.watchlist import renamed, watched_scripts, with_retired
from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.ports import EvidenceKeeper, Page
from lotwork.ingest.reorganisations import Notice, Recorded, effective_accounts, reconcile, recorded_of
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event

PAGE_BLOCKS, PAGE_SECONDS = 144, 10.0
"""A page ends after so many blocks or seconds, so that its events are recorded and a stop is heeded."""

MOST_NEEDLES = 300
"""With more scripts and unspent outputs than this, parsing a block costs less than searching its bytes."""


NOTHING_BELOW = "00" * 32
"""The name that the first block gives of the one before."""

Connect = Callable[[], Node]


class BitcoinNode:
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
        section.check()
        self.section = section
        self.name = section.name
        self.book = section.book
        self.chain = chain_named(section.chain)
        self._rules = RULES[section.chain]
        self._log = log
        self._clock = clock
        self._evidence = None if evidence is None else HeldEvidence(evidence.keep)
        self._wallets = watched_scripts(section.wallets, self.chain)
        self._reader = Reader(section.name, self.chain, {wallet.wallet: wallet for wallet in section.wallets})
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
        deadline = Deadline(self._clock, self.section.deadline_seconds + self._page_seconds)
        node = patient(self._connect() if self._connect else self._dial(deadline), self._clock, deadline)
        try:
            self._check(node)
            return self._page(node, cursor)
        finally:
            node.close()

    def _dial(self, deadline: Deadline) -> Node:
        return RpcNode(self.section.url, self.section.user, self._password, deadline=deadline)

    def _check(self, node: Node) -> None:
        """Refuse a node on another chain, and wait for one that is still downloading its own."""
        genesis = node.block_hash(0)
        if genesis != self.chain.genesis:
            raise ConfigError(
                f"node {self.name!r} is on another chain: {self.chain.name} begins with block {self.chain.genesis}, "
                f"this node's with {genesis}: correct its url, or the chain it is configured for"
            )
        progress = None if self.chain.is_regtest else node.downloading()
        if progress is not None:
            raise SourceUnreachableError(
                f"node {self.name!r} is still downloading its chain ({progress}): nothing is read until it has "
                "caught up; it will be asked again"
            )

    def _page(self, node: Node, cursor: str | None) -> Page:
        tip = node.tip_height()
        scan = self._resume(node, cursor)
        height, confirmations = scan.height, scan.confirmations
        undone = self._undo(node, scan)
        must_reach = height if undone is not None and scan.height < height else 0
        if undone is None:
            former, reached = scan.former, scan.reached
            scan, undone = self._begin(node, scan.scripts, scan.foundation), []
            scan.former, scan.reached = former, reached
        before = Told(scan.height, height, confirmations)
        scan.confirmations = self.section.confirmations
        self._learn(node, scan, MEDIAN_OF if scan.swept is not None else 1)
        self._read_on(node, scan, min(tip, scan.height + self._page_blocks), at_least=must_reach)
        at_tip = scan.height >= max(tip, scan.reached)
        events = self._changes(scan, before, undone, at_tip=at_tip)
        scan.forget_old()
        after = scan.to_cursor()
        if after == cursor and tip < scan.reached:
            raise behind(self.name, tip, scan.reached)
        self._settle(events, scan)
        return Page(events=events, cursor=after, more=scan.height < tip and after != cursor)

    def _settle(self, events: Iterable[Event], scan: Scan) -> None:
        """Keep the evidence that the events name, and the sightings that are not told yet."""
        if self._evidence is not None:
            self._evidence.settle((*(each.evidence for each in events), *(each.evidence for each in scan.sightings)))

    def _learn(self, node: Node, scan: Scan, blocks: int) -> None:
        """Ask for the headers of so many blocks up to the one stood on, as far as they are not known."""
        if len(scan.below) >= min(blocks, scan.height + 1):
            return
        known: list[tuple[int, int]] = []
        name = scan.block_hash
        while len(known) < blocks and name != NOTHING_BELOW:
            raw = node.raw_header(name)
            header = read_header(raw, name)
            check_header(raw, header, scan.height - len(known), self._rules, self._clock.now())
            known.insert(0, (header.time, header.bits))
            name = header.previous
        scan.below = known

    def _resume(self, node: Node, cursor: str | None) -> Scan:
        """Return the scan *cursor* tells, or a new one where it is none of ours or watches other scripts."""
        scan = None if cursor is None else read_cursor(cursor)
        before = scan.scripts if scan else {}
        scripts = with_retired(self._wallets, before)
        if scan is not None and scan.scripts == scripts and scan.start_height == self.section.start_height:
            return scan
        begun = self._begin(node, scripts)
        begun.former = [*(scan.former if scan else ()), *renamed(self._wallets, before)]
        begun.reached = scan.reached if scan else 0
        return begun

    def _begin(self, node: Node, scripts: dict[str, str], foundation: str | None = None) -> Scan:
        """Return a scan of nothing yet, below the start height.

        Where it stood on another block before (*foundation*), even the oldest recorded event is in doubt; else those
        from below the start height are left alone.
        """
        height = self.section.start_height - 1
        block_hash = node.block_hash(height)
        if block_hash is None:
            raise SourceUnreachableError(
                f"node {self.name!r} has no block {height} yet, and is watched from {height + 1}: it will be asked "
                "again; is start_height a height of this chain?"
            )
        begun = Scan.begin(scripts, self.section.confirmations, self.section.start_height, block_hash, 0)
        self._learn(node, begun, MEDIAN_OF)
        begun.swept = begun.median_time if foundation in (None, block_hash) else 0
        return begun

    def _undo(self, node: Node, scan: Scan) -> list[Sighting] | None:
        """Undo the blocks that left the chain; None where the fork is deeper than can be undone."""
        for height, block_hash in scan.locator:
            if node.block_hash(height) == block_hash:
                return scan.undo_to(height, block_hash)
        return None

    def _read_on(self, node: Node, scan: Scan, last: int, *, at_least: int) -> None:
        """Read blocks up to height *last*; stop early where the chain changes under the reading, or the time is over.

        Where blocks were undone, the new ones must reach *at_least* as high, or fill the page: a chain takes nothing
        back but by proving more. What stops the reading once some blocks are read stops it there, and is told at the
        next look.
        """
        begun, wallets, from_height = self._clock.monotonic(), scan.wallets, scan.height
        while scan.height < last and (at_least or self._clock.monotonic() - begun <= self._page_seconds):
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
                raise behind(self.name, scan.height, at_least)
            raise moved(self.name, scan.height + 1)

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
        check_header(raw, header, height, self._rules, self._clock.now())
        check_step(header, height, scan.below[-1][1], self._rules)
        if len(scan.below) == MEDIAN_OF and header.time <= scan.median_time:
            raise forged(block_hash, "it is dated before the blocks below it")
        for transaction in self._transactions(scan, raw, header, wallets):
            sighting = sight(transaction, header, height, scan.coins, wallets)
            if sighting is not None:
                scan.take(self._with_evidence(sighting, transaction))
        scan.step(header)
        return True

    def _transactions(
        self, scan: Scan, raw: bytes, header: Header, scripts: Collection[bytes]
    ) -> Iterable[Transaction]:
        """Return the block's transactions, or none where it certainly has nothing of ours."""
        found = read_block(raw, header, scan.height + 1, self._rules)
        needles = len(scan.coins) + len(scripts)
        if needles <= MOST_NEEDLES and not may_touch(raw, scripts, [coin.txid for coin in scan.coins.values()]):
            return ()
        return map(transaction_of, found)

    def _with_evidence(self, sighting: Sighting, transaction: Transaction) -> Sighting:
        if self._evidence is None:
            return sighting
        return msgspec.structs.replace(sighting, evidence=self._evidence.keep(transaction.raw))

    def _changes(self, scan: Scan, before: Told, undone: Iterable[Sighting], *, at_tip: bool) -> tuple[Event, ...]:
        """Return the events that bring the log from what was recorded *before* to what *scan* now shows."""
        observed: list[Event] = []
        settled: set[str] = set()
        waiting: set[str] = set()
        fallen = {event.id for sighting in undone for event in self._reader.events_of(sighting)}
        for sighting in scan.sightings:
            events = self._reader.events_of(sighting)
            names = {event.id for event in events}
            was_due, is_due = before.had(sighting), sighting.due(scan.confirmations) <= scan.height
            if is_due and was_due:
                settled |= names
            elif is_due:
                observed.extend(events)
            else:
                waiting |= names
                fallen |= names if was_due else set()
        if scan.swept is not None:
            fallen |= self._unmet(scan, keep=settled | waiting, at_tip=at_tip)
            fallen |= waiting if at_tip else set()
            if at_tip:
                scan.swept, scan.former = None, []
        recorded = recorded_of(self._log, self.book, fallen | {event.id for event in observed})
        notice = Notice(
            source=self.name,
            noted=self._clock.now(),
            because=f"as {self.chain.name} stands at block {scan.height} ({scan.block_hash})",
        )
        return reconcile(recorded, observed, doubted=fallen, assets=self._log.assets(self.book), notice=notice)

    def _unmet(self, scan: Scan, *, keep: set[str], at_tip: bool) -> set[str]:
        """Return the recorded events that a sweep should have met by now, and move the sweep on.

        Only wallets watched now are weighed: to stop watching a wallet takes nothing out of the log.
        """
        begun = scan.swept or 0
        scan.swept = max(begun, scan.median_time)
        since, until = _instant(begun), datetime.max.replace(tzinfo=UTC) if at_tip else _instant(scan.swept)
        assets = self._log.assets(self.book)
        told = (event for _, event in self._log.read(self.book, source=self.name))
        return {
            account.event.id
            for account in effective_accounts(told)
            if (account.corrections or since < account.event.at <= until)
            and account.event.id not in keep
            and self._is_of_here(account.event.id, content := account.content(assets), scan.former)
            and since < datetime.fromisoformat(content["at"]) <= until
        }

    def _is_of_here(self, name: str, content: dict[str, Any], former: Iterable[str]) -> bool:
        """Say if a recorded event is of this chain, of the blocks read, and of a wallet watched."""
        wallets = {content.get("wallet"), content.get("from_wallet"), content.get("to_wallet")}
        return (
            name.startswith(f"{self.chain.name}:")
            and content.get("height", self.section.start_height) >= self.section.start_height
            and not wallets.isdisjoint((*self._reader.wallets, *former))
        )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
