"""The rounds of the daemon that touch the outside world or the whole log: a source, the prices, the chain.

Each can be run again at any time. None catches what it cannot handle: who runs it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import structlog

from lotwork.ingest.ports import PriceSource
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import Clock
from lotwork.ledger.evidence_lost import REMEDY, in_words, lost_evidence
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.verify import Verification
from lotwork.ledger.store import EventStore
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.service.pending import Pending
from lotwork.service.price_round import PriceRound
from lotwork.service.prices_asked import PricesAsked, setup_of
from lotwork.service.recorder import Recorder
from lotwork.service.settings import Prices
from lotwork.service.sources import Watched

MOST_REASONS = 5

log = structlog.get_logger("lotwork.rounds")


def _reading(book: str, words: str) -> None:
    """Log how far a long round of prices has come."""
    log.info("reading", book=book, source="prices", progress=words)


class Rounds:
    """The rounds over one store."""

    def __init__(
        self,
        store: EventStore,
        recorder: Recorder,
        health: Health,
        metrics: Metrics,
        clock: Clock,
        *,
        stop: Callable[[], bool],
    ) -> None:
        self.pending = Pending(store)
        self._store = store
        self._recorder = recorder
        self._health = health
        self._metrics = metrics
        self._clock = clock
        self._stop = stop
        self._prices: dict[str, PriceRound] = {}

    def use_prices(self, sources: Sequence[PriceSource], books: Iterable[str], settings: Prices) -> None:
        """Price *books* from *sources* from now on, as *settings* say."""
        asked = PricesAsked(self._store.home, setup_of(settings))
        self._prices = {
            book: PriceRound(
                self._recorder,
                book,
                sources,
                self._clock,
                cross_check=settings.cross_check,
                asked=asked,
                stand_in_hours=settings.stand_in_hours,
            )
            for book in books
        }

    def poll(self, one: Watched) -> int:
        """Ask a source what is new and record it; return how many events were.

        A damaged log is not written to. A source that is edited or taken out of the settings meanwhile is asked for
        no more, and what it answered is not noted for the one that has its name now.
        """
        if not self._health.chain_ok:
            return 0
        book, source = one.name
        new = watch_once(
            one.source,
            self._recorder,
            stop=lambda: self._stop() or not self._health.watches(one.section),
            tell=lambda words: log.warning("left out", book=book, source=source, rows=words),
            progress=lambda words: log.info("reading", book=book, source=source, progress=words),
        )
        self._health.answered(one.section)
        if new:
            log.info("recorded", book=book, source=source, new=new)
        return new

    def fetch_prices(self) -> None:
        """Price what waits in every book."""
        for book in self._prices:
            self.fetch_prices_of(book)

    def fetch_prices_of(self, book: str) -> None:
        """Price what waits in *book*; of one that is priced no more, nothing."""
        asking = self._prices.get(book)
        if asking is None:
            return
        waiting = self.pending.of(book)
        if not waiting.wanted:
            asking.settle()
        if waiting.wanted and self._health.chain_ok and not self._stop():
            with self._metrics.price_seconds.time():
                recorded, unpriced = asking.go(waiting, self._stop, progress=partial(_reading, book))
            if recorded or unpriced:
                why = sorted({item.reason for item in unpriced})[:MOST_REASONS]
                log.info("prices", book=book, recorded=recorded, pending=len(unpriced), why=why)

    @property
    def priced(self) -> tuple[str, ...]:
        """The books that are priced."""
        return tuple(self._prices)

    def check_chain(self, held_against: Callable[[Verification], Verification]) -> None:
        """Re-hash the whole log; raise IntegrityError where it is not what was written, or told elsewhere."""
        found = held_against(self._store.verify())
        for note in found.notes:
            log.warning("verified, but", note=note)
        if not found.ok:
            self._metrics.verify_failures.inc()
            raise found.error()
        self._health.verified(None)
        log.info("chain verified", events=found.events)
        lost = lost_evidence(self._store, Evidence(self._store.home))
        if lost:
            log.error("evidence is lost; recording goes on", what=in_words(lost), next=REMEDY)
