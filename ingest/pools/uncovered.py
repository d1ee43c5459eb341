"""Credits that no payout ever covers: a pool that pays over Lightning too may not list what it paid that way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lotwork.ingest.pools.ocean_answers import Earning
from lotwork.ledger.events import Movement, Receipt


def overdue(
    unpaid: Sequence[Earning], settled: datetime, threshold_sats: int, patience: timedelta
) -> list[list[Earning]]:
    """Return the *unpaid* earnings up to the instant *settled*, in runs that come to what is paid on the chain.

    The pool would have paid them by now: no payout will cover them, since it paid them otherwise. A run that comes to
    less ends after *patience*: a pool that pays little over Lightning never owes that much, and nobody would be told.
    """
    runs: list[list[Earning]] = []
    run: list[Earning] = []
    for one in (each for each in unpaid if each.at <= settled):
        if run and one.at - run[0].at > patience:
            runs.append(run)
            run = []
        run.append(one)
        if sum(each.net_sats for each in run) >= threshold_sats:
            runs.append(run)
            run = []
    return [*runs, run] if run and settled - run[0].at > patience else runs


def passed_over(covered: Sequence[Earning], unpaid: Iterable[Earning]) -> list[Earning]:
    """Return the *unpaid* earnings before those a payout *covered*: it pays a whole balance, they were not in it."""
    return [one for one in unpaid if covered and one.at < covered[0].at]


def by_balance(unpaid: Sequence[Earning], owed_sats: int, settled: datetime) -> tuple[list[Earning], int]:
    """Return the oldest of *unpaid* that a pool which owes less must have paid otherwise, and how much it owes less.

    None of it where no run of the oldest comes to that, or where it is younger than *settled*: then a payout may be
    under way, or a block not yet counted.
    """
    less = sum(one.net_sats for one in unpaid) - owed_sats
    total = 0
    for count, one in enumerate(unpaid, 1):
        total += one.net_sats
        if total == less:
            return ([*unpaid[:count]] if one.at <= settled else []), less
    return [], less


def never_paid(name: str, earnings: Sequence[Earning], pool: str, common: Mapping[str, Any]) -> Iterator[Receipt]:
    """Yield, in doubt, what would be income when paid: nobody saw it come."""
    quantity = sum(one.net_sats for one in earnings)
    if quantity:
        last = earnings[-1]
        yield Receipt(
            id=f"{name}:{last.block_hash}",
            at=last.at,
            quantity=quantity,
            income="pool_payout",
            pool=pool,
            doubt="no_payout",
            **common,
        )


def never_moved(name: str, credited: Sequence[Earning], common: Mapping[str, Any]) -> Iterator[Movement]:
    """Yield what was income when credited, and left the wallet at the pool for nobody knows where."""
    quantity = sum(one.net_sats for one in credited)
    if quantity:
        last = credited[-1]
        yield Movement(
            id=f"{name}:{last.block_hash}:credited",
            at=last.at,
            quantity=quantity,
            note="credited, and no payout on the chain covers it: paid over Lightning?",
            **common,
        )
