"""Appending: whole batches, once each, in positions without a gap."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lotwork.ledger.errors import BusyError, IntegrityError, NewerFormatError, StorageError
from lotwork.ledger.storage.port import Writing
from lotwork.ledger.storage.sqlite.connection import connect, ledger_file
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch, CursorMove, EventStore
from tests.ledger.making import filled, open_store, receipt, receipts


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    with open_store(tmp_path / "home") as opened:
        yield opened


def ids(store: EventStore, book: str = "main") -> list[str]:
    return [event.id for _, event in store.read(book)]


# -- the guards -------------------------------------------------------------------------------------------------------

COPY = "SELECT book, {}, kind, 1, at_us, latest_us, source, txid, 0, '', {}, hash FROM events WHERE position = {}"
REPLACE = "INSERT OR REPLACE INTO events " + COPY.format("position, id", "prev_hash", 2)
FAR = "INSERT INTO events " + COPY.format("9223372036854775807, 'far'", "hash", 3)
WRONG_LINK = "INSERT INTO events " + COPY.format("4, 'four'", "prev_hash", 3)
SECOND_FIRST = "INSERT INTO events " + COPY.format("1, 'one'", "prev_hash", 1)
UNBEGUN = SECOND_FIRST.replace("SELECT book", "SELECT 'other'")
UPSERT = "INSERT INTO events SELECT * FROM events WHERE position = 3 ON CONFLICT DO UPDATE SET payload = ''"


@pytest.mark.parametrize(
    "attack",
    [
        REPLACE,
        REPLACE.replace("OR REPLACE", "OR IGNORE"),
        FAR,
        WRONG_LINK,
        SECOND_FIRST,
        UNBEGUN,
        "UPDATE events SET payload = '{}' WHERE position = 2",
        "UPDATE OR IGNORE events SET payload = '{}'",
        "UPDATE OR REPLACE events SET position = 2 WHERE position = 3",
        "DELETE FROM events WHERE position = 3",
        "DELETE FROM events",
        "UPDATE books SET created_us = 0",
        "DELETE FROM books",
        "INSERT OR REPLACE INTO books SELECT book, ledger, 1, 0, genesis FROM books",
        UPSERT,
    ],
)
@pytest.mark.parametrize("recursive_triggers", ["ON", "OFF"])
def test_no_statement_changes_what_was_recorded(tmp_path: Path, attack: str, recursive_triggers: str) -> None:
    filled(tmp_path, 3)
    with closing(sqlite3.connect(ledger_file(tmp_path))) as other_program:
        other_program.execute(f"PRAGMA recursive_triggers = {recursive_triggers}")
        before = other_program.execute("SELECT * FROM events").fetchall()
        with pytest.raises(sqlite3.IntegrityError, match="the log only grows"):
            other_program.execute(attack)
        other_program.commit()
        assert other_program.execute("SELECT * FROM events").fetchall() == before
    with open_store(tmp_path) as store:
        assert store.verify().ok


def test_a_column_holds_only_its_type(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    with closing(sqlite3.connect(ledger_file(tmp_path))) as other_program, pytest.raises(sqlite3.IntegrityError):
        other_program.execute("INSERT INTO cursors VALUES ('main', 's', x'00', 'not a number')")


def test_the_writer_relies_on_nothing_but_its_own_pragmas(store: EventStore) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 3,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "busy_timeout": 10_000,
    }
    assert store.database.write(lambda at: {name: at.all(f"PRAGMA {name}")[0][0] for name in wanted}) == wanted


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    with closing(connect(ledger_file(tmp_path))) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM cursors")


# -- the disk, other processes and other files ------------------------------------------------------------------------


def test_a_full_disk_refuses_the_batch_and_goes_on_once_there_is_room(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 10), cursor=CursorMove("s", None, "10")))
    ((pages,),) = store.database.write(lambda at: at.all("PRAGMA page_count"))
    store.database.write(lambda at: at.all(f"PRAGMA max_page_count = {pages + 2}"))
    for _ in range(20):
        with pytest.raises(StorageError, match=r"disk is full.*nothing was appended"):
            store.append(Batch("main", receipts(11, 500), cursor=CursorMove("s", "10", "500")))
    assert store.head("main").position == 10
    assert store.cursor("main", "s") == "10"
    store.database.write(lambda at: at.all("PRAGMA max_page_count = 1073741823"))
    store.append(Batch("main", receipts(11, 500), cursor=CursorMove("s", "10", "500")))
    assert store.head("main").position == 500
    assert store.verify().ok


def test_a_failed_sync_stops_all_writing_until_a_restart(store: EventStore) -> None:
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorname = "SQLITE_IOERR_FSYNC"

    def fail(_at: Writing) -> None:
        raise failed

    with pytest.raises(StorageError, match="the disk failed while it was written to"):
        store.database.write(fail)
    with pytest.raises(StorageError, match="an earlier write failed"):
        store.append(Batch("main", [receipt(1)]))


def test_a_home_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="--home"):
        open_store(tmp_path / "file" / "home")


def test_another_programs_writer_is_waited_for_and_then_named(store: EventStore) -> None:
    store.database.write(lambda at: at.all("PRAGMA busy_timeout = 50"))
    with closing(sqlite3.connect(ledger_file(store.home), isolation_level=None)) as other_program:
        other_program.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="another process is writing"):
            store.append(Batch("main", [receipt(1)]))
    assert store.append(Batch("main", [receipt(1)]))[0].new == ("r1",)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(ledger_file(tmp_path))) as other_program:
        other_program.execute("CREATE TABLE theirs (x)")
    with pytest.raises(IntegrityError, match="another program's database"):
        open_store(tmp_path)


def test_a_newer_format_asks_for_a_newer_program(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    with closing(sqlite3.connect(ledger_file(tmp_path))) as other_program:
        other_program.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerFormatError, match="upgrade the program"):
        open_store(tmp_path)
    found = verify(tmp_path)
    assert (found.ok, found.is_newer, "restore" in found.message) == (False, True, False)
    with closing(sqlite3.connect(ledger_file(tmp_path))) as other_program:
        other_program.execute("PRAGMA user_version = 0")
    assert "has format 0, which no Lotwork made: restore a backup" in verify(tmp_path).message
    assert not verify(tmp_path).is_newer


def test_everything_a_home_holds_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_store(home) as store:
        store.append(Batch("main", [receipt(1)]))
        modes = {path.name: path.stat().st_mode & 0o777 for path in home.iterdir()}
    assert {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "heads.log", "writer.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert home.stat().st_mode & 0o777 == 0o700


def test_the_write_ahead_log_is_used_again_and_does_not_grow_with_each_append(tmp_path: Path) -> None:
    two_hundred_pages = 200 * (4096 + 24)
    with open_store(tmp_path) as store:
        for number in range(1, 151):
            store.append(Batch("main", [receipt(number)]))
        beside = ledger_file(tmp_path).with_name(ledger_file(tmp_path).name + "-wal")
        assert two_hundred_pages <= beside.stat().st_size < 1.2 * two_hundred_pages


# -- heads told outside -----------------------------------------------------------------------------------------------


def test_a_ledger_put_back_to_an_older_copy_is_refused_with_how_many_events_are_missing(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    old = ledger_file(tmp_path).read_bytes()
    with open_store(tmp_path) as store:
        store.append(Batch("main", receipts(4, 10)))
    ledger_file(tmp_path).write_bytes(old)
    with pytest.raises(IntegrityError, match="7 events are missing"):
        open_store(tmp_path)


def test_a_deleted_ledger_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    ledger_file(tmp_path).unlink()
    with pytest.raises(IntegrityError, match="3 events are missing"):
        open_store(tmp_path)
    assert not ledger_file(tmp_path).exists()


def test_nothing_is_appended_where_a_guard_was_taken_away(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with closing(sqlite3.connect(ledger_file(tmp_path))) as owner:
        owner.execute("DROP TRIGGER events_keep")
        owner.commit()
    with pytest.raises(IntegrityError, match="events_keep"):
        open_store(tmp_path)


def test_nothing_is_appended_after_an_event_that_is_not_what_was_written(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with closing(sqlite3.connect(ledger_file(tmp_path))) as owner:
        owner.execute("DROP TRIGGER events_keep")
        owner.execute("UPDATE events SET payload = replace(payload, '93012', '13012') WHERE position = 2")
        owner.commit()
    with pytest.raises(IntegrityError, match="position 2: its content is not what was hashed"):
        open_store(tmp_path)
