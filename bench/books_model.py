"""What a hundred thousand books would cost: a model of one asker and many workers, measured here and run on paper.

`python -m bench.books_model HOMES` measures over the homes in the folder HOMES what a book costs each of the parts, in
CPU: to be found (the asker opens every ledger), to be asked (a worker), to be handed over and taken back (the asker, a
batch at a time). It foretells a run of two workers and holds that against the run itself, and then lets books of many
sizes go through 1 to 800 workers: events of a queue, one asker, as many workers. Where more workers stop helping is
where the asker is busy all the time.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.books import ask
from lotwork.commands.books.asking import Ask, Item, this_program
from lotwork.commands.books.places import places
from lotwork.commands.books.running import BATCHES_AHEAD, MOST_IN_A_BATCH, batches, by_itself, in_pool
from lotwork.reports.book_lines import brief, list_all

QUESTION = Ask("replay", ("--from-zero",), None, ("book",), None, is_kept=False, program=this_program())
BOOKS, WORKERS = 100_000, (1, 10, 50, 100, 200, 400, 800)
SPREAD = 1.0
"""The sigma of the log of a book's size: one in a hundred is ten times the middle one."""
SEED = 12


class Costs(NamedTuple):
    """CPU seconds: of a book to be found, asked, taken back and listed; of a run before its first book."""

    found: float
    asked: float
    taken: float
    start: float


def measured(homes: Path) -> tuple[Costs, float, float, int]:
    """Return the costs, and of a run of two workers how much CPU it was foretold to take, and took."""
    begin = time.process_time()
    books = places(homes, homes, None).books
    found = (time.process_time() - begin) / len(books)
    items = [Item(place) for place in books]
    list(by_itself(QUESTION, items[:2]))
    begin = time.process_time()
    told = [brief(each.line or b"") for each in by_itself(QUESTION, items)]
    asked = (time.process_time() - begin) / len(items)
    begin = time.process_time()
    pooled = [brief(each.line or b"") for each in in_pool(QUESTION, items, 2)]
    listing = list_all(QUESTION.command, None, pooled, (), unchanged=0, files=())
    taken = (time.process_time() - begin) / len(items)
    if listing.results_digest != list_all(QUESTION.command, None, told, (), unchanged=0, files=()).results_digest:
        raise SystemExit("the answers differ")
    words = " ".join((QUESTION.command, *QUESTION.words))
    with tempfile.TemporaryDirectory() as place:
        for each in books[:2]:
            shutil.copytree(each.home, Path(place) / Path(each.home).name)
        start = ask(words, Path(place), "--workers", "2").cpu - 2 * asked
    costs = Costs(found, asked, taken, start)
    return costs, start + len(items) * sum(costs[:-1]), ask(words, homes, "--workers", "2").cpu, len(items)


def simulated(costs: Costs, sizes: Sequence[float], workers: int) -> tuple[float, float]:
    """Return how many seconds so many *workers* take for books of these *sizes*, and for how much the asker is busy."""
    left = deque(batches(sizes, workers))
    now = busy = costs.found * len(sizes)
    free = [costs.start / 2 + now] * workers
    running: list[tuple[float, int]] = []
    while left or running:
        while left and len(running) < workers * BATCHES_AHEAD:
            batch = left.popleft()
            ended = max(heapq.heappop(free), now) + sum(batch) * costs.asked
            heapq.heappush(free, ended)
            heapq.heappush(running, (ended, len(batch)))
        ended, count = heapq.heappop(running)
        now = max(now, ended) + count * costs.taken
        busy += count * costs.taken
    return now, busy / now


def main() -> None:
    """Measure, hold the model against a run, and tell what many workers would take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("homes", type=Path)
    costs, foretold, took, books = measured(parser.parse_args().homes)
    print(f"a book, ms of CPU: found {1000 * costs.found:.2f}, asked {1000 * costs.asked:.2f}, taken back and listed "
          f"{1000 * costs.taken:.2f}; before the first {costs.start:.2f} s; load {os.getloadavg()}")  # fmt: skip
    print(f"a run of two workers over {books} books: foretold {foretold:.1f} s of CPU, took {took:.1f} s "
          f"({100 * (foretold / took - 1):+.0f} %)")  # fmt: skip
    chance = random.Random(SEED)
    drawn = [chance.lognormvariate(0, SPREAD) for _ in range(BOOKS)]
    mean = sum(drawn) / len(drawn)
    sizes = [size / mean for size in drawn]
    alone = simulated(costs, sizes, 1)[0]
    print(f"{BOOKS:,} books, a batch of at most {MOST_IN_A_BATCH}:")
    for workers in WORKERS:
        seconds, busy = simulated(costs, sizes, workers)
        print(
            f"  {workers} workers: {seconds:,.0f} s, {alone / seconds:.0f}x of one, the asker busy {100 * busy:.0f} %"
        )
    bend = costs.asked / (costs.found + costs.taken)
    print(f"  more than {bend:.0f} workers wait for the asker")


if __name__ == "__main__":
    main()
