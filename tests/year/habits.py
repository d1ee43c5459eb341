"""How a miner keeps the books: which source is asked when, which file is downloaded when. No figure hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 - a drawn year, by a seed that is written down
from typing import NamedTuple

from tests.year.story import LAST
from tests.year.truth import local

SOURCES = (
    "braiins", "ocean", "viabtc", "2miners", "nicehash", "phoenix", "esplora", "ckpool", "coinbase-api", "kraken-api",
    "barn", "difficulty",
)  # fmt: skip
FILES = ("river.csv", "nicehash.csv", "bank", "meter")
EXPORTS = {
    "nicehash": (), "braiins": ("braiins.csv",), "viabtc": ("viabtc.csv",), "coinbase-api": ("coinbase.csv",),
    "kraken-api": ("kraken.csv",),
}  # fmt: skip
"""Sources that are read by a file instead, and the files they have beside those above."""
FIRST = local(1, 2)
GAPS = (12, 45, 90, 120)
NO_ROWS = {"viabtc.csv": 160, "kraken.csv": 100, "coinbase.csv": 80}
"""Days of the year in which a file has no rows yet, and would be refused for it."""


class Step(NamedTuple):
    """Something that is done on a day."""

    at: datetime
    what: str
    """A source to poll, or a file to import."""


@dataclass(frozen=True, kw_only=True)
class Habits:
    """The steps of a year."""

    steps: tuple[Step, ...]
    by_export: bool = False
    """Whether what has both is read by its export instead of its API."""
    by_process: datetime = FIRST
    """From when on ccxt asks the exchanges in its process; before, their answers are handed over without it."""

    @classmethod
    def drawn(
        cls, draw: Random, *, by_export: bool, gaps: tuple[int, ...] = GAPS, by_process: datetime = FIRST
    ) -> Habits:
        """Return habits of some order: sources asked on days of their own, files downloaded when it came to mind.

        Each source has one of *gaps* for the most days between two polls.
        Of each file an early download is imported too, or two: what both have is told twice.
        """
        steps: list[Step] = []
        for source in SOURCES:
            if by_export and source in EXPORTS:
                continue
            at, most = FIRST, draw.choice(gaps)
            while at < LAST - timedelta(days=12):
                steps.append(Step(at + timedelta(minutes=draw.randrange(1440)), source))
                at += timedelta(days=draw.randint(4, most))
            steps += [Step(LAST - timedelta(days=gap, minutes=draw.randrange(600)), source) for gap in (6, 0)]
        beside = [file for files in EXPORTS.values() for file in files] if by_export else []
        for file in (*FILES, *beside):
            early = [
                FIRST + timedelta(days=draw.randrange(NO_ROWS.get(file, 60), 400)) for _ in range(draw.randrange(3))
            ]
            steps += [Step(at, file) for at in (*early, LAST - timedelta(days=4, minutes=draw.randrange(4000)))]
        return cls(steps=tuple(sorted(steps)), by_export=by_export, by_process=by_process)
