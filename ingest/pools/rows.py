"""Which rows of a page are taken, and by which name: each once, and none that contradicts another.

A pool may split one payout over several addresses: as many rows of one transaction, told apart by the address alone.
What is told twice in two states, a try that failed and the one that was paid, is what was paid. What is told twice with
different money, on one page or on two of one walk, is refused: nobody can say which of the two holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lotwork.ingest.pools.cursor import Walk, seconds_of
from lotwork.ingest.pools.fields import MOST_PAGES, AnswerRefusedError
from lotwork.ingest.pools.told import Answered, Listing, Told
from lotwork.ingest.ports import AHEAD
from lotwork.ledger.units import ONE_DAY

MOST_STALE = 3
"""So many pages that repeat what was told before are a list without an end."""


@dataclass
class Walked:
    """The rows of the pages before, of the walk through one list that is under way."""

    of: str = ""
    rows: dict[str, Told] = field(default_factory=dict)
    first_apart: dict[str, str] = field(default_factory=dict)
    """By the name that several rows share, which of them bears it."""

    def goes_on(self, listing: Listing, walk: Walk) -> None:
        """Forget what another walk told."""
        if walk.pages == 0 or self.of != listing.name:
            self.of, self.rows, self.first_apart = listing.name, {}, {}

    def renamed(self, expected: Iterable[str], walk: Walk) -> list[str]:
        """Return those of *expected* that were told under another name: which part is first hangs on the page."""
        seen = {*walk.seen}
        parts = ((key, key.rpartition(":")[0]) for key in expected if key not in seen)
        return [key for key, whole in parts if self.first_apart.get(whole) and whole in seen]


def rows_of(listing: Listing, told: Answered, walk: Walk, first: int, now: datetime, walked: Walked) -> list[Told]:
    """Return the rows of the span that is walked, from *first* on, in order of time.

    Raises AnswerRefusedError where two rows differ under one name, and for what cannot be.
    """
    _check(told, walk, now)
    walked.goes_on(listing, walk)
    rows: dict[str, Told] = {}
    named = list(_named(told.rows, walked.first_apart))
    for one in named:
        row = one._replace(unknown=one.unknown | told.unknown)
        rows[row.key] = _one_of(rows.get(row.key), row)
    for key, row in rows.items():
        before = walked.rows.get(key)
        rows[key] = row if before is None else _one_of(before._replace(unknown=row.unknown), row)
    walked.rows |= rows
    over = [row for row in rows.values() if row.kind == "payout" or row.at <= now]
    start = walk.start if listing.dated else first
    return sorted((row for row in over if seconds_of(row.at) >= start), key=lambda row: (row.at, row.key))


def former_names(row: Told) -> set[str]:
    """Return what else *row* may have been called: before it had a transaction, or with 0x before it, or without."""
    names = {row.waited} if row.waited else set()
    if row.txid is not None and row.key == row.txid:
        names |= {row.key.removeprefix("0x"), f"0x{row.key.removeprefix('0x')}"}
    return names - {row.key}


def _check(told: Answered, walk: Walk, now: datetime) -> None:
    """Refuse a list without an end, and what lies in the future or pays nothing."""
    if told.next == walk.page or walk.pages > MOST_PAGES or walk.stale > MOST_STALE:
        raise AnswerRefusedError("its pages have no end")
    latest = now + AHEAD
    ends = latest + ONE_DAY  # a day that is not over yet is told, and is not booked
    if any(row.state == "done" and row.at > (latest if row.kind == "payout" else ends) for row in told.rows):
        raise AnswerRefusedError("it tells of the future")
    if any(row.kind == "payout" and not row.amount for row in told.rows):
        raise AnswerRefusedError("a payout pays nothing")


def _named(rows: Iterable[Told], first_apart: dict[str, str]) -> Iterator[Told]:
    """Yield *rows*; of those that share a name the first by its address bears it, and the others have theirs beside."""
    for row in sorted(rows, key=lambda row: row.apart):
        bears = first_apart.setdefault(row.key, row.apart)
        yield row if row.apart == bears else row._replace(key=f"{row.key}:{row.apart}", waited="")


def _one_of(before: Told | None, row: Told) -> Told:
    """Return what two rows of one name are together."""
    if before is None or before == row or before.state != "done":
        return row
    if row.state != "done":
        return before
    raise AnswerRefusedError(f"it tells two different things of {row.key[:70]}")
