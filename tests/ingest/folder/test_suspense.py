"""A file of a folder that is refused, and rows of one that wait for a word, are in suspense until they are mended."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from lotwork.ingest.folder.reading import READS_AS, FolderSource
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Suspense
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Batch, CursorMove
from lotwork.ledger.store import EventStore
from tests.ingest.folder.test_reading import NOW, RECEIPT, put, source, store

assert callable(source), "the fixtures of a folder"
assert callable(store)
WRONG = {**RECEIPT, "quantity": "-1"}


def look(source: FolderSource, store: EventStore) -> list[Suspense]:
    """Return what is in suspense after three looks, of which each is of another process."""
    for _ in range(3):
        source.in_suspense.__init__(store, "main", source.name)  # type: ignore[misc] # as one that begins
        with suppress(InputRefusedError):
            watch_once(source, store)
    return [each for each in History.read(store, "main").of_kind("suspense") if isinstance(each, Suspense)]


def test_a_refused_file_is_in_suspense_once_until_it_is_mended(source: FolderSource, store: EventStore) -> None:
    put(source, "a.jsonl", WRONG)
    (one,) = look(source, store)
    assert (one.subject, one.dated) == ("the file a.jsonl", "no")
    assert "a.jsonl:1: quantity" in one.reason
    assert "mend the file" in one.remedy
    assert sum(isinstance(event, Suspense) for _, event in store.read("main")) == 1
    put(source, "a.jsonl", RECEIPT)
    assert look(source, store) == []


def test_a_refused_file_that_is_taken_away_is_none_and_back_is_one(source: FolderSource, store: EventStore) -> None:
    path = put(source, "a.jsonl", WRONG)
    put(source, "b.jsonl", RECEIPT)
    before = look(source, store)
    path.unlink()
    assert look(source, store) == []
    put(source, "a.jsonl", WRONG)
    assert look(source, store) == before


DAY = 86_400.0


@pytest.mark.parametrize("age", [2, 60, 3599.5, -2, -3600, -DAY])
def test_a_refused_file_of_the_last_hour_is_no_event_and_moves_no_cursor(
    source: FolderSource, store: EventStore, age: float
) -> None:
    put(source, "a.jsonl", WRONG, age=age)
    for _ in range(2):
        with pytest.raises(InputRefusedError, match=r"a\.jsonl:1: quantity"):
            watch_once(source, store)
    assert (store.head("main").position, store.cursor("main", source.name)) == (0, None)
    put(source, "b.jsonl", {**RECEIPT, "id": "b"}, age=age)
    assert watch_once(source, store) == 1, "it holds up no other"
    assert look(source, store) == []


@pytest.mark.parametrize("age", [3600, DAY, 400 * DAY, -DAY - 1, -400 * DAY])
def test_one_that_is_older_or_dated_by_no_clock_is_in_suspense(
    source: FolderSource, store: EventStore, age: float
) -> None:
    put(source, "a.jsonl", WRONG, age=age)
    (one,) = look(source, store)
    assert one.subject == "the file a.jsonl"


def test_a_file_becomes_old_where_it_lies(source: FolderSource, store: EventStore) -> None:
    put(source, "a.jsonl", WRONG, age=3000)
    assert look(source, store) == []
    assert isinstance(source.clock, SetClock)
    source.clock.instant += timedelta(seconds=600)
    (one,) = look(source, store)
    assert one.at == NOW + timedelta(seconds=600)


def test_one_in_suspense_that_is_written_to_again_stays_so_until_it_is_whole_or_gone(
    source: FolderSource, store: EventStore
) -> None:
    path = put(source, "a.jsonl", WRONG)
    (one,) = look(source, store)
    put(source, "a.jsonl", {**RECEIPT, "asset": "NOSUCH"}, age=60)
    assert look(source, store) == [one], "neither taken back nor told anew"
    put(source, "a.jsonl", RECEIPT, age=60)
    assert look(source, store) == []
    put(source, "a.jsonl", WRONG)
    assert look(source, store) == [one]
    path.unlink()
    assert look(source, store) == []


def test_what_stands_in_no_book_is_known_before_a_look(source: FolderSource, store: EventStore) -> None:
    def waits() -> list[str]:
        return source.not_let_in(store.cursor("main", source.name))

    put(source, "a.jsonl", WRONG, age=60)
    put(source, "b.jsonl", {**RECEIPT, "id": "b"})
    put(source, "c.jsonl", {**RECEIPT, "id": "c"}, age=1)
    assert waits() == ["a.jsonl", "b.jsonl", "c.jsonl"]
    watch_once(source, store)
    assert waits() == ["a.jsonl", "c.jsonl"]
    put(source, "c.jsonl", {**RECEIPT, "id": "c"}, age=5)
    put(source, "a.jsonl", WRONG)
    assert look(source, store)
    assert waits() == [], "one in suspense stops by itself"
    put(source, "a.jsonl", {**RECEIPT, "asset": "NOSUCH"}, age=60)
    assert waits() == ["a.jsonl"], "what it holds now was not looked at"
    put(source, "b.jsonl", {**RECEIPT, "id": "b"}, {**RECEIPT, "id": "more"})
    assert waits() == ["a.jsonl", "b.jsonl"]


def test_a_file_that_is_refused_otherwise_is_asked_about_anew(source: FolderSource, store: EventStore) -> None:
    put(source, "a.jsonl", WRONG)
    (one,) = look(source, store)
    put(source, "a.jsonl", {**RECEIPT, "asset": "NOSUCH"})
    (other,) = look(source, store)
    assert other.id != one.id
    assert "NOSUCH" in other.reason


def ask(source: FolderSource, word: str) -> Path:
    """Put a file there with a row that waits for a person's word."""
    path = source.folder / "kraken.csv"
    head = '"txid","refid","time","type","subtype","aclass","asset","wallet","amount","fee","balance"\n'
    row = f'"L1-A-B","R-1","2026-02-01 10:00:00","{word}","","currency","XXBT","spot / main","0.5","0","0.5"\n'
    path.write_text(head + row, encoding="utf-8")
    os.utime(path, (1, 1))
    return path


def test_rows_that_wait_for_a_word_are_in_suspense_though_their_file_is_let_in(
    source: FolderSource, store: EventStore
) -> None:
    ask(source, "transfer")
    (one,) = look(source, store)
    assert one.subject.startswith("kraken.csv, line")
    assert "your word is needed" in one.reason


def test_what_an_older_program_only_told_is_asked_about_at_the_next_look(
    source: FolderSource, store: EventStore
) -> None:
    ask(source, "transfer")
    page = source.fetch_since(None)
    told = tuple(event for event in page.events if not isinstance(event, Suspense))
    cursor = json.dumps([word for word in json.loads(page.cursor) if word != READS_AS])
    store.append(Batch("main", told, cursor=CursorMove(source.name, None, cursor)))
    (one,) = look(source, store)
    assert one.subject.startswith("kraken.csv, line")
