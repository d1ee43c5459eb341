"""The underpayment rate: a calendar quarter at a time, for interest on late tax and for the estimated tax penalty.

Law: 26 U.S.C. 6621(a)(2), (b)(1) and (b)(2)(A): the Federal short-term rate and 3 points, for each calendar quarter.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lotwork.rules.load import Law

QUARTER_MONTHS = 3


def rate_on(day: date, law: Law) -> tuple[Decimal, str]:
    """Return the yearly rate of the quarter *day* lies in, and the law it rests on."""
    figure = law.in_year("us/estimated/underpayment_rate", day.year)
    return figure.amounts()[(day.month - 1) // QUARTER_MONTHS], figure.citation
