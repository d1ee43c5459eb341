"""One daemon a home, and one writer at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import BusyError, StorageError
from lotwork.ledger.storage.lock import DaemonLock, daemon_pid, writers_turn
from tests.ledger.making import CREATED

RACE = """
import sys, time
from pathlib import Path
from lotwork.ledger.errors import BusyError
from lotwork.ledger.storage.lock import DaemonLock
print("ready", flush=True)
sys.stdin.readline()
try:
    with DaemonLock.acquire(Path(sys.argv[1])):
        print("won", flush=True)
        sys.stdin.readline()
except BusyError:
    print("lost", flush=True)
"""


def test_a_second_daemon_is_refused_and_told_the_pid_of_the_first(tmp_path: Path) -> None:
    with DaemonLock.acquire(tmp_path), pytest.raises(BusyError, match=rf"pid {os.getpid()}\)"):
        DaemonLock.acquire(tmp_path)


def test_a_daemon_that_ended_leaves_room_for_the_next(tmp_path: Path) -> None:
    first = DaemonLock.acquire(tmp_path / "home")
    assert daemon_pid(tmp_path / "home") == str(os.getpid())
    first.release()
    first.release()
    assert daemon_pid(tmp_path / "home") is None
    DaemonLock.acquire(tmp_path / "home").release()


def test_no_daemon_runs_in_a_new_home(tmp_path: Path) -> None:
    assert daemon_pid(tmp_path) is None


def test_a_hanging_daemon_can_be_replaced_by_force(tmp_path: Path) -> None:
    with DaemonLock.acquire(tmp_path), DaemonLock.acquire(tmp_path, force=True), pytest.raises(BusyError):
        DaemonLock.acquire(tmp_path)
    DaemonLock.acquire(tmp_path).release()


@pytest.mark.faults
def test_of_daemons_started_at_once_exactly_one_runs(tmp_path: Path) -> None:
    for race in range(3):
        home = tmp_path / str(race)
        command = [sys.executable, "-c", RACE, str(home)]
        racers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(5)]
        try:
            assert [_answer(racer) for racer in racers] == ["ready"] * 5
            for racer in racers:
                _say(racer)
            assert sorted(_answer(racer) for racer in racers) == ["lost"] * 4 + ["won"]
        finally:
            for racer in racers:
                racer.kill()
                racer.communicate()


def _answer(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _say(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_writers_take_turns_and_give_up_with_a_name(tmp_path: Path) -> None:
    clock = SetClock(CREATED)
    with writers_turn(tmp_path, clock):
        with (
            pytest.raises(BusyError, match="another process has been writing for 2 s"),
            writers_turn(tmp_path, clock, seconds=2),
        ):
            pass
        assert sum(clock.slept) == pytest.approx(2, abs=0.01)
    with writers_turn(tmp_path, SystemClock()):
        pass


def test_a_folder_that_is_gone_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"), writers_turn(tmp_path / "gone", SystemClock()):
        pass
