"""At one instant a disposal that its pool cannot cover waits for what arrives then (contract.md, section 2)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book
from tests.projections.house import MAIN, book_of, codes, logged, receipt, sale, told, transfer

AT = "2025-02-05T12:00:00Z"
BOUGHT = {"kind": "purchase", "id": "p", "at": "2025-01-02T12:00:00Z", "wallet": "vault", "asset": "BTC",
          "quantity": "1", "cost_usd": "90000"}  # fmt: skip
SOLD = sale("s", AT, "1", "95000", wallet="exchange")
MOVED = transfer("t", AT, "1", "vault", "exchange")


def gains(*lines: dict[str, Any]) -> list[int]:
    return [row.gain_usd_micros // 1_000_000 for row in book_of(*lines).gains.rows]


@pytest.mark.parametrize(
    "arrival",
    [
        [MOVED],
        [BOUGHT | {"id": "p2", "at": AT, "wallet": "exchange"}],
        [receipt("r", AT, "1", "90000", wallet="exchange")],
        [
            {"kind": "gift", "id": "g", "at": AT, "wallet": "exchange", "asset": "BTC", "quantity": "1",
             "donor_basis_usd": "90000", "donor_acquired": "2025-01-01", "fair_value_usd": "90000"}
        ],
        [transfer("t2", AT, "1", "desk", "exchange"), transfer("t1", AT, "1", "vault", "desk")],
        [receipt("r", AT, "0.4", "90000", wallet="exchange"), transfer("t", AT, "0.6", "vault", "exchange")],
    ],
)  # fmt: skip
def test_a_sale_that_stands_before_what_brings_its_coins_waits_for_it(arrival: list[dict[str, Any]]) -> None:
    """Case 24: minutes, the newest first (BittyTax#222, CoinTaxman#81). 26 U.S.C. 1001: 95,000 less 90,000."""
    for lines in permutations([SOLD, *arrival]):
        book = book_of(BOUGHT, *lines)
        assert codes(book) == []
        assert sum(row.gain_usd_micros for row in book.gains.rows) == 5_000_000_000


def test_another_offset_is_the_same_instant() -> None:
    assert gains(BOUGHT, SOLD | {"at": "2025-02-05T07:00:00-05:00"}, MOVED) == [5000]


def test_before_2025_a_transfer_waits_for_the_coins_it_moves() -> None:
    at = "2024-02-05T12:00:00Z"
    lines = [transfer("t", at, "1", "vault", "exchange"), receipt("r", at, "1", "90000", wallet="vault")]
    (lot,) = book_of(*lines, sale("s", "2025-03-01", "0.5", "95000", wallet="exchange")).open_lots()
    assert (lot.wallet, lot.quantity) == ("exchange", 50_000_000)


def test_a_sale_that_its_pool_covers_keeps_its_place() -> None:
    """Position breaks ties: it takes the lot that was there, not the one that comes after it."""
    held = receipt("held", "2025-01-01", "1", "10", wallet="exchange")
    lifo = {"kind": "election", "id": "e", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "method": "lifo"}
    book = book_of(held, BOUGHT, lifo, SOLD, MOVED)
    assert [row.lot for row in book.gains.rows] == ["held"]


def test_a_sale_that_names_a_lot_waits_for_the_lot() -> None:
    held = receipt("held", "2025-01-01", "1", "91000", wallet="exchange")
    book = book_of(held, BOUGHT, SOLD | {"lots": [{"lot": "p", "quantity": "1"}]}, MOVED)
    assert [row.lot for row in book.gains.rows] == ["p"]
    assert codes(book) == []


def test_what_never_comes_is_missing_as_before() -> None:
    book = book_of(BOUGHT, SOLD, transfer("t", AT, "0.25", "vault", "exchange"))
    assert codes(book) == ["coins_missing"]
    assert "0.75000000 BTC more were sold from exchange than it held" in book.told()[0].message


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2025-02-05T12:05:00Z", "; t brought some there 5 min later"),
        ("2025-02-05T13:00:30Z", "; t brought some there 1 h 30 s later"),
        ("2025-02-06T12:00:00Z", "; t brought some there 24 h later"),
        ("2025-02-06T12:00:01Z", None),
    ],
)
def test_missing_coins_name_what_brought_some_within_a_day(at: str, said: str | None) -> None:
    """rotki#7131: the withdrawal is told five minutes after the sale it paid for."""
    (finding,) = book_of(BOUGHT, SOLD, MOVED | {"at": at}).told()
    assert finding.code == "coins_missing"
    assert ("brought some" in finding.message) == (said is not None)
    assert (said or "") in finding.message


@pytest.mark.parametrize("at", [AT, "2025-02-05T12:05:00Z"])
def test_a_book_that_goes_on_comes_to_what_one_from_zero_does(at: str) -> None:
    log = logged(told(BOUGHT, SOLD))
    book = Book.begin(History.read(log, MAIN)).fold()
    resumed = Book.begin(History.read(log, MAIN)).resume(book.state())
    log.append(told(MOVED | {"at": at}))
    tail = read_appendable(resumed, 2)
    assert (tail is None) == (at == AT)
    whole = Book.begin(History.read(log, MAIN)).fold()
    if tail is not None:
        resumed.take(tail)
        assert resumed.told() == whole.told()
        assert resumed.open_lots() == whole.open_lots()
