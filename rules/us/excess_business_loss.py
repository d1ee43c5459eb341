"""Excess business losses: what exceeds the threshold is not deducted this year (26 U.S.C. 461(l); Form 461).

Wages are no business income, and gain on coins held as an investment is none either; the loss above the threshold
becomes part of next year's net operating loss.
"""

from __future__ import annotations

from decimal import Decimal

from rules.figures import FilingStatus
from rules.line import Line, line
from rules.load import Law

ZERO = Decimal(0)


def excess_business_loss(business: Line, status: FilingStatus, law: Law, year: int) -> Line:
    """Schedule 1 line 8p: the part of a business loss above the threshold, added back as a positive amount."""
    threshold = law.in_year("us/excess_business_loss/threshold", year)
    return line(
        ("Form 461", "16"),
        "Excess business loss",
        max(ZERO, -business.amount - threshold.by_status(status)),
        inputs=(business,),
        figures=(threshold,),
    )
