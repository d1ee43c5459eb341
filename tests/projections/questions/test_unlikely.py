"""An amount in another unit is asked about: coins are income at what they were worth, and at no other number.

Law: fair market value on receipt (26 U.S.C. 61; Notice 2014-21, A-8), and the amount realized by a sale (1001(b)).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.units import AssetTable
from lotwork.projections.questions.unlikely import UnlikelyFold, UnlikelyState
from tests.projections.house import book_of, codes, receipt, sale
from tests.projections.questions.answering import answers

MINED = receipt("mined", "2025-03-01", "0.01", "90000")
CODE = ["amount_unlikely"]


def later(quantity: str = "0.01", price: str | None = "91000", **more: Any) -> dict[str, Any]:
    return receipt("later", "2025-03-02", quantity, price, **more)


@pytest.mark.parametrize(
    "line",
    [
        later(price="91.000"),
        later(price="910"),
        later(price="9100000"),
        later(price=None, value_usd="91000"),
        later("91000", "0.01"),
        later("0.0001", "910000000"),
        sale("later", "2025-03-30", "0.01", "91000"),
        sale("later", "2025-03-30", "0.01", "0"),
        sale("later", "2025-03-30", "0.01", "9.10", disposition="spent"),
        {"kind": "purchase", "id": "later", "at": "2025-03-03T00:00:00Z", "wallet": "x", "asset": "BTC",
         "quantity": "1000000", "cost_usd": "910"},
        {"kind": "price", "id": "later", "at": "2025-03-03T00:00:00Z", "asset": "BTC", "price_usd": "0.00091"},
    ],
)  # fmt: skip
def test_a_price_far_from_the_last_one_is_asked_about(line: dict[str, Any]) -> None:
    (asked,) = book_of(MINED, line).told()
    assert (asked.code, asked.event) == ("amount_unlikely", "later")
    *_, right = answers(asked.message)
    assert codes(book_of(MINED, line, *right)) == []


@pytest.mark.parametrize(
    "line",
    [
        later(price="180000"),
        later(price="4600"),
        later("0.00000100", "0.01"),  # dust: less than a dollar by either price
        later(price=None),
        later(price=None, no_market="no market has it"),
        later(price="1", asset="DOGE"),
        receipt("later", "2025-04-02", "0.01", "900"),
        sale("later", "2025-03-30", "0.01", "0", disposition="gift"),
        sale("later", "2025-03-30", "0.01", "0", disposition="lost"),
    ],
)
def test_a_price_that_may_be_is_not_asked_about(line: dict[str, Any]) -> None:
    assert "amount_unlikely" not in codes(book_of(MINED, line))


ETH = receipt("eth", "2025-02-27", "1", "3000", asset="ETH")


@pytest.mark.parametrize(
    "line",
    [
        later("0.04", "3600"),
        later("0.04", None, value_usd="91000"),
        {"kind": "purchase", "id": "later", "at": "2025-03-05T00:00:00Z", "wallet": "x", "asset": "BTC",
         "quantity": "0.02", "cost_usd": "91000"},
        receipt("later", "2025-03-02", "0.5", "3100"),
        receipt("later", "2025-03-02", "0.5", "91000", asset="ETH"),
    ],
)  # fmt: skip
def test_a_total_and_a_price_or_two_coins_mixed_up_are_asked_about(line: dict[str, Any]) -> None:
    assert codes(book_of(ETH, MINED, line)) == CODE


@pytest.mark.parametrize(
    "prices",
    [
        ("20000", "50000", "100000", "30000", "100000", "20000", "2000"),
        ("1000", "50000", "1000"),
        ("100", "200", "5000", "100"),
    ],
)
@pytest.mark.parametrize("quantity", ["1", "2", "0.5"])
def test_round_prices_of_some_weeks_are_not_asked_about(prices: tuple[str, ...], quantity: str) -> None:
    """A book as it is written to try something out: prices of some years, in days of one month."""
    assert (
        codes(
            book_of(*(receipt(f"r{day}", f"2025-01-{day:02}", quantity, price) for day, price in enumerate(prices, 1)))
        )
        == []
    )


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_thin_coin_that_rises_thirtyfold_in_a_month_is_not_asked_about(days: int) -> None:
    """SHIB from April 15 to May 10, 2021: from 0.0000013 to 0.000038 dollars."""
    token = {"kind": "asset", "id": "shib", "at": "2021-01-01T00:00:00Z", "asset": "SHIB", "decimals": 18}
    first, last = Decimal("0.0000013"), Decimal("0.000038")
    told = range(0, 30, min(days, 29))
    prices = {day + 1: f"{first * (last / first) ** (Decimal(day) / 29):.9f}" for day in told}
    lines = (receipt(f"r{day}", f"2025-04-{day:02}", "9000000", price, asset="SHIB") for day, price in prices.items())
    assert codes(book_of(token, *lines)) == []


@pytest.mark.parametrize(
    ("quantity", "price", "asset"), [("100", "100000", "BTC"), ("400", "120000", "BTC"), ("9000", "3000", "ETH")]
)
def test_a_large_filer_is_not_asked_about(quantity: str, price: str, asset: str) -> None:
    assert codes(book_of(receipt("a", "2025-03-01", quantity, price, asset=asset))) == []


def test_one_slip_is_one_question_however_many_follow() -> None:
    days = [receipt(f"r{day}", f"2025-03-{day:02}", "0.01", "90500") for day in range(2, 12)]
    assert codes(book_of(MINED, later(price="91"), *days)) == CODE
    assert codes(book_of(receipt("slip", "2025-02-28", "0.01", "90"), MINED, *days)) == CODE


def test_a_slip_of_december_is_asked_about_where_the_return_is_filed_that_has_it() -> None:
    book = book_of(receipt("slip", "2025-12-20", "0.01", "90"), receipt("right", "2026-01-05", "0.01", "90000"))
    assert [(asked.code, asked.event) for asked in book.told()] == [("amount_unlikely", "slip")]


def test_a_coin_that_fell_is_asked_about_once() -> None:
    fell = later(price="1000")
    days = [receipt(f"r{day}", f"2025-03-{day:02}", "0.01", "1010") for day in range(4, 9)]
    (asked,) = book_of(MINED, fell, *days).told()
    assert codes(book_of(MINED, fell, *days, *answers(asked.message)[-1])) == []


@pytest.mark.parametrize(
    ("quantity", "price", "asset"),
    [
        ("1000000", "90000", "BTC"),
        ("1112", "90000", "BTC"),
        ("50000000", "3000", "ETH"),
        ("100000000", "0.11", "DOGE"),
    ],
)
def test_a_receipt_of_millions_is_asked_about(quantity: str, price: str, asset: str) -> None:
    """Satoshis, gwei and koinu told as coins."""
    line = receipt("a", "2025-03-01", quantity, price, asset=asset)
    (asked,) = book_of(line).told()
    assert (asked.code, asked.event) == ("amount_unlikely", "a")
    assert codes(book_of(line, *answers(asked.message)[-1])) == []


@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ({"fee_usd": "9500"}, True),
        ({"fee_usd": "9000"}, True),
        ({"fee_usd": "4501"}, True),
        ({"fee_usd": "4500"}, False),
        ({"fee_usd": "49.99", "proceeds_usd": "9.1", "quantity": "0.0001"}, False),
    ],
)
def test_a_fee_that_is_most_of_a_trade_is_asked_about(told: dict[str, str], asks: bool) -> None:
    """The fee lowers what a sale realized (26 U.S.C. 1001(b)) and is part of what a purchase cost (1012)."""
    funds = receipt("funds", "2025-01-01", "1", "90000")
    sold = sale("s", "2025-03-01", "0.1", "9000") | told
    bought = {"kind": "purchase", "id": "p", "at": "2025-03-01T00:00:00Z", "wallet": "x", "asset": "BTC",
              "quantity": sold["quantity"], "cost_usd": sold["proceeds_usd"], "fee_usd": told["fee_usd"]}  # fmt: skip
    for line in (sold, bought):
        made = book_of(funds, line)
        assert codes(made) == (CODE if asks else [])
        if asks:
            assert codes(book_of(funds, line, *answers(made.told()[0].message)[-1])) == []


def test_a_block_of_the_first_days_is_not_asked_about() -> None:
    assert codes(book_of(receipt("a", "2025-03-01", "50", "90000", income="block_reward"))) == []


def test_a_fold_that_goes_on_from_its_state_asks_the_same() -> None:
    first, second = (parse_event(line, AssetTable(), "test") for line in (MINED, later(price="91")))
    begun = UnlikelyFold(AssetTable(), [])
    begun.take(first)
    kept = msgspec.json.decode(msgspec.json.encode(begun.state()), type=UnlikelyState)
    went_on = UnlikelyFold(AssetTable(), [])
    went_on.resume(kept)
    went_on.take(second)
    assert went_on.findings == list(book_of(MINED, later(price="91")).told())


def mark(at: str, price: str, **more: Any) -> dict[str, Any]:
    """Return what a market said of a minute."""
    line = {"kind": "price", "id": f"mark:{at}", "at": at, "asset": "BTC", "price_usd": price}
    return line | {"interval": "60s", "source": "coinbase", **more}


NOON = mark("2025-03-02T11:58:00Z", "91000")


@pytest.mark.parametrize(
    "line",
    [
        later(price="9100"),
        later(price="910000"),
        later("0.1", price="9.1"),
        sale("later", "2025-03-02", "0.01", "91"),
        sale("later", "2025-03-02", "0.01", "9100"),
    ],
)
def test_what_a_market_said_of_the_hour_is_nearer_than_the_month(line: dict[str, Any]) -> None:
    (asked,) = book_of(MINED, NOON, line).told()
    assert (asked.code, asked.event) == ("amount_unlikely", "later")
    *_, right = answers(asked.message)
    assert codes(book_of(MINED, NOON, line, *right)) == []


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([NOON, later(price="60000")], id="a wild hour"),
        pytest.param([mark("2025-03-02T09:00:00Z", "91000"), later(price="9100")], id="another hour"),
        pytest.param([NOON | {"source": "csv"}, later(price="9100")], id="no market"),
        pytest.param([NOON, later("0.0001", price="9100")], id="little"),
        pytest.param([NOON, later(price=None)], id="the market's own"),
        pytest.param([NOON, sale("later", "2025-03-02", "0.0004", "30", fee_usd="6")], id="a small trade with a fee"),
    ],
)
def test_an_honest_amount_is_not_held_against_a_market(lines: list[dict[str, Any]]) -> None:
    assert "amount_unlikely" not in codes(book_of(MINED, *lines))


def test_a_coin_that_did_move_by_so_much_is_not_asked_about_twice() -> None:
    """The market's own price is asked about, once; whoever was paid at it is not."""
    risen = [mark("2025-03-02T11:58:00Z", "9000000"), later(price="9100000"), later(price="9050000") | {"id": "more"}]
    assert [one.event for one in book_of(MINED, *risen).told()] == ["mark:2025-03-02T11:58:00Z"]
