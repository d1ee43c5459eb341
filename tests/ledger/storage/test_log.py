"""Reading: a snapshot, filtered and ordered, from a file that may be missing or damaged."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.sqlite.database import Sqlite
from tests.ledger.making import filled


def test_a_home_without_a_ledger_reads_as_an_empty_log(tmp_path: Path) -> None:
    with EventLog.open(tmp_path / "nowhere") as log:
        assert list(log.read("main")) == []
        assert log.books() == ()
        assert log.head("main") == Head("main", 0, "0" * 64)
        assert log.cursor("main", "ocean") is None
        assert log.hash_at("main", 1) is None
        assert log.shared_txids("main") == frozenset()
        assert log.assets("main").get("BTC") is not None
        assert log.verify().ok
    assert not (tmp_path / "nowhere").exists()


def test_a_log_opened_before_its_ledger_exists_sees_it_once_it_does(tmp_path: Path) -> None:
    with EventLog.open(tmp_path) as log:
        filled(tmp_path, 2)
        assert log.head("main").position == 2


def test_a_read_given_up_halfway_leaves_the_log_usable(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    with EventLog.open(tmp_path) as log:
        assert isinstance(log.database, Sqlite)
        for _ in range(5):
            next(log.read("main"))
        assert len(log.database._readers.idle) <= 2
        assert [position for position, _ in log.read("main")] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("by_time", [False, True])
def test_an_event_that_cannot_be_read_is_named_after_those_before_it(tmp_path: Path, by_time: bool) -> None:
    filled(tmp_path, 5)
    with sqlite3.connect(ledger_file(tmp_path)) as spoiling:
        for (guard,) in spoiling.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            spoiling.execute(f"DROP TRIGGER {guard}")
        spoiling.execute("UPDATE events SET payload = '{}' WHERE position = 4")
    with EventLog.open(tmp_path) as log:
        read = log.read("main", by_time=by_time)
        assert [next(read)[0] for _ in range(3)] == [1, 2, 3]
        with pytest.raises(IntegrityError, match="book main, position 4: a stored receipt event cannot be read"):
            next(read)


def test_a_log_behind_its_heads_is_refused_and_read_only_when_asked(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    ledger_file(tmp_path).unlink()
    with pytest.raises(IntegrityError, match="3 events are missing"):
        EventLog.open(tmp_path)
    with EventLog.open(tmp_path, check_heads=False) as log:
        assert list(log.read("main")) == []


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to look like one" * 100, b"short"])
def test_a_file_that_is_no_database_is_an_integrity_error(tmp_path: Path, content: bytes) -> None:
    ledger_file(tmp_path).write_bytes(content)
    with EventLog(tmp_path) as log, pytest.raises(IntegrityError, match="restore a backup"):
        list(log.read("main"))
    assert not EventLog(tmp_path).verify().ok


def test_an_empty_file_is_an_empty_log(tmp_path: Path) -> None:
    ledger_file(tmp_path).touch()
    with EventLog.open(tmp_path) as log:
        assert list(log.read("main")) == []
        assert log.books() == ()
        assert log.verify().ok


def test_a_folder_in_place_of_the_ledger_is_a_storage_error(tmp_path: Path) -> None:
    ledger_file(tmp_path).mkdir()
    with EventLog(tmp_path) as log, pytest.raises(StorageError, match="is no file"):
        log.books()


def test_a_reading_command_loads_what_it_needs_and_no_more(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (tmp_path / "config.toml").write_text("[ledger]\n# kept here\n[daemon]\n")
    seen = (
        "import sys; from lotwork.cli import lotwork;"
        f"lotwork.main(['--home', {str(tmp_path)!r}, 'lots'], standalone_mode=False);"
        "print([m for m in ('sqlmodel', 'rich', 'statistics', 'lotwork.service.toml_file') if m in sys.modules])"
    )
    assert printed_by(seen).splitlines()[-1] == "[]"


def test_reading_needs_no_orm() -> None:
    seen = (
        "import sys, lotwork.ledger.storage.log;"
        "print([m for m in ('sqlmodel', 'sqlalchemy', 'pydantic') if m in sys.modules])"
    )
    assert printed_by(seen) == "[]\n"


def printed_by(program: str) -> str:
    """Return what *program* prints in a process of its own, in which nothing else was loaded."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
