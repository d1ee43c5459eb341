"""Prices asked for by hand: each kind of no in its own words, what to do about it, and where a price came from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from lotwork.ingest.asking.pace import Pace
from lotwork.ledger.clock import SystemClock
from lotwork.service.prices_asked import FILE
from tests.commands.calling import Caller
from tests.ingest.prices.tellers import binance_row, coinbase_row, dumped
from tests.ingest.scripted_server import Reply, Script, serving

AT = "2026-02-03T04:05:06Z"
START = int(datetime(2026, 2, 3, 4, 5, tzinfo=UTC).timestamp())
KEY = "CG-canary-7Hq2"


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Script, Script]]:
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime(2026, 3, 6, 12, tzinfo=UTC))
    monkeypatch.setattr(Pace, "wait", lambda *_: None)
    with serving() as first, serving() as second:
        yield first, second


def set_up(lotwork: Caller, prices: str, *assets: str) -> None:
    lotwork("init", "--no-input")
    (lotwork.home / "config.toml").write_text(f"[prices]\nallow_private = true\n{prices}", encoding="utf-8")
    lotwork.take(*(receipt(asset) for asset in assets))


def receipt(asset: str) -> dict[str, Any]:
    return {
        "kind": "receipt", "id": asset, "at": AT, "wallet": "w", "asset": asset, "quantity": "2", "income": "bonus",
    }  # fmt: skip


def priced(lotwork: Caller, *words: str, code: int) -> dict[str, Any]:
    (row,) = lotwork("poll", *words, "--json", code=code).result["prices"]
    assert isinstance(row, dict)
    return row


def test_rate_limited_is_told_with_its_end_and_nobody_stands_in(
    lotwork: Caller, servers: tuple[Script, Script]
) -> None:
    coinbase, kraken = servers
    coinbase.answer = lambda _path: Reply(status=429, headers={"Retry-After": "600"}, body=b"{}")
    set_up(lotwork, f'coinbase_url = "{coinbase.url}"\nkraken_url = "{kraken.url}"\n', "BTC")
    row = priced(lotwork, code=6)
    (left,) = row["unpriced"]
    assert (left["why"], left["again"], row["recorded"]) == ("rate_limited", "2026-03-06T12:10:00Z", 0)
    assert "status 429" in left["reason"]
    assert "kraken not asked in its place yet" in left["reason"]
    assert kraken.asked == []
    many = len(coinbase.asked)
    told = lotwork("poll", code=6)
    assert "prices (main): 0 recorded, 1 pending: coinbase: BTC-USD candle" in told.out
    assert len(coinbase.asked) == many, "it is not asked before the silence it wanted is over"
    listed = lotwork("source", "list").out
    assert "1 rate limited" in listed
    assert "coinbase did not answer" in listed


def test_no_price_exists_is_told_once_with_what_to_do_and_not_asked_again(
    lotwork: Caller, servers: tuple[Script, Script]
) -> None:
    coinbase, _ = servers
    coinbase.answer = lambda _path: Reply(status=404, body=b'{"message":"NotFound"}')
    set_up(lotwork, f'sources = ["coinbase"]\ncoinbase_url = "{coinbase.url}"\n', "KAS")
    (left,) = priced(lotwork, code=0)["unpriced"]
    assert (left["why"], left["again"], left["asset"], left["at"]) == ("no_price", "never", "KAS", AT)
    assert left["remedy"].startswith(f"record it with `lotwork add price asset=KAS at={AT} price_usd=")
    many = len(coinbase.asked)
    looked_at = lotwork("doctor", code=1).out
    assert "MEND  prices: asked: coinbase; not had: 1 no price exists" in looked_at
    told = lotwork("poll")
    assert f"unpriced: KAS at {AT}: no price exists: record it with `lotwork add price asset=KAS" in told.out
    assert len(coinbase.asked) == many
    coinbase.answer = lambda _path: Reply(body=dumped([coinbase_row(START, 0.07)]))
    assert priced(lotwork, "--anew", code=0)["recorded"] == 1
    assert "KAS" not in (lotwork.home / FILE).read_text()


def test_what_the_message_says_to_do_prices_it(lotwork: Caller, servers: tuple[Script, Script]) -> None:
    coinbase, _ = servers
    coinbase.answer = lambda _path: Reply(status=404, body=b'{"message":"NotFound"}')
    set_up(lotwork, f'sources = ["coinbase"]\ncoinbase_url = "{coinbase.url}"\n', "KAS")
    (left,) = priced(lotwork, code=0)["unpriced"]
    words = left["remedy"].split("`")[1].replace("…", "0.07").split()
    lotwork(*words[1:])
    assert "prices" not in lotwork("poll").out
    assert "ok    prices: asked: coinbase\n" in lotwork("doctor").out
    assert lotwork("income", "--year", "2026", "--json", code=None).result["totals"]["value_usd"] == "0.140000"


def test_stale_is_told_with_its_age(lotwork: Caller, servers: tuple[Script, Script]) -> None:
    del servers
    set_up(lotwork, 'sources = ["csv"]\ncsv_file = "p.csv"\n', "BTC")
    (lotwork.home / "p.csv").write_text("at,asset,price_usd,interval\n2026-02-02T00:00:00Z,BTC,90000,1h\n")
    (left,) = priced(lotwork, code=0)["unpriced"]
    assert left["why"] == "stale"
    assert "its last price of BTC is stale: 90000 dollars of 2026-02-02T00:00:00Z, 1 day 4 h before" in left["reason"]


def test_a_coin_that_is_not_known_there_is_told_with_the_setting(
    lotwork: Caller, servers: tuple[Script, Script]
) -> None:
    gecko, _ = servers
    set_up(lotwork, f'sources = ["coingecko"]\ncoingecko_url = "{gecko.url}"\n')
    lotwork.take({"kind": "asset", "at": AT, "asset": "QUAI", "decimals": 18}, receipt("QUAI"))
    (left,) = priced(lotwork, code=0)["unpriced"]
    assert left["why"] == "unknown_coin"
    assert 'set coingecko_ids = { QUAI = "…" } in [prices]' in left["reason"]
    assert gecko.asked == []


def test_a_thin_coin_is_priced_through_a_pair_and_its_legs_can_be_looked_up(
    lotwork: Caller, servers: tuple[Script, Script]
) -> None:
    binance, coinbase = servers
    binance.answer = lambda _path: Reply(body=dumped([binance_row(START, "0.0712")]))
    coinbase.answer = lambda path: (
        Reply(body=dumped([coinbase_row(START, 0.99875)]))
        if "USDT-USD" in path
        else Reply(status=404, body=b'{"message":"NotFound"}')
    )
    places = f'binance_url = "{binance.url}"\ncoinbase_url = "{coinbase.url}"\n'
    set_up(lotwork, f'sources = ["coinbase", "binance"]\n{places}', "KAS")
    assert priced(lotwork, code=0)["recorded"] == 1
    (row,) = lotwork("income", "--year", "2026", "--json", code=None).result["rows"]
    assert (row["price_usd"], row["value_usd"], row["price_source"]) == ("0.071111", "0.142222", "binance")
    exported = [json.loads(line) for line in lotwork("export", "jsonl").out.splitlines()]
    (price,) = [line for line in exported if line["kind"] == "price"]
    assert [(leg["source"], leg["pair"], leg["price"]) for leg in price["legs"]] == [
        ("binance", "KAS/USDT", "0.0712"),
        ("coinbase", "USDT/USD", "0.99875"),
    ]


def test_a_key_is_sent_in_its_header_and_stands_nowhere_else(lotwork: Caller, servers: tuple[Script, Script]) -> None:
    gecko, _ = servers
    hour = START - START % 3600
    gecko.answer = lambda _path: Reply(body=dumped({"prices": [[(hour + 99) * 1000, 90_000.25]], "key": KEY}))
    set_up(
        lotwork,
        f'sources = ["coingecko"]\ncoingecko_url = "{gecko.url}"\ncoingecko_key_file = "cg.key"\n',
        "BTC",
    )
    (lotwork.home / "cg.key").write_text(KEY)
    (lotwork.home / "cg.key").chmod(0o600)
    told = lotwork("poll", "--json")
    assert [headers["x-cg-demo-api-key"] for headers in gecko.headers] == [KEY]
    assert KEY not in told.out + told.err
    kept = [path for path in lotwork.home.rglob("*") if path.is_file() and path.name != "cg.key"]
    assert [path for path in kept if KEY.encode() in path.read_bytes()] == []
    gecko.answer = lambda _path: Reply(status=401, body=dumped({"error": f"no key {KEY}"}))
    lotwork.take(receipt("LTC"))
    refused = lotwork("poll", code=6)
    assert KEY not in refused.out + refused.err


@pytest.mark.parametrize("name", ["binance", "coingecko", "mempool", "kraken"])
def test_a_source_of_prices_is_tested_before_it_is_saved(
    name: str, lotwork: Caller, servers: tuple[Script, Script]
) -> None:
    server, _ = servers
    lotwork("init", "--no-input")
    config = lotwork.home / "config.toml"
    config.write_text('[prices]\nsources = ["coinbase"]\nallow_private = true\n', encoding="utf-8")
    before = config.read_bytes()
    server.answer = lambda _path: Reply(status=500, body=b"{}")
    lotwork("source", "add", f"prices.{name}", "--set", f"{name}_url={server.url}", code=6)
    assert config.read_bytes() == before


def test_a_key_of_prices_is_written_into_a_file_of_the_home(lotwork: Caller, servers: tuple[Script, Script]) -> None:
    server, _ = servers
    lotwork("init", "--no-input")
    config = lotwork.home / "config.toml"
    before = "[prices]\nsources = []\nallow_private = true\n"
    config.write_text(before, encoding="utf-8")
    asked_at = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp())
    server.answer = lambda _path: Reply(body=dumped({"prices": [[(asked_at + 99) * 1000, 90_000.25]]}))
    place = f"coingecko_url={server.url}"
    words = ("--set", place, "--set", "coingecko_ids.QUAI=quai-network", "--secret-file", "-")
    told = lotwork("source", "add", "prices.coingecko", *words, given=f"{KEY}\n")
    assert "it answered: 1 price" in told.out
    assert KEY not in told.out + told.err + config.read_text()
    assert (lotwork.home / "coingecko.key").read_text().strip() == KEY
    assert (lotwork.home / "coingecko.key").stat().st_mode & 0o77 == 0
    assert 'coingecko_ids = { "QUAI" = "quai-network" }' in config.read_text()
    lotwork("source", "remove", "prices.coingecko")
    assert config.read_text() == before


@pytest.mark.parametrize(
    ("change", "now"),
    [
        ('{"asset": "LTC"}', "price asset=LTC at=2026-02-03T04:05:06Z"),
        ('{"at": "2026-02-04T04:05:06Z"}', "price asset=ZEC at=2026-02-04T04:05:06Z"),
        ('{"asset": "LTC", "at": "2026-02-04T04:05:06Z"}', "price asset=LTC at=2026-02-04T04:05:06Z"),
    ],
)
def test_what_is_asked_about_a_receipt_is_what_corrections_made_of_it(
    change: str, now: str, lotwork: Caller, servers: tuple[Script, Script]
) -> None:
    coinbase, kraken = servers
    coinbase.answer = lambda _path: Reply(status=429, headers={"Retry-After": "600"}, body=b"{}")
    set_up(lotwork, f'coinbase_url = "{coinbase.url}"\nkraken_url = "{kraken.url}"\n', "ZEC")
    priced(lotwork, code=6)
    assert "rate limited" in lotwork("income", "--year", "2026", code=1).err
    lotwork("add", "correction", "target=ZEC", f"set={change}", "reason=a slip")
    said = lotwork("income", "--year", "2026", code=1).err
    assert "rate limited" not in said
    assert f"`lotwork add {now} price_usd=PRICE`" in said
    assert f"`lotwork {now.replace('asset=', '').replace('at=', '--at ')}`" in said
