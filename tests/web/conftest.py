from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from lotwork.demo.book import build_demo
from lotwork.ledger.clock import SetClock
from lotwork.ledger.events import Event
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from lotwork.web.app import create
from tests.command_line import lotwork

if TYPE_CHECKING:
    from tests.web.acting import Owner

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8000"

LATE_BILL = {
    "kind": "correction", "id": "late-bill", "at": "2026-11-20T12:00:00Z", "target": "demo:insurance:2025-02-03",
    "reason": "A second invoice came", "set": {"amount_usd": "2980.00"},
}  # fmt: skip

Ask = Callable[[Path], TestClient]


def clock() -> SetClock:
    return SetClock(NOW)


def record(home: Path, *lines: Mapping[str, object], book: str = "main") -> None:
    """Record public lines in a home."""
    record_events(home, [parse_event(line, AssetTable(), "test") for line in lines], book)


def record_events(home: Path, events: list[Event], book: str = "main") -> None:
    with EventStore.open(home, clock=clock()) as store:
        store.append(Batch(book=book, events=events))


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home that holds the demo book."""
    home = tmp_path_factory.mktemp("demo") / "home"
    with EventStore.open(home, clock=clock()) as store:
        build_demo(store)
    return home


@pytest.fixture(scope="session")
def demo(demo_home: Path) -> Iterator[TestClient]:
    """Ask the dashboard over the demo book, without a network."""
    with TestClient(create(demo_home, clock=clock()), base_url=ORIGIN) as client:
        yield client


@pytest.fixture(scope="session")
def filed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home whose demo book has filed 2025 by the real command, and then learnt of a larger bill of that year."""
    home = tmp_path_factory.mktemp("filed") / "home"
    with EventStore.open(home, clock=clock()) as store:
        build_demo(store)
    lotwork(home, "--book", "demo", "file", "--year", "2025", "--filed-on", "2026-04-14")
    record(home, LATE_BILL, book="demo")
    return home


@pytest.fixture(scope="session")
def filed(filed_home: Path) -> Iterator[TestClient]:
    """Ask the dashboard over a book with a filed return that has moved."""
    with TestClient(create(filed_home, clock=clock()), base_url=ORIGIN) as client:
        yield client


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Open the dashboard over any home."""
    opened: list[TestClient] = []

    def over(home: Path) -> TestClient:
        opened.append(TestClient(create(home, clock=clock()), base_url=ORIGIN))
        return opened[-1]

    yield over
    for client in opened:
        client.close()


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    """Return an owner before the pages of a new home."""
    from tests.web.acting import Owner  # noqa: PLC0415 - it is made with what stands here

    made = Owner(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def logged_in(owner: Owner) -> Owner:
    """Return the owner, who has logged in."""
    assert owner.log_in() == 303
    return owner
