"""Verification finds whatever is changed, in the ledger itself and not in a row alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lotwork.ledger.storage.rows import Row
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.sqlite.guards import GUARDS
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch
from tests.ledger.making import one_of_each_kind, open_store, receipts
from tests.ledger.storage.test_log_verify import WITHOUT_GUARDS, stored_rows

BYTES_OF_A_NUMBER = 8


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with one event of every kind, late ones among them, and a second book."""
    home = tmp_path_factory.mktemp("home")
    with open_store(home) as store:
        store.append(Batch("main", [*one_of_each_kind(), *receipts(2, 30)]), Batch("other", receipts(1, 5)))
    return home


@st.composite
def changes(draw: st.DrawFn, value: object) -> tuple[str, object]:
    """Draw what stands in the place of a stored *value*, and the SQL that writes it: one byte is another one."""
    if value is None:
        return "?", draw(st.sampled_from(["", "a", "ocean"]))
    match value:
        case int():
            content, written = bytearray(value.to_bytes(BYTES_OF_A_NUMBER, "big", signed=True)), "?"
        case str():
            content, written = bytearray(value.encode()), "CAST(? AS TEXT)"
        case bytes():
            content, written = bytearray(value), "?"
        case _:
            raise AssertionError(value)
    content[draw(st.integers(0, len(content) - 1))] ^= draw(st.integers(1, 255))
    return written, int.from_bytes(content, "big", signed=True) if isinstance(value, int) else bytes(content)


@settings(max_examples=150)
@given(st.data())
def test_any_byte_of_any_column_of_any_event_that_is_another_is_found(home: Path, data: st.DataObject) -> None:
    file = ledger_file(home)
    whole = file.read_bytes()
    row = data.draw(st.sampled_from(stored_rows(file)))
    column = data.draw(st.sampled_from(Row._fields))
    written, other = data.draw(changes(getattr(row, column)))
    try:
        with closing(sqlite3.connect(file)) as owner:
            owner.executescript(WITHOUT_GUARDS)
            changed = f"UPDATE events SET {column} = {written} WHERE book = ? AND position = ?"  # noqa: S608 - a column
            try:
                owner.execute(changed, (other, row.book, row.position))
            except sqlite3.IntegrityError:
                assume(False)  # another event has that id, or that place
            for name in ("events_follow", "events_keep", "events_stay"):
                owner.execute(GUARDS[name])
            owner.commit()
        found = verify(home)
        assert not found.ok, (column, row.position, other)
        assert "restore" in found.message
    finally:
        file.write_bytes(whole)
        for beside in ("-wal", "-shm"):
            file.with_name(file.name + beside).unlink(missing_ok=True)
    assert verify(home).ok
