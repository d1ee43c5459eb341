"""Rows of odd and hostile exchanges: each is a question or refused by its name, and none stops or hides another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Purchase
from tests.ingest.exchanges.kit import (
    BinanceUS,
    Coinbase,
    Gemini,
    Kraken,
    bought_or_sold,
    epoch,
    fill,
    milli,
    staked,
    trade,
    transaction,
    transfer,
    world,
)

AT = milli("2026-03-05 11:00:00")
SOUND = {"asset": "ETH", "amount": "0.1", "divTime": AT, "category": "Staking Rewards", "tranId": 99}
ORDER: dict[str, Any] = {
    "orderId": "o1", "orderStatus": "SUCCESS", "fromCoin": "USD", "fromAmount": 100.5, "toCoin": "BTC",
    "toAmount": 0.001, "feeCoin": "USD", "feeAmount": "0.5", "createTime": AT,
}  # fmt: skip


def _earned(money: str) -> dict[str, Any]:
    return {
        "refid": "E1", "time": epoch("2026-03-05 10:00:00"), "type": "earn", "subtype": "reward", "aclass": "currency",
        "asset": money, "amount": "5", "fee": "0", "balance": "1",
    }  # fmt: skip


def _told(home: Path, answers: Any, **settings: Any) -> tuple[dict[str, str], str]:
    """Return what a look recorded, the kinds by their ids, and what it said."""
    with world(home, answers, **settings) as here:
        refused = ""
        try:
            here.look()
        except SourceRefusedError as error:
            refused = str(error)
        events = {each["id"]: each["kind"] for each in here.public() if each["kind"] != "asset"}
        return events, " ".join([*here.told, refused])


@pytest.mark.parametrize(
    ("side", "fee", "coin", "events"),
    [
        ("sell", "-0.5", "USD", {"BTCUSD-1": "movement"}),
        ("buy", "-0.5", "USD", {"BTCUSD-1": "receipt"}),
        ("sell", "-0.00001", "BNB", {"BTCUSD-1": "movement"}),
        ("buy", "-0.00001", "BTC", {"BTCUSD-1": "receipt"}),
    ],
)
def test_a_rebate_is_never_booked_as_a_fee(
    tmp_path: Path, side: str, fee: str, coin: str, events: dict[str, str]
) -> None:
    binance = BinanceUS(distributions=[SOUND])
    binance.trades["BTCUSD"] = [bought_or_sold(1, "BTCUSD", "2026-03-04 11:00:00", side, "0.01", "860", fee, coin)]
    told, said = _told(tmp_path, binance, service="binanceus")
    assert told == {"binance-us:distribution-99": "receipt"} | {
        f"binance-us:{ref}": each for ref, each in events.items()
    }
    assert "BTCUSD-1: your word is needed: its fee is below 0" in said


def test_both_coins_of_a_swap_with_a_rebate_are_questions(tmp_path: Path) -> None:
    binance = BinanceUS(otc=[ORDER | {"fromCoin": "ETH", "feeCoin": "BNB", "feeAmount": "-0.1"}])
    told, said = _told(tmp_path, binance, service="binanceus")
    assert told == {"binance-us:otc-o1": "movement", "binance-us:otc-o1:2": "receipt"}
    assert said.count("its fee is below 0") == 2


@pytest.mark.parametrize("fee", [0.5, "0.5", "0.50"])
def test_the_fee_of_an_order_counts_however_it_is_written(tmp_path: Path, fee: object) -> None:
    with world(tmp_path, BinanceUS(ocbs=[ORDER | {"feeAmount": fee}]), service="binanceus") as here:
        here.look()
        (bought,) = here.events()
        assert isinstance(bought, Purchase)
        assert bought.fee_usd_micros == 500_000


@pytest.mark.parametrize("state", ["REFUNDED", "PARTIAL_SUCCESS", "Reversed"])
def test_an_order_in_a_state_that_nobody_knows_is_refused_by_it(tmp_path: Path, state: str) -> None:
    binance = BinanceUS(ocbs=[ORDER | {"orderStatus": state}], distributions=[SOUND])
    told, said = _told(tmp_path, binance, service="binanceus")
    assert told == {"binance-us:distribution-99": "receipt"}
    assert f"ocbs-o1: type: 'Convert: order {state.upper()}'" in said


@pytest.mark.parametrize("state", ["PENDING", "PROCESSING", "CREATED"])
def test_an_order_that_is_not_over_is_waited_for(tmp_path: Path, state: str) -> None:
    binance = BinanceUS(ocbs=[ORDER | {"orderStatus": state}])
    with world(tmp_path, binance, service="binanceus") as here:
        assert here.look() == 0
        here.clock.move(30 * 86_400)
        binance.lists["ocbs"][0]["orderStatus"] = "SUCCESS"
        assert here.look() == 1


@pytest.mark.parametrize(
    "other", [{"asset": "BTC"}, {"amount": "0.2"}, {"divTime": AT + 60_000}, {"category": "Others"}], ids=str
)
def test_a_second_row_of_an_id_that_tells_something_else_is_told(tmp_path: Path, other: dict[str, Any]) -> None:
    told, said = _told(tmp_path, BinanceUS(distributions=[SOUND, SOUND | other]), service="binanceus")
    assert told == {"binance-us:distribution-99": "receipt"}
    assert "another row has its id" in said


def test_a_row_that_is_told_twice_alike_is_one(tmp_path: Path) -> None:
    told, said = _told(tmp_path, BinanceUS(distributions=[SOUND, dict(SOUND)]), service="binanceus")
    assert told == {"binance-us:distribution-99": "receipt"}
    assert "another row" not in said


@pytest.mark.parametrize("paid", [("0", "86"), ("-86", "0"), ("-86.0000", "0.0000")])
def test_a_trade_whose_fee_was_paid_with_credits_is_in_the_book_as_a_question(
    tmp_path: Path, paid: tuple[str, str]
) -> None:
    sides = (("XXBT", "-0.01", "0"), ("ZUSD", "860", "0"), ("KFEE", *paid))
    entries = {
        f"L{place}AAAA-AAAAA-AAAAA": {
            "refid": "T1", "time": epoch("2026-03-05 10:00:00"), "type": "trade", "subtype": "", "aclass": "currency",
            "asset": asset, "amount": amount, "fee": fee, "balance": "1",
        }
        for place, (asset, amount, fee) in enumerate(sides)
    }  # fmt: skip
    told, said = _told(tmp_path, Kraken(entries))
    assert told == {"kraken:L0AAAA-AAAAA-AAAAA": "movement"}
    assert "refid joins 3 rows" in said


@pytest.mark.parametrize(
    ("odd", "says", "held"),
    [
        (trade(1, "2026-03-03 11:00:00", "Sell", "BTCUSD", "86000", "0.01", "-2", "USD"), "below 0", {"1": "movement"}),
        (trade(1, "2026-03-03 11:00:00", "Buy", "BTCUSD", "86000", "0.01", "-0.1", "BTC"), "below 0", {"1": "receipt"}),
        (trade(1, "2026-03-03 11:00:00", "Block", "BTCUSD", "86000", "0.01", "2", "USD"), "of the side Block", {}),
    ],
)
def test_an_odd_trade_of_gemini_stops_no_other(
    tmp_path: Path, odd: dict[str, Any], says: str, held: dict[str, str]
) -> None:
    sound = trade(2, "2026-03-04 11:00:00", "Sell", "BTCUSD", "86000", "0.01", "2", "USD")
    told, said = _told(tmp_path, Gemini(trades=[odd, sound]), service="gemini")
    assert told == {"gemini:2": "sale"} | {f"gemini:{name}": kind for name, kind in held.items()}
    assert says in said


@pytest.mark.parametrize("status", ["reversed", "on_hold", "returned"])
def test_a_state_of_coinbase_that_nobody_knows_is_refused_by_it(tmp_path: Path, status: str) -> None:
    rows = [
        transaction("a1", "sell", "2026-03-02T10:00:00Z", "-0.1 BTC", "-8600", status=status),
        transaction("b1", "staking_reward", "2026-03-02T10:00:00Z", "0.1 BTC", "8600"),
    ]
    told, said = _told(tmp_path, Coinbase({"W": rows}, []), service="coinbase")
    assert told == {"coinbase:b1": "receipt"}
    assert f"a1: Transaction Type: 'sell {status}'" in said


@pytest.mark.parametrize("at", ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59.999999999Z", "2026-03-08T10:00:00+00:00"])
def test_an_instant_at_the_end_of_a_year_or_of_winter_time_stays_where_it_was(tmp_path: Path, at: str) -> None:
    row = transaction("b1", "staking_reward", at, "0.1 BTC", "8600")
    with world(tmp_path, Coinbase({"W": [row]}, []), service="coinbase") as here:
        here.look(start=here.clock.now().replace(year=2025, month=1, day=1).date())
        (one,) = here.public()
        assert one["at"] == f"{at[:19]}Z"


def _withdrawn(**more: str) -> dict[str, Any]:
    told = {"id": "w1", "amount": "5", "transactionFee": "1", "coin": "BTC", "status": 6, "txId": "",
            "applyTime": "2026-03-06 11:00:00"}  # fmt: skip
    return {**told, **more}


@pytest.mark.parametrize(
    ("lists", "name"),
    [
        ({"withdrawals": [_withdrawn(amount="-5")]}, "withdrawal-w1"),
        ({"withdrawals": [_withdrawn(transactionFee="-1")]}, "withdrawal-w1"),
        ({"deposits": [{"id": "d1", "amount": "-0.05", "coin": "BTC", "status": 1, "insertTime": AT}]}, "deposit-d1"),
        ({"ocbs": [ORDER | {"toAmount": -0.001}]}, "ocbs-o1"),
        ({"otc": [ORDER | {"fromAmount": "-100"}]}, "otc-o1"),
    ],
)
def test_an_amount_below_0_is_refused_by_its_row_alone(
    tmp_path: Path, lists: dict[str, list[dict[str, Any]]], name: str
) -> None:
    told, said = _told(tmp_path, BinanceUS(distributions=[SOUND], **lists), service="binanceus")
    assert told == {"binance-us:distribution-99": "receipt"}
    assert f"{name}: type: " in said
    assert "below 0" in said


@pytest.mark.parametrize(
    ("service", "answers", "name"),
    [
        ("binanceus", BinanceUS(distributions=[SOUND | {"asset": "USD"}]), "distribution-99"),
        ("gemini", Gemini(transfers=[transfer(1, "2026-03-06 11:00:00", "Reward", "USD", "5")]), "1"),
        ("gemini", Gemini(staking=[staked("s1", "2026-03-06 11:00:00", "Interest", "USD", "5")]), "staking-s1"),
        ("kraken", Kraken({"LUSDUS-AAAAA-AAAAA": _earned("ZUSD")}), "LUSDUS-AAAAA-AAAAA"),
        ("kraken", Kraken({"LEURUS-AAAAA-AAAAA": _earned("ZEUR")}), "LEURUS-AAAAA-AAAAA"),
    ],
)
def test_money_that_was_earned_is_named(tmp_path: Path, service: str, answers: Any, name: str) -> None:
    told, said = _told(tmp_path, answers, service=service)
    assert not told
    assert f"{name}: your word is needed: income in " in said


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"side": "UNKNOWN_ORDER_SIDE"}, "fill of the side UNKNOWN"),
        ({"side": "buy"}, "fill of the side buy"),
        ({"size": "0"}, "not above 0"),
        ({"price": "-86000"}, "not above 0"),
        ({"trade_type": "REVERSAL"}, "fill REVERSAL"),
    ],
)
def test_an_odd_fill_of_coinbase_stops_no_other(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    odd = fill("f1", "2026-03-05T10:00:00Z", "BUY", "BTC-USD", "86000", "0.01", "0.86") | more
    sound = fill("f2", "2026-03-05T11:00:00Z", "BUY", "BTC-USD", "86000", "0.02", "1.72")
    told, said = _told(tmp_path, Coinbase({}, [odd, sound]), service="coinbase")
    assert "coinbase:f2" in told
    assert says in said


@pytest.mark.parametrize("more", [{"amount": "0"}, {"amount": "-0.01"}, {"price": "0"}], ids=str)
def test_a_trade_of_gemini_without_an_amount_stops_no_other(tmp_path: Path, more: dict[str, Any]) -> None:
    sound = trade(2, "2026-03-04 11:00:00", "Sell", "BTCUSD", "86000", "0.01", "2", "USD")
    told, said = _told(tmp_path, Gemini(trades=[{**sound, "tid": 1, **more}, sound]), service="gemini")
    assert told == {"gemini:2": "sale"}
    assert "not above 0" in said


@pytest.mark.parametrize(
    ("product", "side"), [("ETH-USD", "SELL"), ("ETH-USD", "BUY"), ("LTC-USD", "SELL"), ("DOGE-USD", "BUY")]
)
def test_an_id_that_is_used_again_for_another_coin_changes_nothing(tmp_path: Path, product: str, side: str) -> None:
    first = fill("7", "2026-03-02T10:00:00Z", "SELL", "BTC-USD", "86000", "0.01", "0.86")
    coinbase = Coinbase({}, [first])
    with world(tmp_path, coinbase, service="coinbase") as here:
        assert here.look() == 1
        before = here.public()
        here.clock.move(20 * 86_400)
        coinbase.fills = [fill("7", "2026-04-05T10:00:00Z", side, product, "2000", "0.5", "1")]
        with pytest.raises(SourceRefusedError, match="7: the exchange told BTC of 2026-03-02 under the id coinbase:7"):
            here.look()
        assert [each for each in here.public() if each["kind"] != "asset"] == before
