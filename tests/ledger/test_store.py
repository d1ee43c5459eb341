"""Appending: whole batches, once each, in positions without a gap."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import BusyError, InputRefusedError, IntegrityError, SourceUnreachableError, StorageError
from lotwork.ledger.events import Event, Rule
from lotwork.ledger.storage.heads import read_heads
from lotwork.ledger.storage.sqlite.connection import connect, ledger_file
from lotwork.ledger.store import Batch, CursorMove, EventStore, Message
from tests.ledger.making import CREATED, NOON, filled, one_of_each_kind, open_store, receipt, receipts


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    with open_store(tmp_path / "home") as opened:
        yield opened


def ids(store: EventStore, book: str = "main") -> list[str]:
    return [event.id for _, event in store.read(book)]


# -- what is recorded -------------------------------------------------------------------------------------------------


def test_events_stand_at_positions_without_a_gap(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 3)))
    (appended,) = store.append(Batch("main", receipts(4, 5)))
    assert [position for position, _ in store.read("main")] == [1, 2, 3, 4, 5]
    assert appended.new == ("r4", "r5")
    assert appended.head == store.head("main")
    assert appended.head.position == 5


def test_every_kind_of_event_is_read_as_it_was_written(store: EventStore) -> None:
    events = one_of_each_kind()
    store.append(Batch("main", events))
    assert [event for _, event in store.read("main")] == list(events)
    assert store.verify().ok


def test_the_same_event_again_is_known_and_changes_nothing(store: EventStore) -> None:
    (first,) = store.append(Batch("main", receipts(1, 3)))
    (again,) = store.append(Batch("main", receipts(1, 3)))
    assert (again.new, again.known, again.head) == ((), ("r1", "r2", "r3"), first.head)


def test_an_event_twice_in_one_batch_is_recorded_once(store: EventStore) -> None:
    (appended,) = store.append(Batch("main", [receipt(1), receipt(1)]))
    assert (appended.new, appended.known) == (("r1",), ("r1",))


def test_the_same_id_with_other_content_is_refused_and_named_and_nothing_is_appended(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 2)))
    changed = [receipt(1, quantity=1), receipt(2, minutes=99)]
    with pytest.raises(InputRefusedError) as refused:
        store.append(Batch("main", [receipt(3), *changed, receipt(4)], cursor=CursorMove("s", None, "1")))
    assert [problem.where for problem in refused.value.problems] == ["event r1", "event r2"]
    assert "quantity is 50000000 in the log and 1 here" in str(refused.value)
    assert ids(store) == ["r1", "r2"]
    assert store.cursor("main", "s") is None


def test_two_contents_of_one_id_in_one_batch_are_refused(store: EventStore) -> None:
    with pytest.raises(InputRefusedError, match="event r1: id: is recorded with other content"):
        store.append(Batch("main", [receipt(1), receipt(1, quantity=1)]))
    assert ids(store) == []


def test_a_conflict_in_a_late_chunk_takes_back_the_early_ones(store: EventStore) -> None:
    store.append(Batch("main", [receipt(9999)]))
    with pytest.raises(InputRefusedError):
        store.append(Batch("main", [*receipts(1, 4500), receipt(9999, quantity=1)]))
    assert ids(store) == ["r9999"]


def test_a_batch_may_be_a_stream_longer_than_one_statement_holds(store: EventStore) -> None:
    (appended,) = store.append(Batch("main", receipts(1, 4321)))
    assert len(appended.new) == appended.head.position == 4321
    assert store.verify().ok


def test_a_stream_that_breaks_off_leaves_nothing(store: EventStore) -> None:
    def broken() -> Iterator[Event]:
        yield from receipts(1, 3000)
        raise SourceUnreachableError("the line went dead")

    with pytest.raises(SourceUnreachableError):
        store.append(Batch("main", broken()))
    assert ids(store) == []
    assert store.append(Batch("main", receipts(1, 2)))[0].head.position == 2


def test_all_batches_are_recorded_or_none(store: EventStore) -> None:
    store.append(Batch("second", [receipt(1)]))
    with pytest.raises(InputRefusedError):
        store.append(Batch("main", receipts(1, 3)), Batch("second", [receipt(1, quantity=1)]))
    assert store.books() == ("second",)


def test_each_book_has_positions_ids_and_a_chain_of_its_own(store: EventStore) -> None:
    mine, yours = store.append(Batch("mine", receipts(1, 2)), Batch("yours", receipts(1, 3)))
    assert (mine.head.position, yours.head.position) == (2, 3)
    assert store.hash_at("mine", 1) != store.hash_at("yours", 1)
    assert store.books() == ("mine", "yours")
    assert store.verify().events == 5


def test_two_batches_of_one_book_follow_one_another(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 2)), Batch("main", receipts(2, 4), expected=2))
    assert ids(store) == ["r1", "r2", "r3", "r4"]


@pytest.mark.parametrize("name", ["", " main", "a\nb", "x" * 65])
def test_a_book_has_a_printable_name(store: EventStore, name: str) -> None:
    with pytest.raises(InputRefusedError, match="is not a name"):
        store.append(Batch(name, [receipt(1)]))


def test_an_event_without_an_id_is_refused(store: EventStore) -> None:
    with pytest.raises(InputRefusedError, match="an event has an id"):
        store.append(Batch("main", [msgspec.structs.replace(receipt(1), id="")]))


@pytest.mark.parametrize("at", [datetime(2025, 1, 1), datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=2)))])  # noqa: DTZ001 - that it is refused is the test
def test_an_instant_that_is_not_utc_is_refused(store: EventStore, at: datetime) -> None:
    with pytest.raises(InputRefusedError, match="in UTC"):
        store.append(Batch("main", [msgspec.structs.replace(receipt(1), at=at)]))


def test_an_event_that_does_not_read_back_as_itself_is_refused(store: EventStore) -> None:
    shifty = Rule(id="x", at=NOON, figure="a", from_=NOON.date(), value=(1, 2), cite="c", reason="r")
    with pytest.raises(InputRefusedError, match="another event"):
        store.append(Batch("main", [shifty]))
    unreadable = msgspec.structs.replace(receipt(1), price_usd=93012.55)
    with pytest.raises(InputRefusedError, match="cannot be written down"):
        store.append(Batch("main", [unreadable]))


def test_a_clock_put_back_does_not_put_the_log_back(tmp_path: Path) -> None:
    clock = SetClock(CREATED)
    with open_store(tmp_path, clock) as store:
        store.append(Batch("main", [receipt(1)]))
        clock.move(-86_400)
        store.append(Batch("main", [receipt(2)]))
        recorded = [row[0] for row in store._all("SELECT recorded_us FROM events ORDER BY position")]
    assert recorded[0] == recorded[1]


# -- what moves with the events ---------------------------------------------------------------------------------------


def test_an_unexpected_position_is_refused(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 2), expected=0))
    with pytest.raises(BusyError, match="at position 2, not 0"):
        store.append(Batch("main", [receipt(3)], expected=0))


def test_a_cursor_moves_with_its_events(store: EventStore) -> None:
    store.append(Batch("main", [receipt(1)], cursor=CursorMove("ocean", None, "a")))
    store.append(Batch("main", [], cursor=CursorMove("ocean", "a", "b")))
    assert store.cursor("main", "ocean") == "b"
    assert store.cursor("main", "other") is None


@pytest.mark.parametrize("before", [None, "z"])
def test_a_cursor_that_moved_meanwhile_refuses_the_batch(store: EventStore, before: str | None) -> None:
    store.append(Batch("main", [], cursor=CursorMove("ocean", None, "a")))
    with pytest.raises(BusyError, match="read up to 'a'"):
        store.append(Batch("main", [receipt(1)], cursor=CursorMove("ocean", before, "b")))
    assert ids(store) == []
    assert store.cursor("main", "ocean") == "a"


def test_an_alert_waits_in_the_outbox_until_it_is_sent(store: EventStore) -> None:
    due = Message("due-1", "Payment due", "1,200 USD in 7 days")
    store.append(Batch("main", [receipt(1)], outbox=(due,)))
    store.append(Batch("main", [receipt(2)], outbox=(due,)))
    assert store.pending() == (due,)
    store.mark_sent(due.id)
    assert store.pending() == ()


def test_an_alert_that_was_sent_is_not_queued_again(store: EventStore) -> None:
    due = Message("due-1", "s", "b")
    store.append(Batch("main", outbox=(due,)))
    store.mark_sent("due-1")
    store.append(Batch("main", outbox=(due,)))
    assert store.pending() == ()


def test_an_alert_that_failed_stays_pending_with_its_trouble(store: EventStore) -> None:
    due = Message("1", "s", "b")
    store.append(Batch("main", outbox=(due,)))
    store.mark_failed(due.id, "the mail server is away")
    assert store.pending() == (due,)
    assert store._all("SELECT attempts, trouble FROM outbox WHERE id = '1'") == [(1, "the mail server is away")]


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
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "busy_timeout": 10_000,
    }
    with store._transaction() as connection:
        assert {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    with closing(connect(ledger_file(tmp_path))) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM cursors")


# -- the disk, other processes and other files ------------------------------------------------------------------------


def test_a_full_disk_refuses_the_batch_and_goes_on_once_there_is_room(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 10), cursor=CursorMove("s", None, "10")))
    with store._transaction() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    for _ in range(20):
        with pytest.raises(StorageError, match=r"disk is full.*nothing was appended"):
            store.append(Batch("main", receipts(11, 500), cursor=CursorMove("s", "10", "500")))
    assert store.head("main").position == 10
    assert store.cursor("main", "s") == "10"
    with store._transaction() as connection:
        connection.execute("PRAGMA max_page_count = 1073741823")
    store.append(Batch("main", receipts(11, 500), cursor=CursorMove("s", "10", "500")))
    assert store.head("main").position == 500
    assert store.verify().ok


def test_a_failed_sync_stops_all_writing_until_a_restart(store: EventStore) -> None:
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorname = "SQLITE_IOERR_FSYNC"
    with pytest.raises(StorageError, match="disk refused"), store._transaction():
        raise failed
    with pytest.raises(StorageError, match="an earlier write failed"):
        store.append(Batch("main", [receipt(1)]))


def test_a_home_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="--home"):
        open_store(tmp_path / "file" / "home")


def test_another_programs_writer_is_waited_for_and_then_named(store: EventStore) -> None:
    with store._transaction() as connection:
        connection.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(store.file, isolation_level=None)) as other_program:
        other_program.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="another process is writing"):
            store.append(Batch("main", [receipt(1)]))
    assert store.append(Batch("main", [receipt(1)]))[0].new == ("r1",)


def test_a_writer_that_another_daemon_replaced_is_fenced(tmp_path: Path) -> None:
    with open_store(tmp_path) as frozen, open_store(tmp_path) as fresh, open_store(tmp_path) as command:
        assert (frozen.claim(), fresh.claim()) == (1, 2)
        with pytest.raises(BusyError, match="another daemon took over"):
            frozen.append(Batch("main", [receipt(1)]))
        assert fresh.append(Batch("main", [receipt(2)]))[0].head.position == 1
        assert command.append(Batch("main", [receipt(3)]))[0].head.position == 2


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(ledger_file(tmp_path))) as other_program:
        other_program.execute("CREATE TABLE theirs (x)")
    with pytest.raises(IntegrityError, match="another program's database"):
        open_store(tmp_path)


def test_a_newer_format_asks_for_a_newer_program(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    with closing(sqlite3.connect(ledger_file(tmp_path))) as other_program:
        other_program.execute("PRAGMA user_version = 99")
    with pytest.raises(IntegrityError, match="upgrade the program"):
        open_store(tmp_path)


def test_everything_a_home_holds_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_store(home) as store:
        store.append(Batch("main", [receipt(1)]))
        modes = {path.name: path.stat().st_mode & 0o777 for path in home.iterdir()}
    assert {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "heads.log", "writer.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert home.stat().st_mode & 0o777 == 0o700


# -- heads told outside -----------------------------------------------------------------------------------------------


def test_every_commit_is_told_outside_the_database(store: EventStore) -> None:
    store.append(Batch("main", receipts(1, 3)), Batch("other", [receipt(1)]))
    assert read_heads(store.home) == {"main": store.head("main"), "other": store.head("other")}


def test_a_head_a_crash_left_untold_is_told_at_the_next_start(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    before = (tmp_path / "heads.log").read_bytes()
    with open_store(tmp_path) as store:
        store.append(Batch("main", [receipt(4)]))
    (tmp_path / "heads.log").write_bytes(before + b'{"book": "main", "posi')
    with open_store(tmp_path) as store:
        assert read_heads(tmp_path)["main"] == store.head("main")
        assert store.head("main").position == 4


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
