"""What a book costs, question by question: the table of the issue that asked for speed, in one command.

`python -m bench.answers [--books NAMES]` (`make bench`, `make bench-full`): each book is imported, replayed and asked,
from zero and with one event more than the last checkpoint holds. CPU seconds of whole processes, the median of the
runs, and the largest peak of memory. A page is kept in bench/.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.measure import Cost, middle
from bench.miner import lines, write_lines
from bench.program import REFUSED, ROOT, YEAR, imported, lotwork, one_receipt, warm
from bench.shown import keep, load, machine, names, say, table, today
from bench.workload import steps, write_events

ONCE_FROM = 1_000_000
QUESTIONS: Mapping[str, Sequence[str]] = {
    "replay": ("replay", "--json"),
    "gains": ("gains", "--year", YEAR, "--json"),
    "liability": ("liability", "--year", YEAR, "--json"),
    "quarterly": ("quarterly", "--year", YEAR, "--json"),
    "annualized": ("quarterly", "--year", YEAR, "--annualized", "--json"),
    "lots": ("lots", "--json"),
    "plan sale": ("plan", "sale", "0.001", "--price", "60000", "--json"),
    "diff": ("diff", "--filed", YEAR, "--json"),
}
LATE_BILL = ("category=electricity", "amount_usd=100")
COLUMNS = ("import", *QUESTIONS)


class Book(NamedTuple):
    """A book: how many events, in which words, and who writes its file."""

    events: int
    words: str
    write: Callable[[Path, int], None]


def wallets(file: Path, count: int) -> None:
    """Write bench/workload.py's: eight years, a sale in twelve events."""
    write_events(file, steps(count))


def miner(file: Path, count: int) -> None:
    """Write bench/miner.py's: four years, three pools."""
    write_lines(file, lines(count))


BOOKS: Mapping[str, Book] = {
    "miner-5k": Book(5_000, "a miner's four years, 3 pools", miner),
    "miner-100k": Book(100_000, "the same, 23 payouts a day of each pool", miner),
    "wallets-100k": Book(100_000, "eight years, 4 wallets, 8,000 sales", wallets),
    "miner-1m": Book(1_000_000, "a miner's four years, 3 pools", miner),
    "wallets-1m": Book(1_000_000, "eight years, 4 wallets, 80,000 sales", wallets),
}
USUAL = ("miner-5k", "miner-100k", "wallets-100k")


class Answered(NamedTuple):
    """What a book cost, from zero and after one event more; import is a question of the first alone."""

    name: str
    from_zero: Mapping[str, Cost]
    one_more: Mapping[str, Cost]


def ask(folder: Path, name: str, times: int) -> Answered:
    """Measure one book; its home is gone afterwards."""
    book, file, home = BOOKS[name], folder / f"{name}.jsonl", folder / name
    book.write(file, book.events)
    times = 1 if book.events >= ONCE_FROM else times
    from_zero = {"import": middle([imported(home, [file]) for _ in range(times)])}
    say(f"{name}: imported in {from_zero['import'].cpu:.2f} CPU s")
    one_more: dict[str, Cost] = {}
    for question, words in QUESTIONS.items():
        if question == "diff":
            file_the_year(home)
        from_zero[question] = middle([forgotten(home, *words) for _ in range(times)])
        one_more[question] = middle([one_later(home, f"{question}-{number}", words) for number in range(times)])
        say(f"{name}: {question} {from_zero[question].cpu:.2f}, one event later {one_more[question].cpu:.2f}")
    shutil.rmtree(home)
    file.unlink()
    return Answered(name, from_zero, one_more)


def forgotten(home: Path, *words: str) -> Cost:
    """Ask with no checkpoint kept."""
    shutil.rmtree(home / "checkpoints", ignore_errors=True)
    return lotwork(home, *words)


def one_later(home: Path, name: str, words: Sequence[str]) -> Cost:
    """Append one receipt and ask again; whoever asked before kept a checkpoint."""
    one_receipt(home, name.replace(" ", "-"))
    return lotwork(home, *words)


def file_the_year(home: Path) -> None:
    """File the year though something is open, each by its name, and record a bill that comes late."""
    asked = lotwork(home, "file", "--year", YEAR, "--dry-run", "--json", allowed=REFUSED)
    told, _ = json.JSONDecoder().raw_decode(asked.out)
    open_ones = dict.fromkeys(problem["key"] for problem in told.get("problems", ()))
    lotwork(home, "file", "--year", YEAR, *(word for name in open_ones for word in ("--acknowledge", name)))
    lotwork(home, "add", "expense", "id=a-late-bill", f"at={YEAR}-11-01T00:00:00Z", *LATE_BILL)


def tables(answered: Sequence[Answered], times: int, load_before: float) -> str:
    """Return the page."""
    return "\n".join(
        [
            f"# Measured {today()}: what each answer costs",
            "",
            machine(load_before),
            f"CPU seconds of whole processes, the median of {times} runs (of one from {ONCE_FROM:,} events on).",
            f"`plan sale` sells 0.001; `diff` is of {YEAR} as filed, with a bill that came late.",
            "",
            "## From zero: no checkpoint is kept",
            *table(("book (events)", *COLUMNS, "peak MiB"), [row(each, each.from_zero) for each in answered]),
            "",
            "## One event after the last checkpoint",
            *table(("book (events)", *QUESTIONS, "peak MiB"), [row(each, each.one_more) for each in answered]),
            "",
        ]
    )  # fmt: skip


def row(each: Answered, costs: Mapping[str, Cost]) -> tuple[str, ...]:
    """Return the row of one book, with the largest of its peaks."""
    book = BOOKS[each.name]
    peak = max(costs.values(), key=lambda cost: cost.peak_mib)
    said = next(name for name, cost in costs.items() if cost is peak)
    seconds = (f"{costs[name].cpu:.2f}" for name in COLUMNS if name in costs)
    return (f"{book.words} ({book.events:,})", *seconds, f"{peak.peak_mib:.0f} ({said})")


def main() -> None:
    """Ask every book, print the page and keep it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--books", type=names, default=list(USUAL), help=", ".join(BOOKS))
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "bench")
    asked, load_before = parser.parse_args(), load()
    if unknown := [name for name in asked.books if name not in BOOKS]:
        raise SystemExit(f"no book {', '.join(unknown)}: there are {', '.join(BOOKS)}")
    with tempfile.TemporaryDirectory(prefix="lotwork-answers-") as folder:
        warm(Path(folder))
        answered = [ask(Path(folder), name, asked.times) for name in asked.books]
    keep(tables(answered, asked.times, load_before), asked.out, "answers")


if __name__ == "__main__":
    main()
