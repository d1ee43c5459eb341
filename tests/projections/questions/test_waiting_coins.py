"""Coins are missing where the receipt that brought them waits: it is named, so that nobody adds it a second time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of, codes, receipt, sale, transfer

CAME = {"kind": "receipt", "id": "came", "at": "2025-01-01T12:00:00Z", "wallet": "kraken", "asset": "BTC",
        "quantity": "1", "income": "pool_payout", "pool": "ocean"}  # fmt: skip
SOLD = sale("sold", "2025-03-01", "0.5", "50", wallet="kraken")


def missing(*lines: dict[str, Any]) -> list[str]:
    return [finding.message for finding in book_of(*lines).told() if finding.code == "coins_missing"]


@pytest.mark.parametrize(
    ("left", "others"),
    [
        ([SOLD], ""),
        ([transfer("moved", "2025-03-01", "0.5", "kraken", "cold")], ""),
        ([CAME | {"id": "next", "at": "2025-02-01T12:00:00Z"}, SOLD], ", and 1 more there wait"),
        ([CAME | {"id": "late", "at": "2025-04-01T12:00:00Z"}, SOLD], ""),
    ],
)
def test_a_receipt_without_a_price_is_named_where_its_coins_are_missing(
    left: list[dict[str, Any]], others: str
) -> None:
    (told,) = missing(CAME, *left)
    words = f"; came brought some there and waits for a price{others}: settle that first, and add nothing twice"
    assert told.endswith(words)


def test_with_its_price_nothing_is_missing() -> None:
    assert codes(book_of(CAME | {"price_usd": "100"}, SOLD)) == []


def test_a_receipt_in_doubt_is_named_too() -> None:
    (told,) = missing(CAME | {"doubt": "new_payer", "price_usd": "100"}, SOLD)
    assert "; came brought some there and waits for your word on what it was: settle that first" in told


@pytest.mark.parametrize("other", [{"wallet": "cold"}, {"asset": "LTC"}, {"at": "2025-04-01T12:00:00Z"}])
def test_what_waits_elsewhere_or_came_later_is_not_named(other: dict[str, str]) -> None:
    (told,) = missing(CAME | other, SOLD)
    assert "settle that first" not in told


def test_a_receipt_that_was_corrected_into_the_wallet_is_named() -> None:
    correction = {"kind": "correction", "id": "c", "at": "2025-05-01T12:00:00Z", "target": "came",
                  "set": {"wallet": "kraken"}, "reason": "a slip"}  # fmt: skip
    (told,) = missing(CAME | {"wallet": "cold"}, SOLD, correction)
    assert "came brought some there" in told


def test_a_known_receipt_that_is_too_small_is_not_named() -> None:
    (told,) = missing(receipt("small", "2025-01-01", "0.1", "100", wallet="kraken"), SOLD)
    assert "settle that first" not in told
