"""What it costs to pay late: interest, compounded daily, and the addition for failure to pay.

Law: interest runs on tax not paid by the last day prescribed for payment, without regard to any extension (26 U.S.C.
6601(a), (b)(1)), at the underpayment rate of each calendar quarter (6621), compounded daily (6622(a)).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.calendar import add_months, days_in
from lotwork.rules.us.underpayment_rate import rate_on

FORM = "Late payment"
DIGITS = 60
"""Daily compounding over years, exact far below the cent."""


class PaidOn(NamedTuple):
    """So many dollars paid on a day."""

    day: date
    amount: Decimal


class Interest(msgspec.Struct, frozen=True):
    """Interest through a day; earlier than asked for where the rate of a later day is not known."""

    total: Line
    through: date


def interest(unpaid: Decimal, paid: Iterable[PaidOn], after: date, through: date, law: Law) -> Interest:
    """Return the interest on *unpaid* tax after the day *after*, less what is *paid* later, through *through*."""
    made: dict[date, Decimal] = {}
    for each in paid:
        made[each.day] = made.get(each.day, ZERO) + each.amount
    balance, charged, day = unpaid, ZERO, after
    cites: dict[str, None] = {}
    with localcontext() as context:
        context.prec = DIGITS
        while day < through and balance > 0:
            following = day + timedelta(days=1)
            try:
                rate, cite = rate_on(following, law)
            except UnknownFigureError:
                break
            day = following
            added = max(balance, ZERO) * rate / days_in(day.year)
            cites[cite] = None
            charged += added
            balance += added - made.get(day, ZERO)
        reached = through if balance <= 0 else day
        total = line(
            (FORM, "interest"),
            "Interest on tax paid late",
            +charged,
            cites=("26 U.S.C. 6601(a)", "26 U.S.C. 6622(a)", *cites),
        )
    return Interest(total, reached)


def failure_to_pay(shown: Decimal, paid: Iterable[PaidOn], due: date, through: date, law: Law) -> Line:
    """Return the addition on tax *shown* and not paid by *due*: 0.5 percent for each month or fraction of one.

    Each month's is figured on what is unpaid at its beginning (26 U.S.C. 6651(b)(2)); it never exceeds 25 percent.
    """
    rate = law.in_year("us/late_payment/failure_to_pay_rate", due.year)
    most = law.in_year("us/late_payment/failure_to_pay_most", due.year)
    made = sorted(paid)
    added, months = ZERO, 0
    while months * rate.amount() < most.amount():
        begins = add_months(due, months)
        unpaid = shown - sum((each.amount for each in made if each.day <= begins), ZERO)
        if unpaid <= 0 or begins >= through:
            break
        added += unpaid * rate.amount()
        months += 1
    return line(
        (FORM, "failure to pay"),
        "Addition for tax shown and not paid",
        added,
        cites=("26 U.S.C. 6651(a)(2), (b)(2)",),
        figures=(rate, most),
    )
