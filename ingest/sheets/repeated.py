"""Rows of one file that say the same: two events that are alike, or one that is told twice.

Rows that stand beside one another, all of one instant, are taken to be as many events. Where the same row comes again
after others, or row after row stands twice, the file may have been put together of exports that overlap: it is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

MANY = 5
"""So many different rows in a run that all stand twice are no accident."""


def asked_about(rows: Sequence[tuple[str, str]]) -> frozenset[int]:
    """Return which of *rows*, each what it says and its instant, may tell once more what a row above tells."""
    last: dict[str, int] = {}
    asked: set[int] = set()
    stretch = 0
    for place, (said, at) in enumerate(rows):
        if place and rows[place - 1][1] != at:
            stretch += 1
        if last.get(said, stretch) != stretch:
            asked.add(place)
        last[said] = stretch
    return frozenset(asked | _in_long_runs(rows))


def _in_long_runs(rows: Sequence[tuple[str, str]]) -> set[int]:
    """Return the repeated rows of every run of MANY different rows or more that each stand more than once."""
    count = Counter(said for said, _ in rows)
    found: set[int] = set()
    run: list[int] = []
    for place, (said, _) in [*enumerate(rows), (len(rows), ("", ""))]:
        if count[said] > 1:
            run.append(place)
            continue
        found |= _repeats(rows, run)
        run = []
    return found


def _repeats(rows: Sequence[tuple[str, str]], run: Sequence[int]) -> set[int]:
    seen: set[str] = set()
    again = set()
    for place in run:
        said = rows[place][0]
        if said in seen:
            again.add(place)
        seen.add(said)
    return again if len(seen) >= MANY else set()
