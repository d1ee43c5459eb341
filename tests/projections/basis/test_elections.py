"""Which order of lots is in force, which lots were chosen, and how 2025 was allocated by election."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lotwork.ledger.units import AssetTable
from lotwork.ledger.zones import Calendar
from lotwork.projections.basis.elections import Choices, Orders
from lotwork.projections.basis.identification import Identification
from lotwork.rules.load import Law
from tests.projections.house import book_of, codes, receipt, sale, told, transfer


def election(name: str, since: str, method: str, **more: Any) -> dict[str, Any]:
    return {"kind": "election", "id": name, "at": "2020-01-01T00:00:00Z", "from": since, "method": method} | more


DAY = date(2025, 6, 1)


def identification(brokers: frozenset[str] = frozenset()) -> Identification:
    return Identification(Calendar(), AssetTable(), brokers, Law.load(), [])


@pytest.mark.parametrize(
    ("elections", "method"),
    [
        ([], "fifo"),
        ([election("a", "2025-06-01", "hifo")], "hifo"),
        ([election("a", "2025-06-02", "hifo")], "fifo"),
        ([election("a", "2025-01-01", "hifo"), election("b", "2025-02-01", "lifo")], "lifo"),
        ([election("a", "2025-02-01", "lifo"), election("b", "2025-01-01", "hifo")], "lifo"),
        ([election("a", "2025-01-01", "lofo", wallet="cold"), election("b", "2025-02-01", "lifo")], "lofo"),
        ([election("a", "2025-01-01", "lofo", wallet="hot"), election("b", "2025-02-01", "lifo")], "lifo"),
        ([election("a", "2025-01-01", "lofo", asset="BTC"), election("b", "2025-02-01", "lifo")], "lofo"),
        ([election("a", "2025-01-01", "lofo", asset="ETH")], "fifo"),
        ([election("a", "2025-01-01", "lofo", asset="BTC"),
          election("b", "2025-01-01", "hifo", wallet="cold")], "hifo"),
        ([election("a", "2025-01-01", "bonus_out")], "fifo"),
    ],
)  # fmt: skip
def test_the_order_in_force_is_the_nearest_and_latest_election(elections: list[dict[str, Any]], method: str) -> None:
    assert Orders(told(*elections), identification()).in_force("cold", "BTC", DAY) == method


def test_elections_of_other_things_order_no_lots() -> None:
    assert not Orders(told(election("a", "2025-01-01", "bonus_out")), identification())
    assert Orders(told(election("a", "2025-01-01", "fifo")), identification())


def test_a_transfer_takes_lots_chosen_for_it_and_never_a_sales() -> None:
    selection = {"kind": "selection", "at": "2025-02-15T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    lots = {"lots": [{"lot": "b", "quantity": "1"}]}
    lines = (
        receipt("a", "2025-01-01", "1"),
        receipt("b", "2025-02-01", "1"),
        transfer("t", "2025-03-01", "1", "cold", "hot"),
    )
    moved = {lot.lot for lot in book_of(*lines, selection | lots | {"id": "x"}).open_lots() if lot.wallet == "hot"}
    assert moved == {"a"}
    named = book_of(*lines, selection | lots | {"id": "x", "for": "t"})
    assert {lot.lot for lot in named.open_lots() if lot.wallet == "hot"} == {"b"}


def test_several_selections_for_one_sale_add_up() -> None:
    selection = {"kind": "selection", "at": "2025-02-15T00:00:00Z", "wallet": "cold", "asset": "BTC", "for": "s"}
    lines = tuple(receipt(name, f"2025-01-0{number}", "1") for number, name in enumerate("abc", start=1))
    chosen = tuple(selection | {"id": f"x{lot}", "lots": [{"lot": lot, "quantity": "1"}]} for lot in "cb")
    book = book_of(*lines, *chosen, sale("s", "2025-03-01", "2", "5"))
    assert [row.lot for row in book.gains.rows] == ["c", "b"]


def test_lots_in_the_sale_itself_beat_a_selection() -> None:
    selection = {"kind": "selection", "id": "x", "at": "2025-02-15T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    lines = (receipt("a", "2025-01-01", "1"), receipt("b", "2025-01-02", "1"), receipt("c", "2025-01-03", "1"))
    own = sale("s", "2025-03-01", "1", "5", lots=[{"lot": "c", "quantity": "1"}])
    book = book_of(*lines, selection | {"lots": [{"lot": "b", "quantity": "1"}]}, own)
    assert [row.lot for row in book.gains.rows] == ["c"]


def test_a_selection_for_the_next_sale_waits_until_it_is_made() -> None:
    selection = {"kind": "selection", "id": "x", "at": "2025-04-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    lines = (receipt("a", "2025-01-01", "1"), receipt("b", "2025-01-02", "1"))
    early, late = sale("early", "2025-03-01", "0.5", "1"), sale("late", "2025-05-01", "0.5", "1")
    book = book_of(*lines, selection | {"lots": [{"lot": "b", "quantity": "0.5"}]}, early, late)
    assert [(row.disposal, row.lot) for row in book.gains.rows] == [("early", "a"), ("late", "b")]
    assert Choices((), identification()).late == []


OPEN = (receipt("a", "2024-01-01", "1", "100"), receipt("b", "2024-02-01", "1", "300", wallet="hot"))


CROSSED = {("b", "cold"): 1.0, ("a", "hot"): 1.0}
BY_AGE = {("a", "cold"): 1.0, ("b", "hot"): 1.0}


@pytest.mark.parametrize(
    ("lots", "expected", "told_of"),
    [
        ([{"lot": "b", "quantity": "1", "wallet": "cold"}], CROSSED, "allocation_assumed"),
        ([{"lot": "b", "quantity": "1", "wallet": "cold"}, {"lot": "a", "quantity": "1", "wallet": "hot"}],
         CROSSED, None),
        ([{"lot": "b", "quantity": "2", "wallet": "cold"}], CROSSED, "allocation_does_not_fit"),
        ([{"lot": "b", "quantity": "1"}], BY_AGE, "allocation_does_not_fit"),
        ([{"lot": "z", "quantity": "1", "wallet": "cold"}], BY_AGE, "allocation_does_not_fit"),
    ],
)  # fmt: skip
def test_an_elected_allocation_holds_and_age_decides_the_rest(
    lots: list[dict[str, str]], expected: dict[tuple[str, str], float], told_of: str | None
) -> None:
    """Rev. Proc. 2024-28."""
    book = book_of(*OPEN, election("e", "2025-01-01", "safe_harbor_allocation", asset="BTC", lots=lots))
    assert {(lot.lot, lot.wallet): lot.quantity / 10**8 for lot in book.open_lots()} == expected
    found = codes(book)
    assert (told_of in found) if told_of else found == []
