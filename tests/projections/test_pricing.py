"""What a receipt was worth: the shortest candle over its instant, else the nearest reading, else nothing yet."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.projections.pricing import Prices
from tests.projections.house import book_of, codes, receipt, told, transfer

AT = "2025-03-01T12:00:30Z"
PENDING = receipt("r", AT, "2", None)


def price(name: str, at: str, usd: str, interval: str | None = None, source: str | None = None) -> dict[str, Any]:
    line = {"kind": "price", "id": name, "at": at, "asset": "BTC", "price_usd": usd}
    return line | {key: value for key, value in (("interval", interval), ("source", source)) if value}


def valued(*prices: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return the price the receipt was valued at, and its source."""
    (row,) = book_of(PENDING, *prices).income.rows
    return row.price_usd, row.price_source


MINUTE = price("minute", "2025-03-01T12:00:00Z", "100", "1m", "coinbase")
HOUR = price("hour", "2025-03-01T12:00:00Z", "90", "1h", "kraken")
DAY = price("day", "2025-03-01T00:00:00Z", "80", "1d", "csv")


def test_without_a_price_a_receipt_is_pending_and_in_no_figure() -> None:
    book = book_of(PENDING)
    assert valued() == (None, None)
    assert book.income.pending == [(2025, "r")]
    assert book.open_lots() == ()
    assert codes(book) == ["receipt_pending"]


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ((DAY, HOUR, MINUTE), ("100", "coinbase")),
        ((DAY, HOUR), ("90", "kraken")),
        ((DAY,), ("80", "csv")),
        ((price("seconds", "2025-03-01T12:00:30Z", "101", "1s", "x"), MINUTE), ("101", "x")),
        ((price("a", "2025-03-01T12:01:00Z", "100", "1m"),), (None, None)),
        ((price("b", "2025-03-01T11:59:00Z", "100", "1m"),), (None, None)),
        ((price("c", "2025-03-01T12:00:30Z", "100", "60"),), ("100", "manual")),
        ((price("d", "2025-03-01T11:59:30Z", "100", "60s"),), (None, None)),
    ],
)  # fmt: skip
def test_the_shortest_candle_that_covers_the_instant_is_the_price(
    prices: tuple[dict[str, Any], ...], expected: tuple[str | None, str | None]
) -> None:
    assert valued(*prices) == expected


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([("2025-03-01T11:00:30Z", "7")], "7"),
        ([("2025-03-01T11:00:29Z", "7")], None),
        ([("2025-03-01T13:00:30Z", "7")], "7"),
        ([("2025-03-01T13:00:31Z", "7")], None),
        ([("2025-03-01T11:50:00Z", "7"), ("2025-03-01T12:05:00Z", "8")], "8"),
        ([("2025-03-01T12:00:20Z", "7"), ("2025-03-01T12:05:00Z", "8")], "7"),
        ([("2025-03-01T12:00:30Z", "7"), ("2025-03-01T12:00:31Z", "8")], "7"),
    ],
)
def test_a_reading_holds_for_an_hour_around_it_the_nearest_first(
    readings: list[tuple[str, str]], expected: str | None
) -> None:
    points = [price(f"p{number}", at, usd, source="hand") for number, (at, usd) in enumerate(readings)]
    assert valued(*points)[0] == expected


def test_a_candle_beats_a_reading_however_near() -> None:
    assert valued(price("p", AT, "7"), HOUR) == ("90", "kraken")


@pytest.mark.parametrize(("other", "told_of"), [("102", False), ("102.01", True), ("98", False), ("97.99", True)])
def test_two_sources_more_than_two_percent_apart_are_a_finding(other: str, told_of: bool) -> None:
    second = price("second", "2025-03-01T12:00:00Z", other, "1m", "kraken")
    book = book_of(PENDING, MINUTE, second)
    assert codes(book) == (["prices_apart"] if told_of else [])
    assert book.income.rows[0].price_usd == "100"
    assert codes(book_of(PENDING, MINUTE, second | {"source": "coinbase"})) == []


def test_a_value_is_rounded_once_and_lots_take_it_as_their_basis() -> None:
    book = book_of(receipt("r", AT, "0.00000003", None), price("p", AT, "33333.335"))
    assert book.income.totals[2025, "pool_payout"] == 1000
    (lot,) = book.open_lots()
    assert lot.basis_usd_micros == 1000


def test_a_price_in_the_event_is_never_looked_up() -> None:
    book = book_of(receipt("r", AT, "1", "5"), MINUTE)
    assert (book.income.rows[0].price_usd, book.income.rows[0].price_source) == ("5", "event")
    assert book.quotes == {}


def test_the_fee_of_a_transfer_is_priced_like_a_receipt() -> None:
    moved = transfer("t", AT, "0.5", "cold", "hot", fee_quantity="0.1")
    book = book_of(receipt("r", "2025-01-01", "1", "10"), moved, MINUTE)
    (row,) = book.gains.rows
    assert (row.disposal, row.proceeds_usd_micros, row.basis_usd_micros) == ("t", 10_000_000, 1_000_000)
    assert codes(book) == []


def test_a_transfer_without_a_fee_asks_no_price() -> None:
    moved = transfer("t", AT, "0.5", "cold", "hot")
    assert book_of(receipt("r", "2025-01-01", "1", "10"), moved, MINUTE).quotes == {}


def test_a_price_of_another_asset_values_nothing() -> None:
    assert valued(MINUTE | {"asset": "LTC"}) == (None, None)


def test_a_void_price_values_nothing() -> None:
    void = {"kind": "void", "id": "v", "at": "2025-06-01T00:00:00Z", "target": "minute", "reason": "wrong"}
    assert valued(MINUTE, HOUR, void) == ("90", "kraken")


def test_overlapping_candles_of_one_length_all_tell() -> None:
    first = price("first", "2025-03-01T11:59:45Z", "100", "1m", "a")
    second = price("second", "2025-03-01T12:00:15Z", "200", "1m", "b")
    quote, others = Prices(told(second, first)).at("BTC", parse_instant(AT))
    assert quote is not None
    assert quote.event == "first"
    assert [other.event for other in others] == ["second"]


def test_of_two_candles_as_long_the_one_recorded_first_stays_the_price() -> None:
    """A receipt priced by the row of 11:30 is not priced anew by the row of 11:00 that a later question brought."""
    earlier = price("earlier", "2025-03-01T11:30:00Z", "200", "1h", "csv")
    later = price("later", "2025-03-01T12:00:00Z", "100", "1h", "csv")
    assert valued(later, earlier) == ("100", "csv")
    assert valued(earlier, later) == ("200", "csv")


@pytest.mark.parametrize("before", [HOUR, DAY, price("hand", AT, "95", source="hand")])
def test_a_shorter_candle_recorded_later_is_the_price_and_told(before: dict[str, Any]) -> None:
    book = book_of(PENDING, before, MINUTE)
    assert book.income.rows[0].price_usd == "100"
    assert codes(book) == ["price_revised"]
    (finding,) = book.told()
    words = f"r was priced {before['price_usd']} by {before['source']} ({before['id']}); minute of coinbase"
    assert words in finding.message


def test_one_that_says_the_same_or_was_recorded_before_revises_nothing() -> None:
    assert codes(book_of(PENDING, HOUR | {"price_usd": "100"}, MINUTE)) == []
    assert codes(book_of(PENDING, MINUTE, HOUR, DAY)) == []
    void = {"kind": "void", "id": "v", "at": "2025-06-01T00:00:00Z", "target": "hour", "reason": "wrong"}
    assert codes(book_of(PENDING, HOUR, MINUTE, void)) == []
