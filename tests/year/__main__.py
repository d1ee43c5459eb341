"""Live drawn years in drawn orders: `python -m tests.year --seed N --orders K`; what differs is printed, and exit 1.

Of a year the first order reads APIs and the second exports, and so on; each must come to what the year comes to.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - drawn years, by seeds that are written down

import structlog

from tests.year.comparing import Figures, differences, expected, figures_of, unlike
from tests.year.habits import Habits
from tests.year.living import living
from tests.year.reckoning import reckon
from tests.year.story import LAST, Story


def main() -> int:
    """Live and compare."""
    words = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    words.add_argument("--seed", type=int, default=2026, help="the first year's; the next ones follow it")
    words.add_argument("--years", type=int, default=1)
    words.add_argument("--orders", type=int, default=2, help="how many for each year")
    words.add_argument("--on-credit", action="store_true", help="what pools credit is income then; all by APIs")
    asked = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    wrong = 0
    for seed in range(asked.seed, asked.seed + asked.years):
        first: Figures | None = None
        for order in range(asked.orders):
            told, found = live(seed, order, on_credit=asked.on_credit)
            found += [*unlike(first, told)] if first else []
            first = first or told
            wrong += bool(found)
            total, by = told["total"], "exports" if order % 2 and not asked.on_credit else "APIs"
            print(f"year {seed}, order {order}, by {by}: tax {total}; {len(found)} differences", flush=True)  # noqa: T201 - its answer
            print(*(f"  {line}" for line in found), sep="\n", end="\n" if found else "")  # noqa: T201 - the same
    return 1 if wrong else 0


def live(seed: int, order: int, *, on_credit: bool) -> tuple[Figures, list[str]]:
    """Return the figures of a year lived in an order, and what is wrong with them."""
    story = Story(Random(seed), on_credit=on_credit)  # noqa: S311 - guards nothing
    drawn, by_export = Random(f"{seed}/{order}"), order % 2 == 1 and not on_credit  # noqa: S311 - the same
    habits = Habits.drawn(drawn, by_export=by_export, by_process=LAST - timedelta(days=60))
    with tempfile.TemporaryDirectory() as folder, living(story, Path(folder) / "home", habits) as miner:
        refused = miner("file", "--year", "2026", "--dry-run", codes=(0, 3))
        found = [] if refused.code else ["the return could be filed before anything was answered"]
        miner.answer()
        told = figures_of(miner)
        filed = miner("file", "--year", "2026", "--dry-run", codes=(0, 3))
        found += [f"the return cannot be filed: {filed.err}"] if filed.code else []
    return told, [*found, *differences(told, expected(reckon(story.truth)))]


if __name__ == "__main__":
    sys.exit(main())
