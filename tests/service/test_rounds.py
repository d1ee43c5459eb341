"""One round of the daemon: what it records, and what is known of its source afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotwork.ingest.ports import Page
from lotwork.ledger.clock import SetClock
from lotwork.ledger.events import Receipt
from lotwork.ledger.store import EventStore
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.service.recorder import Recorder
from lotwork.service.rounds import Rounds
from lotwork.service.sources import Watched
from tests.watching import section

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAME = ("main", "receipts")


def nothing() -> None:
    """Happen."""


class Pages:
    """A source of three pages; while one is fetched, something happens."""

    name, book = "receipts", "main"

    def __init__(self) -> None:
        self.asked = 0
        self.meanwhile: Callable[[], None] = nothing

    def fetch_since(self, cursor: str | None) -> Page:
        del cursor
        self.asked += 1
        self.meanwhile()
        one = Receipt(id=f"r{self.asked}", at=NOW, wallet="cold", asset="BTC", quantity=1, income="pool_payout")
        return Page(events=(one,), cursor=str(self.asked), more=self.asked < 3)


class Running:
    """The rounds over a store, and everything round them."""

    def __init__(self, store: EventStore, clock: SetClock) -> None:
        self.health = Health(store.home, clock)
        self.metrics = Metrics(self.health.last_answers)
        self.store = store
        recorder = Recorder(store, self.metrics)
        self.rounds = Rounds(store, recorder, self.health, self.metrics, clock, stop=lambda: False)
        self.health.verified(None)
        self.section = section("receipts")
        self.health.watch([self.section])

    def poll(self, source: Pages) -> int:
        return self.rounds.poll(Watched(self.section, source))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    clock = SetClock(NOW)
    with EventStore.open(tmp_path, clock=clock) as store:
        yield Running(store, clock)


def test_a_round_records_every_page_and_notes_the_answer(running: Running) -> None:
    assert running.poll(Pages()) == 3
    assert running.health.last_answers() == {NAME: NOW}
    assert 'lotwork_events_total{source="",type="receipt"} 3.0' in running.metrics.text().decode()
    assert '{book="main",source="receipts"}' in running.metrics.text().decode()


def test_a_source_taken_out_of_the_settings_within_its_round_ends_there_and_is_not_brought_back(
    running: Running,
) -> None:
    source = Pages()
    source.meanwhile = lambda: running.health.watch([])
    assert running.poll(source) == 0, "what it was fetching is not recorded, and no more asked for"
    assert source.asked == 1
    assert running.health.sources() == {}
    assert 'source="receipts"' not in running.metrics.text().decode()


def test_a_source_edited_within_its_round_ends_with_the_page_and_says_nothing_for_the_new_one(
    running: Running,
) -> None:
    source = Pages()
    source.meanwhile = lambda: running.health.watch([section("receipts")])
    assert running.poll(source) == 0, "what it was fetching is not recorded, and no more asked for"
    assert source.asked == 1
    assert running.health.last_answers() == {}


def test_a_damaged_log_is_not_written_to(running: Running) -> None:
    running.health.verified("position 1: not what was hashed")
    source = Pages()
    assert running.poll(source) == 0
    assert source.asked == 0
