"""A row of a known file that is done in part, or that is recorded by hand while the rest of its file is read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ingest.profiles.reading import KnownRows
from lotwork.ledger.errors import InputRefusedError

ORDERS = (
    "UUID,Time Entered,Symbol,Side,Quantity,State,Order Type,Leaves Quantity,Entered Price,Average Price,Notional\n"
    'u1,2026-01-02T11:00:00Z,BTC,Buy,0.02,Filled,Limit,0,$85000.00,$85010.00,"($1,700.20)"\n'
)
KOINLY = (
    "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,Net Worth Amount,"
    "Net Worth Currency,Label,Description,TxHash\n"
)
TRADES = (
    "Date,Action,Symbol,Account,Volume,Price,Currency,Fee,FeeCurrency,Total,Cost/Proceeds,ExchangeId,Category,"
    "Subaccount,Memo,SymbolBalance,CurrencyBalance,FeeBalance\n"
)
COINBASE = (
    "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,"
    "Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n"
)
SOLD = "c1,2026-01-03 11:00:00 UTC,Sell,BTC,-0.01,USD,$90000,$900,$890,$10,Sold 0.01 BTC for 890 USD\n"


def read(folder: Path, text: str, **said: str) -> KnownRows:
    file = folder / "export.csv"
    file.write_text(text, encoding="utf-8")
    found = read_file(file, None, said)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("row", "quantity"),
    [
        ("Sell,0.01,Canceled,Limit,0.004,$85000.00,$85010.00,$510.06", "0.006"),
        ("Sell,0.01,Partially Filled,Limit,0.004,$85000.00,$85010.00,$510.06", "0.006"),
        ("Sell,0.01,Filled,Limit,0.004,$85000.00,$85010.00,$510.06", "0.006"),
        ("Sell,0.01,Filled,Limit,0.004,$85000.00,$85010.00,$850.10", "0.01"),
        ("Buy,0.01,Rejected,Limit,0.0099,$85000.00,$85010.00,($8.50)", "0.0001"),
    ],
)
def test_an_order_filled_in_part_counts_as_far_as_its_price_proves(tmp_path: Path, row: str, quantity: str) -> None:
    told = read(tmp_path, f"{ORDERS}u2,2026-01-03T11:00:00Z,BTC,{row}\n")
    assert [line.content["quantity"] for line in told.lines] == ["0.02", quantity]
    assert not told.left_out


@pytest.mark.parametrize("price", ["$0.00,", ",$510.06", "$85010.00,$300.00"])
def test_what_no_price_proves_of_an_order_is_asked_about(tmp_path: Path, price: str) -> None:
    told = read(tmp_path, f"{ORDERS}u2,2026-01-03T11:00:00Z,BTC,Sell,0.01,Canceled,Limit,0.004,$85000.00,{price}\n")
    (asked,) = told.asked.values()
    assert (len(told.lines), asked.lines) == (1, (3,))


def test_an_order_of_which_nothing_was_filled_is_left_out(tmp_path: Path) -> None:
    told = read(tmp_path, f"{ORDERS}u2,2026-01-03T11:00:00Z,BTC,Sell,0.01,Canceled,Limit,0.01,$85000.00,,\n")
    assert (len(told.lines), dict(told.reasons)) == (1, {'State is "Canceled"': 1})


@pytest.mark.parametrize("state", ["Canceled", "Rejected", "Failed"])
def test_an_order_that_ended_and_tells_what_was_paid_is_asked_about(tmp_path: Path, state: str) -> None:
    order = f"u2,2026-01-03T11:00:00Z,BTC,Sell,0.01,{state},Limit,0,$85000.00,$85010.00,$510.06\n"
    told = read(tmp_path, ORDERS + order)
    (asked,) = told.asked.values()
    assert (len(told.lines), asked.lines) == (1, (3,))
    assert not read(tmp_path, ORDERS + order, skip=state).asked


@pytest.mark.parametrize(
    ("header", "good", "odd"),
    [
        (
            KOINLY,
            "2026-01-02 12:00 UTC,0.01,BTC,850.00,USD,2.00,USD,,,,sold,\n",
            "2026-01-10 12:00 UTC,0.002,BTC,0.00199,BTC,,,170.00,USD,,,\n",
        ),
        (
            TRADES,
            "2026-01-02 12:00:00 +0000,SELL,BTC,Kraken,0.01,85000,USD,2,USD,848,848,1,,,,0,0,0\n",
            "2026-01-03 12:00:00 +0000,SELL,BTC,Kraken,0.01,85000,USD,-1,USD,851,851,3,,,,0,0,0\n",
        ),
        (COINBASE, SOLD, SOLD.replace("c1", "c2").replace("USD,$9", "EUR,$9")),
    ],
)
def test_the_rest_of_a_file_is_read_without_a_row_that_is_recorded_by_hand(
    tmp_path: Path, header: str, good: str, odd: str
) -> None:
    with pytest.raises(InputRefusedError) as refused:
        read(tmp_path, header + good + odd)
    (said,) = re.findall(r"by hand, and leave the row out with --set skip=(row:\w+)", str(refused.value))
    for text in (header + good + odd, header + odd + good):  # wherever it stands
        told = read(tmp_path, text, skip=f"other|{said}")
        assert len(told.lines) == 1
        assert dict(told.reasons) == {"--set skip names the row": 1}


def test_rows_without_a_word_are_left_out_as_their_refusal_says(tmp_path: Path) -> None:
    text = f"{COINBASE}{SOLD},,,,,,,,,,note\n"
    with pytest.raises(InputRefusedError, match="--set 'skip='"):
        read(tmp_path, text)
    told = read(tmp_path, text, skip="")
    assert (len(told.lines), told.left_out) == (1, 1)


@pytest.fixture(params=["Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def machine_of(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the clock of the machine be of a zone."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("machine_of")
@pytest.mark.parametrize("acquired", ["2024-01-15", "2024-01-15 00:00:00", "20240115", "2024-01-15 20:00:00-03"])
def test_a_day_is_not_told_by_the_clock_of_the_machine(tmp_path: Path, acquired: str) -> None:
    text = (
        "Swan Bitcoin Inc\n123 Example St\nEvent,Date,Timezone,Status,Transaction ID,Total USD,Transaction USD,Fee USD,"
        "Unit Count,Asset Type,BTC Price,Address Label,USD Cost Basis,Acquisition Date\ndeposit,2026-03-02 09:00:00+00,"
        f"UTC,settled,sw-x1,3000.00,3000.00,0,0.05,BTC,60000.00,cold,3000.00,{acquired}\n"
    )
    (line,) = read(tmp_path, text, inflow="opening").lines
    assert line.content["at"] == "2024-01-15T12:00:00Z"
