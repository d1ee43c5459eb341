"""How a page of figures is written: its tables, what machine it was taken on, and what the person who waits is told."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path


def say(words: str) -> None:
    """Tell the person who waits."""
    print(words, file=sys.stderr, flush=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    return [
        "",
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def machine(load_before: float) -> str:
    """Return what the figures were taken on, with the load when it began and now."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in info if line.startswith("model name")), platform.machine())
    return (
        f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"load {load_before:.1f} at the beginning and {load():.1f} at the end."
    )


def load() -> float:
    """Return how many processes wanted to run, over the last minute."""
    return os.getloadavg()[0]


def keep(page: str, folder: Path, name: str) -> None:
    """Print a page, and keep it in *folder* under its name and the day."""
    print(page)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}-{today()}.md").write_text(page, encoding="utf-8")


def today() -> str:
    """Return the day as it is written in names."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def whole_numbers(text: str) -> list[int]:
    """Read "10000,100000"."""
    return [int(part) for part in text.split(",") if part]


def names(text: str) -> list[str]:
    """Read "rp2,fava"."""
    return [part for part in text.split(",") if part]
