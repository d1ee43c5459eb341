"""One trade that an import of the export and the API both tell: known by its id, or asked about with the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.store import EventStore
from tests.commands.calling import Caller
from tests.ingest.exchanges.kit import EXPORTS, NOW, Answers, Coinbase, Kraken, World, expected, fill, kraken_entries

LEDGERS, TRADES = "kraken-ledgers.csv", "kraken-trades.csv"
HELD = ("--set", "inflow=held")
HEADER = (
    "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,"
    "Total (inclusive of fees and/or spread),Fees and/or Spread,Notes"
)
ROW = (
    "61cf7881dcb36d00016f97c6,2026-03-05 15:31:00 UTC,Advanced Trade Sell,BTC,-0.01,USD,$86000.00,$860.00,$856.56,"
    "$3.44,Sold 0.01 BTC for 856.56 USD on BTC-USD at 86000 USD/BTC"
)


def poll(home: Path, answer: Answers, service: str) -> World:
    """Return what a look at the account left, with how many events were new among what it told."""
    clock = SetClock(NOW)
    with EventStore.open(home, clock=clock) as store:
        here = World(home, store, clock, answer, settings={"service": service})
        here.told.append(str(here.look()))
        return here


def log_of(lotwork: Caller) -> list[dict[str, Any]]:
    """Return the book as it is exported."""
    return [json.loads(line) for line in lotwork("export").out.splitlines()]


def test_krakens_ledgers_imported_and_then_polled_are_told_once(lotwork: Caller) -> None:
    lotwork("import", EXPORTS / LEDGERS, *HELD, code=None)
    before = log_of(lotwork)
    here = poll(lotwork.home, Kraken(), "kraken")
    assert here.told[-1] == "0"
    assert log_of(lotwork) == before


def test_krakens_ledgers_polled_and_then_imported_are_told_once(lotwork: Caller) -> None:
    here = poll(lotwork.home, Kraken(), "kraken")
    assert here.told[-1] == str(len(expected(LEDGERS)) + 1)
    before = log_of(lotwork)
    told = lotwork("import", EXPORTS / LEDGERS, *HELD, code=None)
    assert "otherwise" not in told.out + told.err
    more = log_of(lotwork)[len(before) :]
    assert log_of(lotwork)[: len(before)] == before
    assert {(each["kind"], *each["set"]) for each in more} == {("correction", "row")}, "that the export tells it too"
    assert len({each["target"] for each in more}) == len(more)
    assert "are in the export too" in told.out + told.err
    lotwork("import", EXPORTS / LEDGERS, *HELD, code=None)
    assert log_of(lotwork)[len(before) :] == more


@pytest.mark.parametrize("first", ["export", "API"])
def test_krakens_trades_and_its_api_tell_a_trade_once(lotwork: Caller, first: str) -> None:
    entries = {name: each for name, each in kraken_entries().items() if each["refid"] == "TRADE1-CCCCC-DDDDDD"}
    rows = (EXPORTS / TRADES).read_text("utf-8").splitlines()
    file = lotwork.home.parent / "trades.csv"
    file.write_text("\n".join([rows[0], *(row for row in rows if "TRADE1-CCCCC-DDDDDD" in row)]) + "\n")
    if first == "export":
        lotwork("import", file, code=None)
        poll(lotwork.home, Kraken(entries), "kraken")
    else:
        poll(lotwork.home, Kraken(entries), "kraken")
        lotwork("import", file, code=None)
    assert [each["id"] for each in log_of(lotwork) if each["kind"] == "sale"] == ["kraken:TRADE1-CCCCC-DDDDDD"]


@pytest.mark.parametrize("first", ["export", "API"])
def test_a_trade_whose_ids_and_fee_do_not_match_is_asked_about_with_its_commands(lotwork: Caller, first: str) -> None:
    file = lotwork.home.parent / "coinbase.csv"
    file.write_text(f"{HEADER}\n{ROW}\n")
    coinbase = Coinbase({}, [fill("t-1", "2026-03-05T15:31:00.123Z", "SELL", "BTC-USD", "86000", "0.01", "3.45")])
    if first == "API":
        poll(lotwork.home, coinbase, "coinbase")
    lotwork("import", file, code=None)
    if first == "export":
        poll(lotwork.home, coinbase, "coinbase")
    assert len([each for each in log_of(lotwork) if each["kind"] == "sale"]) == 2
    found = lotwork("gains", "--year", "2026", "--json", code=None).result["findings"]
    asked = [each for each in found if each["code"] == "likely_twins"]
    assert len(asked) == 1
    assert "lotwork add void target=coinbase:" in asked[0]["message"]
