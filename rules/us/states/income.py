"""From the federal return to the state's income: where it starts, what is added and subtracted.

Depreciation first: what the federal return deducted and the state does not, the other way where an older rig catches
up, the gain on a rig that has more basis left with the state, and the part of earlier add-backs that comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line
from lotwork.rules.us.individual import Return
from lotwork.rules.us.states.business import BusinessPart, business_part
from lotwork.rules.us.states.case import StateCase, StateDepreciation
from lotwork.rules.us.states.column import Column, of_column
from lotwork.rules.us.states.table import StateTable

FEDERAL_AGI = "federal_agi"
FEDERAL_TAXABLE = "federal_taxable_income"
SWITCHES = ("bonus_rate", "bonus_added_back", "spread_years", "section_179_limit", "section_179_phase_out_start")
"""What the state's depreciation was reckoned by: asked for, so that a figure nobody looked up is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateIncome:
    """The state's income of one column, with its lines."""

    lines: tuple[Line, ...]
    income: Line
    deducted: tuple[Line, ...] = ()
    """What is taken of it besides a standard deduction and exemptions."""
    business: BusinessPart | None = None
    """Income of the business, where the state taxes it apart."""

    @property
    def modified(self) -> Decimal:
        """Return income with the business income deduction added back, by which Ohio measures (R.C. 5747.01(II))."""
        return self.income.amount + (self.business.deduction.amount if self.business is not None else ZERO)


def state_income(case: StateCase, column: Column, table: StateTable) -> StateIncome:
    """Return the lines from the federal figure to the state's income, of one column."""
    start = _start(case.federal, column, table)
    own = of_column(case.depreciation, column)
    added = additions(case, table) if column.adjusted else ()
    taken = subtractions(case, table) if column.adjusted else ()
    added = (*depreciation_lines(own, table, added=True), *added)
    taken = (*depreciation_lines(own, table, added=False), *taken)
    business = business_part(case, table) if column.adjusted else None
    if business is not None:
        taken = (*taken, business.deduction)
    more, less = table.total("additions", "Additions", added), table.total("subtractions", "Subtractions", taken)
    income = table.line(
        "income",
        "Income of the state",
        start.amount + more.amount - less.amount,
        inputs=(start, more, less),
    )
    steps = business.steps if business is not None else ()
    return StateIncome(lines=(start, *added, more, *steps, *taken, less, income), income=income, business=business)


def _start(federal: Return, column: Column, table: StateTable) -> Line:
    """Return the first line: federal adjusted gross income or its share, or federal taxable income."""
    if table.text("start") == FEDERAL_TAXABLE:
        source, amount, label = federal.taxable.income, federal.taxable.income.amount, "Federal taxable income"
        if table.switch("start_may_be_negative"):
            source, amount = federal.taxable.unfloored, federal.taxable.unfloored.amount
    else:
        source, amount, label = federal.income.agi, column.agi, "Federal adjusted gross income"
    return table.line("start", label, amount, inputs=(source,))


def additions(case: StateCase, table: StateTable) -> tuple[Line, ...]:
    """Return what the state adds besides depreciation: deductions it takes back, and what was told."""
    told = case.facts.additions
    parts = [*qbi_added_back(case.federal, table), *deductions_added_back(case.federal, table)]
    if told:
        parts.append(table.line("told_additions", "Other additions, as told", told, cites=("as told by the filer",)))
    return tuple(parts)


def subtractions(case: StateCase, table: StateTable) -> tuple[Line, ...]:
    """Return what the state subtracts besides depreciation: what was told."""
    told = case.facts.subtractions
    if not told:
        return ()
    where, label = "told_subtractions", "Other subtractions, as told"
    return (table.line(where, label, told, cites=("as told by the filer",)),)


def depreciation_lines(told: StateDepreciation, table: StateTable, *, added: bool) -> tuple[Line, ...]:
    """Return the lines of depreciation that are *added*, or those subtracted; empty where both laws agree."""
    law = table.maybe("depreciation")
    cites = (law.citation,) if law is not None else ()
    if told.lines:
        for switch in SWITCHES:
            table.maybe(switch)
    inputs = tuple(each.ref for each in told.lines[-1:])
    sign = 1 if added else -1
    key = "added" if added else "subtracted"
    parts = []
    for name, label, amount in (
        ("depreciation", "Federal depreciation above the state's" if added else "Depreciation of the state above the "
         "federal one", told.added * sign),
        ("gain", f"Gain on what was sold, {'more' if added else 'less'} by the state's basis",
         told.gain_difference * sign),
        ("spread", "Depreciation added back in earlier years, this year's part", ZERO if added else told.spread_in),
    ):  # fmt: skip
        if amount > 0:
            parts.append(table.line(f"{name}_{key}", label, amount, inputs=inputs, cites=cites))
    return tuple(parts)


def qbi_added_back(federal: Return, table: StateTable) -> tuple[Line, ...]:
    """Return the deduction for business income that a state takes back above an income (Colorado)."""
    above = table.maybe("qbi_added_back_above")
    deduction, agi = federal.taxable.qbi.deduction, federal.income.agi
    if above is None or not deduction.amount or agi.amount <= above.by_status(federal.filer.status):
        return ()
    label = "Federal deduction for business income added back"
    return (table.line("qbi_added", label, deduction.amount, inputs=(deduction, agi), figures=(above,)),)


def deductions_added_back(federal: Return, table: StateTable) -> tuple[Line, ...]:
    """Return what the state takes back of the standard or itemized deduction above an income (Colorado)."""
    above = table.maybe("deductions_capped_from")
    agi, taken = federal.income.agi, federal.taxable.deduction
    if above is None or agi.amount < above.amount():
        return ()
    most = table.figure("deductions_cap")
    over = taken.amount - most.by_status(federal.filer.status)
    if over <= 0:
        return ()
    label = "Standard or itemized deduction above what the state allows"
    return (table.line("deductions_added", label, over, inputs=(taken, agi), figures=(above, most)),)


def renamed(told: tuple[Line, ...], suffix: str) -> tuple[Line, ...]:
    """Return the lines of one column as they stand in the column *suffix* of their forms, what they name among them."""
    own = {each.ref: f"{each.form}{suffix} line {each.line}" for each in told} if suffix else {}
    if not own:
        return told
    return tuple(
        msgspec.structs.replace(
            each, form=each.form + suffix, inputs=tuple(own.get(source, source) for source in each.inputs)
        )
        for each in told
    )
