"""The listing of a year's income: every receipt at the price of its moment, and the totals by kind, day and pool."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from lotwork.ledger.units import AssetTable, divide, usd_text
from lotwork.reports.lazily import made_rows
from lotwork.reports.lines import coins, coins_if_known
from lotwork.reports.rows import Day, Number, Price, Row, Table, Usd, Words

if TYPE_CHECKING:
    from lotwork.projections.income import IncomeRow
    from lotwork.projections.replay.book import Book


class ReceiptRow(Row, frozen=True, kw_only=True):
    """A receipt; price and value are None while it is pending."""

    receipt: Words
    date: Day
    wallet: str
    asset: str
    quantity: Number
    price_usd: Price | None
    """What one coin was worth; where only the value was told, what that comes to."""
    value_usd: Usd | None
    income: str
    price_source: str | None
    pool: str | None
    gross_quantity: Number | None
    pool_fee_quantity: Number | None
    doubt: Words | UnsetType = UNSET
    """Why it may be no income, where it is kept out of every figure."""


class IncomeListing(Row, frozen=True, kw_only=True):
    """The receipts of a year with their totals; what has no price is in `pending` only."""

    year: int
    rows: tuple[ReceiptRow, ...]
    totals: dict[str, str]
    """`value_usd` in all, and that of each kind of income."""
    by_day: dict[str, str]
    by_pool: dict[str, str]
    pending: tuple[str, ...]
    doubtful: tuple[str, ...] | UnsetType = UNSET
    """What may be no income, and is in no figure until a person says what it is."""


RECEIPTS = Table(
    ReceiptRow, lambda row: (
        row.date, row.receipt, row.wallet, row.asset, row.quantity, row.price_usd, row.value_usd, row.income,
        row.price_source,
    ),
).leaving(lambda row: (row.price_source, row.wallet, row.receipt, row.income))  # fmt: skip
RECEIPTS_FILE = Table(
    ReceiptRow, lambda row: (
        row.date, row.receipt, row.pool, row.income, row.wallet, row.asset, row.quantity, row.gross_quantity,
        row.pool_fee_quantity, row.price_usd, row.value_usd, row.price_source,
    ),
)  # fmt: skip
"""What the file of a year's receipts holds."""


def list_income(book: Book, year: int) -> IncomeListing:
    """Return the receipts of *year* with their totals by kind; what has no price is in `pending` only."""
    assets = book.history.assets
    told = [row for row in book.income.rows if row.date.year == year and row.value_usd_micros is not None]
    kinds = book.income.of_year(year)
    by_day: dict[str, int] = {}
    by_pool: dict[str, int] = {}
    for (day, pool), value in book.income.by_day.items():
        by_day[day.isoformat()] = by_day.get(day.isoformat(), 0) + value
        by_pool[pool] = by_pool.get(pool, 0) + value
    return IncomeListing(
        year=year,
        rows=made_rows(told, partial(receipt_row, assets=assets)),
        totals={"value_usd": usd_text(sum(kinds.values()))} | _in_order(kinds),
        by_day=_in_order(by_day),
        by_pool=_in_order(by_pool),
        pending=tuple(receipt for when, receipt in book.income.pending if when == year),
        doubtful=tuple(receipt for when, receipt in book.income.held if when == year) or UNSET,
    )


def receipt_row(row: IncomeRow, assets: AssetTable) -> ReceiptRow:
    """Return a receipt as every listing tells it, though it be pending."""
    value = row.value_usd_micros
    return ReceiptRow(
        receipt=row.receipt,
        date=row.date,
        wallet=row.wallet,
        asset=row.asset,
        quantity=coins(row.quantity, row.asset, assets),
        price_usd=row.price_usd or (None if value is None else _price(value, row.quantity, assets.decimals(row.asset))),
        value_usd=None if value is None else usd_text(value),
        income=row.income,
        price_source=row.price_source,
        pool=row.pool,
        gross_quantity=coins_if_known(row.gross_quantity, row.asset, assets),
        pool_fee_quantity=coins_if_known(row.pool_fee_quantity, row.asset, assets),
        doubt=row.doubt or UNSET,
    )


def _in_order(sums: dict[str, int]) -> dict[str, str]:
    return {name: usd_text(sums[name]) for name in sorted(sums)}


def _price(value_usd_micros: int, quantity: int, decimals: int) -> str:
    """Return the price of one whole coin that a value alone comes to, to the micro-dollar."""
    return usd_text(divide(value_usd_micros * 10**decimals, quantity))
