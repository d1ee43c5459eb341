from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from lotwork.ledger.history import History
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law
from lotwork.web.reading import BOOKS_KEPT, BookCache
from tests.web.conftest import clock, record

PROFILE = {"kind": "profile", "id": "p", "at": "2026-01-01T12:00:00Z", "time_zone": "Pacific/Kiritimati"}
RECEIPT = {
    "kind": "receipt", "id": "r", "at": "2026-02-01T12:00:00Z", "wallet": "w", "asset": "BTC",
    "quantity": "0.1", "income": "pool_payout", "price_usd": "100000",
}  # fmt: skip


@pytest.fixture
def folds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often a book is begun to be folded."""
    counted: list[int] = []
    begin = Book.begin.__func__  # type: ignore[attr-defined] # what a class method wraps

    def counting(cls: type[Book], history: History, years: Collection[int] = (), law: Law | None = None) -> Book:
        counted.append(1)
        told: Book = begin(cls, history, years, law)
        return told

    monkeypatch.setattr(Book, "begin", classmethod(counting))
    return counted


def test_a_book_is_folded_once_for_each_head_of_its_log(tmp_path: Path, folds: list[int]) -> None:
    record(tmp_path, RECEIPT)
    cache = BookCache(tmp_path, clock())
    assert cache.read("main", None) is cache.read("main", 2026)
    assert len(folds) == 1
    record(tmp_path, {**RECEIPT, "id": "r2"})
    assert len(cache.read("main", None).lots) == 2
    assert len(folds) == 2
    cache.close()


def test_a_filed_year_that_moved_costs_no_fold_of_its_own(filed_home: Path, folds: list[int]) -> None:
    cache = BookCache(filed_home, clock())
    reading = cache.read("demo", 2026)
    assert reading.filed[2025].moves
    assert reading.owed is not None
    assert reading.owed.year == 2026
    assert len(folds) == 1
    assert {row.date.year for row in reading.folded.income.rows} == {2025, 2026}
    cache.close()


def test_a_year_that_is_over_is_reckoned_by_the_tax_table_as_it_is_filed(filed_home: Path) -> None:
    cache = BookCache(filed_home, clock())
    reading = cache.read("demo", 2025)
    assert reading.owed is reading.filed[2025].amended.now  # type: ignore[union-attr] # a figure that is not there fails
    cache.close()


def test_a_new_day_is_a_new_reading(tmp_path: Path) -> None:
    record(tmp_path, RECEIPT)
    now = clock()
    cache = BookCache(tmp_path, now)
    before = cache.read("main", None)
    now.move(86_400)
    assert cache.read("main", None).today == before.today.replace(day=before.today.day + 1)
    cache.close()


def test_today_is_the_day_of_the_taxpayer(tmp_path: Path) -> None:
    record(tmp_path, PROFILE)
    cache = BookCache(tmp_path, clock())
    assert cache.read("main", None).today == date(2026, 11, 23)
    cache.close()


def test_no_more_books_are_kept_than_said(tmp_path: Path, folds: list[int]) -> None:
    record(tmp_path, RECEIPT)
    cache = BookCache(tmp_path, clock())
    years = range(2015, 2015 + BOOKS_KEPT + 1)
    for year in years:
        cache.read("main", year)
    cache.read("main", years[-1])
    assert len(folds) == len(years)
    cache.read("main", years[0])
    assert len(folds) == len(years) + 1
    cache.close()


def test_a_home_without_a_ledger_reads_as_an_empty_main_book(tmp_path: Path) -> None:
    cache = BookCache(tmp_path / "nothing", clock())
    assert cache.books() == ("main",)
    assert cache.read("main", None).is_empty
    assert not (tmp_path / "nothing").exists()
    cache.close()


def test_many_may_read_while_another_writes(tmp_path: Path) -> None:
    record(tmp_path, RECEIPT)
    cache = BookCache(tmp_path, clock())

    def read(number: int) -> tuple[int, int]:
        reading = cache.read("main", 2025 + number % 2)
        return reading.head.position, len(reading.lots)

    with ThreadPoolExecutor(8) as readers:
        seen = [readers.submit(read, number) for number in range(80)]
        for number in range(12):
            record(tmp_path, {**RECEIPT, "id": f"w{number}"})
            seen += [readers.submit(read, number) for number in range(4)]
    told = [each.result() for each in seen]
    assert all(position == lots for position, lots in told)
    assert told[-1][0] == cache.read("main", None).head.position == 13
    cache.close()
