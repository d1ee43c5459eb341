"""At least 300 malformed payloads for each source: each is refused, nothing is recorded, no cursor moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from lotwork.ingest.pools.ocean import Ocean
from lotwork.ingest.pools.ocean_section import OceanSection
from lotwork.ingest.ports import PriceSource
from lotwork.ingest.prices.coinbase import Coinbase
from lotwork.ingest.prices.fetch import Wanted, fetch_prices
from lotwork.ingest.prices.kraken import Kraken
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.store import EventStore
from tests.ingest import mutations
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.scripted_server import Reply, Script, client_of, serving

RECORDED = Path(__file__).parents[2] / "data" / "external"
NOW = datetime(2026, 6, 21, 12, tzinfo=UTC)
MINUTE = datetime(2026, 6, 5, 3, 34, tzinfo=UTC)
FEWEST = 300

Payloads = list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def server() -> Iterator[Script]:
    with serving() as script:
        yield script


def ocean_payloads() -> Payloads:
    body = (RECORDED / "ocean_earnpay.json").read_bytes()
    unread = {"start_ts", "end_ts", "shares_in_window"}
    may_be_nothing = {"on_chain_txid", "fees_colected_satoshis"}

    def matters(at: mutations.Path, bad: object) -> bool:
        key = at[-1]
        if key in unread or (key == "is_generation_txn" and bad is True):
            return False
        return not (key in may_be_nothing and (bad is None or (bad == "" and key == "on_chain_txid")))

    payloads = [*mutations.text_gone_wrong(body), *mutations.leaves_gone_wrong(body, matters)]
    payloads += mutations.parts_missing(body, lambda at: at[-1] not in unread | may_be_nothing)
    value = json.loads(body)
    for name in ("earnings", "payouts"):
        payloads.append((f"{name} is gone", json.dumps(mutations.without(value, ("result", name))).encode()))
        item = value["result"][name][0]
        payloads.append((f"{name}: a key twice", body.replace(b'"ts"', b'"ts": 1, "ts"')))
        not_items: tuple[object, ...] = (None, 1, "x", [], {}, [item], {name: item})
        for bad in not_items:
            spot: mutations.Path = ("result", name, 0)
            payloads.append((f"{name}: {bad!r}", json.dumps(mutations.replaced(value, spot, bad)).encode()))
    amount = ("result", "payouts", 0, "total_satoshis_net_paid")
    payloads += [
        (f"payout of {sats}", json.dumps(mutations.replaced(value, amount, sats)).encode())
        for sats in (0, -1_048_576, 2_100_000_000_000_001, "2100000000000001", "0x10", " 12", "12.0", 12.5)
    ]
    return payloads


def coinbase_payloads() -> Payloads:
    body = (RECORDED / "coinbase_candles.json").read_bytes()
    volume = 5

    def matters(at: mutations.Path, bad: object) -> bool:
        return not (at[-1] == volume and bad == 10**30)

    payloads = [*mutations.text_gone_wrong(body), *mutations.leaves_gone_wrong(body, matters)]
    return payloads + list(mutations.parts_missing(body, lambda _at: True))


def kraken_payloads() -> Payloads:
    body = (RECORDED / "kraken_ohlc.json").read_bytes()
    open_row, vwap, volume, count = 5, 5, 6, 7

    def is_read(at: mutations.Path) -> bool:
        return at[-1] != "last" and at[-2] != open_row

    def matters(at: mutations.Path, bad: object) -> bool:
        return is_read(at) and not (at[-1] in (vwap, volume, count) and bad == 10**30)

    payloads = [*mutations.text_gone_wrong(body), *mutations.leaves_gone_wrong(body, matters)]
    payloads += mutations.parts_missing(body, lambda at: at[-1] == "last" or is_read(at))
    value = json.loads(body)
    two = {**value, "result": {**value["result"], "XETHZUSD": value["result"]["XXBTZUSD"]}}
    payloads.append(("two pairs", json.dumps(two).encode()))
    no_lists: tuple[object, ...] = (None, 1, "x", {}, [1], [None], ["EQuery:Invalid arguments"])
    payloads += [(f"error is {bad!r}", json.dumps({**value, "error": bad}).encode()) for bad in no_lists]
    return payloads


def test_no_malformed_answer_of_ocean_becomes_an_event_or_moves_its_cursor(server: Script, tmp_path: Path) -> None:
    payloads = ocean_payloads()
    evidence = MemoryEvidence()
    store = EventStore.open(tmp_path / "home", clock=SetClock(NOW))
    source = Ocean(
        section=OceanSection(
            name="ocean", address="bc1qexample", wallet="cold", start=date(2026, 6, 1), base_url=server.url
        ),
        client=client_of("ocean", tmp_path, clock=SetClock(NOW)),
        evidence=evidence,
        recognition=lambda _at: "on_credit",
        log=store,
    )
    for what, payload in payloads:
        server.answer = lambda _path, payload=payload: Reply(body=payload)  # type: ignore[misc] # mypy reads no default of a lambda
        with pytest.raises(SourceRefusedError):
            pytest.fail(f"accepted: {what}: {watch_once(source, store)} new")
    assert len(payloads) >= FEWEST
    assert store.head("main").position == 0
    assert store.cursor("main", "ocean") is None
    assert evidence.kept == {}
    assert 0 < len(list((tmp_path / "quarantine").iterdir())) <= 256
    store.close()


@pytest.mark.parametrize(
    ("make", "generate"), [(Coinbase, coinbase_payloads), (Kraken, kraken_payloads)], ids=["coinbase", "kraken"]
)
def test_no_malformed_answer_of_a_market_becomes_a_price(
    make: Callable[..., PriceSource], generate: Callable[[], Payloads], server: Script, tmp_path: Path
) -> None:
    payloads = generate()
    evidence = MemoryEvidence()
    clock = SetClock(MINUTE + timedelta(minutes=3))
    source = make(client=client_of(make.__name__, tmp_path, clock=clock), evidence=evidence, base_url=server.url)
    for what, payload in payloads:
        server.answer = lambda _path, payload=payload: Reply(body=payload)  # type: ignore[misc] # mypy reads no default of a lambda
        prices = fetch_prices([Wanted("BTC", MINUTE)], [source], clock=clock)
        assert prices.samples == (), what
        assert [pending.why for pending in prices.unpriced] == ["refused"], f"{what}: {prices.unpriced}"
    assert len(payloads) >= FEWEST
    assert evidence.kept == {}
