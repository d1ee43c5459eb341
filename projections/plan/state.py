"""The state's tax in a plan: the state's return computed anew over whatever federal return the plan makes.

Its facts and its own depreciation are those of the year as the book has it; what a plan changes of them it says itself.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.plan.whole_return import MARGIN, WholeReturn
from lotwork.projections.replay.book import Book
from lotwork.projections.states.case import facts_of
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.projections.states.residence import residence_in
from lotwork.rules.load import Law
from lotwork.rules.us.individual import Filer, Return, compute
from lotwork.rules.us.states.case import StateCase, StateDepreciation
from lotwork.rules.us.states.state_return import state_return


class StateRates(NamedTuple):
    """What the next dollar of profit, of short-term and of long-term gain costs in the state."""

    year: int
    profit: Decimal
    short: Decimal
    long: Decimal


class StateTax(msgspec.Struct, frozen=True):
    """The state's tax of a year; without a case none is reckoned, and the findings of `told` say why."""

    told: StateLiability
    law: Law
    case: StateCase | None

    @classmethod
    def of(cls, book: Book, law: Law, owed: Liability) -> StateTax | None:
        """Return the tax of the state of the year of *owed*; None where no profile names one."""
        residence = residence_in(book.taxpayer, owed.year)
        state = residence.state
        if state is None:
            return None
        told = state_liability(book, law, owed, traced=False)
        if told.computed is None or told.depreciation is None:
            return cls(told, law.as_told(), None)
        case = StateCase(
            state=state, year=owed.year, federal=owed.computed, depreciation=told.depreciation.told,
            facts=facts_of(book, residence, state),
        )  # fmt: skip
        return cls(told, law.as_told(), case)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person must know of the state's return."""
        return self.told.findings

    @property
    def tax(self) -> Decimal | None:
        """That of the year as the book has it."""
        return None if self.case is None else self.told.tax

    @property
    def has_income_tax(self) -> bool:
        """Whether the state has a tax on income or gains that is reckoned."""
        return self.case is not None and self.told.computed is not None and self.told.computed.has_income_tax

    def under(self, computed: Return, depreciation: StateDepreciation | None = None) -> Decimal | None:
        """Return the state's tax over the federal return *computed*; None where none is reckoned."""
        if self.case is None:
            return None
        case = replace(self.case, federal=computed)
        if depreciation is not None:
            case = replace(case, depreciation=depreciation)
        return state_return(case, self.law).tax_after_credits

    def of_filer(self, filer: Filer, law: Law) -> Decimal | None:
        """Return the state's tax of *filer*, whose federal return is that of *law*."""
        return None if self.case is None else self.under(compute(filer, law))

    def rates(self, whole: WholeReturn) -> StateRates | None:
        """Return what the next dollars cost in the state, by what they are; None where none is reckoned."""
        base = self.of_filer(whole.filer, whole.law)
        if base is None:
            return None
        told = (whole.profit_filer(MARGIN), whole.gains_filer(short=MARGIN), whole.gains_filer(long=MARGIN))
        rates = (((self.of_filer(filer, whole.law) or base) - base) / MARGIN for filer in told)
        return StateRates(self.told.year, *rates)


def state_findings(state: StateTax | None) -> tuple[Finding, ...]:
    """Return the findings of *state*; none where no state is told."""
    return () if state is None else state.findings
