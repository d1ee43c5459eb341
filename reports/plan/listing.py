"""What the listings of every plan have: the year they are for, and what none of them covers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from lotwork.ledger.units import zero_unsigned
from lotwork.reports.rows import Row

RATE = Decimal("0.000001")
NOT_STATES = ("state income tax",)
"""What no plan of a year's federal tax covers."""


class PlanListing(Row, frozen=True, kw_only=True):
    """What every plan is for: a tax year."""

    year: int


def rate_text(rate: Decimal) -> str:
    """Return a rate as a decimal fraction, to the millionth."""
    return f"{zero_unsigned(rate.quantize(RATE, ROUND_HALF_UP)):f}"
