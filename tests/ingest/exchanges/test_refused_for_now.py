"""An exchange that refuses for now: in its own words, with what to do, no event and no step of the cursor.

The real ccxt asks a server on the loopback, which answers in the forms that each exchange documents.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.exchanges import talk as talking
from lotwork.ingest.exchanges.source import build
from lotwork.ingest.exchanges.talk import Talk
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.ingest.exchanges.kit import BinanceUS, Coinbase, Kraken, bought_or_sold, expected, fill, world
from tests.ingest.exchanges.test_process import KEY, over_http, pem
from tests.ingest.scripted_server import Reply, serving

__all__ = ["pem"]
WAITS, REFUSES = SourceUnreachableError, SourceRefusedError
CLOCK = "clock of this machine is right .timedatectl"
HTML = "text/html"
CASES: dict[str, tuple[str, list[tuple[Reply, type[Exception], str]]]] = {
    "coinbase": (
        "v2_private_get_accounts",
        [
            (
                Reply(status=401, body=b'{"errors":[{"id":"expired_token","message":"The access token expired"}]}'),
                REFUSES, f"{CLOCK}.*The access token expired",
            ),
            (Reply(status=401, body=b"Unauthorized", media="text/plain"), REFUSES, f"{CLOCK}.*Unauthorized"),
            (
                Reply(
                    status=429, headers={"Retry-After": "30"},
                    body=b'{"errors":[{"id":"rate_limit_exceeded","message":"Too many requests"}]}',
                ),
                WAITS, "in 30 s.*Too many requests",
            ),
            (Reply(status=503, body=b"<html>maintenance</html>", media=HTML), WAITS, "did not answer.*maintenance"),
            (Reply(status=403, body=b"<html>error 1015</html>", media=HTML), WAITS, "did not answer.*1015"),
        ],
    ),
    "binanceus": (
        "private_get_account",
        [
            (
                Reply(status=400, body=b'{"code":-1021,"msg":"Timestamp is outside of the recvWindow."}'),
                REFUSES, f"{CLOCK}.*outside of the recvWindow",
            ),
            (
                Reply(status=418, headers={"Retry-After": "300"}, body=b'{"code":-1003,"msg":"Way too many requests"}'),
                WAITS, "in 300 s.*Way too many",
            ),
            (Reply(status=503, body=b"System maintenance", media="text/plain"), WAITS, "did not answer.*maintenance"),
            (
                Reply(status=401, body=b'{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}'),
                REFUSES, "does not take this key.*Invalid API-key, IP",
            ),
        ],
    ),
    "gemini": (
        "private_post_v1_mytrades",
        [
            (
                Reply(
                    status=400,
                    body=b'{"result":"error","reason":"InvalidNonce","message":"Nonce not within 30 seconds"}',
                ),
                REFUSES, f"{CLOCK}.*Nonce not within",
            ),
            (
                Reply(status=503, body=b'{"result":"error","reason":"Maintenance","message":"undergoing maintenance"}'),
                WAITS, "did not answer.*undergoing maintenance",
            ),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("service", CASES)
def test_why_it_refuses_is_told_in_its_own_words(service: str, pem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "FIRST_WAIT_SECONDS", 0.0)
    call, cases = CASES[service]
    key = dict(KEY)
    if service == "coinbase":
        key = {"apiKey": "organizations/00000000/apiKeys/11111111", "secret": pem.replace("\\n", "\n")}
    if service == "gemini":
        key["apiKey"] = "account-0123456789abcdef"
    with serving() as script:
        options: dict[str, Any] = {"clock": SystemClock(), "deadline_seconds": 5, "base_url": script.url}
        with Talk(f"{service}-api", service, key, **options) as talk:
            for reply, kind, words in cases:
                script.queue.extend([reply] * talking.ATTEMPTS)
                with pytest.raises(kind, match=words):
                    talk.ask(call, {}, "an answer")
                script.queue.clear()


def test_nothing_is_recorded_meanwhile_and_the_next_look_goes_on(tmp_path: Path) -> None:
    answers = Kraken(size=5)
    with serving() as script, world(tmp_path, answers) as here:
        over_http(answers, script, "kraken")
        account = build(here.section(base_url=script.url, allow_private=True), here.context())

        def refused(words: str) -> None:
            with pytest.raises((WAITS, REFUSES), match=words):
                watch_once(account, here.store)
            assert here.store.cursor("main", account.name) is None
            assert not list(here.store.read("main"))

        script.queue.append(Reply(status=429, headers={"Retry-After": "120"}))
        refused("in 120 s")
        asked = len(script.asked)
        refused("to be left alone for 1[12][0-9] s more")
        assert len(script.asked) == asked, "it is left alone"
        here.clock.move(121)
        script.queue.extend([Reply(body=b'{"error":["EAPI:Invalid nonce"]}')] * 2)
        refused("timedatectl.*Invalid nonce")
        script.queue.clear()
        assert watch_once(account, here.store) == len(expected("kraken-ledgers.csv")) + 1


def _quantities(here: Any) -> list[int]:
    return [each.quantity for each in here.events() if hasattr(each, "proceeds_usd_micros")]


def test_two_trades_of_one_second_and_size_are_two_events_and_never_one(tmp_path: Path) -> None:
    at = "2026-03-05T15:31:00Z"
    filled = [fill(name, at, "SELL", "BTC-USD", "86000", "0.01", "3.44", order_id=f"o{name}") for name in ("1", "2")]
    with world(tmp_path / "c", Coinbase({}, filled), service="coinbase", name="coinbase-api") as here:
        here.look()
        assert _quantities(here) == [1_000_000] * 2
        here.look()
        assert _quantities(here) == [1_000_000] * 2
        assert not {"likely_twins", "told_as_two"} & {*here.findings().values()}
    binance = BinanceUS()
    binance.trades["BTCUSD"] = [
        bought_or_sold(number, "BTCUSD", "2026-03-03 11:00:00", "sell", "0.02", "1700", "1", "USD") for number in (7, 8)
    ]
    with world(tmp_path / "b", binance, service="binanceus", name="binance-api") as here:
        here.look()
        assert _quantities(here) == [2_000_000] * 2


def test_forty_fills_of_one_order_size_and_second_are_forty_events(tmp_path: Path) -> None:
    at = "2026-03-05T15:31:00Z"
    filled = [fill(str(n), at, "SELL", "BTC-USD", "86000", "0.001", "0.34", order_id="one") for n in range(40)]
    with world(tmp_path, Coinbase({}, filled, size=7), service="coinbase", name="coinbase-api") as here:
        here.look()
        assert _quantities(here) == [100_000] * 40
        here.look()
        assert len(here.events()) == 40
