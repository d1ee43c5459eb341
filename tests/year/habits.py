"""How a miner keeps the books: which source is asked on which day, which file is downloaded when. No figure hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from tests.year.story import LAST
from tests.year.truth import local

SOURCES = ("braiins", "ocean", "viabtc", "2miners", "nicehash", "phoenix", "esplora", "ckpool")
FILES = ("coinbase.csv", "kraken.csv", "river.csv", "nicehash.csv", "bank", "meter")
FIRST = local(1, 2)


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
    """Whether NiceHash is read by its report instead of its API."""

    @classmethod
    def drawn(cls, draw: Random, *, by_export: bool) -> Habits:
        """Return habits of some order: sources asked on days of their own, files downloaded when it came to mind.

        Of each file an early download is imported too, or two: what both have is told twice.
        """
        steps: list[Step] = []
        for source in SOURCES:
            if by_export and source == "nicehash":
                continue
            at, most = FIRST, draw.choice((9, 20, 40))
            while at < LAST - timedelta(days=12):
                steps.append(Step(at + timedelta(minutes=draw.randrange(1440)), source))
                at += timedelta(days=draw.randint(3, most))
            steps += [Step(LAST - timedelta(days=gap, minutes=draw.randrange(600)), source) for gap in (9, 6, 3, 0)]
        for file in FILES:
            early = [FIRST + timedelta(days=draw.randrange(30, 400)) for _ in range(draw.randrange(3))]
            steps += [Step(at, file) for at in (*early, LAST - timedelta(days=4, minutes=draw.randrange(4000)))]
        return cls(steps=tuple(sorted(steps)), by_export=by_export)
