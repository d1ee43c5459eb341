"""What a pool tells and its room takes in no list: put in suspense, each thing by what it is.

A movement that the room has no word for, a key that it never had, a list that no longer reaches back, one that lost
more rows at once than a pool takes back, and one that could not be read for days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from lotwork.ingest.missing import CUT, Missing, cut_out
from lotwork.ingest.pools.cursor import ListState, Walk, instant, seconds_of
from lotwork.ingest.pools.told import Answered, Listing, Told
from lotwork.ingest.suspense import InSuspense, Untaken, place, place_of
from lotwork.ledger.events import Event
from lotwork.ledger.kinds.coins import NEW_KEYS
from lotwork.ledger.zones import Calendar

MOVEMENT, KEY, GAP, UNREAD = "movement", "key", "gap", "unread"
UNDER_WAY = timedelta(days=5)
"""How long a payout may be under way before a person is asked; each look reaches back for longer."""
ONE_HOUR = timedelta(hours=1)
PATIENCE = timedelta(days=7)
"""How long a pool that was read before may tell nothing, or what must not be believed, until a return waits for it."""
SETTLED = "it was taken, or the pool no longer tells it"


class Calendared(Protocol):
    """What the book says of an instant."""

    @property
    def calendar(self) -> Calendar:
        """Which of the taxpayer's days it falls on."""
        ...

    def recognition(self, at: datetime) -> str:
        """Return on_payout or on_credit."""
        ...


def room(what: str, listing: Listing) -> str:
    """Return the room of *what* of one list."""
    return f"{what}-{listing.name}"


def of_page(
    listing: Listing,
    told: Answered,
    events: Sequence[Event],
    keys: Iterable[str],
    first: int,
    now: datetime,
    kept: str,
    *,
    policy: Calendared,
) -> tuple[list[Untaken], set[str]]:
    """Return what of a page, kept as *kept*, is taken by nothing, and the places it was looked for in.

    These are movements from *first* on that the room has no word for, and those of the new *keys* that the note of none
    of *events* tells: the others are asked about as `keys_unknown`. *policy* says which rows are income, and when.
    """
    found = [
        Untaken(
            room(MOVEMENT, listing),
            one.key,
            f"{listing.name} {one.key}",
            f"{one.words}: a movement that is not known here",
            "see at the pool what it was: if coins came or left, record them by hand; report this",
            at=one.at,
            evidence=kept,
        )
        for one in told.unmeant
        if seconds_of(one.at) >= first
    ]
    found += _waiting(listing, told, first, now, kept)
    found += _alike(listing, told, first, kept)
    found += _of_another_year(listing, (row for row in told.rows if seconds_of(row.at) >= first), policy, kept)
    found += keys_unnamed(listing.name, keys, events, now, kept)
    names = {
        *(row.key for row in told.rows),
        *(row.waited for row in told.rows),
        *(one.key for one in told.unmeant),
        *told.elsewhere,
    }
    names |= {name for row in told.rows for name in (_again(row), _year(row))}
    return found, {place(room(MOVEMENT, listing), name) for name in names}


def _waiting(listing: Listing, told: Answered, first: int, now: datetime, kept: str) -> list[Untaken]:
    """Return the payouts that have been under way for longer than any takes: the pool may have paid them otherwise."""
    done = {row.key for row in told.rows if row.state == "done"}
    return [
        Untaken(
            room(MOVEMENT, listing),
            row.key,
            f"{listing.name} {row.key}",
            "a payout that the pool tells as under way, or without a transaction, for days: it is in no figure",
            "see at the pool whether it was paid, to an account or over Lightning: if so, record it by hand",
            at=row.at,
            evidence=kept,
        )
        for row in told.rows
        if row.kind == "payout" and row.state == "waiting" and row.key not in done
        if seconds_of(row.at) >= first and now - row.at > UNDER_WAY
    ]


def _alike(listing: Listing, told: Answered, first: int, kept: str) -> list[Untaken]:
    """Return the rows that stand more than once in one answer, where each may be a payment of its own."""
    times = Counter(row for row in told.rows if row.state == "done" and row.amount) if listing.alike else {}
    return [
        Untaken(
            room(MOVEMENT, listing),
            _again(row),
            f"{listing.name} {row.key}",
            f"the pool tells it {count} times in one answer, all alike: it was taken once",
            "see at the pool, or on the chain, how often it was paid: if more than once, record the others by hand",
            at=row.at,
            evidence=kept,
        )
        for row, count in times.items()
        if count > 1 and seconds_of(row.at) >= first
    ]


def _of_another_year(listing: Listing, rows: Iterable[Told], policy: Calendared, kept: str) -> list[Untaken]:
    """Return those of *rows* that are income and may be of the year before: nobody knows by which clock they are."""
    return [
        Untaken(
            room(MOVEMENT, listing),
            _year(row),
            f"{listing.name} {row.key}",
            f"the pool names no clock: read as UTC it is of {policy.calendar.day(row.at).year}, and by a clock "
            f"{row.earlier // ONE_HOUR} hours ahead of it of the year before",
            "compare a payout with its transaction's block, and say `zone` in the source's section",
            at=row.at - row.earlier,
            evidence=kept,
        )
        for row in rows
        if row.earlier and row.state == "done" and row.amount
        if policy.recognition(row.at) == ("on_payout" if row.kind == "payout" else "on_credit")
        if policy.calendar.day(row.at).year != policy.calendar.day(row.at - row.earlier).year
    ]


def _year(row: Told) -> str:
    return f"{row.key}:year"


def _again(row: Told) -> str:
    return f"{row.key}:again"


def keys_unnamed(
    of: str, keys: Iterable[str], events: Sequence[Event], now: datetime, kept: str | None = None
) -> list[Untaken]:
    """Return each of the new *keys* of the list *of* that the note of none of *events* tells."""
    named = " ".join((event.note or "").partition(NEW_KEYS)[2] for event in events)
    return [
        Untaken(
            f"{KEY}-{of}",
            key,
            f"{of}, the key {key}",
            f"answers have it since {now:%Y-%m-%d}, and it is not known here",
            "look at it: if it is a fee, another amount or a state, correct what is wrong; report this",
            evidence=kept,
            told="",
        )
        for key in sorted(keys)
        if key not in named
    ]


def gaps(listing: Listing, known: ListState, walk: Walk) -> list[Untaken]:
    """Return the time that is told no more where a list that forgets does not reach back to what was read last."""
    if not listing.forgets or known.last is None or known.last in walk.seen:
        return []
    if walk.oldest is None or walk.oldest <= known.through:
        return []
    return [_gap(listing, known.last, known.through, walk.oldest)]


def _gap(listing: Listing, last: str, through: int, oldest: int) -> Untaken:
    """Return the time that a list which forgets no longer tells: from *through* to its *oldest* row."""
    return Untaken(
        room(GAP, listing),
        last,
        f"{listing.name}, {instant(through):%Y-%m-%d %H:%M} to {instant(oldest):%Y-%m-%d %H:%M}",
        "the pool's list begins after what was read last, so that payouts in between may be lost",
        "compare with the total that the pool shows, record what is missing by hand, and poll more often",
        at=instant(through),
    )


def withdrawn(
    of: str, key: str, keys: Sequence[str], expected: Mapping[str, int], missing: Collection[str]
) -> tuple[list[str], set[str], list[Untaken]]:
    """Return which of the rows *keys*, gone from the list *of*, are taken back, which stand, and what is asked.

    *expected* and *missing* as of `cut_out`, which says what stands.
    """
    cut = cut_out({*keys}, expected, missing)
    if not cut:
        return [*keys], cut, []
    taken, stand = [each for each in keys if each not in cut], [each for each in keys if each in cut]
    shorter = Untaken(
        f"{CUT}-{of}",
        key,
        f"{len(stand)} rows of {of} that were recorded and are no longer listed, {stand[0][:70]} the first",
        "the pool may have cut its list, so all of them stand",
        "see there, and void what was taken back",
        at=instant(min(expected[each] for each in stand)),
        told=" ".join(stand),
    )
    return taken, cut, [shorter]


def whole_again(
    log: InSuspense, of: str, start: int, stop: int, missing: Mapping[str, Missing], shorter: Collection[Untaken] = ()
) -> set[str]:
    """Return the places of what was cut of the list *of* from *start* until *stop*, all read again, nothing missing.

    In seconds since 1970. *shorter* is what this reading itself found cut.
    """
    if shorter or any(start <= one.at < stop for one in missing.values()):
        return {one.place for one in shorter}
    return {place_of(one.id) for one in log.open(f"{CUT}-{of}") if start <= seconds_of(one.at) < stop}


def unread(of: str, through: datetime, now: datetime) -> list[Untaken]:
    """Return the time since *through*, where the list *of* was not read for longer than patience lasts."""
    if now - through < PATIENCE:
        return []
    one = Untaken(
        f"{UNREAD}-{of}",
        of,
        f"{of} since {through:%Y-%m-%d %H:%M}",
        "the pool did not answer since, or with nothing that can be believed, so that income may be missing",
        "`lotwork poll` says why; where the pool is gone, record by hand what it paid since",
        at=through,
        told="",
    )
    return [one]


def unread_lists(
    listings: Iterable[Listing], known: Mapping[str, ListState], read: Collection[str], first: int, now: datetime
) -> list[Untaken]:
    """Return the time since which each list of *listings* was not read, which this look did not come to *read*.

    All of them began at *first*, in seconds since 1970. Nothing of a pool that never told anything: it is being set up.
    """
    if all(each.through <= first for each in known.values()):
        return []
    late = (each.name for each in listings if each.name not in read)
    return [one for name in late for one in unread(name, instant(known[name].through if name in known else first), now)]


def suspended(log: InSuspense, late: Collection[Untaken], now: datetime) -> tuple[Event, ...]:
    """Return the events that put the times *late* in suspense, in place of what was said of the same lists."""
    return log.amended(late, looked={one.place for one in late}, now=now, because=SETTLED)


def place_unread(of: str) -> str:
    """Return the place of the time that the list *of* was not read."""
    return place(f"{UNREAD}-{of}", of)


def new_keys(told: Answered, known: ListState, walk: Walk) -> tuple[list[str], ListState]:
    """Return the keys that no answer had before, and the state that remembers them."""
    found = told.unknown.union(*(row.unknown for row in told.rows))
    met = tuple(sorted({*known.met, *found})) if walk.again else known.met
    unknown = tuple(sorted({*known.unknown, *found}))
    return sorted(found - {*known.unknown}), replace(known, unknown=unknown, met=met)


def words_of_keys(of: str, keys: Sequence[str]) -> list[str]:
    """Return what is alerted of the new *keys* of the list *of*, where it has any."""
    return [f"{of}: keys that are not known here: {', '.join(keys)}: all else was read; report this"] if keys else []
