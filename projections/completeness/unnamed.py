"""Receipts for work that name no pool: each may be any pool's, and what is held missing may be among them.

A file of payouts mostly has no column for the pool. So a shortfall is asked about only where all that lacks at once, of
every pool of the coin, is more than such receipts of its time bring: a bound, as all else of completeness.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.units import ONE_DAY
from lotwork.projections.completeness.months import UNPAID, PoolWork, Tail, least_share
from lotwork.projections.completeness.told import DayTold
from lotwork.projections.completeness.unpaid import SHARE_OF_A_PAYOUT, Unpaid


class Claim(NamedTuple):
    """What lacks of one coin at one pool, at the least, and the days in which it would have come."""

    asset: str
    first: date
    last: date
    need: Decimal
    """In the coin's smallest units."""


def of_month(month: PoolWork) -> Claim | None:
    """Return what lacks of a *month* that is short; None where nothing does."""
    window = month.window
    if window is None or not window.short:
        return None
    first = date.fromisoformat(f"{month.month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - ONE_DAY
    least = window.least * least_share(by_luck=window.by_luck) - window.booked
    return Claim(month.account[1], first, last, least)


def of_tail(tail: Tail) -> Claim:
    """Return what lacks of work that nothing came for, beyond what the pool may owe still."""
    least = tail.least * least_share(by_luck=tail.by_luck) - tail.may_owe
    return Claim(tail.account[1], tail.first, date.max, least)


def of_unpaid(one: Unpaid) -> Claim:
    """Return what lacks of payouts: what was credited, beyond what the pool may owe still."""
    lets_stand = UNPAID.get(one.account[1], 0)
    share = Decimal(one.quantity) * (SHARE_OF_A_PAYOUT - 1) / SHARE_OF_A_PAYOUT
    need = Decimal(one.quantity - lets_stand) if one.quantity > lets_stand else share
    return Claim(one.account[1], one.first, date.max, need)


def within(rows: Sequence[DayTold], first: date, last: date) -> Iterator[DayTold]:
    """Yield those of *rows* from *first* to *last*."""
    return (row for row in rows if first <= row.day <= last)


def is_met(claim: Claim, claims: Sequence[Claim], unnamed: Mapping[str, Sequence[DayTold]]) -> bool:
    """Say if receipts without a pool may be what lacks: there are enough for all *claims* of the time together."""
    rivals = [each for each in claims if each.asset == claim.asset]
    beside = [each for each in rivals if each.first <= claim.last and claim.first <= each.last]
    first, last = min(each.first for each in beside), max(each.last for each in beside)
    found = unnamed.get(claim.asset, ())
    own = sum(row.quantity for row in within(found, claim.first, claim.last))
    return own >= claim.need and sum(row.quantity for row in within(found, first, last)) >= sum(
        each.need for each in beside
    )
