"""Coinbase and Kraken over a real server with recorded candles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from lotwork.ingest.ports import PriceSource
from lotwork.ingest.prices.coinbase import Coinbase
from lotwork.ingest.prices.kraken import Kraken
from lotwork.ingest.prices.states import TooRecentError
from lotwork.ledger.clock import SetClock
from lotwork.ledger.codec import decode, encode
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.scripted_server import Reply, Script, client_of, serving

RECORDED = Path(__file__).parents[2] / "data" / "external"
COINBASE = (RECORDED / "coinbase_candles.json").read_bytes()
KRAKEN = (RECORDED / "kraken_ohlc.json").read_bytes()
NO_ROWS = b'{"error":[],"result":{"XXBTZUSD":[],"last":0}}'
MINUTE = datetime(2026, 6, 5, 3, 34, tzinfo=UTC)
NOW = datetime(2026, 6, 5, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[Script]:
    with serving() as script:
        yield script


@pytest.fixture
def server(running: Script) -> Script:
    running.queue.clear()
    running.asked.clear()
    running.answer = lambda _path: Reply(body=b"[]")
    return running


def coinbase(server: Script, now: datetime = NOW) -> tuple[Coinbase, MemoryEvidence]:
    evidence = MemoryEvidence()
    return Coinbase(client=client_of("coinbase", clock=SetClock(now)), evidence=evidence, base_url=server.url), evidence


def kraken(server: Script, now: datetime = NOW) -> tuple[Kraken, MemoryEvidence]:
    evidence = MemoryEvidence()
    return Kraken(client=client_of("kraken", clock=SetClock(now)), evidence=evidence, base_url=server.url), evidence


def granularity(path: str) -> int:
    return int(parse_qs(urlsplit(path).query)["granularity"][0])


def test_the_price_is_the_close_of_the_minute_that_contains_the_instant(server: Script) -> None:
    server.answer = lambda _path: Reply(body=COINBASE)
    source, evidence = coinbase(server)
    sample = source.fetch("BTC", MINUTE + timedelta(seconds=59, microseconds=999_999))
    assert sample is not None
    assert (sample.at, sample.price_usd, sample.interval) == (MINUTE, "104050.75", "60s")
    assert sample.id == "price:coinbase:BTC:2026-06-05T03:34:00Z:60s"
    assert sample.source == "coinbase"
    assert sample.evidence is not None
    raw = evidence.kept[sample.evidence]
    assert raw.endswith(b"[1780630440,104000.01,104100.5,104010.25,104050.75,1.23456789]")
    assert decode("price", 1, encode(sample)) == sample


def test_the_minute_is_asked_for_by_its_own_span(server: Script) -> None:
    server.answer = lambda _path: Reply(body=COINBASE)
    coinbase(server)[0].fetch("BTC", MINUTE)
    asked = urlsplit(server.asked[0])
    assert asked.path == "/products/BTC-USD/candles"
    assert parse_qs(asked.query) == {
        "start": ["2026-06-05T03:34:00Z"],
        "end": ["2026-06-05T03:35:00Z"],
        "granularity": ["60"],
    }


def test_asking_twice_in_a_minute_gives_one_and_the_same_event(server: Script) -> None:
    rows = json.loads(COINBASE)
    server.queue.extend([Reply(body=COINBASE), Reply(body=json.dumps(rows[:1], separators=(",", ":")).encode())])
    source, _ = coinbase(server)
    assert source.fetch("BTC", MINUTE) == source.fetch("BTC", MINUTE + timedelta(seconds=30))


def test_a_minute_without_a_trade_takes_the_next_coarser_candle_and_says_so(server: Script) -> None:
    def answer(path: str) -> Reply:
        if granularity(path) < 900:
            return Reply(body=b"[[1780630380,1,2,1,2,1]]" if granularity(path) == 60 else b"[]")
        return Reply(body=b"[[1780630200,103000.5,105000,104000,104500.125,9]]")

    server.answer = answer
    sample = coinbase(server)[0].fetch("BTC", MINUTE)
    assert sample is not None
    assert (sample.interval, sample.price_usd) == ("900s", "104500.125")
    assert sample.at == datetime(2026, 6, 5, 3, 30, tzinfo=UTC)
    assert [granularity(path) for path in server.asked] == [60, 300, 900]


def test_where_there_was_never_a_trade_there_is_no_price(server: Script) -> None:
    assert coinbase(server, NOW + timedelta(days=3))[0].fetch("BTC", MINUTE) is None
    assert [granularity(path) for path in server.asked] == [60, 300, 900, 3600, 21_600, 86_400]


def test_a_candle_that_is_still_open_is_no_price_yet(server: Script) -> None:
    server.answer = lambda _path: Reply(body=COINBASE)
    with pytest.raises(TooRecentError, match="its candle of 60 s at 2026-06-05T03:34:00Z is not over"):
        coinbase(server, MINUTE + timedelta(seconds=59))[0].fetch("BTC", MINUTE)
    assert server.asked == []


def test_a_coarser_candle_that_is_still_open_is_waited_for(server: Script) -> None:
    with pytest.raises(TooRecentError) as waits:
        coinbase(server, MINUTE + timedelta(seconds=61))[0].fetch("BTC", MINUTE)
    assert waits.value.wait_seconds == 900 - 240 - 61
    assert [granularity(path) for path in server.asked] == [60, 300]


def test_an_odd_asset_name_cannot_leave_its_place_in_the_address(server: Script) -> None:
    assert coinbase(server, NOW + timedelta(days=3))[0].fetch("../../x?y", MINUTE) is None
    assert server.asked[0].startswith("/products/..%2F..%2Fx%3Fy-USD/candles?")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("[1780630440,0,1,1,1,1]", "not above zero"),
        ("[1780630440,-5,1,1,1,1]", "not above zero"),
        ("[1780630440,2,1,1,1,1]", "contradicts itself"),
        ("[1780630440,1,2,3,1,1]", "contradicts itself"),
        ("[1780630440,1,2e9,1,1,1]", "which no coin costs"),
        ("[1780630441,1,1,1,1,1]", "off its grid"),
        ("[1780630440,1,1,1,1,1],[1780630440,1,2,1,2,1]", "two candles at 1780630440 differ"),
        ("[1780630440,0.0000000000000000000001,1,1,0.0000000000000000000001,1]", "has 22 decimals"),
    ],
)
def test_an_absurd_candle_is_refused(row: str, reason: str, server: Script) -> None:
    server.answer = lambda _path: Reply(body=f"[{row}]".encode())
    source, evidence = coinbase(server)
    with pytest.raises(SourceRefusedError, match=reason):
        source.fetch("BTC", MINUTE)
    assert evidence.kept == {}


def test_a_product_nobody_trades_is_refused_by_name(server: Script) -> None:
    server.answer = lambda _path: Reply(status=404, body=b'{"message":"NotFound"}')
    with pytest.raises(
        SourceRefusedError, match="coinbase: KAS-USD candle of 60 s at 2026-06-05T03:34:00Z: status 404"
    ):
        coinbase(server)[0].fetch("KAS", MINUTE)


def test_kraken_reads_the_row_under_the_pairs_internal_name(server: Script) -> None:
    server.answer = lambda _path: Reply(body=KRAKEN)
    source, evidence = kraken(server)
    sample = source.fetch("BTC", MINUTE)
    assert sample is not None
    assert (sample.at, sample.price_usd, sample.interval, sample.source) == (MINUTE, "104055", "60s", "kraken")
    assert sample.evidence is not None
    assert evidence.kept[sample.evidence].endswith(
        b'[1780630440, "104012.5", "104099.9", "104001.0", "104055.00000", "104050.1", "0.51230000", 17]'
    )
    assert parse_qs(urlsplit(server.asked[0]).query) == {
        "pair": ["XBTUSD"],
        "interval": ["1"],
        "since": ["1780630380"],
    }


def test_krakens_last_row_is_still_open(server: Script) -> None:
    body = json.loads(KRAKEN)
    body["result"]["XXBTZUSD"] = body["result"]["XXBTZUSD"][:-1]
    server.queue.append(Reply(body=json.dumps(body).encode()))
    server.answer = lambda _path: Reply(body=NO_ROWS)
    with pytest.raises(TooRecentError):
        kraken(server, MINUTE + timedelta(seconds=61))[0].fetch("BTC", MINUTE)


def test_a_price_kraken_only_repeats_is_no_price(server: Script) -> None:
    body = json.loads(KRAKEN)
    body["result"]["XXBTZUSD"][4][7] = 0
    server.queue.append(Reply(body=json.dumps(body).encode()))
    server.answer = lambda _path: Reply(body=NO_ROWS)
    with pytest.raises(TooRecentError):
        kraken(server, MINUTE + timedelta(seconds=61))[0].fetch("BTC", MINUTE)


def test_a_minute_that_krakens_candles_no_longer_reach_is_told_by_its_last_trade(server: Script) -> None:
    trades: list[list[object]] = [
        ["104000.1", "0.5", 1780630440.5, "b", "m", "", 61044952],
        ["104007.25000", "0.1", 1780630499.2804112, "s", "l", "", 61044953],
        ["104900.0", "0.2", 1780630500.0, "s", "m", "", 61044956],
    ]
    server.answer = lambda _path: Reply(body=trades_of(*trades))
    source, evidence = kraken(server, MINUTE + timedelta(days=200))
    sample = source.fetch("BTC", MINUTE)
    assert sample is not None
    assert (sample.at, sample.price_usd, sample.interval) == (MINUTE, "104007.25", "60s")
    assert sample.sampled == datetime(2026, 6, 5, 3, 34, 59, 280411, tzinfo=UTC)
    assert sample.evidence is not None
    assert evidence.kept[sample.evidence].endswith(json.dumps(trades[1]).encode())
    assert urlsplit(server.asked[0]).path == "/0/public/Trades"
    assert parse_qs(urlsplit(server.asked[0]).query)["since"] == ["1780630439999999999"]


def test_a_minute_of_many_trades_is_read_to_its_end(server: Script) -> None:
    busy: list[list[object]] = [[f"{90_000 + n}", "0.1", 1780630440 + n / 1000, "b", "m", "", n] for n in range(1500)]
    server.queue.append(Reply(body=trades_of(*busy[:1000], last="1780630440999000000")))
    server.queue.append(Reply(body=trades_of(*busy[1000:])))
    sample = kraken(server, MINUTE + timedelta(days=200))[0].fetch("BTC", MINUTE)
    assert sample is not None
    assert sample.price_usd == "91499"
    assert parse_qs(urlsplit(server.asked[1]).query)["since"] == ["1780630440999000000"]


def test_a_minute_without_a_trade_of_long_ago_takes_the_next_coarser_span(server: Script) -> None:
    def answer(path: str) -> Reply:
        is_coarse = "since=1780630199" in path
        return Reply(body=trades_of(["7", "1", 1780630420 if is_coarse else 1780630500, "b", "m", "", 1]))

    server.answer = answer
    sample = kraken(server, MINUTE + timedelta(days=200))[0].fetch("BTC", MINUTE)
    assert sample is not None
    assert (sample.interval, sample.price_usd) == ("300s", "7")


@pytest.mark.parametrize(
    "trade",
    [
        ["0", "1", 1780630450, "b", "m", "", 1],
        ["5", "0", 1780630450, "b", "m", "", 1],
        ["5", "1", 1780630439, "b", "m", "", 1],
        ["5", "1", "x", "b", "m", "", 1],
        ["5", "1"],
        ["2000000000", "1", 1780630450, "b", "m", "", 1],
        [5, "1", 1780630450, "b", "m", "", 1],
    ],
)
def test_an_absurd_trade_is_refused(trade: list[object], server: Script) -> None:
    server.answer = lambda _path: Reply(body=trades_of(trade))
    source, evidence = kraken(server, MINUTE + timedelta(days=200))
    with pytest.raises(SourceRefusedError):
        source.fetch("BTC", MINUTE)
    assert evidence.kept == {}


def trades_of(*rows: list[object], last: str = "1780630500000000000") -> bytes:
    return json.dumps({"error": [], "result": {"XXBTZUSD": rows, "last": last}}).encode()


@pytest.mark.parametrize("word", ["EAPI:Rate limit exceeded", "EGeneral:Too many requests", "EService:Unavailable"])
def test_krakens_later_inside_a_success_is_unreachable(word: str, server: Script) -> None:
    server.answer = lambda _path: Reply(body=json.dumps({"error": [word]}).encode())
    with pytest.raises(SourceUnreachableError, match=word) as failed:
        kraken(server)[0].fetch("BTC", MINUTE)
    assert not isinstance(failed.value, SourceRefusedError)


def test_krakens_no_inside_a_success_is_a_refusal(server: Script) -> None:
    server.answer = lambda _path: Reply(body=b'{"error":["EQuery:Unknown asset pair"]}')
    with pytest.raises(SourceRefusedError, match="Unknown asset pair"):
        kraken(server)[0].fetch("XYZ", MINUTE)


@pytest.mark.parametrize("make", [coinbase, kraken])
def test_a_price_is_the_exact_decimal_that_was_written(
    make: Callable[[Script], tuple[PriceSource, MemoryEvidence]], server: Script
) -> None:
    price = "104012.123456789012345678"
    row = f'[1780630440,"{price}","{price}","{price}","{price}","{price}","1.0",3]'
    bodies = {
        "coinbase": f"[[1780630440,{price},{price},{price},{price},1.0]]",
        "kraken": f'{{"error":[],"result":{{"XXBTZUSD":[{row},{row.replace("0440", "0500")}],"last":1}}}}',
    }
    source, _ = make(server)
    server.answer = lambda _path: Reply(body=bodies[source.name].encode())
    sample = source.fetch("BTC", MINUTE)
    assert sample is not None
    assert Decimal(sample.price_usd) == Decimal(price)
