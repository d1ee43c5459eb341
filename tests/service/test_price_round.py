"""A round of prices: what waits is asked for, recorded once, and left alone for a while where nobody knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import RateLimitedError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Credit, Movement, PriceSample, Receipt, Void
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.service.pending import Pending
from lotwork.service.price_round import AT_ONCE, FIRST_WAIT_SECONDS, PriceRound
from lotwork.service.prices_asked import FILE, PricesAsked

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
        self.fails_with: Exception | None = None

    def expect(self, asset: str, instants: Iterable[datetime]) -> None:
        self.planned[asset] = len(list(instants))

    def compares(self, _at: datetime) -> bool:
        return True

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        self.asked += 1
        if self.fails_with is not None:
            raise self.fails_with
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


def test_credits_that_are_observed_are_priced_too_and_are_no_receipts(store: EventStore, clock: SetClock) -> None:
    credits_ = (
        Credit(id=f"c{days}", at=NOW - timedelta(days=days), pool="luxor", asset="BTC", quantity=5_000)
        for days in (1, 2)
    )
    store.append(Batch("main", tuple(credits_)))
    waiting = Pending(store).of("main")
    assert (len(waiting.wanted), waiting.receipts) == (2, ())
    teller = Teller()
    assert go(store, round_of(store, clock, teller)) == (2, 0)
    assert (Pending(store).of("main").wanted, teller.asked) == ((), 2)


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


def noted(store: EventStore, clock: SetClock, tellers: Sequence[Teller], home: Path | None = None) -> PriceRound:
    return PriceRound(store, "main", tellers, clock, cross_check=False, asked=PricesAsked(home, "as set up"))


def test_what_nobody_has_of_long_ago_is_never_asked_again_also_after_a_restart(
    store: EventStore, clock: SetClock, tmp_path: Path
) -> None:
    receipts(store, 1, age=timedelta(days=9))
    teller = Teller()
    teller.knows = False
    assert go(store, noted(store, clock, [teller], tmp_path)) == (0, 1)
    for _ in range(5):
        clock.move(86_400)
        assert go(store, noted(store, clock, [teller], tmp_path)) == (0, 0)
    assert teller.asked == 1
    (item,) = noted(store, clock, [teller], tmp_path).go(Pending(store).of("main"), lambda: False, by_hand=True)[1]
    assert item.why == "no_price"
    assert item.reason.endswith(
        "it is not asked for again: add a price, or a source, or ask with `lotwork poll --anew`"
    )
    assert teller.asked == 1
    teller.knows = True
    asking = noted(store, clock, [teller], tmp_path)
    assert asking.go(Pending(store).of("main"), lambda: False, by_hand=True, anew=True) == (1, ())


def test_other_sources_are_asked_for_what_these_had_not(store: EventStore, clock: SetClock, tmp_path: Path) -> None:
    receipts(store, 1, age=timedelta(days=9))
    teller = Teller()
    teller.knows = False
    go(store, noted(store, clock, [teller], tmp_path))
    teller.knows = True
    changed = PriceRound(store, "main", [teller], clock, cross_check=False, asked=PricesAsked(tmp_path, "otherwise"))
    assert go(store, changed) == (1, 0)


def test_an_answer_of_none_is_not_final_while_the_day_is_young(
    store: EventStore, clock: SetClock, tmp_path: Path
) -> None:
    receipts(store, 1, age=timedelta(hours=3))
    teller = Teller()
    teller.knows = False
    assert go(store, noted(store, clock, [teller], tmp_path)) == (0, 1)
    teller.knows = True
    clock.move(FIRST_WAIT_SECONDS)
    assert go(store, noted(store, clock, [teller], tmp_path)) == (1, 0)


def test_whoever_wants_silence_is_not_asked_before_it_is_over_also_after_a_restart(
    store: EventStore, clock: SetClock, tmp_path: Path
) -> None:
    receipts(store, 3, age=timedelta(days=9))
    teller = Teller()
    teller.fails_with = RateLimitedError("teller: status 429", 1800)
    assert go(store, noted(store, clock, [teller], tmp_path)) == (0, 3)
    assert teller.asked == 1, "the others of the round are not asked of it"
    clock.move(1799)
    asking = noted(store, clock, [teller], tmp_path)
    (first, *_), again = asking.go(Pending(store).of("main"), lambda: False, by_hand=True)[::-1]
    assert (again, teller.asked, first.why) == (0, 1, "rate_limited")
    assert "it is asked for again after 2026-11-22T12:30:00Z" in first.reason
    teller.fails_with = None
    clock.move(2)
    assert go(store, noted(store, clock, [teller], tmp_path)) == (3, 0)


def test_a_receipt_that_came_meanwhile_does_not_break_the_silence(
    store: EventStore, clock: SetClock, tmp_path: Path
) -> None:
    receipts(store, 1, age=timedelta(days=9))
    teller = Teller()
    teller.fails_with = RateLimitedError("teller: status 429", 1800)
    go(store, noted(store, clock, [teller], tmp_path))
    clock.move(600)
    store.append(Batch("main", (Receipt(id="new", at=NOW, wallet="w", asset="BTC", quantity=1, income="bonus"),)))
    assert go(store, noted(store, clock, [teller], tmp_path)) == (0, 1)
    assert teller.asked == 1


@pytest.mark.parametrize("hours", [1, 5, 6, 7])
def test_the_next_stands_in_only_after_hours_and_the_event_says_for_whom(
    hours: int, store: EventStore, clock: SetClock, tmp_path: Path
) -> None:
    receipts(store, 1, age=timedelta(days=9))
    first, second = Teller(), Teller()
    first.fails_with, second.name = SourceUnreachableError("teller: no answer"), "second"
    assert go(store, noted(store, clock, [first, second], tmp_path)) == (0, 1)
    clock.move(3600 * hours)
    assert go(store, noted(store, clock, [first, second], tmp_path)) == ((1, 0) if hours >= 6 else (0, 1))
    prices = [event for _, event in store.read("main", kinds=["price"]) if isinstance(event, PriceSample)]
    assert [(each.source, each.instead_of) for each in prices] == (
        [("second", "teller (not reached)")] if hours >= 6 else []
    )


def test_at_thirty_percent_of_faults_the_ledger_is_that_of_none(clock: SetClock, tmp_path: Path) -> None:
    """Whatever a question meets, the first source's price is the price: no weather decides whose it is."""
    told: list[list[PriceSample]] = []
    for faults in (0, 30):
        clock = SetClock(NOW)
        with EventStore.open(tmp_path / str(faults), clock=clock) as store:
            receipts(store, 60, age=timedelta(days=9))
            first, second = Teller(), Teller()
            second.name = "second"
            notes = PricesAsked(tmp_path / str(faults))
            for turn in range(400):
                failing = [SourceUnreachableError("x: slow"), RateLimitedError("x", 30), SourceRefusedError("x: odd")]
                first.fails_with = failing[turn % 3] if turn * turn * 31 % 100 < faults else None
                second.fails_with = failing[turn % 2] if turn * 17 % 100 < faults else None
                asking = PriceRound(store, "main", [first, second], clock, cross_check=False, asked=notes)
                asking.go(Pending(store).of("main"), lambda: False)
                clock.move(300)
            told.append([event for _, event in store.read("main", kinds=["price"]) if isinstance(event, PriceSample)])
    assert told[0] == told[1]
    assert len(told[0]) == 60


def test_a_long_round_tells_how_far_it_is_and_goes_on_where_it_was_ended(
    store: EventStore, clock: SetClock, tmp_path: Path
) -> None:
    receipts(store, 5 * AT_ONCE, age=timedelta(days=9))
    teller = Teller()
    words: list[str] = []
    asked_to_stop = iter([False, False, True])
    notes = PricesAsked(tmp_path, "x")
    asking = PriceRound(store, "main", [teller], clock, cross_check=False, asked=notes)
    first, _ = asking.go(Pending(store).of("main"), lambda: next(asked_to_stop), progress=words.append)
    assert first == 2 * AT_ONCE
    assert words == [
        "20 of 100 prices asked for, 20 recorded; about 0 s more",
        "40 of 100 prices asked for, 40 recorded; about 0 s more",
    ]
    assert teller.planned == {"BTC": 5 * AT_ONCE}
    again = PriceRound(store, "main", [teller], clock, cross_check=False, asked=PricesAsked(tmp_path, "x"))
    assert go(store, again) == (3 * AT_ONCE, 0)
    assert teller.planned == {"BTC": 3 * AT_ONCE}
    assert teller.asked == 5 * AT_ONCE


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"books": 3}', b"\xff\xfe", b'{"books": {"main": {"x": {}}}}'])
def test_notes_that_cannot_be_read_cost_a_question_and_no_more(
    content: bytes, store: EventStore, clock: SetClock, tmp_path: Path
) -> None:
    receipts(store, 1, age=timedelta(days=9))
    (tmp_path / FILE).write_bytes(content)
    assert go(store, noted(store, clock, [Teller()], tmp_path)) == (1, 0)


def test_a_clock_that_was_put_back_ends_no_asking(store: EventStore, clock: SetClock, tmp_path: Path) -> None:
    receipts(store, 1, age=timedelta(days=900))
    teller = Teller()
    teller.fails_with = RateLimitedError("teller: status 429", 1800)
    go(store, noted(store, clock, [teller], tmp_path))
    teller.fails_with = None
    earlier = SetClock(NOW - timedelta(days=400))
    assert go(store, noted(store, earlier, [teller], tmp_path)) == (1, 0)
