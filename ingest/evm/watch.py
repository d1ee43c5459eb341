"""The watcher of an EVM chain: what is new above the cursor, and what a reorganisation took back.

One look: is this the chain we know; does it still hold the last block we read; if not, from which block on must
everything be compared again; then a page of blocks, whole and linked by their hashes, translated by `ingest.evm.scan`
and weighed against the log by `ingest.reorganisations`. Finality only says how far to read. A block replaced below it
is taken back all the same, at any depth, however long nobody looked.

A changed watch list (another address, another token) has the old blocks read again from the start. That adds and
corrects, but voids nothing: an address that is no longer watched keeps its history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import msgspec

from lotwork.ingest.asking.patience import Deadline, patient
from lotwork.ingest.evm.agreed import AgreedChain
from lotwork.ingest.evm.chain import Chain, Header
from lotwork.ingest.evm.cursor import EvmCursor, fork_height
from lotwork.ingest.evm.reader import ChainMovedError, Reader, Reading, Span
from lotwork.ingest.evm.scan import ChainEvent, Keep, Scan, instant
from lotwork.ingest.evm.section import EvmSection
from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.ports import AHEAD, Page
from lotwork.ingest.reorganisations import Notice, Recorded, alerts_of, effective_contents, reconcile, recorded_of
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import AssetDeclared, Event
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.units import AssetTable

PAGE_BLOCKS = 100
"""Blocks read and committed at a time; a reorganisation is read as one page, however deep."""

GROUND_SEARCH_BLOCKS = 100
"""How far below a fork an older block is looked for."""

CHAIN_KINDS = frozenset({"receipt", "transfer", "movement"})
EARLIEST = 1_438_269_988
"""The first block of Ethereum, the oldest chain of its family, in seconds since 1970."""
DAWN = datetime(1970, 1, 1, tzinfo=UTC)


def look_seconds(section: EvmSection) -> float:
    """Return the seconds a whole look may take, of many questions: four times as many as one."""
    return 4.0 * section.deadline_seconds


class EvmWatch:
    """A `ReceiptSource` over any `Chain`."""

    def __init__(
        self,
        section: EvmSection,
        chain: Chain,
        log: Recorded,
        clock: Clock,
        *,
        keep: Keep | None = None,
        page_blocks: int = PAGE_BLOCKS,
        deadline: Deadline | None = None,
        second: Chain | None = None,
    ) -> None:
        section.check()
        self.section = section
        self._deadline = deadline or Deadline(clock, look_seconds(section))
        self._chain: Chain = patient(chain, clock, self._deadline)
        if second is not None:
            other = patient(second, clock, self._deadline)
            self._chain = AgreedChain(section.name, self._chain, other, proves=section.proves)
        self._log = log
        self._clock = clock
        self._held = None if keep is None else HeldEvidence(keep)
        self._reader = Reader(section, self._chain, Scan(section, None if self._held is None else self._held.keep))
        self._most_blocks = self._page_blocks = page_blocks

    @property
    def name(self) -> str:
        """The name its cursor is stored under, and its events' `source`."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its events belong to."""
        return self.section.book

    def fetch_since(self, cursor: str | None) -> Page:
        """Return what the chain tells after *cursor*, and what it no longer tells.

        Raises SourceUnreachableError where the node does not answer, or the chain moved while it was read; and
        SourceRefusedError for another chain, for a token whose decimals are not those pinned, and for an answer that
        contradicts itself.
        """
        self._deadline.begin()
        page = self._look(cursor)
        if self._held is not None:
            self._held.settle(event.evidence for event in page.events)
        return page

    def _look(self, cursor: str | None) -> Page:
        self._check_chain_id()
        self._check_tokens()
        if cursor is None:
            return self._begin()
        read = EvmCursor.parse(cursor)
        now, since = self._now_at(read)
        fork = fork_height(read.marks, now)
        if fork == read.tip[0]:
            return self._go_on(read, since)
        if all(now[height] in (None, seen) for height, seen in read.marks):
            return Page(events=(), cursor=cursor)  # the node is behind, and on the same chain: wait for it
        return self._reorganised(read, fork)

    # -- is this the chain we know?

    def _check_chain_id(self) -> None:
        found = self._chain.chain_id()
        if found != self.section.chain_id:
            raise SourceRefusedError(
                f"source {self.name}: the node is on chain {found}, not on chain {self.section.chain_id}: "
                "nothing was read; correct the url or the chain_id"
            )

    def _check_tokens(self) -> None:
        for contract, token in self.section.token_of.items():
            found = self._chain.decimals(contract)
            if found != token.decimals:
                raise SourceRefusedError(
                    f"source {self.name}: token {token.asset} ({contract}) now says it has {found} decimals, and "
                    f"{token.decimals} are pinned: nothing was read; find out what became of the contract before "
                    "you change the pin, since every amount hangs on it"
                )

    def _now_at(self, read: EvmCursor) -> tuple[dict[int, str | None], int]:
        """Return the hashes the chain has today at the cursor's heights, and the time stamp at its tip.

        At the tip only, where that one stands.
        """
        genesis, tip = self._chain.headers([0, read.tip[0]])
        if genesis is None or genesis.hash != read.genesis or self.section.chain_id != read.chain_id:
            raise SourceRefusedError(
                f"source {self.name}: the node's first block is {genesis.hash if genesis else 'missing'}, and the "
                f"chain read until now began with {read.genesis}: nothing was read; this is another chain with the "
                "same id: correct the url, or watch it under another source name"
            )
        if tip is not None and tip.hash == read.tip[1]:
            return {tip.height: tip.hash}, tip.timestamp
        heights = [height for height, _ in read.marks]
        found = self._chain.headers(heights)
        return {height: header.hash if header else None for height, header in zip(heights, found, strict=True)}, 0

    def _target(self) -> int:
        """Return the height up to which blocks are read."""
        finality = self.section.finality
        return self._chain.settled(finality) if isinstance(finality, str) else self._chain.tip() - finality

    # -- the four ways a look can go

    def _begin(self) -> Page:
        """Read the first page of all."""
        ground = max(self.section.start_height - 1, 0)
        genesis, below = self._chain.headers([0, ground])
        if genesis is None:
            raise SourceRefusedError(f"source {self.name}: the node has no first block: it is not ready; try later")
        if below is None:
            raise SourceUnreachableError(
                f"source {self.name}: the chain has not reached the start height {self.section.start_height}: "
                "wait for the node, or correct the start height"
            )
        start = EvmCursor(
            chain_id=self.section.chain_id,
            genesis=genesis.hash,
            watched=self.section.fingerprint,
            marks=((below.height, below.hash),),
        )
        return self._go_on(start, below.timestamp)

    def _go_on(self, read: EvmCursor, since: int) -> Page:
        """Read upon the cursor's tip: old blocks first, where the watch list changed."""
        if read.watched != self.section.fingerprint:
            return self._backfill(read)
        height, seen = read.tip
        target = self._target()
        if target <= height:
            return Page(events=(), cursor=read.text())
        found, last = self._read(height, target, seen, since)
        marks = read.with_read(read.tip, found.marks)
        because = f"blocks {height + 1} to {last} were read"
        return Page(
            events=self._news(found, (), because),
            cursor=msgspec.structs.replace(read, marks=marks).text(),
            more=last < target,
        )

    def _read(self, ground: int, most: int, parent: str | None, since: int) -> tuple[Reading, int]:
        """Return what a page of blocks above *ground* holds, and its last; fewer blocks where many cannot be had.

        What is whole is kept: where one answer of many fails, or cannot be believed, the blocks before it are read
        alone, down to one.
        """
        while True:
            last = min(most, ground + self._page_blocks)
            try:
                found = self._whole(Span(ground, last, parent, since))
            except ChainMovedError:
                raise
            except (SourceUnreachableError, SourceRefusedError):
                alone = last - ground <= 1
                self._page_blocks = max(1, (last - ground) // 4)
                if alone or self._deadline.left() <= 0:
                    raise
            else:
                self._page_blocks = min(2 * self._page_blocks, self._most_blocks)
                return found, last

    def _whole(self, span: Span) -> Reading:
        """Return what the blocks of *span* hold, unless one is dated before any chain began, or more than 2 h ahead."""
        found = self._reader.read(span)
        latest = (self._clock.now() + AHEAD).timestamp()
        for header in found.headers:
            if not EARLIEST <= header.timestamp <= latest:
                raise SourceRefusedError(
                    f"source {self.name}: block {header.height} is dated {header.timestamp}, before any such chain "
                    "began or more than 2 h from now: nothing was recorded; ask another node"
                )
        return found

    def _backfill(self, read: EvmCursor) -> Page:
        """Read a page below the tip again, with a watch list that the old blocks were not read with."""
        height, _ = read.tip
        watched, following = read.backfill or ("", 0)
        if watched != self.section.fingerprint:
            following = max(self.section.start_height, 1)
        found, last = self._read(following - 1, height, None, 0)
        if last >= height:
            after = msgspec.structs.replace(read, watched=self.section.fingerprint, backfill=None)
        else:
            after = msgspec.structs.replace(read, backfill=(self.section.fingerprint, last + 1))
        return Page(events=self._news(found, (), "the watch list changed"), cursor=after.text(), more=True)

    def _reorganised(self, read: EvmCursor, fork: int | None) -> Page:
        """Compare everything above the last common block again, in one page."""
        below, since = self._ground(read, fork)
        target = self._target()
        last = max(below.height, min(target, max(read.tip[0], below.height + self._page_blocks)))
        found = self._whole(Span(below.height, last, below.hash, below.timestamp))
        because = f"chain {self.section.chain_id} was reorganised above block {below.height}"
        marks = read.with_read((below.height, below.hash), found.marks)
        events = self._news(found, self._recorded_after(since), because)
        return Page(
            events=events,
            cursor=msgspec.structs.replace(read, marks=marks).text(),
            more=last < target,
            alerts=alerts_of(events),
        )

    def _ground(self, read: EvmCursor, fork: int | None) -> tuple[Header, datetime]:
        """Return the block to compare from, and the instant that every event above it is later than.

        The log knows an event's instant, not its height. On chains with several blocks a second that is no order, so
        the ground is a block below *fork* that is older than the one upon it; failing that, the start.
        """
        bottom = min(read.marks[-1][0], max(self.section.start_height - 1, 0))
        if fork is not None:
            heights = range(fork, max(bottom, fork - GROUND_SEARCH_BLOCKS) - 1, -1)
            for above, below in pairwise(self._chain.headers(heights)):
                if above is not None and below is not None and below.timestamp < above.timestamp:
                    return below, instant(below)
        start = self._chain.headers([bottom])[0]
        if start is None:
            raise self._reader.moved(bottom)
        return start, DAWN

    # -- weighing against the log

    def _assets(self) -> AssetTable:
        return self._log.assets(self.book).with_declared(self.section.assets)

    def _news(self, found: Reading, doubted: Iterable[str], because: str) -> tuple[Event, ...]:
        """Return what to append so that the log tells what was read, and of *doubted* nothing else."""
        suspects = tuple(doubted)
        if not found.events and not suspects:
            return ()
        ids = {*suspects, *(event.id for event in found.events)}
        told = reconcile(
            recorded_of(self._log, self.book, ids),
            found.events,
            doubted=suspects,
            assets=self._assets(),
            notice=Notice(source=self.name, noted=self._clock.now(), because=because),
        )
        return (*self._declarations(found.events), *told)

    def _declarations(self, events: Sequence[ChainEvent]) -> Iterator[AssetDeclared]:
        """Yield the declaration of every asset that is told of and that the book does not know yet."""
        known = self._log.assets(self.book)
        told = {event.asset for event in events}
        contracts = {token.asset: contract for contract, token in self.section.token_of.items()}
        for asset in self.section.assets:
            if asset.symbol in told and known.get(asset.symbol) is None:
                yield AssetDeclared(
                    id=f"evm:{self.section.chain_id}:asset:{asset.symbol}",
                    at=events[0].at,
                    source=self.name,
                    asset=asset.symbol,
                    decimals=asset.decimals,
                    chain=f"evm:{self.section.chain_id}",
                    contract=contracts.get(asset.symbol),
                    asset_class="token" if asset.symbol in contracts else "coin",
                )

    def _recorded_after(self, since: datetime) -> list[str]:
        """Return the ids of this source's events that the log holds in blocks made after *since*."""
        events = (event for _, event in self._log.read(self.book, source=self.name))
        told = effective_contents(events, self._assets())
        return [
            name
            for name, public in told.items()
            if public["kind"] in CHAIN_KINDS and parse_instant(public["at"]) > since
        ]
