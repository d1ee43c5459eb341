"""Which part of a list is read next, and how far it is read when its last page was.

Three walks, in this order: what is new, with an overlap; what was never read before, a window after the other; and once
a month all of it again, sooner where a row of long ago was missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby

from msgspec.structs import replace

from lotwork.ingest.missing import A_DAY, MONTHLY, is_due_again
from lotwork.ingest.pools.cursor import ListState, Walk, instant, seconds_of
from lotwork.ingest.pools.told import FIRST_PAGE, Answered, Listing, Told

READS_AS = "2"
"""Raised where rows come to mean other things: every list is then read once more from its beginning."""


def policy_print(recognition: Callable[[datetime], str], first: int, now: int) -> str:
    """Return what counted as income when from *first* to *now*, looked at month by month: 2p4c, four on payout first.

    It stays as it is while time passes, and is another where a profile changed the past: then all is read again.
    """
    told = [recognition(instant(at)).removeprefix("on_")[:1] for at in (*range(first, now, MONTHLY), now)]
    runs = [(letter, len([*run])) for letter, run in groupby(told)]
    return READS_AS + "".join(f"{letter}{count}" for letter, count in runs[:-1]) + runs[-1][0]


def next_walk(listing: Listing, known: ListState, *, first: int, limit: int, now: int, is_read: bool) -> Walk | None:
    """Return the page to ask for next; None where *listing* is read up to *limit*.

    All in seconds since 1970: nothing before *first* is asked for. *is_read* says whether this look read it already.
    """
    if known.walk is not None and now - known.walk.begun < A_DAY:
        return known.walk
    window, overlap = int(listing.window.total_seconds()), int(listing.overlap.total_seconds())
    if limit <= first:
        return None
    if known.through != limit or not is_read:
        start = max(min(known.through, limit) - overlap, first)
        is_behind = listing.dated and known.through + window < limit
        end = known.through + window if is_behind else limit
        return Walk(start=start, end=max(end, start), page=FIRST_PAGE, begun=now)
    is_due = known.again_from is not None or is_due_again(known.again, known.missing.values(), limit - overlap, now)
    start = known.again_from if known.again_from is not None else first
    stop = limit - overlap if listing.dated else limit
    if not is_due or start >= stop:
        return None
    return Walk(
        start=start, end=min(start + window, stop) if listing.dated else stop, page=FIRST_PAGE, begun=now, again=True
    )


def ended(listing: Listing, known: ListState, walk: Walk, *, first: int, now: int) -> ListState:
    """Return the state of *listing* after the last page of *walk* was read."""
    overlap = int(listing.overlap.total_seconds())
    if walk.again:
        is_whole = walk.end >= known.through - overlap
        return replace(
            known, again=now if is_whole else known.again, again_from=None if is_whole else walk.end, walk=None
        )
    kept = {key: one for key, one in known.kept.items() if one.at >= walk.end - 2 * overlap}
    # Rows move from page to page while a long list without dates is read for the first time: it is read twice.
    is_moving = known.through == first and walk.pages > 1 and not listing.dated
    return replace(known, kept=kept, through=walk.end, again=0 if is_moving else known.again, walk=None)


def onward(walk: Walk, told: Answered, rows: Sequence[Told], waiting: Iterable[str] = ()) -> Walk:
    """Return the walk after a page was read, of which *rows* are within it, and *waiting* are in suspense."""
    instants = [seconds_of(row.at) for row in told.rows]
    oldest = min([*instants, *([walk.oldest] if walk.oldest is not None else [])], default=None)
    seen = {*walk.seen, *(row.key for row in rows), *waiting}
    repeats = walk.pages > 0 and len(seen) == len(walk.seen) and told.newest is None
    stale = walk.stale + 1 if repeats else 0
    page = told.next or ""
    return replace(walk, page=page, pages=walk.pages + 1, oldest=oldest, stale=stale, seen=tuple(sorted(seen)))


def all_before(told: Answered, walk: Walk) -> bool:
    """Return whether the rows of this page are older than what is walked: those of the next are older still."""
    instants = [row.at for row in told.rows] + ([told.newest] if told.newest is not None else [])
    return bool(instants) and seconds_of(max(instants)) < walk.start
