"""What a block of a chain brings, which is the chain's own law, and how much work it took.

A block of difficulty D takes 2**32 x D hashes on average, on Bitcoin, Litecoin and Dogecoin alike. What it brings
beside the subsidy, the fees of its transactions, is told by no table here: what is expected is the subsidy alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

HASHES = 2**32
"""Of a block at difficulty 1."""


class Chain(NamedTuple):
    """The subsidy of a chain: what a block brought at first, and how it fell."""

    first: int
    """In the coin's smallest units."""
    every: int | None
    """So many blocks after which it is halved; None where it does not fall any more."""
    halved: tuple[date, ...]
    """The days, by UTC, on which it was."""
    since: date
    """The first day this table is right for."""
    until: date
    """The first day by which it may have been halved once more: from then on only a height says what a block brings."""
    epoch: int
    """Blocks of one difficulty."""
    holds: timedelta
    """How long a difficulty that was told is taken to hold: no epoch took longer since 2013."""


CHAINS = {
    "BTC": Chain(
        first=50 * 10**8,
        every=210_000,
        halved=(date(2012, 11, 28), date(2016, 7, 9), date(2020, 5, 11), date(2024, 4, 20)),
        since=date(2009, 1, 3),
        until=date(2028, 1, 1),
        epoch=2016,
        holds=timedelta(days=21),
    ),
    "LTC": Chain(
        first=50 * 10**8,
        every=840_000,
        halved=(date(2015, 8, 25), date(2019, 8, 5), date(2023, 8, 2)),
        since=date(2011, 10, 13),
        until=date(2027, 6, 1),
        epoch=2016,
        holds=timedelta(days=7),
    ),
    # Of 10,000 coins for ever since block 600,000; each block has a difficulty of its own, told by the day.
    "DOGE": Chain(
        first=10_000 * 10**8,
        every=None,
        halved=(),
        since=date(2016, 1, 1),
        until=date.max,
        epoch=1,
        holds=timedelta(days=2),
    ),
}


class Subsidy(NamedTuple):
    """What a block brings, in the coin's smallest units: the two differ where it fell within the span."""

    least: int
    most: int


def subsidy_of(asset: str, day: date, height: int | None) -> Subsidy | None:
    """Return what a block of *asset* brought on the *day*, by its *height* where that is told; None if not known."""
    chain = CHAINS.get(asset)
    if chain is None or day < chain.since:
        return None
    if height is not None and chain.every is not None:
        begun, ended = (at // chain.every for at in (height, height + chain.epoch - 1))
        return Subsidy(chain.first >> ended, chain.first >> begun)
    if day >= chain.until:
        return None
    before = sum(each < day for each in chain.halved)
    return Subsidy(chain.first >> (before + (day in chain.halved)), chain.first >> before)


def coins(rate: Decimal, seconds: Decimal, difficulty: Decimal, subsidy: int) -> Decimal:
    """Return the smallest units that *rate* hashes a second bring on average in so many *seconds*."""
    return rate * seconds * subsidy / (difficulty * HASHES)
