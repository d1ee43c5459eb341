"""What a bill pays for beyond its year: deducted when it is paid, or in the years it is for.

Law: what is paid ahead is deducted when it is paid where the benefit does not go on beyond the earlier of 12 months
after it begins and the end of the year after the payment (Treas. Reg. 1.263(a)-4(f)(1)); else it is spread over the
months it is for, as in Pub. 538's insurance of three years. Only what is still ahead is spread: what lies in the year
of the payment or before it is deducted with the payment.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from lotwork.ledger.units import MONTHS, ONE_DAY, divide

CITE = "Treas. Reg. 1.263(a)-4(f)(1)"


class Part(NamedTuple):
    """What of a bill is deducted in one year, as a part of the whole; on the day it was paid, or on the year's last."""

    day: date
    before: Fraction
    through: Fraction

    def of(self, usd_micros: int) -> int:
        """Return this part of an amount; all parts of it add up to it."""
        return divide(usd_micros * self.through.numerator, self.through.denominator) - divide(
            usd_micros * self.before.numerator, self.before.denominator
        )


def parts_of(paid: date, begin: date, end: date) -> tuple[Part, ...]:
    """Return when a bill *paid* on a day for *begin* to *end* is deducted; the day *end* is no more paid for.

    Whole months may be told with their last day too: both spellings mean the same.
    """
    end = _whole_months(begin, end)
    whole = _months(begin, end)
    if end <= _later(begin, MONTHS) and end <= date(paid.year + 2, 1, 1):
        return (Part(paid, Fraction(0), Fraction(1)),)
    parts, before = [], Fraction(0)
    for year in range(paid.year, max(paid.year, (end - ONE_DAY).year) + 1):
        new_year = date(year + 1, 1, 1)
        through = Fraction(0) if new_year <= begin else _months(begin, min(end, new_year)) / whole
        if through > before:
            last = min(end, new_year) - ONE_DAY
            parts.append(Part(paid if year == paid.year else last, before, through))
        before = through
    return tuple(parts)


def _whole_months(begin: date, end: date) -> date:
    """Return the day after the span: *end*, or the next one where *end* was the last day of whole months."""
    after = end + ONE_DAY
    return after if _months(begin, end).denominator != 1 and _months(begin, after).denominator == 1 else end


def _months(begin: date, end: date) -> Fraction:
    """Return how many months lie between two days, a part of a month by its days."""
    count = (end.year - begin.year) * MONTHS + end.month - begin.month
    while _later(begin, count) > end:
        count -= 1
    since, until = _later(begin, count), _later(begin, count + 1)
    return count + Fraction((end - since).days, (until - since).days)


def _later(day: date, months: int) -> date:
    """Return the day of the same number *months* later, or the last day of a month that has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // MONTHS, month % MONTHS + 1
    following = date(year + month // MONTHS, month % MONTHS + 1, 1)
    return date(year, month, min(day.day, (following - ONE_DAY).day))
