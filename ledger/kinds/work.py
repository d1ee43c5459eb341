"""The work that mined coins, and what it was worth: hashrate, the difficulty of a chain, and credits that wait.

None of these is income or an expense. They say what should have come, so that what is missing can be told.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

from lotwork.ledger.kinds.event_base import Coins, CoinsOrZero, EventBase, Hashrate, Moment, Names, Number

Scheme: TypeAlias = Literal["fpps", "pps", "pplns", "tides", "solo"]
"""How a pool pays for work: each share alone (fpps with the fees of blocks, pps without), or by its luck."""

MOST_DAYS = 366


class HashrateTold(EventBase, frozen=True, kw_only=True, tag="hashrate", rename={"from_": "from"}):
    """How much work was done over a span of time, or why no row is to be expected of it."""

    asset: str
    """The coin that was mined."""
    from_: Moment
    to: Moment
    pool: str | None = None
    """Where; left out: wherever that coin was mined."""
    hashrate: Hashrate | None = None
    """The mean over the span."""
    merged: Names = ()
    """Coins that the same work mined beside it."""
    scheme: Scheme | None = None
    explained: str | None = None
    """Why nothing, or less, is to be expected of the span."""

    def __post_init__(self) -> None:
        if (self.hashrate is None) == (self.explained is None):
            raise self.refuse("it tells a `hashrate`, or why none is expected (`explained`), and not both")
        first, last = (date.fromisoformat(moment[:10]) for moment in (self.from_, self.to))
        if self.to == self.from_ or not 0 <= (last - first).days <= MOST_DAYS:
            raise self.refuse("a span of work ends after it begins, and lasts a year at most")
        if self.asset in self.merged:
            raise self.refuse("`merged` are the coins beside the one that was mined")


class Difficulty(EventBase, frozen=True, kw_only=True, tag="difficulty"):
    """How much work a block of a chain took, from `at` until it is told anew."""

    asset: str
    difficulty: Number
    height: int | None = None
    """The block from which it holds, where that is known: it says what a block brings."""

    def __post_init__(self) -> None:
        if not self.difficulty.strip("0."):
            raise self.refuse("a difficulty is above 0")


class Credit(EventBase, frozen=True, kw_only=True, tag="credit"):
    """What a pool credited where it is income when it is paid: no income, and held against what was paid."""

    pool: str
    asset: str
    quantity: Coins
    gross_quantity: CoinsOrZero | None = None
    pool_fee_quantity: CoinsOrZero | None = None
