"""Every test of this folder is asked of both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.ledger.store import EventStore
from tests.ledger.storage.contract.kept import Kept, kept_by
from tests.postgres_server import Server


@pytest.fixture(params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest) -> Server | None:
    return request.getfixturevalue("postgres") if request.param == "postgres" else None


@pytest.fixture
def kept(server: Server | None, tmp_path: Path) -> Iterator[Kept]:
    with kept_by(server, tmp_path / "home") as lent:
        yield lent


@pytest.fixture
def unmade(server: Server | None, tmp_path: Path) -> Iterator[Kept]:
    with kept_by(server, tmp_path / "unmade", made=False) as lent:
        yield lent


@pytest.fixture
def store(kept: Kept) -> Iterator[EventStore]:
    with kept.store() as opened:
        yield opened
