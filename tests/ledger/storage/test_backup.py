"""A backup brings everything back, replaces nothing by accident, and is verified both ways."""

from __future__ import annotations

import io
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import BusyError, InputRefusedError, IntegrityError, NewerFormatError, StorageError
from lotwork.ledger.storage import backup as room
from lotwork.ledger.storage.backup import Manifest, backup
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.failpoints import FailpointError, armed
from lotwork.ledger.storage.heads import read_heads
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.restore import restore
from lotwork.ledger.storage.sqlite import replacing
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch, CursorMove, Message
from tests.ledger.making import CREATED, filled, open_store, receipts

CLOCK = SetClock(CREATED)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with two books, a cursor, an alert and evidence."""
    made = tmp_path / "home"
    with open_store(made) as store:
        alert = Message("m", "s", "b")
        store.append(Batch("main", receipts(1, 20), cursor=CursorMove("ocean", None, "20"), outbox=(alert,)))
        store.append(Batch("other", receipts(1, 5)))
    Evidence(made).keep(b"raw answer")
    Evidence(made).keep(b"another")
    return made


def saved(home: Path, file: Path) -> Manifest:
    with EventLog.open(home) as log:
        return backup(log, file, clock=CLOCK)


def contents(home: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(ledger_file(home))) as connection:
        return [
            row
            for table in ("events", "books", "cursors", "outbox", "fence")
            for row in connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - the ledger's own tables
        ]


def test_a_backup_restored_elsewhere_is_the_same_ledger(home: Path, tmp_path: Path) -> None:
    manifest = saved(home, tmp_path / "b.tar")
    assert manifest.events == 25
    fresh = tmp_path / "fresh"
    assert restore(tmp_path / "b.tar", fresh, clock=CLOCK) == manifest
    assert contents(fresh) == contents(home)
    assert read_heads(fresh) == read_heads(home) == manifest.heads
    for sha256, data in ((kept, Evidence(home).read(kept)) for kept in Evidence(home).kept()):
        assert Evidence(fresh).read(sha256) == data
    with open_store(fresh) as store:
        assert store.append(Batch("main", receipts(21, 22)))[0].head.position == 22
        assert store.verify().ok


def test_a_backup_is_its_owners_alone_and_leaves_nothing_beside_it(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    saved(home, folder / "b.tar")
    assert (folder / "b.tar").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["b.tar"]
    restore(folder / "b.tar", tmp_path / "fresh", clock=CLOCK)
    for path in (tmp_path / "fresh").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_backup_overwrites_nothing(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b.tar").write_text("mine")
    with pytest.raises(InputRefusedError, match="overwrites nothing"):
        saved(home, tmp_path / "b.tar")
    monkeypatch.setattr(room, "hit", lambda _name: (tmp_path / "late.tar").write_text("mine"))
    with pytest.raises(InputRefusedError, match="appeared meanwhile"):
        saved(home, tmp_path / "late.tar")
    assert (tmp_path / "b.tar").read_text() == (tmp_path / "late.tar").read_text() == "mine"


def test_a_home_without_a_ledger_has_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="holds no ledger"):
        saved(tmp_path / "nowhere", tmp_path / "b.tar")


def test_a_damaged_ledger_never_passes_for_a_backup(home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(ledger_file(home))) as owner:
        owner.executescript("DROP TRIGGER events_keep; UPDATE events SET recorded_us = 1 WHERE position = 3")
    with pytest.raises(IntegrityError):
        saved(home, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


def test_a_folder_that_is_not_there_is_a_storage_error(home: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"b\.tar: there is no folder .*nowhere: make it, or name another file"):
        saved(home, tmp_path / "nowhere" / "b.tar")


def test_a_full_disk_is_named_by_the_backup_that_has_no_room_there(home: Path, tmp_path: Path) -> None:
    """It is a real one of a hundred kilobytes, in a mount namespace that ends with the process."""
    away = tmp_path / "away"
    away.mkdir()
    script = 'mount -t tmpfs -o size=100k none "$1" && exec "$2" -m lotwork --home "$3" backup "$1/b.tar"'
    words = ["unshare", "-Urm", "sh", "-c", script, "sh", str(away), sys.executable, str(home)]
    try:
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if "unshare:" in ended.stderr or "mount:" in ended.stderr:
        pytest.skip(f"nobody may mount here: {ended.stderr.strip()}")
    assert (ended.returncode, ended.stdout) == (5, "")
    assert f"{away}/b.tar: the disk refused" in ended.stderr
    assert "no backup was made; free space" in ended.stderr


def test_a_backup_made_while_others_write_is_whole(home: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with open_store(home) as store:
            number = 100
            while not stop.is_set():
                store.append(Batch("main", receipts(number, number + 2)))
                number += 3

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(5):
            with EventLog.open(home) as log:
                before = log.head("main").position
                manifest = backup(log, tmp_path / f"{turn}.tar", clock=CLOCK)
            assert manifest.heads["main"].position >= before
            restore(tmp_path / f"{turn}.tar", tmp_path / str(turn), clock=CLOCK)
            assert verify(tmp_path / str(turn)).ok
    finally:
        stop.set()
        writer.join()


# -- putting it back --------------------------------------------------------------------------------------------------


def test_a_restored_ledger_sets_the_old_one_aside(home: Path, tmp_path: Path) -> None:
    saved(home, tmp_path / "b.tar")
    with closing(sqlite3.connect(ledger_file(home))) as owner:
        owner.executescript("DROP TRIGGER events_keep; UPDATE events SET recorded_us = 1 WHERE position = 3")
    assert not verify(home).ok
    restore(tmp_path / "b.tar", home, clock=CLOCK)
    assert verify(home).ok
    (aside,) = home.glob("replaced-*")
    assert {path.name for path in aside.iterdir()} >= {"ledger.sqlite", "heads.log"}


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"rubbish" * 1000)])
def test_a_lost_or_ruined_ledger_is_brought_back(home: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    before = contents(home)
    saved(home, tmp_path / "b.tar")
    damage(ledger_file(home))
    restore(tmp_path / "b.tar", home, clock=CLOCK)
    assert contents(home) == before
    assert verify(home).ok


def test_an_older_backup_is_refused_unless_it_is_asked_for(home: Path, tmp_path: Path) -> None:
    saved(home, tmp_path / "old.tar")
    with open_store(home) as store:
        store.append(Batch("main", receipts(21, 23)))
    with pytest.raises(InputRefusedError, match="lacks 3 events that were recorded since"):
        restore(tmp_path / "old.tar", home, clock=CLOCK)
    assert verify(home).head.position == 23
    restore(tmp_path / "old.tar", home, clock=CLOCK, allow_older=True)
    assert verify(home).ok
    assert verify(home).head.position == 20


def test_a_backup_of_another_history_is_refused_unless_it_is_asked_for(home: Path, tmp_path: Path) -> None:
    filled(tmp_path / "other", 30)
    saved(tmp_path / "other", tmp_path / "other.tar")
    with pytest.raises(InputRefusedError, match="another history"):
        restore(tmp_path / "other.tar", home, clock=CLOCK)


def test_a_running_daemon_is_not_pulled_from_under(home: Path, tmp_path: Path) -> None:
    saved(home, tmp_path / "b.tar")
    with DaemonLock.acquire(home), pytest.raises(BusyError, match="a daemon is already running"):
        restore(tmp_path / "b.tar", home, clock=CLOCK)


@pytest.mark.parametrize("failpoint", ["restore.before_rename", "restore.after_rename", "restore.in_place"])
def test_a_restore_that_broke_off_can_be_repeated(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failpoint: str
) -> None:
    before = contents(home)
    saved(home, tmp_path / "b.tar")
    with monkeypatch.context() as patch:
        patch.setattr(replacing, "hit", armed(f"{failpoint}:raise"))
        with pytest.raises(FailpointError):
            restore(tmp_path / "b.tar", home, clock=CLOCK)
    assert contents(home) == before
    CLOCK.move(1)
    restore(tmp_path / "b.tar", home, clock=CLOCK)
    assert contents(home) == before
    assert verify(home).ok


# -- files that are no backups ----------------------------------------------------------------------------------------


def repacked(file: Path, into: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """Copy the backup *file*, each entry as *change* returns it."""
    with tarfile.open(file) as old, tarfile.open(into, "w") as new:
        for entry in old:
            content = old.extractfile(entry)
            assert content is not None
            changed = change(entry.name, content.read())
            if changed:
                info = tarfile.TarInfo(changed[0])
                info.size = len(changed[1])
                new.addfile(info, io.BytesIO(changed[1]))
    return into


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda name, data: None if name == "ledger.sqlite" else (name, data), "cut short"),
        (lambda name, data: None if name.startswith("evidence") else (name, data), "cut short"),
        (lambda name, data: None if name == "manifest.json" else (name, data), "does not begin with"),
        (lambda name, data: (name, b"{}") if name == "manifest.json" else (name, data), "manifest cannot be read"),
        (lambda name, data: (name, data.replace(b"backup.v1", b"backup.v9")), "format"),
        (lambda name, data: (name, data[:-1] + b"X") if name.startswith("evidence") else (name, data), "not what was"),
        (lambda name, data: ("../../evil", data) if name.startswith("evidence") else (name, data), "no backup does"),
        (lambda name, data: (name, data[:5000]) if name == "ledger.sqlite" else (name, data), "restore a backup"),
        (lambda name, data: (name, data.replace(b'"position": 20', b'"position": 21')), "where its manifest says"),
        (lambda name, data: (name, data.replace(b"93012.55", b"13012.55")), "position 1"),
    ],
)
def test_a_file_that_is_not_a_whole_backup_changes_nothing(
    home: Path, tmp_path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], told: str
) -> None:
    saved(home, tmp_path / "b.tar")
    before = contents(home)
    wrong = repacked(tmp_path / "b.tar", tmp_path / "wrong.tar", change)
    with pytest.raises(IntegrityError, match=told):
        restore(wrong, home, clock=CLOCK)
    assert contents(home) == before
    assert not list(home.glob("replaced-*"))
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize(
    ("told", "false"),
    [(b"page 1020", b"page 9020"), (b"pay $1240", b"pay $0240"), (b'"created": "2026', b'"created": "2036')],
)
def test_what_the_chain_does_not_bind_is_held_against_the_digest_of_the_whole(
    home: Path, tmp_path: Path, told: bytes, false: bytes
) -> None:
    with open_store(home) as store:
        alert = Message("due", "pay $1240", "b")
        store.append(Batch("main", (), cursor=CursorMove("braiins", None, "page 1020"), outbox=(alert,)))
    saved(home, tmp_path / "b.tar")
    content = (tmp_path / "b.tar").read_bytes()
    assert content.count(told) == 1
    (tmp_path / "b.tar").write_bytes(content.replace(told, false))
    before = contents(home)
    with pytest.raises(IntegrityError, match="a byte beside its events is not what was written"):
        restore(tmp_path / "b.tar", home, clock=CLOCK)
    assert contents(home) == before


def test_a_backup_of_a_former_release_has_no_such_digest_and_is_restored(home: Path, tmp_path: Path) -> None:
    saved(home, tmp_path / "b.tar")
    former = repacked(tmp_path / "b.tar", tmp_path / "former.tar", lambda name, data: (name, data))
    restore(former, tmp_path / "new", clock=CLOCK)
    assert contents(tmp_path / "new") == contents(home)


@pytest.mark.parametrize(("number", "is_newer"), [(b"v2", True), (b"v10", True), (b"v0", False), (b"w2", False)])
def test_a_backup_of_a_newer_format_asks_for_a_newer_program(
    home: Path, tmp_path: Path, number: bytes, *, is_newer: bool
) -> None:
    def of_another(name: str, data: bytes) -> tuple[str, bytes]:
        return name, data.replace(b'backup.v1",', b"backup." + number + b'", "more": 1,')

    saved(home, tmp_path / "b.tar")
    other = repacked(tmp_path / "b.tar", tmp_path / "other.tar", of_another)
    with pytest.raises(IntegrityError, match=r"and this Lotwork knows lotwork\.backup\.v1") as refused:
        restore(other, tmp_path / "new", clock=CLOCK)
    assert isinstance(refused.value, NewerFormatError) is is_newer
    assert ("upgrade the program" in str(refused.value)) is is_newer


def test_a_link_in_a_backup_is_not_followed(home: Path, tmp_path: Path) -> None:
    saved(home, tmp_path / "b.tar")
    with tarfile.open(tmp_path / "b.tar", "a") as tar:
        link = tarfile.TarInfo("evidence/" + "0" * 64)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(IntegrityError, match="no backup does"):
        restore(tmp_path / "b.tar", home, clock=CLOCK)


def test_every_backup_cut_short_is_refused(home: Path, tmp_path: Path) -> None:
    saved(home, tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    for size in (0, 100, 600, 5000, len(whole) // 2, len(whole) - 11_000):
        (tmp_path / "cut.tar").write_bytes(whole[:size])
        with pytest.raises(IntegrityError, match="not a whole backup"):
            restore(tmp_path / "cut.tar", tmp_path / "fresh", clock=CLOCK)
        assert not ledger_file(tmp_path / "fresh").exists()


def test_a_backup_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"there is no file none\.tar"):
        restore(tmp_path / "none.tar", tmp_path / "home", clock=CLOCK)


def test_missing_evidence_is_told_before_a_backup_hides_it(home: Path, tmp_path: Path) -> None:
    kept = next(iter(Evidence(home).kept()))
    (home / "evidence" / kept[:2] / kept).write_bytes(b"changed")
    with pytest.raises(IntegrityError, match="is not what was kept"):
        saved(home, tmp_path / "b.tar")
    shutil.rmtree(home / "evidence")
    assert saved(home, tmp_path / "b.tar").evidence == ()
