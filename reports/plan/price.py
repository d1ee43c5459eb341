"""The price that a plan reckons with, and what it rests on."""

from __future__ import annotations

from lotwork.projections.plan.price import PlanPrice
from lotwork.reports.rows import Day, Price, Row, Words


class PriceRow(Row, frozen=True, kw_only=True):
    """A price with what it rests on; one that was given has no day."""

    asset: str
    price_usd: Price
    source: Words
    day: Day | None


def price_row(price: PlanPrice) -> PriceRow:
    """Return a price with what it rests on."""
    return PriceRow(asset=price.asset, price_usd=price.price_usd, source=price.source, day=price.day)
