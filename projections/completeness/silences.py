"""A pool that paid day by day, told nothing for a week or more, and then went on as before.

It is seen in the rows alone, without any hashrate. What is honest looks otherwise, and is not asked about: a pool that
pays when so much is owed has no such rhythm, or pays for the silence when it ends; who changed from one pool to another
was paid by the other meanwhile; a least payout that was raised has another rhythm ever after. Rigs that were off are
the one thing that looks the same: a person says so once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from lotwork.ledger.units import ONE_DAY
from lotwork.projections.completeness.told import Account, DayTold

AROUND = 7
"""Rows before and after a silence that show the pool's rhythm."""
LEAST_DAYS = 7
"""A shorter silence is mostly the rigs' own: a move, a storm, a repair."""
RHYTHMS = 4
"""And it lasts so many times as long as the longest pause around it."""


class Silence(NamedTuple):
    """Days without a row between two rows, the first and the last of them; and the rows before and after."""

    account: Account
    first: date
    last: date
    before: DayTold
    after: DayTold


def silences(
    rows: Mapping[Account, Sequence[DayTold]],
    accounted: Mapping[Account, Collection[date]],
    unnamed: Mapping[str, Sequence[DayTold]],
) -> list[Silence]:
    """Return the silences of *rows*; of the days *accounted* for, a hashrate or a person's word tells more.

    What came *unnamed* by a pool, by coin, may have paid for one.
    """
    paid = {account: {row.day for row in days} for account, days in rows.items()}
    return [
        silence
        for account, days in rows.items()
        for silence in _of_one(account, days, unnamed.get(account[1], ()))
        if not _is_elsewhere(silence, paid) and not _is_accounted(silence, accounted)
    ]


def _of_one(account: Account, days: Sequence[DayTold], unnamed: Sequence[DayTold]) -> Iterator[Silence]:
    from statistics import median  # noqa: PLC0415 - it loads five modules, and few books come here

    for index, (before, after) in enumerate(pairwise(days)):
        pause = (after.day - before.day).days
        if pause <= LEAST_DAYS or index < AROUND - 1 or index + AROUND >= len(days):
            continue
        around = days[index - AROUND + 1 : index + 1], days[index + 1 : index + 1 + AROUND]
        rhythm = max((two.day - one.day).days for part in around for one, two in pairwise(part))
        usual = median(row.quantity for part in around for row in part)
        came = after.quantity + sum(row.quantity for row in unnamed if before.day < row.day < after.day)
        pays_for_it = came * rhythm * 2 >= usual * pause
        if pause - 1 >= max(LEAST_DAYS, RHYTHMS * rhythm) and not pays_for_it:
            yield Silence(account, before.day + ONE_DAY, after.day - ONE_DAY, before, after)


def _is_elsewhere(silence: Silence, paid: Mapping[Account, Collection[date]]) -> bool:
    """Say if another pool paid meanwhile: the work was done there."""
    return any(
        silence.first <= day <= silence.last
        for (pool, _), days in paid.items()
        if pool != silence.account[0]
        for day in days
    )


def _is_accounted(silence: Silence, accounted: Mapping[Account, Collection[date]]) -> bool:
    """Say if most of its days are accounted for."""
    pool, asset = silence.account
    told = {*accounted.get((pool, asset), ()), *accounted.get(("", asset), ())}
    days = (silence.last - silence.first).days + 1
    return 2 * sum(silence.first <= day <= silence.last for day in told) > days
