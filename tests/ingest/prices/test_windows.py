"""One question for many prices: the same events as one by one, whatever was answered with them, and far fewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ingest.prices.coinbase import Coinbase
from lotwork.ingest.prices.coingecko import CoinGecko
from lotwork.ingest.prices.fetch import Wanted, fetch_prices
from lotwork.ingest.prices.mempool import Mempool
from lotwork.ingest.prices.windows import REMEMBERED, Window, Windows
from lotwork.ledger.clock import SetClock
from lotwork.ledger.events import PriceSample
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.prices.market_model import ModelClient, close_of, coinbase_rows

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
YEAR = datetime(2025, 12, 5, tzinfo=UTC)


def coinbase(
    traded: Callable[[int], bool] = lambda _minute: True, *, most: int = 300, finest: int = 60
) -> tuple[Coinbase, ModelClient]:
    client = ModelClient(partial(coinbase_rows, traded=traded, most=most), SetClock(NOW))
    source = Coinbase(client=cast("Any", client), evidence=MemoryEvidence(), finest_seconds=finest)
    return source, client


def told(source: Coinbase, instants: Sequence[datetime], *, planned: bool) -> list[PriceSample]:
    wanted = [Wanted("BTC", at) for at in sorted(instants)]
    if planned:
        source.expect("BTC", instants)
    return list(fetch_prices(wanted, [source], clock=SetClock(NOW), deadline_seconds=1e9).samples)


minutes = st.lists(st.integers(0, 3_000), min_size=1, max_size=12, unique=True)


@given(minutes, st.integers(1, 7), st.sampled_from([300, 40, 3]))
@settings(max_examples=30, deadline=None)
def test_many_at_once_are_the_events_of_one_by_one(offsets: list[int], rare: int, most: int) -> None:
    """Also where some minutes had no trade, and where a server cuts its answers short."""
    instants = [YEAR + timedelta(minutes=offset, seconds=offset % 60) for offset in offsets]

    def traded(minute: int) -> bool:
        return minute // 60 % rare == 0

    together, _ = coinbase(traded, most=most)
    alone, _ = coinbase(traded)
    assert told(together, instants, planned=True) == told(alone, instants, planned=False)


def test_what_lies_within_one_answer_is_one_question() -> None:
    source, client = coinbase()
    instants = [YEAR + timedelta(minutes=13 * n) for n in range(23)]
    samples = told(source, instants, planned=True)
    assert [sample.price_usd for sample in samples] == [
        f"{close_of('BTC', int(at.timestamp()) // 60 * 60).normalize():f}" for at in instants
    ]
    assert len(client.asked) == 1


def test_an_outage_of_the_exchange_is_a_gap_and_the_next_coarser_candle_says_so() -> None:
    """From 02:00 to 04:59 nothing was traded: the candle of six hours has its last trade at 05:59."""
    closed = range(int(YEAR.timestamp()) + 2 * 3600, int(YEAR.timestamp()) + 5 * 3600)
    source, _ = coinbase(lambda minute: minute not in closed)
    before, within = told(source, [YEAR + timedelta(minutes=119), YEAR + timedelta(minutes=200)], planned=True)
    assert (before.interval, within.interval) == ("60s", "21600s")
    assert within.at == YEAR
    assert within.price_usd == f"{close_of('BTC', int(YEAR.timestamp()) + 359 * 60).normalize():f}"


def test_the_minute_before_a_coin_was_listed_takes_the_candle_that_has_its_first_trade() -> None:
    listed = int(YEAR.timestamp()) + 90 * 60
    source, _ = coinbase(lambda minute: minute >= listed)
    day_before, hour_before = YEAR - timedelta(days=1), YEAR + timedelta(minutes=80)
    wanted = [Wanted("BTC", at) for at in (day_before, hour_before)]
    found = fetch_prices(wanted, [source], clock=SetClock(NOW))
    assert [(sample.at, sample.interval) for sample in found.samples] == [(YEAR + timedelta(hours=1), "3600s")]
    assert [(item.wanted.at, item.why) for item in found.unpriced] == [(day_before, "no_price")]


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 8, 7, 0, tzinfo=UTC),  # New York's clocks go on
        datetime(2026, 11, 1, 6, 0, tzinfo=UTC),  # and back
        datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime.fromisoformat("2026-06-05T05:34:59+02:00"),
        datetime.fromisoformat("2026-06-05T09:19:30+05:45"),
    ],
)
def test_the_minute_is_that_of_the_instant_whatever_a_wall_clock_says(at: datetime) -> None:
    source, _ = coinbase()
    (sample,) = told(source, [at], planned=True)
    assert sample.at == at.astimezone(UTC).replace(second=0, microsecond=0)
    assert sample.at.tzinfo is UTC


def test_few_answers_are_remembered_however_many_are_asked_for() -> None:
    windows: Windows[int] = Windows()
    for number in range(1000):
        windows.keep("BTC-USD", 60, Window(number * 60, number * 60 + 60), number)
    kept = [number for number in range(1000) if windows.known("BTC-USD", 60, number * 60) is not None]
    assert kept == list(range(1000 - REMEMBERED, 1000))


COINS = ("BTC", "LTC", "DOGE")
RECEIPTS = [Wanted(COINS[n % 3], YEAR + timedelta(hours=4 * n, minutes=7 * n % 60)) for n in range(2_146)]
"""A payout every four hours, of three coins in turn, for as long as a year is back within what a demo key reaches."""


def fetched(source: Any) -> tuple[int, float]:
    """Return how many prices *source* tells of the year's receipts, and the seconds it takes at its pace."""
    for coin in COINS:
        source.expect(coin, [one.at for one in RECEIPTS if one.asset == coin])
    found = fetch_prices(sorted(RECEIPTS), [source], clock=source.client.clock, deadline_seconds=1e9)
    return len(found.samples), source.client.clock.elapsed


def test_a_year_by_the_hour_is_ninety_questions() -> None:
    source, client = coinbase(finest=3600)
    samples, seconds = fetched(source)
    assert samples == len(RECEIPTS)
    assert len(client.asked) <= 90
    assert seconds < 20


def test_a_year_by_the_minute_is_never_more_than_a_question_each_and_five_a_second() -> None:
    source, client = coinbase()
    samples, seconds = fetched(source)
    assert samples == len(RECEIPTS)
    assert len(client.asked) <= len(RECEIPTS)
    assert seconds <= 430


def test_a_year_of_coingecko_is_five_questions_a_coin() -> None:
    def rows(_url: str, params: Any) -> Any:
        hours = range(int(params["from"]), int(params["to"]) + 1, 3600)
        return {"prices": [[hour * 1000 + 1500, 1 + hour % 977 / 1000] for hour in hours]}

    client = ModelClient(rows, SetClock(NOW), gap_seconds=2.1)
    source = CoinGecko(client=cast("Any", client), evidence=MemoryEvidence())
    samples, seconds = fetched(source)
    assert samples == len(RECEIPTS)
    assert len(client.asked) <= 15
    assert seconds < 32


def test_the_whole_history_of_mempool_space_is_one_question() -> None:
    def rows(_url: str, params: Any) -> Any:
        assert "timestamp" not in params
        hours = range(int(YEAR.timestamp()), int(NOW.timestamp()), 3600)
        return {"prices": [{"time": hour + 61, "USD": 90_000 + hour % 977} for hour in hours], "exchangeRates": {}}

    client = ModelClient(rows, SetClock(NOW), gap_seconds=1)
    source = Mempool(client=cast("Any", client), evidence=MemoryEvidence())
    wanted = [one for one in RECEIPTS if one.asset == "BTC"]
    source.expect("BTC", [one.at for one in wanted])
    found = fetch_prices(wanted, [source], clock=client.clock, deadline_seconds=1e9)
    assert (len(found.samples), len(client.asked)) == (len(wanted), 1)
    (first, *_) = found.samples
    assert first.sampled == first.at + timedelta(seconds=61)
