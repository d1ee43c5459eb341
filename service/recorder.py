"""Where the daemon records: one place that appends to the store, and counts what was new."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import Event
from lotwork.ledger.storage.batch import Appended, Batch
from lotwork.ledger.store import EventStore
from lotwork.service.metrics import Metrics


class Recorder:
    """The store as the daemon's rounds know it: they ask where they stand, and append; nothing else."""

    def __init__(self, store: EventStore, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics

    def cursor(self, book: str, source: str) -> str | None:
        """Return how far *source* has been read; None where it never was."""
        return self._store.cursor(book, source)

    def read(self, book: str, *, ids: Collection[str]) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) of those of *ids* that *book* knows."""
        return self._store.read(book, ids=ids)

    def append(self, *batches: Batch) -> tuple[Appended, ...]:
        """Append *batches* as the store does, and count their new events by kind and source."""
        done = self._store.append(*batches)
        for batch, appended in zip(batches, done, strict=True):
            if isinstance(batch.events, tuple):
                new = set(appended.new)
                for event in batch.events:
                    if event.id in new:
                        self._metrics.events.labels(kind_of(event), event.source or "").inc()
            self._metrics.head.labels(appended.book).set(appended.head.position)
        return done
