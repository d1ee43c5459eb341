"""Lots: which coins a disposal took, what moved with a transfer, and how 2025 divides one pool into many."""

from __future__ import annotations

from datetime import date

import pytest

from lotwork.projections.replay.book import Book
from tests.projections.house import book_of, codes, receipt, sale, transfer


def taken(book: Book, year: int) -> list[tuple[str | None, int, int]]:
    """Return (lot, quantity, basis in whole dollars) of each row."""
    return [
        (row.lot, row.quantity, row.basis_usd_micros // 1_000_000) for row in book.gains.rows if row.sold.year == year
    ]


def lots(book: Book, at: date | None = None) -> list[tuple[str, str, int, int]]:
    """Return (lot, wallet, quantity, basis in whole dollars) of each open lot."""
    return [(lot.lot, lot.wallet, lot.quantity, lot.basis_usd_micros // 1_000_000) for lot in book.open_lots(at)]


THREE = (
    receipt("old", "2025-01-01", "1", "100"),
    receipt("dear", "2025-02-01", "1", "300"),
    receipt("cheap", "2025-03-01", "1", "50"),
)


@pytest.mark.parametrize(
    ("method", "order"),
    [("fifo", ["old", "dear"]), ("lifo", ["cheap", "dear"]), ("hifo", ["dear", "old"]), ("lofo", ["cheap", "old"])],
)
def test_each_order_gives_up_its_own_lots_first(method: str, order: list[str]) -> None:
    elected = {"kind": "election", "id": "e", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "method": method}
    book = book_of(*THREE, elected, sale("s", "2025-06-01", "2", "500"))
    assert [row[0] for row in taken(book, 2025)] == order


def test_hifo_sees_a_lot_received_between_two_sales() -> None:
    """A lot received between two sales takes part in the second (rp2 forgets it)."""
    elected = {"kind": "election", "id": "e", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "method": "hifo"}
    later = receipt("dearest", "2025-06-15", "1", "900")
    book = book_of(*THREE, elected, sale("a", "2025-06-01", "1", "1"), later, sale("b", "2025-07-01", "1", "1"))
    assert [row[0] for row in taken(book, 2025)] == ["dear", "dearest"]


def test_equal_unit_bases_are_given_up_oldest_first_whatever_was_taken_of_them() -> None:
    elected = {"kind": "election", "id": "e", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "method": "hifo"}
    book = book_of(
        receipt("first", "2025-01-01", "0.00000003", "33333.33"),
        receipt("second", "2025-01-02", "0.00000003", "33333.33"),
        elected,
        sale("a", "2025-02-01", "0.00000001", "1"),
        sale("b", "2025-02-02", "0.00000002", "1"),
    )
    assert {row.lot for row in book.gains.rows} == {"first"}


def test_a_purchase_fee_is_part_of_the_unit_basis_that_hifo_orders_by() -> None:
    elected = {"kind": "election", "id": "e", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "method": "hifo"}
    bought = {"kind": "purchase", "wallet": "cold", "asset": "BTC", "quantity": "1"}
    book = book_of(
        bought | {"id": "plain", "at": "2025-01-01T00:00:00Z", "cost_usd": "105"},
        bought | {"id": "with fee", "at": "2025-01-02T00:00:00Z", "cost_usd": "100", "fee_usd": "6"},
        elected,
        sale("s", "2025-02-01", "1", "200"),
    )
    assert taken(book, 2025) == [("with fee", 100_000_000, 106)]


def test_an_election_holds_from_its_day_and_for_its_wallet_only() -> None:
    elected = {"kind": "election", "id": "e", "at": "2025-01-01T00:00:00Z", "from": "2025-06-02", "method": "lifo"}
    book = book_of(
        *THREE,
        receipt("hot old", "2025-01-05", "1", wallet="hot"),
        receipt("hot new", "2025-01-06", "1", wallet="hot"),
        elected | {"wallet": "cold"},
        sale("before", "2025-06-01", "1", "1"),
        sale("after", "2025-06-02", "1", "1"),
        sale("elsewhere", "2025-06-03", "1", "1", wallet="hot"),
    )
    assert [row[0] for row in taken(book, 2025)] == ["old", "cheap", "hot old"]


def test_a_sale_takes_the_lots_it_names_and_the_order_takes_the_rest() -> None:
    chosen = [{"lot": "cheap", "quantity": "0.5"}]
    book = book_of(*THREE, sale("s", "2025-06-01", "1", "100", lots=chosen))
    assert taken(book, 2025) == [("cheap", 50_000_000, 25), ("old", 50_000_000, 50)]


def test_a_lot_that_is_not_in_the_wallet_is_a_finding() -> None:
    chosen = [{"lot": "nobody's", "quantity": "0.5"}]
    book = book_of(*THREE, sale("s", "2025-06-01", "0.5", "100", lots=chosen))
    assert codes(book) == ["lot_not_held"]
    assert taken(book, 2025) == [("old", 50_000_000, 50)]


def test_a_selection_recorded_before_the_sale_chooses_its_lots_and_one_after_it_does_not() -> None:
    selection = {"kind": "selection", "wallet": "cold", "asset": "BTC", "for": "s"}
    choice = {"lots": [{"lot": "cheap", "quantity": "1"}]}
    sold = sale("s", "2025-06-01", "1", "100")
    before = book_of(*THREE, selection | choice | {"id": "x", "at": "2025-05-31T00:00:00Z"}, sold)
    after = book_of(*THREE, selection | choice | {"id": "x", "at": "2025-06-02T00:00:00Z"}, sold)
    assert taken(before, 2025) == [("cheap", 100_000_000, 50)]
    assert taken(after, 2025) == [("old", 100_000_000, 100)]
    assert codes(after) == ["selection_late"]


def test_a_selection_without_a_sale_is_for_the_wallets_next_one() -> None:
    selection = {"kind": "selection", "id": "x", "at": "2025-05-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    choice = {"lots": [{"lot": "dear", "quantity": "1"}]}
    book = book_of(*THREE, selection | choice, sale("a", "2025-06-01", "1", "1"), sale("b", "2025-06-02", "1", "1"))
    assert [row[0] for row in taken(book, 2025)] == ["dear", "old"]


def test_a_transfer_carries_basis_and_age_and_its_fee_is_a_disposal_taken_first() -> None:
    book = book_of(
        receipt("r", "2025-01-01", "1", "100"),
        transfer("t", "2025-02-01", "0.5", "cold", "hot", fee_quantity="0.1", price_usd="200"),
        sale("s", "2026-01-02", "0.5", "500", wallet="hot"),
    )
    fee, sold = book.gains.rows
    assert (fee.disposal, fee.proceeds_usd_micros, fee.basis_usd_micros) == ("t", 20_000_000, 10_000_000)
    assert (sold.acquired, sold.term, sold.basis_usd_micros) == (date(2025, 1, 1), "long", 50_000_000)
    assert lots(book) == [("r", "cold", 40_000_000, 40)]


def test_a_moved_lot_keeps_its_place_in_the_order() -> None:
    """FIFO goes by acquisition; the day it was moved into the wallet is disregarded (Treas. Reg. 1.1012-1(j))."""
    book = book_of(
        receipt("old", "2025-01-01", "1", "100"),
        receipt("new", "2025-02-01", "1", "300", wallet="hot"),
        transfer("t", "2025-03-01", "1", "cold", "hot"),
        sale("s", "2025-04-01", "1", "500", wallet="hot"),
    )
    assert taken(book, 2025) == [("old", 100_000_000, 100)]


def test_lifo_too_goes_by_acquisition_and_not_by_arrival() -> None:
    elected = {"kind": "election", "id": "e", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "method": "lifo"}
    book = book_of(
        receipt("old", "2025-01-01", "1", "100"),
        receipt("new", "2025-02-01", "1", "300", wallet="hot"),
        transfer("t", "2025-03-01", "1", "cold", "hot"),
        elected,
        sale("a", "2025-04-01", "0.5", "500", wallet="hot"),
        sale("b", "2025-04-02", "1", "500", wallet="hot"),
    )
    assert [row[0] for row in taken(book, 2025)] == ["new", "new", "old"]


def test_parts_of_a_lot_that_meet_again_are_one_lot() -> None:
    book = book_of(
        receipt("r", "2025-01-01", "1", "100"),
        transfer("out", "2025-02-01", "0.3", "cold", "hot"),
        transfer("back", "2025-03-01", "0.3", "hot", "cold"),
    )
    assert lots(book) == [("r", "cold", 100_000_000, 100)]


def test_until_2024_all_wallets_are_one_pool_and_from_2025_each_is_its_own() -> None:
    lines = (receipt("a", "2024-01-01", "1", "100"), receipt("b", "2024-02-01", "1", "300", wallet="hot"))
    pooled = book_of(*lines, sale("s", "2024-12-31T23:59:59Z", "1", "1", wallet="hot"))
    apart = book_of(*lines, sale("s", "2025-01-01T00:00:00Z", "1", "1", wallet="hot"))
    assert taken(pooled, 2024) == [("a", 100_000_000, 100)]
    assert taken(apart, 2025) == [("b", 100_000_000, 300)]


def test_the_turn_of_2025_is_midnight_where_the_taxpayer_lives() -> None:
    profile = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "time_zone": "America/New_York"}
    lines = (profile, receipt("a", "2024-01-01", "1", "100"), receipt("b", "2024-02-01", "1", "300", wallet="hot"))
    still_2024 = book_of(*lines, sale("s", "2025-01-01T04:59:59Z", "1", "1", wallet="hot"))
    already_2025 = book_of(*lines, sale("s", "2025-01-01T05:00:00Z", "1", "1", wallet="hot"))
    assert taken(still_2024, 2024) == [("a", 100_000_000, 100)]
    assert taken(already_2025, 2025) == [("b", 100_000_000, 300)]


def test_what_a_pooled_sale_left_is_allocated_by_age_to_the_wallets_that_hold_coins() -> None:
    """Rev. Proc. 2024-28: the hot wallet sold, but the pool gave up the cold wallet's lot; its coins take the other."""
    book = book_of(
        receipt("a", "2024-01-01", "1", "100"),
        receipt("b", "2024-02-01", "1", "300", wallet="hot"),
        sale("s", "2024-06-01", "1", "1", wallet="hot"),
    )
    assert lots(book, date(2025, 1, 1)) == [("b", "cold", 100_000_000, 300)]
    assert codes(book) == []


def test_an_allocation_over_several_wallets_is_assumed_and_said_so() -> None:
    book = book_of(receipt("a", "2024-01-01", "1", "100"), receipt("b", "2024-02-01", "2", "300", wallet="hot"))
    assert lots(book) == [("a", "cold", 100_000_000, 100), ("b", "hot", 200_000_000, 600)]
    assert codes(book) == ["allocation_assumed"]


def test_an_elected_allocation_holds_and_is_no_finding() -> None:
    election = {
        "kind": "election", "id": "e", "at": "2024-12-31T00:00:00Z", "from": "2025-01-01", "asset": "BTC",
        "method": "safe_harbor_allocation",
        "lots": [
            {"lot": "a", "quantity": "1", "wallet": "hot"}, {"lot": "b", "quantity": "1", "wallet": "cold"},
        ],
    }  # fmt: skip
    lines = (receipt("a", "2024-01-01", "1", "100"), receipt("b", "2024-02-01", "1", "300", wallet="hot"))
    book = book_of(*lines, election)
    assert lots(book) == [("b", "cold", 100_000_000, 300), ("a", "hot", 100_000_000, 100)]
    assert codes(book) == []


def test_a_transfer_before_2025_moves_the_coins_that_decide_the_allocation() -> None:
    book = book_of(
        receipt("a", "2024-01-01", "1", "100"),
        receipt("b", "2024-02-01", "1", "300"),
        transfer("t", "2024-03-01", "1", "cold", "hot"),
    )
    assert lots(book) == [("b", "cold", 100_000_000, 300), ("a", "hot", 100_000_000, 100)]


def test_lots_at_a_day_before_2025_lie_where_their_coins_lie() -> None:
    lines = (receipt("a", "2024-01-01", "1", "100"), transfer("t", "2024-03-01", "0.4", "cold", "hot"))
    book = book_of(*lines, until=date(2024, 6, 1))
    assert lots(book, date(2024, 6, 1)) == [("a", "cold", 60_000_000, 60), ("a", "hot", 40_000_000, 40)]
    assert codes(book) == []


def test_more_coins_sold_than_held_is_a_finding_and_a_marked_row_without_basis() -> None:
    book = book_of(receipt("r", "2025-01-01", "1", "100"), sale("s", "2025-06-01", "1.5", "300"))
    known, missing = book.gains.rows
    assert (known.proceeds_usd_micros, missing.proceeds_usd_micros) == (200_000_000, 100_000_000)
    assert (missing.missing, missing.basis_usd_micros, missing.acquired, missing.term) == (True, 0, None, "short")
    (finding,) = book.told()
    assert finding.code == "coins_missing"
    assert "0.50000000 BTC" in finding.message


def test_a_transfer_of_more_than_a_wallet_holds_brings_only_what_there_is() -> None:
    book = book_of(receipt("r", "2025-01-01", "1", "100"), transfer("t", "2025-02-01", "2", "cold", "hot"))
    assert lots(book) == [("r", "hot", 100_000_000, 100)]
    assert codes(book) == ["coins_missing"]


def test_lots_at_a_day_leave_out_what_came_later() -> None:
    lines = (receipt("r", "2025-01-01", "1", "100"), sale("s", "2025-06-01T00:00:00Z", "1", "300"))
    assert lots(book_of(*lines, until=date(2025, 5, 31))) == [("r", "cold", 100_000_000, 100)]
    assert lots(book_of(*lines, until=date(2025, 6, 1))) == []


def test_wei_is_exact_beyond_64_bits() -> None:
    book = book_of(
        receipt("r", "2025-01-01", "123456789.123456789123456789", "1.5", asset="ETH"),
        sale("s", "2025-06-01", "0.000000000000000001", "0", asset="ETH"),
    )
    (lot,) = book.open_lots()
    assert lot.quantity == 123456789123456789123456788
    assert lot.basis_usd_micros == 185185183685185
