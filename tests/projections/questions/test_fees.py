"""A network's fee is one disposal, whoever tells it (26 U.S.C. 1001)."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.projections.replay.book import Book
from tests.projections.house import codes, receipt, shared_book, transfer
from tests.projections.questions.answering import answers

TX, OTHER = "5c" * 32, "77" * 32
AT = "2025-03-05T12:00:00Z"
MINED = receipt("mined", "2025-01-01", "2", "3000", asset="ETH", wallet="cold", source="eth")
PRICES = [
    {"kind": "price", "id": f"p{at}", "at": at, "asset": "ETH", "price_usd": "3000"}
    for at in (AT, "2025-03-05T12:30:00Z", "2025-03-05T02:00:00Z", "2025-03-08T12:00:00Z")
]
GAS = {"kind": "movement", "id": f"evm:1:0x{TX}:gas", "at": AT, "wallet": "cold", "asset": "ETH", "quantity": "0.001",
       "note": "gas", "txid": f"0x{TX}", "source": "eth"}  # fmt: skip


def moved(**more: Any) -> dict[str, Any]:
    line = transfer("t", more.pop("at", AT), "0.5", "cold", "kraken", asset="ETH", source="kraken", txid=TX)
    line |= {"fee_quantity": "0.001"} | more
    return {name: value for name, value in line.items() if value is not None}


def fees(book: Book) -> int:
    """Return how much of the 2 ETH is gone as fees, in units of 0.001."""
    held = sum(quantity for (_, asset), quantity in book.balances.held.items() if asset == "ETH")
    return (2 * 10**18 - held) // 10**15


@pytest.mark.parametrize(
    "line",
    [
        moved(),
        moved(txid=f"0x{TX.upper()}"),
        moved(source=None),
        moved(at="2025-03-05T12:30:00Z"),
        moved(fee_quantity=None),
    ],
)
def test_the_gas_of_a_transfer_that_another_source_tells_counts_once(line: dict[str, Any]) -> None:
    book = shared_book(MINED, *PRICES, GAS, line)
    assert (fees(book), codes(book)) == (1, [])
    assert [row.quantity for row in book.gains.rows] == [10**15]


def test_the_gas_of_coins_that_left_as_another_source_tells_counts_once() -> None:
    left = {**GAS, "id": "left", "quantity": "0.5", "fee_quantity": "0.001", "source": "kraken"}
    del left["note"]
    sold = {"kind": "correction", "id": "c", "at": "2025-04-01T00:00:00Z", "target": "left", "reason": "sold",
            "set": {"kind": "sale", "proceeds_usd": "1500"}}  # fmt: skip
    assert fees(shared_book(MINED, *PRICES, GAS, left)) == 501
    book = shared_book(MINED, *PRICES, GAS, left, sold)
    assert (fees(book), codes(book)) == (501, [])


@pytest.mark.parametrize("fee", ["0.002", "0.0005"])
def test_two_fees_of_one_transaction_are_asked_about_and_one_counts(fee: str) -> None:
    book = shared_book(MINED, *PRICES, GAS, moved(fee_quantity=fee))
    assert codes(book) == ["twins_disagree"]
    (message,) = (finding.message for finding in book.told())
    (said,) = answers(message)
    mended = shared_book(MINED, *PRICES, GAS, moved(fee_quantity=fee), *said)
    assert (fees(mended), codes(mended)) == (1, [])


@pytest.mark.parametrize(
    "line",
    [
        moved(txid=None),
        moved(txid=None, source=None),
        moved(txid=None, at="2025-03-05T12:30:00Z"),
        moved(txid=None, at="2025-03-05T02:00:00Z"),
    ],
)
def test_a_transfer_that_names_no_transaction_is_asked_about(line: dict[str, Any]) -> None:
    lines = (MINED, *PRICES, GAS, line)
    book = shared_book(*lines)
    assert codes(book) == ["fee_told_twice"]
    (message,) = (finding.message for finding in book.told())
    same, own = answers(message.replace("TXID", OTHER))
    assert (fees(shared_book(*lines, *same)), codes(shared_book(*lines, *same))) == (1, [])
    assert (fees(shared_book(*lines, *own)), codes(shared_book(*lines, *own))) == (2, [])


@pytest.mark.parametrize(
    "line",
    [
        moved(txid=None, fee_quantity="0.0011"),
        moved(txid=None, at="2025-03-08T12:00:00Z"),
        moved(txid=None, source="eth"),
        moved(txid=OTHER),
    ],
)
def test_another_fee_is_not_asked_about(line: dict[str, Any]) -> None:
    assert codes(shared_book(MINED, *PRICES, GAS, line)) == []
