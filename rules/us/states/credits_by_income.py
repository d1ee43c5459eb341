"""Credits that a state gives by steps of income: for a household, for each exemption, for age, for two who earn.

New York's household credit (Tax Law 606(b)) and Ohio's exemption, senior and joint filing credits (R.C. 5747.022,
5747.055, 5747.05(G)); each is on where its figures stand in the state's table.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.events import JOINT, SEPARATE
from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.deductions import persons
from lotwork.rules.us.states.table import StateTable


class Measured(NamedTuple):
    """What the credits of one column are measured by, in dollars."""

    income: Line
    """The state's income."""
    modified: Decimal
    """That with the business income deduction added back, less the exemptions."""
    business: Decimal
    """Business income that is taxed."""
    taxes: tuple[Decimal, ...] = ()
    """The tax of each column, the spouse's first; empty where there is one."""
    combined: Decimal = ZERO
    """The state's income with the business income deduction added back."""


def step_of(income: Decimal, tops: tuple[Decimal, ...]) -> int | None:
    """Return which step *income* stands on, each ending with its top; None above the last."""
    return next((place for place, top in enumerate(tops) if income <= top), None)


def of_household(case: StateCase, table: StateTable) -> Line | None:
    """Return New York's household credit; none of a separate return, whose spouse's income is not known."""
    tops = table.maybe("household_tops")
    status, agi = case.federal.filer.status, case.federal.income.agi
    if tops is None or status == SEPARATE:
        return None
    step = step_of(agi.amount, tops.tops(status))
    if step is None:
        return None
    first, more = table.figure("household_credit"), table.figure("household_more")
    others = persons(case.federal.filer) + case.facts.dependents - 1
    amount = first.row(status)[step] + more.row(status)[step] * others
    return table.line("household_credit", "Household credit", amount, inputs=(agi,), figures=(tops, first, more))


def of_exemptions(case: StateCase, own: Measured, table: StateTable) -> Line | None:
    """Return Ohio's credit of each exemption where modified income less the exemptions is small."""
    most = table.maybe("step_credit_tops")
    if most is None or own.modified >= most.amount():
        return None
    each = table.figure("step_credit")
    amount = each.amount() * (persons(case.federal.filer) + case.facts.dependents)
    return table.line(
        "exemption_step_credit", "Credit of the exemptions", amount, inputs=(own.income,), figures=(most, each)
    )


def of_age(case: StateCase, own: Measured, table: StateTable) -> Line | None:
    """Return Ohio's senior credit, one a return."""
    below = table.maybe("senior_credit_below")
    if below is None or not case.federal.filer.aged or own.modified >= below.amount():
        return None
    amount = table.figure("senior_credit")
    return table.line("senior_credit", "Senior credit", amount.amount(), inputs=(own.income,), figures=(amount, below))


def of_two(case: StateCase, own: Measured, left: Decimal, table: StateTable) -> Line | None:
    """Return Ohio's joint filing credit: a part of the tax that is *left*, where each spouse has income of her own.

    Interest, dividends, gains and rents do not count, nor does business income that was deducted; half the
    self-employment tax lowers the filer's, and so does a loss, less what the state adds back of it. Where the spouse
    has a business too the table's words say that the credit is not reckoned.
    """
    tops = table.maybe("joint_credit_tops")
    filer, income = case.federal.filer, case.federal.income
    if tops is None or filer.status != JOINT or income.gathered.spouse is not None:
        return None
    asked, parts, most = (table.figure(f"joint_credit_{name}") for name in ("income", "parts", "most"))
    if min(_filers_own(case, own), filer.spouse_wages) < asked.amount():
        return None
    step = step_of(own.modified, tops.tops(filer.status))
    if step is None:
        return None
    amount = min(most.amount(), left * parts.amounts()[step])
    figures: tuple[Figure, ...] = (tops, parts, most, asked)
    return table.line("joint_credit", "Joint filing credit", amount, inputs=(own.income,), figures=figures)


def _filers_own(case: StateCase, own: Measured) -> Decimal:
    """Return what of the state's income is the filer's, other than interest, dividends and gains (R.C. 5747.05(G)).

    What is not told as the spouse's is the filer's: a loss of the business, what was deducted, added and subtracted.
    """
    income = case.federal.income
    apart = (income.interest, income.ordinary_dividends, income.capital.taken)
    return own.income.amount - sum((each.amount for each in apart), case.federal.filer.spouse_wages)


def above_federal(case: StateCase, own: Measured, left: Decimal, table: StateTable) -> Line | None:
    """Return what Nebraska's tax that is *left* has above the federal income tax, and does not ask for.

    It is not asked where what the state adds, less what it subtracts, stays below an amount (Form 1040N, federal tax
    liability worksheet; Neb. Rev. Stat. 77-2715(2)).
    """
    below = table.maybe("federal_tax_limit_below")
    federal = case.federal
    if below is None or own.income.amount - federal.income.agi.amount >= below.amount():
        return None
    over = left - federal.income_taxes
    if over <= 0:
        return None
    inputs = (federal.tax.tax, federal.minimum.tax)
    return table.line("federal_limit", "Tax above the federal tax, not asked", over, inputs=inputs, figures=(below,))
