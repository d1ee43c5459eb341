"""What the log tells of a pool, day by day: rows that are income, credits that wait, work, and difficulties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
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


class Fall(msgspec.Struct, array_like=True):
    """What a pool said it owes, less than it had said before."""

    first: date
    """The day it said the more."""
    last: date
    quantity: int
    """How much less, in the coin's smallest units."""
    event: str
    """The balance that was less."""


class WorkState(msgspec.Struct):
    """What a WorkFold goes on from."""

    rows: list[tuple[str, str, list[DayTold]]]
    credits: list[tuple[str, str, list[DayTold]]]
    held: list[tuple[str, str, list[DayTold]]]
    paid: list[tuple[str, str, list[DayTold]]]
    unnamed: list[tuple[str, list[DayTold]]]
    balances: list[tuple[str, str, str, DayTold]]
    falls: list[tuple[str, str, list[Fall]]]
    work: list[e.HashrateTold]
    difficulties: list[e.Difficulty]
    spelled: dict[str, str]


class WorkFold(msgspec.Struct):
    """Gathers what is compared; nothing of it is in any figure."""

    calendar: Calendar
    rows: defaultdict[Account, list[DayTold]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """What was booked for work, in order of time."""
    credits: defaultdict[Account, list[DayTold]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """What pools credited that is income when it is paid."""
    held: defaultdict[Account, list[DayTold]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """What came into the wallet at the pool: credits that are income when they are credited."""
    paid: defaultdict[Account, list[DayTold]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """What the pool paid out: receipts of other wallets than the one at the pool, and what left that one."""
    unnamed: defaultdict[str, list[DayTold]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """What was booked for work of each coin without the name of a pool: it may be any pool's."""
    balances: dict[tuple[str, str, str], DayTold] = msgspec.field(default_factory=dict)
    """What each pool said last that it owes, by pool, coin and who told it: each source is an account of its own."""
    falls: defaultdict[Account, list[Fall]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """Where it said that it owes less than it had said before."""
    work: list[e.HashrateTold] = msgspec.field(default_factory=list)
    difficulties: list[e.Difficulty] = msgspec.field(default_factory=list)
    spelled: dict[str, str] = msgspec.field(default_factory=dict)
    """How each pool was first written."""
    _lists: dict[tuple[str | None, str, str, str], tuple[list[DayTold], ...]] = msgspec.field(default_factory=dict)
    """What a receipt of a pool, a coin, a wallet and a kind is told in."""

    def state(self) -> WorkState:
        """Return what another fold can go on from."""
        return WorkState(
            rows=[(*account, days) for account, days in self.rows.items()],
            credits=[(*account, days) for account, days in self.credits.items()],
            held=[(*account, days) for account, days in self.held.items()],
            paid=[(*account, days) for account, days in self.paid.items()],
            unnamed=[*self.unnamed.items()],
            balances=[(*account, told) for account, told in self.balances.items()],
            falls=[(*account, told) for account, told in self.falls.items()],
            work=self.work,
            difficulties=self.difficulties,
            spelled=self.spelled,
        )

    def resume(self, state: WorkState) -> None:
        """Go on from *state*."""
        self._lists.clear()
        self.rows.update(((pool, asset), days) for pool, asset, days in state.rows)
        self.credits.update(((pool, asset), days) for pool, asset, days in state.credits)
        self.held.update(((pool, asset), days) for pool, asset, days in state.held)
        self.paid.update(((pool, asset), days) for pool, asset, days in state.paid)
        self.unnamed.update(state.unnamed)
        self.balances.update(((pool, asset, source), told) for pool, asset, source, told in state.balances)
        self.falls.update(((pool, asset), told) for pool, asset, told in state.falls)
        self.work.extend(state.work)
        self.difficulties.extend(state.difficulties)
        self.spelled.update(state.spelled)

    def receive(self, receipt: e.Receipt, day: date) -> None:
        """Take in what came for work, on the taxpayer's *day*; what may be no income came too."""
        of = receipt.pool, receipt.asset, receipt.wallet, receipt.income
        lists = self._lists.get(of)
        if lists is None:
            lists = self._lists[of] = tuple(self._lists_of(receipt))
        for days in lists:
            last = days[-1] if days else None
            if last is not None and (last.day is day or last.day == day):
                last.quantity += receipt.quantity
                last.event = receipt.id
            else:
                days.append(DayTold(day, receipt.quantity, receipt.id))

    def _lists_of(self, receipt: e.Receipt) -> Iterator[list[DayTold]]:
        """Yield what such a receipt is told in."""
        if receipt.pool is None:
            if receipt.income in FOR_WORK:
                yield self.unnamed[receipt.asset]
            return
        account = self._account(receipt.pool, receipt.asset)
        if receipt.income in FOR_WORK:
            yield self.rows[account]
        side = self.held if named(receipt.wallet) == account[0] else self.paid
        yield side[account]

    def send(self, transfer: e.Transfer) -> None:
        """Take in what left the wallet at a pool that is known already."""
        account = named(transfer.from_wallet), transfer.asset
        if account in self.held:
            day, quantity = self.calendar.day(transfer.at), transfer.quantity + (transfer.fee_quantity or 0)
            self._add(self.paid[account], day, quantity, transfer.id)

    def credit(self, credit: e.Credit) -> None:
        """Take in what a pool credited, and will be income when it is paid."""
        days = self.credits[self._account(credit.pool, credit.asset)]
        self._add(days, self.calendar.day(credit.at), credit.quantity, credit.id)

    def owe(self, said: e.Balance) -> None:
        """Take in what a pool says it owes."""
        if said.pool is not None:
            account = self._account(said.pool, said.asset)
            told = DayTold(self.calendar.day(said.at), said.quantity, said.id)
            of = (*account, said.source or "")
            before = self.balances.get(of)
            if before is not None and told.quantity < before.quantity:
                self.falls[account].append(Fall(before.day, told.day, before.quantity - told.quantity, said.id))
            self.balances[of] = told

    def owed(self, account: Account) -> DayTold | None:
        """Return what the pool of *account* said last that it owes, by all who told it; None where it said none."""
        said = [told for (pool, asset, _), told in self.balances.items() if (pool, asset) == account]
        if not said:
            return None
        last = max(said, key=lambda told: told.day)
        return DayTold(last.day, sum(told.quantity for told in said), last.event)

    @property
    def last_day(self) -> date | None:
        """The last day that anything is told of."""
        rows = (days[-1].day for of in (self.rows, self.credits, self.paid) for days in of.values())
        return max((*rows, *(told.day for told in self.balances.values())), default=None)

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
