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
NO_NAME = "{quantity} {asset} of the month came without the name of a pool"
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
    """By the log; 0 where credits are not observed."""
    last_row: Day | None
    said_quantity: Number | None
    """What the pool itself said last that it owes, where that is observed."""
    said_on: Day | None


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
OWED = Table(OwedRow, lambda row: (row.pool, row.asset, row.quantity, row.last_row, row.said_quantity, row.said_on))


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
                said_quantity=None if one.said is None else coins(one.said, one.asset, assets),
                said_on=one.said_on,
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
        unknown=_unknown(book, month),
    )


def _coins(quantity: int, asset: str, assets: AssetTable) -> str:
    return coins(quantity, asset, assets) if assets.get(asset) is not None else str(quantity)


def _unknown(book: Book, month: PoolWork) -> str | None:
    """Return what is not told of *month*, or not told apart."""
    pool, asset = month.account
    unnamed = sum(row.quantity for row in book.income.work.unnamed.get(asset, ()) if f"{row.day:%Y-%m}" == month.month)
    words = (
        [NO_NAME.format(quantity=_coins(unnamed, asset, book.history.assets), asset=asset)] if unnamed and pool else []
    )
    if not month.worked:
        words.insert(0, NO_WORK)
    elif asset not in CHAINS:
        words.insert(0, NO_CHAIN)
    elif month.unknown:
        words.insert(0, IN_PART.format(days=month.unknown, worked=month.worked))
    return "; ".join(words) or None
