"""Each word of the vendors' own documentation has a meaning, is asked about or is refused by its name, as docs say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.exchanges.coinbase_words import FILL, REFUSED, TRADE, WORDS
from lotwork.ingest.exchanges.source import SOURCE
from lotwork.ledger.errors import SourceRefusedError
from tests.ingest.exchanges.kit import BinanceUS, Coinbase, fill, leg, milli, transaction, world

CODE = re.compile("`([A-Za-z0-9_ ]+)`")
AT = "2026-03-05T10:00:00Z"
SHOWN = {
    "a purchase": {"purchase"},
    "a sale": {"sale sold"},
    "coins that came, a question until you say what they are": {"receipt unexplained"},
    "coins that came, a question likewise": {"receipt unexplained"},
    "a movement": {"movement"},
    "income of staking": {"receipt staking"},
    "income of staking, once where both tell it": {"receipt staking"},
    "other income": {"receipt other"},
    "an airdrop": {"receipt airdrop"},
    "coins that were spent": {"sale spent"},
    "a sale of what left; what came, a question": {"sale sold"},
    "left out: coins moved within Coinbase": {"left out"},
    "left out: dollars": {"left out"},
    "asked about, its coins a question": {"asked receipt unexplained", "asked movement"},
    "refused by its name": {"refused"},
}
"""What a row of the tables of docs/sources.md says, and what then happens."""
CAME = frozenset(word for word, each in WORDS.items() if each.way > 0) | {"send", "subscription_rebate", "cardbuyback"}


def _rows(after: str) -> Iterator[tuple[list[str], str]]:
    table = SOURCE.docs.split(after, 1)[1].split("|---|---|\n", 1)[1].split("\n\n", 1)[0]
    for line in table.splitlines():
        words, says = (cell.strip() for cell in line.strip("|").split("|"))
        yield CODE.findall(words.split(", and ")[0]), says


COINBASE = [(word, says) for words, says in _rows("What Coinbase calls") for word in words]
BINANCE = [(word, says) for words, says in _rows("What Binance.US tells") for word in words]


def _said(home: Path, answers: Any, ref: str, **settings: Any) -> str:
    with world(home, answers, **settings) as here:
        try:
            here.look()
        except SourceRefusedError as refused:
            return "refused" if ref in str(refused) else "all is refused"
        told = [each for each in here.public() if each["kind"] != "asset"]
        if not told:
            assert any("no events" in words for words in here.told)
            return "left out"
        (one,) = told
        asked = "asked " if any("your word is needed" in words for words in here.told) else ""
        more = (
            one.get("doubt") or one.get("income") or one.get("disposition") or ("sold" if one["kind"] == "sale" else "")
        )
        return f"{asked}{one['kind']} {more}".strip()


def test_the_table_names_every_word_and_no_other_once() -> None:
    named = [word for word, _ in COINBASE]
    assert sorted(named) == sorted({*WORDS, *REFUSED, TRADE, FILL})


@pytest.mark.parametrize(("word", "says"), [pair for pair in COINBASE if pair[0] not in (TRADE, FILL)])
def test_a_word_of_coinbase_is_what_the_table_says(tmp_path: Path, word: str, says: str) -> None:
    if word.startswith("fiat_"):
        amount, dollars = "100 USD", "100"
    else:
        amount, dollars = ("0.5 BTC", "40000") if word in CAME else ("-0.5 BTC", "-40000")
    answers = Coinbase({"W": [transaction("a1", word, AT, amount, dollars)]}, [])
    assert _said(tmp_path, answers, "a1", service="coinbase") in SHOWN[says]


@pytest.mark.parametrize(("word", "says"), BINANCE)
@pytest.mark.parametrize("spelled", [str, str.upper, lambda word: word.replace(" ", "_")], ids=["", "high", "under"])
def test_a_distribution_of_binance_us_is_what_the_table_says(
    tmp_path: Path, word: str, says: str, spelled: Any
) -> None:
    at = milli("2026-03-05 11:00:00")
    given = {"asset": "ETH", "amount": "1", "divTime": at, "category": spelled(word), "tranId": 1}
    answers = BinanceUS(distributions=[given])
    assert _said(tmp_path, answers, "distribution-1", service="binanceus") in SHOWN[says]


@pytest.mark.parametrize(
    ("word", "amount"),
    [("sell", "0.5 BTC"), ("buy", "-0.5 BTC"), ("cardspend", "0.5 BTC"), ("receive", "-0.5 BTC"),
     ("exchange_deposit", "7 USDC"), ("staking_reward", "-0.1 ETH")],
)  # fmt: skip
def test_coins_that_go_the_other_way_are_asked_about(tmp_path: Path, word: str, amount: str) -> None:
    answers = Coinbase({"W": [transaction("a1", word, AT, amount, "40000")]}, [])
    came = "asked movement" if amount.startswith("-") else "asked receipt unexplained"
    assert _said(tmp_path, answers, "a1", service="coinbase") == came


@pytest.mark.parametrize("word", ["interest", "staking_reward", "clawback", "tx"])
def test_what_is_asked_of_dollars_is_named_at_each_poll(tmp_path: Path, word: str) -> None:
    answers = Coinbase({"W": [transaction("a1", word, AT, "12.50 USD", "12.50")]}, [])
    with world(tmp_path, answers, service="coinbase") as here:
        for new in (1, 0):
            assert here.look() == new
            assert any(f"a1: your word is needed: {word}" in words for words in here.told)
            assert [one.subject for one in here.suspense()] == ["a1"]
        assert here.look(done=("a1",)) == 1
        assert here.suspense() == []
        assert not any("a1" in words for words in here.told)


def _eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(
            [transaction("a1", "buy", AT, "0.5 BTC", "4", buy={"subtotal": _eur("4"), "total": _eur("5")})],
            id="paid in EUR",
        ),
        pytest.param([transaction("a1", "trade", AT, "0.5 BTC", "4", trade={"id": "t"})], id="one side"),
        pytest.param(
            [
                transaction("a1", "trade", AT, "0.5 BTC", "4", trade={"id": "t"}),
                transaction("a2", "trade", AT, "-4 EUR", "-4", trade={"id": "t"}),
            ],
            id="converted from EUR",
        ),
    ],
)
def test_an_odd_trade_is_a_question_and_stops_no_other_row(tmp_path: Path, odd: list[dict[str, Any]]) -> None:
    sound = transaction("b1", "staking_reward", AT, "0.1 BTC", "8600")
    with world(tmp_path, Coinbase({"W": [*odd, sound]}, []), service="coinbase") as here:
        here.look()
        told = {each["id"]: each for each in here.public()}
        assert told["coinbase:b1"]["income"] == "staking"
        assert told["coinbase:a1"]["doubt"] == "unexplained"
        assert len(told) == 2


@pytest.mark.parametrize(("side", "kind"), [("SELL", "movement"), ("BUY", "receipt")])
def test_a_fill_with_a_rebate_is_a_question_and_stops_no_other_row(tmp_path: Path, side: str, kind: str) -> None:
    fills = [
        fill("f1", AT, side, "BTC-USD", "86000", "0.01", "-0.86"),
        fill("f2", AT, "BUY", "BTC-USD", "86000", "0.02", "1.72"),
    ]
    with world(tmp_path, Coinbase({}, fills), service="coinbase") as here:
        here.look()
        told = {each["id"]: each["kind"] for each in here.public()}
        assert told == {"coinbase:f1": kind, "coinbase:f2": "purchase"}
        assert any("rebate" in words for words in here.told)


def test_the_dollars_of_a_fill_that_is_not_listed_are_told_by_its_coins(tmp_path: Path) -> None:
    legs = [
        leg("l1", AT, "order-x", "BTC-USD", "-0.01 BTC", "-860.00"),
        leg("l2", AT, "order-x", "BTC-USD", "856.56 USD", "856.56"),
    ]
    with world(tmp_path, Coinbase({"W": legs}, []), service="coinbase") as here:
        here.look()
        assert [each["id"] for each in here.public()] == ["coinbase:l1"]
        assert not any("l2" in words for words in here.told)


@pytest.mark.parametrize("state", [2, 7])
def test_a_deposit_that_never_came_is_not_waited_for(tmp_path: Path, state: int) -> None:
    lost = {"id": "d1", "amount": "0.05", "coin": "BTC", "status": state, "txId": "", "address": "bc1q",
            "insertTime": milli("2026-03-02 10:20:00")}  # fmt: skip
    with world(tmp_path, BinanceUS(deposits=[lost]), service="binanceus") as here:
        here.look()
        cursor = here.store.cursor("main", "exchange-api") or ""
        assert f'"through":{milli("2026-03-20 12:00:00") // 1000}' in cursor
