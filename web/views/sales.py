"""The page of sales: the rows of Form 8949 with their codes, and what left without a sale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lotwork.ledger.units import usd_decimal
from lotwork.projections.basis.holding_period import Term
from lotwork.projections.gains import GainRow
from lotwork.reports.gains import DisposalRow, RemovalRow, TermTotalRow, disposal_row, removal_row, total_row
from lotwork.web.listing import Listing, page_of
from lotwork.web.narrowed import ALL_ROWS, Narrowed
from lotwork.web.reading import Reading

TERMS: tuple[Term, ...] = ("short", "long")
HOW = {"gift": "gift", "inheritance": "inherited", "wash_sale": "basis of a wash sale"}
"""How a lot came, beside the day it was acquired."""


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One row of Form 8949; `notes` says what is not as usual about it."""

    row: DisposalRow
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SalesView:
    """What the page shows."""

    gain: Decimal
    totals: tuple[tuple[str, TermTotalRow], ...]
    rows: Listing[SaleLine]
    removals: tuple[RemovalRow, ...]
    disallowed: int
    """What wash sales disallow, in micro-dollars."""
    narrowed: Narrowed
    """What the list of rows is narrowed to, and no sum."""


def sales_view(reading: Reading, page: int, narrowed: Narrowed = ALL_ROWS) -> SalesView:
    """Return the year's sales, the newest first, and what was given, donated, lost or stolen."""
    gains, year, assets = reading.folded.gains, reading.year, reading.history.assets
    rows = sales_of(reading, narrowed)
    totals = {term: gains.total(year, term) for term in TERMS}
    return SalesView(
        gain=usd_decimal(sum(total.gain_usd_micros for total in totals.values())),
        totals=tuple((term, total_row(total)) for term, total in totals.items()),
        rows=page_of(rows[::-1], page).of(lambda row: SaleLine(disposal_row(row, assets), tuple(_notes(row)))),
        removals=tuple(removal_row(removal, assets) for removal in gains.removals if removal.day.year == year),
        disallowed=sum(total.adjustment_usd_micros for total in totals.values()),
        narrowed=narrowed,
    )


def sales_of(reading: Reading, narrowed: Narrowed) -> list[GainRow]:
    """Return the rows of the year that a list is narrowed to."""
    rows = (row for row in reading.folded.gains.rows if row.sold.year == reading.year)
    return [row for row in rows if narrowed.holds(row.sold, term=row.term, asset=row.asset, wallet=row.wallet)]


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
