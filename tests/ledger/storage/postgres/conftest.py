"""A ledger on a server, with the addresses of those who may come to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import EventStore
from tests.ledger.making import open_store
from tests.postgres_server import Server


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    with postgres.database() as name:
        yield name


@pytest.fixture
def store(postgres: Server, database: str, tmp_path: Path) -> Iterator[EventStore]:
    with open_store(tmp_path / "home", database=Postgres(postgres.url(database))) as opened:
        yield opened
