"""Business income that a state frees up to an amount, and taxes apart above it (Ohio's business income deduction)."""

from __future__ import annotations

from typing import NamedTuple

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.table import StateTable

FREE = "business_income_free"


class BusinessPart(NamedTuple):
    """What the business earned as the state counts it, what of it is free, and what is left to be taxed apart."""

    steps: tuple[Line, ...]
    deduction: Line
    taxable: Line


def business_part(case: StateCase, table: StateTable) -> BusinessPart | None:
    """Return the business income of the year, its free part and the rest; None where the state taxes it as any other.

    Counted are the profit of each spouse's business and the gain on its rigs, and no more than federal adjusted gross
    income; half the self-employment tax and the add-back of depreciation are the person's, and no business income.
    """
    free = table.maybe(FREE)
    if free is None:
        return None
    income = case.federal.income
    sources = (*income.businesses, income.sales.ordinary, income.sales.capital)
    amount = min(sum((each.amount for each in sources), ZERO), income.agi.amount)
    told = table.line("business_income", "Business income", max(ZERO, amount), inputs=(*sources, income.agi))
    most = free.by_status(case.federal.filer.status)
    taken = table.line(
        "business_deduction", "Business income deduction", min(told.amount, most), inputs=(told,), figures=(free,)
    )
    rest = table.line("business_taxable", "Taxable business income", told.amount - taken.amount, inputs=(told, taken))
    return BusinessPart((told,), taken, rest)
