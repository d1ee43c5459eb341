"""A year of each pool by month: what it credited, what it kept and what arrived; and its balances against replay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from statistics import median
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import Balance
from lotwork.ledger.units import AssetTable, divide, unscaled
from lotwork.projections.balances import BalanceFold
from lotwork.projections.findings import Finding
from lotwork.projections.income import IncomeRow
from lotwork.projections.replay.book import Book

PARTS_PER_MILLION = 1_000_000
FEE_MOVED_PPM = 5_000
"""Half a percentage point away from the pool's usual fee is worth a look."""


class PoolMonth(msgspec.Struct):
    """One pool, month and asset: quantities in base units, value in micro-dollars."""

    pool: str
    month: str
    asset: str
    receipts: int = 0
    net: int = 0
    """What arrived."""
    gross: int = 0
    """What the pool credited, of the receipts that say so."""
    fee: int = 0
    value_usd_micros: int = 0
    pending: list[str] = msgspec.field(default_factory=list)

    @property
    def fee_ppm(self) -> int | None:
        """The fee in millionths of the gross; None where no receipt says both."""
        return divide(self.fee * PARTS_PER_MILLION, self.gross) if self.gross else None


class BalanceSaid(NamedTuple):
    """What a source said a wallet of a pool held, and what the events before it come to."""

    event: str
    day: date
    wallet: str
    asset: str
    said: int
    replayed: int


class PoolYear(msgspec.Struct, frozen=True):
    """The pools of a year."""

    year: int
    months: tuple[PoolMonth, ...]
    balances: tuple[BalanceSaid, ...]
    findings: tuple[Finding, ...]


def pool_year(book: Book, year: int) -> PoolYear:
    """Return the pools of *year*, for which *book* must keep rows; what may be none of the pool's payouts is no row."""
    kept_rows = (row for row in book.income.rows if row.date.year == year and row.doubt is None)
    rows = [row for row in kept_rows if row.pool is not None]
    months: dict[tuple[str, str, str], PoolMonth] = {}
    findings: list[Finding] = []
    for row in rows:
        pool, month = row.pool or "", f"{row.date:%Y-%m}"
        _add(months.setdefault((pool, month, row.asset), PoolMonth(pool, month, row.asset)), row)
        findings += _odd(row, book.history.assets)
    kept = tuple(months[key] for key in sorted(months))
    wallets = {row.wallet for row in rows} | {row.pool or "" for row in rows}
    return PoolYear(year, kept, tuple(_balances(book, year, wallets)), (*findings, *_moved(kept)))


def _add(month: PoolMonth, row: IncomeRow) -> None:
    month.receipts += 1
    month.net += row.quantity
    month.value_usd_micros += row.value_usd_micros or 0
    if row.value_usd_micros is None:
        month.pending.append(row.receipt)
    gross, fee = _told(row)
    if gross is not None and fee is not None:
        month.gross += gross
        month.fee += fee


def _told(row: IncomeRow) -> tuple[int | None, int | None]:
    """Return gross and fee of a receipt: where one is told, the other follows from what arrived."""
    gross, fee = row.gross_quantity, row.pool_fee_quantity
    if gross is None and fee is not None:
        return row.quantity + fee, fee
    if fee is None and gross is not None:
        return gross, gross - row.quantity
    return gross, fee


def _odd(row: IncomeRow, assets: AssetTable) -> Iterator[Finding]:
    """Yield a finding where gross less fee is not what arrived."""
    gross, fee = _told(row)
    if gross is None or fee is None or (gross - fee == row.quantity and fee >= 0):
        return
    said, kept, came = (unscaled(each, assets.decimals(row.asset)) for each in (gross, fee, row.quantity))
    yield Finding(
        "pool_receipt_differs",
        f"{row.receipt}: {row.pool} credited {said} {row.asset}, kept {kept}, and {came} arrived: correct the one "
        "that is wrong, or record the rest as a receipt of its own",
        row.receipt,
    )


def _moved(months: Iterable[PoolMonth]) -> Iterator[Finding]:
    """Yield a finding for each month whose fee is far from the pool's usual one."""
    by_pool: defaultdict[tuple[str, str], list[PoolMonth]] = defaultdict(list)
    for month in months:
        if month.fee_ppm is not None:
            by_pool[month.pool, month.asset].append(month)
    for (pool, asset), told in by_pool.items():
        usual = median(month.fee_ppm or 0 for month in told)
        for month in told:
            if abs((month.fee_ppm or 0) - usual) > FEE_MOVED_PPM:
                yield Finding(
                    "pool_fee_moved",
                    f"{pool} kept {percent(month.fee_ppm or 0)} percent of the {asset} of {month.month}, and mostly "
                    f"{percent(divide(int(usual * 2), 2))}: look at the fee it says it takes",
                )


def percent(ppm: int) -> str:
    """Return millionths as a percentage with four decimals."""
    return f"{Decimal(ppm).scaleb(-4):f}"


def _balances(book: Book, year: int, wallets: Iterable[str]) -> Iterator[BalanceSaid]:
    """Yield what was said of *wallets* in *year* against the replay up to then."""
    kept = frozenset(wallets)
    replay = BalanceFold(book.history.assets, [])
    for event in book.history.events():
        replay.take(event)
        if isinstance(event, Balance) and event.pool is None and event.wallet in kept:
            day = book.history.calendar.day(event.at)
            if day.year == year:
                held = replay.held[event.wallet, event.asset]
                yield BalanceSaid(event.id, day, event.wallet, event.asset, event.quantity, held)
