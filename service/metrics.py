"""What a monitoring system may know: counts, ages and positions. Never an amount of money: metrics leak wealth."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from lotwork.ledger.codec import kind_of
from lotwork.ledger.storage.batch import Appended, Batch
from lotwork.ledger.store import EventStore

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The figures of one daemon, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.events = Counter("lotwork_events", "Events recorded.", ["type", "source"], registry=own)
        self.head = Gauge("lotwork_head_seq", "Position of the last event.", ["book"], registry=own)
        self.last_success = Gauge(
            "lotwork_source_last_success_timestamp_seconds",
            "When a source last answered.",
            ["book", "source"],
            registry=own,
        )
        self.unpriced = Gauge("lotwork_unpriced_events", "Receipts without a price.", ["book"], registry=own)
        self.unmatched = Gauge(
            "lotwork_unmatched_transfers", "Movements nobody has said why of.", ["book"], registry=own
        )
        self.price_seconds = Histogram("lotwork_price_fetch_seconds", "A round of asking for prices.", registry=own)
        self.lag = Gauge(
            "lotwork_projection_lag_events", "Events after those the figures rest on.", ["book"], registry=own
        )
        self.verify_failures = Counter(
            "lotwork_chain_verify_failures", "Checks of the chain that failed.", registry=own
        )
        self.next_payment = Gauge(
            "lotwork_next_estimated_payment_timestamp_seconds",
            "When the next estimated payment is due.",
            ["book"],
            registry=own,
        )
        self.job_failures = Counter("lotwork_job_failures", "Rounds that failed.", ["job", "why"], registry=own)
        self.outbox = Gauge("lotwork_outbox_pending", "Alerts not yet taken by every channel.", registry=own)

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        return generate_latest(self.registry)


class CountedStore(EventStore):
    """The store of the daemon: it counts what is new by kind and source."""

    metrics: Metrics | None = None

    def append(self, *batches: Batch) -> tuple[Appended, ...]:
        """Append *batches* as any store does, and count their new events."""
        done = super().append(*batches)
        for batch, appended in zip(batches, done, strict=True):
            if self.metrics is not None and isinstance(batch.events, tuple):
                new = set(appended.new)
                for event in batch.events:
                    if event.id in new:
                        self.metrics.events.labels(kind_of(event), event.source or "").inc()
                self.metrics.head.labels(appended.book).set(appended.head.position)
        return done
