"""A round of prices: what waits is asked for, recorded once, and left alone for a while where nobody knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import SourceUnreachableError
from lotwork.ledger.events import Movement, PriceSample, Receipt, Void
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.service.pending import Pending
from lotwork.service.price_round import AT_ONCE, FIRST_WAIT_SECONDS, PriceRound

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Teller:
    """Somebody who knows prices, or does not."""

    name = "teller"
    finest_seconds = 60

    def __init__(self) -> None:
        self.asked = 0
        self.knows = True
        self.is_up = True
        self.planned: dict[str, int] = {}

    def expect(self, asset: str, instants: Iterable[datetime]) -> None:
        self.planned[asset] = len(list(instants))

    def compares(self, _at: datetime) -> bool:
        return True

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        self.asked += 1
        if not self.is_up:
            raise SourceUnreachableError("teller: no answer")
        if not self.knows:
            return None
        start = at.replace(second=0, microsecond=0)
        return PriceSample(
            id=f"price:{asset}:{start.isoformat()}",
            at=start,
            source=self.name,
            asset=asset,
            price_usd="100000",
            interval="60s",
        )


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: SetClock) -> Iterator[EventStore]:
    with EventStore.open(tmp_path, clock=clock) as opened:
        yield opened


def receipts(store: EventStore, count: int, *, age: timedelta = timedelta(days=1)) -> None:
    events = tuple(
        Receipt(
            id=f"r{number}",
            at=NOW - age - timedelta(minutes=number),
            wallet="cold",
            asset="BTC",
            quantity=1,
            income="pool_payout",
        )
        for number in range(count)
    )
    store.append(Batch("main", events))


def go(store: EventStore, asking: PriceRound) -> tuple[int, int]:
    recorded, unpriced = asking.go(Pending(store).of("main"), lambda: False)
    return recorded, len(unpriced)


def round_of(store: EventStore, clock: SetClock, teller: Teller) -> PriceRound:
    return PriceRound(store, "main", [teller], clock, cross_check=False)


def test_what_waits_is_priced_and_then_nothing_waits(store: EventStore, clock: SetClock) -> None:
    receipts(store, 2 * AT_ONCE + 1)
    teller = Teller()
    asking = round_of(store, clock, teller)
    assert go(store, asking) == (2 * AT_ONCE + 1, 0)
    assert Pending(store).of("main").receipts == ()
    assert go(store, asking) == (0, 0)
    assert teller.asked == 2 * AT_ONCE + 1


def test_what_nobody_knows_is_asked_ever_less_often(store: EventStore, clock: SetClock) -> None:
    receipts(store, 1)
    teller = Teller()
    teller.knows = False
    asking = round_of(store, clock, teller)
    for _ in range(24 * 12):
        go(store, asking)
        clock.move(300)
    assert 4 < teller.asked < 12


def test_what_is_too_recent_is_asked_in_the_next_round(store: EventStore, clock: SetClock) -> None:
    receipts(store, 1, age=timedelta(seconds=30))
    asking = round_of(store, clock, Teller())
    assert go(store, asking) == (0, 1)
    clock.move(120)
    assert go(store, asking) == (1, 0)


def test_a_silent_teller_is_asked_again_after_the_wait(store: EventStore, clock: SetClock) -> None:
    receipts(store, 1)
    teller = Teller()
    teller.is_up = False
    asking = round_of(store, clock, teller)
    assert go(store, asking) == (0, 1)
    teller.is_up = True
    assert go(store, asking) == (0, 0)
    clock.move(FIRST_WAIT_SECONDS)
    assert go(store, asking) == (1, 0)


def test_a_price_that_a_person_voided_is_not_recorded_again(store: EventStore, clock: SetClock) -> None:
    receipts(store, 1)
    assert go(store, round_of(store, clock, Teller())) == (1, 0)
    ((_, price),) = store.read("main", kinds=["price"])
    store.append(Batch("main", (Void(id="v", at=NOW, target=price.id, reason="wrong"),)))
    assert len(Pending(store).of("main").wanted) == 1
    assert go(store, round_of(store, clock, Teller())) == (0, 0)


def test_told_to_stop_it_stops_between_appends(store: EventStore, clock: SetClock) -> None:
    receipts(store, 3 * AT_ONCE)
    teller = Teller()
    asked_to_stop = iter([False, True])
    recorded, _ = round_of(store, clock, teller).go(Pending(store).of("main"), lambda: next(asked_to_stop))
    assert recorded == teller.asked == AT_ONCE


def test_what_waits_is_read_again_only_when_the_book_has_grown(store: EventStore) -> None:
    receipts(store, 1)
    pending = Pending(store)
    before = pending.of("main")
    assert pending.of("main") is before
    store.append(Batch("main", (Movement(id="m", at=NOW, wallet="cold", asset="BTC", quantity=1),)))
    after = pending.of("main")
    assert (after.position, after.movements, len(after.receipts)) == (2, 1, 1)
