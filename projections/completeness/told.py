"""What the log tells of a pool, day by day: rows that are income, credits that wait, work, and difficulties."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.doubts import named
from lotwork.ledger.zones import Calendar

Account: TypeAlias = tuple[str, str]
"""A pool by its name in one spelling, and a coin; the pool is "" where work was done at any."""
FOR_WORK = frozenset({"pool_payout", "block_reward"})
"""What a pool pays for work; a bonus or a referral comes beside it."""


class DayTold(msgspec.Struct, array_like=True):
    """What came on one day."""

    day: date
    quantity: int
    """In the coin's smallest units."""
    event: str
    """The last row of the day."""


class WorkState(msgspec.Struct):
    """What a WorkFold goes on from."""

    rows: list[tuple[str, str, list[DayTold]]]
    credits: list[tuple[str, str, list[DayTold]]]
    paid: list[tuple[str, str, int]]
    work: list[e.HashrateTold]
    difficulties: list[e.Difficulty]
    spelled: dict[str, str]


@dataclass(slots=True)
class WorkFold:
    """Gathers what is compared; nothing of it is in any figure."""

    calendar: Calendar
    rows: defaultdict[Account, list[DayTold]] = field(default_factory=lambda: defaultdict(list))
    """What was booked for work, in order of time."""
    credits: defaultdict[Account, list[DayTold]] = field(default_factory=lambda: defaultdict(list))
    """What pools credited that is income when it is paid."""
    paid: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    """What came into other wallets than the one at the pool, in the coin's smallest units."""
    work: list[e.HashrateTold] = field(default_factory=list)
    difficulties: list[e.Difficulty] = field(default_factory=list)
    spelled: dict[str, str] = field(default_factory=dict)
    """How each pool was first written."""

    def state(self) -> WorkState:
        """Return what another fold can go on from."""
        return WorkState(
            rows=[(*account, days) for account, days in self.rows.items()],
            credits=[(*account, days) for account, days in self.credits.items()],
            paid=[(*account, quantity) for account, quantity in self.paid.items()],
            work=self.work,
            difficulties=self.difficulties,
            spelled=self.spelled,
        )

    def resume(self, state: WorkState) -> None:
        """Go on from *state*."""
        self.rows.update(((pool, asset), days) for pool, asset, days in state.rows)
        self.credits.update(((pool, asset), days) for pool, asset, days in state.credits)
        self.paid.update(((pool, asset), quantity) for pool, asset, quantity in state.paid)
        self.work.extend(state.work)
        self.difficulties.extend(state.difficulties)
        self.spelled.update(state.spelled)

    def receive(self, receipt: e.Receipt, day: date) -> None:
        """Take in what came from a pool, on the taxpayer's *day*; what may be no income came too."""
        if receipt.pool is not None and receipt.income in FOR_WORK:
            account = self._account(receipt.pool, receipt.asset)
            self._add(self.rows[account], day, receipt.quantity, receipt.id)
            if named(receipt.wallet) != account[0]:
                self.paid[account] += receipt.quantity

    def credit(self, credit: e.Credit) -> None:
        """Take in what a pool credited, and will be income when it is paid."""
        days = self.credits[self._account(credit.pool, credit.asset)]
        self._add(days, self.calendar.day(credit.at), credit.quantity, credit.id)

    def account_of(self, work: e.HashrateTold, asset: str) -> Account:
        """Return where *work* is held against what came of *asset*."""
        return self._account(work.pool, asset) if work.pool is not None else ("", asset)

    def name(self, pool: str) -> str:
        """Return how *pool* is written."""
        return self.spelled.get(pool, pool)

    def _account(self, pool: str, asset: str) -> Account:
        name = named(pool)
        self.spelled.setdefault(name, pool)
        return name, asset

    @staticmethod
    def _add(days: list[DayTold], day: date, quantity: int, event: str) -> None:
        if days and days[-1].day == day:
            last = days[-1]
            last.quantity, last.event = last.quantity + quantity, event
        else:
            days.append(DayTold(day, quantity, event))
