"""Coins priced in a token or in another coin: both legs in the event, and no USDT that passes for a dollar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from lotwork.ingest.prices.binance import Binance
from lotwork.ingest.prices.coinbase import Coinbase
from lotwork.ingest.prices.fetch import Wanted, fetch_prices
from lotwork.ingest.prices.kraken import Kraken
from lotwork.ingest.prices.names import Pair, parse_pairs
from lotwork.ledger.clock import SetClock
from lotwork.ledger.codec import decode, encode
from lotwork.ledger.errors import ImpossibleEventError, InputRefusedError, RateLimitedError, SourceRefusedError
from lotwork.ledger.events import PriceLeg, PriceSample
from lotwork.ledger.public_form.contract import parse_event, to_contract
from lotwork.ledger.units import AssetTable
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.prices.tellers import MINUTE, START, binance_row, coinbase_row, dumped
from tests.ingest.scripted_server import Reply, Script, client_of, serving

NOW = MINUTE + timedelta(days=9)
KAS = Wanted("KAS", MINUTE)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Script, Script]]:
    with serving() as binance, serving() as coinbase:
        yield binance, coinbase


@pytest.fixture
def markets(running: tuple[Script, Script]) -> tuple[Script, Script]:
    """Return Binance, where KAS costs 0.0712 USDT, and Coinbase, where a USDT costs 0.99875 dollars."""
    binance, coinbase = running
    for each in running:
        each.queue.clear()
        each.asked.clear()
    binance.answer = lambda path: Reply(
        body=dumped([binance_row(START, "0.0712")] if asked(path)["interval"] == "1m" else [])
    )
    coinbase.answer = lambda path: Reply(
        body=dumped([coinbase_row(START, 0.99875)] if asked(path)["granularity"] == "60" else [])
    )
    return running


def asked(path: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}


def sources(markets: tuple[Script, Script], *, now: datetime = NOW) -> tuple[Binance, Coinbase, MemoryEvidence]:
    evidence, clock = MemoryEvidence(), SetClock(now)
    binance = Binance(client=client_of("binance", clock=clock), evidence=evidence, base_url=markets[0].url)
    coinbase = Coinbase(client=client_of("coinbase", clock=clock), evidence=evidence, base_url=markets[1].url)
    binance.others.extend((binance, coinbase))
    return binance, coinbase, evidence


def test_both_legs_stand_in_the_event_and_their_product_is_the_price(markets: tuple[Script, Script]) -> None:
    binance, _, evidence = sources(markets)
    sample = binance.fetch("KAS", MINUTE + timedelta(seconds=20))
    assert sample is not None
    assert (sample.price_usd, sample.pair, sample.interval, sample.source) == ("0.071111", "KAS/USDT", "60s", "binance")
    kas, usdt = sample.legs
    assert (kas.source, kas.pair, kas.price, kas.at, kas.interval) == ("binance", "KAS/USDT", "0.0712", MINUTE, "60s")
    assert (usdt.source, usdt.pair, usdt.price, usdt.at) == ("coinbase", "USDT/USD", "0.99875", MINUTE)
    assert Decimal(kas.price) * Decimal(usdt.price) == Decimal(sample.price_usd)
    assert sample.evidence is not None
    kept = evidence.kept[sample.evidence]
    assert b'"0.0712"' in kept
    assert b"0.99875" in kept
    assert decode("price", 2, encode(sample)) == sample


def test_an_event_with_legs_is_exported_and_imported_as_it_was(markets: tuple[Script, Script]) -> None:
    sample = sources(markets)[0].fetch("KAS", MINUTE)
    assert sample is not None
    told = json.loads(json.dumps(to_contract(sample, AssetTable())))
    assert told["legs"][1] == {
        "source": "coinbase", "pair": "USDT/USD", "price": "0.99875", "at": "2026-06-05T03:34:00Z", "interval": "60s",
    }  # fmt: skip
    assert parse_event(told, AssetTable(), "here") == sample
    told["legs"][1]["price"] = "1"
    with pytest.raises(InputRefusedError, match="product of the prices of its legs"):
        parse_event(told, AssetTable(), "here")


@pytest.mark.parametrize("legs", [{}, [1], [{"source": "x"}], [{"source": "x", "pair": "y", "price": 1, "at": "z"}]])
def test_legs_that_are_none_are_refused(legs: object) -> None:
    line = {"kind": "price", "at": "2026-06-05T03:34:00Z", "asset": "KAS", "price_usd": "1", "legs": legs}
    with pytest.raises(InputRefusedError, match="legs"):
        parse_event(line, AssetTable(), "here")


def test_a_price_that_is_not_its_legs_cannot_be() -> None:
    with pytest.raises(ImpossibleEventError):
        PriceSample(
            id="x", at=MINUTE, asset="KAS", price_usd="0.0712", legs=(priced("0.0712"), priced("0.99")), pair="KAS/USDT"
        )


def priced(price: str) -> PriceLeg:
    return PriceLeg(source="x", pair="A/B", price=price, at=MINUTE)


def test_a_usdt_is_no_dollar_where_nobody_says_what_one_cost(markets: tuple[Script, Script]) -> None:
    binance, _, evidence = sources(markets)
    binance.others.clear()
    (pending,) = fetch_prices([KAS], [binance], clock=SetClock(NOW)).unpriced
    assert pending.why == "no_price"
    assert (
        "KAS cost 0.0712 USDT at 2026-06-05T03:34:00Z, a USDT is no dollar, and nobody who is asked" in pending.reason
    )
    assert "name another source in `sources` of [prices]" in pending.reason
    assert evidence.kept == {}


def test_the_second_leg_is_waited_for_as_the_first_is(markets: tuple[Script, Script]) -> None:
    markets[1].answer = lambda _path: Reply(status=429, headers={"Retry-After": "90"})
    binance, _, evidence = sources(markets)
    with pytest.raises(RateLimitedError) as limited:
        binance.fetch("KAS", MINUTE)
    assert limited.value.wait_seconds == 90
    assert evidence.kept == {}


@pytest.mark.parametrize("price", [0.0712, 95_000.0, 0.01, 100.0])
def test_a_token_that_is_no_dollar_at_all_is_another_pair(price: float, markets: tuple[Script, Script]) -> None:
    markets[1].answer = lambda _path: Reply(body=dumped([coinbase_row(START, price)]))
    binance, _, evidence = sources(markets)
    with pytest.raises(SourceRefusedError, match=r"another pair's price, or one upside down"):
        binance.fetch("KAS", MINUTE)
    assert evidence.kept == {}


def test_a_coin_priced_in_bitcoin_takes_the_dollars_of_the_same_moment(markets: tuple[Script, Script]) -> None:
    """DOGE was traded in the quarter of an hour only: bitcoin is told of the last minute of it."""

    def coinbase(path: str) -> Reply:
        start = int(datetime.fromisoformat(asked(path)["start"]).timestamp())
        if "DOGE-BTC" in path:
            rows = [coinbase_row(start, 0.00000125)] if asked(path)["granularity"] == "900" else []
        else:
            rows = [coinbase_row(start, 100_000.0 + start % 900 // 60)]
        return Reply(body=dumped(rows))

    markets[1].answer = coinbase
    _, source, _ = sources(markets)
    own = Coinbase(
        client=source.client, evidence=source.evidence, base_url=source.base_url, pairs={"DOGE": Pair("DOGE", "BTC")}
    )
    own.others.append(own)
    sample = own.fetch("DOGE", MINUTE)
    assert sample is not None
    doge, btc = sample.legs
    assert (doge.pair, doge.interval, doge.at) == ("DOGE/BTC", "900s", datetime(2026, 6, 5, 3, 30, tzinfo=UTC))
    assert (btc.pair, btc.price, btc.at) == ("BTC/USD", "100014", datetime(2026, 6, 5, 3, 44, tzinfo=UTC))
    assert (sample.price_usd, sample.interval) == ("0.1250175", "900s")


def test_the_stable_coin_itself_is_not_priced_in_itself(markets: tuple[Script, Script]) -> None:
    binance, coinbase, _ = sources(markets)
    (sample,) = fetch_prices([Wanted("USDT", MINUTE)], [binance, coinbase], clock=SetClock(NOW)).samples
    assert (sample.source, sample.price_usd, sample.pair) == ("coinbase", "0.99875", "USDT/USD")
    assert markets[0].asked == []


@pytest.mark.parametrize(
    ("asset", "pair", "symbol"),
    [
        ("BTC", Pair("BTC", "USD"), "XBTUSD"),
        ("DOGE", Pair("DOGE", "BTC"), "XDGXBT"),
        ("KAS", Pair("KAS", "USD"), "KASUSD"),
    ],
)
def test_kraken_has_names_of_its_own(asset: str, pair: Pair, symbol: str) -> None:
    kraken = Kraken(client=client_of("kraken"), evidence=MemoryEvidence(), pairs={asset: pair})
    assert kraken.symbol(pair) == symbol


@pytest.mark.parametrize("told", ["KASUSDT", "KAS-USDT", "KAS/KAS", "/USD", "KAS/", "KAS/U$D", "K\uff21S/USD"])
def test_a_pair_that_is_none_is_refused_with_how_to_write_it(told: str) -> None:
    with pytest.raises(ValueError, match='is no pair: write it like KAS = "KAS/USDT"'):
        parse_pairs({"KAS": told}, "binance_pairs")


@pytest.mark.parametrize(
    ("reply", "market"),
    [
        (Reply(status=404, body=b'{"message":"NotFound"}'), "coinbase"),
        (Reply(status=400, body=b'{"code":-1121,"msg":"Invalid symbol."}'), "binance"),
    ],
)
def test_a_market_that_is_not_there_is_no_price_and_no_fault(
    reply: Reply, market: str, markets: tuple[Script, Script]
) -> None:
    for each in markets:
        each.answer = lambda _path: reply
    binance, coinbase, _ = sources(markets)
    source = binance if market == "binance" else coinbase
    (pending,) = fetch_prices([KAS], [source], clock=SetClock(NOW)).unpriced
    assert (pending.why, pending.silent) == ("no_price", False)


def test_an_address_that_answers_not_found_for_everything_is_no_market_of_no_coin(
    markets: tuple[Script, Script],
) -> None:
    markets[1].answer = lambda _path: Reply(status=404, body=b'{"error":"no such route"}')
    (pending,) = fetch_prices([KAS], [sources(markets)[1]], clock=SetClock(NOW)).unpriced
    assert pending.why == "refused"
