"""What a pool credited and never paid, where it tells both: a payout that was lost, or a coin that became another one.

A payout pays what is owed, so that what was credited up to it, less all payouts, comes back to about as much after
each. Where it rises by a whole payout at once and stays there three payouts long, one is missing: so it is asked where
income is what is paid. Where it is what is credited, the coins stand in the wallet at the pool, and no income is lost.
A coin that is credited for half a year and never paid, while its pool pays another, was mostly converted by the pool.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from lotwork.projections.completeness.months import LAGS, UNPAID
from lotwork.projections.completeness.told import Account, DayTold

LASTING = 3
"""So many payouts long a payout is missing, and so many were told before."""
HALF_A_YEAR = timedelta(days=180)
LEAST_CREDITS = 20
SHARE_OF_A_PAYOUT = 10
"""Nine tenths of a usual payout count as one."""


class Unpaid(NamedTuple):
    """What one pool credited of one coin and has not paid, in the coin's smallest units."""

    account: Account
    quantity: int
    first: date
    last: DayTold
    """The last credit."""
    paid_in: str | None
    """Another coin that the pool paid meanwhile; None where a payout of this one is missing."""


def unpaid(
    credited: Mapping[Account, Sequence[DayTold]],
    paid: Mapping[Account, Sequence[DayTold]],
    explained: Mapping[Account, Collection[date]],
) -> Iterator[Unpaid]:
    """Yield what is missing of each account that is income when it is paid; none whose last credit is explained."""
    for account, credits_ in sorted(credited.items()):
        last = credits_[-1]
        if last.day in explained.get(account, ()):
            continue
        payouts = [row for row in paid.get(account, ()) if row.day >= credits_[0].day]
        missing = _missing(credits_, payouts)
        if missing:
            yield Unpaid(account, missing, credits_[0].day, last, None)
        elif not payouts:
            total = sum(row.quantity for row in credits_)
            if total > UNPAID.get(account[1], total):
                yield Unpaid(account, total, credits_[0].day, last, None)


def is_still_owed(one: Unpaid, said: DayTold | None) -> bool:
    """Say if the pool *said*, at its last credit or after it, that it owes what no payout covers."""
    if said is None or said.day < one.last.day:
        return False
    return said.quantity * SHARE_OF_A_PAYOUT >= one.quantity * (SHARE_OF_A_PAYOUT - 1)


def converted(
    credited: Mapping[Account, Sequence[DayTold]],
    paid: Mapping[Account, Sequence[DayTold]],
    explained: Mapping[Account, Collection[date]],
) -> Iterator[Unpaid]:
    """Yield each account that is credited for long and never paid, while its pool pays another coin."""
    for account, credits_ in sorted(credited.items()):
        last = credits_[-1]
        if last.day not in explained.get(account, ()) and not paid.get(account):
            other = _paid_in(account, credits_, paid)
            if other is not None:
                yield Unpaid(account, sum(row.quantity for row in credits_), credits_[0].day, last, other)


def _missing(credits_: Sequence[DayTold], payouts: Sequence[DayTold]) -> int:
    """Return what rose by a payout at once, and was not paid for three payouts; what fees take rises little by little.

    A payout that pays for two takes it back.
    """
    if len(payouts) < 2 * LASTING:
        return 0
    from statistics import median  # noqa: PLC0415 - few books come here, and it loads five modules

    usual = int(median(row.quantity for row in payouts))
    left = [*_left(credits_, payouts)]
    steps = [after - before for before, after in pairwise(left[: 1 - LASTING])]
    large = sum(step for step in steps if abs(step) * SHARE_OF_A_PAYOUT >= usual * (SHARE_OF_A_PAYOUT - 1))
    since = left[-1] - left[-LASTING]
    return large if (large + min(since, 0)) * SHARE_OF_A_PAYOUT >= usual * (SHARE_OF_A_PAYOUT - 1) else 0


def _left(credits_: Sequence[DayTold], payouts: Sequence[DayTold]) -> Iterator[int]:
    """Yield what was credited until shortly before each payout, less it and all before it."""
    lag = timedelta(days=max(LAGS))
    came, owed = iter(credits_), 0
    following = next(came, None)
    for payout in payouts:
        while following is not None and following.day <= payout.day - lag:
            owed += following.quantity
            following = next(came, None)
        owed -= payout.quantity
        yield owed


def _paid_in(account: Account, credits_: Sequence[DayTold], paid: Mapping[Account, Sequence[DayTold]]) -> str | None:
    """Return a coin that the pool paid while it credited this one for half a year."""
    if len(credits_) < LEAST_CREDITS or credits_[-1].day - credits_[0].day < HALF_A_YEAR:
        return None
    for (pool, asset), rows in sorted(paid.items()):
        if pool == account[0] and asset != account[1]:
            meanwhile = sum(credits_[0].day <= row.day <= credits_[-1].day for row in rows)
            if meanwhile >= LASTING:
                return asset
    return None
