"""The business share of a bill that is shared: by metered kWh, by what the rigs draw, or by floor area.

Law: what is personal is not deducted (26 U.S.C. 262), and a cost of both is parted by a measure that shows what the
business used of it; whoever deducts shows his measure (26 U.S.C. 6001; Treas. Reg. 1.6001-1(a)). An expense names its
`usage`; the one in force on the day of the expense gives the share. One that goes on ends where the next of its name
begins. Where there is none, or two with an end hold at once, the expense is in no figure until somebody says which.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from lotwork.ledger.errors import ImpossibleEventError
from lotwork.ledger.events import Expense, Usage
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS
from lotwork.ledger.units import divide, scaled, unscaled
from lotwork.projections.findings import Finding

WHOLE = 10**SHARE_DECIMALS
WATTS_IN_A_KILOWATT = 1000
CITE = "26 U.S.C. 162(a), 262(a)"
SHARES = 256
"""As many shares are remembered with their text."""


class Share(NamedTuple):
    """Which part is business, exact; as text to twelve decimals; and what says so."""

    part: Fraction
    measured_by: str
    """"business_share" of the event, or the measure of a `usage`: "metered kWh", "watts and hours", "floor area"."""
    usage: str | None = None
    """The id of the `usage` event."""

    @property
    def text(self) -> str:
        """The share as decimal text."""
        return _text_of(self.part.numerator, self.part.denominator)

    def of(self, usd_micros: int) -> int:
        """Return the business part of an amount."""
        return divide(usd_micros * self.part.numerator, self.part.denominator)


Told: TypeAlias = Share | Finding


class Usages:
    """The usages by name, each with the days it holds."""

    def __init__(self, events: Iterable[Usage]) -> None:
        self._named: defaultdict[str, list[Usage]] = defaultdict(list)
        for event in sorted(events, key=lambda event: (event.from_, event.id)):
            self._named[event.usage].append(event)
        self._starts = {name: [event.from_ for event in held] for name, held in self._named.items()}

    def share_of(self, expense: Expense, day: date) -> Told:
        """Return the business share of *expense* on its *day*, or the finding that keeps it out of the figures."""
        if expense.usage is None:
            return _stated(expense.business_share)
        if expense.business_share != "1":
            return Finding(
                "usage_and_share",
                f"{expense.id} names the usage {expense.usage!r} and states business_share {expense.business_share}: "
                "nothing of it is deducted until one of the two is taken out by a correction",
                expense.id,
            )
        found = self._in_force(expense.usage, day)
        if len(found) == 1:
            return _measured(found[0], expense)
        code, why = ("usage_ambiguous", f"{len(found)} usages") if found else ("usage_missing", "no usage")
        return Finding(
            code,
            f"{expense.id}: {why} of the name {expense.usage!r} hold{'' if found else 's'} on {day}: nothing of the "
            "expense is deducted; record a `usage` for that day, or correct the days of those there are",
            expense.id,
        )

    def _in_force(self, name: str, day: date) -> list[Usage]:
        """Return the usages of *name* on *day*; of those without an end only the last begun."""
        held = self._named.get(name, [])[: bisect_right(self._starts.get(name, []), day)]
        ended = [event for event in held if event.to is not None and day < event.to]
        begun = [event for event in held if event.to is None]
        going_on = [event for event in begun if event.from_ == begun[-1].from_]
        later = [event for event in ended if begun and event.from_ > begun[-1].from_]
        return later or [*ended, *going_on]


def measured_share(event: Usage) -> Share:
    """Return the share a usage comes to; raise ImpossibleEventError where it is no share of anything."""
    if event.business_kwh is not None and event.total_kwh is not None:
        used, whole, measure = _number(event.business_kwh), _number(event.total_kwh), "metered kWh"
    elif event.watts is not None and event.hours is not None and event.total_kwh is not None:
        used = _number(event.watts) * _number(event.hours) / WATTS_IN_A_KILOWATT
        whole, measure = _number(event.total_kwh), "watts and hours"
    else:
        used, whole, measure = _number(event.business_sqft or "0"), _number(event.total_sqft or "0"), "floor area"
    if not whole:
        raise event.refuse("its whole is 0: state what the whole bill or the whole floor measures")
    if used > whole:
        raise event.refuse("the business used more than the whole: correct one of the two")
    return Share(used / whole, measure, event.id)


def _measured(event: Usage, expense: Expense) -> Told:
    try:
        return measured_share(event)
    except ImpossibleEventError as refused:
        return Finding("usage_impossible", f"{refused}; nothing of {expense.id} is deducted", event.id)


def _number(text: str) -> Fraction:
    return Fraction(scaled(text, SHARE_DECIMALS), WHOLE)


@lru_cache(SHARES)
def _stated(business_share: str) -> Share:
    """Return the share that bills state, of which many state the same."""
    return Share(_number(business_share), "business_share")


@lru_cache(SHARES)
def _text_of(numerator: int, denominator: int) -> str:
    text = unscaled(divide(numerator * WHOLE, denominator), SHARE_DECIMALS).rstrip("0").rstrip(".")
    return text or "0"
