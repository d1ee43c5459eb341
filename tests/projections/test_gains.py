"""Gains: proceeds split over lots, fees, and the ways coins leave that are no sale."""

from __future__ import annotations

import re

import pytest

from lotwork.projections.gains import TermTotal
from tests.projections.house import book_of, codes, receipt, sale, summed_by_box, transfer


def test_a_sales_fee_lowers_its_proceeds() -> None:
    book = book_of(receipt("r", "2025-01-01", "1", "100"), sale("s", "2025-06-01", "1", "300", fee_usd="10"))
    assert book.gains.total(2025, "short") == TermTotal(290_000_000, 100_000_000)


def test_proceeds_are_split_without_losing_a_micro_dollar() -> None:
    book = book_of(
        *(receipt(f"r{n}", f"2025-01-0{n}", "0.33333333", "100") for n in (1, 2, 3)),
        sale("s", "2025-06-01", "0.99999999", "100.000001"),
    )
    assert sum(row.proceeds_usd_micros for row in book.gains.rows) == 100_000_001


@pytest.mark.parametrize("disposition", ["gift", "donated", "lost"])
def test_what_is_given_donated_or_lost_leaves_the_book_without_a_gain(disposition: str) -> None:
    left = sale("s", "2025-06-01", "0.4", "0", disposition=disposition)
    book = book_of(receipt("r", "2025-01-01", "1", "100"), left)
    assert book.gains.rows == []
    (removal,) = book.gains.removals
    assert (removal.quantity, removal.basis_usd_micros, removal.disposition) == (40_000_000, 40_000_000, disposition)
    assert [lot.quantity for lot in book.open_lots()] == [60_000_000]
    assert codes(book) == (["loss_not_deducted"] if disposition == "lost" else [])


@pytest.mark.parametrize("disposition", ["spent", "swapped"])
def test_what_is_spent_or_swapped_is_sold(disposition: str) -> None:
    book = book_of(receipt("r", "2025-01-01", "1", "100"), sale("s", "2025-06-01", "1", "300", disposition=disposition))
    assert book.gains.total(2025, "short").gain_usd_micros == 200_000_000


def test_a_fee_without_a_price_is_pending_and_in_no_figure() -> None:
    lines = (
        receipt("r", "2025-01-01", "1", "100"), transfer("t", "2025-02-01", "0.5", "cold", "hot", fee_quantity="0.1")
    )  # fmt: skip
    book = book_of(*lines)
    assert book.gains.rows == []
    assert book.gains.pending == ["t"]
    assert codes(book) == ["fee_pending"]
    (finding,) = book.told()
    named = re.search(r"`lotwork add (price asset=BTC at=(\S+) price_usd=PRICE)` records one", finding.message)
    assert named
    assert "run `lotwork poll`" in finding.message
    priced = {"kind": "price", "id": "p", "asset": "BTC", "at": named[2], "price_usd": "200"}
    assert codes(book_of(*lines, priced)) == []
    assert sum(lot.quantity for lot in book.open_lots()) == 90_000_000


def test_a_movement_nobody_explained_is_a_finding_and_takes_no_lot() -> None:
    left = {"kind": "movement", "id": "m", "at": "2025-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    book = book_of(receipt("r", "2025-01-01", "1", "100"), left | {"quantity": "0.5"})
    assert codes(book) == ["movement_unexplained"]
    assert [lot.quantity for lot in book.open_lots()] == [100_000_000]


def test_a_movement_corrected_into_a_sale_is_one() -> None:
    left = {"kind": "movement", "id": "m", "at": "2025-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    meaning = {
        "kind": "correction", "id": "c", "at": "2025-03-01T00:00:00Z", "target": "m", "reason": "sold at a meetup",
        "set": {"kind": "sale", "proceeds_usd": "80"},
    }  # fmt: skip
    book = book_of(receipt("r", "2025-01-01", "1", "100"), left | {"quantity": "0.5", "txid": "ff"}, meaning)
    assert book.gains.total(2025, "short") == TermTotal(80_000_000, 50_000_000)


@pytest.mark.parametrize(
    ("at", "bought", "expected"),
    [("2025-06-01", "2025-01-01", "H"), ("2026-06-01", "2025-12-31", "H"), ("2026-06-01", "2026-01-01", "G")],
)
def test_a_brokers_sale_is_on_form_1099_da_with_basis_for_what_was_bought_there_from_2026(
    at: str, bought: str, expected: str
) -> None:
    wallet = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "exchange", "custody": "broker"}
    purchase = {"kind": "purchase", "id": "p", "at": f"{bought}T12:00:00Z", "wallet": "exchange", "asset": "BTC"}
    book = book_of(
        wallet, purchase | {"quantity": "1", "cost_usd": "100"}, sale("s", at, "1", "200", wallet="exchange")
    )
    assert [row.box for row in book.gains.rows] == [expected]
    assert book.gains.by_box == summed_by_box(book.gains.rows)


def test_coins_moved_to_a_broker_are_not_covered_there() -> None:
    wallet = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "exchange", "custody": "broker"}
    book = book_of(
        wallet,
        receipt("r", "2026-01-01", "1", "100"),
        transfer("t", "2026-02-01", "1", "cold", "exchange"),
        sale("s", "2026-03-01", "1", "200", wallet="exchange"),
    )
    assert [row.box for row in book.gains.rows] == ["H"]


def test_the_fee_of_a_movement_that_was_a_sale_left_with_it() -> None:
    left = {"kind": "movement", "id": "m", "at": "2025-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    meaning = {
        "kind": "correction", "id": "c", "at": "2025-03-01T00:00:00Z", "target": "m", "reason": "sold",
        "set": {"kind": "sale", "proceeds_usd": "80"},
    }  # fmt: skip
    book = book_of(receipt("r", "2025-01-01", "1", "100"), left | {"quantity": "0.5", "fee_quantity": "0.1"}, meaning)
    assert [lot.quantity for lot in book.open_lots()] == [40_000_000]


@pytest.mark.parametrize(("custody", "expected"), [("broker", "A"), ("self", "C")])
def test_a_fund_share_bought_at_a_broker_is_on_form_1099_b_with_basis(custody: str, expected: str) -> None:
    """Form 8949, box A; 26 U.S.C. 6045(g)(3)(C)."""
    fund = {"kind": "asset", "id": "f", "at": "2024-01-01T00:00:00Z", "asset": "FUND", "decimals": 0}
    wallet = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "desk", "custody": custody}
    bought = {"kind": "purchase", "id": "p", "at": "2024-02-01T12:00:00Z", "wallet": "desk", "asset": "FUND"}
    sold = sale("s", "2025-01-15", "1", "80", asset="FUND", wallet="desk")
    book = book_of(fund | {"class": "security"}, wallet, bought | {"quantity": "1", "cost_usd": "100"}, sold)
    assert [row.box for row in book.gains.rows] == [expected]
