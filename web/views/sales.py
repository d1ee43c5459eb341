"""The page of sales: the rows of Form 8949 with their codes, and what left without a sale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lotwork.ledger.units import usd_decimal
from lotwork.projections.basis.removals import Removal
from lotwork.projections.gains import GainRow, TermTotal
from lotwork.web.listing import Listing, page_of
from lotwork.web.reading import Reading

HOW = {"gift": "gift", "inheritance": "inherited", "wash_sale": "basis of a wash sale"}
"""How a lot came, beside the day it was acquired."""


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One row of Form 8949; `notes` says what is not as usual about it."""

    row: GainRow
    coins: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemovalLine:
    """Coins that left without a sale."""

    row: Removal
    coins: str


@dataclass(frozen=True, slots=True)
class SalesView:
    """What the page shows."""

    gain: Decimal
    totals: tuple[tuple[str, TermTotal], ...]
    rows: Listing[SaleLine]
    removals: tuple[RemovalLine, ...]
    disallowed: int
    """What wash sales disallow, in micro-dollars."""


def sales_view(reading: Reading, page: int) -> SalesView:
    """Return the year's sales, the newest first, and what was given, donated, lost or stolen."""
    gains, year = reading.folded.gains, reading.year
    rows = [row for row in gains.rows if row.sold.year == year]
    listing = page_of(rows[::-1], page)
    shown = [SaleLine(row, reading.coins(row.quantity, row.asset), tuple(_notes(row))) for row in listing.rows]
    totals = tuple((term, gains.total(year, term)) for term in ("short", "long"))
    return SalesView(
        gain=usd_decimal(sum(total.gain_usd_micros for _, total in totals)),
        totals=totals,
        rows=Listing(shown, listing.page, listing.pages, listing.total),
        removals=tuple(
            RemovalLine(row, reading.coins(row.quantity, row.asset)) for row in gains.removals if row.day.year == year
        ),
        disallowed=sum(total.adjustment_usd_micros for _, total in totals),
    )


def _notes(row: GainRow) -> Iterator[str]:
    if row.missing:
        yield "no lot: these coins were never seen to arrive"
    if row.how is not None:
        yield HOW[row.how]
    if row.basis_used == "loss":
        yield "basis for a loss: the value at the gift"
    elif row.basis_used == "neither":
        yield "between the two bases of a gift: neither gain nor loss"
    if not row.basis_known:
        yield "its basis is not known, and counts as 0"
