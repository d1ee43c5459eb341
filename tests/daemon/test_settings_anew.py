"""The daemon as a real process: it takes its settings over on SIGHUP, and forgets what is gone with them."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.storage.log import EventLog
from tests.another_time import another_time
from tests.daemon.process import FOLDER, RECEIPT, THEN, Daemon, Slow, hung, put, ready, write
from tests.patience import PATIENCE_SECONDS

EDITED = "every_seconds = 1", "every_seconds = 2"
CLEAN = {"last_success": None, "trouble": None}
GONE = "a round under settings that are gone failed"


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    """Live in the month in which the pool begins: a round of it asks once, and from the next month on twice."""
    with another_time(datetime(2026, 11, 15, 12, tzinfo=UTC)):
        yield


def test_good_settings_are_taken_over_on_sighup_and_bad_ones_are_not(home: Path, started: list[Daemon]) -> None:
    daemon = ready(home, started, THEN)
    write(home, "prot = 1\n")
    daemon.told(signal.SIGHUP)
    refused = daemon.logged("the settings were not reloaded; the old ones stay in force")
    assert "did you mean port?" in refused["why"]
    put(home, RECEIPT)
    daemon.logged("recorded")
    (home / "other").mkdir()
    write(home, sources=FOLDER.replace('"receipts"', '"second"').replace('"inbox"', '"other"'))
    daemon.told(signal.SIGHUP)
    daemon.logged("settings reloaded")
    put(home, {**RECEIPT, "id": "in the other folder"}, name="new.jsonl", folder="other")
    assert daemon.logged("recorded", count=2)["source"] == "second"
    assert list(json.loads(daemon.get("/readyz")[1])["sources"]) == ["main/second"]
    assert daemon.end() == 0


def reloaded(daemon: Daemon, sources: str) -> None:
    """Write other sources into the settings, and wait until they are in force."""
    write(daemon.home, sources=sources)
    before = len([line for line in daemon.lines if line["event"] == "settings reloaded"])
    daemon.told(signal.SIGHUP)
    daemon.logged("settings reloaded", count=before + 1)


def known(daemon: Daemon) -> dict[str, Any]:
    """Return what the daemon says of the source called pool."""
    told: dict[str, Any] = json.loads(daemon.get("/readyz")[1])["sources"]["main/pool"]
    return told


def asked(slow: Slow, count: int) -> None:
    """Wait until the pool was asked *count* times."""
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while slow.asked < count:
        assert time.perf_counter() < give_up
        time.sleep(0.02)


@pytest.mark.parametrize("change", ["edited in place", "removed and put back"])
def test_a_late_failure_of_the_round_before_a_change_counts_for_nothing(
    change: str, home: Path, started: list[Daemon], slow: Slow
) -> None:
    pool = hung(slow, "pool")
    write(home, sources=pool)
    daemon = ready(home, started, THEN)
    asked(slow, 1)
    if change == "removed and put back":
        reloaded(daemon, FOLDER)
    reloaded(daemon, pool.replace(*EDITED) if change == "edited in place" else pool)
    asked(slow, 2)
    slow.let_go(0, 403)
    assert daemon.logged(GONE)["job"] == "poll:main/pool"
    assert CLEAN.items() <= known(daemon).items()
    assert 'job="poll:main/pool",why="Source' not in daemon.get("/metrics")[1]
    slow.let_go(1)
    asked(slow, 3)
    assert known(daemon)["last_success"] is not None
    assert daemon.end() == 0


@pytest.mark.parametrize("change", ["edited in place", "removed and put back"])
def test_a_late_answer_to_the_round_before_a_change_counts_for_nothing(
    change: str, home: Path, started: list[Daemon], slow: Slow
) -> None:
    pool = hung(slow, "pool")
    write(home, sources=pool + FOLDER)
    daemon = ready(home, started, THEN)
    asked(slow, 1)
    slow.let_go(0, 403)
    daemon.logged("round failed")
    asked(slow, 2)
    assert "403" in known(daemon)["trouble"]
    if change == "removed and put back":
        reloaded(daemon, FOLDER)
    reloaded(daemon, (pool.replace(*EDITED) if change == "edited in place" else pool) + FOLDER)
    asked(slow, 3)
    assert CLEAN.items() <= known(daemon).items(), "the new one begins with clean health"
    slow.let_go(1)
    put(home, RECEIPT)
    daemon.logged("recorded")
    assert CLEAN.items() <= known(daemon).items()
    with EventLog.open(home) as log:
        assert log.cursor("main", "pool") is None, "what was asked for under other settings is not recorded"
        slow.let_go(2)
        give_up = time.perf_counter() + PATIENCE_SECONDS
        while log.cursor("main", "pool") is None:
            assert time.perf_counter() < give_up
            time.sleep(0.05)
    assert daemon.end() == 0


def test_a_source_that_was_not_edited_keeps_its_round_and_its_health(
    home: Path, started: list[Daemon], slow: Slow
) -> None:
    pool = hung(slow, "pool")
    write(home, sources=pool)
    daemon = ready(home, started, THEN)
    asked(slow, 1)
    slow.let_go(0, 403)
    daemon.logged("round failed")
    asked(slow, 2)
    silent = known(daemon)["silent_seconds"]
    time.sleep(2.5)
    reloaded(daemon, pool + FOLDER)
    put(home, RECEIPT)
    daemon.logged("recorded")
    assert slow.asked == 2, "its round goes on, and no other beside it"
    assert "403" in known(daemon)["trouble"]
    assert known(daemon)["silent_seconds"] >= silent + 2
    slow.let_go(1)
    asked(slow, 3)
    assert known(daemon)["last_success"] is not None
    assert known(daemon)["trouble"] is None
    assert GONE not in daemon.text
    assert daemon.end() == 0
