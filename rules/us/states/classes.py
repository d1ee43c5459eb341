"""A state that taxes classes of income and knows no adjusted gross income: no loss of one class lowers another.

Pennsylvania (72 P.S. 7303): each class of each spouse stands alone, a loss is lost with its year, and what the federal
return deducts from all income together (half the self-employment tax, a pension plan, carried losses) is not deducted.
"""

from __future__ import annotations

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.income import StateIncome
from lotwork.rules.us.states.table import StateTable

OWN_CLASSES = "own_classes"


def classes(case: StateCase, table: StateTable) -> StateIncome:
    """Return the lines of each class and their sum, losses left out."""
    filer, income, facts = case.federal.filer, case.federal.income, case.facts
    profits = net_profits(case, table)
    coins = filer.short_term_net + filer.long_term_net
    rigs = income.sales.ordinary.amount + income.sales.capital.amount + case.depreciation.gain_difference
    told = (
        table.line("wages", "Compensation", income.wages.amount, inputs=(income.wages,)),
        table.line("interest", "Interest", income.interest.amount, inputs=(income.interest,)),
        table.line("dividends", "Dividends", income.ordinary_dividends.amount, inputs=(income.ordinary_dividends,)),
        *profits,
        table.line("net_gains", "Net gains of coins and rigs sold, this year's alone", coins + rigs,
                   inputs=(*income.capital.parts, income.sales.ordinary, income.sales.capital)),
    )  # fmt: skip
    more: tuple[Line, ...] = ()
    if facts.additions:
        cites = ("as told by the filer",)
        more = (table.line("told_additions", "Other classes, as told", facts.additions, cites=cites),)
    counted = (*told[:3], profits[-1], told[-1], *more)
    amount = sum((max(ZERO, each.amount) for each in counted), ZERO)
    total = table.line("income", "Income of all classes, losses left out", amount, inputs=counted)
    less = table.line("told_subtractions", "Deductions, as told", facts.subtractions, cites=("as told by the filer",))
    return StateIncome(lines=(*told, *more, total), income=total, deducted=(less,) if facts.subtractions else ())


def net_profits(case: StateCase, table: StateTable) -> tuple[Line, ...]:
    """Return each spouse's net profit under the state's depreciation, and the class: no loss of one lowers the other.

    What a hobby received, in coins and in dollars, and coins of no activity are counted here too, their expenses not:
    the state has no other class for them.
    """
    income, own = case.federal.income, case.depreciation
    spouse = income.gathered.spouse
    hers = own.spouse_federal - own.spouse_own
    first = income.business.amount + own.added - hers - own.spread_in
    parts = [table.line("profit", "Net profit of the business", first, inputs=(income.business, *own.lines[-1:]))]
    if spouse is not None:
        amount = spouse.business.amount + hers
        parts.append(table.line("spouse_profit", "Net profit of the spouse's", amount, inputs=(spouse.business,)))
    filer, additional = case.federal.filer, income.gathered.additional
    received = filer.hobby_income + filer.hobby_dollars + filer.digital_income
    if received:
        lines = (*additional.dollars, additional.hobby, *((additional.other,) if additional.other.amount else ()))
        parts.append(table.line("received", "Received outside a business", received, inputs=lines))
    amount = sum((max(ZERO, each.amount) for each in parts), ZERO)
    if amount == 0:
        amount = min((each.amount for each in parts), default=ZERO)
    return (*parts, table.line("net_profits", "Net profits", amount, inputs=parts))
