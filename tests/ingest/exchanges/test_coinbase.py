"""An account at Coinbase: wallets, and the fills that the wallets tell by their legs alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import ConfigError, SourceRefusedError
from lotwork.ledger.events import Movement, Purchase, Receipt, Sale, Void
from tests.ingest.exchanges.kit import Coinbase, expected, fill, leg, transaction, world

TXID = "cd" * 32


def told(size: int = 100) -> Coinbase:
    """Return what the export coinbase.csv tells, as the API tells it."""
    usd = {"currency": "USD"}
    bought = {
        "subtotal": {"amount": "86.00", **usd},
        "total": {"amount": "87.99", **usd},
        "fee": {"amount": "1.99", **usd},
    }
    sold = {
        "subtotal": {"amount": "1700.00", **usd},
        "total": {"amount": "1680.00", **usd},
        "fee": {"amount": "20.00", **usd},
    }
    bitcoin = [
        transaction("cb0001", "send", "2026-03-02T12:00:00Z", "0.05 BTC", "4200.00", network={"hash": TXID}),
        transaction("cb0002", "sell", "2026-03-04T15:30:00Z", "-0.02 BTC", "-1700.00", sell=sold),
        leg("l3", "2026-03-05T15:31:00Z", "order-cb0003", "BTC-USD", "-0.01 BTC", "-860.00"),
        transaction("cb0004", "send", "2026-03-06T09:00:00Z", "-0.005 BTC", "-432.50"),
        leg("l6", "2026-03-08T10:00:00Z", "order-cb0006", "BTC-USDC", "-0.01 BTC", "-860.00"),
        leg("l7", "2026-03-09T10:00:00Z", "order-cb0007", "BTC-USDC", "0.01 BTC", "860.00"),
        transaction("cb0008", "trade", "2026-03-10T10:00:00Z", "-0.001 BTC", "-86.00", trade={"id": "t8"}),
        transaction("cb0010", "buy", "2026-03-12T10:00:00Z", "0.001 BTC", "86.00", buy=bought),
        transaction("cb0012", "cardspend", "2026-03-14T10:00:00Z", "-0.0001 BTC", "-8.60"),
    ]
    ether = [
        transaction("cb0008b", "trade", "2026-03-10T10:00:00Z", "0.042 ETH", "85.00", trade={"id": "t8"}),
        transaction("cb0009", "staking_reward", "2026-03-11T10:00:00Z", "0.0001 ETH", "0.20"),
        transaction("cb0011", "staking_transfer", "2026-03-13T10:00:00Z", "0.01 ETH", "20.00"),
    ]
    dollars = [
        transaction("cb0002b", "sell", "2026-03-04T15:30:00Z", "1680.00 USD", "1680.00"),
        transaction("cb0005", "fiat_withdrawal", "2026-03-07T09:00:00Z", "-2500.00 USD", "-2500.00"),
        leg("l3b", "2026-03-05T15:31:00Z", "order-cb0003", "BTC-USD", "856.56 USD", "856.56"),
    ]
    fills = [
        fill("cb0003", "2026-03-05T15:31:00.123456789Z", "SELL", "BTC-USD", "86000", "0.01", "3.44"),
        fill("cb0006", "2026-03-08T10:00:00Z", "SELL", "BTC-USDC", "86000", "0.01", "3.44"),
        fill("cb0007", "2026-03-09T10:00:00Z", "BUY", "BTC-USDC", "86000", "0.01", "3.44"),
    ]
    return Coinbase({"BTC": bitcoin, "ETH": ether, "USD": dollars}, fills, size=size)


def _ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["id"])


@pytest.mark.parametrize("size", [2, 100])
def test_wallets_and_fills_become_the_events_of_their_export(tmp_path: Path, size: int) -> None:
    with world(tmp_path, told(size), service="coinbase") as here:
        here.look()
        events = [each for each in here.public() if each.get("doubt") != "unexplained"]
        wanted = expected("coinbase.csv")
        # the conversion's other side is worth what left: the API tells no fee of it
        told_by_api = {"fee_usd": "0.000000", "cost_usd": "86.000000"}
        changed = [
            {key: told_by_api.get(key, value) for key, value in each.items()}
            if each["id"].startswith("coinbase:cb0008")
            else each
            for each in wanted
        ]
        for each in changed:
            if each["id"] == "coinbase:cb0003":
                each["at"] = "2026-03-05T15:31:00Z"
        assert _ids(events) == _ids(changed)
        held = [event for event in here.events() if isinstance(event, Receipt) and event.doubt == "unexplained"]
        assert [(event.txid, event.quantity) for event in held] == [(TXID, 5_000_000)]


def test_a_size_in_the_quote_is_undone_by_the_wallets_own_leg(tmp_path: Path) -> None:
    one = fill("q1", "2026-03-05T10:00:00Z", "BUY", "BTC-USD", "21220.64", "100", "0.60", size_in_quote=True)
    wallets = {"BTC": [leg("l1", "2026-03-05T10:00:00Z", "order-q1", "BTC-USD", "0.00471240 BTC", "100.00")]}
    with world(tmp_path, Coinbase(wallets, [one]), service="coinbase") as here:
        here.look()
        (bought,) = here.events()
        assert isinstance(bought, Purchase)
        assert (bought.quantity, bought.cost_usd_micros, bought.fee_usd_micros) == (471_240, 100_000_000, 600_000)


def test_without_that_leg_it_is_the_quotient(tmp_path: Path) -> None:
    one = fill("q1", "2026-03-05T10:00:00Z", "SELL", "BTC-USD", "20000", "100", "0.60", size_in_quote=True)
    with world(tmp_path, Coinbase({}, [one]), service="coinbase") as here:
        here.look()
        (sold,) = here.events()
        assert isinstance(sold, Sale)
        assert (sold.quantity, sold.proceeds_usd_micros, sold.fee_usd_micros) == (500_000, 100_000_000, 600_000)


@pytest.mark.parametrize(
    ("side", "product", "said"),
    [
        ("SELL", "BTC-USDC", "Sold 0.01 BTC for 856.56 USDC on BTC-USDC"),
        ("BUY", "BTC-USDC", "Bought 0.01 BTC for 863.44 USDC on BTC-USDC"),
        ("BUY", "ETH-BTC", "Bought 0.01 ETH for 863.44 BTC on ETH-BTC"),
        ("SELL", "BTC-EUR", "Sold 0.01 BTC for 856.56 EUR on BTC-EUR"),
    ],
)
def test_a_fill_whose_dollars_no_wallet_tells_is_told_by_what_it_was(
    tmp_path: Path, side: str, product: str, said: str
) -> None:
    rows = [fill("u", "2026-03-08T10:00:00Z", side, product, "86000", "0.01", "3.44")]
    with world(tmp_path, Coinbase({}, rows), service="coinbase") as here:
        with pytest.raises(SourceRefusedError, match=f"the exchange's API does not tell it .{said}"):
            here.look()
        ((reason, remedy),) = [(one.reason, one.remedy) for one in here.suspense()]
        assert said in reason
        assert remedy == "record it by hand, in dollars of that day, and write u into `done` of this source"
        assert here.look(done=("u",)) == 1
        assert here.suspense() == []


@pytest.mark.parametrize("word", ["REVERSAL", "CORRECTION", "SYNTHETIC"])
def test_a_fill_that_is_taken_back_is_refused_by_its_name(tmp_path: Path, word: str) -> None:
    rows = [
        fill("a", "2026-03-05T10:00:00Z", "SELL", "BTC-USD", "20000", "0.01", "0"),
        fill("b", "2026-03-06T10:00:00Z", "SELL", "BTC-USD", "20000", "0.01", "0", trade_type=word),
    ]
    with world(tmp_path, Coinbase({}, rows), service="coinbase") as here:
        with pytest.raises(SourceRefusedError, match=f"entry-b: .*fill {word}.*all others are recorded"):
            here.look()
        assert [event.id for event in here.events()] == ["coinbase:a"]
        assert here.look(done=("entry-b",)) == 1
        assert here.suspense() == []


@pytest.mark.parametrize("product", ["BTC-PERP-INTX", "BIT-28AUG26-CDE", "ETH-USDC-PERP"])
def test_futures_are_refused_by_their_name(tmp_path: Path, product: str) -> None:
    rows = [fill("f", "2026-03-05T10:00:00Z", "BUY", product, "20000", "1", "0.1")]
    with world(tmp_path, Coinbase({}, rows), service="coinbase") as here:
        with pytest.raises(SourceRefusedError, match=f"futures {product}"):
            here.look()
        assert here.events() == []


def test_a_trade_that_only_the_wallets_tell_is_a_question_until_the_list_has_it(tmp_path: Path) -> None:
    at = "2026-03-05T10:00:00Z"
    coinbase = Coinbase({"BTC": [leg("l1", at, "order-lost", "BTC-USD", "-0.01 BTC", "-860.00")]}, [])
    with world(tmp_path, coinbase, service="coinbase") as here:
        here.look()
        assert any("coinbase:l1: your word is needed" in words and "order-lost" in words for words in here.told)
        assert here.findings()["coinbase:l1"] == "movement_unexplained"
        coinbase.fills.append(fill("lost", at, "SELL", "BTC-USD", "86000", "0.01", "1"))
        here.clock.move(31 * 86_400)
        for _ in range(3):
            here.look()
            here.clock.move(43_200)
        assert "coinbase:l1" not in here.findings()
        assert [type(event) for event in here.events()] == [Movement, Sale, Void]


def test_the_list_of_fills_has_a_day_to_tell_what_the_wallets_do(tmp_path: Path) -> None:
    fresh = leg("l1", "2026-03-20T10:00:00Z", "order-fresh", "BTC-USD", "-0.01 BTC", "-860.00")
    with world(tmp_path, Coinbase({"BTC": [fresh]}, []), service="coinbase") as here:
        assert here.look() == 0
        here.clock.move(86_400)
        assert here.look() == 1


def test_what_a_wallet_told_stands_where_it_is_no_longer_listed(tmp_path: Path) -> None:
    sent = transaction("s1", "send", "2026-03-05T10:00:00Z", "-0.01 BTC", "-800")
    coinbase = Coinbase({"BTC": [sent], "ETH": []}, [])
    with world(tmp_path, coinbase, service="coinbase") as here:
        assert here.look() == 1
        del coinbase.wallets["BTC"]
        here.clock.move(31 * 86_400)
        for _ in range(4):
            assert here.look() == 0
            here.clock.move(43_200)


def test_a_trade_for_a_coin_whose_worth_nobody_says_is_refused_by_itself(tmp_path: Path) -> None:
    rows = [
        fill("a", "2026-03-05T10:00:00Z", "SELL", "BTC-USDC", "20000", "0.01", "1"),
        fill("b", "2026-03-06T10:00:00Z", "SELL", "BTC-USD", "20000", "0.01", "1"),
    ]
    with world(tmp_path, Coinbase({}, rows), service="coinbase") as here:
        with pytest.raises(SourceRefusedError, match="1 row cannot be taken: a:"):
            here.look()
        assert [event.id for event in here.events()] == ["coinbase:b"]


def test_what_is_pending_waits_and_holds_the_cursor(tmp_path: Path) -> None:
    sent = transaction("s1", "send", "2026-03-05T10:00:00Z", "-0.01 BTC", "-800", status="pending")
    coinbase = Coinbase({"BTC": [sent]}, [])
    with world(tmp_path, coinbase, service="coinbase") as here:
        assert here.look() == 0
        here.clock.move(40 * 86_400)
        sent["status"] = "completed"
        assert here.look() == 1
        (gone,) = here.events()
        assert isinstance(gone, Movement)


@pytest.mark.parametrize("status", ["failed", "expired", "canceled", "declined"])
def test_what_failed_is_no_event(tmp_path: Path, status: str) -> None:
    sent = transaction("s1", "send", "2026-03-05T10:00:00Z", "-0.01 BTC", "-800", status=status)
    with world(tmp_path, Coinbase({"BTC": [sent]}, []), service="coinbase") as here:
        assert here.look() == 0


def test_a_key_that_may_transfer_is_refused_and_one_that_may_trade_is_told(tmp_path: Path) -> None:
    coinbase = told()
    coinbase.permissions |= {"can_trade": True}
    with world(tmp_path, coinbase, service="coinbase") as here:
        here.look()
        assert any("may do more than read (can_trade)" in words for words in here.told)
        assert any("portfolio DEFAULT 11111111-2222 and no other account" in words for words in here.told)
        coinbase.permissions |= {"can_transfer": True}
        here.clock.move(90_000)
        with pytest.raises(SourceRefusedError, match="may send coins away"):
            here.look()


def test_pages_without_an_end_are_refused(tmp_path: Path) -> None:
    coinbase = told()

    def again(call: str, params: Any) -> Any:
        answer = coinbase(call, {**params, "starting_after": None})
        return answer | {"pagination": {"next_starting_after": "x"}} if "pagination" in answer else answer

    with world(tmp_path, again, service="coinbase") as here, pytest.raises(SourceRefusedError, match="have no end"):
        here.look()


@pytest.mark.parametrize("name", ["coinbase", "Coinbase", "kraken", "binance-us"])
def test_a_source_called_as_an_export_is_refused(tmp_path: Path, name: str) -> None:
    with world(tmp_path, told(), service="coinbase", name=name) as here, pytest.raises(ConfigError, match="-api"):
        here.account()
