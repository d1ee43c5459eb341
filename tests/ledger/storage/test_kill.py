"""Killed at any point, a worker loses no acknowledged event, records none twice, and its cursor is its last event."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.batch import Message
from lotwork.ledger.storage.failpoints import NAMES, FailpointError, armed
from lotwork.ledger.storage.heads import read_heads
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import Batch, EventStore
from tests.drawing import stream
from tests.faults.memory import MEMORY
from tests.ledger.making import receipts
from tests.ledger.storage.nursery import EVENTS_A_POLL
from tests.postgres_server import Server

PROJECT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT)}


class Nursery:
    """Where workers come from: one process, everything imported, that forks."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.ledger.storage.nursery"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT, env=ENVIRONMENT
        )

    def ask(self, **request: object) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, home: Path, out: Path, *, polls: int, failpoint: str = "", url: str = "") -> int:
        return self.ask(home=str(home), url=url, out=str(out), polls=polls, failpoint=failpoint)

    def run(self, home: Path, out: Path, *, polls: int, failpoint: str = "", url: str = "") -> tuple[int, str]:
        """Run a worker to its end; return its exit status and what it said."""
        status = self.ask(wait=self.start(home, out, polls=polls, failpoint=failpoint, url=url))
        return status, out.read_text() if out.exists() else ""


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Lend a folder in memory: what dies is a process, and what it wrote outlives it there as on a disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.process.communicate()


def await_words(out: Path) -> None:
    """Wait until a worker has acknowledged something, ten seconds at most, however busy the machine is."""
    for _ in range(10_000):
        if out.exists() and out.stat().st_size:
            return
        time.sleep(0.001)


def acknowledged(output: str) -> int:
    """Return the last event the worker said is recorded."""
    return max((int(line) for line in output.splitlines() if line.isdigit()), default=0)


def assert_whole(home: Path, least: int, database: Database | None = None) -> int:
    """Assert that the ledger of *home* holds every acknowledged event once, up to its cursor; return how many."""
    with EventStore.open(home, clock=SystemClock(), database=database) as store:
        ids = [event.id for _, event in store.read("main")]
        cursor = int(store.cursor("main", "ocean") or 0)
        assert ids == [f"r{number}" for number in range(1, cursor + 1)]
        assert cursor >= least, "an acknowledged event was lost"
        found = store.verify()
        assert found.ok, found.message
        if ids:
            assert read_heads(home)["main"] == store.head("main")
            assert store._all("SELECT max(CAST(substr(id, 2) AS INTEGER)) FROM outbox") == [(cursor,)]
    return cursor


@pytest.mark.faults
@pytest.mark.seeded
def test_200_kills_at_random_points_lose_nothing_and_double_nothing(tmp_path: Path, nursery: Nursery) -> None:
    chance, kept, committed_unacknowledged = stream(2), 0, 0
    for kill in range(200):
        out = tmp_path / f"{kill}.out"
        pid = nursery.start(tmp_path / "home", out, polls=400)
        if kill % 4:  # one in four dies while it opens the ledger; the others when they have begun to write
            await_words(out)
        time.sleep(chance.random() * 0.03)
        os.kill(pid, signal.SIGKILL)
        assert nursery.ask(wait=pid) == -signal.SIGKILL, out.read_text()
        told = acknowledged(out.read_text()) if out.exists() else 0
        cursor = assert_whole(tmp_path / "home", max(kept, told))
        committed_unacknowledged += 0 < told < cursor
        kept = cursor
    assert kept >= 150 * EVENTS_A_POLL
    assert committed_unacknowledged > 0, "no kill fell between a commit and its acknowledgement"


ON_THE_WAY = [name for name in NAMES if name.startswith(("append.", "heads.", "outbox."))]


@pytest.mark.faults
@pytest.mark.parametrize("visit", [1, 2])
@pytest.mark.parametrize("name", ON_THE_WAY)
def test_a_kill_at_each_named_point_loses_nothing_and_doubles_nothing(
    tmp_path: Path, nursery: Nursery, name: str, visit: int
) -> None:
    home = tmp_path / "home"
    status, output = nursery.run(home, tmp_path / "1", polls=5, failpoint=f"{name}:kill:{visit}")
    assert status == -signal.SIGKILL, output
    assert_whole(home, acknowledged(output))
    status, rest = nursery.run(home, tmp_path / "2", polls=3)
    assert status == 0, rest
    assert assert_whole(home, acknowledged(rest)) >= 9
    sent = [line for line in (output + rest).splitlines() if line.startswith("sent")]
    with EventStore.open(home, clock=SystemClock()) as store:
        queued = {f"sent {row[0]}" for row in store._all("SELECT id FROM outbox")}
        assert set(sent) == queued, "every alert is sent at least once"
        assert len(sent) - len(queued) <= 1, "a repeat happens only between sending and marking"
        assert store.pending() == ()


@pytest.mark.faults
@pytest.mark.parametrize(
    "name",
    ["append.after_begin", "append.after_insert", "append.before_commit", "append.after_commit", "outbox.after_send"],
)
def test_a_kill_on_the_way_to_a_server_loses_nothing_and_doubles_nothing(
    tmp_path: Path, nursery: Nursery, postgres: Server, name: str
) -> None:
    home = tmp_path / "home"
    with postgres.database() as database:
        url = postgres.url(database)
        status, output = nursery.run(home, tmp_path / "1", polls=5, failpoint=f"{name}:kill:2", url=url)
        assert status == -signal.SIGKILL, output
        assert_whole(home, acknowledged(output), Postgres(url))
        status, rest = nursery.run(home, tmp_path / "2", polls=3, url=url)
        assert status == 0, rest
        assert assert_whole(home, acknowledged(rest), Postgres(url)) >= 9


@pytest.mark.faults
def test_the_environment_arms_a_failpoint(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from lotwork.ledger.clock import SystemClock;"
        "from lotwork.ledger.store import *;"
        "from tests.ledger.making import receipt;"
        "EventStore.open(Path(sys.argv[1]), clock=SystemClock()).append(Batch('main', [receipt(1)]))"
    )
    armed_environment = {**ENVIRONMENT, "LOTWORK_FAILPOINT": "append.after_commit:kill"}
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, env=armed_environment)
    assert killed.returncode == -signal.SIGKILL
    with EventStore.open(tmp_path, clock=SystemClock()) as store:
        assert read_heads(tmp_path)["main"] == store.head("main")
        assert store.head("main").position == 1


APPENDERS = """
import sys
from pathlib import Path
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.store import Batch, EventStore
from tests.ledger.making import receipt

home, worker = Path(sys.argv[1]), int(sys.argv[2])
with EventStore.open(home, clock=SystemClock()) as store:
    for number in range(50):
        store.append(Batch("main", [receipt(worker * 1000 + number)]), Batch(f"own-{worker}", [receipt(number)]))
"""


@pytest.mark.faults
def test_eight_processes_append_at_once_without_an_error_or_a_gap(tmp_path: Path) -> None:
    command = [sys.executable, "-c", APPENDERS, str(tmp_path)]
    workers = [
        subprocess.Popen([*command, str(number)], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        for number in range(8)
    ]
    assert [(worker.communicate()[1], worker.returncode) for worker in workers] == [("", 0)] * 8
    with EventStore.open(tmp_path, clock=SystemClock()) as store:
        assert [position for position, _ in store.read("main")] == list(range(1, 401))
        assert all(store.head(f"own-{number}").position == 50 for number in range(8))
        found = store.verify()
        assert (found.ok, found.events) == (True, 800), found.message


OPENED_AND_CLOSED = """
import sys
from pathlib import Path
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.store import EventStore

with EventStore.open(Path(sys.argv[1]), clock=SystemClock()) as store:
    print(store.head("main").position)
"""


@pytest.mark.faults
def test_opening_the_ledger_again_in_one_process_gives_up_no_lock_of_the_first(tmp_path: Path) -> None:
    def seen_by_another_process() -> str:
        command = [sys.executable, "-c", OPENED_AND_CLOSED, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout

    with EventStore.open(tmp_path, clock=SystemClock()) as first:
        first.append(Batch("main", receipts(1, 1)))
        EventStore.open(tmp_path, clock=SystemClock()).close()
        assert seen_by_another_process() == "1\n"
        first.append(Batch("main", receipts(2, 2)))
        assert seen_by_another_process() == "2\n", "the other process took the write-ahead log away"


FROZEN = """
import os, signal, sys
from pathlib import Path
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import BusyError
from lotwork.ledger.store import Batch, EventStore
from tests.ledger.making import receipt

with EventStore.open(Path(sys.argv[1]), clock=SystemClock()) as store:
    store.claim()
    print("claimed", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        store.append(Batch("main", [receipt(1)]))
    except BusyError as fenced:
        print(fenced, flush=True)
"""


@pytest.mark.faults
def test_a_frozen_daemon_that_wakes_after_a_take_over_appends_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FROZEN, str(tmp_path)]
    frozen = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        assert frozen.stdout is not None
        assert frozen.stdout.readline() == "claimed\n"
        os.waitpid(frozen.pid, os.WUNTRACED)
        with EventStore.open(tmp_path, clock=SystemClock()) as successor:
            successor.claim()
            successor.append(Batch("main", receipts(2, 3)))
            frozen.send_signal(signal.SIGCONT)
            assert "another daemon took over" in frozen.stdout.readline()
            assert [event.id for _, event in successor.read("main")] == ["r2", "r3"]
    finally:
        frozen.kill()
        frozen.communicate()


# -- the failpoints themselves ----------------------------------------------------------------------------------------


def test_an_unset_failpoint_passes_everywhere() -> None:
    stop = armed("")
    for name in NAMES:
        stop(name)


def test_a_failpoint_raises_at_the_visit_it_names_and_only_there() -> None:
    stop = armed("append.before_commit:raise:2")
    stop("append.after_commit")
    stop("append.before_commit")
    with pytest.raises(FailpointError, match=r"append\.before_commit"):
        stop("append.before_commit")
    stop("append.before_commit")


@pytest.mark.parametrize("setting", ["nowhere:kill", "append.before_commit:explode"])
def test_a_failpoint_that_does_not_exist_is_named(setting: str) -> None:
    with pytest.raises(FailpointError, match="the failpoints are"):
        armed(setting)


def test_a_failure_before_the_commit_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EventStore.open(tmp_path, clock=SystemClock()) as store:
        monkeypatch.setattr("lotwork.ledger.storage.sqlite.database.hit", armed("append.before_commit:raise"))
        with pytest.raises(FailpointError):
            store.append(Batch("main", receipts(1, 3), outbox=(Message("m", "s", "b"),)))
        assert store.head("main").position == 0
        assert store.pending() == ()
        assert store.append(Batch("main", receipts(1, 3)))[0].head.position == 3
