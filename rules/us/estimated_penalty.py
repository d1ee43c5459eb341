"""What was paid late: payments on the oldest installment first, and interest on what was open (Form 2210, Part III).

Law: 26 U.S.C. 6654(a), (b), (g) and (h), 6621 and 6622(b). Who is asked for the penalty may ask the IRS to waive it:
`WAIVERS` says when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.figures import QUARTER_MONTHS, quarter_of
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.calendar import days_in
from lotwork.rules.us.estimated import FORM, INSTALLMENTS, LETTERS, Installment, statutory_days
from lotwork.rules.us.underpayment_rate import rate_on

APRIL = 4
APRIL_15 = 15
WAIVERS = (
    (
        "a casualty, a disaster or another unusual circumstance made the underpayment, and a penalty would be against "
        "equity and good conscience (26 U.S.C. 6654(e)(3)(A))"
    ),
    (
        "you retired at 62 or later, or became disabled, in the year or the one before, and there was reasonable cause "
        "(26 U.S.C. 6654(e)(3)(B))"
    ),
)
"""Why the IRS may waive the penalty; nobody but the taxpayer can tell whether one of them is so."""


class Paid(msgspec.Struct, frozen=True):
    """Tax paid on a day."""

    on: date
    amount: Decimal


class Applied(NamedTuple):
    """What of a payment went to one installment: its place among the four, the day, and the amount."""

    place: int
    on: date
    amount: Decimal


class Charge(msgspec.Struct, frozen=True):
    """Interest on one underpayment over one span of one rate: after *after*, through *through*."""

    quarter: int
    underpaid: Decimal
    after: date
    through: date
    rate: Decimal
    amount: Decimal
    cite: str

    @property
    def days(self) -> int:
        """How many days the span has."""
        return (self.through - self.after).days


class Penalty(msgspec.Struct, frozen=True):
    """Form 2210, Part III, Section B: the total and each charge in it."""

    total: Line
    charges: tuple[Charge, ...]
    unpaid: tuple[Decimal, ...]
    """What of each installment is still unpaid."""


def with_withholding(payments: Iterable[Paid], withholding: Decimal, year: int) -> tuple[Paid, ...]:
    """Return *payments* and withholding in four equal parts on the statute's days (26 U.S.C. 6654(g)(1))."""
    parts = [Paid(day, withholding / INSTALLMENTS) for day in statutory_days(year)] if withholding else []
    return tuple(sorted((*payments, *parts), key=lambda paid: paid.on))


def applied(due: Sequence[Installment], payments: Iterable[Paid], known: date) -> Iterator[Applied]:
    """Yield what each payment covers: the oldest unpaid installment first, what is over the next (6654(b)(3)).

    What will only be withheld after *known* covers no installment due before it counts as paid (6654(g)(1)): else the
    withholding of December would stand for the payment of April, which meanwhile bears interest.
    """
    unpaid = [each.required for each in due]
    for paid in sorted(payments, key=lambda each: each.on):
        left = paid.amount
        for place, each in enumerate(due):
            used = min(left, unpaid[place])
            if used <= 0 or known < paid.on > each.statutory:
                continue
            unpaid[place] -= used
            left -= used
            yield Applied(place, paid.on, used)


def penalty(
    due: Sequence[Installment], payments: Iterable[Paid], through: date, law: Law, *, filed_in_january: bool = False
) -> Penalty:
    """Return the addition to tax on what was paid late, up to *through* or April 15 of the next year (6654(a)-(b)).

    A payment made by the shifted day is on time, though the period begins at the statute's (7503). Interest is simple,
    by days of 365 or 366 (6622(b)). *filed_in_january*: the return was filed and its tax paid in full by January 31,
    which frees the fourth installment (6654(h)).
    """
    end = min(through, date(due[0].statutory.year + 1, APRIL, APRIL_15))
    unpaid = [each.required for each in due]
    charges: list[Charge] = []
    for part in applied(due, payments, end):
        unpaid[part.place] -= part.amount
        if part.on > due[part.place].due:
            charges += _charges(due[part.place], part.amount, min(part.on, end), law)
    for each, left in zip(due, unpaid, strict=True):
        if left > 0 and end > each.due:
            charges += _charges(each, left, end, law)
    told = [charge for charge in charges if not (filed_in_january and charge.quarter == INSTALLMENTS)]
    told.sort(key=lambda charge: (charge.quarter, charge.after))
    total = line(
        (FORM, "19"),
        "Penalty for underpaid estimated tax",
        sum((charge.amount for charge in told), ZERO),
        cites=("26 U.S.C. 6654(a)", "26 U.S.C. 6622(b)", *(charge.cite for charge in told)),
        inputs=[f"{FORM} line 17{letter}" for letter in LETTERS[: len(due)]],
    )
    return Penalty(total, tuple(told), tuple(unpaid))


def section_a(due: Sequence[Installment], payments: Iterable[Paid], origin: str = f"{FORM} line 9") -> tuple[Line, ...]:
    """Lines 10 to 18, a column an installment: what its window brought, what earlier ones left, what is short.

    What was paid after the last day is in no column: the penalty counts it on its day. *origin* names the line the
    installments come from.
    """
    lines: list[Line] = []
    made = list(payments)
    after, over, owing = date.min, ZERO, ZERO
    for each, letter in zip(due, LETTERS, strict=False):
        paid = sum((one.amount for one in made if after < one.on <= each.due), ZERO)
        available = paid + over
        left = max(ZERO, available - owing)
        still = owing - available if left == 0 and owing > available else ZERO
        short, over_now = max(ZERO, each.required - left), max(ZERO, left - each.required)
        told = (
            ("10", "Required installment", each.required),
            ("11", "Paid and withheld since the installment before", paid),
            ("12", "Overpayment of the column before", over),
            ("13", "Lines 11 and 12", available),
            ("14", "Underpayments of the columns before", owing),
            ("15", "Left for this installment", left),
            ("16", "Still owed on the columns before", still),
            ("17", "Underpayment", short),
            ("18", "Overpayment", over_now),
        )
        inputs: tuple[str, ...] = (origin,)
        for number, label, amount in told:
            lines.append(
                line((FORM, f"{number}{letter}"), label, amount, cites=("26 U.S.C. 6654(b)(1), (3)",), inputs=inputs)
            )
            inputs = (lines[-1].ref,)
        after, over, owing = each.due, over_now, still + short
    return tuple(lines)


def interest_of_a_day(amount: Decimal, day: date, law: Law) -> Decimal:
    """Return what *amount* costs on *day* while it is unpaid."""
    rate, _ = _rate(day, law)
    return amount * rate / days_in(day.year)


def _charges(due: Installment, underpaid: Decimal, through: date, law: Law) -> list[Charge]:
    """Cut the span after the statute's day at each change of rate or of the length of the year."""
    charges, after = [], due.statutory
    while after < through:
        first = after + timedelta(days=1)
        end = min(through, _span_end(first))
        rate, cite = _rate(first, law)
        days = Decimal((end - after).days)
        amount = underpaid * rate * days / days_in(first.year)
        charges.append(Charge(due.quarter, underpaid, after, end, rate, amount, cite))
        after = end
    return charges


def _span_end(day: date) -> date:
    """Return the last day of *day*'s calendar quarter, April 15 closing the first (26 U.S.C. 6621(b)(2)(B))."""
    if day.month == APRIL and day.day <= APRIL_15:
        return date(day.year, APRIL, APRIL_15)
    month = quarter_of(day) * QUARTER_MONTHS
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _rate(day: date, law: Law) -> tuple[Decimal, str]:
    """Return the rate on *day*; that of the first quarter holds through April 15 (26 U.S.C. 6621(b)(2)(B))."""
    early_april = day.month == APRIL and day.day <= APRIL_15
    return rate_on(date(day.year, 1, 1) if early_april else day, law)
