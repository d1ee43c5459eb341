"""Several workers: the same answers as a plain loop, batches, and a worker that dies of one book."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from lotwork.commands.books.asking import Ask, Item, Told, ask_books, this_program
from lotwork.commands.books.places import Place
from lotwork.commands.books.running import MOST_IN_A_BATCH, batches, by_itself, in_pool
from lotwork.reports.book_lines import brief
from tests.commands.books.homes import everyone
from tests.commands.calling import Caller


def items(count: int) -> list[Item]:
    return [Item(Place(f"home-{number}", "main")) for number in range(count)]


@pytest.mark.parametrize(("books", "workers", "size"), [(3, 2, 1), (100, 2, 12), (1000, 2, 16), (1000, 100, 2)])
def test_books_go_in_batches_of_which_every_worker_gets_several(books: int, workers: int, size: int) -> None:
    made = batches(items(books), workers)
    assert len(made[0]) == size <= MOST_IN_A_BATCH
    assert [item for batch in made for item in batch] == items(books)


def test_a_pool_answers_as_a_plain_loop_does(homes: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest of all answers, and every row; the year is one of which no answer goes by the day."""
    monkeypatch.undo()  # a worker's clock is the machine's
    words = ("all", "liability", "--year", "2025", "--law", "shipped")
    alone = everyone(homes, *words, code=1)
    pool = homes.all_over(*words, "--homes", homes.home.parent, "--workers", "2", "--json", code=1).result
    assert pool == alone
    assert len({row["position"] for row in pool["rows"]}) > 1


DEADLY = "home-3"


def dies_of_one(_ask: Ask, batch: Sequence[Item]) -> list[Told]:
    """Answer with the name of each book's home; end without a word where the deadly one is asked."""
    if any(item.place.home == DEADLY for item in batch):
        os.kill(os.getpid(), signal.SIGKILL)
    return [Told(item.place, item.place.home.encode()) for item in batch]


def test_the_book_that_kills_its_worker_fails_alone() -> None:
    ask = Ask("replay", (), None, (), None, is_kept=False, program=this_program())
    told = {each.place.home: each.line or b"" for each in in_pool(ask, items(20), 2, work=dies_of_one)}
    assert len(told) == 20
    row = brief(told.pop(DEADLY)).row
    assert (row.exit_code, row.error) == (5, "StorageError")
    assert "--workers" in (row.message or "")
    assert [*told.values()] == [home.encode() for home in told]


def test_a_book_that_is_not_there_is_a_failure_with_its_words(tmp_path: Path) -> None:
    ask = Ask("liability", (), 2025, (), None, is_kept=False, program=this_program())
    (told,) = by_itself(ask, [Item(Place(str(tmp_path / "nowhere"), "main"))], work=ask_books)
    row = brief(told.line or b"").row
    assert (row.exit_code, row.error) == (2, "HomeNotFoundError")
    assert msgspec.json.decode(told.line or b"")["result"]["schema"] == "lotwork.error.v1"
