"""Additional Medicare Tax: 0.9 percent above the threshold (26 U.S.C. 1401(b)(2), 3101(b)(2)).

Wages use the threshold first; self-employment income has what they leave of it (26 U.S.C. 1401(b)(2)(B)).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rules.figures import FilingStatus
from rules.line import Line, line
from rules.load import Law

FORM = "Form 8959"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class MedicareTax:
    """Form 8959, line by line."""

    on_wages: Line
    on_earnings: Line
    tax: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        return (self.on_wages, self.on_earnings, self.tax)


def form_8959(wages: Line, earnings: Line, status: FilingStatus, law: Law, year: int) -> MedicareTax:
    """Form 8959 from Medicare *wages*, of both spouses if they file jointly, and taxed net *earnings* (SE line 6)."""
    threshold, rate = (
        law.in_year("us/additional_medicare/threshold", year),
        law.in_year("us/additional_medicare/rate", year),
    )
    limit, figures = threshold.by_status(status), (threshold, rate)
    over = max(ZERO, wages.amount - limit)
    left = max(ZERO, limit - wages.amount)
    on_wages = line((FORM, "7"), "Tax on wages", over * rate.amount(), inputs=(wages,), figures=figures)
    on_earnings = line(
        (FORM, "13"),
        "Tax on self-employment income",
        max(ZERO, earnings.amount - left) * rate.amount(),
        inputs=(earnings, wages),
        figures=figures,
    )
    tax = line(
        (FORM, "18"),
        "Additional Medicare Tax",
        on_wages.amount + on_earnings.amount,
        cites=("26 U.S.C. 1401(b)(2)",),
        inputs=(on_wages, on_earnings),
    )
    return MedicareTax(on_wages, on_earnings, tax)
