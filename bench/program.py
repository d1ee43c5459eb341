"""The program that is measured: `lotwork` of this environment, run whole on a home."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.measure import Cost, run
from bench.workload import steps, write_events

ROOT = Path(__file__).resolve().parent.parent
LOTWORK = Path(sys.executable).with_name("lotwork")
FINDINGS_TOO = (0, 1)
REFUSED = (0, 1, 3)
COMPILED_BY = 50
YEAR = "2024"
QUESTIONS = (
    ("replay", "--from-zero", "--json"),
    ("gains", "--year", YEAR, "--json"),
    ("liability", "--year", YEAR, "--json"),
    ("quarterly", "--year", YEAR, "--annualized", "--json"),
    ("lots", "--json"),
)


def lotwork(home: Path, *words: str, allowed: Sequence[int] = FINDINGS_TOO, into: Path | None = None) -> Cost:
    """Run `lotwork WORDS` on *home*, what it prints *into* a file if one is named.

    SystemExit where it ends with a code that is not *allowed*.
    """
    return run([LOTWORK, *words], environ={"LOTWORK_HOME": str(home)}, allowed=allowed, into=into)


def imported(home: Path, files: Iterable[Path]) -> Cost:
    """Import *files* into a home that is new, whatever was there before."""
    if home.exists():
        shutil.rmtree(home)
    return lotwork(home, "import", *map(str, files))


def warm(folder: Path) -> None:
    """Let every module that is measured be compiled once: what is kept of that is no cost of a run."""
    folder.mkdir(exist_ok=True)
    write_events(folder / "warm.jsonl", steps(COMPILED_BY))
    imported(folder / "warm", [folder / "warm.jsonl"])
    for words in QUESTIONS:
        lotwork(folder / "warm", *words)


def bare(home: Path) -> Cost:
    """Read the rows of *home* with sqlite3 alone."""
    return run([sys.executable, "-S", ROOT / "bench" / "bare_read.py", home / "ledger.sqlite"])


def one_receipt(home: Path, name: str) -> Cost:
    """Append one receipt after all others."""
    words = ("wallet=cold", "asset=BTC", "quantity=0.001", "income=pool_payout", "price_usd=60000")
    return lotwork(home, "add", "receipt", f"id={name}", "at=2024-12-31T23:00:00Z", *words)
