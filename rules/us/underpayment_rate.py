"""The underpayment rate: a calendar quarter at a time, for interest on late tax and for the estimated tax penalty.

Law: 26 U.S.C. 6621(a)(2), (b)(1) and (b)(2)(A): the Federal short-term rate and 3 points, for each calendar quarter.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law

T = TypeVar("T")
QUARTER_MONTHS = 3


def rate_on(day: date, law: Law) -> tuple[Decimal, str]:
    """Return the yearly rate of the quarter *day* lies in, and the law it rests on."""
    figure = law.in_year("us/estimated/underpayment_rate", day.year)
    return figure.amounts()[(day.month - 1) // QUARTER_MONTHS], figure.citation


def as_far_as_known(reckon: Callable[[date], T], first: date, through: date) -> tuple[T, date]:
    """Return what *reckon* makes of *through*, or of the last end of a quarter before it whose rates are known.

    A quarter's rate is announced in the month before it, so that a penalty still open then is known in part. *first* is
    the day from which on rates are asked for: on that day none is.
    """
    while True:
        try:
            return reckon(through), through
        except UnknownFigureError:
            if through <= first:
                raise
            begun = through.replace(month=(through.month - 1) // QUARTER_MONTHS * QUARTER_MONTHS + 1, day=1)
            through = max(first, begun - timedelta(days=1))
