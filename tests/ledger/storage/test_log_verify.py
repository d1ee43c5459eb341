"""Verification: whatever changes what was recorded is found, wherever it is changed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage import chain
from lotwork.ledger.storage.heads import heads_file
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.rows import BEFORE_ALL_TIME, Row, Tail
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.sqlite.database import Session, Sqlite
from lotwork.ledger.storage.verify import Verification, row_fault, tail_fault, verify, verify_file
from lotwork.ledger.store import Batch
from tests.drawing import stream
from tests.ledger.making import filled, one_of_each_kind, open_store, receipt, receipts

WITHOUT_GUARDS = "DROP TRIGGER events_follow; DROP TRIGGER events_keep; DROP TRIGGER events_stay;"

APPENDED = (
    "INSERT INTO events SELECT book, {0}, 'x', kind, 1, at_us, latest_us, source, txid, recorded_us, payload, hash, "
    "hash FROM events WHERE position = 30"
)
SWAPPED = "; ".join(
    f"UPDATE events SET position = {to} WHERE position = {was}"  # noqa: S608 - numbers
    for was, to in ((7, 99), (8, 7), (99, 8))
)


def stored_rows(file: Path) -> list[Row]:
    with closing(sqlite3.connect(file)) as connection:
        columns = ", ".join(Row._fields)
        return [Row._make(row) for row in connection.execute(f"SELECT {columns} FROM events ORDER BY book, position")]  # noqa: S608 - names


@pytest.fixture
def home(tmp_path: Path) -> Path:
    filled(tmp_path, 30)
    return tmp_path


def tampered(home: Path, script: str, *, put_guards_back: bool = True) -> Verification:
    """Change the ledger as its owner could, leave no other trace, and verify it."""
    with closing(sqlite3.connect(ledger_file(home))) as owner:
        guards = [sql for (sql,) in owner.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'")]
        if put_guards_back:
            owner.executescript(WITHOUT_GUARDS)
        owner.executescript(script)
        for guard in guards if put_guards_back else ():
            owner.executescript(guard.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))
        owner.commit()
    return verify(home)


def test_a_ledger_as_it_was_written_is_verified_to_its_head(home: Path) -> None:
    found = verify(home)
    with EventLog.open(home) as log:
        assert (found.ok, found.events, found.head, found.first_bad, found.message) == (
            True,
            30,
            log.head("main"),
            None,
            "",
        )


def test_one_book_of_many_is_verified_alone(home: Path) -> None:
    with open_store(home) as store:
        store.append(Batch("other", receipts(1, 5)))
    assert verify(home, "other").events == 5
    assert verify(home).events == 35
    assert tampered(home, "UPDATE events SET kind = 'sale' WHERE book = 'other'").ok is False
    assert verify(home, "main").ok
    assert not verify(home, "other").ok


def test_putting_the_guards_back_is_not_a_change(home: Path) -> None:
    assert tampered(home, "").ok


@pytest.mark.parametrize(
    ("script", "first_bad"),
    [
        ("UPDATE events SET payload = replace(payload, '93012', '13012') WHERE position = 7", 7),
        ("UPDATE events SET recorded_us = recorded_us + 1 WHERE position = 7", 7),
        ("UPDATE events SET latest_us = latest_us + 1 WHERE position = 7", 7),
        ("UPDATE events SET txid = 'aa' WHERE position = 7", 7),
        ("UPDATE events SET source = NULL WHERE position = 7", 7),
        ("DELETE FROM events WHERE position = 7", 7),
        ("DELETE FROM events WHERE position = 1", 1),
        ("DELETE FROM events WHERE position > 20", 21),
        ("DELETE FROM events", 1),
        (APPENDED.format(31), 31),
        (APPENDED.format(99), 31),
        (SWAPPED, 7),
    ],
)
def test_a_changed_deleted_added_or_swapped_event_is_found_at_its_position(
    home: Path, script: str, first_bad: int
) -> None:
    found = tampered(home, script)
    assert (found.ok, found.first_bad) == (False, first_bad)
    assert "restore" in found.message


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("DROP TRIGGER events_stay", "events_stay"),
        (
            "DROP TRIGGER events_follow; CREATE TRIGGER events_follow BEFORE INSERT ON events BEGIN SELECT 1; END",
            "guards",
        ),
        ("CREATE TRIGGER extra AFTER INSERT ON events BEGIN SELECT 1; END", "extra"),
        ("DROP INDEX events_late", "tables or indexes"),
        ("CREATE VIEW v AS SELECT 1", "tables or indexes"),
        ("DROP INDEX events_id; CREATE INDEX events_id ON events (book, id)", "no longer unique"),
        ("DROP TABLE fence; CREATE TABLE fence (id INTEGER PRIMARY KEY, epoch INTEGER)", "strictness"),
        ("PRAGMA application_id = 5", "not a Lotwork ledger"),
        ("PRAGMA user_version = 5", "upgrade the program"),
    ],
)
def test_a_guard_a_table_or_an_index_that_was_changed_is_found(home: Path, script: str, told: str) -> None:
    found = tampered(home, script, put_guards_back=False)
    assert not found.ok
    assert told in found.message


@pytest.mark.parametrize("change", ["created_us = 1", "ledger = 'x'", "genesis = zeroblob(32)", "format_version = 2"])
def test_where_a_book_began_cannot_be_changed(home: Path, change: str) -> None:
    found = tampered(home, f"DROP TRIGGER books_keep; UPDATE books SET {change}")  # noqa: S608 - the test's own words
    assert not found.ok
    assert "where book main began" in found.message


def test_an_event_of_a_book_that_never_began_is_found(home: Path) -> None:
    found = tampered(home, "UPDATE events SET book = 'ghost' WHERE position = 30")
    assert "never began" in found.message


def test_a_history_rewritten_with_its_hashes_is_found_by_the_head_told_outside(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "rewritten"
    with open_store(other) as store:
        store.append(Batch("main", [receipt(1, quantity=1), *receipts(2, 30)]))
    shutil.copy(ledger_file(other), ledger_file(home))
    assert verify_file(ledger_file(home), {}).ok
    found = verify(home)
    assert (found.ok, found.first_bad) == (False, 30)
    assert "history was rewritten" in found.message


def test_every_truncation_is_found_and_says_how_many_events_are_missing(home: Path) -> None:
    for kept in (29, 15, 0):
        found = tampered(home, f"DELETE FROM events WHERE position > {kept}")  # noqa: S608 - a number
        assert f"{30 - kept} events are missing" in found.message
        assert found.first_bad == kept + 1


@pytest.mark.faults
@pytest.mark.seeded
def test_no_byte_of_the_first_page_that_changes_is_stumbled_over(home: Path) -> None:
    file = ledger_file(home)
    whole = file.read_bytes()
    events = stored_rows(file)
    chance = stream(11)
    for offset in (*range(chance.randrange(3), 100, 3), *chance.sample(range(100, 4096), 20)):
        changed = bytearray(whole)
        changed[offset] ^= 1 << chance.randrange(8)
        file.write_bytes(changed)
        found = verify(home)
        assert found.message if not found.ok else stored_rows(file) == events, offset
        with suppress(IntegrityError, StorageError), open_store(home) as store:
            assert store.head("main").position == 30
        for beside in ("-wal", "-shm", "-journal"):
            file.with_name(file.name + beside).unlink(missing_ok=True)


def test_a_head_file_that_was_damaged_is_told(home: Path) -> None:
    whole = heads_file(home).read_bytes()
    for damage in (b"{}\n", b'{"book":"main","position":"x","hash":"aa"}\n', b"\xff\xfe\n"):
        heads_file(home).write_bytes(damage + whole)
        assert "is not a head" in verify(home).message
    line = '{"book":"main","position":1,"hash":"%s"}\n'
    heads_file(home).write_text(line % ("a" * 64) + line % ("b" * 64))
    assert "two hashes" in verify(home).message


def test_what_a_writer_of_another_version_got_wrong_is_found_though_its_hash_is_right(home: Path) -> None:
    good = stored_rows(ledger_file(home))[0]
    begun = Tail("main", hash=good.prev_hash)
    assert row_fault(good, begun) is None
    for change, told in (
        ({"txid": "aa"}, "do not repeat"),
        ({"at_us": good.at_us + 1}, "do not repeat"),
        ({"schema_version": 99}, "upgrade the program"),
        ({"payload": "{}"}, "cannot be read"),
        ({"kind": "sale"}, "cannot be read"),
        ({"kind": "dream"}, "knows none: upgrade the program"),
    ):
        wrong = good._replace(**change)
        assert told in str(row_fault(wrong._replace(hash=wrong.rehashed()), begun))
    late = Tail("main", 0, good.prev_hash, BEFORE_ALL_TIME, good.recorded_us + 1)
    assert "recorded before" in str(row_fault(good, late))


def test_the_end_of_a_book_is_verified_alone(home: Path) -> None:
    with closing(sqlite3.connect(ledger_file(home))) as connection:
        reading = Session(connection, ledger_file(home))
        assert tail_fault(reading, "main", 10) is None
        assert tail_fault(reading, "main", 1000) is None
        assert tail_fault(reading, "none", 10) is None
        connection.execute("DROP TRIGGER events_keep")
        connection.execute("UPDATE events SET recorded_us = 0 WHERE position = 20")
        assert tail_fault(reading, "main", 10) is None
        assert "position 20" in str(tail_fault(reading, "main", 11))
        connection.execute("DROP TRIGGER books_stay")
        connection.execute("DELETE FROM books")
        assert "position 1" in str(tail_fault(reading, "main", 1000))


def test_the_hash_of_a_row_is_the_digest_of_its_columns(home: Path) -> None:
    for row in stored_rows(ledger_file(home)):
        fields = (
            row.book,
            row.id,
            row.kind,
            row.schema_version,
            row.at_us,
            row.source,
            row.txid,
            row.recorded_us,
            row.payload,
        )
        assert row.hash == chain.digest(row.prev_hash, row.position, fields) == row.rehashed()


# -- flipped bytes ----------------------------------------------------------------------------------------------------


def flips(row: Row) -> Iterator[tuple[str, object]]:
    """Yield every column of *row* with one bit of one of its bytes flipped, for every byte."""
    for column, value in zip(Row._fields, row, strict=True):
        match value:
            case int():
                for byte in range(8):
                    yield (
                        column,
                        int.from_bytes((value ^ 1 << 8 * byte).to_bytes(9, "big", signed=True)[1:], "big", signed=True),
                    )
                yield column, float(value)
            case str():
                content = value.encode()
                for place in range(len(content)):
                    flipped = bytearray(content)
                    flipped[place] ^= 1
                    yield column, flipped.decode()
                yield column, content
            case bytes():
                for place in range(len(value)):
                    yield column, value[:place] + bytes([value[place] ^ 0x80]) + value[place + 1 :]
                yield column, value.hex()


@pytest.mark.faults
def test_every_flipped_byte_of_every_stored_column_of_200_rows_is_found(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        kinds = one_of_each_kind()
        store.append(Batch("main", [*kinds, *receipts(2, 201 - len(kinds))]))
    tail, tried = None, 0
    for row in stored_rows(ledger_file(tmp_path)):
        before = tail or Tail("main", hash=row.prev_hash)
        assert row_fault(row, before) is None
        for column, flipped in flips(row):
            changed = row._replace(**{column: flipped})  # type: ignore[arg-type] # any column, by its name
            found = column == "book" and flipped != "main"
            assert row_fault(changed, before) or found, f"{column} of position {row.position}: {flipped!r}"
            tried += 1
        tail = Tail("main", row.position, row.hash, row.latest_us, row.recorded_us)
    assert tail is not None
    assert tail.position == 200
    assert tried > 60_000


def contents(file: Path) -> list[tuple[object, ...]] | None:
    """Return every row of the log as SQLite reads it, None where it cannot."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = bytes
            return connection.execute(
                "SELECT *, typeof(payload), typeof(hash) FROM events ORDER BY book, position"
            ).fetchall()
    except (sqlite3.Error, UnicodeDecodeError):  # SQLite quotes damaged names in its messages
        return None


@pytest.mark.faults
@pytest.mark.seeded
def test_every_flip_in_the_file_that_changes_an_event_is_found(tmp_path: Path) -> None:
    filled(tmp_path, 60)
    file = ledger_file(tmp_path)
    whole, before = file.read_bytes(), contents(file)
    chance, changed = stream(20260101), 0
    for _ in range(300):
        offset, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        file.write_bytes(whole[:offset] + bytes([whole[offset] ^ bit]) + whole[offset + 1 :])
        for left in ("-wal", "-shm"):
            file.with_name(file.name + left).unlink(missing_ok=True)
        found = verify(tmp_path)
        if contents(file) != before:
            changed += 1
            assert not found.ok, f"offset {offset}, bit {bit}"
    assert changed > 50


def test_a_flip_that_breaks_only_an_index_is_found(home: Path) -> None:
    file = ledger_file(home)
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'events_id'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    whole, before = bytearray(file.read_bytes()), contents(file)
    place = whole.index(b"mainr1", (page - 1) * size, page * size) + 5
    whole[place] ^= 1
    file.write_bytes(whole)
    assert contents(file) == before
    found = verify(home)
    assert (found.ok, found.first_bad) == (False, None)
    assert "integrity check" in found.message


@pytest.mark.faults
@pytest.mark.parametrize("kept", [100, 4096, 20_000, -20_000, -4096, -1])
def test_a_file_cut_short_is_told_and_never_a_traceback(home: Path, kept: int) -> None:
    file = ledger_file(home)
    file.write_bytes(file.read_bytes()[:kept])
    assert not verify(home).ok


def test_what_sqlite_cannot_read_for_a_reason_unknown_is_told_as_damage(home: Path) -> None:
    with pytest.raises(IntegrityError, match="string or blob too big"), Sqlite(home).snapshot():
        raise sqlite3.DataError("string or blob too big")
