"""What a monitoring system may know: counts, ages and positions. Never an amount of money: metrics leak wealth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST
LastAnswers: TypeAlias = Callable[[], Mapping[tuple[str, str], datetime]]
"""Says when each (book, source) that is watched answered last."""


class LastSuccess(Collector):
    """When each source last answered, asked for at every reading: what is watched no more cannot come back."""

    def __init__(self, last_answers: LastAnswers) -> None:
        self._last_answers = last_answers

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the one figure, a sample a source."""
        told = GaugeMetricFamily(
            "lotwork_source_last_success_timestamp_seconds", "When a source last answered.", labels=["book", "source"]
        )
        for (book, source), at in self._last_answers().items():
            told.add_metric([book, source], at.timestamp())
        yield told


class Metrics:
    """The figures of one daemon, in a registry of their own."""

    def __init__(self, last_answers: LastAnswers = dict) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.events = Counter("lotwork_events", "Events recorded.", ["type", "source"], registry=own)
        self.head = Gauge("lotwork_head_seq", "Position of the last event.", ["book"], registry=own)
        own.register(LastSuccess(last_answers))
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
