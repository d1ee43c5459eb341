"""One row of metered electricity: a reading, or a charge beside the kWh."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, TypeAlias

Day: TypeAlias = date


class MeteredCost(NamedTuple):
    """What the electricity of one reading cost, or what a month was charged beside it, on the day it was paid."""

    energy: str
    """The id of the reading, or of the tariff that charges."""
    date: date
    meter: str
    kwh_thousandths: int
    amount_usd_micros: int
    business_share: str
    deductible_usd_micros: int
    paid_at: datetime
    used_from: Day
    used_to: Day
    """The first day it is for, and the day of its end."""
