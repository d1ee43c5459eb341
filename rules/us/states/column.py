"""Whose income a return taxes: one column, or one for each spouse where the state lets them file apart on one return.

A joint account, a rig or a coin says nothing about its spouse: what the federal return does not tell as the spouse's
own is the filer's. Where both have more than their deductions, a flat tax comes out alike however that is divided.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.events import JOINT, SEPARATE, FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.us.individual import Return
from lotwork.rules.us.states.case import StateDepreciation
from lotwork.rules.us.states.table import StateTable

SEPARATE_COLUMNS = "separate_columns"


class Column(NamedTuple):
    """One column of the return: its share of federal adjusted gross income, in dollars, and how it is taxed."""

    suffix: str
    """What its lines are told apart by: "", " column A"."""
    agi: Decimal
    status: FilingStatus
    adjusted: bool
    """Whether the adjustments of the state stand in it, but for the depreciation of the spouse's own rigs."""
    share: Decimal
    """Its part of what both have together: itemized deductions."""


def choices(federal: Return, table: StateTable) -> tuple[tuple[Column, ...], ...]:
    """Return the ways in which the return may be filed: in one column, and in two where the state and the couple can.

    A state that has separate columns taxes each spouse alone; the couple takes the way that costs less.
    """
    agi, status = federal.income.agi.amount, federal.filer.status
    one = (Column("", agi, status, True, Decimal(1)),)
    if status != JOINT or not table.switch(SEPARATE_COLUMNS):
        return (one,)
    spouses = spouses_agi(federal)
    part = min(Decimal(1), max(ZERO, spouses / agi)) if agi > 0 else ZERO
    apart = (
        Column(" column A", spouses, SEPARATE, False, part),
        Column(" column B", agi - spouses, SEPARATE, True, 1 - part),
    )
    return one, apart


def of_column(told: StateDepreciation, column: Column) -> StateDepreciation:
    """Return what of the depreciation stands in *column*: that of the spouse's own rigs in the spouse's.

    A gain on what was sold and an add-back that comes back are not told by spouse: they are the filer's.
    """
    if not column.suffix:
        return told
    if not column.adjusted:
        return StateDepreciation(federal=told.spouse_federal, own=told.spouse_own, lines=told.lines)
    return replace(told, federal=told.federal - told.spouse_federal, own=told.own - told.spouse_own)


def spouses_agi(federal: Return) -> Decimal:
    """Return what of the federal adjusted gross income is told as the spouse's: wages, a business, its deductions."""
    trade = federal.income.gathered.spouse
    own = federal.filer.spouse_wages
    if trade is None:
        return own
    deducted = sum((each.amount for each in trade.deducted), trade.self_employment.half.amount)
    return own + trade.business.amount - deducted
