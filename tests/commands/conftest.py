"""A caller on a home of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.calling import Caller


@pytest.fixture
def lotwork(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Return what calls the command on a fresh home."""
    monkeypatch.delenv("LOTWORK_HOME", raising=False)
    return Caller(tmp_path / "home", capsys, monkeypatch)
