"""The listing of `lotwork reconcile pool`: each month of a pool, and what was said of its wallets' balances."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from lotwork.ledger.units import AssetTable, usd_text
from lotwork.projections.reconcile.policies import PolicyMonth
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


class PolicyRow(Row, frozen=True, kw_only=True):
    """A month of a pool of which both credits and payouts are told, by either policy of recognition."""

    pool: str
    month: str
    asset: str
    on_credit_quantity: Number
    on_credit_usd: Usd
    on_credit_unpriced: int
    """Credits of whose instant no price is known: they are in no dollars."""
    on_payout_quantity: Number
    on_payout_usd: Usd
    on_payout_unpriced: int


class PolicyTotals(Row, frozen=True, kw_only=True):
    """The year by either policy, as far as prices are known."""

    on_credit_usd: Usd
    on_payout_usd: Usd
    unpriced: int


class PoolListing(Row, frozen=True, kw_only=True):
    """What `lotwork reconcile pool` tells."""

    year: int
    rows: tuple[PoolMonthRow, ...]
    balances: tuple[BalanceRow, ...]
    pending: tuple[str, ...]
    policies: tuple[PolicyRow, ...] | UnsetType = UNSET
    """What either policy counts, where a pool tells both; the one of the profile is booked, the other only shown."""
    policy_totals: PolicyTotals | UnsetType = UNSET


POLICIES = Table(
    PolicyRow, lambda row: (
        row.pool, row.month, row.asset, row.on_credit_quantity, row.on_credit_usd, row.on_payout_quantity,
        row.on_payout_usd,
    ),
).leaving(lambda row: (row.on_credit_quantity, row.on_payout_quantity, row.asset))  # fmt: skip
POOLS = Table(
    PoolMonthRow, lambda row: (
        row.pool, row.month, row.asset, row.receipts, row.gross_quantity, row.fee_quantity, row.fee_percent,
        row.net_quantity, row.value_usd, row.pending,
    ),
).leaving(lambda row: (row.pending, row.receipts, row.gross_quantity, row.fee_quantity))  # fmt: skip


def list_pool_year(told: PoolYear, policies: Sequence[PolicyMonth], assets: AssetTable) -> PoolListing:
    """Return each pool's months, what was said of its wallets' balances, and what either policy counts."""
    return PoolListing(
        year=told.year,
        rows=tuple(_month(month, assets) for month in told.months),
        balances=tuple(_balance(said, assets) for said in told.balances),
        pending=tuple(sorted(receipt for month in told.months for receipt in month.pending)),
        policies=tuple(_policy(month, assets) for month in policies) or UNSET,
        policy_totals=_totals(policies) if policies else UNSET,
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


def _totals(months: Sequence[PolicyMonth]) -> PolicyTotals:
    return PolicyTotals(
        on_credit_usd=usd_text(sum(month.credited.value_usd_micros for month in months)),
        on_payout_usd=usd_text(sum(month.paid.value_usd_micros for month in months)),
        unpriced=sum(month.credited.unpriced + month.paid.unpriced for month in months),
    )


def _policy(month: PolicyMonth, assets: AssetTable) -> PolicyRow:
    return PolicyRow(
        pool=month.pool,
        month=month.month,
        asset=month.asset,
        on_credit_quantity=coins(month.credited.quantity, month.asset, assets),
        on_credit_usd=usd_text(month.credited.value_usd_micros),
        on_credit_unpriced=month.credited.unpriced,
        on_payout_quantity=coins(month.paid.quantity, month.asset, assets),
        on_payout_usd=usd_text(month.paid.value_usd_micros),
        on_payout_unpriced=month.paid.unpriced,
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
