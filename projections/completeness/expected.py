"""What told work should have brought, day by day: hashrate over time, by difficulty and subsidy.

An average, without the fees of blocks and before the pool's own fee. A part of a day of which the difficulty, or what a
block brings, is not told brings nothing here and is said to be unknown: nothing is carried on or guessed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.public_form.hashrates import hashes_per_second
from lotwork.ledger.tellers import FROM_FILES
from lotwork.ledger.units import MICRO_DECIMALS, ONE_DAY
from lotwork.ledger.zones import Calendar
from lotwork.projections.completeness.chain import CHAINS, coins, subsidy_of
from lotwork.projections.completeness.told import Account, WorkFold

BY_THE_SHARE = frozenset({"fpps", "pps"})
"""Schemes by which each share is paid, whatever the pool finds."""


class DayWork(msgspec.Struct):
    """The work of one day, and the least and the most it should have brought, in the coin's smallest units."""

    hashes: Decimal = Decimal()
    least: Decimal = Decimal()
    most: Decimal = Decimal()
    unknown: bool = False
    """Whether of some of it no difficulty or no subsidy is known."""
    schemes: set[str | None] = msgspec.field(default_factory=set)


class Work(msgspec.Struct):
    """What was told of the work at each pool for each coin."""

    days: dict[Account, dict[date, DayWork]]
    explained: dict[Account, dict[date, str]]
    """Days of which a person said why nothing, or less, is to be expected."""


def work_of(told: WorkFold) -> Work:
    """Return the work that *told* holds, by pool, coin and the taxpayer's day.

    What named sources tell of one pool adds up, as two accounts do. What nobody is named for (a rig's rate, told by
    hand or by a file) counts on the days on which none of them tells.
    """
    steps = _difficulties(told.difficulties)
    by_source: dict[Account, dict[date, DayWork]] = defaultdict(dict)
    by_hand: dict[Account, dict[date, DayWork]] = defaultdict(dict)
    explained: dict[Account, dict[date, str]] = defaultdict(dict)
    for one in told.work:
        begin, end = told.calendar.moment(one.from_), told.calendar.moment(one.to)
        for asset in (one.asset, *one.merged):
            account = told.account_of(one, asset)
            if one.explained is not None:
                explained[account].update(dict.fromkeys(_days(told.calendar, begin, end), one.explained))
            elif one.hashrate is not None:
                rate = hashes_per_second(one.hashrate)
                days = (by_hand if one.source in FROM_FILES else by_source)[account]
                for piece in _pieces(told.calendar, begin, end, steps.get(asset, ())):
                    _add(days.setdefault(piece.day, DayWork()), asset, rate, piece, one.scheme)
    found = {account: {**by_hand.get(account, {}), **days} for account, days in by_source.items()}
    found.update((account, days) for account, days in by_hand.items() if account not in found)
    return Work(found, dict(explained))


class _Piece(msgspec.Struct, frozen=True):
    """A part of one day, of one difficulty."""

    day: date
    begin: datetime
    seconds: Decimal
    difficulty: e.Difficulty | None


def _difficulties(told: Iterable[e.Difficulty]) -> dict[str, list[e.Difficulty]]:
    found: defaultdict[str, list[e.Difficulty]] = defaultdict(list)
    for each in sorted(told, key=lambda one: one.at):
        found[each.asset].append(each)
    return found


def _days(calendar: Calendar, begin: datetime, end: datetime) -> Iterator[date]:
    """Yield the days that *begin* to *end* touches."""
    day = calendar.day(begin)
    while calendar.midnight(day) < end:
        yield day
        day += ONE_DAY


def _pieces(calendar: Calendar, begin: datetime, end: datetime, steps: Sequence[e.Difficulty]) -> Iterator[_Piece]:
    """Yield *begin* to *end* cut at each midnight and each change of difficulty."""
    cuts = {begin, end}
    cuts.update(at for day in _days(calendar, begin, end) if begin < (at := calendar.midnight(day)) < end)
    first = bisect_right(steps, begin, key=lambda one: one.at)
    for one in steps[first:]:
        if one.at >= end:
            break
        cuts.add(one.at)
    for each in steps[max(first - 1, 0) :]:  # the instant from which what was told last holds no more
        ends = each.at + CHAINS[each.asset].holds if each.asset in CHAINS else each.at
        if each.at >= end:
            break
        if begin < ends < end:
            cuts.add(ends)
    for at, until in pairwise(sorted(cuts)):
        index = bisect_right(steps, at, key=lambda one: one.at) - 1
        step = steps[index] if index >= 0 else None
        holds = step is not None and step.asset in CHAINS and at < step.at + CHAINS[step.asset].holds
        seconds = Decimal((until - at) // timedelta(microseconds=1)).scaleb(-MICRO_DECIMALS)
        yield _Piece(calendar.day(at), at, seconds, step if holds else None)


def _add(day: DayWork, asset: str, rate: Decimal, piece: _Piece, scheme: str | None) -> None:
    day.hashes += rate * piece.seconds
    day.schemes.add(scheme)
    if not rate:
        return
    step = piece.difficulty
    subsidy = None if step is None else subsidy_of(asset, piece.begin.date(), step.height)
    if step is None or subsidy is None:
        day.unknown = True
        return
    difficulty = Decimal(step.difficulty)
    day.least += coins(rate, piece.seconds, difficulty, subsidy.least)
    day.most += coins(rate, piece.seconds, difficulty, subsidy.most)


def pays_by_the_share(days: Collection[DayWork]) -> bool:
    """Say if all of *days* are paid share by share, so that luck has no part in it."""
    return bool(days) and all(day.schemes and day.schemes <= BY_THE_SHARE for day in days)


def is_solo(days: Collection[DayWork]) -> bool:
    """Say if some of *days* are paid by blocks that one found alone: then no month says what should have come."""
    return any("solo" in day.schemes for day in days)
