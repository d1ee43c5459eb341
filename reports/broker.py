"""The listing of `lotwork reconcile broker`: a year's Forms 1099-DA against its sales, and what to enter."""

from __future__ import annotations

from collections.abc import Mapping

from lotwork.ledger.events import BrokerReport
from lotwork.ledger.units import AssetTable, usd_text
from lotwork.projections.basis.holding_period import Term
from lotwork.projections.reconcile.broker.differences import Difference, Entry, Pair, Status, What
from lotwork.projections.reconcile.broker.match import Sold
from lotwork.projections.reconcile.broker.reasons import Settled
from lotwork.projections.reconcile.broker.year import BoxTotal, BrokerYear
from lotwork.reports.lines import coins
from lotwork.reports.rows import Day, Number, Row, Table, Usd, Words

VARIOUS = "VARIOUS"
"""What Form 8949 has in column (b) where the lots were acquired on several days."""


class DifferenceRow(Row, frozen=True, kw_only=True):
    """One thing the broker and the ledger say differently, why, and whether that settles it."""

    what: What
    broker: str | None
    ledger: str | None
    why: Words
    settled: Settled


class EntryRow(Row, frozen=True, kw_only=True):
    """One row of Form 8949 as it is to be entered."""

    box: str
    term: Term
    description: Words
    acquired: str
    sold: Day
    proceeds_usd: Usd
    basis_usd: Usd
    code: str
    adjustment_usd: Usd
    gain_usd: Usd


class PairRow(Row, frozen=True, kw_only=True):
    """Lines of the broker and the sales they tell of, with every difference and what to enter."""

    status: Status
    wallet: str
    asset: str
    quantity: Number
    sold: str
    broker_proceeds_usd: Usd
    proceeds_usd: Usd
    basis_usd: Usd
    gain_usd: Usd
    lines: tuple[str, ...]
    disposals: tuple[str, ...]
    lots: tuple[str | None, ...]
    differs_in: tuple[What, ...]
    differences: tuple[DifferenceRow, ...]
    form_8949: tuple[EntryRow, ...]


class BrokerLineRow(Row, frozen=True, kw_only=True):
    """A line of a broker that tells of no sale in the ledger."""

    line: Words
    broker: str | None
    wallet: str
    asset: str
    quantity: Number
    sold: Day
    proceeds_usd: Usd


class SoldRow(Row, frozen=True, kw_only=True):
    """A sale of which no broker told, and the boxes its rows belong in."""

    disposal: Words
    wallet: str
    asset: str
    quantity: Number
    sold: Day
    proceeds_usd: Usd
    boxes: tuple[str, ...]


class BoxTotals(Row, frozen=True, kw_only=True):
    """The rows of one box of Form 8949, added up."""

    rows: int
    proceeds_usd: Usd
    basis_usd: Usd
    adjustment_usd: Usd
    gain_usd: Usd


class ToldTotals(Row, frozen=True, kw_only=True):
    """What the brokers told, added up."""

    lines: int
    proceeds_usd: Usd
    basis_usd: Usd


class BrokerListing(Row, frozen=True, kw_only=True):
    """What `lotwork reconcile broker` tells."""

    year: int
    rows: tuple[PairRow, ...]
    broker_reports_more: tuple[BrokerLineRow, ...]
    broker_missing_line: tuple[SoldRow, ...]
    not_reported: tuple[SoldRow, ...]
    form_8949: tuple[EntryRow, ...]
    totals: Mapping[str, BoxTotals]
    broker_totals: Mapping[str, ToldTotals]


PAIRS = Table(
    PairRow, lambda row: (
        row.sold, row.wallet, row.asset, row.quantity, row.broker_proceeds_usd, row.proceeds_usd, row.status,
        row.differs_in,
    ),
).leaving(lambda row: (row.asset, row.wallet, row.quantity, row.differs_in))  # fmt: skip
ENTRIES = Table(
    EntryRow, lambda row: (
        row.box, row.description, row.acquired, row.sold, row.proceeds_usd, row.basis_usd, row.code,
        row.adjustment_usd, row.gain_usd,
    ),
).leaving(lambda row: (row.code, row.adjustment_usd, row.box, row.acquired))  # fmt: skip


def list_broker_year(told: BrokerYear, assets: AssetTable) -> BrokerListing:
    """Return every pair with its differences and the rows to enter, what is alone, and the totals by box."""
    return BrokerListing(
        year=told.year,
        rows=tuple(_pair(pair, assets) for pair in told.pairs),
        broker_reports_more=tuple(_line(line, assets) for line in told.only_broker),
        broker_missing_line=tuple(_sold(sale, assets) for sale in told.only_ledger),
        not_reported=tuple(_sold(sale, assets) for sale in told.not_reported),
        form_8949=tuple(_entry(entry, assets) for entry in told.entries),
        totals={name: _total(total) for name, total in told.by_box.items()},
        broker_totals={
            name: ToldTotals(lines=lines, proceeds_usd=usd_text(proceeds), basis_usd=usd_text(basis))
            for name, (lines, proceeds, basis) in told.told.items()
        },
    )


def _pair(pair: Pair, assets: AssetTable) -> PairRow:
    asset = pair.rows[0].asset
    return PairRow(
        status=pair.status,
        wallet=pair.rows[0].wallet,
        asset=asset,
        quantity=coins(sum(row.quantity for row in pair.rows), asset, assets),
        sold=", ".join(sorted({row.sold.isoformat() for row in pair.rows})),
        broker_proceeds_usd=usd_text(sum(line.proceeds_usd_micros for line in pair.lines)),
        proceeds_usd=usd_text(sum(row.proceeds_usd_micros for row in pair.rows)),
        basis_usd=usd_text(sum(row.basis_usd_micros for row in pair.rows)),
        gain_usd=usd_text(sum(row.gain_usd_micros for row in pair.rows)),
        lines=tuple(line.id for line in pair.lines),
        disposals=tuple(sale.disposal for sale in pair.sales),
        lots=tuple(row.lot for row in pair.rows),
        differs_in=tuple(each.what for each in pair.differences if each.settled not in ("rounding", "expected")),
        differences=tuple(map(_difference, pair.differences)),
        form_8949=tuple(_entry(entry, assets) for entry in pair.entries),
    )


def _difference(each: Difference) -> DifferenceRow:
    return DifferenceRow(what=each.what, broker=each.broker, ledger=each.ledger, why=each.why, settled=each.settled)


def _entry(entry: Entry, assets: AssetTable) -> EntryRow:
    return EntryRow(
        box=entry.box,
        term=entry.term,
        description=f"{coins(entry.quantity, entry.asset, assets)} {entry.asset}",
        acquired=VARIOUS if entry.acquired is None else entry.acquired.isoformat(),
        sold=entry.sold,
        proceeds_usd=usd_text(entry.proceeds),
        basis_usd=usd_text(entry.basis),
        code=entry.codes,
        adjustment_usd=usd_text(entry.adjustment),
        gain_usd=usd_text(entry.gain),
    )


def _line(line: BrokerReport, assets: AssetTable) -> BrokerLineRow:
    return BrokerLineRow(
        line=line.id,
        broker=line.broker,
        wallet=line.wallet,
        asset=line.asset,
        quantity=coins(line.quantity, line.asset, assets),
        sold=line.sold,
        proceeds_usd=usd_text(line.proceeds_usd_micros),
    )


def _sold(sale: Sold, assets: AssetTable) -> SoldRow:
    return SoldRow(
        disposal=sale.disposal,
        wallet=sale.wallet,
        asset=sale.asset,
        quantity=coins(sale.quantity, sale.asset, assets),
        sold=sale.day,
        proceeds_usd=usd_text(sale.proceeds),
        boxes=tuple(sorted({row.box for row in sale.rows})),
    )


def _total(total: BoxTotal) -> BoxTotals:
    return BoxTotals(
        rows=total.rows,
        proceeds_usd=usd_text(total.proceeds),
        basis_usd=usd_text(total.basis),
        adjustment_usd=usd_text(total.adjustment),
        gain_usd=usd_text(total.gain),
    )
