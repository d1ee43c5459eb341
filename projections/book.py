"""The book: one pass over history, every fold at once.

A command asks for the years it prints; the folds keep rows for those years only, and totals for all of them.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from ledger.events import Election
from ledger.history import History
from projections.balances import BalanceFold
from projections.elections import Choices, Orders
from projections.equipment import EquipmentFold
from projections.expenses import ExpenseFold
from projections.findings import Finding, from_troubles
from projections.gains import GainFold, brokers_of
from projections.income import IncomeFold
from projections.lots import LotFold, OpenLot
from projections.pricing import Prices, Quote, priced
from projections.taxpayer import Taxpayer

ALLOCATION = "safe_harbor_allocation"


@dataclass(slots=True)
class Book:
    """One taxpayer's book, folded: ask it for a year's rows, or for the lots that are open."""

    history: History
    taxpayer: Taxpayer
    lots: LotFold
    gains: GainFold
    income: IncomeFold
    expenses: ExpenseFold
    equipment: EquipmentFold
    balances: BalanceFold
    quotes: dict[str, Quote]
    findings: list[Finding]
    events: int = 0

    @classmethod
    def begin(cls, history: History, years: Collection[int] = ()) -> Book:
        """Return the empty book of *history*, that will keep rows for *years*."""
        findings: list[Finding] = []
        taxpayer = Taxpayer.read(history)
        elections = history.of_kind("election")
        gains = GainFold(history.assets, brokers_of(taxpayer.wallets), years, findings)
        quotes: dict[str, Quote] = {}
        lots = LotFold(
            calendar=history.calendar,
            assets=history.assets,
            orders=Orders(elections),
            choices=Choices(history.of_kind("selection")),
            allocations=tuple(
                event for event in elections if isinstance(event, Election) and event.method == ALLOCATION
            ),
            sink=gains.match,
            findings=findings,
        )
        return cls(
            history=history,
            taxpayer=taxpayer,
            lots=lots,
            gains=gains,
            income=IncomeFold(history.calendar, years, quotes, findings),
            expenses=ExpenseFold(history.calendar),
            equipment=EquipmentFold(history.calendar),
            balances=BalanceFold(history.assets, findings),
            quotes=quotes,
            findings=findings,
        )

    def fold(self, *, until: date | None = None) -> Book:
        """Fold the history, up to the end of the day *until* where one is given, and return this book."""
        history = self.history
        end = None if until is None else history.calendar.midnight(until + timedelta(days=1))
        prices = Prices(history.of_kind("price"))
        takers = (self.lots.take, self.income.take, self.expenses.take, self.equipment.take, self.balances.take)
        with _collector_resting():
            for event in priced(history.events(), prices, history.assets, self.findings, self.quotes):
                if end is not None and event.at >= end:
                    break
                for take in takers:
                    take(event)
                self.events += 1
        self.findings[:0] = from_troubles(history.troubles)
        return self

    def open_lots(self, at: date | None = None) -> tuple[OpenLot, ...]:
        """Return the lots that are open, those of a day before 2025 in the wallets their coins lie in."""
        return self.lots.open_lots(at, self.findings)

    def told(self) -> tuple[Finding, ...]:
        """Return every finding of the folds once, late selections among them."""
        late = (
            Finding(
                "selection_late",
                f"{selection.id} chose lots for {selection.for_} after it happened: the order in force was used "
                "(Treas. Reg. 1.1012-1(j)(2))",
                selection.id,
            )
            for selection in self.lots.choices.late
        )
        return tuple(dict.fromkeys(chain(self.findings, late)))


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Keep the cycle collector from walking millions of lots that hold no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
