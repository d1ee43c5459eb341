"""Additional Medicare Tax: 0.9 percent above the threshold (26 U.S.C. 1401(b)(2), 3101(b)(2)).

Wages use the threshold first; self-employment income has what they leave of it (26 U.S.C. 1401(b)(2)(B)).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

FORM = "Form 8959"
CITES = ("26 U.S.C. 1401(b)(2)", "26 U.S.C. 3101(b)(2)")


class MedicareTax(msgspec.Struct, frozen=True):
    """Form 8959, line by line."""

    of_wages: tuple[Line, ...]
    """Lines 4 to 6."""
    on_wages: Line
    of_earnings: tuple[Line, ...]
    """Lines 8, 11 and 12."""
    on_earnings: Line
    tax: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        return (*self.of_wages, self.on_wages, *self.of_earnings, self.on_earnings, self.tax)


def form_8959(wages: Line, earnings: Sequence[Line], status: FilingStatus, law: Law, year: int) -> MedicareTax:
    """Form 8959 from Medicare *wages* and taxed net *earnings* (SE line 6), of both spouses if they file jointly."""
    threshold, rate = (
        law.in_year("us/additional_medicare/threshold", year),
        law.in_year("us/additional_medicare/rate", year),
    )
    limit = threshold.by_status(status)
    four = line((FORM, "4"), "Medicare wages", wages.amount, cites=CITES, inputs=(wages,))
    five = line((FORM, "5"), "Threshold", limit, figures=(threshold,))
    six = line((FORM, "6"), "Wages above it", max(ZERO, wages.amount - limit), cites=CITES, inputs=(four, five))
    on_wages = line((FORM, "7"), "Tax on wages", six.amount * rate.amount(), inputs=(six,), figures=(rate,))
    earned = sum((each.amount for each in earnings), ZERO)
    eight = line((FORM, "8"), "Net earnings", earned, cites=CITES, inputs=earnings)
    left = max(ZERO, limit - wages.amount)
    eleven = line((FORM, "11"), "Threshold that wages leave", left, cites=CITES, inputs=(four, five))
    over = max(ZERO, earned - left)
    twelve = line((FORM, "12"), "Net earnings above it", over, cites=CITES, inputs=(eight, eleven))
    on_earnings = line(
        (FORM, "13"),
        "Tax on self-employment income",
        twelve.amount * rate.amount(),
        inputs=(twelve,),
        figures=(threshold, rate),
    )
    tax = line(
        (FORM, "18"),
        "Additional Medicare Tax",
        on_wages.amount + on_earnings.amount,
        cites=("26 U.S.C. 1401(b)(2)",),
        inputs=(on_wages, on_earnings),
    )
    return MedicareTax((four, five, six), on_wages, (eight, eleven, twelve), on_earnings, tax)
