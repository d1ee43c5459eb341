"""The underpayment rate: a calendar quarter at a time, for interest on late tax and for the estimated tax penalty.

Law: 26 U.S.C. 6621(a)(2), (b)(1) and (b)(2)(A): the Federal short-term rate and 3 points, for each calendar quarter. A
quarter's rate is announced before it begins, so that a year's are known in part while it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.figures import first_of_quarter, quarter_of
from lotwork.rules.load import Law

T = TypeVar("T")


def rate_on(day: date, law: Law) -> tuple[Decimal, str]:
    """Return the yearly rate of the quarter *day* lies in, and the law it rests on; unknown till it is announced."""
    figure = law.figure("us/estimated/underpayment_rate", first_of_quarter(day))
    return figure.amounts()[quarter_of(day) - quarter_of(figure.from_)], figure.citation


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
            through = max(first, first_of_quarter(through) - timedelta(days=1))


def rate_unknown(through: date, what: str) -> str:
    """Return in words that *what* runs *through* the last day whose rate is known, and how the next is recorded."""
    following = first_of_quarter(through + timedelta(days=1))
    return (
        f"the rate of interest on underpayments after {through} is not in the law data, so {what} runs through that "
        f"day only: record it with `lotwork add rule figure=us/estimated/underpayment_rate from={following} "
        "'value=[\"0.07\"]' cite=… reason=…`, in the place of 0.07 the rate announced for that quarter, and those of "
        "the quarters after it as far as they are known; or upgrade Lotwork"
    )
