"""Verification, backups and moving, whichever database keeps the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage.backup import backup, restore
from lotwork.ledger.storage.heads import heads_file
from lotwork.ledger.storage.port import Writing
from lotwork.ledger.store import Batch, CursorMove, EventStore, Message
from tests.ledger.making import CREATED, receipt, receipts
from tests.ledger.storage.contract.kept import Kept


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
    with holder.still(), holder.snapshot() as reading:
        assert reading is not None
        assert len(reading.all("SELECT position FROM events")) == 3
    kept.filled(4)


def test_a_ledger_that_is_behind_its_heads_is_refused(kept: Kept) -> None:
    kept.filled(3)
    told = heads_file(kept.home).read_text().replace('"position": 3', '"position": 5')
    heads_file(kept.home).write_text(told)
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
