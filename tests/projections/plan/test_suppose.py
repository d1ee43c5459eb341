"""A book with supposed events is the book in which they were recorded, whichever way it is folded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.projections.liability import liability
from lotwork.projections.plan.suppose import Ground, SupposedLog, as_activity, suppose
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.state import digest_of
from lotwork.reports.gains import list_gains
from lotwork.reports.income import list_income
from lotwork.reports.lots import list_lots
from tests.projections.house import book_of, logged, receipt, sale, told, transfer
from tests.rules.us.law import LAW

PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
RECORDED = (
    PROFILE,
    receipt("a", "2024-05-01", "1", "20000"),
    receipt("b", "2025-02-01", "2", "50000"),
    receipt("pending", "2025-03-01", "1", None),
    transfer("t", "2025-03-02", "0.5", "cold", "hot", fee_quantity="0.001", price_usd="60000"),
    sale("s", "2025-04-01", "0.7", "40000"),
    {"kind": "equipment", "id": "rig", "at": "2025-04-02T00:00:00Z", "equipment": "rig", "cost_usd": "5000",
     "acquired": "2025-04-02", "placed_in_service": "2025-04-02", "bonus": "none"},
    {"kind": "expense", "id": "bill", "at": "2025-05-01T00:00:00Z", "category": "rent", "amount_usd": "900"},
)  # fmt: skip
LATER = (
    sale("supposed:s", "2025-07-01", "0.4", "30000"),
    receipt("supposed:r", "2025-07-02", "0.1", "70000"),
    {"kind": "expense", "id": "supposed:e", "at": "2025-07-03T00:00:00Z", "category": "rent", "amount_usd": "100"},
)
EARLIER = (sale("supposed:s", "2025-02-15", "0.4", "30000"), receipt("supposed:r", "2024-06-01", "0.1", "70000"))


def everything(book: Book) -> list[Any]:
    owed = liability(book, LAW, 2025)
    lines = [(each.line, each.because) for each in owed.lines]
    return [list_lots(book, None), list_gains(book, 2025), list_income(book, 2025), lines, owed.tax, book.told()]


@pytest.mark.parametrize("events", [LATER, EARLIER, (*EARLIER, LATER[2]), ()])
def test_what_is_supposed_comes_to_what_it_would_if_it_were_recorded(events: tuple[dict[str, Any], ...]) -> None:
    book = book_of(*RECORDED)
    before = everything(book)
    supposed = suppose(book, told(*events), (2023, 2024, 2025, 2026), LAW)
    assert everything(supposed) == everything(book_of(*RECORDED, *events))
    assert everything(book) == before, "the book itself is as it was"


@pytest.mark.parametrize("kept", [(2025,), (2024, 2025), (2024,)])
def test_a_year_after_all_that_was_folded_needs_no_rows_kept(kept: tuple[int, ...]) -> None:
    supposed = suppose(book_of(*RECORDED, years=kept), told(*LATER), (*kept, 2025, 2026), LAW)
    assert everything(supposed) == everything(book_of(*RECORDED, *LATER, years=(*kept, 2025, 2026)))


HELD = (
    PROFILE, receipt("a", "2024-05-01", "1", "20000"), receipt("b", "2024-06-01", "2", "50000"),
    transfer("t", "2024-07-02", "0.5", "cold", "hot"), sale("s", "2024-08-01", "0.2", "9000"),
)  # fmt: skip
"""A book that ends before wallets stand alone: whatever is supposed on it turns its pools first."""
WAYS: tuple[tuple[dict[str, Any], ...], ...] = (
    (sale("supposed:s", "2026-07-01", "0.4", "30000"),),
    (sale("supposed:s", "2026-07-01", "0.4", "30000", wallet="hot"),),
    (transfer("supposed:t", "2026-07-01", "0.3", "cold", "hot"), sale("supposed:s", "2026-07-02", "0.8", "90000")),
    (sale("supposed:s", "2026-07-01", "9", "900000"),),
    (receipt("supposed:r", "2026-07-01", "1", "80000", wallet="new"),),
)


@pytest.mark.parametrize("recorded", [HELD, (*HELD, receipt("c", "2025-05-01", "1", "90000"))])
def test_ways_supposed_on_one_ground_know_nothing_of_each_other(recorded: tuple[dict[str, Any], ...]) -> None:
    book = book_of(*recorded)
    before = everything(book)
    ground = Ground(book, LAW, turned=True)
    for way in (*WAYS, *reversed(WAYS)):
        supposed = suppose(book, told(*way), (2023, 2024, 2025, 2026), LAW, ground=ground)
        assert everything(supposed) == everything(book_of(*recorded, *way))
        assert digest_of(supposed) == digest_of(book_of(*recorded, *way))
    assert everything(book) == before, "the book itself is as it was"


def test_what_is_hidden_is_as_if_it_were_never_recorded() -> None:
    without = [line for line in RECORDED if line["id"] != "bill"]
    supposed = suppose(book_of(*RECORDED), told(EARLIER[0]), (2025,), LAW, hidden=["bill"])
    assert liability(supposed, LAW, 2025).tax == liability(book_of(*without, EARLIER[0]), LAW, 2025).tax


def test_a_history_that_ends_with_a_day_counts_what_is_supposed_after_it() -> None:
    history = History.read(logged(told(*RECORDED)), "main", until=date(2025, 2, 10))
    book = Book.begin(history, (2025,), LAW).fold()
    supposed = suppose(book, told(LATER[0]), (2025,), LAW)
    assert [row.disposal for row in supposed.gains.rows] == ["supposed:s"]


def test_the_log_answers_for_what_is_supposed_as_for_what_is_recorded() -> None:
    log = SupposedLog(logged(told(*RECORDED)), "main", tuple(told(*EARLIER)), frozenset({"s"}))
    assert [event.id for _, event in log.read("main", kinds=["sale"])] == ["supposed:s"]
    assert [event.id for _, event in log.read("main", ids=["supposed:r", "a"], by_time=True)] == ["a", "supposed:r"]
    assert not list(log.read("main", source="pool"))


@pytest.mark.parametrize("activity", ["business", "hobby"])
def test_an_activity_is_supposed_for_one_year_and_no_other(activity: str) -> None:
    book = book_of(PROFILE | {"activity": activity}, *RECORDED[1:])
    owed = as_activity(book, LAW, 2025, "hobby")
    assert owed.profile.activity == "hobby"
    assert owed.tax == liability(book_of(PROFILE | {"activity": "hobby"}, *RECORDED[1:]), LAW, 2025).tax
    assert book.taxpayer.profile_on(date(2025, 12, 31)).activity == activity
