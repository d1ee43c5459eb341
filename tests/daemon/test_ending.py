"""The daemon as a real process: told to end it ends within seconds, whatever hangs."""

from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path

import pytest

from lotwork.ingest.folder.reading import LAST, READS_AS
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.lock import writers_turn
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.verify import verify
from tests.daemon.process import FOLDER, RECEIPT, START, Daemon, Slow, hung, put, ready, run, write
from tests.drawing import stream
from tests.patience import PATIENCE_SECONDS, SOON_SECONDS

SLOW_PAGE = (
    "import time; from lotwork.service.metrics import Metrics; Metrics.text = lambda _: time.sleep(60) or b''; " + START
)


@pytest.mark.seeded
@pytest.mark.parametrize("attempt", range(5))
def test_told_to_end_at_any_moment_it_ends_with_0_and_loses_nothing(
    attempt: int, home: Path, started: list[Daemon]
) -> None:
    for number in range(5):
        put(home, *({**RECEIPT, "id": f"{number}-{line}"} for line in range(20)), name=f"{number}.jsonl")
    daemon = run(home, started)
    daemon.logged("serving")
    time.sleep(attempt * 0.3 + stream(attempt).uniform(0, 0.3))
    begun = time.perf_counter()
    assert daemon.end(signal.SIGINT if attempt % 2 else signal.SIGTERM) == 0
    assert time.perf_counter() - begun < 10
    found = verify(home)
    assert found.ok, found.message
    with EventLog.open(home) as log:
        recorded = [event.id for _, event in log.read("main")]
        known = [key for key in json.loads(log.cursor("main", "receipts") or "[]") if key != READS_AS]
        told = [key for key in known if not key.startswith(LAST)]
    assert len(recorded) == len(set(recorded)) == 20 * len(told)


def test_told_to_end_again_and_again_it_ends_with_0(home: Path, started: list[Daemon]) -> None:
    daemon = Daemon(home)
    started.append(daemon)
    daemon.logged("ready")
    while daemon.process.poll() is None:
        daemon.told(signal.SIGTERM)
        daemon.told(signal.SIGHUP)
        time.sleep(0.002)
    assert daemon.ended() == 0


def test_a_hung_source_starves_nobody_and_does_not_delay_the_end(home: Path, started: list[Daemon], slow: Slow) -> None:
    write(home, sources=FOLDER + "".join(hung(slow, f"hung-{number}") for number in range(5)))
    daemon = ready(home, started)
    for number in range(4):
        put(home, {**RECEIPT, "id": f"r{number}"}, name=f"{number}.jsonl")
        daemon.logged("recorded", count=number + 1, seconds=SOON_SECONDS)
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while slow.asked < 5:  # one host is asked once a second
        assert time.perf_counter() < give_up
        time.sleep(0.05)
    status, body = daemon.get("/readyz")
    assert (status, json.loads(body)["sources"]["main/hung-0"]["last_success"]) == (200, None)
    assert "still_running" in daemon.get("/metrics")[1]
    late = [line["job"] for line in daemon.lines if line["event"] == "still at the last round"]
    assert late.count("poll:main/hung-0") == 1, "a round that takes long is told of once"
    begun = time.perf_counter()
    assert daemon.end() == 0
    assert time.perf_counter() - begun < 10
    assert len(daemon.logged("left behind within a round; their cursors stand where they were")["jobs"]) == 5


def test_another_writer_that_keeps_its_turn_does_not_delay_the_end(home: Path, started: list[Daemon]) -> None:
    daemon = ready(home, started)
    with writers_turn(home, SystemClock()):
        put(home, RECEIPT)
        time.sleep(1.5)
        begun = time.perf_counter()
        assert daemon.end() == 0
        assert time.perf_counter() - begun < 10
    assert verify(home).ok


def test_a_page_that_takes_for_ever_does_not_delay_the_end(home: Path, started: list[Daemon]) -> None:
    started.append(Daemon(home, SLOW_PAGE))
    daemon = started[-1]
    daemon.logged("ready")
    host, port = daemon.logged("serving")["url"].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as asking:
        asking.sendall(f"GET /metrics HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        time.sleep(0.5)
        begun = time.perf_counter()
        assert daemon.end() == 0
        assert time.perf_counter() - begun < 10
    daemon.logged("ended")
