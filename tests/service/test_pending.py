"""What waits in a book is read once, however many ask at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Batch
from lotwork.service import pending
from lotwork.service.pending import Pending, Waiting
from tests.ledger.making import open_store
from tests.projections.house import MAIN, receipt, told


def test_who_asks_while_another_reads_waits_for_what_that_one_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on, read = Event(), Event(), pending.waiting_of
    readings: list[int] = []

    def slowly(history: History, position: int) -> Waiting:
        readings.append(position)
        asked.set()
        assert go_on.wait(timeout=10)
        return read(history, position)

    monkeypatch.setattr(pending, "waiting_of", slowly)
    with open_store(tmp_path) as store, ThreadPoolExecutor(2) as threads:
        store.append(Batch(MAIN, told(receipt("r", "2024-03-01", "1", None))))
        waiting = Pending(store)
        first = threads.submit(waiting.of, MAIN)
        assert asked.wait(timeout=10)
        second = threads.submit(waiting.of, MAIN)
        go_on.set()
        assert first.result() is second.result()
        assert [name for name, _ in first.result().receipts] == ["r"]
        assert readings == [1]
