"""Rows that an exchange turns into something else later: another kind, a reversal, another fee; coins told twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.events import Movement, Receipt, Sale
from lotwork.ledger.history import History
from tests.ingest.exchanges.kit import BinanceUS, Coinbase, Kraken, World, bought_or_sold, fill, leg, transaction, world
from tests.ingest.exchanges.test_api_and_export import BINANCE, BINANCE_ROWS, COINBASE, FILLED
from tests.ingest.exchanges.test_told_by_both import HALF_A_DAY, IN_TWO, MONTH, filled, import_rows, order

SENT = "ab" * 32


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTWORK_HOME", str(tmp_path))


def _holding(here: World, kind: str) -> list[str]:
    return [event.id for event in History.read(here.store, "main").of_kind(kind)]


def _three_looks(here: World) -> None:
    for since in (MONTH, HALF_A_DAY, HALF_A_DAY):
        here.clock.move(since.total_seconds())
        here.look()


def _came(kind: str) -> Coinbase:
    return Coinbase({"BTC": [transaction("u1", kind, "2026-03-12T10:00:00Z", "0.001 BTC", "86.00")]}, [])


def test_a_row_that_is_no_event_any_more_is_void(tmp_path: Path) -> None:
    with world(tmp_path, _came("staking_reward"), service="coinbase", name="coinbase-api") as here:
        here.look()
        assert _holding(here, "receipt") == ["coinbase:u1"]
        here.answer = _came("vault_withdrawal")  # coins moved within Coinbase
        _three_looks(here)
        assert not _holding(here, "receipt")
        assert any("it is void" in words for words in here.told)
        here.answer = _came("staking_reward")
        here.clock.move(MONTH.total_seconds())
        here.look()
        assert _holding(here, "receipt") == ["coinbase:u1"]


def test_a_row_that_both_told_and_is_no_event_any_more_is_asked_about(tmp_path: Path) -> None:
    staked = "one,2026-03-12 10:00:00 UTC,Staking Income,BTC,0.00100000,USD,$86000.00,$86.00,$86.00,$0.00,"
    import_rows(tmp_path, COINBASE, staked)
    with world(tmp_path, _came("staking_reward"), service="coinbase", name="coinbase-api") as here:
        here.look()
        here.answer = _came("transfer")
        _three_looks(here)
        assert _holding(here, "receipt") == ["coinbase:one"]
        assert [one.subject for one in here.suspense()] == ["coinbase:one (coinbase:u1 of its API)"]


@pytest.mark.parametrize("first", ["api", "export"])
def test_a_fill_that_is_reversed_after_both_told_it_stops_the_return(tmp_path: Path, first: str) -> None:
    def answers(word: str) -> Coinbase:
        at = "2026-03-05T15:31:00Z"
        told = fill("11", at, "SELL", "BTC-USD", "86000", "0.01", "3.44", trade_type=word)
        return Coinbase({"BTC": [leg("l3", at, "order-11", "BTC-USD", "-0.01 BTC", "-860.00")]}, [told])

    if first == "export":
        import_rows(tmp_path, COINBASE, FILLED)
    with world(tmp_path, answers("FILL"), service="coinbase", name="coinbase-api") as here:
        here.look()
    if first == "api":
        import_rows(tmp_path, COINBASE, FILLED)
    with world(tmp_path, answers("REVERSAL"), service="coinbase", name="coinbase-api") as here:
        here.clock.move(MONTH.total_seconds())
        with pytest.raises(Exception, match="fill REVERSAL"):
            here.look()
        assert len(_holding(here, "sale")) == 1
        assert "in_suspense" in here.findings().values()


@pytest.mark.parametrize("first", ["api", "export"])
def test_a_fee_in_a_third_coin_that_is_told_otherwise_later_is_never_silent(tmp_path: Path, first: str) -> None:
    def answers(fee: str) -> BinanceUS:
        made = BinanceUS()
        made.trades["BTCUSD"] = [
            bought_or_sold(1, "BTCUSD", "2026-03-04 11:00:00.789", "buy", "0.01", "860", fee, "BNB")
        ]
        return made

    with world(tmp_path, answers("0.001")) as here:
        here.answer_with({"kind": "asset", "at": "2026-01-01T00:00:00Z", "asset": "BNB", "decimals": 18})
    if first == "export":
        import_rows(tmp_path, BINANCE, BINANCE_ROWS[0])
    with world(tmp_path, answers("0.001"), service="binanceus", name="binance-api") as here:
        here.look()
    if first == "api":
        import_rows(tmp_path, BINANCE, BINANCE_ROWS[0], code=1)
    with world(tmp_path, answers("0.002"), service="binanceus", name="binance-api") as here:
        here.clock.move(MONTH.total_seconds())
        here.look()
        told = [each for each in History.read(here.store, "main").events() if isinstance(each, Movement | Sale)]
        fees = [each for each in told if each.asset == "BNB"]
        assert len(fees) == 1
        if first == "api":
            assert [each.quantity for each in fees if isinstance(each, Movement)] == [2 * 10**15]
        else:
            assert [each.quantity for each in fees if isinstance(each, Sale)] == [10**15]
            assert "in_suspense" in here.findings().values()


def test_an_order_that_both_told_stays_one_where_a_look_sees_a_part_of_it(tmp_path: Path) -> None:
    import_rows(tmp_path, COINBASE, order())
    answers = filled(*IN_TWO)
    with world(tmp_path, answers, service="coinbase", name="coinbase-api") as here:
        here.look()
        cut: Any = Coinbase({"BTC": answers.wallets["BTC"][1:]}, answers.fills[1:])
        for told in (cut, answers, cut):
            here.answer = told
            here.clock.move(HALF_A_DAY.total_seconds())
            here.look()
        here.clock.move(MONTH.total_seconds())
        here.look()
        assert _holding(here, "sale") == ["coinbase:order"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_fills_of_an_order_may_come_on_several_pages(tmp_path: Path, size: int) -> None:
    import_rows(tmp_path, COINBASE, order())
    answers = filled("0.01", "0.005", "0.015")
    answers.size = size
    with world(tmp_path, answers, service="coinbase", name="coinbase-api") as here:
        here.look()
        assert _holding(here, "sale") == ["coinbase:order"]


@pytest.mark.parametrize("first", ["wallet", "exchange"])
def test_a_deposit_that_a_wallet_and_an_exchange_tell_is_no_second_income(tmp_path: Path, first: str) -> None:
    told = Kraken()
    told.sent = [{"kind": "deposit", "refid": "FTXDEP-1", "txid": SENT}]
    paid = {
        "kind": "receipt", "at": "2026-03-01T10:05:00Z", "wallet": "cold", "asset": "BTC", "quantity": "0.05",
        "income": "pool_payout", "txid": SENT, "price_usd": "86000", "source": "pool",
    }  # fmt: skip
    with world(tmp_path, told, service="kraken", name="kraken-api") as here:
        if first == "wallet":
            here.answer_with({"id": "paid", **paid})
        here.look()
        if first == "exchange":
            here.answer_with({"id": "paid", **paid})
        here.look()
        told_of = [each for each in History.read(here.store, "main").of_kind("receipt") if isinstance(each, Receipt)]
        assert [each.id for each in told_of if each.asset == "BTC" and each.doubt is None] == ["paid"]
        assert here.findings()["kraken:LDEP01-AAAAA-BBBBBB"] == "inflow_doubtful"
