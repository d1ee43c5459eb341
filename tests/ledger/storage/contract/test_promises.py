"""Verification, backups and moving, whichever database keeps the ledger."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import InputRefusedError, IntegrityError, StorageError
from lotwork.ledger.storage.backup import backup
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.heads import read_heads, write_heads
from lotwork.ledger.storage.port import Writing
from lotwork.ledger.storage.restore import restore
from lotwork.ledger.store import Batch, CursorMove, EventStore, Message
from tests.ledger.making import CREATED, receipt, receipts
from tests.ledger.storage.contract.kept import Kept
from tests.patience import PATIENCE_SECONDS


def test_a_home_without_a_ledger_reads_as_an_empty_log(unmade: Kept) -> None:
    with unmade.log() as log:
        assert list(log.read("main")) == []
        assert log.books() == ()
        assert log.verify().ok
        assert not log.database.begun()


def test_a_ledger_is_made_once_and_found_as_it_was_made(unmade: Kept) -> None:
    made = unmade.database()
    made.begin()
    made.begin()
    assert made.begun()
    with made.snapshot() as reading:
        assert reading is not None
        assert reading.fault() is None
        assert reading.damage() is None
    made.close()


def test_what_fails_inside_a_transaction_leaves_nothing(store: EventStore) -> None:
    def halfway(at: Writing) -> None:
        at.all("INSERT INTO fence VALUES (7, 7)")
        raise StorageError("the lights went out")

    with pytest.raises(StorageError, match="the lights went out"):
        store.database.write(halfway)
    assert store.database.write(lambda at: at.all("SELECT * FROM fence")) == []


def test_a_reader_writes_nothing(store: EventStore) -> None:
    with store.database.reading() as reading:
        assert reading is not None
        with pytest.raises(StorageError):
            reading.all("INSERT INTO fence VALUES (7, 7)")
    assert store.append(Batch("main", [receipt(1)]))[0].new == ("r1",)


def test_nobody_writes_while_it_is_to_stand_still(kept: Kept) -> None:
    kept.filled(3)
    holder = kept.database()
    other = threading.Thread(target=kept.filled, args=(4,))
    with holder.still(), holder.snapshot() as reading:
        assert reading is not None
        other.start()
        other.join(0.2)
        assert other.is_alive()
        with kept.log() as log:
            assert log.head("main").position == 3
    other.join(PATIENCE_SECONDS)
    with kept.log() as log:
        assert log.head("main").position == 4


def test_eight_writers_append_at_once_without_an_error_or_a_gap(kept: Kept) -> None:
    """Four processes, as it were, of two threads each; every tenth transaction is taken back."""
    refused: list[str] = []

    def work(store: EventStore, worker: int) -> None:
        for number in range(20):
            batches = [Batch("main", [receipt(worker * 100 + number)]), Batch(f"own-{worker}", [receipt(number)])]
            if number % 10 == 9:
                batches.append(Batch("main", [receipt(worker * 100, quantity=1)]))  # recorded with other content
            try:
                store.append(*batches)
            except InputRefusedError:
                refused.append(f"{worker} {number}")

    with ExitStack() as opened:
        stores = [opened.enter_context(kept.store(SystemClock())) for _ in range(4)]
        workers = [threading.Thread(target=work, args=(stores[each // 2], each)) for each in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(PATIENCE_SECONDS)
        assert sorted(refused) == [f"{worker} {number}" for worker in range(8) for number in (19, 9)]
        assert [position for position, _ in stores[0].read("main")] == list(range(1, 8 * 18 + 1))
        assert {stores[0].head(f"own-{each}").position for each in range(8)} == {18}
        assert read_heads(kept.home) == {book: stores[0].head(book) for book in stores[0].books()}
        found = stores[0].verify()
        assert (found.ok, found.events) == (True, 2 * 8 * 18), found.message


def test_a_backup_made_while_others_write_is_whole(kept: Kept, tmp_path: Path) -> None:
    end = threading.Event()

    def work() -> None:
        with kept.store() as store:
            for number in count(1):
                store.append(Batch("main", [receipt(number)], cursor=CursorMove("s", store.cursor("main", "s"), "1")))
                if end.is_set():
                    return

    writer = threading.Thread(target=work)
    writer.start()
    try:
        with kept.store() as store:
            ended = [backup(store, tmp_path / f"{each}", clock=SetClock(CREATED)).events for each in range(5)]
    finally:
        end.set()
        writer.join(PATIENCE_SECONDS)
    assert ended == sorted(ended)
    assert ended[-1] > ended[0], "nobody wrote meanwhile"
    restore(tmp_path / "4", tmp_path / "restored", clock=SystemClock())
    with EventStore.open(tmp_path / "restored", clock=SystemClock()) as restored:
        assert restored.verify().events == restored.head("main").position == ended[-1]


def test_a_ledger_that_is_behind_its_heads_is_refused(kept: Kept) -> None:
    kept.filled(3)
    write_heads(kept.home, [Head("main", 5, "ab" * 32)], CREATED)
    with pytest.raises(IntegrityError, match="2 events are missing"):
        kept.log()
    with kept.store(check_heads=False) as store:
        assert "2 events are missing" in store.verify().message


def test_a_backup_is_the_same_file_whichever_database_keeps_the_ledger(kept: Kept, tmp_path: Path) -> None:
    with kept.store() as store:
        store.append(
            Batch("main", receipts(1, 30), cursor=CursorMove("ocean", None, "30"), outbox=(Message("m", "s", "b"),)),
            Batch("other", receipts(1, 2)),
        )
        heads = {book: store.head(book) for book in store.books()}
        manifest = backup(store, tmp_path / "backup.tar", clock=SetClock(CREATED))
    assert dict(manifest.heads) == heads
    restore(tmp_path / "backup.tar", tmp_path / "restored", clock=SystemClock())
    with EventStore.open(tmp_path / "restored", clock=SystemClock()) as restored:
        assert {book: restored.head(book) for book in restored.books()} == heads
        assert restored.cursor("main", "ocean") == "30"
        assert restored.pending() == (Message("m", "s", "b"),)
        assert restored.verify().ok
