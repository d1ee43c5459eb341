"""A corporation's estimated tax: how much of it is due on which day of a calendar year (26 U.S.C. 6655).

Installments by the income of each part of the year (6655(e)), and what is added for one that was paid late or not
(6655(a)), are not computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import LETTERS, Installment, next_business_day

FORM = "Form 2220"


class CorporateEstimated(msgspec.Struct, frozen=True):
    """What a year asks for: the four installments, none below the threshold; and whose measure they follow."""

    required: Line | None
    """Line 5: the required annual payment."""
    installments: tuple[Installment, ...]
    lines: tuple[Line, ...]


def corporate_estimated(
    tax: Line, law: Law, year: int, *, prior_tax: Decimal | None = None, large: bool = False
) -> CorporateEstimated:
    """Return the installments of a calendar year whose *tax* is that of line 31.

    *prior_tax* is the tax that the return for the twelve months before showed; None where there was none, or it showed
    no tax: then the year's own tax is the only measure (6655(d)(1), last sentence). A *large* corporation may use it
    "for purposes of determining the amount of the 1st required installment" alone, and makes up the next what that
    saved (6655(d)(2)(B)). "Less than $500" of tax asks for nothing (6655(f)).
    """
    least = law.in_year("us/c_corporation/estimated_threshold", year)
    if tax.amount < least.amount():
        return CorporateEstimated(None, (), ())
    own = law.in_year("us/c_corporation/current_year_fraction", year)
    before = law.in_year("us/c_corporation/prior_year_fraction", year)
    part = law.in_year("us/c_corporation/installment_fraction", year)
    measure = tax.amount * own.amount()
    prior = measure if not prior_tax else min(measure, prior_tax * before.amount())
    whole = measure if large else prior
    required = line(
        (FORM, "5"),
        "Required annual payment",
        whole,
        cites=("26 U.S.C. 6655(d)(1)(B), (d)(2)(A)",),
        inputs=(tax,),
        figures=(own, before, least),
    )
    each = whole * part.amount()
    saved = each - prior * part.amount() if large else ZERO
    days = [
        date.fromisoformat(f"{year}-{day}") for day in law.in_year("us/c_corporation/installment_days", year).texts()
    ]
    amounts = (each - saved, each + saved, each, each)
    dues = tuple(
        Installment(number, day, next_business_day(day), amount)
        for number, (day, amount) in enumerate(zip(days, amounts, strict=True), start=1)
    )
    return CorporateEstimated(required, dues, (required, *_columns(dues, required)))


def _columns(dues: tuple[Installment, ...], required: Line) -> Iterator[Line]:
    """Yield line 10 of each column."""
    for due in dues:
        where = (FORM, f"10{LETTERS[due.quarter - 1]}")
        cites = ("26 U.S.C. 6655(c), (d)(1)(A), 7503",)
        yield line(where, f"Required installment, due {due.due}", due.required, cites=cites, inputs=(required,))
