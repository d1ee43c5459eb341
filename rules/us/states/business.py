"""Business income that a state frees up to an amount, and taxes apart above it (Ohio's business income deduction)."""

from __future__ import annotations

from decimal import Decimal
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


def within(business: BusinessPart, most: Decimal, table: StateTable) -> BusinessPart:
    """Return *business* taxed for no more than *most*, what the state taxes altogether."""
    if business.taxable.amount <= most:
        return business
    rest = table.line(
        "business_taxable", "Taxable business income, as far as there is income", max(ZERO, most),
        inputs=(business.taxable,), cites=business.deduction.cites,
    )  # fmt: skip
    return business._replace(taxable=rest)


def business_part(case: StateCase, table: StateTable) -> BusinessPart | None:
    """Return the business income of the year, its free part and the rest; None where the state taxes it as any other.

    Counted are the profit of each spouse's business and the gain on its rigs, and at most the federal adjusted gross
    income. Half the self-employment tax is a deduction of the person and lowers none of it, and so is the add-back of
    depreciation: it is no business income (Ohio Department of Taxation, question 5226; R.C. 5747.01(B)).
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
