"""Several workers: the same answers as a plain loop, batches, and a worker that dies of one book."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from lotwork.commands.books.asking import Ask, Item, Told, ask_books, this_program
from lotwork.commands.books.places import Place
from lotwork.commands.books.running import MOST_IN_A_BATCH, batches, by_itself, in_pool
from lotwork.reports.book_lines import brief
from tests.architecture.house import ROOT
from tests.commands.books.homes import everyone
from tests.commands.calling import Caller
from tests.patience import HANGS_SECONDS


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


def waits(_ask: Ask, batch: Sequence[Item]) -> list[Told]:
    """Say which process this is, in the file that the book names, and wait."""
    name = Path(batch[0].place.home)
    name.with_suffix(".new").write_text(str(os.getpid()), encoding="utf-8")
    name.with_suffix(".new").rename(name)
    time.sleep(HANGS_SECONDS)
    return []


ASKING = """
import sys
from tests.commands.books.test_running import *
ask = Ask("replay", (), None, (), None, is_kept=False, program="")
list(in_pool(ask, [Item(Place(sys.argv[1], "main"))], 1, work=waits))
"""


def test_a_worker_ends_with_who_asks_though_that_is_killed(tmp_path: Path) -> None:
    said = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", ASKING, str(said)], cwd=ROOT) as asking:
        try:
            wait_until(said.exists)
        finally:
            asking.kill()
    worker = int(said.read_text(encoding="utf-8"))
    wait_until(lambda: not is_there(worker))


def is_there(pid: int) -> bool:
    """Say if a process lives; one that has ended and whom nobody asks about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(done: Callable[[], bool]) -> None:
    for _ in range(300):
        if done():
            return
        time.sleep(0.1)
    pytest.fail("it did not come to that in half a minute")


def test_a_book_that_is_not_there_is_a_failure_with_its_words(tmp_path: Path) -> None:
    ask = Ask("liability", (), 2025, (), None, is_kept=False, program=this_program())
    (told,) = by_itself(ask, [Item(Place(str(tmp_path / "nowhere"), "main"))], work=ask_books)
    row = brief(told.line or b"").row
    assert (row.exit_code, row.error) == (2, "HomeNotFoundError")
    assert msgspec.json.decode(told.line or b"")["result"]["schema"] == "lotwork.error.v1"
