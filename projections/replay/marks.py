"""Where a book stood at the turn of each month of the years it keeps, so that a part of a year is cut out of the whole.

Lists that a fold only adds to are cut by how long they were, events by their instant, and what is added up is written
down. That is all a return rests on; lots, questions and balances stay those of the whole book.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import MONTHS
from lotwork.ledger.zones import Calendar
from lotwork.projections.equipment import EquipmentFold
from lotwork.projections.expenses import ExpenseFold
from lotwork.projections.filer.activities import FOR_EVER
from lotwork.projections.filer.origins import Origin
from lotwork.projections.gains import GainFold, GainState
from lotwork.projections.income import IncomeFold


class Folds(NamedTuple):
    """What a return rests on."""

    gains: GainFold
    income: IncomeFold
    expenses: ExpenseFold
    equipment: EquipmentFold


class Mark(msgspec.Struct):
    """What a book had come to before an instant: its sums, and how long its lists were."""

    before: datetime
    latest: datetime | None
    """The instant of the last event folded by then."""
    rows: int
    """Of the gains."""
    removals: int
    receipts: int
    """Rows of the income."""
    earned: int
    pending: int
    held: int
    gains: GainState
    origins: list[tuple[int, Origin, int]]
    pool_fees: list[tuple[int, Origin, int]]
    first_receipts: list[tuple[int, Origin, date]]
    carried_before: dict[int, int]


@dataclass(slots=True)
class Marks:
    """The marks of a book, in order, and the instant at which the next one is made."""

    instants: list[datetime] = field(default_factory=list)
    made: list[Mark] = field(default_factory=list)

    @classmethod
    def of(cls, years: Collection[int], calendar: Calendar) -> Marks:
        """Return the marks of *years*, none of them made."""
        firsts = {date(year + month // MONTHS, month % MONTHS + 1, 1) for year in years for month in range(1, 13)}
        return cls([calendar.midnight(day) for day in sorted(firsts)])

    @property
    def next(self) -> datetime:
        """The instant from which on an event is folded after the next mark."""
        return self.instants[len(self.made)] if len(self.made) < len(self.instants) else FOR_EVER

    def make(self, folds: Folds, at: datetime, latest: datetime | None) -> datetime:
        """Mark where *folds* stand before what happens at the instant *at*; return the instant of the next mark.

        What they folded last happened at *latest*.
        """
        while at >= self.next:
            self.made.append(_mark(folds, self.next, latest))
        return self.next

    def lay(self, made: Iterable[Mark]) -> None:
        """Go on after the marks that were *made*."""
        self.made.extend(made)

    def at(self, instant: datetime) -> Mark | None:
        """Return the mark before *instant*; None where none was made."""
        return next((mark for mark in self.made if mark.before == instant), None)


def _mark(folds: Folds, before: datetime, latest: datetime | None) -> Mark:
    gains, income, expenses, equipment = folds
    return Mark(
        before=before,
        latest=latest,
        rows=len(gains.rows),
        removals=len(gains.removals),
        receipts=len(income.rows),
        earned=len(income.earned),
        pending=len(income.pending),
        held=len(income.held),
        gains=GainState(gains.state().totals, [*gains.pending]),
        origins=[(year, origin, value) for (year, origin), value in income.by_origin.items()],
        pool_fees=[(year, origin, fee) for (year, origin), fee in expenses.pool_fees.items()],
        first_receipts=[(year, origin, day) for (year, origin), day in expenses.first_receipts.items()],
        carried_before=equipment.state().carried_before,
    )
