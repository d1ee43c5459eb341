"""Both policies of recognition side by side: the one of the profile is booked, the other only shown."""

from __future__ import annotations

from typing import Any

from lotwork.projections.reconcile.policies import policy_months
from lotwork.projections.replay.book import Book
from tests.projections.house import book_of, receipt

BOOKED = [
    receipt("paid1", "2025-12-31", "0.02", "90000", pool="Foundry", source="foundry"),
    receipt("paid2", "2026-02-01", "0.01", "80000", pool="foundry", source="foundry"),
]


def credit(name: str, at: str, quantity: str) -> dict[str, Any]:
    return {"kind": "credit", "id": name, "at": at, "pool": "foundry", "asset": "BTC", "quantity": quantity}


def price(at: str, dollars: str) -> dict[str, Any]:
    return {"kind": "price", "id": f"p{at}", "at": at, "asset": "BTC", "price_usd": dollars, "source": "x"}


def told(book: Book, year: int) -> list[tuple[str, ...]]:
    return [
        (one.month, f"{one.credited.quantity}", f"{one.credited.value_usd_micros // 10**6}", f"{one.credited.unpriced}",
         f"{one.paid.quantity}", f"{one.paid.value_usd_micros // 10**6}")
        for one in policy_months(book, year)
    ]  # fmt: skip


def test_credits_that_wait_are_shown_beside_what_was_paid_and_move_no_income() -> None:
    seen = [
        credit("c1", "2025-12-30T00:00:00Z", "0.019"),
        credit("c2", "2026-01-01T00:00:00Z", "0.004"),
        credit("c3", "2026-01-02T00:00:00Z", "0.006"),
        price("2026-01-01T00:00:00Z", "70000"),
    ]
    book = book_of(*BOOKED, *seen)
    assert told(book, 2026) == [
        ("2026-01", "1000000", "280", "1", "0", "0"),
        ("2026-02", "0", "0", "0", "1000000", "800"),
    ]
    assert told(book, 2025) == [("2025-12", "1900000", "0", "1", "2000000", "1800")]
    assert book.income.totals == book_of(*BOOKED).income.totals
    assert {one.pool for one in policy_months(book, 2026)} == {"foundry"}


def test_where_credits_are_income_payouts_are_what_left_the_wallet_at_the_pool() -> None:
    counted = [
        receipt(f"c{day}", f"2026-01-0{day}", "0.001", "90000", pool="braiins", wallet="braiins") for day in (1, 2, 3)
    ]
    moved = {"kind": "transfer", "id": "t", "at": "2026-02-01T00:00:00Z", "from_wallet": "braiins", "to_wallet": "cold"}
    book = book_of(*counted, {**moved, "asset": "BTC", "quantity": "0.003"}, price("2026-02-01T00:00:00Z", "100000"))
    assert told(book, 2026) == [
        ("2026-01", "300000", "270", "0", "0", "0"),
        ("2026-02", "0", "0", "0", "300000", "300"),
    ]


def test_a_pool_that_tells_one_of_the_two_has_no_other_policy_to_show() -> None:
    assert policy_months(book_of(*BOOKED), 2026) == []
    doubtful = receipt("d", "2026-01-05", "0.01", pool="foundry", doubt="no_payout", wallet="foundry")
    assert policy_months(book_of(*BOOKED, doubtful), 2026) == []
