"""Someone who polls all the while a server is killed, restarted or replaced."""

from __future__ import annotations

import threading

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import BusyError, LotworkError, StorageError
from lotwork.ledger.store import Batch, CursorMove, EventStore, Message
from tests.ledger.making import receipts
from tests.patience import PATIENCE_SECONDS


class Poller(threading.Thread):
    """Polls a source that delivers its last events again, until it is told to stop; every refusal is tried again."""

    def __init__(self, store: EventStore) -> None:
        super().__init__(daemon=True)
        self.store = store
        self.acknowledged = 0
        self.refused: list[LotworkError] = []
        self.end = threading.Event()

    def run(self) -> None:
        while not self.end.is_set():
            try:
                self.poll()
            except (StorageError, BusyError) as away:
                self.refused.append(away)

    def poll(self) -> None:
        before = self.store.cursor("main", "ocean")
        first = int(before or 0) + 1
        events = tuple(receipts(max(1, first - 3), first + 2))
        told = (Message(f"m{first + 2}", "s", "b"),)
        self.store.append(Batch("main", events, cursor=CursorMove("ocean", before, str(first + 2)), outbox=told))
        self.acknowledged = first + 2

    def await_more(self) -> None:
        """Wait until some more polls have been acknowledged."""
        clock, reached = SystemClock(), self.acknowledged + 12
        give_up = clock.monotonic() + PATIENCE_SECONDS
        while self.acknowledged < reached:
            assert clock.monotonic() < give_up, self.refused[-3:]
            clock.sleep(0.005)

    def finish(self) -> None:
        """Poll no more."""
        self.end.set()
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive()

    def assert_whole(self) -> None:
        """Assert that each acknowledged event and alert is there once, and the log is what was written."""
        cursor = int(self.store.cursor("main", "ocean") or 0)
        assert cursor >= self.acknowledged
        assert [event.id for _, event in self.store.read("main")] == [f"r{each}" for each in range(1, cursor + 1)]
        queued = {message.id for message in self.store.pending(limit=cursor)}
        assert queued == {f"m{each}" for each in range(3, cursor + 1, 3)}
        found = self.store.verify()
        assert found.ok, found.message
