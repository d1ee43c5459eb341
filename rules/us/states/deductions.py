"""From the state's income to what it taxes: standard or itemized deduction, and exemptions by person or by income."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, TypeAlias, cast, get_args

from lotwork.ledger.events import JOINT
from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line
from lotwork.rules.us.filer import Filer
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.column import Column
from lotwork.rules.us.states.income import StateIncome
from lotwork.rules.us.states.table import StateTable

Choice: TypeAlias = Literal["greater", "as_federal", "none"]
STANDARD = "standard_deduction"
SPOUSES = 2


def persons(filer: Filer) -> int:
    """Return how many file: two on a joint return."""
    return SPOUSES if filer.status == JOINT else 1


def deduction(case: StateCase, column: Column, table: StateTable) -> Line | None:
    """Return the standard or itemized deduction; None where the state has neither.

    The table says whether the greater may be taken ("greater") or whether the federal choice binds ("as_federal"). Of
    spouses who file apart on one return both itemize or neither: what they have together decides.
    """
    amount = table.maybe(STANDARD)
    if amount is None:
        return None
    figures = [amount]
    standard = amount.by_status(column.status)
    extra = table.maybe("standard_deduction_extra")
    if extra is not None:
        standard += extra.by_status(column.status) * (case.federal.filer.aged + case.federal.filer.blind)
        figures.append(extra)
    told = case.facts.itemized_deductions
    choice = cast("Choice", table.choice("deduction_choice", get_args(Choice), "greater"))
    itemizes = told is not None and choice != "none"
    if choice == "as_federal" and not case.federal.taxable.itemized:
        itemizes = False
    if itemizes and told is not None:
        share = told * column.share
        if choice == "as_federal" or told > standard * (SPOUSES if column.suffix else 1):
            return table.line("itemized", "Itemized deductions, as told", share, cites=("as told by the filer",))
    return table.line(STANDARD, "Standard deduction", standard, figures=figures)


def exemptions(case: StateCase, own: StateIncome, table: StateTable, *, adjusted: bool) -> Line | None:
    """Return the exemptions of the filers and dependents; None where the state has none, or in the other column.

    An exemption by income ("exemption_by_income") is one amount a person, by the step that the state's income stands
    on, what the business was freed of added back (Ohio Rev. Code 5747.01(II), modified adjusted gross income). Above
    the federal income of "exemptions_up_to" there are none at all (Illinois, 35 ILCS 5/204(g)).
    """
    if not adjusted:
        return None
    filer, dependents, agi = case.federal.filer, case.facts.dependents, case.federal.income.agi
    most = table.maybe("exemptions_up_to")
    if most is not None and agi.amount > most.by_status(filer.status):
        return table.line("exemptions", "Exemptions, none at so high an income", ZERO, inputs=(agi,), figures=(most,))
    income, amount, figures = own.income, ZERO, [most] if most is not None else []
    each = table.maybe("personal_exemption")
    if each is not None:
        amount += each.by_status(filer.status)
        figures.append(each)
    child = table.maybe("dependent_exemption")
    if child is not None:
        amount += child.amount() * dependents
        figures.append(child)
    for figure, count in _for_age(case, table):
        amount += figure.amount() * count
        figures.append(figure)
    steps = table.maybe("exemption_by_income")
    if steps is not None:
        tops = table.figure("exemption_tops")
        amount += _step(own.modified, tops, steps, filer) * (persons(filer) + dependents)
        figures += [steps, tops]
    if not figures:
        return None
    return table.line("exemptions", "Exemptions", amount, inputs=(income,), figures=figures)


def _for_age(case: StateCase, table: StateTable) -> Iterator[tuple[Figure, int]]:
    """Yield the exemption more of each blind filer, and of each one of 65 where federal income is small."""
    filer, agi = case.federal.filer, case.federal.income.agi.amount
    blind, aged, most = (table.maybe(name) for name in ("blind_exemption", "aged_exemption", "aged_exemption_to"))
    if blind is not None:
        yield blind, filer.blind
    if aged is not None and (most is None or agi <= most.by_status(filer.status)):
        yield aged, filer.aged


def _step(income: Decimal, tops: Figure, amounts: Figure, filer: Filer) -> Decimal:
    """Return the amount of the step *income* stands on; each step ends with its top."""
    rows = amounts.row(filer.status)
    for top, amount in zip(tops.tops(filer.status), rows, strict=False):
        if income <= top:
            return amount
    return rows[-1]


def taxable(income: Line, less: tuple[Line, ...], table: StateTable) -> Line:
    """Return what the state taxes: its income less what is deducted, and no less than nothing."""
    amount = income.amount - sum((each.amount for each in less), ZERO)
    return table.line("taxable", "Taxable income of the state", max(ZERO, amount), inputs=(income, *less))
