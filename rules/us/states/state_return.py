"""A state's return of one filer, a resident all year: one function over the state's table, from top to bottom.

The table says where it starts, what is added, deducted, taxed and credited; the function knows no state by its name.
Every line is exact, and cites the state's law; a form rounds it once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from lotwork.ledger.units import ZERO
from lotwork.rules.errors import CaseRefusedError
from lotwork.rules.line import Line
from lotwork.rules.load import Law
from lotwork.rules.us.states.business import within
from lotwork.rules.us.states.case import StateCase, StateReturn
from lotwork.rules.us.states.classes import OWN_CLASSES, classes
from lotwork.rules.us.states.column import Column, choices
from lotwork.rules.us.states.credits import credits_against
from lotwork.rules.us.states.credits_by_income import Measured
from lotwork.rules.us.states.deductions import deduction, exemptions, taxable
from lotwork.rules.us.states.due import due_day
from lotwork.rules.us.states.gaps import not_covered
from lotwork.rules.us.states.income import FEDERAL_AGI, FEDERAL_TAXABLE, StateIncome, renamed, state_income
from lotwork.rules.us.states.settled import Settlement, settle
from lotwork.rules.us.states.table import FORM, StateTable
from lotwork.rules.us.states.tax import of_locality, on_business, on_income, recaptured, surtax
from lotwork.rules.us.states.untaxed import GAIN_EXCISE, gain_excise

NONE = "none"
"""How a state without an income tax starts."""
STARTS = (FEDERAL_AGI, FEDERAL_TAXABLE, OWN_CLASSES, NONE)


class _Taxed(NamedTuple):
    """A return before its credits: the lines, and of all columns together income, what is taxed, and the tax."""

    lines: tuple[Line, ...]
    income: Line
    base: Line
    tax: Line
    measured: Measured
    """What credits by income are measured by; of two columns that of both."""


def state_return(case: StateCase, law: Law) -> StateReturn:
    """Return the return of *case* under *law*; StateNotCoveredError for a state that no rule file tells.

    UnknownFigureError where the table does not tell the year, CaseRefusedError where federal and state year differ.
    """
    if case.federal.filer.year != case.year:
        raise CaseRefusedError(f"{case.state}: the federal return is of {case.federal.filer.year}, not {case.year}")
    table = StateTable(law, case.state, case.year)
    if table.choice("start", STARTS) == NONE:
        return _without_income_tax(case, table)
    ways = [_credited(case, _taxed(case, way, table), table) for way in choices(case.federal, table)]
    way, taken, after = min(ways, key=lambda each: (each[-1].amount, each[0].tax.amount))
    local = _local(case, way.base, after, table)
    ended = settle(local[-1] if local else after, case, way.income, table)
    return _made(case, table, way, (*taken, after, *local), ended)


def _taxed(case: StateCase, columns: tuple[Column, ...], table: StateTable) -> _Taxed:
    """Return the return up to its tax, filed in *columns*."""
    made = [_column(case, column, table) for column in columns]
    if len(made) == 1:
        return made[0]
    whole = [
        table.total(key, label, parts)
        for key, label, parts in (
            ("income", "Income of the state, both spouses", [each.income for each in made]),
            ("taxable", "Taxable income, both spouses", [each.base for each in made]),
            ("tax", "Tax, both spouses", [each.tax for each in made]),
        )
    ]
    both = Measured(
        whole[0],
        sum((each.measured.modified for each in made), ZERO),
        ZERO,
        tuple(each.tax.amount for each in made),
        sum((each.measured.combined for each in made), ZERO),
    )
    lines = (*(line for each in made for line in each.lines), *whole)
    return _Taxed(lines, whole[0], whole[1], whole[2], both)


def _credited(case: StateCase, way: _Taxed, table: StateTable) -> tuple[_Taxed, tuple[Line, ...], Line]:
    """Return the return filed one *way*, its credits, and the tax they leave, by which the ways are held together."""
    taken = credits_against(case, way.tax, way.measured, table)
    after = table.line("tax_after_credits", "Tax after credits", max(ZERO, way.tax.amount - taken[-1].amount),
                       inputs=(way.tax, taken[-1]))  # fmt: skip
    return way, taken, after


def _column(case: StateCase, column: Column, table: StateTable) -> _Taxed:
    own = classes(case, table) if table.text("start") == OWN_CLASSES else state_income(case, column, table)
    exempted = exemptions(case, own, table, adjusted=column.adjusted)
    less = (deduction(case, column, table), exempted)
    taken = (*own.deducted, *(each for each in less if each is not None))
    if own.business is not None:
        most = own.income.amount - sum((each.amount for each in taken), ZERO)
        own = replace(own, business=within(own.business, most, table))
    apart = (own.business.taxable,) if own.business is not None else ()
    base = taxable(own.income, (*taken, *apart), table)
    steps = on_income(base, column.status, case.federal, table)
    more = _more_taxes(own, base, steps[-1], column, table)
    tax = table.total("whole_tax", "Tax before credits", (steps[-1], *more)) if more else steps[-1]
    lines = (*own.lines, *taken, *apart, base, *steps, *more, *((tax,) if more else ()))
    *told, income, taxed, due = renamed((*lines, own.income, base, tax), column.suffix)
    free = exempted.amount if exempted is not None else ZERO
    business = own.business.taxable.amount if own.business is not None else ZERO
    measured = Measured(income, own.modified - free, business, combined=own.modified)
    return _Taxed(tuple(told), income, taxed, due, measured)


def _more_taxes(own: StateIncome, base: Line, tax: Line, column: Column, table: StateTable) -> tuple[Line, ...]:
    """Return what is taxed beside the brackets: business income, the brackets taken back, and high income."""
    business = on_business(own.business, table) if own.business is not None else None
    made = (business, recaptured(base, own.income, tax, column.status, table), surtax(base, table))
    return tuple(each for each in made if each is not None)


def _local(case: StateCase, base: Line, tax: Line, table: StateTable) -> tuple[Line, ...]:
    """Return the tax of the filer's place and the sum with the state's; empty where no place is told or known."""
    if case.facts.locality is None:
        return ()
    refundable = case.facts.refundable_credits
    local = of_locality(base, tax, refundable, case.facts.locality, case.federal.filer.status, table)
    return (
        () if local is None else (local, table.total("tax_with_local", "Tax of the state and the place", (tax, local)))
    )


def _made(case: StateCase, table: StateTable, way: _Taxed, lines: tuple[Line, ...], ended: Settlement) -> StateReturn:
    gaps, after = not_covered(case, way.income.amount, table), lines[-1].amount
    day = due_day(table)
    return StateReturn(
        state=case.state,
        name=table.figure("name").text(),
        year=case.year,
        form=table.figure(FORM).text(),
        part_year_form=table.text("part_year_form"),
        lines=(*case.depreciation.lines, *way.lines, *lines, *ended.lines),
        income=way.income.amount,
        base=way.base.amount,
        tax=way.tax.amount,
        tax_after_credits=after,
        payments=ended.paid.amount,
        balance_due=after - ended.paid.amount,
        not_covered=gaps,
        unverified=table.unverified,
        has_income_tax=True,
        words=table.words(),
        due=day,
    )


def _without_income_tax(case: StateCase, table: StateTable) -> StateReturn:
    """Return what a state without an income tax says; Washington's tax on long-term gains is reckoned."""
    lines: tuple[Line, ...] = ()
    income = base = tax = paid = ZERO
    if table.has(GAIN_EXCISE):
        gain, taxed, due = gain_excise(case, table)
        ended = settle(due, case, gain, table)
        lines = (gain, taxed, due, *ended.lines)
        income, base, tax, paid = gain.amount, taxed.amount, due.amount, ended.paid.amount
    day = due_day(table) if lines else None
    return StateReturn(
        state=case.state,
        name=table.figure("name").text(),
        year=case.year,
        form=table.text(FORM),
        part_year_form=table.text("part_year_form"),
        lines=lines,
        income=income,
        base=base,
        tax=tax,
        tax_after_credits=tax,
        payments=paid,
        balance_due=tax - paid,
        not_covered=not_covered(case, income, table),
        unverified=table.unverified,
        has_income_tax=bool(lines),
        words=table.words(),
        due=day,
    )
