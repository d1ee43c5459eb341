"""What the tests of the daemon start, and end however they went."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.process import Daemon, Slow, end_all, write


@pytest.fixture
def started() -> Iterator[list[Daemon]]:
    """Daemons that are killed after the test, however it went."""
    daemons: list[Daemon] = []
    yield daemons
    end_all(daemons)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "inbox").mkdir(parents=True)
    write(folder)
    return folder


@pytest.fixture
def slow() -> Iterator[Slow]:
    server = Slow()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()
