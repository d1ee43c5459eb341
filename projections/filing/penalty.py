"""The last lines of a return as it is filed: what comes back, what is applied to the next year, and the penalty.

Law: the penalty for underpaid estimated tax (26 U.S.C. 6654) stands on line 38; it is added to what is owed on line 37,
or taken from the overpayment on line 34 (Form 1040 instructions, line 38). It runs through April 15: a return is taken
to be filed with its tax paid by then. Who files may leave the line empty, and the IRS sends a bill. What the tax comes
to later moves no penalty of a return that was filed: the lines are told again with the one that stood on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import msgspec

from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.filing.filed import FiguresAsFiled, LineAsFiled, figures_that_count
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability, liability
from lotwork.projections.quarterly import quarterly
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.traced_lines import TracedLine
from lotwork.rules.line import Line, line, to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.estimated_penalty import APRIL, APRIL_15
from lotwork.rules.us.form_1040 import FORM

TAX, PAID, OVERPAID, OWED = (f"{FORM} line {number}" for number in ("24", "33", "34", "37"))
RATE_UNKNOWN = "underpayment_rate_unknown"
DOUBTS: Mapping[str, str] = MappingProxyType(
    {
        "prior_year_unknown": "; last year's tax is not recorded and may ask for less",
        "annualized_share_assumed": "; the year's amounts shared evenly over its months",
        RATE_UNKNOWN: ", as far as the rate of interest is known",
    }
)
"""What is told on line 38 of each finding that it rests on."""


def return_of(book: Book, law: Law, year: int, today: date, *, tax_table: bool, as_filed: bool) -> Liability:
    """Return the liability of *year*; asked for as a return that is filed, once the year is over, with its last lines.

    *as_filed* tells a return again that was filed: one that was filed without these lines is told without them.
    """
    owed = liability(book, law, year, tax_table=tax_table or as_filed)
    if not (as_filed or (tax_table and today.year > year)):
        return owed
    return owed if as_filed and _was_filed_without(book, year) else with_penalty(book, law, owed)


def _was_filed_without(book: Book, year: int) -> bool:
    figures = figures_that_count(book.history, year)
    return figures is not None and _penalty_of(figures.lines) is None


def _penalty_of(lines: Iterable[LineAsFiled]) -> Decimal | None:
    return next((Decimal(each.amount_usd) for each in lines if (each.form, each.line) == (FORM, "38")), None)


def with_penalty(book: Book, law: Law, owed: Liability) -> Liability:
    """Return the return of *owed* with its last lines, the penalty by the method that costs less among them.

    What is doubtful about it stands on its line, and stops no filing: a penalty nobody figured is billed. Only a rate
    that is not known yet is a finding.
    """
    told = quarterly(book, law, owed, date(owed.year + 1, APRIL, APRIL_15))
    penalty = to_cents(told.penalty)
    label, findings = "Estimated tax penalty", tuple[Finding, ...]()
    if penalty:
        codes = {finding.code: finding for finding in told.findings}
        label += "".join(words for code, words in DOUBTS.items() if code in codes)
        findings = tuple(finding for code, finding in codes.items() if code == RATE_UNKNOWN)
    cites = tuple(dict.fromkeys(charge.cite for charge in told.charges))
    made = _with(owed, penalty, cites, label)
    return replace(made, findings=(*made.findings, *findings))


def beside(owed: Liability, filed: FiguresAsFiled) -> Liability:
    """Return *owed* with the last lines *filed* had, its penalty as it was: what is filed is held against the same."""
    stood = _penalty_of(filed.lines)
    return owed if stood is None else _with(owed, stood)


def _with(
    owed: Liability, penalty: Decimal, cites: tuple[str, ...] = (), label: str = "Estimated tax penalty"
) -> Liability:
    told = {each.ref: to_cents(each.amount) for each in owed.computed.second_page}
    net = told[TAX] - told[PAID] + penalty
    asked = usd_decimal(owed.facts.applied_to_next_year_usd_micros or 0)
    charged = line((FORM, "38"), label, penalty, cites=("26 U.S.C. 6654(a)", *cites))
    lines = tuple(_settled(owed.lines, net, (*_last(net, asked), charged)))
    return replace(owed, lines=lines, findings=(*owed.findings, *_too_much(owed.year, asked, max(ZERO, -net))))


def _last(net: Decimal, asked: Decimal) -> tuple[Line, Line]:
    """Lines 35a and 36."""
    over = max(ZERO, -net)
    applied = min(asked, over)
    back = line((FORM, "35a"), "Refund", over - applied, cites=("26 U.S.C. 6402(a)",), inputs=(OVERPAID,))
    onward = line((FORM, "36"), "Applied to next year's estimated tax", applied, cites=("26 U.S.C. 6402(b)",),
                  inputs=(OVERPAID,))  # fmt: skip
    return back, onward


def _settled(lines: tuple[TracedLine, ...], net: Decimal, last: tuple[Line, ...]) -> Iterator[TracedLine]:
    """Yield *lines* with the penalty in what is owed or overpaid, and the *last* lines after them."""
    changed = {OVERPAID: max(ZERO, -net), OWED: max(ZERO, net)}
    for each in lines:
        amount = changed.get(each.line.ref)
        yield each if amount is None else each._replace(line=msgspec.structs.replace(each.line, amount=amount))
        if each.line.ref == OWED:
            yield from (TracedLine(one, each.because, each.events) for one in last)


def _too_much(year: int, asked: Decimal, over: Decimal) -> tuple[Finding, ...]:
    if asked <= over:
        return ()
    return (
        Finding(
            "applied_above_overpayment",
            f"year_facts of {year} apply {to_cents(asked)} to the next year's estimated tax, and {to_cents(over)} is "
            "overpaid: as much is applied; correct applied_to_next_year_usd",
        ),
    )
