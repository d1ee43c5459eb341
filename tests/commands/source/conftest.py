"""A pool on the loopback that answers as Braiins was recorded, a fixed day, and nobody waits between two questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from lotwork.ingest.asking.pace import Pace
from lotwork.ledger.clock import SystemClock
from tests.commands.conftest import lotwork
from tests.ingest.pools.kit import SAMPLES
from tests.ingest.scripted_server import Reply, Script, serving

__all__ = ["lotwork"]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live on the day after the recorded answers, wait for no turn nor to ask again, and ask nobody for prices."""
    monkeypatch.setenv("LOTWORK_PRICES__SOURCES", "[]")
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime(2026, 3, 6, 12, tzinfo=UTC))
    monkeypatch.setattr(Pace, "wait", lambda *_: None)
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture
def pool(unhurried: None) -> Iterator[Script]:
    """Serve what Braiins answered."""
    del unhurried
    with serving() as script:
        script.answer = braiins
        yield script


def braiins(path: str) -> Reply:
    """Return what was recorded of the list that *path* asks for."""
    name = "rewards" if "/rewards/" in path else "payouts"
    return Reply(body=(SAMPLES / f"braiins_{name}.json").read_bytes())
