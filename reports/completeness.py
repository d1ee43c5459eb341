"""The listing of `lotwork completeness`: what each pool's work should have brought, and what was booked."""

from __future__ import annotations

from lotwork.ledger.units import AssetTable, divide, unscaled
from lotwork.projections.completeness.chain import CHAINS
from lotwork.projections.completeness.gaps import mean_rate
from lotwork.projections.completeness.months import PoolWork
from lotwork.projections.completeness.owed import Owed
from lotwork.projections.replay.book import Book
from lotwork.reports.lines import coins
from lotwork.reports.rows import Day, Number, Row, Table, Words

NO_WORK = "no hashrate is told"
NO_CHAIN = "what a block of it brings is not known here"
IN_PART = "{days} of {worked} days without a difficulty"
ANY_POOL = "any"
DIGITS = 3
"""Of a ratio."""


class WorkRow(Row, frozen=True, kw_only=True):
    """A month of a pool and a coin."""

    pool: str
    """"any" where work was told without a pool: then what every pool paid that tells of no work."""
    month: str
    asset: str
    hashrate: Number | None
    """The mean of the days of which one is told."""
    days: int
    """Of which a hashrate is told."""
    expected_quantity: Number | None
    """What that work should have brought on average, before the pool's fee and without the fees of blocks."""
    booked_quantity: Number
    ratio: Number | None
    """What was booked, of what was expected; None where either is not known, or is nothing."""
    days_without_row: tuple[Day, ...]
    """Between two rows, where the pool pays daily."""
    explained: tuple[Words, ...]
    """Why nothing, or less, was to be expected, in your words."""
    unknown: Words | None
    """Why no more is known."""

    @property
    def without_row(self) -> int | None:
        """How many days are without a row."""
        return len(self.days_without_row) or None


class OwedRow(Row, frozen=True, kw_only=True):
    """What a pool credited and has not paid, by the log."""

    pool: str
    asset: str
    quantity: Number
    last_row: Day


class CompletenessListing(Row, frozen=True, kw_only=True):
    """What `lotwork completeness` tells."""

    year: int
    rows: tuple[WorkRow, ...]
    owed: tuple[OwedRow, ...]
    """Of every pool, those too that are mined at no more."""


WORK = Table(
    WorkRow, lambda row: (
        row.pool, row.month, row.asset, row.hashrate, row.days, row.expected_quantity, row.booked_quantity, row.ratio,
        row.without_row, row.unknown, row.explained,
    ),
).leaving(lambda row: (row.explained, row.without_row, row.hashrate, row.days, row.unknown, row.asset))  # fmt: skip
OWED = Table(OwedRow, lambda row: (row.pool, row.asset, row.quantity, row.last_row))


def list_completeness(book: Book, year: int, owed: tuple[Owed, ...]) -> CompletenessListing:
    """Return the months of *year*, and what every pool owes."""
    assets = book.history.assets
    months = (each for each in book.completeness().months if each.month.startswith(f"{year}-"))
    return CompletenessListing(
        year=year,
        rows=tuple(_row(book, each) for each in months),
        owed=tuple(
            OwedRow(
                pool=one.pool,
                asset=one.asset,
                quantity=coins(one.quantity, one.asset, assets),
                last_row=one.last,
            )
            for one in owed
        ),
    )


def _row(book: Book, month: PoolWork) -> WorkRow:
    assets = book.history.assets
    pool, asset = month.account
    expected = None if month.least is None else int(month.least)
    ratio = None if not expected else unscaled(divide(month.booked * 10**DIGITS, expected), DIGITS)
    return WorkRow(
        pool=book.income.work.name(pool) or ANY_POOL,
        month=month.month,
        asset=asset,
        hashrate=mean_rate(month.hashes, month.worked) if month.worked else None,
        days=month.worked,
        expected_quantity=None if expected is None else _coins(expected, asset, assets),
        booked_quantity=_coins(month.booked, asset, assets),
        ratio=ratio,
        days_without_row=tuple(month.without_row),
        explained=tuple(month.explained),
        unknown=_unknown(month),
    )


def _coins(quantity: int, asset: str, assets: AssetTable) -> str:
    return coins(quantity, asset, assets) if assets.get(asset) is not None else str(quantity)


def _unknown(month: PoolWork) -> str | None:
    if not month.worked:
        return NO_WORK
    if month.account[1] not in CHAINS:
        return NO_CHAIN
    return IN_PART.format(days=month.unknown, worked=month.worked) if month.unknown else None
