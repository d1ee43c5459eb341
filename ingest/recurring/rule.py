"""A dated rule: on which days it is due, and what is due on each of them.

A rule has terms: the first holds from its start, each change from a day on. A month that has no such day is due on its
last one. A change that would make a month due twice, or not at all, is refused: how such a month is paid, only its
contract says.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from lotwork.ledger.units import MONTHS

FIRST_DAY = date(2009, 1, 1)
"""Nobody mined before."""
LAST_DAY = date(2199, 12, 31)


class Term(NamedTuple):
    """What is due each time, from a day on."""

    start: date
    day: int
    amount_usd: str


class Due(NamedTuple):
    """What is due on one day."""

    on: date
    term: Term


class Rule(NamedTuple):
    """Terms in the order of their days, how many months lie between two payments, and the last day that is due."""

    terms: tuple[Term, ...]
    every_months: int = 1
    until: date | None = None

    def due(self, last: date) -> Iterator[Due]:
        """Yield what is due up to *last*, itself included, in order of days."""
        last = last if self.until is None else min(last, self.until)
        first = self._first_month()
        for month in range(first, _month(last) + 1, self.every_months):
            yield from (due for due in self._in_month(month) if due.on <= last)

    def fault(self) -> str | None:
        """Return what keeps the rule from being used, with what to do; None where nothing does."""
        starts = [term.start for term in self.terms]
        if not FIRST_DAY <= starts[0] <= LAST_DAY:
            return f"start: {starts[0]} is no day of mining: say the first day it is owed for"
        if any(later <= earlier for earlier, later in pairwise(starts)):
            return "changes: each begins later than the start and than the one before it: put them in order of days"
        if self.until is not None and self.until < starts[-1]:
            return f"until: {self.until} lies before {starts[-1]}, from which the last of its terms holds: correct it"
        return next(filter(None, map(self._fault_of, self.terms[1:])), None)

    def is_of_a_change(self, on: date) -> bool:
        """Say if a change, or the end of the rule, says what is due on that day, and not its first words."""
        return any(term.start <= on for term in self.terms[1:]) or (self.until is not None and on > self.until)

    def _fault_of(self, term: Term) -> str | None:
        month = _month(term.start)
        first = self._first_month()
        if month < first or (month - first) % self.every_months:
            return None
        found = len(self._in_month(month))
        if found == 1 or (self.until is not None and _placed(month, term.day) > self.until):
            return None
        how = "twice" if found else "not at all"
        return (
            f"changes: with the one of {term.start}, {term.start:%Y-%m} would be due {how}: begin it on the first of "
            "a month, and record what that month cost by hand, where it was another amount"
        )

    def _first_month(self) -> int:
        term = self.terms[0]
        month = _month(term.start)
        return month if _placed(month, term.day) >= term.start else month + 1

    def _in_month(self, month: int) -> list[Due]:
        ends: Sequence[date] = [*(term.start for term in self.terms[1:]), date.max]
        placed = ((_placed(month, term.day), term, end) for term, end in zip(self.terms, ends, strict=True))
        return [Due(on, term) for on, term, end in placed if term.start <= on < end]


def _month(day: date) -> int:
    return day.year * MONTHS + day.month - 1


def _placed(month: int, day: int) -> date:
    """Return the day of that number in *month*, or its last one."""
    year, number = month // MONTHS, month % MONTHS + 1
    return date(year, number, min(day, monthrange(year, number)[1]))
