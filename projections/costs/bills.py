"""The bills of a book, by the year in which each was paid: a question about a year looks at those of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TypeAlias

import msgspec

from lotwork.ledger.events import Expense, Owner
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.words import POWER, category_word

Paid: TypeAlias = tuple[int, date, Expense]
"""A bill, the place it has among all as they were folded, and the day it was paid."""


class Bills(msgspec.Struct):
    """Bills, and what came back of them, as they were folded."""

    calendar: Calendar
    told: list[Expense] = msgspec.field(default_factory=list)
    """All of them, what came back too."""
    power: list[Expense] = msgspec.field(default_factory=list)
    """Those that are for power."""
    back: list[Expense] = msgspec.field(default_factory=list)
    """What came back."""
    owners: set[Owner | None] = msgspec.field(default_factory=set)
    """Whose they are."""
    _paid: defaultdict[int, list[Paid]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """Those of each year, but for what came back."""
    _spread: list[Paid] = msgspec.field(default_factory=list)
    """Those of them that name the days they pay for."""

    def take(self, bill: Expense) -> None:
        """Take the next one."""
        if bill.refund_of is not None:
            self.back.append(bill)
        else:
            day = self.calendar.day(bill.at)
            paid = len(self.told), day, bill
            self._paid[day.year].append(paid)
            if bill.from_ is not None:
                self._spread.append(paid)
            if category_word(bill.category) in POWER:
                self.power.append(bill)
        self.told.append(bill)
        self.owners.add(bill.owner)

    def before(self, instant: datetime) -> Bills:
        """Return those of before *instant*, none of them looked at anew."""
        told, power, back = (
            [bill for bill in some if bill.at < instant] for some in (self.told, self.power, self.back)
        )
        paid = {year: _before(bills, instant) for year, bills in self._paid.items()}
        kept = defaultdict[int, list[Paid]](list, {year: bills for year, bills in paid.items() if bills})
        owners = {bill.owner for bill in told}
        return Bills(self.calendar, told, power, back, owners, kept, _before(self._spread, instant))

    def paid_in(self, year: int) -> Iterator[Expense]:
        """Yield what was paid in *year*."""
        return (bill for _, _, bill in self._paid.get(year, ()))

    def of(self, years: Iterable[int]) -> Iterator[tuple[Expense, date, bool]]:
        """Yield what may stand in *years*, in the order it was folded in: the day of each, and whether they paid it."""
        told: dict[int, tuple[Expense, date, bool]] = {place: (bill, day, False) for place, day, bill in self._spread}
        for year in years:
            told |= {place: (bill, day, True) for place, day, bill in self._paid.get(year, ())}
        return (told[place] for place in sorted(told))

    def at_most(self, year: int) -> int:
        """Return what all bills of *year* come to at the most, in micro-dollars, whatever of them is deducted."""
        may_stand = {place: bill for place, _, bill in (*self._paid.get(year, ()), *self._spread)}
        return sum(bill.amount_usd_micros for bill in may_stand.values())

    def years(self) -> Iterator[int]:
        """Yield the years in which something was paid, or came back."""
        yield from self._paid
        yield from (self.calendar.day(bill.at).year for bill in self.back)

    def first_day(self) -> date | None:
        """Return the first day on which something was paid, or came back; None where nothing was."""
        paid = (day for _, day, _ in self._paid[min(self._paid)]) if self._paid else ()
        return min((*paid, *(self.calendar.day(bill.at) for bill in self.back)), default=None)


def _before(told: Iterable[Paid], instant: datetime) -> list[Paid]:
    return [paid for paid in told if paid[2].at < instant]
