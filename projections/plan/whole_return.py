"""A year's return as a function: the tax with other gains, another profit or other income, everything else held.

What a plan adds to a year is told to the whole return, not to a rate: every bracket, zone, threshold and carryover
that the addition meets is met. The difference of two whole returns is the tax an act adds or saves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import TAXPAYER, Owner
from lotwork.ledger.units import ZERO
from lotwork.projections.liability import Liability
from lotwork.rules.load import Law
from lotwork.rules.us.individual import Filer, Return, compute

MARGIN = Decimal(1000)
"""What is added to a year to see at which rate the next dollars are taxed."""


class Outcome(NamedTuple):
    """What a year comes to: the tax after credits, and the capital losses it leaves, in dollars."""

    tax: Decimal
    short_carried: Decimal
    long_carried: Decimal
    state_tax: Decimal = ZERO
    """The state's; nothing where none is told or reckoned."""

    @property
    def both(self) -> Decimal:
        """The tax of the federal return and of the state's together."""
        return self.tax + self.state_tax

    @property
    def carried(self) -> Decimal:
        """The capital loss carried to the next year (26 U.S.C. 1212(b))."""
        return self.short_carried + self.long_carried


class WholeReturn(msgspec.Struct):
    """One year's return, computed anew for whatever is added to it; what was asked once is remembered."""

    filer: Filer
    law: Law
    of_state: Callable[[Return], Decimal | None] | None = None
    """What a return comes to in the state; None where no profile names one."""
    _known: dict[tuple[Decimal, Decimal], Outcome] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, owed: Liability, law: Law, of_state: Callable[[Return], Decimal | None] | None = None) -> WholeReturn:
        """Return the return behind *owed*; with *of_state* each outcome with other gains has the state's tax too."""
        return cls(owed.computed.filer, law, of_state)

    def with_gains(self, short: Decimal = ZERO, long: Decimal = ZERO) -> Outcome:
        """Return the outcome with these gains, or losses, beside the year's own."""
        known = self._known.get((short, long))
        if known is None:
            computed = compute(self.gains_filer(short, long), self.law)
            own = None if self.of_state is None else self.of_state(computed)
            known = self._known[short, long] = outcome(computed)._replace(state_tax=own or ZERO)
        return known

    def gains_filer(self, short: Decimal = ZERO, long: Decimal = ZERO) -> Filer:
        """Return the filer with these gains, or losses, beside the year's own."""
        filer = self.filer
        return replace(filer, short_term_net=filer.short_term_net + short, long_term_net=filer.long_term_net + long)

    def with_profit(self, more: Decimal, owner: Owner = TAXPAYER) -> Outcome:
        """Return the outcome with *more* received from mining by *owner*: profit, or income of a mere hobby.

        Each spouse has a wage base and wages of an own, so that the next dollar of one costs other than the other's.
        """
        return outcome(compute(self.profit_filer(more, owner), self.law))

    def profit_filer(self, more: Decimal, owner: Owner = TAXPAYER) -> Filer:
        """Return the filer with *more* received from mining by *owner*."""
        filer = self.filer
        if filer.hobby_income and not (filer.schedule_c_net or filer.spouse_schedule_c_net):
            return replace(filer, hobby_income=filer.hobby_income + more)
        if owner == TAXPAYER:
            return replace(filer, schedule_c_net=filer.schedule_c_net + more)
        return replace(filer, spouse_schedule_c_net=filer.spouse_schedule_c_net + more)


def outcome(computed: Return) -> Outcome:
    """Return what *computed* comes to after its credits."""
    carried = computed.carryover
    return Outcome(computed.tax_after_credits, carried.short.amount, carried.long.amount)
