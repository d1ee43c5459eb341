"""An account at Binance.US: fills pair by pair, and a list for each other way that coins come and go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Movement, Purchase, Receipt, Sale, Void
from tests.ingest.exchanges.kit import BinanceUS, bought_or_sold, milli, world

TXID = "ef" * 32
DEPOSIT = {"id": "d1", "amount": "0.05", "coin": "BTC", "network": "BTC", "status": 1, "address": "bc1q", "txId": TXID,
           "insertTime": milli("2026-03-01 10:20:00")}  # fmt: skip
WITHDRAWAL = {"id": "w1", "amount": "0.005", "transactionFee": "0.0001", "coin": "BTC", "status": 6, "address": "bc1q",
              "txId": TXID[::-1], "applyTime": "2026-03-06 11:00:00", "network": "BTC"}  # fmt: skip


def test_fills_deposits_and_withdrawals_become_what_the_export_makes_of_them(tmp_path: Path) -> None:
    binance = BinanceUS(deposits=[DEPOSIT], withdrawals=[WITHDRAWAL])
    binance.trades["BTCUSD"] = [
        bought_or_sold(7, "BTCUSD", "2026-03-03 11:00:00", "sell", "0.02", "1700", "1.7", "USD")
    ]
    with world(tmp_path, binance, service="binanceus") as here:
        here.look()
        told = {event.id: event for event in here.events()}
        sold = told["binance-us:BTCUSD-7"]
        assert isinstance(sold, Sale)
        assert (sold.quantity, sold.proceeds_usd_micros, sold.fee_usd_micros) == (2_000_000, 1_700_000_000, 1_700_000)
        came, gone = told["binance-us:deposit-d1"], told["binance-us:withdrawal-w1"]
        assert isinstance(came, Receipt)
        assert (came.doubt, came.txid, came.quantity) == ("unexplained", TXID, 5_000_000)
        assert isinstance(gone, Movement)
        assert (gone.quantity, gone.fee_quantity, gone.txid) == (500_000, 10_000, TXID[::-1])


def test_a_fee_in_a_third_coin_is_a_movement_of_its_own(tmp_path: Path) -> None:
    binance = BinanceUS()
    binance.trades["BTCUSD"] = [
        bought_or_sold(1, "BTCUSD", "2026-03-04 11:00:00", "buy", "0.01", "860", "0.001", "BNB")
    ]
    with world(tmp_path, binance, service="binanceus") as here:
        here.look()
        told = [event for event in here.events() if event.id.startswith("binance-us:")]
        assert [type(event) for event in told] == [Purchase, Movement]
        assert isinstance(told[1], Movement)
        assert (told[1].asset, told[1].quantity) == ("BNB", 10**15)


def test_staking_told_by_two_lists_is_one_reward(tmp_path: Path) -> None:
    at = milli("2026-03-05 11:00:00")
    given = {"asset": "ETH", "amount": "0.0001", "divTime": at, "category": "Staking Rewards", "tranId": 11}
    reward = {"asset": "ETH", "usdValue": "0.2", "time": at + 2000, "autoRestaked": False}
    staked = [reward | {"amount": amount, "tranId": number} for number, amount in ((21, "0.0001"), (22, "0.0003"))]
    with world(tmp_path, BinanceUS(distributions=[given], staking=staked), service="binanceus") as here:
        here.look()
        told = [(event.id, event.income) for event in here.events() if isinstance(event, Receipt)]
        assert told == [("binance-us:distribution-11", "staking"), ("binance-us:staking-22", "staking")]


def test_a_distribution_that_no_rule_knows_is_refused_by_its_name(tmp_path: Path) -> None:
    given = {"asset": "ETH", "amount": "1", "divTime": milli("2026-03-05 11:00:00"), "category": "LOTTERY", "tranId": 1}
    refused = pytest.raises(SourceRefusedError, match=r"distribution-1: .*LOTTERY")
    with world(tmp_path, BinanceUS(distributions=[given]), service="binanceus") as here, refused:
        here.look()


def test_dust_and_one_click_orders_are_swaps(tmp_path: Path) -> None:
    at = milli("2026-03-05 11:00:00")
    detail = {"fromAsset": "LTC", "amount": "0.01", "operateTime": at, "serviceChargeAmount": "0.0001",
              "tranId": 5, "transferedAmount": "0.0049"}  # fmt: skip
    group = {"operateTime": at, "totalTransferedAmount": "0.0049", "totalServiceChargeAmount": "0.0001", "tranId": 5,
             "userAssetDribbletDetails": [detail]}  # fmt: skip
    order = {"quoteId": "q", "orderId": "o1", "orderStatus": "SUCCESS", "fromCoin": "USD", "fromAmount": 100.5,
             "toCoin": "BTC", "toAmount": 0.001, "feeCoin": "USD", "feeAmount": "0.5", "ratio": 1,
             "createTime": at}  # fmt: skip
    failed = order | {"orderId": "o2", "orderStatus": "FAIL"}
    with world(tmp_path, BinanceUS(dust=[group], ocbs=[order, failed]), service="binanceus") as here:
        here.look()
        told = {event.id: event for event in here.events()}
        bought = told["binance-us:ocbs-o1"]
        assert isinstance(bought, Purchase)
        assert (bought.cost_usd_micros, bought.fee_usd_micros) == (100_500_000, 500_000)
        gone, came = told["binance-us:dust-5-LTC"], told["binance-us:dust-5-LTC:2"]
        assert isinstance(gone, Movement)
        assert isinstance(came, Receipt)
        assert (gone.asset, gone.quantity) == ("LTC", 1_000_000)
        assert (came.asset, came.quantity, came.doubt) == ("BNB", 49 * 10**14, "same_transaction")
        assert "binance-us:ocbs-o2" not in told


def test_fills_are_read_on_from_their_number_and_a_repeated_page_is_passed_over(tmp_path: Path) -> None:
    binance = BinanceUS()
    first = bought_or_sold(1, "BTCUSD", "2026-03-03 11:00:00", "sell", "0.02", "1700", "1.7", "USD")
    binance.trades["BTCUSD"] = [first]
    with world(tmp_path, binance, service="binanceus") as here:
        assert here.look() == 1
        binance.trades["BTCUSD"].append(first | {"id": 2, "time": milli("2026-03-20 11:59:00")})

        def shifted(call: str, params: Any) -> Any:
            return binance(call, {**params, "fromId": 0} if call.endswith("mytrades") else params)

        here.answer = shifted
        assert here.look() == 1
        here.asked.clear()
        assert here.look() == 0
        assert [
            params["fromId"]
            for call, params in here.asked
            if call.endswith("mytrades") and params["symbol"] == "BTCUSD"
        ] == [3]


def test_a_pair_that_first_shows_later_is_read_from_the_beginning(tmp_path: Path) -> None:
    binance = BinanceUS()
    binance.trades["DOGEUSD"] = [bought_or_sold(1, "DOGEUSD", "2026-03-03 11:00:00", "sell", "2", "1", "0.01", "USD")]
    with world(tmp_path, binance, service="binanceus") as here:
        assert here.look() == 0  # no coin of it is held, and nobody named it
        here.clock.move(60 * 86_400)
        binance.held.append("DOGE")
        assert here.look() == 1


def test_all_fills_are_read_again_once_a_month_but_of_pairs_that_are_traded_no_more(tmp_path: Path) -> None:
    binance = BinanceUS()
    first = bought_or_sold(1, "BTCUSD", "2026-03-03 11:00:00", "sell", "0.02", "1700", "1.7", "USD")
    binance.trades["BTCUSD"] = [first, first | {"id": 2}]
    binance.trades["DOGEUSD"] = [bought_or_sold(1, "DOGEUSD", "2026-03-03 11:00:00", "sell", "2", "1", "0.01", "USD")]
    with world(tmp_path, binance, service="binanceus", pairs=("DOGEUSD",)) as here:
        assert here.look() == 3
        del binance.trades["BTCUSD"][0]
        binance.symbols = [pair for pair in binance.symbols if pair[0] != "DOGE"]
        here.clock.move(31 * 86_400)
        for new in (0, 0, 1, 0):
            assert here.look() == new
            here.clock.move(43_200)
        assert [event.target for event in here.events() if isinstance(event, Void)] == ["binance-us:BTCUSD-1"]


def test_a_pair_is_named_in_the_settings(tmp_path: Path) -> None:
    binance = BinanceUS()
    binance.trades["DOGEUSD"] = [bought_or_sold(1, "DOGEUSD", "2026-03-03 11:00:00", "sell", "2", "1", "0.01", "USD")]
    with world(tmp_path, binance, service="binanceus") as here:
        assert here.look(pairs=("DOGEUSD",)) == 1
        with pytest.raises(SourceRefusedError, match="DOGUSD: no such pair"):
            here.look(pairs=("DOGUSD",))


def test_what_a_key_may_do_is_told_to_be_unknown_once(tmp_path: Path) -> None:
    with world(tmp_path, BinanceUS(), service="binanceus") as here:
        here.look()
        assert any("does not say what a key may do" in words for words in here.told)
        here.look()
        assert not here.told


@pytest.mark.parametrize(("state", "new"), [(6, 1), (1, 1), (0, 0)])
def test_a_deposit_counts_when_it_is_credited(tmp_path: Path, state: int, new: int) -> None:
    with world(tmp_path, BinanceUS(deposits=[DEPOSIT | {"status": state}]), service="binanceus") as here:
        assert here.look() == new
