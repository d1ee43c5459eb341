"""What the activity earned in dollars, where no coin came: hosting, credits for switching off, parts that were sold."""

from __future__ import annotations

from typing import Literal

from lotwork.ledger.kinds.event_base import EventBase, Owner, Usd


class BusinessIncome(EventBase, frozen=True, kw_only=True, tag="business_income"):
    """Dollars the activity received, when it received them (26 U.S.C. 61(a), 451(a))."""

    category: Literal["hosting", "services", "curtailment", "parts", "refund", "rebate", "insurance", "other"]
    amount_usd_micros: Usd
    owner: Owner | None = None
    """Whose it is on a joint return; left out: the taxpayer's."""

    def __post_init__(self) -> None:
        if self.amount_usd_micros <= 0:
            raise self.refuse("income has an amount above 0")
