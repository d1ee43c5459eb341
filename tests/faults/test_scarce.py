"""A read-only medium, a transaction half written when the power went, little memory, few files: told in plain words."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import StorageError
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite import connection as sqlite
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch
from tests.command_line import ROOT
from tests.faults.harness import KILL, READ_ONLY, WORKLOADS, Bench, Run
from tests.ledger.making import filled, open_store, receipts

READS = (("verify",), ("head",), ("lots",), ("income", "--year", "2025"), ("export",), ("backup", "{away}/b.tar"))
WRITES = (("import", "{made}/more.jsonl"), ("poll",), ("restore", "{root}/b.tar", "--allow-older"))


@pytest.fixture
def root(bench: Bench) -> Path:
    (workload,) = (each for each in WORKLOADS if each.name == "restore")
    return bench.root(workload)


def on_read_only(bench: Bench, root: Path, *words: str) -> Run:
    """Run a command on a home that nobody can write to: the shim refuses what a read-only mount would."""
    named = [word.format(root=root, away=root.parent, made=root.parent.parent / "made" / "watched") for word in words]
    return bench.worker.run(root, "--home", root / "home", *named, how=READ_ONLY)


@pytest.mark.faults
@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_a_read_only_medium_is_read(bench: Bench, root: Path, words: tuple[str, ...]) -> None:
    done = on_read_only(bench, root, *words)
    assert done.code in {0, 1}, done.said
    assert "lotwork: " not in done.said


@pytest.mark.faults
@pytest.mark.parametrize("words", WRITES, ids=" ".join)
def test_what_writes_to_a_read_only_medium_says_so(bench: Bench, root: Path, words: tuple[str, ...]) -> None:
    done = on_read_only(bench, root, *words)
    assert done.code == 5, done.said
    assert "Read-only file system" in done.said


@pytest.mark.faults
def test_a_log_that_was_not_folded_in_is_named_where_it_cannot_be(bench: Bench, root: Path, tmp_path: Path) -> None:
    home = root / "home"
    with EventLog.open(home) as reader, open_store(home) as store:
        assert reader.head("main").position == 25
        store.append(Batch("main", receipts(26, 27)))
        shutil.copytree(root, tmp_path / "mounted")
    done = on_read_only(bench, tmp_path / "mounted", "verify")
    assert "main ends at 27" in done.said, "SQLite reads it with the index that lies beside it"
    (tmp_path / "mounted" / "home" / "ledger.sqlite-shm").unlink()
    done = on_read_only(bench, tmp_path / "mounted", "verify")
    assert done.code == 5, done.said
    assert "ledger.sqlite-wal beside it holds what the file does not" in done.said
    assert verify(tmp_path / "mounted" / "home").head.position == 27


@pytest.mark.faults
def test_a_restore_that_cannot_be_ended_on_a_read_only_medium_is_said(bench: Bench, root: Path) -> None:
    (workload,) = (each for each in WORKLOADS if each.name == "restore")
    for at in range(50, 80):
        shutil.rmtree(root)
        shutil.copytree(bench.root(workload), root)
        bench.run(root, workload, KILL, at)
        if (root / "home" / ".restored").exists():
            break
    done = on_read_only(bench, root, "verify")
    assert done.code == 5, done.said
    assert "a restore is decided on and not in its place yet: nothing is lost" in done.said
    assert verify(root / "home").head.position == 20


def half_written(home: Path) -> None:
    """Leave a transaction half written, with the journal to take it back, as a power cut in a rollback mode does."""
    file = ledger_file(home)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE half (it)")
        for _ in range(200):
            connection.execute("INSERT INTO half VALUES (randomblob(2000))")
        shutil.copy(file, f"{file}.now")
        shutil.copy(f"{file}-journal", f"{file}-kept")
        connection.execute("ROLLBACK")
    Path(f"{file}.now").replace(file)
    Path(f"{file}-kept").replace(f"{file}-journal")


@pytest.mark.parametrize(
    "opens", [lambda home: len(list(EventLog(home).read("main"))), lambda home: verify(home).events]
)
def test_what_a_power_cut_left_half_written_is_taken_back_by_a_reader(
    tmp_path: Path, opens: Callable[[Path], int]
) -> None:
    filled(tmp_path, 20)
    half_written(tmp_path)
    assert opens(tmp_path) == 20
    assert verify(tmp_path).ok


@pytest.mark.faults
def test_what_cannot_be_taken_back_on_a_read_only_medium_is_said(bench: Bench, root: Path) -> None:
    half_written(root / "home")
    done = on_read_only(bench, root, "lots")
    assert done.code == 5, done.said
    assert "ledger.sqlite-journal beside it holds what the file does not" in done.said


def test_a_medium_is_read_as_it_is_only_where_nothing_waits_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, 3)
    monkeypatch.setattr(sqlite, "on_read_only_medium", lambda _file: True)
    with EventLog.open(tmp_path) as log:
        assert log.head("main").position == 3
        assert not list(tmp_path.glob("*-shm"))


def limited(limit: int, most: int, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may have at most *most* of what *limit* counts."""
    return subprocess.run(
        [sys.executable, "-m", "lotwork", "--home", str(home), *words],
        preexec_fn=lambda: resource.setrlimit(limit, (most, most)),
        capture_output=True, text=True, check=False, cwd=ROOT, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.faults
@pytest.mark.parametrize(
    ("limit", "most", "words", "told"),
    [
        (resource.RLIMIT_AS, 28 << 20, ("init", "--no-input", "--home", "{new}"), "not enough memory"),
        (resource.RLIMIT_AS, 60 << 20, ("run", "--port", "0"), "not enough memory"),
        (resource.RLIMIT_NOFILE, 6, ("lots",), "may open no more files"),
        (resource.RLIMIT_NOFILE, 7, ("import",), "may open no more files"),
        (resource.RLIMIT_NOFILE, 8, ("import",), "may open no more files"),
    ],
)
def test_too_little_of_the_machine_is_no_bug_and_no_fault_of_the_ledger(
    tmp_path: Path, limit: int, most: int, words: tuple[str, ...], told: str
) -> None:
    home = tmp_path / "home"
    filled(home, 20)
    given = [*words, str(ROOT / "tests/data/first_ledger.jsonl")] if words == ("import",) else words
    done = limited(limit, most, home, *(word.format(new=tmp_path / "new") for word in given))
    assert done.returncode == 5, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "is not a time zone" not in done.stderr
    assert (verify(home).ok, verify(home).events) == (True, 20)


def test_sixty_megabytes_are_enough_to_read_and_to_begin(tmp_path: Path) -> None:
    filled(tmp_path, 20)
    assert limited(resource.RLIMIT_AS, 60 << 20, tmp_path, "verify").returncode == 0
    new = tmp_path / "new"
    assert limited(resource.RLIMIT_AS, 60 << 20, new, "init", "--no-input").returncode == 0, "a ledger needs no ORM"


def test_a_disk_that_refuses_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path, 20)

    class Refusing(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if "ORDER BY book, position" in sql:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorname = "SQLITE_IOERR_READ"
                raise error
            return super().execute(sql, *values)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Refusing))
    with pytest.raises(StorageError, match="the disk refused"):
        verify(tmp_path)
