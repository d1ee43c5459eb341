"""A book folded stretch by stretch is the book folded event by event: the same rows, and findings in the same order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger import events as e
from lotwork.ledger.history import History
from lotwork.projections.findings import Finding, Findings
from lotwork.projections.replay import stretches
from lotwork.projections.replay.book import Book
from tests.drawing import FUZZ
from tests.projections.every_kind import EVERY_KIND
from tests.projections.house import MAIN, shared_book
from tests.projections.replay.drawn import long_histories
from tests.projections.replay.test_checkpoint import Line, store_of
from tests.projections.replay.test_stops import all_of
from tests.rules.us.law import LAW

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


def receipts(*hours: int) -> list[e.Event]:
    return [
        e.Receipt(id=f"r{place}", at=BEGIN + timedelta(hours=hour), wallet="w", asset="BTC", quantity=1, income="other")
        for place, hour in enumerate(hours)
    ]


def pieces(*blocks: list[e.Event], **asked: Any) -> list[list[str]]:
    last = datetime.max.replace(tzinfo=UTC)
    end, mark = asked.get("end"), asked.get("mark", last)
    cut = stretches.stretches(blocks, lambda at: mark if at < mark else last, end)
    return [[event.id for event in stretch.events] for stretch in cut]


@settings(max_examples=1_000 if settings.get_current_profile_name() == FUZZ else 10)
@given(long_histories(most=30), st.sampled_from((2, 3, 7)))
def test_stretches_come_to_what_single_events_come_to(lines: list[Line], long: int) -> None:
    with store_of(*lines) as store:
        found = []
        for length in (1, long, stretches.LONG):
            with patch.object(stretches, "LONG", length):
                book = Book.begin(History.read(store, MAIN), (2025,), LAW).fold()
            found.append((list(book.findings), book.left_last, all_of(book)))
    assert all(one == other for one, other in pairwise(found))


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: type(event).__name__)
def test_a_fold_has_nothing_to_do_with_a_kind_it_does_not_take(event: e.Event) -> None:
    book = Book.begin(shared_book().history, (2025,), LAW)
    for fold in (book.lots, book.income, book.expenses, book.equipment, book.balances, book.unlikely):
        before, told = msgspec.json.encode(fold.state()), len(book.findings)
        fold.take(event)
        untouched = before == msgspec.json.encode(fold.state()) and told == len(book.findings)
        assert untouched or type(event) in fold.TAKES, type(fold)


def test_a_stretch_ends_between_two_instants() -> None:
    with patch.object(stretches, "LONG", 2):
        assert pieces(receipts(0, 1, 1, 1, 2, 3)) == [["r0", "r1", "r2", "r3"], ["r4", "r5"]]


@given(st.lists(st.integers(0, 9), max_size=12).map(sorted), st.lists(st.integers(0, 12), max_size=4).map(sorted))
def test_stretches_are_the_same_however_their_events_come_in_blocks(hours: list[int], cuts: list[int]) -> None:
    events = receipts(*hours)
    blocks = [events[first:last] for first, last in pairwise((0, *cuts, len(events))) if first < last]
    for long in (1, 3):
        with patch.object(stretches, "LONG", long):
            one_by_one = pieces(*([event] for event in events))
            assert pieces(*blocks) == pieces(events) == one_by_one
            assert [name for piece in one_by_one for name in piece] == [event.id for event in events]


def test_a_stretch_ends_before_a_mark_and_before_the_end() -> None:
    events = receipts(0, 1, 2, 3)
    assert pieces(events, mark=BEGIN + timedelta(hours=1)) == [["r0"], ["r1", "r2", "r3"]]
    assert pieces(events, end=BEGIN + timedelta(hours=3)) == [["r0", "r1", "r2"]]
    assert pieces(events, end=BEGIN) == []


def test_findings_of_two_folds_stand_in_the_order_of_their_events() -> None:
    told = Findings([Finding("before", "")])
    for fold in ("first", "second"):
        for letter in told.along("abc"):
            if letter != "a" or fold == "second":
                told += (Finding(f"{fold} of {letter}", ""),)
    for place in told.at([0, 2]):
        told.extend([Finding(f"third of {'abc'[place]}", "")])
    told.settle()
    told.append(Finding("after", ""))
    assert [each.code for each in told] == [
        "before", "second of a", "third of a", "first of b", "second of b", "first of c", "second of c",
        "third of c", "after",
    ]  # fmt: skip
