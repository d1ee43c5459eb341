"""The scheduler within the process: late rounds run once, no zone moves them, and no job ends its worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lotwork import config
from lotwork.alerts.payments import payments
from lotwork.hosting.home_daemon import poll_name
from lotwork.hosting.timetable import OneWorker
from lotwork.ingest.folder.source import FolderSection
from lotwork.ingest.ports import Page
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import FencedError, LotworkError, SourceUnreachableError, StandbyError, UnreachableError
from lotwork.scheduler import Daemon
from lotwork.service.sources import Watched
from lotwork.service.wall_clock import WallClock
from tests.patience import PATIENCE_SECONDS


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    made = Daemon(config.load(tmp_path, environ={}), SystemClock(), Scrubber(), payments=payments)
    yield made
    if made.scheduler.running:
        made.scheduler.shutdown(wait=True)


class Count:
    """A job that counts its runs."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.runs = 0
        self.failure = failure
        self.ran = threading.Event()

    def __call__(self) -> None:
        self.runs += 1
        self.ran.set()
        if self.failure is not None:
            raise self.failure


def scheduled(daemon: Daemon, job: Count, name: str, *, first: datetime, seconds: float = 60) -> None:
    daemon.scheduler.add_executor(OneWorker(), name)
    daemon.scheduler.add_job(job, "interval", seconds=seconds, id=name, executor=name, next_run_time=first)


@pytest.mark.parametrize("late", [timedelta(minutes=10), timedelta(days=10)])
def test_after_a_pause_one_round_catches_up(daemon: Daemon, late: timedelta) -> None:
    job, probe = Count(), Count()
    scheduled(daemon, job, "late", first=datetime.now(UTC) - late)  # noqa: TID251 - apscheduler asks the wall
    scheduled(daemon, probe, "probe", first=datetime.now(UTC) + timedelta(seconds=0.3))  # noqa: TID251 - the same
    daemon.scheduler.start()
    assert job.ran.wait(PATIENCE_SECONDS)
    assert probe.ran.wait(PATIENCE_SECONDS)
    assert job.runs == 1


def test_a_round_that_raises_even_a_wish_to_exit_runs_again(daemon: Daemon) -> None:
    job = Count(SystemExit(1))
    scheduled(daemon, job, "exits", first=datetime.now(UTC), seconds=0.1)  # noqa: TID251 - apscheduler asks the wall
    daemon.notifier = Silent()  # type: ignore[assignment] # the rest of the daemon is not running here
    daemon.scheduler.start()
    while job.runs < 3:
        job.ran.clear()
        assert job.ran.wait(PATIENCE_SECONDS)
    assert 'lotwork_job_failures_total{job="exits",why="error"}' in daemon.metrics.text().decode()


class Nobody:
    """A source that is not asked."""

    name, book = "old", "main"

    def fetch_since(self, cursor: str | None) -> Page:
        """Answer what cannot be reached."""
        raise AssertionError(cursor)


class Silent:
    """A notifier that keeps what it is told, and tells nobody."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def round_failed(self, job: str, _why: str) -> None:
        """Keep whose round it was."""
        self.told.append(job)


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"])
def test_no_daylight_saving_moves_or_doubles_a_round(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    made = Daemon(config.load(tmp_path, environ={}), SystemClock(), Scrubber(), payments=payments)
    job = Count()
    for begin in (
        datetime(2026, 3, 7, tzinfo=UTC),
        datetime(2026, 10, 31, tzinfo=UTC),
        datetime(2026, 4, 4, tzinfo=UTC),
    ):
        added = made.scheduler.add_job(job, "interval", seconds=1800, start_date=begin)
        fires = [begin]
        while len(fires) < 96:
            fires.append(added.trigger.get_next_fire_time(fires[-1], fires[-1]))
        assert {later - earlier for earlier, later in pairwise(fires)} == {timedelta(minutes=30)}
        assert {fire.utcoffset() for fire in fires} == {timedelta(0)}


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=365), timedelta(days=-365)])
def test_a_moved_clock_is_noticed_once(jump: timedelta) -> None:
    clock = SetClock(datetime(2026, 11, 22, tzinfo=UTC))
    wall = WallClock(clock)
    clock.move(3600)
    assert wall.moved_seconds() == 0
    clock.instant += jump
    clock.move(1)
    assert wall.moved_seconds() == jump.total_seconds()
    clock.move(1)
    assert wall.moved_seconds() == 0


def test_a_clock_that_ntp_slews_is_not_moved() -> None:
    clock = SetClock(datetime(2026, 11, 22, tzinfo=UTC))
    wall = WallClock(clock)
    for _ in range(100):
        clock.move(1)
        clock.instant += timedelta(milliseconds=500)
        assert wall.moved_seconds() == 0


def test_after_the_clock_was_put_back_every_round_but_the_verification_runs_at_once(daemon: Daemon) -> None:
    """An interval job would wait for a time that is now an hour away."""
    job, verification = Count(), Count()
    for name, one in (("stalled", job), ("verify", verification)):
        scheduled(daemon, one, name, first=datetime.now(UTC) + timedelta(hours=1))  # noqa: TID251 - as apscheduler
    daemon.scheduler.start()
    daemon._run_all_now()
    assert job.ran.wait(PATIENCE_SECONDS)
    assert verification.runs == 0


def test_a_late_failure_of_a_source_that_is_gone_brings_nothing_of_it_back(daemon: Daemon) -> None:
    told = Silent()
    daemon.notifier = told  # type: ignore[assignment] # the rest of the daemon is not running here
    for failure in (SourceUnreachableError("old: no answer"), ZeroDivisionError()):
        daemon._guarded("poll:main/old", Count(failure), Watched(FolderSection(name="old", folder="inbox"), Nobody()))()
        daemon._guarded("prices", Count(failure))()
    assert daemon.health.sources() == {}
    assert "poll:main/old" not in daemon.metrics.text().decode()
    assert 'job="prices",why="ZeroDivisionError"' in daemon.metrics.text().decode()
    assert told.told == ["prices"]


def test_the_job_of_a_source_is_named_after_book_and_source() -> None:
    assert poll_name(("main", "ocean")) == "poll:main/ocean"


def test_a_daemon_that_another_took_over_from_ends(daemon: Daemon) -> None:
    def fenced() -> None:
        raise FencedError("another daemon took over")

    daemon._guarded("heartbeat", fenced)()
    assert daemon.stop.is_set()
    with pytest.raises(FencedError) as ended:
        daemon.standing.check()
    assert ended.value.exit_code == 6


def test_a_daemon_that_is_told_to_end_while_it_waits_becomes_none(daemon: Daemon) -> None:
    asked: list[LotworkError] = []

    class Store:
        def claim(self) -> int:
            asked.append([StandbyError("another"), UnreachableError("away")][len(asked)])
            if len(asked) == 2:
                daemon.stop.set()
            raise asked[-1]

    assert daemon.standing.claim(Store()) is False  # type: ignore[arg-type] # all that is asked of it
    assert len(asked) == 2


@pytest.mark.parametrize("was_away", [True, False])
def test_a_server_that_was_away_has_its_ledger_verified_anew(daemon: Daemon, *, was_away: bool) -> None:
    class Store:
        def check_claim(self) -> bool:
            return was_away

    daemon.store = Store()  # type: ignore[assignment] # all that a heartbeat asks of it
    job = Count()
    scheduled(daemon, job, "verify", first=datetime.now(UTC) + timedelta(days=1))  # noqa: TID251 - apscheduler's
    daemon.scheduler.start()
    daemon._take_a_beat()
    assert job.ran.wait(PATIENCE_SECONDS if was_away else 0.2) is was_away
