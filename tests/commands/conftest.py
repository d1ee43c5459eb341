"""A caller on a home of its own, which nothing was written to yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.store import EventStore
from tests.commands.calling import Caller


@pytest.fixture
def lotwork(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Return what calls the command on a fresh home."""
    monkeypatch.delenv("LOTWORK_HOME", raising=False)
    with EventStore.open(tmp_path / "home", clock=SystemClock()):
        return Caller(tmp_path / "home", capsys, monkeypatch)
