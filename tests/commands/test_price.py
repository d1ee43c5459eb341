"""`lotwork price`, and what waits for one: which price holds, why none was had, and what to do in each state."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.service.prices_asked import FILE
from tests.commands.calling import Caller

AT = "2026-02-03T04:05:06Z"
RECEIPT = {"kind": "receipt", "id": "r", "at": AT, "wallet": "w", "asset": "BTC", "quantity": "2", "income": "bonus"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime(2026, 3, 6, 12, tzinfo=UTC))


def price(name: str, usd: str, **more: Any) -> dict[str, Any]:
    line = {
        "kind": "price",
        "id": name,
        "at": "2026-02-03T04:05:00Z",
        "asset": "BTC",
        "price_usd": usd,
        "interval": "60s",
    }
    return line | more


def looked_up(lotwork: Caller, *words: str, at: str = AT) -> dict[str, Any]:
    told = lotwork("price", "BTC", "--at", at, *words, "--json").result
    assert told["schema"] == "lotwork.price.v1"
    return dict(told)


def noted(lotwork: Caller, why: str, again: str | None = None, reason: str = "coinbase: so it says") -> None:
    """Write what a round of prices left behind."""
    note = {
        "why": why,
        "reason": reason,
        "first": "2026-03-06T10:00:00Z",
        "asked": "2026-03-06T11:00:00Z",
        "again": again,
    }
    of_source = {"coinbase": {"quiet_until": again, "trouble": reason} if why == "rate_limited" else {}}
    told = {"setup": "", "books": {"main": {f"BTC {AT}": note}}, "sources": of_source, "progress": {}}
    (lotwork.home / FILE).write_text(json.dumps(told))


def test_the_price_that_holds_is_told_with_all_that_it_rests_on(lotwork: Caller) -> None:
    hour = price("h", "71000", interval="1h", at="2026-02-03T04:00:00Z", source="kraken", pair="BTC/USD")
    minute = price("m", "70000", source="kraken", instead_of="coinbase (not reached)", sampled="2026-02-03T04:05:30Z")
    lotwork.take(RECEIPT, hour, minute, price("n", "70010", source="binance"))
    told = looked_up(lotwork)
    assert told["price"] == {
        "price_usd": "70000", "source": "kraken", "at": "2026-02-03T04:05:00Z", "until": "2026-02-03T04:06:00Z",
        "interval": "60s", "sampled": "2026-02-03T04:05:30Z", "pair": None, "legs": [],
        "instead_of": "coinbase (not reached)", "event": "m",
    }  # fmt: skip
    assert [each["event"] for each in told["others"]] == ["n"]
    assert (told["next"], told["waits"]) == ([], None)
    assert "coinbase (not reached)" in lotwork("price", "BTC", "--at", "2026-02-03T04:05Z").out
    assert looked_up(lotwork, at="2026-02-03T06:07+01:30")["price"]["event"] == "h"
    assert looked_up(lotwork, at="2026-02-03T05:00Z")["price"] is None


def test_a_price_of_an_instant_holds_for_an_hour_around_it_and_a_void_one_never(lotwork: Caller) -> None:
    lotwork.take({"kind": "price", "id": "i", "at": "2026-02-03T04:00:00Z", "asset": "BTC", "price_usd": "70000"})
    told = looked_up(lotwork)["price"]
    assert (told["event"], told["source"], told["until"], told["interval"]) == (
        "i",
        "manual",
        "2026-02-03T05:00:00Z",
        None,
    )
    lotwork("add", "void", "target=i", "reason=slip")
    assert looked_up(lotwork)["price"] is None


def test_where_none_holds_it_tells_who_would_be_asked(lotwork: Caller) -> None:
    lotwork("init", "--no-input")
    lotwork.take(RECEIPT)
    (lotwork.home / "config.toml").write_text('[prices]\nsources = ["coinbase", "kraken"]\n')
    assert [(each["source"], each["state"].split()[0]) for each in looked_up(lotwork)["next"]] == [
        ("coinbase", "asked"), ("kraken", "asked")
    ]  # fmt: skip
    noted(lotwork, "rate_limited", "2026-03-06T12:10:00Z")
    first, _ = looked_up(lotwork)["next"]
    assert (first["state"], first["trouble"]) == (
        "rate limited: not before 2026-03-06T12:10:00Z",
        "coinbase: so it says",
    )
    assert looked_up(lotwork)["waits"]["why"] == "rate_limited"
    assert "rate limited: coinbase: so it says" in lotwork("price", "BTC", "--at", AT).out
    assert "not before the minute is over" in looked_up(lotwork, at="2026-03-06T11:59:30Z")["next"][0]["state"]


@pytest.mark.parametrize("words", [("btc", AT), ("DOGS", AT), ("BTC", "yesterday"), ("BTC", "2026-02-03")], ids=str)
def test_what_cannot_be_looked_up_is_refused_with_what_is_meant(lotwork: Caller, words: tuple[str, str]) -> None:
    lotwork.take(RECEIPT)
    told = lotwork("price", words[0], "--at", words[1], code=2).err
    assert any(each in told for each in ("did you mean BTC?", "DOGS: no such coin", "write RFC 3339, like"))


@pytest.mark.parametrize(
    ("why", "again", "says", "to_do"),
    [
        ("no_price", None, "no price exists (coinbase: so it says)", "record it with `lotwork add price asset=BTC"),
        ("stale", None, "stale (coinbase", "`lotwork poll --anew`"),
        ("unknown_coin", "2026-03-06T13:00:00Z", "coin not known there", "asked for again after 2026-03-06T13:00:00Z"),
        ("rate_limited", "2026-03-06T12:10:00Z", "rate limited", "asks again after 2026-03-06T12:10:00Z, not before"),
        ("unreachable", "2026-03-06T12:00:30Z", "not reached", "`lotwork poll` asks again at once"),
        ("refused", "2026-03-06T12:00:30Z", "refused", "`lotwork poll` asks again at once"),
        ("round_over", "2026-03-06T12:00:00Z", "not asked yet", "`lotwork poll` asks for it"),
    ],
)
def test_what_waits_says_why_and_what_to_do(
    lotwork: Caller, why: str, again: str | None, says: str, to_do: str
) -> None:
    lotwork.take(RECEIPT)
    income = ("income", "--year", "2026")
    (untold,) = lotwork(*income, "--json", code=1).result["findings"]
    assert "run `lotwork poll`; where it stays so, `lotwork price BTC --at 2026-02-03T04:05:06Z`" in untold["message"]
    before = lotwork(*income, "--json", code=1).result
    noted(lotwork, why, again)
    after = lotwork(*income, "--json", code=1).result
    (told,) = after["findings"]
    assert (told["code"], told["event"]) == ("receipt_pending", "r")
    assert f"{says}" in told["message"]
    assert to_do in told["message"]
    assert before | {"findings": []} == after | {"findings": []}
