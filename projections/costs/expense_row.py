"""An expense as every listing and every form tells it: what was paid, where it stands, what of it is business."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, TypeAlias

from lotwork.ledger.events import BUSINESS, Activity
from lotwork.projections.costs.usage import CITE

Day: TypeAlias = date


class ExpenseRow(NamedTuple):
    """One expense: what was paid, on which line it stands, and what of it is business."""

    expense: str
    date: date
    category: str
    line: str
    label: str
    amount_usd_micros: int
    business_share: str
    deductible_usd_micros: int
    share_by: str = "business_share"
    """What the share was measured by."""
    share_from: str | None = None
    """The `usage` event it was measured in."""
    cites: tuple[str, ...] = (CITE,)
    """The law of the share, and of a limit where there is one."""
    activity: Activity = BUSINESS
    """What the activity was when it was paid."""
    bill_of: Day | None = None
    """Of a refund: the day of the bill."""
    came_back_usd_micros: int = 0
    """Of a refund in a later year: what came back of what was deducted."""
    not_income_usd_micros: int | None = None
    """What of it lowered no tax of the bill's year, where a person said (26 U.S.C. 111(a))."""
    paid_on: Day | None = None
    """Of a bill that is spread: the day it was paid."""
    sold_on: Day | None = None
    """Of a small item: the day it was sold."""
