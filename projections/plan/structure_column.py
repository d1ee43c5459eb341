"""One structure of a business and what its year comes to: the shape that every structure is compared in."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.units import ZERO
from lotwork.projections.plan.whole_return import Outcome
from lotwork.rules.line import Line

SOLE, CORPORATION, C_CORPORATION = "sole_proprietor", "s_corporation", "c_corporation"


class Column(NamedTuple):
    """A structure's year in dollars: every tax it brings, and what is kept of the profit."""

    structure: str
    salary: Decimal
    outcome: Outcome
    summary: dict[str, Decimal]
    """The figures of the return."""
    payroll_employer: Decimal
    payroll_employee: Decimal
    payroll_cost: Decimal
    kept: Decimal
    """The profit less every tax the mining brings, and less the cost of payroll."""
    sep_room: Decimal
    solo_401k_room: Decimal
    lines: tuple[Line, ...] = ()
    corporate_tax: Decimal = ZERO
    """Form 1120 line 31, of a corporation that pays its own."""
    dividend: Decimal = ZERO
    """What it pays out; `outcome` has the second tax."""
    retained: Decimal = ZERO
    """What it keeps of the year, a part of what is kept: the second tax waits for it."""
    state_tax: Decimal | None = None
    """The state's tax of the return; None where no state is told, or its tax is not reckoned."""
    state_of_mining: Decimal | None = None
    """What of it the mining brings."""

    @property
    def total(self) -> Decimal:
        """The whole return's tax, the corporation's and the payroll taxes."""
        return self.outcome.tax + self.corporate_tax + self.payroll_employer + self.payroll_employee
