"""The book: every fold in one pass, and its findings told once."""

from __future__ import annotations

import gc
from datetime import date

import pytest

from lotwork.ledger.history import History
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law
from tests.projections.house import MAIN, book_of, codes, logged, receipt, sale, shared_book, told

LINES = (
    receipt("a", "2025-01-01", "1"), receipt("b", "2025-06-30T23:59:59Z", "1"), receipt("c", "2025-07-01", "1"),
    sale("s", "2025-12-01", "1", "5"),
)  # fmt: skip


def test_a_book_folded_until_a_day_knows_nothing_after_it() -> None:
    book = book_of(*LINES, until=date(2025, 6, 30))
    assert (book.events, [lot.lot for lot in book.open_lots()], book.gains.rows) == (2, ["a", "b"], [])
    assert book_of(*LINES).events == 4


def test_a_correction_that_does_not_fit_is_a_finding_of_the_book() -> None:
    wrong = {"kind": "correction", "id": "x", "at": "2025-08-01T00:00:00Z", "reason": "r", "set": {"kind": "sale"}}
    book = book_of(*LINES, wrong | {"target": "a"})
    assert codes(book) == ["correction_does_not_fit"]
    assert book.told()[0].event == "x"


def test_a_finding_is_told_once_however_often_it_is_asked_for() -> None:
    book = book_of(receipt("a", "2024-01-01", "1"), receipt("b", "2024-01-02", "1", wallet="hot"))
    for _ in range(3):
        book.open_lots()
    assert codes(book) == ["allocation_assumed"]


def test_a_selection_told_too_late_is_a_finding() -> None:
    late = {"kind": "selection", "id": "x", "at": "2025-12-02T00:00:00Z", "wallet": "cold", "asset": "BTC", "for": "s"}
    book = book_of(*LINES, late | {"lots": [{"lot": "b", "quantity": "1"}]})
    assert codes(book) == ["selection_late"]
    assert "x chose lots for s after it happened" in book.told()[0].message


def test_a_selection_larger_than_the_sale_is_no_finding() -> None:
    """The lots were named in time; the sale only took less of them."""
    chosen = {"kind": "selection", "id": "x", "at": "2025-11-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    big = receipt("big", "2025-08-01", "3")
    book = book_of(*LINES, big, chosen | {"lots": [{"lot": "big", "quantity": "3"}]})
    assert [row.lot for row in book.gains.rows] == ["big"]
    assert codes(book) == []


def test_the_collector_rests_only_while_a_book_is_folded() -> None:
    assert gc.isenabled()
    book_of(*LINES)
    assert gc.isenabled()
    gc.disable()
    try:
        book_of(*LINES)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_rule_that_is_left_out_stays_told_however_often_the_book_is_folded() -> None:
    slip = {"kind": "rule", "id": "slip", "at": "2026-01-01T00:00:00Z", "figure": "us/no/such", "from": "2025-01-01",
            "value": "1", "cite": "a law", "reason": "a slip"}  # fmt: skip
    history = History.read(logged(told(slip)), MAIN)
    law = law_in_force(history, Law.load())
    for _ in range(2):
        found = Book.begin(history, (2025,), law).fold().told()
        assert [(each.code, each.event) for each in found if each.code == "rule_does_not_fit"] == [
            ("rule_does_not_fit", "slip")
        ]


@pytest.mark.parametrize("day", ["2025-01-10", "2025-02-10"], ids=["before the list", "not in the list"])
def test_what_does_not_fit_is_told_where_outputs_were_held_against_a_list(day: str) -> None:
    """Nothing is folded anew where the list leaves no doubt: what the fold came upon must stand."""
    unfit = {"kind": "correction", "id": "c", "at": "2025-12-20T00:00:00Z", "target": "late",
             "set": {"category": "rent"}, "reason": "typing"}  # fmt: skip
    book = shared_book(
        receipt("out", day, "1", pool="p", vout="0", txid="t1", source="chain"),
        receipt("row", "2025-02-10", "1", pool="P", txid="t2", source="pool"),
        receipt("late", "2025-06-10", "1"),
        unfit,
    )
    assert bool(book.history.doubts) == (day != "2025-01-10")
    assert [each.event for each in book.told() if each.code == "correction_does_not_fit"] == ["c"]
