"""A row of each layout that agrees with itself, and a file of such rows of which some cells are changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lotwork.ingest.profiles.known_file import read_file
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
BITTYTAX = {
    "Type": "Trade",
    "Buy Quantity": "0.5",
    "Buy Asset": "ETH",
    "Buy Value in USD": "850",
    "Sell Quantity": "0.01",
    "Sell Asset": "BTC",
    "Sell Value in USD": "850",
    "Wallet": "Kraken",
    "Timestamp": "2026-03-02T12:00:00",
}
DALI_IN = {
    "Timestamp": "2026-03-01T12:00:00Z",
    "Asset": "BTC",
    "Exchange": "Kraken",
    "Transaction Type": "Buy",
    "Spot Price": "84000",
    "Crypto In": "0.01",
    "USD In No Fee": "845",
    "USD In With Fee": "855",
    "USD Fee": "10",
}
DALI_OUT = {
    "Timestamp": "2026-03-03T12:00:00Z",
    "Asset": "BTC",
    "Exchange": "Kraken",
    "Transaction Type": "Sell",
    "Spot Price": "86000",
    "Crypto Out No Fee": "0.02",
    "Crypto Fee": "0.001",
    "Crypto Out With Fee": "0.021",
}
TRACKER = {
    "Date": "03/02/2026 12:00:00",
    "Type": "TRANSFER",
    "Received Quantity": "0.01",
    "Received Currency": "BTC",
    "Received Wallet": "Cold",
    "Sent Quantity": "0.0101",
    "Sent Currency": "BTC",
    "Sent Wallet": "Kraken",
    "Fee Amount": "0.0001",
    "Fee Currency": "BTC",
}
ROWS = {
    "bittytax.csv": BITTYTAX,
    "dali-in.csv": DALI_IN,
    "dali-out.csv": DALI_OUT,
    "cointracker-export.csv": TRACKER,
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
