"""Income by year, kind, day and pool, on the taxpayer's days."""

from __future__ import annotations

from datetime import date

import pytest

from lotwork.ledger.errors import InputRefusedError
from tests.projections.every_kind import EVERY_KIND
from tests.projections.house import book_of, codes, receipt, told

NEW_YORK = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "time_zone": "America/New_York"}


def test_income_belongs_to_the_day_it_came_where_the_taxpayer_lives() -> None:
    book = book_of(NEW_YORK, receipt("a", "2025-01-01T04:59:59Z", "1"), receipt("b", "2025-01-01T05:00:00Z", "2"))
    assert book.income.of_year(2024) == {"pool_payout": 100_000_000}
    assert book.income.of_year(2025) == {"pool_payout": 200_000_000}
    assert [row.date for row in book.income.rows] == [date(2024, 12, 31), date(2025, 1, 1)]


def test_income_of_a_day_is_told_by_pool_and_else_by_kind() -> None:
    book = book_of(
        receipt("a", "2025-01-01", "1", pool="ocean"),
        receipt("b", "2025-01-01", "1", pool="ocean"),
        receipt("c", "2025-01-01", "1", income="staking"),
    )
    day = date(2025, 1, 1)
    assert dict(book.income.by_day) == {(day, "ocean"): 200_000_000, (day, "staking"): 100_000_000}


def test_a_day_whose_receipts_have_no_price_is_not_a_day_of_nothing() -> None:
    book = book_of(receipt("r1", "2025-03-01", "1", None))
    assert (dict(book.income.by_day), codes(book)) == ({}, ["receipt_pending"])


def test_gross_and_fee_of_a_pool_are_kept_beside_what_arrived() -> None:
    book = book_of(receipt("a", "2025-01-01", "1", gross_quantity="1.02", pool_fee_quantity="0.02"))
    (row,) = book.income.rows
    assert (row.gross_quantity, row.pool_fee_quantity, row.quantity) == (102_000_000, 2_000_000, 100_000_000)


def test_rows_are_kept_for_the_years_asked_and_totals_for_all() -> None:
    book = book_of(receipt("a", "2024-01-01", "1"), receipt("b", "2025-01-01", "1"), years=(2025,))
    assert [row.receipt for row in book.income.rows] == ["b"]
    assert book.income.of_year(2024) == {"pool_payout": 100_000_000}


def test_receipts_are_told_by_where_they_belong_and_anew_once_one_more_came() -> None:
    aside = receipt("b", "2025-01-02", "1", trade="no")
    book = book_of(receipt("c", "2024-01-01", "1"), receipt("a", "2025-01-01", "1"), aside)
    assert book.income.received(2025) == {"business": ("a",), "outside": ("b",)}
    assert book.income.received(2025, "hobby") == {"hobby": ("a",), "outside": ("b",)}
    book.take(told(receipt("d", "2025-01-03", "1")))
    assert book.income.received(2025) == {"business": ("a", "d"), "outside": ("b",)}


def test_a_pending_receipt_is_told_once_and_in_no_total() -> None:
    book = book_of(receipt("a", "2025-01-01", "1", None), years=())
    assert codes(book) == ["receipt_pending"]
    assert book.income.of_year(2025) == {}


def test_the_price_of_the_last_coin_received_is_remembered() -> None:
    book = book_of(
        receipt("a", "2025-01-01", "1", "7"),
        receipt("b", "2025-01-02", "1", None),
        receipt("c", "2025-01-03", "1", None, value_usd="9"),
    )
    assert book.income.last_price == ("BTC", "7")


def test_every_kind_of_event_can_be_handed_to_the_fold() -> None:
    fold = book_of().income
    for event in EVERY_KIND:
        fold.take(event)
    assert fold.pending == [(2025, "c")]


@pytest.mark.parametrize("kind", ["fork", "airdrop", "hosting"])
def test_coins_of_a_fork_an_airdrop_or_for_hosting_are_income_at_their_value_and_have_it_as_basis(kind: str) -> None:
    """Rev. Rul. 2019-24: ordinary income at dominion and control; IRS FAQ on virtual currency, A23-A25, A9-A11."""
    book = book_of(receipt("r", "2025-03-01", "0.5", "80", income=kind))
    assert book.income.of_year(2025) == {kind: 40_000_000}
    assert [lot.basis_usd_micros for lot in book.open_lots()] == [40_000_000]


def test_a_forks_coin_without_a_value_is_pending_and_no_lot() -> None:
    """Rev. Rul. 2019-24, Situation 1: what one cannot transfer or sell is no income yet; nothing is ever worth 0."""
    book = book_of(receipt("r", "2025-03-01", "0.5", None, income="fork"))
    assert (book.income.of_year(2025), book.open_lots(), codes(book)) == ({}, (), ["receipt_pending"])
    told = {"kind": "price", "id": "p", "at": "2025-03-01T12:00:00Z", "asset": "BTC", "price_usd": "10", "source": "x"}
    valued = book_of(receipt("r", "2025-03-01", "0.5", None, income="fork"), told)
    assert valued.income.of_year(2025) == {"fork": 5_000_000}


@pytest.mark.parametrize(
    "words",
    [
        {"no_market": "listed nowhere until 2026"},
        {"no_market": "listed nowhere until 2026", "value_usd": "0"},
        {"no_market": "listed nowhere until 2026", "value_usd": "0.000000"},
    ],
)
def test_a_coin_that_no_market_has_is_worth_nothing_where_a_reason_says_so(words: dict[str, str]) -> None:
    """Case 25: the value is a fact to determine (Notice 2014-21, A-5; Rev. Rul. 2023-14), never 0 by default."""
    book = book_of(receipt("zip", "2025-02-05", "10", None, **words))
    assert (codes(book), book.income.of_year(2025)) == ([], {"pool_payout": 0})
    assert [lot.basis_usd_micros for lot in book.open_lots()] == [0]


@pytest.mark.parametrize(
    "words", [{"value_usd": "0"}, {"no_market": "none", "value_usd": "1"}, {"no_market": "none", "price_usd": "1"}]
)
def test_nothing_is_worth_0_without_a_reason_nor_something_with_one(words: dict[str, str]) -> None:
    with pytest.raises(InputRefusedError):
        book_of(receipt("zip", "2025-02-05", "10", None, **words))


def test_a_correction_may_say_that_no_market_had_what_is_pending_and_a_price_may_come_later() -> None:
    pending = receipt("zip", "2025-02-05", "10", None)
    why = {
        "kind": "correction",
        "id": "c",
        "at": "2025-03-01T12:00:00Z",
        "target": "zip",
        "reason": "no exchange lists it",
    }
    book = book_of(pending, why | {"set": {"no_market": "no exchange lists it"}})
    assert (codes(book), book.income.pending) == ([], [])
    back = why | {"id": "d", "at": "2025-04-01T12:00:00Z", "set": {"price_usd": "2"}}
    assert book_of(pending, why | {"set": {"no_market": "x"}}, back).income.of_year(2025) == {"pool_payout": 20_000_000}


@pytest.mark.parametrize(
    ("told", "contradicts"),
    [
        ({"gross_quantity": "1.1", "pool_fee_quantity": "0.5"}, True),
        ({"gross_quantity": "0.9"}, True),
        ({"gross_quantity": "1.02", "pool_fee_quantity": "0.02"}, False),
        ({"gross_quantity": "1.02", "pool_fee_quantity": "0.01"}, False),
        ({"pool_fee_quantity": "0.5"}, False),
        ({"pool_fee_quantity": "2"}, True),
        ({"gross_quantity": "110"}, True),
        ({"gross_quantity": "3", "pool_fee_quantity": "0.02"}, True),
        ({"gross_quantity": "1.9"}, False),
    ],
)
def test_what_came_and_the_fee_are_no_more_than_the_gross_amount(told: dict[str, str], contradicts: bool) -> None:
    assert ("pool_amounts_contradict" in codes(book_of(receipt("a", "2025-01-01", "1", **told)))) is contradicts


def test_what_was_said_to_be_income_is_in_no_doubt_while_it_waits_for_its_price() -> None:
    book = book_of(
        *(receipt(name, "2025-01-01", "1", price, doubt="none") for name, price in (("a", None), ("b", "9")))
    )
    assert [(row.receipt, row.doubt) for row in book.income.rows] == [("a", None), ("b", None)]
    assert [name for names in book.income.received(2025).values() for name in names] == ["a", "b"]
