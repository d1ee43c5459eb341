"""Rows whose parts contradict each other: which of them is wrong nobody knows, so that each is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ledger.errors import InputRefusedError
from tests.ingest.profiles.exports import events, table, written
from tests.ingest.profiles.whole_rows import ROWS, told


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_agrees_with_itself_is_read(name: str, tmp_path: Path) -> None:
    assert told(tmp_path, name, {}, inflow="held")


CONTRADICTIONS = [
    ("bittytax.csv", {"Sell Value in USD": "8500"}),
    ("bittytax.csv", {"Type": "Mining"}),
    ("dali-in.csv", {"USD In With Fee": "865"}),
    ("dali-in.csv", {"USD In No Fee": "", "USD In With Fee": "8500"}),
    ("dali-out.csv", {"Crypto Out With Fee": "0.02"}),
    ("cointracker-export.csv", {"Fee Amount": "0.002"}),
    ("cointracker-export.csv", {"Received Quantity": "0.02"}),
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


def test_what_was_paid_with_the_fee_is_no_market_price(tmp_path: Path) -> None:
    (event,) = told(tmp_path, "dali-in.csv", {"USD In No Fee": ""})
    assert (event["cost_usd"], event["fee_usd"]) == ("845", "10")


@pytest.mark.parametrize("word", ["TRUE", "true", "yes", "1"])
def test_a_row_that_is_ignored_in_the_tool_is_left_out(word: str, tmp_path: Path) -> None:
    above, (header, *rows) = table("cointracker-export.csv")
    path = tmp_path / "export.csv"
    ignored = [[*rows[0], word], [*rows[1], "FALSE"], [*rows[2], ""]]
    path.write_text(written(above, [[*header, "Ignored"], *ignored]), encoding="utf-8")
    known = read_file(path, None, {})
    assert (len(known.lines), list(known.reasons)) == (2, [f'Ignored is "{word}"'])


@pytest.mark.parametrize("into", ["Cold", ""])
def test_a_trade_of_two_wallets_takes_from_the_one_and_puts_into_the_other(into: str, tmp_path: Path) -> None:
    above, (header, *_) = table("koinly-export.csv")
    said = {
        "Date": "2026-03-03 12:00:00",
        "Type": "exchange",
        "Sending Wallet": "Kraken",
        "Sent Amount": "0.01",
        "Sent Currency": "BTC",
        "Receiving Wallet": into,
        "Received Amount": "0.25",
        "Received Currency": "ETH",
        "Net Value (USD)": "850",
    }
    path = tmp_path / "export.csv"
    path.write_text(written(above, [header, [said.get(column, "") for column in header]]), encoding="utf-8")
    sold, bought = events(read_file(path, None, {}))
    assert (sold["wallet"], bought["wallet"]) == ("Kraken", into or "Kraken")


@pytest.mark.parametrize(
    ("name", "column", "renamed"),
    [
        ("electrum.csv", "fee", "fee (BTC)"),
        ("electrum.csv", "fee", "Network fee"),
        ("ledger-live.csv", "Status", "Operation Status"),
        ("robinhood.csv", "Leaves Quantity", "Quantity Leaves"),
    ],
)
def test_a_column_of_a_figure_that_is_called_otherwise_is_not_passed_over(
    name: str, column: str, renamed: str, tmp_path: Path
) -> None:
    above, (header, *rows) = table(name)
    path = tmp_path / name
    path.write_text(written(above, [[renamed if each == column else each for each in header], *rows]), encoding="utf-8")
    with pytest.raises(InputRefusedError, match=f"{column}: it is not there"):
        read_file(path, None, {"zone": "UTC"})
    without = [[cell for each, cell in zip(header, row, strict=True) if each != column] for row in [header, *rows]]
    path.write_text(written(above, without), encoding="utf-8")
    assert read_file(path, None, {"zone": "UTC"}).rows == len(rows)
