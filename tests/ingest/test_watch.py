"""One look at one source, over a real store: pages, cursors and circles."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotwork.ingest.ports import Page
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import BusyError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import Expense
from lotwork.ledger.store import Batch, CursorMove, EventStore

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BOOKS = itertools.count()
LATE = SourceUnreachableError("pages: nobody answered")


def expense(number: int) -> Expense:
    return Expense(id=f"e{number}", at=NOW + timedelta(minutes=number), category="rent", amount_usd_micros=number + 1)


@dataclass
class Pages:
    """A source of a test: its pages by the cursor they follow."""

    pages: dict[str | None, Page | Exception]
    name: str = "pages"
    book: str = "main"
    asked: list[str | None] = field(default_factory=list)

    def fetch_since(self, cursor: str | None) -> Page:
        self.asked.append(cursor)
        page = self.pages[cursor]
        if isinstance(page, Exception):
            raise page
        return page


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore.open(tmp_path, clock=SetClock(NOW))
    yield opened
    opened.close()


def page(*numbers: int, cursor: str, more: bool = False) -> Page:
    return Page(events=tuple(expense(number) for number in numbers), cursor=cursor, more=more)


def test_every_page_is_read_and_the_cursor_ends_at_the_last(store: EventStore) -> None:
    source = Pages(
        {None: page(1, 2, cursor="a", more=True), "a": page(3, cursor="b", more=True), "b": page(cursor="c")}
    )
    assert watch_once(source, store) == 3
    assert store.cursor("main", "pages") == "c"


def test_what_was_recorded_is_told_page_by_page_though_a_later_one_fails(store: EventStore) -> None:
    source = Pages({None: page(1, 2, cursor="a", more=True), "a": page(2, 3, cursor="b", more=True), "b": LATE})
    told: list[int] = []
    with pytest.raises(SourceUnreachableError):
        watch_once(source, store, recorded=told.append)
    assert told == [2, 1]
    assert store.head("main").position == 3


def test_a_look_that_finds_nothing_writes_nothing(store: EventStore) -> None:
    watch_once(Pages({None: page(1, cursor="a")}), store)
    before = store.head("main")
    assert watch_once(Pages({"a": page(cursor="a")}), store) == 0
    assert store.head("main") == before


def test_pages_that_overlap_are_counted_once(store: EventStore) -> None:
    source = Pages({None: page(1, 2, cursor="a", more=True), "a": page(2, 3, cursor="b")})
    assert watch_once(source, store) == 3
    assert watch_once(Pages({"b": page(1, 2, 3, cursor="b")}), store) == 0


def test_a_failure_keeps_the_pages_before_it(store: EventStore) -> None:
    source = Pages({None: page(1, cursor="a", more=True), "a": SourceUnreachableError("down")})
    with pytest.raises(SourceUnreachableError):
        watch_once(source, store)
    assert store.cursor("main", "pages") == "a"
    assert store.head("main").position == 1


@pytest.mark.parametrize("back_to", ["a", "b"])
def test_a_source_that_runs_in_a_circle_is_refused(back_to: str, store: EventStore) -> None:
    first, second = page(1, cursor="a", more=True), page(2, cursor="b", more=True)
    source = Pages({None: first, "a": second, "b": page(3, cursor=back_to, more=True)})
    with pytest.raises(SourceRefusedError, match="runs in a circle"):
        watch_once(source, store)
    assert len(source.asked) == 3
    assert store.cursor("main", "pages") == "b"


def test_one_look_reads_a_bounded_number_of_pages(store: EventStore) -> None:
    class Endless(Pages):
        def fetch_since(self, cursor: str | None) -> Page:
            number = int(cursor or "0")
            return page(number, cursor=str(number + 1), more=True)

    assert watch_once(Endless({}), store, most_pages=7) == 7
    assert store.cursor("main", "pages") == "7"


def test_a_look_that_is_asked_to_end_records_nothing_of_the_page_it_asked_for(store: EventStore) -> None:
    source = Pages({None: page(1, cursor="a", more=True), "a": page(2, cursor="b")})
    ends = iter([False, True])
    assert watch_once(source, store, stop=lambda: next(ends)) == 1
    assert store.cursor("main", "pages") == "a"


def test_two_looks_at_once_cannot_both_move_the_cursor(store: EventStore) -> None:
    class Overtaken(Pages):
        def fetch_since(self, cursor: str | None) -> Page:
            store.append(Batch("main", cursor=CursorMove("pages", cursor, "elsewhere")))
            return page(1, cursor="a")

    with pytest.raises(BusyError):
        watch_once(Overtaken({}), store)
    assert store.head("main").position == 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(layout=st.lists(st.lists(st.integers(0, 30), max_size=6), min_size=1, max_size=8))
def test_however_the_pages_are_cut_the_ledger_is_the_set_of_items(layout: list[list[int]], store: EventStore) -> None:
    book = f"book{next(BOOKS)}"
    cursors = [None, *map(str, range(len(layout)))]
    pages: dict[str | None, Page | Exception] = {
        cursors[index]: page(*numbers, cursor=str(index), more=index + 1 < len(layout))
        for index, numbers in enumerate(layout)
    }
    items = {number for numbers in layout for number in numbers}
    assert watch_once(Pages(pages, book=book), store) == len(items)
    assert {event.id for _, event in store.read(book)} == {f"e{number}" for number in items}
