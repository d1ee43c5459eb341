"""One look at a server of histories: notice where the chain moved, go on listing, then read what is listed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lotwork.ingest.bitcoin.blocks import (
    Header,
    Transaction,
    behind,
    check_header,
    check_step,
    moved,
    read_header_alone,
)
from lotwork.ingest.bitcoin.index.asked import Index
from lotwork.ingest.bitcoin.index.listing import Lister, contradicts
from lotwork.ingest.bitcoin.index.proof import proven
from lotwork.ingest.bitcoin.index.standing import Standing
from lotwork.ingest.bitcoin.scan import MEDIAN_OF, WINDOW, Sighting, Told, sight
from lotwork.ingest.bitcoin.watching import ChainWatch
from lotwork.ingest.ports import Page
from lotwork.ingest.reorganisations import alerts_of
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError

STEPS_BACK = (1, 6, 30, 100, WINDOW)
"""How deep below the tip blocks are remembered at least, so that a fork is found near where it is."""
NEAR = 6
"""Blocks found during a round that can wait for the next poll: a slow server would be asked without end."""
FURTHER = 5
"""How many times as deep a block may stand that is remembered instead."""
TOGETHER = 100
"""Blocks that are asked for together, where a server answers so."""


class Look:
    """Goes on with a round for as long as a page lasts."""

    def __init__(self, watch: ChainWatch, server: Index, before: Standing | None, tip: int, seconds: float) -> None:
        self._watch = watch
        self._server = server
        self._clock = watch.clock
        self._end = self._clock.monotonic() + seconds
        self._tip = tip
        scan = watch.resume(server, before.scan if before else None)
        self._at = before if before and before.scan is scan else Standing(scan, free=before is None)
        self._begun = self._at is not before
        self._fork: tuple[int, str] = (scan.height, scan.block_hash)
        self._read_here: list[tuple[int, str]] = []
        self.is_disproved = False
        """Whether what was listed was not to be had, or left out what was proven, though its block is on the chain."""

    def page(self) -> Page:
        """List and read on; return what it changes."""
        if self._tip < self._at.scan.height:
            raise behind(self._watch.called, self._tip, self._at.scan.height)
        self._notice_moves()
        if self._at.is_between:
            if self._nothing_new():
                return self._finish(self._told(self._at.scan.height), (), done=True)
            self._at.begin_round(self._tip, self._name_of(self._tip), anew=False)
        lister = Lister(self._watch, self._server, self._at, self._fork)
        if not lister.go_on(self._in_time):
            self._begin_again(free=self._at.free)
        if self._at.pending:
            return Page(events=(), cursor=self._at.to_cursor(), more=True, progress=self._progress())
        return self._read()

    # -- where it stands

    def _in_time(self) -> bool:
        return self._clock.monotonic() <= self._end

    def _notice_moves(self) -> None:
        """Begin a round anew where the chain has moved below what was read or listed."""
        at = self._at
        fork = self._fork if self._begun else self._watch.fork(self._server, at.scan)
        listed = at.is_between or self._server.block_hash(at.tip) == at.tip_hash
        if fork is None:
            self._prove(at.scan.height, min(WINDOW, at.scan.height - at.scan.start_height + 1))
            self._begin_again(free=True)
            return
        self._fork = fork
        if not listed or (fork[0] < at.scan.height and not at.anew):
            at.begin_round(self._tip, self._name_of(self._tip), anew=True)

    def _begin_again(self, *, free: bool) -> None:
        """Read the chain from its start, and list everything: what is recorded is compared with it on the way."""
        known = self._at.scan
        scan = self._watch.begin(self._server, known.scripts, known.foundation)
        scan.former, scan.reached, scan.used = known.former, known.reached, known.used
        self._at = Standing(scan, free=free or scan.foundation != known.foundation)
        self._at.begin_round(self._tip, self._name_of(self._tip), anew=True)
        self._fork = (scan.height, scan.block_hash)

    def _nothing_new(self) -> bool:
        scan = self._at.scan
        return scan.swept is None and (self._tip, self._fork) == (scan.height, (scan.height, scan.block_hash))

    def _name_of(self, height: int) -> str:
        name = self._server.block_hash(height)
        if name is None:
            raise moved(self._watch.called, height)
        return name

    def _header(self, height: int, name: str) -> Header:
        raw = self._server.raw_header(name)
        header = read_header_alone(raw, name, self._watch.rules)
        check_header(raw, header, height, self._watch.rules, self._clock.now())
        return header

    def _prove(self, top: int, count: int, foot: str | None = None) -> None:
        """Hold *count* blocks up to *top* against the rules; the lowest must follow upon *foot*."""
        name, above = self._name_of(top), None
        for height in range(top, top - count, -1):
            header = self._header(height, name)
            if above is not None:
                check_step(above, height + 1, header.bits, self._watch.rules)
            name, above = header.previous, header
        if foot not in (None, name):
            raise moved(self._watch.called, top - count)

    # -- reading

    def _read(self) -> Page:
        """Undo what left the chain, and read the blocks that are listed."""
        at, scan, fork = self._at, self._at.scan, self._fork
        reached = scan.height
        if fork[0] < reached:
            self._prove(reached, reached - fork[0], fork[1])
        if at.late and at.late <= fork[0]:
            fork = at.late - 1, self._name_of(at.late - 1)
        undone, at.late = scan.undo_to(*fork), 0
        told = Told(scan.height, reached, scan.confirmations, scan.maturity)
        done = self._read_blocks(at_least=reached)
        self._stand_still()
        at.was_read()
        if scan.swept is not None and not done:
            self._watch.learn(self._server, scan, MEDIAN_OF)
        return self._finish(told, undone, done=done)

    def _stand_still(self) -> None:
        """Raise the error for a chain that moved while this look read it."""
        at = self._at
        young = [(height, name) for height, name in self._read_here if at.tip > height > self._tip - WINDOW]
        self._server.prepare(heights=[*(height for height, _ in young), at.tip])
        for height, name in (*young, (at.tip, at.tip_hash)):
            if self._server.block_hash(height) != name:
                raise moved(self._watch.called, height)

    def _told(self, height: int) -> Told:
        scan = self._at.scan
        return Told(height, height, scan.confirmations, scan.maturity)

    def _read_blocks(self, *, at_least: int) -> bool:
        """Read on, to *at_least* and for as long as there is time; return whether the round is done.

        What stops the reading once some blocks are read stops it there, and is told at the next look.
        """
        at, scan = self._at, self._at.scan
        blocks = at.unread()
        try:
            for number, (height, txids) in enumerate(blocks):
                if self._read_here and scan.height >= at_least and not self._in_time():
                    return False
                if number % TOGETHER == 0:
                    self._server.prepare(blocks=blocks[number : number + TOGETHER])
                self._read_block(height, txids)
            if scan.height < at.tip:
                scan.stand_on(at.tip, self._following(at.tip, at.tip_hash))
            if scan.block_hash != at.tip_hash:
                raise moved(self._watch.called, at.tip)
            self._remember_below()
        except (SourceUnreachableError, SourceRefusedError):
            if not self._read_here or scan.height < at_least:
                raise
            return False
        return True

    def _read_block(self, height: int, txids: list[str]) -> None:
        """Read what a block holds of the scripts: each transaction proven, in the order in which they stand there."""
        scan, name = self._at.scan, self._name_of(height)
        header = self._following(height, name)
        found = [self._transaction(height, name, header, txid) for txid in txids]
        wallets = scan.wallets
        for _, transaction in sorted(found, key=lambda one: one[0]):
            sighting = sight(transaction, header, height, scan.coins, wallets)
            if sighting is not None:
                scan.take(self._watch.with_evidence(sighting, transaction))
        scan.stand_on(height, header)
        self._read_here.append((height, name))

    def _transaction(self, height: int, name: str, header: Header, txid: str) -> tuple[int, Transaction]:
        """Return a transaction that is proven to stand in a block, and its place there."""
        try:
            branch = self._server.branch(height, txid)
            raw = self._server.raw_transaction(txid)
            return branch.place, proven(raw, txid, branch, header, height, self._watch.rules)
        except (SourceRefusedError, SourceUnreachableError):
            if self._server.block_hash(height) != name:
                raise moved(self._watch.called, height) from None
            self.is_disproved = True
            raise

    def _following(self, height: int, name: str) -> Header:
        """Return the header of a block above the one stood on; where it is the next one, it must follow."""
        scan, header = self._at.scan, self._header(height, name)
        if height == scan.height + 1:
            if header.previous != scan.block_hash:
                raise moved(self._watch.called, height)
            if scan.below:
                check_step(header, height, scan.below[-1][1], self._watch.rules)
        return header

    def _remember_below(self) -> None:
        """Ask for the names of some blocks below the tip, where none is remembered near by."""
        scan = self._at.scan
        lowest = max(scan.floor, scan.height - WINDOW)
        known = [height for height, _ in scan.locator]
        asked: list[int] = []
        for depth in STEPS_BACK:
            height = scan.height - depth
            near = any(height - (FURTHER - 1) * depth <= each <= height for each in (*known, *asked))
            if height > lowest and not near:
                asked.append(height)
        if asked:
            self._server.prepare(heights=asked)
        scan.locator += [(height, self._name_of(height)) for height in asked]
        scan.locator.sort(reverse=True)

    # -- telling

    def _finish(self, told: Told, undone: Iterable[Sighting], *, done: bool) -> Page:
        """Return the page: what it changes, and where it ends."""
        at, scan, watch = self._at, self._at.scan, self._watch
        scan.confirmations = watch.section.confirmations
        at_tip = done and scan.height >= scan.reached
        swept = scan.swept is not None and at_tip
        events = watch.changes(scan, told, undone, at_tip=at_tip, weigh=self._weigh)
        unused, never = watch.words_on_keys(scan, swept=swept, news=bool(events))
        progress = unused if done else self._progress()
        scan.forget_old()
        at.settle()
        if done:
            at.end_round()
        if at_tip:
            at.free = False
        watch.settle(events, scan)
        more = not done or self._tip > at.tip + NEAR
        alerts = alerts_of(events)
        return Page(events=events, cursor=at.to_cursor(), more=more, progress=progress, left_out=never, alerts=alerts)

    def _weigh(self, unmet: list[dict[str, Any]]) -> None:
        """Refuse to take back what stands in a block that is on the chain still, because a list leaves it out."""
        read = {sighting.txid for sighting in self._at.scan.sightings}
        for content in unmet:
            name = content.get("block_hash")
            gone = self._at.free if name is None else self._server.block_hash(content["height"]) != name
            if content.get("txid") not in read and not gone:
                self.is_disproved = True
                raise contradicts(self._watch.called, f"transaction {content.get('txid')}")

    def _progress(self) -> str:
        at = self._at
        asked = len(at.scan.scripts) - len(at.pending)
        blocks = at.unread()
        left = sum(len(txids) for _, txids in blocks)
        where = f"; read up to block {at.scan.height} of {at.tip}" if not at.pending else ""
        return f"{asked} of {len(at.scan.scripts)} addresses asked, {left} transactions to read{where}"
