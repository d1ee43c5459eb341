"""Losses that have become worth taking: open lots whose price has come down to the level that pays for a sale.

The levels are those of `lotwork plan harvest`; the price is the last one the log knows of each asset.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lotwork.alerts.rules import Loss
from lotwork.ledger.units import unscaled
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.plan.harvest import harvest_levels
from lotwork.projections.plan.next_year import law_of_plan
from lotwork.projections.plan.price import Fee, last_prices
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law


def losses(book: Book, today: date, fee: str) -> list[Loss]:
    """Return, by asset, the lots whose loss is worth more than the *fee* ("0.5%" or dollars) at the last price known.

    Raises UnknownFigureError where the law is not known for the year.
    """
    law, _ = law_of_plan(law_in_force(book.history, Law.load()), today.year)
    prices = last_prices(book, today)
    reached: dict[str, list[int]] = {}
    for level in harvest_levels(book, law, today, Fee.parse(fee)):
        price = prices.get(level.asset)
        if price is not None and Decimal(price.price_usd) <= level.price_usd:
            reached.setdefault(level.asset, []).append(level.quantity)
    return [
        Loss(
            asset,
            prices[asset].price_usd,
            len(quantities),
            unscaled(sum(quantities), book.history.assets.decimals(asset)),
        )
        for asset, quantities in sorted(reached.items())
    ]
