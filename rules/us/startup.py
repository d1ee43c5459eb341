"""Start-up costs: a little at once, the rest over fifteen years (26 U.S.C. 195; Form 4562, Part VI).

Law: what would be deducted if the business ran already, but was spent before "the day on which the active trade or
business begins", is no expense of its year. In the year of that day 5,000 is deducted, "reduced (but not below zero) by
the amount by which such start-up expenditures exceed $50,000"; the rest "ratably over the 180-month period beginning
with the month in which the active trade or business begins". Interest and taxes are no start-up costs (195(c)(1)).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from lotwork.ledger.units import MICRO, MONTHS, ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.form_4562 import FORM

WORKSHEET = "Start-up costs"


class StartupYear(msgspec.Struct, frozen=True, kw_only=True):
    """Start-up costs in one year: what was deducted at once, what was amortized, and what is left."""

    cost: Decimal
    at_once: Decimal
    amortized: Decimal
    left: Decimal
    lines: tuple[Line, ...]

    @property
    def deducted(self) -> Decimal:
        """Both together: another expense of Schedule C, Part V."""
        return self.at_once + self.amortized

    def with_another(self, other: StartupYear) -> StartupYear:
        """Return both together, where the business began more than once."""
        return StartupYear(
            cost=self.cost + other.cost,
            at_once=self.at_once + other.at_once,
            amortized=self.amortized + other.amortized,
            left=self.left + other.left,
            lines=(*self.lines, *other.lines),
        )


def startup_year(cost: Decimal, began: date, year: int, law: Law) -> StartupYear:
    """Return what of *cost* is deducted in *year* by a business that *began* on a day."""
    if year < began.year or not cost:
        return StartupYear(cost=cost, at_once=ZERO, amortized=ZERO, left=cost, lines=())
    most, above, over = (
        law.figure(f"us/startup/{name}", began) for name in ("deducted_at_once", "reduced_above", "amortized_over")
    )
    first = min(cost, max(ZERO, most.amount() - max(ZERO, cost - above.amount())))
    rest, months = cost - first, int(over.amount())
    through = _through(rest, months, (year - began.year + 1) * MONTHS - began.month + 1)
    before = _through(rest, months, (year - began.year) * MONTHS - began.month + 1)
    at_once = first if year == began.year else ZERO
    told: tuple[Line, ...] = ()
    if at_once:
        told = (
            line(
                (WORKSHEET, "1"),
                "Start-up costs deducted at once",
                at_once,
                cites=("26 U.S.C. 195(b)(1)(A)",),
                figures=(most, above),
            ),
        )
    return StartupYear(
        cost=cost,
        at_once=at_once,
        amortized=through - before,
        left=rest - through,
        lines=(*told, *_part_vi(began, year, through - before, over)),
    )


def _through(rest: Decimal, months: int, passed: int) -> Decimal:
    """Return what of *rest* is deducted in the first *passed* months, so rounded that all years add up to it."""
    return (rest * min(max(passed, 0), months) / months).quantize(MICRO)


def _part_vi(began: date, year: int, amortized: Decimal, over: Figure) -> tuple[Line, ...]:
    """Form 4562, Part VI: line 42 for costs whose amortization begins this year, 43 for earlier ones, 44 the total."""
    if not amortized:
        return ()
    number, label = ("42", "begins this year") if year == began.year else ("43", "began before")
    cites = ("26 U.S.C. 195(b)(1)(B)",)
    part = line((FORM, number), f"Amortization of costs that {label}", amortized, cites=cites, figures=(over,))
    return part, line((FORM, "44"), "Amortization", amortized, cites=cites, inputs=(part,))
