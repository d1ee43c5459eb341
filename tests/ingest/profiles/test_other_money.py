"""Trades for another coin, or for other money than dollars, and columns of amounts that have lost their fee's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ingest.sheets.assets import pair_of
from lotwork.ledger.errors import InputRefusedError
from tests.ingest.profiles.exports import events, table, written

KEYS = ("kind", "asset", "quantity", "note")


def told_of(folder: Path, name: str, *rows: str, header: str = "") -> list[dict[str, Any]]:
    """Return what *rows* tell under the header of the export *name*, or under *header*."""
    file = folder / "export.csv"
    file.write_text("\n".join([header or ",".join(table(name)[1][0]), *rows]) + "\n", encoding="utf-8")
    return events(read_file(file, None, {}), lines=False)


def brief(told: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return what matters of events that have no worth in dollars."""
    return [tuple(event.get(key, "") for key in KEYS) for event in told]


@pytest.mark.parametrize(
    ("symbol", "pair"),
    [
        ("XDGUSD", ("XDG", "USD")),
        ("XDGUSDT", ("XDG", "USDT")),
        ("XDGXBT", ("XDG", "XBT")),
        ("BTGUSD", ("BTG", "USD")),
        ("BTCGUSD", ("BTC", "GUSD")),
        ("ETHGUSD", ("ETH", "GUSD")),
        ("GUSDUSD", ("GUSD", "USD")),
        ("USDCUSD", ("USDC", "USD")),
        ("ZZZQQQ", None),
    ],
)
def test_a_pair_of_one_word_ends_before_a_coin_that_is_known(symbol: str, pair: tuple[str, str] | None) -> None:
    assert pair_of(symbol) == pair


@pytest.mark.parametrize(
    ("pair", "asset"), [("XDGUSD", "DOGE"), ("XXDGZUSD", "DOGE"), ("XDG/USD", "DOGE"), ("MOGUSD", "MOG")]
)
def test_a_coin_whose_name_ends_as_a_quote_begins_is_that_coin_at_kraken(tmp_path: Path, pair: str, asset: str) -> None:
    row = f'T1,O1,{pair},2026-03-03 11:00:00.5,sell,limit,0.2,20.0,0.052,100.0,0.0,,"L1,L2"'
    (sold,) = told_of(tmp_path, "kraken-trades.csv", row)
    assert (sold["kind"], sold["asset"], sold["proceeds_usd"]) == ("sale", asset, "20")


def test_a_trade_of_strike_in_euros_is_a_movement_and_coins_that_wait(tmp_path: Path) -> None:
    header = ",".join(table("strike.csv")[1][0]).replace("USD", "EUR")
    rows = (
        "r1,Feb 03 2026 08:25:16,Sale,495.00,5.00,-0.00500000,,100000.00,,,,,",
        "r2,Feb 04 2026 08:25:16,Purchase,-200.00,2.00,0.00200000,,100000.00,202.00,,,,",
        "r3,Feb 05 2026 08:25:16,Send,,,-0.00050000,0.00000100,,,bc1q,,,",
        "r4,Feb 06 2026 08:25:16,Withdrawal,-100.00,,,,,,,,,",
    )
    assert brief(told_of(tmp_path, "", *rows, header=header)) == [
        ("movement", "BTC", "0.005", "traded for 500 EUR; no row says what it was worth"),
        ("receipt", "BTC", "0.002", "came for 200 EUR; no row says what it was worth"),
        ("movement", "BTC", "0.0005", ""),
    ]


@pytest.mark.parametrize(
    ("row", "left", "came"),
    [
        ("SELL,ETH,Kraken,1,0.035,BTC,0.0001,BTC,0.0349", ("ETH", "1"), ("BTC", "0.0349")),
        ("BUY,ETH,Kraken,1,0.035,BTC,0.0001,BTC,-0.0351", ("BTC", "0.0351"), ("ETH", "1")),
        ("BUY,ETH,Kraken,1,0.035,BTC,0,BTC,-0.035", ("BTC", "0.035"), ("ETH", "1")),
        ("SELL,ETH,Kraken,1,0.035,XBT,0,USD,0.035", ("ETH", "1"), ("BTC", "0.035")),
    ],
)
def test_a_trade_of_bitcointax_for_another_coin_has_both_legs(
    tmp_path: Path, row: str, left: tuple[str, str], came: tuple[str, str]
) -> None:
    told = told_of(tmp_path, "bitcointax-trades.csv", f"2026-05-04 12:00:00 +0000,{row},2900,3,,,,0,0,0")
    assert [(event["kind"], event["asset"], event["quantity"]) for event in told] == [
        ("movement", *left),
        ("receipt", *came),
    ]
    assert told[1]["doubt"] == "same_transaction"


@pytest.mark.parametrize("total", ["0.0451", "0.0349"])
def test_one_whose_price_says_another_amount_is_refused(tmp_path: Path, total: str) -> None:
    row = f"2026-05-04 12:00:00 +0000,SELL,ETH,Kraken,1,0.045,BTC,0.0001,BTC,{total},2900,3,,,,0,0,0"
    with pytest.raises(InputRefusedError, match="is not the price times the quantity"):
        told_of(tmp_path, "bitcointax-trades.csv", row)


def test_what_a_swap_cost_at_cointracker_is_what_it_was_worth(tmp_path: Path) -> None:
    fee = "05/04/2026 12:00:00,TRADE,t5,0.3,ETH,912,Kraken,,,0.01,BTC,900,Kraken,,,2,LTC,2,10,,"
    plain = "05/04/2026 12:00:00,TRADE,t4,0.3,ETH,910,Kraken,,,0.01,BTC,900,Kraken,,,,,,10,,"
    sold, bought = told_of(tmp_path, "cointracker-export.csv", plain)
    assert (sold["asset"], sold["proceeds_usd"], sold["disposition"]) == ("BTC", "910", "swapped")
    assert (bought["asset"], bought["cost_usd"]) == ("ETH", "910")
    assert "sale" not in {event["kind"] for event in told_of(tmp_path, "cointracker-export.csv", fee)}


@pytest.mark.parametrize("gone", ["Fee (USD) USD", "Fee (BTC) BTC"])
def test_amounts_of_gemini_without_the_column_of_their_fee_are_refused(tmp_path: Path, gone: str) -> None:
    above, body = table("gemini.csv")
    at = body[0].index(gone)
    file = tmp_path / "gemini.csv"
    file.write_text(written(above, [row[:at] + row[at + 1 :] for row in body]), encoding="utf-8")
    with pytest.raises(InputRefusedError, match="refused") as refused:
        read_file(file, None, {})
    assert [(problem.key, problem.reason) for problem in refused.value.problems] == [(gone, "it is not there")]
