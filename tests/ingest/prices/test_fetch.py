"""Pricing what is pending, with sources that know, do not know, or do not answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from lotwork.ingest.prices.fetch import Wanted, fetch_prices
from lotwork.ingest.prices.states import NoPriceError, StalePriceError, TooRecentError, UnknownCoinError
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import RateLimitedError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import PriceSample

AT = datetime(2026, 6, 5, 3, 34, 20, tzinfo=UTC)
CLOCK = SetClock(AT + timedelta(hours=1))
BTC = Wanted("BTC", AT)


@dataclass
class Says:
    """A price source of a test: answers one thing to everybody, and counts."""

    name: str
    price: str | Exception | None
    interval: str = "60s"
    asked: list[datetime] = field(default_factory=list)
    planned: dict[str, list[datetime]] = field(default_factory=dict)
    finest_seconds: int = 1
    is_cheap: bool = True

    def expect(self, asset: str, instants: Iterable[datetime]) -> None:
        self.planned[asset] = list(instants)

    def compares(self, _at: datetime) -> bool:
        return self.is_cheap

    def fetch(self, asset: str, at: datetime) -> PriceSample | None:
        self.asked.append(at)
        if isinstance(self.price, Exception):
            raise self.price
        if self.price is None:
            return None
        start = at.replace(second=0)
        name = f"price:{self.name}:{asset}:{start}"
        return PriceSample(
            id=name, at=start, source=self.name, asset=asset, price_usd=self.price, interval=self.interval
        )


def test_the_first_source_that_knows_is_the_price() -> None:
    first, second = Says("first", "100"), Says("second", "101")
    prices = fetch_prices([BTC], [first, second], clock=CLOCK)
    assert [sample.price_usd for sample in prices.samples] == ["100"]
    assert second.asked == []


def test_the_second_source_stands_in_where_the_first_has_no_price() -> None:
    prices = fetch_prices([BTC], [Says("first", None), Says("second", "101")], clock=CLOCK)
    assert [sample.source for sample in prices.samples] == ["second"]
    assert prices.unpriced == ()


SILENCES = [
    (RateLimitedError("first: status 429", 30), "rate_limited", "rate limited"),
    (SourceUnreachableError("first: slow"), "unreachable", "not reached"),
    (SourceRefusedError("first: nonsense"), "refused", "refused"),
]


@pytest.mark.parametrize(("failure", "why", "_words"), SILENCES)
def test_nobody_stands_in_at_once_for_a_source_that_does_not_answer(failure: Exception, why: str, _words: str) -> None:
    second = Says("second", "101")
    prices = fetch_prices([BTC], [Says("first", failure), second], clock=CLOCK)
    assert (prices.samples, second.asked) == ((), [])
    (pending,) = prices.unpriced
    assert pending.why == why
    waits = "it is waited for, and second not asked in its place yet (see stand_in_hours)"
    assert pending.reason == f"{failure}; {waits}"


@pytest.mark.parametrize(("failure", "_why", "words"), SILENCES)
def test_whoever_stands_in_says_so_in_the_event(failure: Exception, _why: str, words: str) -> None:
    sources = [Says("first", failure), Says("second", "101")]
    prices = fetch_prices([BTC], sources, clock=CLOCK, stands_in=lambda _wanted: True)
    (sample,) = prices.samples
    assert (sample.source, sample.instead_of) == ("second", f"first ({words})")


def test_nobody_stands_in_where_a_candle_is_merely_not_over() -> None:
    first = Says("first", TooRecentError("first", "BTC", int(AT.timestamp()), 3600, AT + timedelta(minutes=3)))
    second = Says("second", "101")
    prices = fetch_prices([BTC], [first, second], clock=CLOCK, stands_in=lambda _wanted: True)
    assert (prices.samples, second.asked) == ((), [])
    assert [(each.why, each.wait_seconds) for each in prices.unpriced] == [("too_recent", 3420)]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "no_price"),
        (NoPriceError("first: no market"), "no_price"),
        (StalePriceError("first: 9 h before"), "stale"),
        (UnknownCoinError("first: set its id"), "unknown_coin"),
    ],
)
def test_a_source_that_answers_no_is_passed_over_at_once_and_its_no_is_told(answer: Exception | None, why: str) -> None:
    prices = fetch_prices([BTC], [Says("first", answer), Says("second", "101")], clock=CLOCK)
    assert [(sample.source, sample.instead_of) for sample in prices.samples] == [("second", None)]
    (pending,) = fetch_prices([BTC], [Says("first", answer)], clock=CLOCK).unpriced
    assert (pending.why, pending.silent) == (why, False)


def test_a_second_opinion_that_would_be_a_question_of_its_own_is_not_asked_for() -> None:
    dear, coarse = Says("second", "105", is_cheap=False), Says("third", "105", finest_seconds=3600)
    prices = fetch_prices([BTC], [Says("first", "100"), dear, coarse], clock=CLOCK, cross_check=True)
    assert [sample.source for sample in prices.samples] == ["first"]
    assert (dear.asked, coarse.asked) == ([], [])


def test_a_cross_check_records_what_both_say() -> None:
    prices = fetch_prices([BTC], [Says("first", "100"), Says("second", "105")], clock=CLOCK, cross_check=True)
    assert [(sample.source, sample.price_usd) for sample in prices.samples] == [("first", "100"), ("second", "105")]


@pytest.mark.parametrize("interval", ["300s", "3600s", "86400s"])
def test_a_longer_candle_is_no_second_opinion_on_a_minute(interval: str) -> None:
    """Recorded, it would price every other receipt of its span, which then never gets its own minute."""
    sources = [Says("first", "100"), Says("second", "105", interval=interval)]
    prices = fetch_prices([BTC], sources, clock=CLOCK, cross_check=True)
    assert [sample.source for sample in prices.samples] == ["first"]


def test_no_price_anywhere_stays_pending_and_is_never_zero() -> None:
    prices = fetch_prices([BTC], [Says("first", None), Says("second", None)], clock=CLOCK)
    assert prices.samples == ()
    (pending,) = prices.unpriced
    assert (pending.wanted, pending.why) == (BTC, "no_price")
    assert pending.reason == "first: it has no price of BTC then; second: it has no price of BTC then"


def test_not_having_been_answered_is_another_reason_than_there_being_no_price() -> None:
    away = SourceUnreachableError("second: slow")
    (pending,) = fetch_prices([BTC], [Says("first", None), Says("second", away)], clock=CLOCK).unpriced
    assert (pending.why, pending.silent) == ("unreachable", False)
    assert pending.reason == "first: it has no price of BTC then; second: slow"


def test_a_source_that_fell_silent_is_not_asked_again_in_the_same_round() -> None:
    silent = Says("first", SourceUnreachableError("first: slow"))
    wanted = [Wanted("BTC", AT - timedelta(minutes=minutes)) for minutes in range(5)]
    prices = fetch_prices(wanted, [silent], clock=CLOCK)
    assert len(silent.asked) == 1
    assert [pending.why for pending in prices.unpriced] == ["unreachable"] * 5


def test_a_source_that_told_nonsense_once_is_asked_for_the_next() -> None:
    odd = Says("first", SourceRefusedError("first: nonsense"))
    fetch_prices([BTC, Wanted("LTC", AT)], [odd], clock=CLOCK)
    assert len(odd.asked) == 2


def test_an_instant_whose_minute_is_not_over_waits() -> None:
    source = Says("first", "100")
    prices = fetch_prices([BTC], [source], clock=SetClock(AT + timedelta(seconds=100)))
    assert source.asked == []
    assert [pending.why for pending in prices.unpriced] == ["too_recent"]


def test_receipts_of_one_minute_share_one_sample() -> None:
    wanted = [BTC, Wanted("BTC", AT + timedelta(seconds=9)), BTC]
    assert len(fetch_prices(wanted, [Says("first", "100")], clock=CLOCK).samples) == 1


def test_without_any_source_the_reason_says_what_to_do() -> None:
    (pending,) = fetch_prices([BTC], [], clock=CLOCK).unpriced
    assert pending.reason == "no price source is configured: add one, or a `price` event"
