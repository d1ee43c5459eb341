"""The workers of a Dask scheduler: the same answers as a plain loop, and a book that fails alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from lotwork.commands.books.asking import Ask, Item, Told, this_program
from lotwork.commands.books.cluster import on_cluster
from lotwork.reports.book_lines import brief
from tests.commands.books.homes import cluster_of, everyone
from tests.commands.books.test_running import DEADLY, items
from tests.commands.calling import Caller


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address of a scheduler of this process, with one worker that has two threads."""
    with cluster_of(1) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_answers_as_a_plain_loop_does(homes: Caller, address: str) -> None:
    words = ("all", "liability", "--year", "2025")
    alone = everyone(homes, *words, code=1)
    told = homes.all_over(*words, "--homes", homes.home.parent, "--scheduler", address, "--json", code=1)
    assert told.result == alone


def fails_of_one(ask: Ask, batch: Sequence[Item]) -> list[Told]:
    """Answer with the name of each book's home, and lose the whole batch where the deadly one is in it."""
    if any(item.place.home == DEADLY for item in batch):
        raise MemoryError(ask.command)
    return [Told(item.place, item.place.home.encode()) for item in batch]


def test_the_book_that_kills_its_worker_fails_alone(address: str) -> None:
    ask = Ask("replay", (), None, (), None, is_kept=False, program=this_program())
    told = {each.place.home: each.line or b"" for each in on_cluster(ask, items(20), address, work=fails_of_one)}
    row = brief(told.pop(DEADLY)).row
    assert (row.exit_code, row.error) == (5, "StorageError")
    assert [*told.values()] == [home.encode() for home in told]
    assert len(told) == 19


def test_no_scheduler_and_no_worker_are_told_with_what_to_do(homes: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lotwork.commands.books.cluster.SECONDS", 0.2)
    words = ("all", "replay", "--homes", homes.home.parent, "--scheduler")
    assert "dask scheduler" in homes.all_over(*words, "tcp://127.0.0.1:9", code=6).err
    with cluster_of(0) as idle:
        assert "dask worker" in homes.all_over(*words, idle.scheduler_address, code=6).err
