"""What every watcher of a chain of the Bitcoin family does, whoever tells it of blocks: stand, undo, and tell the log.

A watcher is a `Scan` that goes up the chain, kept as the cursor. After a page the effective events of its source are
those that a fresh scan up to the same block would give, with the same wallets, start and confirmations: whatever the
depth of a reorganisation, and whether or not the daemon was running when it happened. Where the cursor does not reach
below the fork, or other scripts are watched than before, the chain is read again from the start height and the log
compared with it on the way (a *sweep*).

A sweep knows which recorded events it must have met by now from their instants: consensus gives every block a later
time than the median of the eleven before it, so an event dated at or before the median time of block *b* is in *b* or
below it, or it is not on this chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias

import msgspec

from lotwork.ingest.bitcoin.blocks import Transaction, check_header, read_header_alone
from lotwork.ingest.bitcoin.meaning import Reader
from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.bitcoin.scan import MEDIAN_OF, Scan, Sighting, Told
from lotwork.ingest.bitcoin.scripts import address_of_script, chain_named
from lotwork.ingest.bitcoin.watchlist import Watchlist, renamed, with_retired
from lotwork.ingest.bitcoin.wire import Slices, outputs_of
from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.ports import EvidenceKeeper
from lotwork.ingest.reorganisations import Notice, Recorded, effective_accounts, reconcile, recorded_of
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, SourceUnreachableError
from lotwork.ledger.events import Event

Weigh: TypeAlias = Callable[[list[dict[str, Any]]], None]
NOTHING_BELOW = "00" * 32
"""The name that the first block gives of the one before."""


class WatchSection(Protocol):
    """What the settings of every watcher say."""

    @property
    def name(self) -> str:
        """The source's own name."""
        ...

    @property
    def book(self) -> str:
        """The book its events belong to."""
        ...

    @property
    def chain(self) -> str:
        """The chain it must be on."""
        ...

    @property
    def start_height(self) -> int:
        """The first block read."""
        ...

    @property
    def confirmations(self) -> int:
        """How many blocks a payment stands under when it is recorded, its own counted."""
        ...

    @property
    def gap_limit(self) -> int:
        """How many unused addresses of a key are watched."""
        ...

    @property
    def wallets(self) -> tuple[WalletSection, ...]:
        """Who is watched."""
        ...

    def check(self) -> None:
        """Raise ConfigError where these settings cannot work together."""
        ...


class Headers(Protocol):
    """What any of those asked can tell of the blocks of the best chain."""

    def block_hash(self, height: int) -> str | None:
        """Return the name of the best chain's block at *height*; None where the chain is shorter."""
        ...

    def raw_header(self, block_hash: str) -> bytes:
        """Return a block's header."""
        ...


class ChainWatch:
    """The part of a watcher that asks nobody but for headers, and writes nothing: its page is recorded by who asked.

    *log* is read to tell what was recorded before.
    """

    calls_it = "node"

    def __init__(
        self, section: WatchSection, log: Recorded, clock: Clock, evidence: EvidenceKeeper | None = None
    ) -> None:
        section.check()
        self.section = section
        self.name = section.name
        self.book = section.book
        self.chain = chain_named(section.chain)
        self.rules = RULES[section.chain]
        self._log = log
        self.clock = clock
        self._evidence = None if evidence is None else HeldEvidence(evidence.keep)
        self.watched = Watchlist(section.wallets, self.chain, section.gap_limit)
        self._reader = Reader(section.name, self.chain, {wallet.wallet: wallet for wallet in section.wallets})

    @property
    def called(self) -> str:
        """What messages call it."""
        return f"{self.calls_it} {self.name!r}"

    def check_genesis(self, asked: Headers) -> None:
        """Refuse whoever is on another chain."""
        genesis = asked.block_hash(0)
        if genesis != self.chain.genesis:
            raise ConfigError(
                f"{self.called} is on another chain: {self.chain.name} begins with block {self.chain.genesis}, "
                f"this {self.calls_it}'s with {genesis}: correct its url, or the chain it is configured for"
            )

    def settle(self, events: Iterable[Event], scan: Scan) -> None:
        """Keep the evidence that the events name, and the sightings that are not told yet."""
        if self._evidence is not None:
            self._evidence.settle((*(each.evidence for each in events), *(each.evidence for each in scan.sightings)))

    def learn(self, node: Headers, scan: Scan, blocks: int) -> None:
        """Ask for the headers of so many blocks up to the one stood on, as far as they are not known."""
        if len(scan.below) >= min(blocks, scan.height + 1):
            return
        known: list[tuple[int, int]] = []
        name = scan.block_hash
        while len(known) < blocks and name != NOTHING_BELOW:
            raw = node.raw_header(name)
            header = read_header_alone(raw, name, self.rules)
            check_header(raw, header, scan.height - len(known), self.rules, self.clock.now())
            known.insert(0, (header.time, header.bits))
            name = header.previous
        scan.below = known

    def resume(self, node: Headers, scan: Scan | None) -> Scan:
        """Return the *scan* that a cursor told, or a new one where there is none or it watches other scripts."""
        before = scan.scripts if scan else {}
        used = scan.used if scan else {}
        watched = self.watched.scripts(used)
        scripts = with_retired(watched, before)
        if scan is not None and scan.scripts == scripts and scan.start_height == self.section.start_height:
            return scan
        begun = self.begin(node, scripts)
        begun.former = [*(scan.former if scan else ()), *renamed(watched, before)]
        begun.reached, begun.used = scan.reached if scan else 0, used
        return begun

    def begin(self, node: Headers, scripts: dict[str, str], foundation: str | None = None) -> Scan:
        """Return a scan of nothing yet, below the start height.

        Where it stood on another block before (*foundation*), even the oldest recorded event is in doubt; else those
        from below the start height are left alone.
        """
        height = self.section.start_height - 1
        block_hash = node.block_hash(height) if height else self.chain.genesis
        if block_hash is None:
            raise SourceUnreachableError(
                f"{self.called} has no block {height} yet, and is watched from {height + 1}: it will be asked "
                "again; is start_height a height of this chain?"
            )
        begun = Scan.begin(scripts, self.section.confirmations, self.section.start_height, block_hash, 0)
        begun.maturity = self.rules.maturity
        self.learn(node, begun, MEDIAN_OF)
        begun.swept = begun.median_time if foundation in (None, block_hash) else 0
        return begun

    def undo(self, node: Headers, scan: Scan) -> list[Sighting] | None:
        """Undo the blocks that left the chain; None where the fork is deeper than can be undone."""
        fork = self.fork(node, scan)
        return None if fork is None else scan.undo_to(*fork)

    def fork(self, node: Headers, scan: Scan) -> tuple[int, str] | None:
        """Return the newest block on the way here that is on the chain still, as far as is remembered."""
        for height, block_hash in scan.locator:
            if node.block_hash(height) == block_hash:
                return height, block_hash
        return None

    def watch_on(self, scan: Scan, found: Iterable[Slices], wallets: dict[bytes, str]) -> None:
        """Watch what follows the derived addresses that a block pays, which may be paid in the same block."""
        paid = {script for one in found for _, script in outputs_of(one)}
        news = paid & wallets.keys()
        while news:
            fresh: dict[bytes, str] = {}
            for script in sorted(news):
                fresh |= self.watched.note_paid(script, scan.used)
            fresh = {script: wallet for script, wallet in fresh.items() if script not in wallets}
            wallets.update(fresh)
            scan.scripts.update((script.hex(), wallet) for script, wallet in fresh.items())
            news = paid & fresh.keys()

    def words_on_keys(self, scan: Scan, *, swept: bool, news: bool) -> tuple[str | None, str | None]:
        """Return what a person compares with the wallet: its next addresses, and keys of which none was ever paid.

        The first where there is *news*, the second once, when the chain was *swept* from its start.
        """
        following = (
            f"{wallet} {address_of_script(script, self.chain)}"
            for wallet, script in self.watched.next_unused(scan.used)
        )
        never = self.watched.never_paid(scan.used) if swept else ()
        unused = f"next unused addresses: {', '.join(following)}" if news and self.watched.rows and scan.used else None
        if not never:
            return unused, None
        return unused, (
            f"no address of the key of {', '.join(never)} was ever paid: compare the wallet's first address with "
            f"{', '.join(address_of_script(row.scripts(1)[0], self.chain) for row in self.watched.rows)}"
        )

    def with_evidence(self, sighting: Sighting, transaction: Transaction) -> Sighting:
        """Return *sighting* with the digest of its transaction's bytes, which are held."""
        if self._evidence is None:
            return sighting
        return msgspec.structs.replace(sighting, evidence=self._evidence.keep(transaction.raw))

    def changes(
        self, scan: Scan, before: Told, undone: Iterable[Sighting], *, at_tip: bool, weigh: Weigh | None = None
    ) -> tuple[Event, ...]:
        """Return the events that bring the log from what was recorded *before* to what *scan* now shows.

        *weigh* is shown the events that a sweep did not meet, before they are taken back.
        """
        observed: list[Event] = []
        settled: set[str] = set()
        waiting: set[str] = set()
        fallen = {event.id for sighting in undone for event in self._reader.events_of(sighting)}
        for sighting in scan.sightings:
            events = self._reader.events_of(sighting)
            names = {event.id for event in events}
            was_due, is_due = before.had(sighting), sighting.due(scan.confirmations, scan.maturity) <= scan.height
            if is_due and was_due:
                settled |= names
            elif is_due:
                observed.extend(events)
            else:
                waiting |= names
                fallen |= names if was_due else set()
        if scan.swept is not None:
            unmet = self._unmet(scan, keep=settled | waiting, at_tip=at_tip)
            if weigh is not None:
                weigh([content for name, content in unmet.items() if name not in {event.id for event in observed}])
            fallen |= unmet.keys()
            fallen |= waiting if at_tip else set()
            if at_tip:
                scan.swept, scan.former = None, []
        recorded = recorded_of(self._log, self.book, fallen | {event.id for event in observed})
        notice = Notice(
            source=self.name,
            noted=self.clock.now(),
            because=f"as {self.chain.name} stands at block {scan.height} ({scan.block_hash})",
        )
        return reconcile(recorded, observed, doubted=fallen, assets=self._log.assets(self.book), notice=notice)

    def _unmet(self, scan: Scan, *, keep: set[str], at_tip: bool) -> dict[str, dict[str, Any]]:
        """Return the public form of the recorded events that a sweep should have met by now, and move the sweep on.

        Only wallets watched now are weighed: to stop watching a wallet takes nothing out of the log.
        """
        begun = scan.swept or 0
        scan.swept = max(begun, scan.median_time)
        since, until = _instant(begun), datetime.max.replace(tzinfo=UTC) if at_tip else _instant(scan.swept)
        assets = self._log.assets(self.book)
        told = (event for _, event in self._log.read(self.book, source=self.name))
        return {
            account.event.id: content
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
