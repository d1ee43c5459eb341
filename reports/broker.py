"""The listings of `lotwork reconcile`: a year's Forms 1099-DA against its sales, and a year of each pool."""

from __future__ import annotations

from typing import Any

from lotwork.ledger.events import BrokerReport
from lotwork.ledger.units import AssetTable, unscaled, usd_text
from lotwork.projections.reconcile.broker_differences import Entry, Pair
from lotwork.projections.reconcile.broker_match import Sold
from lotwork.projections.reconcile.broker_year import BoxTotal, BrokerYear
from lotwork.projections.reconcile.pool_year import PoolMonth, PoolYear, percent

Listing = dict[str, Any]


def list_broker_year(told: BrokerYear, assets: AssetTable) -> Listing:
    """Return every pair with its differences and the rows to enter, what is alone, and the totals by box."""
    return {
        "year": told.year,
        "rows": [_pair(pair, assets) for pair in told.pairs],
        "broker_reports_more": [_line(line, assets) for line in told.only_broker],
        "broker_missing_line": [_sold(sale, assets) for sale in told.only_ledger],
        "not_reported": [_sold(sale, assets) for sale in told.not_reported],
        "form_8949": [_entry(entry, assets) for entry in told.entries],
        "totals": {name: _total(total) for name, total in told.by_box.items()},
        "broker_totals": {
            name: {"lines": lines, "proceeds_usd": usd_text(proceeds), "basis_usd": usd_text(basis)}
            for name, (lines, proceeds, basis) in told.told.items()
        },
    }


def _pair(pair: Pair, assets: AssetTable) -> Listing:
    asset = pair.rows[0].asset
    return {
        "status": pair.status,
        "wallet": pair.rows[0].wallet,
        "asset": asset,
        "quantity": _coins(sum(row.quantity for row in pair.rows), asset, assets),
        "sold": ", ".join(sorted({row.sold.isoformat() for row in pair.rows})),
        "broker_proceeds_usd": usd_text(sum(line.proceeds_usd_micros for line in pair.lines)),
        "proceeds_usd": usd_text(sum(row.proceeds_usd_micros for row in pair.rows)),
        "basis_usd": usd_text(sum(row.basis_usd_micros for row in pair.rows)),
        "gain_usd": usd_text(sum(row.gain_usd_micros for row in pair.rows)),
        "lines": [line.id for line in pair.lines],
        "disposals": [sale.disposal for sale in pair.sales],
        "lots": [row.lot for row in pair.rows],
        "differs_in": [each.what for each in pair.differences if each.settled not in ("rounding", "expected")],
        "differences": [each._asdict() for each in pair.differences],
        "form_8949": [_entry(entry, assets) for entry in pair.entries],
    }


def _entry(entry: Entry, assets: AssetTable) -> Listing:
    return {
        "box": entry.box,
        "term": entry.term,
        "description": f"{_coins(entry.quantity, entry.asset, assets)} {entry.asset}",
        "acquired": "VARIOUS" if entry.acquired is None else entry.acquired.isoformat(),
        "sold": entry.sold.isoformat(),
        "proceeds_usd": usd_text(entry.proceeds),
        "basis_usd": usd_text(entry.basis),
        "code": entry.codes,
        "adjustment_usd": usd_text(entry.adjustment),
        "gain_usd": usd_text(entry.gain),
    }


def _line(line: BrokerReport, assets: AssetTable) -> Listing:
    return {
        "line": line.id,
        "broker": line.broker,
        "wallet": line.wallet,
        "asset": line.asset,
        "quantity": _coins(line.quantity, line.asset, assets),
        "sold": line.sold.isoformat(),
        "proceeds_usd": usd_text(line.proceeds_usd_micros),
    }


def _sold(sale: Sold, assets: AssetTable) -> Listing:
    return {
        "disposal": sale.disposal,
        "wallet": sale.wallet,
        "asset": sale.asset,
        "quantity": _coins(sale.quantity, sale.asset, assets),
        "sold": sale.day.isoformat(),
        "proceeds_usd": usd_text(sale.proceeds),
        "boxes": sorted({row.box for row in sale.rows}),
    }


def _total(total: BoxTotal) -> Listing:
    return {
        "rows": total.rows,
        "proceeds_usd": usd_text(total.proceeds),
        "basis_usd": usd_text(total.basis),
        "adjustment_usd": usd_text(total.adjustment),
        "gain_usd": usd_text(total.gain),
    }


def list_pool_year(told: PoolYear, assets: AssetTable) -> Listing:
    """Return each pool's months, and what was said of its wallets' balances."""
    return {
        "year": told.year,
        "rows": [_month(month, assets) for month in told.months],
        "balances": [
            {
                "event": said.event,
                "date": said.day,
                "wallet": said.wallet,
                "asset": said.asset,
                "said": _coins(said.said, said.asset, assets),
                "replayed": _coins(said.replayed, said.asset, assets),
                "differs_by": _coins(said.said - said.replayed, said.asset, assets),
            }
            for said in told.balances
        ],
        "pending": sorted(receipt for month in told.months for receipt in month.pending),
    }


def _month(month: PoolMonth, assets: AssetTable) -> Listing:
    told = month.fee_ppm is not None
    return {
        "pool": month.pool,
        "month": month.month,
        "asset": month.asset,
        "receipts": month.receipts,
        "gross_quantity": _coins(month.gross, month.asset, assets) if told else None,
        "fee_quantity": _coins(month.fee, month.asset, assets) if told else None,
        "fee_percent": None if month.fee_ppm is None else percent(month.fee_ppm),
        "net_quantity": _coins(month.net, month.asset, assets),
        "value_usd": usd_text(month.value_usd_micros),
        "pending": len(month.pending),
    }


def _coins(quantity: int, asset: str, assets: AssetTable) -> str:
    return unscaled(quantity, assets.decimals(asset))
