"""Each source of prices against every fault: no price of a wrong answer, nothing kept, nothing unhandled."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.asking.http import Bounds
from lotwork.ingest.ports import PriceSource
from lotwork.ingest.prices.fetch import Wanted, fetch_prices
from lotwork.ledger.clock import SetClock
from tests.drawing import stream
from tests.ingest import mutations
from tests.ingest.matrix.grammar import gone_wrong
from tests.ingest.matrix.markets import MARKETS
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.prices.tellers import HOUR, MINUTE, START, TELLERS, Teller, dumped
from tests.ingest.scripted_server import Reply, Script, client_of, serving
from tests.ingest.wires import Said

BTC = Wanted("BTC", MINUTE)
NOW = MINUTE + timedelta(hours=3)
BOUNDS = Bounds(
    deadline_seconds=2, attempts=2, first_wait_seconds=0.001, longest_wait_seconds=0.002, most_bytes=1_000_000
)
EVERY = pytest.mark.parametrize("teller", TELLERS, ids=lambda teller: teller.name)
FEWEST = 300


@pytest.fixture(scope="module")
def running() -> Iterator[Script]:
    with serving() as script:
        yield script


@pytest.fixture
def server(running: Script) -> Script:
    running.queue.clear()
    running.asked.clear()
    return running


def made(
    teller: Teller,
    server: Script,
    *,
    evidence: MemoryEvidence | None = None,
    home: Path | None = None,
    now: datetime = NOW,
) -> PriceSource:
    client = client_of(teller.name, home, clock=SetClock(now), bounds=BOUNDS)
    return teller.make(client=client, evidence=evidence or MemoryEvidence(), base_url=server.url)


def why_not(teller: Teller, server: Script, now: datetime = NOW) -> tuple[str, str]:
    """Return why *teller* told no price, and in what words; nothing may be kept of what it answered."""
    evidence = MemoryEvidence()
    found = fetch_prices([BTC], [made(teller, server, evidence=evidence, now=now)], clock=SetClock(now))
    assert (found.samples, evidence.kept) == ((), {})
    (pending,) = found.unpriced
    return pending.why, pending.reason


@EVERY
def test_where_all_is_well_the_price_is_told_with_its_pair_and_its_words(teller: Teller, server: Script) -> None:
    server.answer = lambda _path: Reply(body=teller.body)
    evidence = MemoryEvidence()
    found = fetch_prices([BTC], [made(teller, server, evidence=evidence)], clock=SetClock(NOW))
    (sample,) = found.samples
    assert (sample.price_usd, sample.source, sample.pair, sample.legs) == (teller.price, teller.name, "BTC/USD", ())
    is_hour = sample.interval == "3600s"
    assert int(sample.at.timestamp()) == (HOUR if is_hour else START)
    assert is_hour == (sample.sampled is not None)
    assert sample.evidence in evidence.kept


@EVERY
@pytest.mark.parametrize("status", [429, 418])
def test_rate_limited_is_told_apart_and_its_wait_is_kept(status: int, teller: Teller, server: Script) -> None:
    server.answer = lambda _path: Reply(status=status, headers={"Retry-After": "77"}, body=teller.limited)
    (pending,) = fetch_prices([BTC], [made(teller, server)], clock=SetClock(NOW)).unpriced
    assert (pending.why, pending.wait_seconds) == ("rate_limited", 77)
    assert f"status {status}" in pending.reason


GZIPPED = {"Content-Encoding": "gzip"}
BROKEN = {
    "500": (Reply(status=500, body=b"{}"), "unreachable"),
    "503": (Reply(status=503, body=b"<html>", media="text/html"), "unreachable"),
    "reset": (Reply(hang_up=True), "unreachable"),
    "HTML": (Reply(body=b"<html><h1>Maintenance</h1></html>", media="text/html"), "refused"),
    "HTML that says it is JSON": (Reply(body=b"<html></html>"), "refused"),
    "truncated": (Reply(body=b'{"prices": [[17', declared=900), "unreachable"),
    "empty": (Reply(body=b""), "refused"),
    "an error in a success": (Reply(body=b'{"error": "internal"}'), "refused"),
    "an error in a list": (Reply(body=b'["error"]'), "refused"),
    "gzip bomb": (Reply(body=gzip.compress(b" " * 5_000_000), headers=GZIPPED), "refused"),
    "too large": (Reply(body=b"[" + b" " * 2_000_000 + b"]"), "refused"),
    "NaN": (Reply(body=b"[NaN]"), "refused"),
    "a huge integer": (Reply(body=b"[[" + b"9" * 5000 + b"]]"), "refused"),
    "a key twice": (Reply(body=b'{"prices": [], "prices": []}'), "refused"),
    "401": (Reply(status=401, body=b'{"error":"no key"}'), "refused"),
    "451": (Reply(status=451, body=b"{}"), "refused"),
    "another's 404": (Reply(status=404, body=b"<html>", media="text/html"), "refused"),
    "elsewhere": (Reply(status=302, headers={"Location": "http://127.0.0.1:9/"}, body=b"{}"), "refused"),
    "deep": (Reply(body=b"[" * 5000 + b"]" * 5000), "refused"),
}


@EVERY
@pytest.mark.parametrize("fault", BROKEN)
def test_no_fault_becomes_a_price_and_each_is_told_for_what_it_is(fault: str, teller: Teller, server: Script) -> None:
    reply, expected = BROKEN[fault]
    server.answer = lambda _path: reply
    why, reason = why_not(teller, server)
    assert why == expected, reason
    assert reason.startswith(f"{teller.name}: ")


def changed(body: bytes, factor: float, at: int | None = None) -> bytes:
    """Return *body* with every price times *factor*, or only that of one row."""
    count = -1

    def row(value: Any) -> Any:
        nonlocal count
        if isinstance(value, dict) and "USD" in value:
            count += 1
            return {**value, "USD": value["USD"] * factor} if at in (None, count) else value
        if isinstance(value, dict):
            return {key: row(item) for key, item in value.items()}
        if isinstance(value, list) and value and not isinstance(value[0], list | dict):
            count += 1
            if at not in (None, count):
                return value
            return [
                cell if place == 0 or isinstance(cell, int) or place > 5 else type(cell)(float(cell) * factor)
                for place, cell in enumerate(value)
            ]
        return [row(item) for item in value] if isinstance(value, list) else value

    return dumped(row(json.loads(body)))


@pytest.mark.parametrize("factor", [100, 1 / 100, 1e8])
@pytest.mark.parametrize(
    "teller", [each for each in TELLERS if each.name in ("coinbase", "kraken")], ids=lambda t: t.name
)
def test_a_candle_in_another_unit_than_its_neighbours_is_refused(factor: float, teller: Teller, server: Script) -> None:
    rows = json.loads(teller.body)
    many = rows if isinstance(rows, list) else rows["result"]["XXBTZUSD"]
    if isinstance(rows, dict):
        many.extend([[START + 60 * n, *many[0][1:]] for n in range(4, 9)])
    server.answer = lambda _path: Reply(body=changed(dumped(rows), factor, at=3))
    why, reason = why_not(teller, server)
    assert (why, "another unit" in reason or "no coin costs" in reason) == ("refused", True)


@EVERY
@pytest.mark.parametrize("days", [-400, 400])
def test_a_page_of_another_time_is_refused_and_never_no_price(days: int, teller: Teller, server: Script) -> None:
    seconds = days * 86_400

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: item + seconds if key == "time" else moved(item) for key, item in value.items()}
        if isinstance(value, list) and value and isinstance(value[0], int):
            in_milliseconds = value[0] > 10**11
            shifted = [value[0] + seconds * (1000 if in_milliseconds else 1), *value[1:]]
            if len(value) == 12:
                shifted[6] += seconds * 1000
            return shifted
        return [moved(item) for item in value] if isinstance(value, list) else value

    server.answer = lambda _path: Reply(body=dumped(moved(json.loads(teller.body))))
    why, reason = why_not(teller, server, NOW + timedelta(days=2) if teller.name == "mempool" else NOW)
    if teller.name == "mempool" and days < 0:
        assert why == "stale", "it tells the newest before, which is no fault"
        assert "399 days 23 h before" in reason
    else:
        assert why == "refused", reason


@EVERY
def test_the_order_and_the_repetition_of_rows_are_no_matter(teller: Teller, server: Script) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(item) for key, item in value.items()}
        is_rows = isinstance(value, list) and value and isinstance(value[0], list)
        return [*value[::-1], *value] if is_rows else value

    if teller.name == "kraken":
        pytest.skip("its last row is the one that is open: another order is another answer, tested there")
    server.answer = lambda _path: Reply(body=dumped(turned(json.loads(teller.body))))
    found = fetch_prices([BTC], [made(teller, server)], clock=SetClock(NOW))
    assert [sample.price_usd for sample in found.samples] == [teller.price]


def payloads(teller: Teller) -> list[tuple[str, bytes]]:
    """Return answers of *teller* gone wrong, each of which must not be believed."""
    unread = {"market_caps", "total_volumes", "exchangeRates", "last"}

    def is_read(at: mutations.Path) -> bool:
        if unread & set(at):
            return False
        return not (teller.name == "binance" and at[-1] in (7, 9, 10, 11)) and not (
            teller.name == "kraken" and at[-2] == 3
        )

    def matters(at: mutations.Path, bad: object) -> bool:
        if teller.name == "mempool":
            return is_read(at) and not (at[-1] == "USD" and bad == -1)
        return is_read(at) and not (bad == 10**30 and at[-1] in (5, 6, 7, 8))

    found = [*mutations.text_gone_wrong(teller.body), *mutations.leaves_gone_wrong(teller.body, matters)]
    found += mutations.parts_missing(teller.body, lambda at: is_read(at) or teller.name in ("coinbase", "binance"))
    return found


@pytest.mark.parametrize(
    "teller", [each for each in TELLERS if each.name in ("binance", "coingecko", "mempool")], ids=lambda t: t.name
)
def test_no_malformed_answer_becomes_a_price(teller: Teller, server: Script, tmp_path: Path) -> None:
    many = dict(payloads(teller))
    (market,) = (one for one in MARKETS if one.of == teller.name)
    chance, true = stream(47), Said(body=teller.body)
    while len(many) < FEWEST:
        what, made_of_it = gone_wrong(true, chance, market.reads)
        if made_of_it == true.of(body=made_of_it.body):  # how it is carried, the tests above tell
            many.setdefault(what, made_of_it.body)
    assert len({*many.values()}) > FEWEST * 9 // 10, "some ways end in the same bytes"
    tried = 0
    for what, payload in many.items():
        server.answer = lambda _path, payload=payload: Reply(body=payload)  # type: ignore[misc] # mypy reads no default of a lambda
        evidence = MemoryEvidence()
        source = made(teller, server, evidence=evidence, home=tmp_path)
        found = fetch_prices([BTC], [source], clock=SetClock(NOW))
        assert (found.samples, evidence.kept) == ((), {}), what
        assert [pending.why for pending in found.unpriced] == ["refused"], f"{what}: {found.unpriced}"
        tried += 1
    assert tried >= FEWEST
