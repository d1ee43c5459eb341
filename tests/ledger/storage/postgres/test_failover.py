"""A standby takes the place of its primary: what was acknowledged is there, or that it is not is said at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import IntegrityError
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import Batch, EventStore
from tests.ledger.making import receipt, receipts
from tests.ledger.storage.postgres.poller import Poller
from tests.postgres_server import Server


class Pair(NamedTuple):
    """A server that follows the tests' own, and the address of both."""

    standby: Server
    url: str


@pytest.fixture
def pair(postgres: Server, database: str) -> Iterator[Pair]:
    """Lend a standby of the tests' own server, which is killed meanwhile and started again afterwards."""
    with tempfile.TemporaryDirectory(prefix="lotwork-standby-", ignore_cleanup_errors=True) as folder:
        following = Server(Path(folder), after=postgres)
        following.start()
        ports = f":{postgres.port},127.0.0.1:{following.port}/"
        try:
            yield Pair(following, postgres.url(database).replace(f":{postgres.port}/", ports))
        finally:
            following.kill()
            if not postgres.runs():
                postgres.start()


def opened(url: str, home: Path) -> EventStore:
    return EventStore.open(home, clock=SystemClock(), database=Postgres(url))


@pytest.mark.faults
def test_appends_go_on_at_the_standby_that_took_the_place_of_its_primary(
    postgres: Server, pair: Pair, tmp_path: Path
) -> None:
    with opened(pair.url, tmp_path) as store, postgres.waiting_for_its_standby():
        assert store.claim() == 1
        poller = Poller(store)
        poller.start()
        poller.await_more()
        postgres.kill()
        pair.standby.promote()
        poller.await_more()
        assert store.check_claim(), "that the server was away is told"
        assert not store.check_claim()
        poller.finish()
        poller.assert_whole()


@pytest.mark.faults
def test_a_standby_that_lacks_what_was_acknowledged_is_found_by_the_heads_told_outside(
    postgres: Server, pair: Pair, tmp_path: Path
) -> None:
    with opened(pair.url, tmp_path) as store:
        store.claim()
        store.append(Batch("main", receipts(1, 3)))
        pair.standby.await_what(postgres)
        pair.standby.stop("fast")
        store.append(Batch("main", receipts(4, 5)))
        postgres.kill()
        pair.standby.start()
        pair.standby.promote()
        assert store.check_claim(), "the daemon then verifies the log anew"
        assert "2 events are missing" in store.verify().message
        store.append(Batch("main", [receipt(6)]))  # a round that was under way
        assert "1 events are missing" in store.verify().message
        store.append(Batch("main", [receipt(7)]))
        assert "rewritten" in store.verify().message
    with pytest.raises(IntegrityError, match=r"rewritten|two hashes"):
        opened(pair.url, tmp_path)
