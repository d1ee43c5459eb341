"""A part of a year cut out of a whole book comes to what a book folded to that day comes to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings

from lotwork.ledger.history import History
from lotwork.projections.estimated import annualized
from lotwork.projections.estimated.open_year import year_asked
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.quarterly import quarterly
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import Checkpoints
from lotwork.projections.replay.parts import part_of
from tests.projections.house import MAIN, book_of, receipt, sale, summed_by_box
from tests.projections.replay.drawn import long_histories
from tests.projections.replay.test_checkpoint import WASHED, Line, keep, store_of
from tests.rules.us.law import LAW

YEAR = 2025
FIRSTS = (date(YEAR, 2, 1), date(YEAR, 4, 1), date(YEAR, 9, 1), date(YEAR + 1, 1, 1))
ONE_DAY = timedelta(days=1)
MOVED: list[Line] = [
    receipt("r1", "2025-03-31T23:59:59.999999Z", "1"),
    receipt("r2", "2025-04-01T00:00:00Z", "1"),
    sale("s1", "2025-04-01T00:00:00Z", "1.5", "900"),
    {"kind": "profile", "id": "z", "at": "2025-03-31T20:00:00Z", "time_zone": "Asia/Tokyo"},
    {"kind": "profile", "id": "y", "at": "2025-04-01T02:00:00Z", "time_zone": "America/New_York"},
]
"""At the turn of a quarter the taxpayer moves against the sun: a day comes twice."""


def returned(book: Book) -> tuple[Any, ...]:
    """Return all that a return asks of a book."""
    gains, income, expenses, equipment = book.gains, book.income, book.expenses, book.equipment
    return (
        *({key: total for key, total in told.items() if any(total)} for told in (gains.totals, gains.by_box)),
        gains.rows, gains.removals, gains.pending,
        dict(income.by_origin), income.rows, income.earned, income.pending, income.held,
        expenses.result(YEAR), expenses.result(YEAR - 1), dict(expenses.pool_fees), expenses.first_receipts,
        expenses.home_offices, equipment.state(), book.latest,
    )  # fmt: skip


@settings(max_examples=40)
@example(MOVED)
@given(long_histories())
def test_a_part_is_what_is_folded_to_its_day(lines: list[Line]) -> None:
    with store_of(*lines) as store:
        history = History.read(store, MAIN)
        keep(store, len(lines) - len(lines) // 3, LAW)
        whole = Book.begin(history, (YEAR,), LAW).fold()
        resumed = Checkpoints(store.home).replay(store, MAIN, years=(YEAR,), law=LAW).book
        for first in FIRSTS:
            before = history.calendar.midnight(first)
            folded = returned(Book.begin(history, (YEAR,), LAW).fold(until=first - ONE_DAY))
            for book in (whole, resumed):
                part = part_of(book, before)
                assert part is not None
                assert returned(part) == folded, first
                of_year = {key: total for key, total in part.gains.by_box.items() if key[0] == YEAR}
                assert of_year == summed_by_box(part.gains.rows)


def test_what_is_folded_on_is_in_no_part_that_was_marked() -> None:
    told = (receipt("r1", "2025-03-31", "1"), receipt("r2", "2025-04-01T00:00:00Z", "1"))
    book = book_of(*told, receipt("r3", "2025-07-05", "1"), years=(YEAR,))
    april = book.history.calendar.midnight(date(YEAR, 4, 1))
    july = part_of(book, book.history.calendar.midnight(date(YEAR, 7, 1)))
    before = part_of(book, april)
    assert before is not None
    assert july is not None
    assert [[row.receipt for row in part.income.rows] for part in (before, july, book)] == [
        ["r1"], ["r1", "r2"], ["r1", "r2", "r3"],
    ]  # fmt: skip


@pytest.mark.parametrize("wash", [False, True])
def test_a_day_within_a_month_and_rows_that_may_be_mended_have_no_part(*, wash: bool) -> None:
    book = book_of(*(WASHED if wash else ()), receipt("r3", "2025-07-05", "1"), years=(YEAR,))
    midnight = book.history.calendar.midnight
    assert (part_of(book, midnight(date(YEAR, 4, 1))) is None) == wash
    assert part_of(book, midnight(date(YEAR, 4, 2))) is None
    assert part_of(book, midnight(date(YEAR, 7, 6))) is book


@pytest.mark.parametrize("line", WASHED[:1], ids=["a wash sale"])
def test_the_installments_of_a_book_without_parts_are_those_of_one_folded_to_each_period(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [receipt(f"r{month}", f"2025-{month:02}-10", "1", "9000") for month in range(1, 13)]
    sold = sale("s", "2025-05-20", "2", "40000")
    facts: Line = {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": YEAR,
                   "prior_year_tax_usd": "90000", "prior_year_agi_usd": "300000"}  # fmt: skip

    def payments(*lines: Line) -> Any:
        book = book_of(*lines, years=(YEAR,))
        found = quarterly(book, LAW, year_asked(book, LAW, YEAR), date(YEAR + 1, 4, 15), "annualized").comparison
        assert found is not None
        return found.schedule

    cut = payments(*told, sold, facts)
    with monkeypatch.context() as patched:
        patched.setattr(annualized, "part_of", lambda _book, _before: None)
        assert payments(*told, sold, facts) == cut
    assert [each.required for each in payments(*told, sold, facts, line).installments] == [
        each.required for each in cut.installments
    ]


def test_a_part_that_is_folded_leaves_a_book_what_it_tells() -> None:
    told = [receipt(f"r{month}", f"2025-{month:02}-10", "1", "9000") for month in range(1, 13)]
    unfit: Line = {"kind": "correction", "id": "c", "at": "2025-12-20T00:00:00Z", "target": "r12",
                   "set": {"category": "rent"}, "reason": "typing"}  # fmt: skip
    book = book_of(*WASHED[:1], *told, unfit, years=(YEAR,))
    law, before = law_in_force(book.history, LAW), book.told()
    assert "correction_does_not_fit" in {each.code for each in before}
    quarterly(book, law, year_asked(book, law, YEAR), date(YEAR + 1, 4, 15), "annualized")
    assert book.told() == before
