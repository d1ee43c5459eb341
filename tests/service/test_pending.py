"""What waits in a book is what a pass over all of its history finds, looked for once, however many ask at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings

from lotwork.ingest.prices.fetch import Wanted
from lotwork.ledger.events import Credit, Movement, Receipt
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Batch
from lotwork.projections.pricing import Prices, priced, without_price
from lotwork.projections.replay import resuming, stops
from lotwork.projections.replay.book import Book
from lotwork.service import pending
from lotwork.service.pending import Pending, Waiting
from tests.drawing import FUZZ
from tests.ledger.making import open_store
from tests.projections.house import MAIN, receipt, told
from tests.projections.replay.drawn import long_histories
from tests.projections.replay.test_checkpoint import Line, append, store_of


def passed_over(history: History, position: int) -> Waiting:
    """Return what waits in *history*, whose events are all looked at, and no book is asked."""
    receipts, wanted, movements = list[tuple[str, datetime]](), dict[Wanted, None](), 0
    prices = Prices(history.of_kind("price"))
    for event in priced(history.events(), prices, history.assets, [], {}):
        waiting = without_price(event)
        if waiting is not None:
            wanted[Wanted(waiting.event.asset, waiting.event.at)] = None
        if waiting is not None and isinstance(event, Receipt):
            receipts.append((event.id, event.at))
        movements += waiting is None and isinstance(event, Movement)
    for event in history.of_kind("credit"):
        if isinstance(event, Credit) and prices.at(event.asset, event.at)[0] is None:
            wanted[Wanted(event.asset, event.at)] = None
    return Waiting(position, tuple(receipts), tuple(wanted), movements)


@settings(max_examples=1_000 if settings.get_current_profile_name() == FUZZ else 40)
@given(long_histories(30))
def test_what_waits_is_what_a_pass_over_all_of_history_finds(lines: list[Line]) -> None:
    with pytest.MonkeyPatch.context() as patch, store_of() as store:
        patch.setattr(stops, "APART", 1)
        patch.setattr(resuming, "FAR", 1)
        waiting = Pending(store)
        for position, line in enumerate(lines, 1):
            append(store, line)
            assert waiting.of(MAIN) == passed_over(History.read(store, MAIN), position)


def test_who_asks_while_another_reads_waits_for_what_that_one_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on, read = Event(), Event(), pending.waiting_of
    readings: list[int] = []

    def slowly(book: Book, position: int) -> Waiting:
        readings.append(position)
        asked.set()
        assert go_on.wait(timeout=10)
        return read(book, position)

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
