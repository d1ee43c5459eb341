"""Two machines with one database: one daemon records, the other stands by, and takes over within seconds."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import FencedError, StandbyError
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import Batch, EventStore
from tests.commands.calling import Caller
from tests.daemon.process import DAEMON, FOLDER, RECEIPT, START, Daemon, end_all
from tests.ledger.making import receipt
from tests.patience import PATIENCE_SECONDS
from tests.postgres_server import Server


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    with postgres.database() as name:
        yield name


def test_one_store_is_the_daemon_and_another_takes_over_when_it_is_gone(
    postgres: Server, database: str, tmp_path: Path
) -> None:
    def opened(name: str) -> EventStore:
        return EventStore.open(tmp_path / name, clock=SystemClock(), database=Postgres(postgres.url(database)))

    with opened("one") as one, opened("two") as two, opened("command") as command:
        assert one.claim() == 1
        one.check_claim()
        with pytest.raises(StandbyError, match=r"another daemon records there \(at 127\.0\.0\.1, process \d+"):
            two.claim()
        command.append(Batch("main", [receipt(1)]))
        postgres.end_sessions(database)
        one.check_claim()  # nobody was waiting: it takes its own place again
        assert one.append(Batch("main", [receipt(2)]))[0].head.position == 2
        postgres.end_sessions(database)
        assert two.claim() == 2
        for late in (one.check_claim, lambda: one.append(Batch("main", [receipt(3)]))):
            with pytest.raises(FencedError, match="another daemon took over"):
                late()
        two.append(Batch("main", [receipt(4)]))
        assert [event.id for _, event in two.read("main")] == ["r1", "r2", "r4"]


ASKED = [(name, "--year", "2026") for name in ("income", "liability", "quarterly")] + [("lots",), ("head",)]


def machine(folder: Path, url: str) -> Path:
    (folder / "inbox").mkdir(parents=True)
    (folder / "config.toml").write_text(f'[ledger]\nurl = "{url}"\n{DAEMON}{FOLDER}')
    return folder


def drop(home: Path, name: str) -> None:
    beside = home / f"{name}.new"
    beside.write_text(json.dumps({**RECEIPT, "id": name}) + "\n")
    beside.rename(home / "inbox" / f"{name}.jsonl")


def await_events(log: EventLog, count: int) -> None:
    clock = SystemClock()
    give_up = clock.monotonic() + PATIENCE_SECONDS
    while log.head("main").position < count:
        assert clock.monotonic() < give_up
        clock.sleep(0.05)


@pytest.mark.faults
def test_a_second_machines_daemon_stands_by_and_records_once_the_first_is_killed(
    postgres: Server, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.url(database)
    first = Daemon(machine(tmp_path / "first", url))
    daemons = [first]
    try:
        first.logged("ready")
        second = Daemon(machine(tmp_path / "second", url))
        daemons.append(second)
        assert "another daemon records there" in second.logged("standing by")["why"]
        drop(first.home, "a")
        with EventLog(tmp_path, Postgres(url)) as log:
            await_events(log, 1)
            first.end(signal.SIGKILL)
            second.logged("ready")
            drop(second.home, "b")
            await_events(log, 2)
            assert [event.id for _, event in log.read("main", kinds=["receipt"])] == ["a", "b"]
            assert log.verify().ok
        assert second.end() == 0
        machines = [Caller(home, capsys, monkeypatch) for home in (first.home, second.home)]
        for words in ASKED:
            one, two = (machine(*words, "--json", code=None) for machine in machines)
            assert one.out.startswith("{"), one.err
            assert one == two
    finally:
        end_all(daemons)


@pytest.mark.faults
def test_a_daemon_waits_for_a_server_that_is_not_there_yet(postgres: Server, database: str, tmp_path: Path) -> None:
    patient = "from lotwork.ledger.storage.postgres import database; database.PATIENCE_SECONDS = 1; "
    daemons: list[Daemon] = []
    postgres.kill()
    try:
        daemons.append(Daemon(machine(tmp_path / "home", postgres.url(database)), patient + START))
        assert "does not answer" in daemons[0].logged("waiting for the server")["why"]
        postgres.start()
        daemons[0].logged("ready")
        assert daemons[0].end() == 0
    finally:
        if not postgres.runs():
            postgres.start()
        end_all(daemons)
