"""What a pool tells of now alone: what it owes, and the mean hashrate of the last day. It is asked for once a day.

Neither is in any figure. What is owed is recorded where it changed, so that a pool that was left keeps its balance. Two
means of a day do not overlap; a day on which nobody asked stays untold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lotwork.ingest.missing import A_DAY
from lotwork.ingest.pools.cursor import instant, seconds_of
from lotwork.ingest.pools.told import Present
from lotwork.ledger.events import Balance, Event, HashrateTold
from lotwork.ledger.public_form.hashrates import hashrate_text
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import ONE_DAY

LATE = timedelta(hours=2)
"""So much later than a day after the last mean, the next one is still taken to begin where that ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """Makes events of what one account is told of now."""

    pool: str
    prefix: str
    source: str

    def events(
        self, told: Iterable[Present], now: datetime, asked_at: int, owed: dict[str, int], evidence: str
    ) -> Iterator[Event]:
        """Yield what is *told* at *now*, where it was asked last at *asked_at*; *owed* is what was owed last."""
        for one in told:
            name = f"{self.prefix}now:{one.asset}:{now:%Y-%m-%dT%H:%M:%S}"
            if one.rate is not None:
                yield self._work(f"{name}:work", one, now, asked_at, evidence)
            if one.owed is not None and owed.get(one.asset) != one.owed:
                yield Balance(
                    id=f"{name}:owed",
                    at=now,
                    source=self.source,
                    evidence=evidence,
                    wallet=self.pool,
                    asset=one.asset,
                    quantity=one.owed,
                    pool=self.pool,
                )

    def _work(self, name: str, one: Present, now: datetime, asked_at: int, evidence: str) -> HashrateTold:
        is_next = asked_at > 0 and now - instant(asked_at) <= ONE_DAY + LATE
        begins = instant(asked_at) if is_next else now - ONE_DAY
        return HashrateTold(
            id=name,
            at=now,
            source=self.source,
            evidence=evidence,
            pool=self.pool,
            asset=one.asset,
            from_=print_instant(begins),
            to=print_instant(now),
            hashrate=hashrate_text(one.rate or 0),
            scheme=one.scheme,
        )


def is_due(now: datetime, asked_at: int) -> bool:
    """Say if a day is over since it was asked last, or it was by a clock that went more than a day ahead."""
    return abs(seconds_of(now) - asked_at) >= A_DAY


def owed_after(told: Sequence[Present], owed: dict[str, int]) -> dict[str, int]:
    """Return what is owed by coin once *told* was recorded."""
    return owed | {one.asset: one.owed for one in told if one.owed is not None}
