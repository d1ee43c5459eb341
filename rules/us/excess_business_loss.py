"""Excess business losses: what exceeds the threshold is not deducted this year (26 U.S.C. 461(l); Form 461).

Wages are no business income, and gain on coins held as an investment is none either; gain of business property counts,
capital gain of it as far as capital gain was taken at all (461(l)(3)(B)). The loss above the threshold is next year's
net operating loss (461(l)(2)).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

FORM = "Form 461"


class ExcessLoss(msgspec.Struct, frozen=True):
    """Form 461: what is added back as a positive amount, and the lines before it."""

    excess: Line
    steps: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order; the steps only where there is a loss to limit."""
        return (*self.steps, self.excess)


def excess_business_loss(
    businesses: Sequence[Line],
    ordinary: Line,
    taken: Line,
    section_1231: Line,
    status: FilingStatus,
    law: Law,
    year: int,
) -> ExcessLoss:
    """Form 461 from each Schedule C, Form 4797's ordinary part, Schedule D's *taken* line and its business gain."""
    cites = ("26 U.S.C. 461(l)(3)(A)",)
    counted = min(max(ZERO, taken.amount), section_1231.amount)
    nine = line(
        (FORM, "9"),
        "Income and losses of lines 2 to 8",
        sum((each.amount for each in businesses), ZERO) + taken.amount + ordinary.amount,
        cites=cites,
        inputs=(*businesses, taken, *((ordinary,) if ordinary.amount else ())),
    )
    ten = line((FORM, "10"), "Gain that is no business income", max(ZERO, taken.amount) - counted, inputs=(taken,),
               cites=("26 U.S.C. 461(l)(3)(B)(ii)",))  # fmt: skip
    eleven = line((FORM, "11"), "Loss that is no business loss", max(ZERO, -taken.amount), inputs=(taken,),
                  cites=("26 U.S.C. 461(l)(3)(B)(i)",))  # fmt: skip
    fourteen = line(
        (FORM, "14"),
        "Business income or loss",
        nine.amount - ten.amount + eleven.amount,
        cites=cites,
        inputs=(nine, ten, eleven),
    )
    threshold = law.in_year("us/excess_business_loss/threshold", year)
    limit = line((FORM, "15"), "Threshold", threshold.by_status(status), figures=(threshold,))
    excess = line(
        (FORM, "16"),
        "Excess business loss",
        max(ZERO, -fourteen.amount - limit.amount),
        inputs=(fourteen, limit),
        cites=("26 U.S.C. 461(l)(1)(B)",),
        figures=(threshold,),
    )
    return ExcessLoss(excess, (nine, ten, eleven, fourteen, limit))
