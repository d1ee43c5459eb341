"""Credits of a state: for persons, for a small family, for what another state took, and those that were told."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.credits_by_income import (
    Measured,
    above_federal,
    of_age,
    of_exemptions,
    of_household,
    of_two,
)
from lotwork.rules.us.states.deductions import persons
from lotwork.rules.us.states.table import StateTable, divisor

WAYS = ("share", "business_share", "agi_share", "rate")
"""How far another state's tax is credited (`_other_state`)."""
LARGEST_FAMILY = 4
"""A larger family has the credit of one of four (KRS 141.066(1))."""


def credits_against(case: StateCase, tax: Line, own: Measured, table: StateTable) -> tuple[Line, ...]:
    """Return the credits against *tax*, each no more than is left of it, and their total last."""
    left, taken = tax.amount, []
    made = (
        of_household(case, table),
        of_age(case, own, table),
        of_exemptions(case, own, table),
        _of_persons(case, own, table),
        _told(case, table),
        _other_state(case, tax, own, table),
    )
    for each in made:
        if each is not None:
            used = min(left, each.amount)
            left -= used
            taken.append(each if used == each.amount else _within(each, used, table))
    for given in (of_two(case, own, left, table), _of_family(case, left, own.income, table)):
        if given is not None:
            left -= given.amount
            taken.append(given)
    limited = above_federal(case, own, left, table)
    if limited is not None:
        taken.append(limited)
    return (*taken, table.total("credits", "Credits", taken))


def _within(made: Line, used: Decimal, table: StateTable) -> Line:
    return table.line("credit_used", f"{made.label}, as far as there is tax", used, inputs=(made,), cites=made.cites)


def _of_persons(case: StateCase, own: Measured, table: StateTable) -> Line | None:
    """Return the credit for each filer, dependent and aged or blind person, falling with federal income.

    Where spouses file in columns of their own, what is one's is worth no more than the tax of that column; of one who
    is aged or blind it is the filer.
    """
    filer, agi = case.federal.filer, case.federal.income.agi
    heads = table.maybe("exemption_credit_persons")
    counted: list[tuple[Figure, int, int]] = []
    for name, count, spouses in (
        ("exemption_credit", persons(filer) if heads is None else int(heads.numbers()[filer.status]), 1),
        ("dependent_credit", case.facts.dependents, 0),
        ("aged_credit", filer.aged + filer.blind, max(0, filer.aged - 1) + max(0, filer.blind - 1)),
    ):
        each = table.maybe(name)
        if each is not None:
            counted.append((each, count, spouses))
    if not counted:
        return None
    figures, off = [each for each, _, _ in counted], ZERO
    start = table.maybe("exemption_credit_from")
    if start is not None:
        step, less = table.figure("exemption_credit_step"), table.figure("exemption_credit_less")
        above = max(ZERO, agi.amount - start.by_status(filer.status))
        steps = above / divisor(step, step.by_status(filer.status))
        off = steps.to_integral_value(ROUND_CEILING) * less.amount()
        figures += [start, step, less]
    worth = [(max(ZERO, figure.amount() - off), count, spouses) for figure, count, spouses in counted]
    amount = sum((each * count for each, count, _ in worth), ZERO)
    if own.taxes:
        spouse = sum((each * spouses for each, _, spouses in worth), ZERO)
        amount = min(own.taxes[0], spouse) + min(own.taxes[1], amount - spouse)
    return (
        table.line("exemption_credit", "Exemption credits", amount, inputs=(agi,), figures=figures) if amount else None
    )


def _other_state(case: StateCase, tax: Line, own: Measured, table: StateTable) -> Line | None:
    """Return the credit for another state's tax: what was paid, and at most this state's tax on the same income.

    Its part of the tax goes by the state's income ("share"), with what business was freed of added back
    ("business_share", Ohio R.C. 5747.05(B)), or, where the state starts from taxable income, by federal adjusted gross
    income ("agi_share"); a state of classes has its rate on that income ("rate").
    """
    facts = case.facts
    rule = table.choice("other_state_credit", WAYS, "") if facts.other_state_tax else ""
    if not rule:
        return None
    figures = [table.figure("other_state_credit")]
    if rule == "rate":
        rate = table.figure("rate")
        most = facts.other_state_income * rate.amount()
        figures.append(rate)
    else:
        agi = case.federal.income.agi.amount
        whole = {"agi_share": agi, "business_share": own.combined}.get(rule, own.income.amount)
        share = min(Decimal(1), facts.other_state_income / whole) if whole > 0 else ZERO
        most = tax.amount * share
    amount = min(facts.other_state_tax, most)
    label = "Credit for tax paid to another state"
    return table.line("other_state_credit", label, amount, inputs=(tax, own.income), figures=figures)


def _of_family(case: StateCase, left: Decimal, income: Line, table: StateTable) -> Line | None:
    """Return Kentucky's family size credit: a part of the tax left, by modified gross income and size (KRS 141.066).

    Modified gross income is the greater of the federal adjusted gross income and the state's; each told dependent
    counts as a child of the family.
    """
    levels = table.maybe("family_size_income")
    if levels is None:
        return None
    tops, parts = table.figure("family_size_tops"), table.figure("family_size_parts")
    agi = case.federal.income.agi
    size = min(LARGEST_FAMILY, persons(case.federal.filer) + case.facts.dependents)
    ratio = max(ZERO, agi.amount, income.amount) / divisor(levels, levels.numbers()[str(size)])
    part = next((each for top, each in zip(tops.amounts(), parts.amounts(), strict=True) if ratio <= top), ZERO)
    if not part or not left:
        return None
    label = f"Family size credit, a family of {size}: {part:.0%} of the tax"
    return table.line("family_credit", label, left * part, inputs=(agi, income), figures=(levels, tops, parts))


def _told(case: StateCase, table: StateTable) -> Line | None:
    told = case.facts.nonrefundable_credits
    if not told:
        return None
    return table.line("told_credits", "Other credits, as told", told, cites=("as told by the filer",))
