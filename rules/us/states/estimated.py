"""Estimated tax of a state: who owes it, how much is safe, and when each part is due, all from the state's table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import Installment, next_business_day
from lotwork.rules.us.estimated_penalty import Paid
from lotwork.rules.us.states.table import StateTable

SHARES = "estimated_shares"
"""Where the parts of the year stand; a state without them asks for no estimated payments."""
PRIOR_FRACTION = "estimated_prior_fraction"
NO_PRIOR_FROM = "estimated_no_prior_from"
"""The income of a year from which the tax of the year before does not count (California)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateYearTax:
    """What a state's required payment is measured by, in dollars."""

    state: str
    year: int
    status: FilingStatus
    tax: Decimal | None
    """The state's tax of the year after credits; None while it is not known."""
    withholding: Decimal = ZERO
    prior_tax: Decimal | None = None
    """The state's tax of the year before, which had twelve months and a return; None: there was none, or not told."""
    prior_agi: Decimal | None = None
    """The adjusted gross income of the year before: the state's own, or the federal one, as its rule has it."""
    agi: Decimal | None = None
    """That of the year itself."""


class StateRequired(msgspec.Struct, frozen=True, kw_only=True):
    """The required annual payment of a state: its lines, the payment, and whether a penalty can arise."""

    lines: tuple[Line, ...]
    required: Line | None
    """None where neither measure is known, or the state asks for none."""
    penalty_possible: bool
    why: str
    """Why no penalty can arise; empty where it can."""
    method: str
    """Which measure it is: "current year", "prior year", or "none"."""
    unverified: tuple[str, ...] = ()
    """Paths of the figures used that were read from memory or are no enacted law."""


def required_payment(case: StateYearTax, law: Law) -> StateRequired:
    """Return what must be paid through the year: the lesser of a part of this year's tax and of the last year's.

    Where the state knows a high income above which the last year's measure is more, or does not count, the table says
    so. Nothing is asked of a year whose tax after withholding stays below the state's threshold.
    """
    table = StateTable(law, case.state, case.year)
    if not table.has(SHARES):
        why = f"{case.state} asks for no estimated payments"
        return StateRequired(lines=(), required=None, penalty_possible=False, why=why, method="none")
    current, prior = _current_year(case, table), _prior_year(case, table)
    measures = [each for each in (current, prior) if each is not None]
    if not measures:
        return StateRequired(lines=(), required=None, penalty_possible=True, why="", method="none")
    least = min(measures, key=lambda each: each.amount)
    required = _line(table, "required annual payment", "Required annual payment", least.amount, (), measures)
    why = _none_possible(case, required.amount, table)
    return StateRequired(
        lines=(*measures, required),
        required=required,
        penalty_possible=not why,
        why=why,
        method="prior year" if least is prior else "current year",
        unverified=table.unverified,
    )


def _none_possible(case: StateYearTax, required: Decimal, table: StateTable) -> str:
    """Return why no penalty can arise; a threshold is one from which it can, or one up to which it cannot.

    Both are of the tax after withholding; `estimated_free_below` is of the tax itself (Oklahoma's Form OW-8-P, line 3).
    """
    least, most = table.maybe("estimated_threshold"), table.maybe("estimated_free_up_to")
    small = table.maybe("estimated_free_below")
    if case.tax is not None:
        if small is not None and case.tax < small.by_status(case.status):
            return f"tax of {case.state} is less than ${small.by_status(case.status):,}"
        left = case.tax - case.withholding
        if least is not None and left < least.by_status(case.status):
            return f"tax of {case.state} after withholding is less than ${least.by_status(case.status):,}"
        if most is not None and left <= most.by_status(case.status):
            return f"tax of {case.state} after withholding is no more than ${most.by_status(case.status):,}"
    before = table.maybe("estimated_none_after_less")
    if before is not None and case.prior_tax is not None and case.prior_tax < before.by_status(case.status):
        return f"tax of {case.state} in the year before was less than ${before.by_status(case.status):,}"
    if case.prior_tax == 0 and table.switch("estimated_none_after_no_tax"):
        return f"there was no tax of {case.state} in the year before"
    if case.withholding >= required:
        return "withholding covers the required payment"
    return ""


def _current_year(case: StateYearTax, table: StateTable) -> Line | None:
    if case.tax is None:
        return None
    share = table.figure("estimated_current_fraction")
    label = f"{share.amount():.0%} of this year's tax"
    return _line(table, "this year", label, case.tax * share.amount(), (share,))


def _prior_year(case: StateYearTax, table: StateTable) -> Line | None:
    """Return the last year's measure; None where it is not told, or does not count.

    By some law a year without tax does not count, nor does any where the income of this one is too high.
    """
    if case.prior_tax is None or is_barred(case, table):
        return None
    if case.prior_tax == 0 and table.switch("estimated_prior_needs_tax"):
        return None
    figures = [table.figure(PRIOR_FRACTION)]
    high = table.maybe("estimated_high_agi")
    if high is not None and (case.prior_agi is None or case.prior_agi > high.by_status(case.status)):
        figures = [table.figure("estimated_prior_fraction_high"), high]
    part = figures[0].amount()
    return _line(table, "prior year", f"{part:.0%} of the prior year's tax", case.prior_tax * part, figures)


def is_barred(case: StateYearTax, table: StateTable) -> bool:
    """Say if the last year's tax does not count: the income of the year is too high for it, or is not known."""
    barred = table.maybe(NO_PRIOR_FROM)
    return barred is not None and (case.agi is None or case.agi >= barred.by_status(case.status))


def _line(
    table: StateTable,
    number: str,
    label: str,
    amount: Decimal,
    figures: tuple[Figure, ...] | list[Figure],
    inputs: list[Line] | None = None,
) -> Line:
    form = table.figure("estimated_form").text()
    cites = () if figures else (table.figure(SHARES).cite,)
    return line((form, number), label, amount, figures=figures, inputs=inputs or (), cites=cites)


def installments(required: Decimal, law: Law, state: str, year: int) -> tuple[Installment, ...]:
    """Return the parts of the year, each with the state's day, the last day on time, and its share of *required*.

    A share of 0 is left out (California's third). A day of January is of the year after.
    """
    table = StateTable(law, state, year)
    if not table.has(SHARES):
        return ()
    shares = table.figure(SHARES).amounts()
    made = []
    for number, (share, day) in enumerate(zip(shares, statutory_days(table), strict=True), start=1):
        if share:
            made.append(Installment(number, day, next_business_day(day), required * share))
    return tuple(made)


def statutory_days(table: StateTable) -> tuple[date, ...]:
    """Return the days of the year's installments as the state's law names them."""
    days: list[date] = []
    for told in table.figure("estimated_days").texts():
        day = date.fromisoformat(f"{table.year}-{told}")
        days.append(day if not days or day > days[-1] else date.fromisoformat(f"{table.year + 1}-{told}"))
    return tuple(days)


def withheld_on(withholding: Decimal, law: Law, state: str, year: int) -> tuple[Paid, ...]:
    """Return what is withheld in the year in parts of its installments, each on the state's day.

    So FTB 5805 takes it ("considered to have paid the required amounts on each payment due date"), and where the parts
    are alike it is 26 U.S.C. 6654(g)(1), which the other states follow.
    """
    parts = installments(withholding, law, state, year) if withholding else ()
    return tuple(Paid(each.statutory, each.required) for each in parts)
