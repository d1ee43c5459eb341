"""A source tried out is asked as a poll asks it, tells all it has, and leaves nothing behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lotwork.ingest.ports import Page
from lotwork.ingest.trial import LogWithout, NothingKept, TrialContext, try_out
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import InputRefusedError, SourceRefusedError
from lotwork.ledger.events import Balance, Event, Receipt
from lotwork.ledger.store import EventStore
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import NOW, Case, Context, PoolServer, built, context_of, credit, reply

BY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@dataclass(frozen=True, kw_only=True)
class Trying(TrialContext, Context):
    """A trial whose client asks the pool in the process."""


@dataclass
class Scripted:
    """A source that tells what it was given, page by page."""

    pages: list[Page]
    clock: SetClock
    name: str = "scripted"
    book: str = "main"

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the page after *cursor*."""
        self.clock.move(10)
        return self.pages[0 if cursor is None else int(cursor)]


def receipt(number: int) -> Event:
    at = datetime(2026, 3, number, tzinfo=UTC)
    return Receipt(id=f"r{number}", at=at, wallet="cold", asset="BTC", quantity=number, income="pool_payout")


def balance(number: int, quantity: int) -> Event:
    return Balance(id=f"b{number}", at=NOW, wallet="pool", asset="BTC", quantity=quantity)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def test_rows_are_counted_in_the_order_of_time_and_the_last_balance_holds(clock: SetClock) -> None:
    pages = [
        Page(events=(receipt(3), balance(1, 5)), cursor="1", more=True, left_out="2 rows left out"),
        Page(events=(receipt(1), balance(2, 7)), cursor="2", alerts=("look",)),
    ]
    found = try_out(Scripted(pages, clock), clock)
    assert [event.id for event in found.events] == ["r1", "r3"]
    assert found.kinds == {"receipt": 2}
    assert [each.quantity for each in found.balances] == [7]
    assert found.notes == ("2 rows left out", "look")
    assert found.is_whole


def test_a_trial_ends_where_its_time_is_over_or_the_pages_run_in_a_circle(clock: SetClock) -> None:
    pages = [Page(events=(receipt(at + 1),), cursor=str(at + 1), more=True) for at in range(20)]
    found = try_out(Scripted(pages, clock), clock, longest_seconds=25)
    assert (len(found.events), found.is_whole) == (3, False)
    pages = [Page(events=(), cursor=str(at + 1), more=True, progress=f"{at} of 20") for at in range(20)]
    told: list[str] = []
    assert try_out(Scripted(pages, clock), clock, longest_seconds=25, progress=told.append).far == "2 of 20"
    assert told == ["0 of 20", "1 of 20", "2 of 20"]
    circle = [Page(events=(), cursor="1", more=True), Page(events=(), cursor="1", more=True)]
    assert not try_out(Scripted(circle, clock), clock, longest_seconds=1e9).is_whole


def test_evidence_is_named_and_not_kept(tmp_path: Path) -> None:
    kept = NothingKept(tmp_path).keep(b"an answer")
    assert len(kept) == 64
    assert not [*tmp_path.iterdir()]
    with pytest.raises(InputRefusedError):
        NothingKept(tmp_path).keep(bytes(1 + (64 << 20)))


def files_of(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file() and "-" not in path.name}


@BY_CASE
def test_every_pool_tells_the_same_before_and_after_it_was_polled(case: Case, tmp_path: Path) -> None:
    clock = SetClock(NOW)
    server = PoolServer(case.samples)
    with EventStore.open(tmp_path, clock=clock) as store:
        if case.on_credit:
            credit(store)
        polling = context_of(server, store, clock, tmp_path)
        trying = Trying(**{**vars(polling), "log": LogWithout(store, case.kind)}, whole_log=store)
        before = files_of(tmp_path)
        first = try_out(built(case.kind, case.settings, trying), clock)
        assert first.is_whole
        assert files_of(tmp_path) == before
        new = watch_once(built(case.kind, case.settings, polling), store)
        position = store.head("main").position
        clock.move(timedelta(hours=1).total_seconds())
        again = try_out(built(case.kind, case.settings, trying), clock)
        assert [event.id for event in again.events] == [event.id for event in first.events]
        assert new == len(first.events) + len(first.assets)
        assert store.head("main").position == position
        server.answer = lambda _: reply(b"<html>", media="text/html")
        with pytest.raises(SourceRefusedError):
            try_out(built(case.kind, case.settings, trying), clock)
        assert not (tmp_path / "quarantine").exists()
