"""What each policy of recognition would have counted of a pool, side by side: when credited, and when paid.

Law: income counts when the taxpayer has dominion and control over it (26 U.S.C. 451; Notice 2014-21, A-8); which of the
two that is stands in the profile. The other one is shown beside it and is in no figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.doubts import named
from lotwork.ledger.units import value_usd_micros
from lotwork.projections.pricing import Prices
from lotwork.projections.replay.book import Book

E = TypeVar("E", e.Receipt, e.Transfer, e.Credit)
TAGS: Mapping[type[e.Event], str] = {e.Receipt: "receipt", e.Transfer: "transfer", e.Credit: "credit"}


class Side(msgspec.Struct):
    """What one policy counts: in the coin's smallest units, and in micro-dollars as far as a price is known."""

    quantity: int = 0
    value_usd_micros: int = 0
    unpriced: int = 0
    """Rows of whose instant no price is known."""


class PolicyMonth(msgspec.Struct):
    """One pool, month and coin by either policy."""

    pool: str
    month: str
    asset: str
    credited: Side = msgspec.field(default_factory=Side)
    paid: Side = msgspec.field(default_factory=Side)


class _Row(NamedTuple):
    """A credit or a payout."""

    pool: str
    asset: str
    at: datetime
    quantity: int
    value_usd_micros: int | None
    is_paid: bool


def policy_months(book: Book, year: int) -> list[PolicyMonth]:
    """Return the months of *year* of each pool and coin of which both credits and payouts are told.

    A payout is a receipt of another wallet than the one at the pool, or a transfer out of that one; both count in full.
    """
    rows = [*_rows(book)]
    sides: defaultdict[tuple[str, str], set[bool]] = defaultdict(set)
    for row in rows:
        sides[row.pool, row.asset].add(row.is_paid)
    prices = Prices(book.history.of_kind("price"))
    months: dict[tuple[str, str, str], PolicyMonth] = {}
    for row in rows:
        day = book.history.calendar.day(row.at)
        if day.year == year and len(sides[row.pool, row.asset]) == len((True, False)):
            key = row.pool, f"{day:%Y-%m}", row.asset
            name = book.income.work.name(row.pool)
            month = months.setdefault(key, PolicyMonth(name, key[1], row.asset))
            _count(book, month.paid if row.is_paid else month.credited, row, prices)
    return [months[key] for key in sorted(months)]


def _count(book: Book, side: Side, row: _Row, prices: Prices) -> None:
    value = row.value_usd_micros
    if value is None:
        quote, _ = prices.at(row.asset, row.at)
        decimals = book.history.assets.decimals(row.asset)
        value = None if quote is None else value_usd_micros(row.quantity, quote.price_usd, decimals)
    side.quantity += row.quantity
    side.value_usd_micros += value or 0
    side.unpriced += value is None


def _rows(book: Book) -> Iterator[_Row]:
    """Yield what every pool credited and paid; what may be no income is neither."""
    wallets = set[tuple[str, str]]()
    for receipt in _told(book, e.Receipt):
        if receipt.pool is not None and not receipt.in_doubt:
            pool = named(receipt.pool)
            is_paid = named(receipt.wallet) != pool
            if not is_paid:
                wallets.add((pool, receipt.asset))
            yield _Row(pool, receipt.asset, receipt.at, receipt.quantity, receipt.value_usd_micros, is_paid)
    for sent in _told(book, e.Transfer):
        pool = named(sent.from_wallet)
        if (pool, sent.asset) in wallets:
            yield _Row(pool, sent.asset, sent.at, sent.quantity, None, is_paid=True)
    for credit in _told(book, e.Credit):
        yield _Row(named(credit.pool), credit.asset, credit.at, credit.quantity, None, is_paid=False)


def _told(book: Book, kind: type[E]) -> Iterator[E]:
    """Yield the events of *kind* that hold."""
    return (event for event in book.history.of_kind(TAGS[kind]) if isinstance(event, kind))
