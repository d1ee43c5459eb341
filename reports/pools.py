"""The listing of `lotwork reconcile pool`: each month of a pool, and what was said of its wallets' balances."""

from __future__ import annotations

from lotwork.ledger.units import AssetTable, usd_text
from lotwork.projections.reconcile.pool import BalanceSaid, PoolMonth, PoolYear, percent
from lotwork.reports.lines import coins
from lotwork.reports.rows import Day, Number, Row, Table, Usd, Words


class PoolMonthRow(Row, frozen=True, kw_only=True):
    """A month of a pool: what it credited and kept, where it says so, and what arrived."""

    pool: str
    month: str
    asset: str
    receipts: int
    gross_quantity: Number | None
    fee_quantity: Number | None
    fee_percent: str | None
    net_quantity: Number
    value_usd: Usd
    pending: int


class BalanceRow(Row, frozen=True, kw_only=True):
    """What was said of a wallet's balance, and what the events before it come to."""

    event: Words
    date: Day
    wallet: str
    asset: str
    said: Number
    replayed: Number
    differs_by: Number


class PoolListing(Row, frozen=True, kw_only=True):
    """What `lotwork reconcile pool` tells."""

    year: int
    rows: tuple[PoolMonthRow, ...]
    balances: tuple[BalanceRow, ...]
    pending: tuple[str, ...]


POOLS = Table(
    PoolMonthRow, lambda row: (
        row.pool, row.month, row.asset, row.receipts, row.gross_quantity, row.fee_quantity, row.fee_percent,
        row.net_quantity, row.value_usd, row.pending,
    ),
)  # fmt: skip


def list_pool_year(told: PoolYear, assets: AssetTable) -> PoolListing:
    """Return each pool's months, and what was said of its wallets' balances."""
    return PoolListing(
        year=told.year,
        rows=tuple(_month(month, assets) for month in told.months),
        balances=tuple(_balance(said, assets) for said in told.balances),
        pending=tuple(sorted(receipt for month in told.months for receipt in month.pending)),
    )


def _balance(said: BalanceSaid, assets: AssetTable) -> BalanceRow:
    return BalanceRow(
        event=said.event,
        date=said.day,
        wallet=said.wallet,
        asset=said.asset,
        said=coins(said.said, said.asset, assets),
        replayed=coins(said.replayed, said.asset, assets),
        differs_by=coins(said.said - said.replayed, said.asset, assets),
    )


def _month(month: PoolMonth, assets: AssetTable) -> PoolMonthRow:
    ppm = month.fee_ppm
    return PoolMonthRow(
        pool=month.pool,
        month=month.month,
        asset=month.asset,
        receipts=month.receipts,
        gross_quantity=None if ppm is None else coins(month.gross, month.asset, assets),
        fee_quantity=None if ppm is None else coins(month.fee, month.asset, assets),
        fee_percent=None if ppm is None else percent(ppm),
        net_quantity=coins(month.net, month.asset, assets),
        value_usd=usd_text(month.value_usd_micros),
        pending=len(month.pending),
    )
