"""Rows whose parts contradict each other: which of them is wrong nobody knows, so that each is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ledger.errors import InputRefusedError
from tests.ingest.profiles.exports import events, table, written

CASHAPP = {
    "Transaction ID": "x1",
    "Transaction Type": "Bitcoin Buy",
    "Currency": "USD",
    "Amount": "-$100.00",
    "Fee": "-$2.25",
    "Net Amount": "-$102.25",
    "Asset Type": "BTC",
    "Asset Price": "$85,000.00",
    "Asset Amount": "0.00117647",
    "Status": "COMPLETE",
    "Date": "2026-03-04 10:30:00 EST",
}
COINBASE = {
    "ID": "x1",
    "Timestamp": "2026-03-04 15:30:00 UTC",
    "Transaction Type": "Sell",
    "Asset": "BTC",
    "Quantity Transacted": "-0.02",
    "Price Currency": "USD",
    "Price at Transaction": "$85000.00",
    "Subtotal": "$1,700.00",
    "Total (inclusive of fees and/or spread)": "$1,680.00",
    "Fees and/or Spread": "$20.00",
    "Notes": "Sold 0.02 BTC for 1680.00 USD",
}
ROBINHOOD = {
    "UUID": "x1",
    "Time Entered": "2026-03-03T11:00:00Z",
    "Symbol": "BTC",
    "Side": "Sell",
    "Quantity": "0.02",
    "State": "Filled",
    "Leaves Quantity": "0",
    "Average Price": "$85010.00",
    "Notional": "$1,700.20",
}
KRAKEN = {
    "txid": "x1",
    "pair": "XXBTZUSD",
    "time": "2026-03-03 11:00:00",
    "type": "sell",
    "price": "85000",
    "cost": "1700",
    "fee": "4",
    "vol": "0.02",
    "margin": "0",
}
STRIKE = {
    "Reference": "x1",
    "Date & Time (UTC)": "Jan 10 2026 12:00:01",
    "Transaction Type": "Purchase",
    "Amount USD": "-826.17",
    "Fee USD": "6.48",
    "Amount BTC": "0.0086",
    "BTC Price": "96066.28",
    "Cost Basis (USD)": "832.65",
}
SWAN = {
    "Event": "purchase",
    "Date": "2026-03-04 09:00:00+00",
    "Status": "settled",
    "Transaction ID": "x1",
    "Total USD": "2100.00",
    "Transaction USD": "2080.00",
    "Fee USD": "20.00",
    "Unit Count": "0.025",
    "Asset Type": "BTC",
    "BTC Price": "84000.00",
}
BINANCE = {
    "Time": "2026-03-03 11:00:00",
    "Category": "Spot Trading",
    "Operation": "Sell",
    "Transaction ID": "x1",
    "Base Asset": "BTC",
    "Realized Amount For Base Asset": "0.02",
    "Realized Amount For Base Asset In USD": "1700",
    "Quote Asset": "USD",
    "Realized Amount for Quote Asset": "1700",
    "Realized Amount for Quote Asset in USD": "1700",
    "Fee Asset": "USD",
    "Realized Amount for Fee Asset": "1.7",
    "Realized Amount for Fee Asset in USD": "1.7",
}
RIVER = {
    "Date": "2026-01-05 12:00:00",
    "Sent Amount": "148.50",
    "Sent Currency": "USD",
    "Received Amount": "0.0018",
    "Received Currency": "BTC",
    "Fee Amount": "1.50",
    "Fee Currency": "USD",
    "Tag": "Buy",
}
KOINLY = {
    "Date": "2026-03-02 12:00 UTC",
    "Sent Amount": "0.01",
    "Sent Currency": "BTC",
    "Received Amount": "850",
    "Received Currency": "USD",
    "Net Worth Amount": "850",
    "Net Worth Currency": "USD",
}
GEMINI = {
    "Date": "2026-03-03 11:00:00.123",
    "Type": "Sell",
    "Symbol": "BTCUSD",
    "USD Amount USD": "1700.00",
    "Fee (USD) USD": "-6.80",
    "BTC Amount BTC": "-0.02",
    "Trade ID": "7",
}
LEDGER = {
    "Operation Date": "2026-03-01T12:00:00.000Z",
    "Status": "Confirmed",
    "Currency Ticker": "BTC",
    "Operation Type": "IN",
    "Operation Amount": "0.0125",
}
TREZOR = {
    "Timestamp": "1772366400",
    "Type": "SENT",
    "Amount": "0.0125",
    "Amount unit": "BTC",
    "Transaction ID": "f" * 64,
}
ROWS = {
    "cashapp.csv": CASHAPP,
    "coinbase.csv": COINBASE,
    "robinhood.csv": ROBINHOOD,
    "kraken-trades.csv": KRAKEN,
    "strike.csv": STRIKE,
    "swan-transfers.csv": SWAN,
    "binance-us.csv": BINANCE,
    "river.csv": RIVER,
    "koinly.csv": KOINLY,
    "gemini.csv": GEMINI,
    "ledger-live.csv": LEDGER,
    "trezor-suite.csv": TREZOR,
}


def told(folder: Path, name: str, *said: Mapping[str, str], **settings: str) -> list[dict[str, Any]]:
    """Return the events of an export of the layout of *name*, with a row for each of *said*: the cells it changes."""
    above, (header, *_) = table(name)
    rows = [[(ROWS[name] | dict(each)).get(column, "") for column in header] for each in said]
    path = folder / name
    path.write_text(written(above, [header, *rows]), encoding="utf-8")
    return events(read_file(path, None, settings), lines=False)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_agrees_with_itself_is_read(name: str, tmp_path: Path) -> None:
    assert told(tmp_path, name, {}, inflow="held")


CONTRADICTIONS = [
    ("cashapp.csv", {"Net Amount": "-$97.75"}),
    ("cashapp.csv", {"Asset Amount": "-0.00117647"}),
    ("cashapp.csv", {"Transaction Type": "Deposits"}),
    ("coinbase.csv", {"Subtotal": "$3,400.00", "Total (inclusive of fees and/or spread)": "$3,380.00", "Notes": ""}),
    ("coinbase.csv", {"Total (inclusive of fees and/or spread)": "$1,720.00", "Notes": ""}),
    ("coinbase.csv", {"Notes": "Sold 0.2 BTC for 1680.00 USD"}),
    ("coinbase.csv", {"Notes": "Bought 0.02 BTC for 1680.00 USD"}),
    ("coinbase.csv", {"Notes": "Sold 0.02 BTC for 1580.00 USD"}),
    ("coinbase.csv", {"Transaction Type": "Buy", "Notes": ""}),
    ("coinbase.csv", {"Transaction Type": "Receive", "Notes": ""}),
    ("coinbase.csv", {"Transaction Type": "Convert", "Notes": "Converted 0.5 ETH to 0.02 BTC"}),
    ("coinbase.csv", {"Transaction Type": "Rewards Income", "Quantity Transacted": "0.2", "Notes": ""}),
    ("robinhood.csv", {"Notional": "$3,400.20"}),
    ("robinhood.csv", {"Notional": "$1,750.20"}),
    ("robinhood.csv", {"Quantity": "0.022"}),
    ("kraken-trades.csv", {"cost": "3400"}),
    ("kraken-trades.csv", {"pair": "XETHXXBT", "price": "0.04", "vol": "0.5", "cost": "0.2", "fee": "0"}),
    ("strike.csv", {"Cost Basis (USD)": "900.65"}),
    ("strike.csv", {"Transaction Type": "Sale"}),
    ("swan-transfers.csv", {"Total USD": "2080.00"}),
    ("swan-transfers.csv", {"Transaction USD": "4200.00", "Total USD": "4220.00"}),
    ("swan-transfers.csv", {"Event": "deposit", "Unit Count": "-0.025", "USD Cost Basis": "2080.00"}),
    ("binance-us.csv", {"Realized Amount for Quote Asset": "3400", "Realized Amount for Quote Asset in USD": "3400"}),
    ("binance-us.csv", {"Realized Amount for Quote Asset": "17000"}),
    ("binance-us.csv", {"Realized Amount for Fee Asset in USD": "17"}),
    ("river.csv", {"Tag": "Sell"}),
    ("river.csv", {"Tag": "Interest"}),
    ("river.csv", {"Tag": "Withdrawal"}),
    ("river.csv", {"Received Amount": "180000"}),
    ("river.csv", {"Received Amount": "1.8"}),
    ("koinly.csv", {"Net Worth Amount": "8500"}),
    ("koinly.csv", {"Label": "cost"}),
    ("koinly.csv", {"Label": "mining"}),
    ("koinly.csv", {"Label": "gift"}),
    ("gemini.csv", {"USD Amount USD": "-1700.00", "BTC Amount BTC": "0.02"}),
    ("ledger-live.csv", {"Operation Amount": "-0.0125"}),
]


@pytest.mark.parametrize(("name", "said"), CONTRADICTIONS)
def test_a_row_that_contradicts_itself_is_refused(name: str, said: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="1 problem"):
        told(tmp_path, name, said, inflow="opening")


RIGHT: list[tuple[str, dict[str, str]]] = [
    ("robinhood.csv", {"Symbol": "DOGE", "Quantity": "10000", "Average Price": "$0.07", "Notional": "$723.50"}),
    ("robinhood.csv", {"Side": "Buy", "Notional": "($1,700.20)"}),
    ("coinbase.csv", {"Price at Transaction": "$84100.00"}),
    ("coinbase.csv", {"Transaction Type": "Learning Reward", "Quantity Transacted": "0.0000002", "Subtotal": "$0.01"}),
    ("river.csv", {"Sent Amount": "0.10", "Fee Amount": "", "Received Amount": "0.002"}),
    ("koinly.csv", {"Net Worth Amount": "849.13"}),
]


@pytest.mark.parametrize(("name", "said"), RIGHT)
def test_a_spread_and_the_rounding_of_a_price_are_no_contradiction(
    name: str, said: dict[str, str], tmp_path: Path
) -> None:
    assert len(told(tmp_path, name, {"Notes": ""} | said)) == 1


def test_coins_withdrawn_whose_amount_is_in_dollars_are_a_movement(tmp_path: Path) -> None:
    said = {"Transaction Type": "Bitcoin Withdrawal", "Amount": "-$100.00", "Fee": "$0", "Net Amount": "-$100.00"}
    (event,) = told(tmp_path, "cashapp.csv", said)
    assert (event["kind"], event["quantity"]) == ("movement", "0.00117647")


def test_one_amount_that_has_the_other_sign_than_those_of_its_word_is_refused(tmp_path: Path) -> None:
    send = {
        "Transaction Type": "Send",
        "Notes": "",
        "Fees and/or Spread": "",
        "Subtotal": "",
        "Quantity Transacted": "-1",
    }
    others = [send | {"ID": f"x{number}"} for number in range(2, 5)]
    with pytest.raises(InputRefusedError, match="other sign than the rows of the same word"):
        told(tmp_path, "coinbase.csv", *others, send | {"Quantity Transacted": "1"})
    unsigned = [each | {"Quantity Transacted": "1"} for each in others]
    assert [event["kind"] for event in told(tmp_path, "coinbase.csv", *unsigned)] == ["movement"] * 3


CONVERTED = {
    "Transaction Type": "Convert",
    "Notes": "Converted 0.02 BTC to 0.5 ETH",
    "Total (inclusive of fees and/or spread)": "$1,720.00",
}
CAME = CONVERTED | {"ID": "x2", "Asset": "ETH", "Quantity Transacted": "0.5", "Price at Transaction": "$3400.00"}


def test_a_conversion_is_told_by_either_coin_and_once_by_both(tmp_path: Path) -> None:
    by_first, by_second, by_both = (
        [{key: value for key, value in event.items() if key != "id"} for event in told(tmp_path, "coinbase.csv", *rows)]
        for rows in ([CONVERTED], [CAME], [CONVERTED, CAME])
    )
    assert by_first == by_second == by_both
    assert [(event["kind"], event["asset"], event["quantity"]) for event in by_first] == [
        ("sale", "BTC", "0.02"),
        ("purchase", "ETH", "0.5"),
    ]


def test_the_fee_of_a_transaction_counts_once_however_many_it_paid(tmp_path: Path) -> None:
    sent = {"Fee": "0.0001", "Fee unit": "BTC"}
    first, second = told(tmp_path, "trezor-suite.csv", sent, sent | {"Address": "bc1qother", "Amount": "0.02"})
    assert (first["fee_quantity"], "fee_quantity" in second) == ("0.0001", False)


def test_a_zone_beside_a_time_without_one_is_believed(tmp_path: Path) -> None:
    zoned = {"Date": "2026-03-04 09:00:00", "Timezone": "America/New_York"}
    (event,) = told(tmp_path, "swan-transfers.csv", zoned)
    assert event["at"] == "2026-03-04T14:00:00Z"


def test_a_fee_of_nothing_waits_for_a_person(tmp_path: Path) -> None:
    above, (header, *_) = table("zenledger.csv")
    row = ["2026-03-01 12:00:00", "fee", "", "", "", "", "0.0001", "BTC", "Kraken", "", ""]
    path = tmp_path / "zenledger.csv"
    path.write_text(written(above, [header, row]), encoding="utf-8")
    assert list(read_file(path, None, {}).asked) == ["no coins moved in it"]
