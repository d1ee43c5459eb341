"""One process over a folder of homes: each is kept on its own, and what is wrong with one is told by its name."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request

import pytest

from lotwork.config import load
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.ledger.storage.log import EventLog
from lotwork.service.daemon_told import ask
from lotwork.service.readers import FILE, Reader, digest_of_token, write_readers
from tests.daemon.process import OPENER, RECEIPT, Daemon, end_all, put
from tests.patience import PATIENCE_SECONDS
from tests.web.conftest import record
from tests.web.views.made import receipt

START = (
    "import sys; from pathlib import Path; import lotwork.hosting.host as host; host.LOOK_SECONDS = 0.2; "
    "host.FIRST_WAIT_OF_A_HOME = 0.5; from lotwork.hosting.many import run_many; sys.exit(run_many(Path(sys.argv[1])))"
)
SOURCE = """[prices]
sources = []
[daemon]
alerts_every_seconds = 1
[[sources.files]]
name = "receipts"
folder = "inbox"
every_seconds = 1
"""
ANN = Reader(name="ann", books=("ann",), token=digest_of_token("anns"))
EVERYBODY = Reader(name="all", books=("*",), token=digest_of_token("every"))


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    folder = tmp_path / "homes"
    folder.mkdir()
    (folder / "config.toml").write_text("[daemon]\nport = 0\n")
    write_readers(folder / FILE, [ANN, EVERYBODY])
    return folder


@pytest.fixture
def started() -> Iterator[list[Daemon]]:
    daemons: list[Daemon] = []
    yield daemons
    end_all(daemons)


def make(folder: Path, name: str, more: str = "") -> Path:
    home = folder / name
    (home / "inbox").mkdir(parents=True)
    (home / "config.toml").write_text(SOURCE + more)
    record(home, receipt("r1", "2026-02-01"))
    return home


def spoil(home: Path) -> None:
    """Change what was recorded, as somebody would who has the file."""
    with sqlite3.connect(home / "ledger.sqlite") as ledger:
        for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            ledger.execute(f"DROP TRIGGER {name}")
        ledger.execute("UPDATE events SET payload = replace(payload, '0.01', '9.99')")
    ledger.close()


def told(daemon: Daemon, page: str, token: str = "") -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asking = Request(daemon.logged("serving")["url"] + page, headers=headers)  # noqa: S310 - our own address
    with OPENER.open(asking, timeout=PATIENCE_SECONDS) as answer:
        return str(answer.read().decode())


def state(daemon: Daemon, token: str = "") -> dict[str, Any]:
    return dict(json.loads(told(daemon, "/readyz", token)))


def waited(daemon: Daemon, home: str, wanted: str) -> dict[str, Any]:
    """Return how *home* does, once it does so."""
    give_up = SystemClock().monotonic() + PATIENCE_SECONDS
    while (now := state(daemon, "every")["of_homes"].get(home, {})).get("state") != wanted:
        assert SystemClock().monotonic() < give_up, (now, daemon.text[-2000:])
        SystemClock().sleep(0.05)
    return dict(now)


def events(home: Path) -> int:
    with EventLog.open(home) as log:
        return log.head("main").position


def test_each_home_is_kept_whatever_is_wrong_with_the_others(homes: Path, started: list[Daemon]) -> None:
    ann, locked, broken, refused = (make(homes, name) for name in ("ann", "locked", "broken", "refused"))
    spoil(broken)
    (refused / "config.toml").write_text("[daemon]\nprot = 1\n")
    holds = DaemonLock.acquire(locked)
    started.append(Daemon(homes, START))
    daemon = started[0]
    waited(daemon, "ann", "kept")
    put(ann, RECEIPT | {"id": "new"})
    assert daemon.logged("recorded")["home"] == "ann"
    assert events(ann) == 2
    for name, words in (("locked", "already running"), ("broken", "events"), ("refused", "prot")):
        assert words in waited(daemon, name, "in trouble")["trouble"]
    assert {line["home"] for line in daemon.lines if line["event"] == "not kept"} == {"locked", "broken", "refused"}
    assert daemon.text.count("the ledger is damaged: recording has stopped") == 1, "however often it is tried"

    # -- what was wrong is mended, a home comes, another goes
    holds.release()
    (refused / "config.toml").write_text(SOURCE)
    waited(daemon, "locked", "kept")
    waited(daemon, "refused", "kept")
    zed = make(homes, "zed")
    waited(daemon, "zed", "kept")
    shutil.rmtree(homes / "locked")
    daemon.logged("let go")
    put(zed, RECEIPT | {"id": "new"})
    daemon.logged("recorded", count=2)

    # -- who is told what
    stranger, ours = state(daemon), state(daemon, "anns")
    assert "of_homes" not in stranger
    assert stranger["homes"]["kept"] == 3
    assert stranger["homes"]["beginning"] + stranger["homes"]["in trouble"] == 1
    assert list(ours["of_homes"]) == ["ann"]
    assert ours["of_homes"]["ann"]["sources"]["main/receipts"]["last_success"]
    metrics = {token: told(daemon, "/metrics", token) for token in ("", "anns", "every")}
    assert "lotwork_turns_threads" in metrics[""]
    assert "zed" not in metrics[""] + metrics["anns"]
    assert 'lotwork_head_seq{book="main",home="ann"} 2.0' in metrics["anns"]
    assert 'lotwork_head_seq{book="main",home="zed"} 2.0' in metrics["every"]
    known = ask(ann, load(ann).settings.daemon)
    assert known.trouble is None
    assert known.sources["main", "receipts"].last_success
    assert (homes / "refused" / "daemon.told").read_text() != (ann / "daemon.told").read_text()

    # -- settings read anew
    (ann / "config.toml").write_text(SOURCE.replace('"receipts"', '"other"'))
    (zed / "config.toml").write_text("[daemon]\nprot = 1\n")
    daemon.told(signal.SIGHUP)
    assert daemon.logged("the settings were not reloaded; the old ones stay in force")["home"] == "zed"
    daemon.logged("settings reloaded", count=2)
    of_homes = state(daemon, "every")["of_homes"]
    assert list(of_homes["ann"]["sources"]) == ["main/other"]
    assert list(of_homes["zed"]["sources"]) == ["main/receipts"]

    assert daemon.end() == 0
    assert not (ann / "daemon.told").exists()
    with DaemonLock.acquire(ann):
        pass
