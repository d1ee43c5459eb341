"""A restore leaves the old ledger or the new one, whoever reads or writes beside it and wherever it stops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import BusyError, IntegrityError, StorageError
from lotwork.ledger.storage.backup import backup
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.failpoints import FailpointError, armed
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.restore import restore
from lotwork.ledger.storage.sqlite import replacing
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch, EventStore
from tests.ledger.making import CREATED, filled, open_store, receipts

CLOCK = SetClock(CREATED)
POINTS = ("restore.before_rename", "restore.after_rename", "restore.in_place")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return a backup of 20 events of a home that has 25 by now, the last five in the write-ahead log."""
    filled(tmp_path / "home", 20)
    Evidence(tmp_path / "home").keep(b"an answer")
    with EventLog.open(tmp_path / "home") as log:
        backup(log, tmp_path / "b.tar", clock=CLOCK)
    return tmp_path / "b.tar"


@pytest.fixture
def writer(kept: Path) -> Iterator[EventStore]:
    """Return a store that was opened before the restore, and stays open."""
    store = open_store(kept.parent / "home")
    store.append(Batch("main", receipts(21, 25)))
    yield store
    store.close()


def positions(log: EventLog) -> list[int]:
    return [position for position, _ in log.read("main")]


def test_a_reader_reads_the_old_ledger_to_its_end_and_then_the_new_one(kept: Path, writer: EventStore) -> None:
    with EventLog.open(writer.home) as reader:
        begun = reader.read("main")
        assert next(begun)[0] == 1
        restore(kept, writer.home, clock=CLOCK, allow_older=True)
        assert [position for position, _ in begun] == list(range(2, 26))
        assert positions(reader) == list(range(1, 21))
        reader.check_heads()


def test_what_was_acknowledged_stands_in_the_ledger_that_was_set_aside(kept: Path, writer: EventStore) -> None:
    with EventLog.open(writer.home) as reader:
        assert len(positions(reader)) == 25
        restore(kept, writer.home, clock=CLOCK, allow_older=True)
    (aside,) = writer.home.glob("replaced-*")
    assert (verify(aside).ok, verify(aside).head.position) == (True, 25)
    assert (verify(writer.home).ok, verify(writer.home).head.position) == (True, 20)


def test_a_writer_that_had_the_old_ledger_open_appends_nothing_and_takes_nothing_away(
    kept: Path, writer: EventStore
) -> None:
    restore(kept, writer.home, clock=CLOCK, allow_older=True)
    with pytest.raises(BusyError, match="another ledger stands here"):
        writer.append(Batch("main", receipts(26, 26)))
    with open_store(writer.home) as new:
        new.append(Batch("main", receipts(30, 31)))
        writer.close()
        assert verify(writer.home).head.position == 22
        assert new.append(Batch("main", receipts(32, 32)))[0].head.position == 23
    assert (verify(writer.home).ok, verify(writer.home).head.position) == (True, 23)


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a reader"])
@pytest.mark.parametrize("point", POINTS)
def test_a_restore_that_stops_leaves_the_old_or_the_new(
    kept: Path, writer: EventStore, monkeypatch: pytest.MonkeyPatch, point: str, *, beside: bool
) -> None:
    reader = EventLog.open(writer.home)
    if beside:
        assert len(positions(reader)) == 25
    else:
        writer.close()
    monkeypatch.setattr(replacing, "hit", armed(f"{point}:raise"))
    with pytest.raises(FailpointError):
        restore(kept, writer.home, clock=CLOCK, allow_older=True)
    monkeypatch.undo()
    expected = 25 if point == "restore.before_rename" else 20
    found = verify(writer.home)
    assert (found.ok, found.head.position) == (True, expected)
    assert len(positions(reader)) == expected
    with open_store(writer.home) as store:
        assert store.append(Batch("main", receipts(40, 40)))[0].head.position == expected + 1
    reader.close()
    assert not [path.name for path in writer.home.iterdir() if path.name == ".restored"]


def test_the_next_to_open_ends_a_restore_that_was_decided(
    kept: Path, writer: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "hit", armed("restore.after_rename:raise"))
    with pytest.raises(FailpointError):
        restore(kept, writer.home, clock=CLOCK, allow_older=True)
    with pytest.raises(BusyError, match="another ledger stands here"):
        writer.append(Batch("main", receipts(26, 26)))
    monkeypatch.setattr(Path, "hardlink_to", refused)
    with pytest.raises(StorageError, match=r"decided on and not in its place yet.*run any command"):
        EventLog.open(writer.home)
    monkeypatch.undo()
    with EventLog.open(writer.home) as log:
        assert len(positions(log)) == 20


def refused(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_folder_of_a_restore_that_was_meddled_with_is_refused(
    kept: Path, writer: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "hit", armed("restore.after_rename:raise"))
    with pytest.raises(FailpointError):
        restore(kept, writer.home, clock=CLOCK, allow_older=True)
    (writer.home / ".restored" / "aside").write_text("../elsewhere")
    with pytest.raises(IntegrityError, match="is not what a restore wrote"):
        EventLog.open(writer.home)


def test_a_home_that_cannot_be_looked_into_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "home").symlink_to(tmp_path / "home")
    with EventLog(tmp_path / "home") as log, pytest.raises(StorageError, match="check the folder and its rights"):
        log.books()


def test_settings_secrets_and_evidence_stay_as_they_are(kept: Path, writer: EventStore) -> None:
    other = Evidence(writer.home).keep(b"told since")
    files = {"config.toml": b"[daemon]\nport = 9\n", "node.password": b"secret\n", "webhook.url": b"https://x.example"}
    for name, content in files.items():
        (writer.home / name).write_bytes(content)
        (writer.home / name).chmod(0o600)
    restore(kept, writer.home, clock=CLOCK, allow_older=True)
    for name, content in files.items():
        assert (writer.home / name).read_bytes() == content
        assert (writer.home / name).stat().st_mode & 0o777 == 0o600
    assert Evidence(writer.home).read(other) == b"told since"
    assert not list(Evidence(writer.home).damaged())


@pytest.mark.parametrize("gone", ["heads.log", "ledger.sqlite"])
def test_an_older_backup_is_refused_by_whichever_still_tells(kept: Path, writer: EventStore, gone: str) -> None:
    writer.close()
    (writer.home / gone).unlink()
    with pytest.raises(Exception, match=r"lacks 5 events that were recorded since .*(ledger\.sqlite|heads\.log) tells"):
        restore(kept, writer.home, clock=CLOCK)
    restore(kept, writer.home, clock=CLOCK, allow_older=True)
    assert verify(writer.home).ok


def test_damaged_heads_do_not_keep_a_backup_from_being_restored(kept: Path) -> None:
    home = kept.parent / "home"
    (home / "heads.log").write_bytes(b"\xff\n")
    restore(kept, home, clock=CLOCK)
    assert verify(home).ok
    assert ledger_file(home).stat().st_nlink == 1
