"""Backups on a schedule: made when due, thinned out, refused in words, and never at the cost of what is there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage.backup import Manifest
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.restore import restore
from lotwork.service.backups import back_up_if_due, backup_check, kept
from lotwork.service.settings import Backup
from tests.ledger.making import filled

BEGIN = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    filled(tmp_path / "home", 12)
    with EventLog.open(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Backup:
    (tmp_path / "other").mkdir()
    return Backup(folder=str(tmp_path / "other"))


def names(settings: Backup) -> list[str]:
    return sorted(each.name for each in Path(settings.folder or "").iterdir())


def test_one_is_made_when_due_and_brings_everything_back(log: EventLog, settings: Backup, tmp_path: Path) -> None:
    clock = SetClock(BEGIN)
    made = back_up_if_due(log, settings, clock)
    assert made is not None
    assert names(settings) == ["lotwork-20260301T043000Z.tar"]
    for later, due in ((HOUR, False), (22 * HOUR, False), (HOUR, True)):
        clock.instant += later
        assert (back_up_if_due(log, settings, clock) is not None) is due
    told = restore(made, tmp_path / "back", clock=clock)
    assert isinstance(told, Manifest)
    assert told.events == 12


def test_a_year_of_days_leaves_days_weeks_and_months(log: EventLog, settings: Backup) -> None:
    folder = Path(settings.folder or "")
    for day in range(400):
        at = BEGIN - timedelta(days=400 - day)
        (folder / at.strftime("lotwork-%Y%m%dT%H%M%SZ.tar")).write_bytes(b"")
    (folder / "lotwork-by-hand.tar").write_bytes(b"")
    (folder / "lotwork-20269999T999999Z.tar").write_bytes(b"")
    (folder / "notes.txt").write_bytes(b"")
    assert back_up_if_due(log, settings, SetClock(BEGIN)) is not None
    mine = [name for name in names(settings) if name not in ("lotwork-by-hand.tar", "notes.txt")]
    assert "lotwork-20269999T999999Z.tar" in mine, "the name of no instant is nobody's of ours"
    assert mine[-2] == "lotwork-20260301T043000Z.tar"
    days = [name[8:16] for name in mine[:-1]]
    assert days[-7:] == ["20260223", "20260224", "20260225", "20260226", "20260227", "20260228", "20260301"]
    assert len(days) <= 7 + 4 + 12
    assert {day[:6] for day in days} >= {f"2025{month:02d}" for month in range(4, 13)} | {"202601", "202602"}
    assert {"lotwork-by-hand.tar", "notes.txt"} <= set(names(settings))


@given(
    hours=st.lists(st.integers(0, 20_000), max_size=60),
    keep=st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)).filter(any),
)
def test_what_stays_is_bounded_holds_the_newest_and_is_the_same_when_thinned_again(
    hours: list[int], keep: tuple[int, int, int]
) -> None:
    settings = Backup(folder="x", keep_days=keep[0], keep_weeks=keep[1], keep_months=keep[2])
    made = {BEGIN + timedelta(hours=hour) for hour in hours}
    stays = kept(made, settings)
    assert stays <= made
    assert len(stays) <= sum(keep)
    assert not made or max(made) in stays
    assert kept(stays, settings) == stays


def test_what_was_there_stays_where_none_can_be_made(
    log: EventLog, settings: Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(settings.folder or "")
    for day in range(30):
        (folder / (BEGIN - timedelta(days=40 - day)).strftime("lotwork-%Y%m%dT%H%M%SZ.tar")).write_bytes(b"")
    before = names(settings)

    def damaged(*_words: object, **_more: object) -> None:
        raise IntegrityError("row 7 is not what was written")

    monkeypatch.setattr("lotwork.service.backups.backup", damaged)
    with pytest.raises(IntegrityError):
        back_up_if_due(log, settings, SetClock(BEGIN))
    assert names(settings) == before


def test_a_folder_that_is_not_there_is_told_and_not_made(log: EventLog, tmp_path: Path) -> None:
    gone = tmp_path / "not mounted"
    with pytest.raises(StorageError, match="backups cannot be kept there"):
        back_up_if_due(log, Backup(folder=str(gone)), SetClock(BEGIN))
    assert not gone.exists()
    (check,) = backup_check(log.home, Backup(folder=str(gone)), SetClock(BEGIN))
    assert (check.ok, check.remedy) == (False, "mount or make the folder, or name another")


def test_a_clock_put_back_makes_one_and_a_home_without_a_ledger_none(
    log: EventLog, settings: Backup, tmp_path: Path
) -> None:
    assert back_up_if_due(log, settings, SetClock(BEGIN + 48 * HOUR)) is not None
    assert back_up_if_due(log, settings, SetClock(BEGIN)) is not None, "a file from ahead is no backup of today"
    with EventLog.open(tmp_path / "empty") as empty:
        assert back_up_if_due(empty, Backup(folder=str(tmp_path / "other")), SetClock(BEGIN)) is None


def test_the_doctor_says_how_old_the_newest_is(log: EventLog, settings: Backup) -> None:
    assert not list(backup_check(log.home, Backup(), SetClock(BEGIN)))
    (none,) = backup_check(log.home, settings, SetClock(BEGIN))
    assert not none.ok
    back_up_if_due(log, settings, SetClock(BEGIN))
    for hours, ok in ((1, True), (48, True), (49, False)):
        (check,) = backup_check(log.home, settings, SetClock(BEGIN + hours * HOUR))
        assert (check.ok, f"is {hours} hours old" in check.detail) == (ok, True)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"then": "restic backup"}, "then needs folder"),
        ({"folder": " "}, "folder names nothing"),
        ({"folder": "x", "keep_days": 0, "keep_weeks": 0, "keep_months": 0}, "nothing would be kept"),
        ({"folder": "x", "then": "restic 'backup"}, "then is no command"),
        ({"folder": "x", "then": ""}, "then is no command"),
        ({"folder": "x", "every_hours": 0}, "every_hours"),
    ],
)
def test_settings_that_would_keep_nothing_are_refused(given: dict[str, object], why: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=why):
        msgspec.convert(given, Backup)
