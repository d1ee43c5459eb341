"""Prices from a file of one's own: a row speaks for its interval and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lotwork.ingest.prices.csv_file import CsvPrices, read_quotes
from lotwork.ingest.prices.states import StalePriceError
from lotwork.ledger.errors import InputRefusedError
from tests.ingest.memory_evidence import MemoryEvidence

NOON = datetime(2026, 6, 5, 12, tzinfo=UTC)
FILE = """at,asset,price_usd,interval
2026-06-05T00:00:00Z,BTC,104000.00,1d
2026-06-05T12:00:00Z,BTC,0104050.50,1h
2026-06-05T12:30:00Z,BTC,104060,
2026-06-05T12:00:00Z,LTC,88.125,1h
"""


def prices(tmp_path: Path, text: str = FILE) -> CsvPrices:
    path = tmp_path / "prices.csv"
    path.write_text(text)
    return CsvPrices(path=path, evidence=MemoryEvidence())


@pytest.mark.parametrize(
    ("minutes", "price", "interval"),
    [(-1, "104000", "86400s"), (0, "104050.5", "3600s"), (30, "104060", "60s"), (31, "104050.5", "3600s")],
)
def test_the_shortest_interval_that_contains_the_instant_wins(
    minutes: int, price: str, interval: str, tmp_path: Path
) -> None:
    sample = prices(tmp_path).fetch("BTC", NOON + timedelta(minutes=minutes))
    assert sample is not None
    assert (sample.price_usd, sample.interval, sample.source) == (price, interval, "csv")


def test_the_sample_says_its_own_time_not_the_instant_asked_for(tmp_path: Path) -> None:
    sample = prices(tmp_path).fetch("LTC", NOON + timedelta(minutes=59, seconds=59))
    assert sample is not None
    assert sample.at == NOON
    assert sample.id == "price:csv:LTC:2026-06-05T12:00:00Z:3600s"


@pytest.mark.parametrize(("asset", "hours"), [("LTC", -1), ("DOGE", 0), ("BTC", 24 * 9)])
def test_where_no_row_is_near_there_is_no_price(asset: str, hours: int, tmp_path: Path) -> None:
    assert prices(tmp_path).fetch(asset, NOON + timedelta(hours=hours)) is None


@pytest.mark.parametrize(("asset", "hours", "age"), [("LTC", 1, "1 h 0 min"), ("BTC", 12, "11 h 30 min")])
def test_a_price_is_never_carried_beyond_its_interval_and_told_as_stale(
    asset: str, hours: int, age: str, tmp_path: Path
) -> None:
    with pytest.raises(StalePriceError, match=f"is stale: .* {age} before: it is not used"):
        prices(tmp_path).fetch(asset, NOON + timedelta(hours=hours))


def test_the_interval_column_may_be_missing(tmp_path: Path) -> None:
    source = prices(tmp_path, "at;asset;price_usd\n2026-06-05T12:00:00Z;BTC;5\n")
    sample = source.fetch("BTC", NOON + timedelta(seconds=59))
    assert sample is not None
    assert sample.interval == "60s"
    with pytest.raises(StalePriceError, match="1 min before"):
        source.fetch("BTC", NOON + timedelta(seconds=60))


def test_every_problem_of_the_file_is_told_at_once(tmp_path: Path) -> None:
    text = (
        "at,asset,price_usd,interval\n"
        "2026-06-05,BTC,1,1d\n"
        "2026-06-05T00:00:00Z,BTC,0,1d\n"
        "2026-06-05T00:00:00Z,BTC,-4,1d\n"
        "2026-06-05T00:00:00Z,,4,2d\n"
        "2026-06-05T00:00:00Z,BTC,5000000000,1d\n"
        "2026-06-05T00:00:00Z,BTC,5,1d\n"
        "2026-06-05T00:00:00Z,BTC,6,1d\n"
    )
    with pytest.raises(InputRefusedError) as refused:
        prices(tmp_path, text).fetch("BTC", NOON)
    told = [(problem.where, problem.key) for problem in refused.value.problems]
    assert told == [
        ("prices.csv:2", "at"),
        ("prices.csv:3", "price_usd"),
        ("prices.csv:4", "price_usd"),
        ("prices.csv:5", "interval"),
        ("prices.csv:5", "asset"),
        ("prices.csv:6", "price_usd"),
        ("prices.csv:8", "price_usd"),
    ]


@pytest.mark.parametrize("column", ["Interval", "INTERVAL", " interval_"])
def test_an_interval_in_another_spelling_is_refused(tmp_path: Path, column: str) -> None:
    """Read as no interval, a day's price would speak for a minute."""
    path = tmp_path / "prices.csv"
    path.write_text(f"at,asset,price_usd,{column}\n2025-01-01T00:00:00Z,BTC,90000,1d\n")
    with pytest.raises(InputRefusedError) as refused:
        read_quotes(path)
    assert "did you mean interval?" in refused.value.problems[0].remedy
