"""A folder of three homes, a book in each: one owes, one has nothing to file with, one has filed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from tests.commands.books.homes import MINED, PROFILE
from tests.commands.calling import Caller
from tests.projections.house import receipt


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command of this process: 2026-04-10. A worker's is the machine's."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


@pytest.fixture
def homes(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Return what calls the command on `homes/ann`, beside `homes/bob` and `homes/cleo`."""
    monkeypatch.delenv("LOTWORK_HOME", raising=False)
    (tmp_path / "homes").mkdir()
    ann = Caller(tmp_path / "homes" / "ann", capsys, monkeypatch)
    ann.take(PROFILE, MINED)
    ann.beside("bob").take(receipt("unpriced", "2025-03-01", "1", None))
    cleo = ann.beside("cleo")
    cleo.take(PROFILE, receipt("more", "2025-02-01", "2", "50000"))
    cleo("file", "--year", "2025")
    return ann
