"""The listings of a book: lots, income, gains, expenses and equipment, as plain objects.

Amounts are decimal strings: coins with the asset's decimals, dollars to the micro-dollar.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from lotwork.ledger.units import AssetTable, divide, unscaled, usd_text

if TYPE_CHECKING:
    from lotwork.projections.basis.removals import Removal
    from lotwork.projections.costs.rig_years import EquipmentRow
    from lotwork.projections.equipment import EquipmentBook
    from lotwork.projections.expenses import ExpenseBook
    from lotwork.projections.gains import GainRow, TermTotal
    from lotwork.projections.lots import OpenLot
    from lotwork.projections.replay.book import Book

Listing = dict[str, Any]


def list_lots(book: Book, at: date | None) -> Listing:
    """Return the open lots."""
    rows = [_lot(lot, book.history.assets) for lot in book.open_lots(at)]
    return {"at": None if at is None else at.isoformat(), "rows": rows, "pending": _pending(book)}


def list_income(book: Book, year: int) -> Listing:
    """Return the receipts of *year* with their totals by kind; what has no price is in `pending` only."""
    assets = book.history.assets
    rows = [
        {
            "receipt": row.receipt,
            "date": row.date.isoformat(),
            "wallet": row.wallet,
            "asset": row.asset,
            "quantity": _coins(row.quantity, row.asset, assets),
            "price_usd": row.price_usd or _price(row.value_usd_micros, row.quantity, assets.decimals(row.asset)),
            "value_usd": usd_text(row.value_usd_micros),
            "income": row.income,
            "price_source": row.price_source,
            "pool": row.pool,
            "gross_quantity": _coins(row.gross_quantity, row.asset, assets),
            "pool_fee_quantity": _coins(row.pool_fee_quantity, row.asset, assets),
        }
        for row in book.income.rows
        if row.date.year == year and row.value_usd_micros is not None
    ]
    kinds = book.income.of_year(year)
    totals = {"value_usd": usd_text(sum(kinds.values()))} | {kind: usd_text(kinds[kind]) for kind in sorted(kinds)}
    by_day: dict[str, int] = {}
    by_pool: dict[str, int] = {}
    for (day, pool), value in book.income.by_day.items():
        by_day[day.isoformat()] = by_day.get(day.isoformat(), 0) + value
        by_pool[pool] = by_pool.get(pool, 0) + value
    return {
        "year": year,
        "rows": rows,
        "totals": totals,
        "by_day": {day: usd_text(by_day[day]) for day in sorted(by_day)},
        "by_pool": {pool: usd_text(by_pool[pool]) for pool in sorted(by_pool)},
        "pending": _pending(book, year),
    }


def list_gains(book: Book, year: int) -> Listing:
    """Return the rows of Form 8949 of *year*, their totals by term, and what left without a sale."""
    assets = book.history.assets
    gains = book.gains
    return {
        "year": year,
        "rows": [_gain(row, assets) for row in gains.rows if row.sold.year == year],
        "totals": {term: _total(gains.total(year, term)) for term in ("short", "long")},
        "removed": [_removal(removal, assets) for removal in gains.removals if removal.day.year == year],
        "pending": sorted(set(gains.pending)),
    }


def list_expenses(expenses: ExpenseBook) -> Listing:
    """Return the expenses of a year with their totals by category and by line of Schedule C."""
    rows = [
        {
            "expense": row.expense,
            "date": row.date.isoformat(),
            "category": row.category,
            "line": row.line,
            "label": row.label,
            "amount_usd": usd_text(row.amount_usd_micros),
            "business_share": row.business_share,
            "deductible_usd": usd_text(row.deductible_usd_micros),
            "share_by": row.share_by,
            "share_from": row.share_from,
            "cites": list(row.cites),
        }
        for row in expenses.rows
    ]
    return {
        "year": expenses.year,
        "rows": rows,
        "totals": {category: usd_text(total) for category, total in expenses.by_category.items()},
        "by_line": {line: usd_text(total) for line, total in expenses.by_line.items()},
        "deductible_usd": usd_text(expenses.deductible_usd_micros),
    }


def list_equipment(equipment: EquipmentBook) -> Listing:
    """Return the depreciation of a year, rig by rig."""
    return {
        "year": equipment.year,
        "rows": [_rig(row) for row in equipment.rows],
        "totals": {
            "depreciation_usd": usd_text(equipment.depreciation_usd_micros),
            "ubia_usd": usd_text(equipment.ubia_usd_micros),
            "gain_usd": usd_text(equipment.gain_usd_micros),
            "section_179_carryforward_usd": usd_text(equipment.section_179_carryforward_usd_micros),
        },
    }


def _rig(row: EquipmentRow) -> Listing:
    return {
        "equipment": row.equipment,
        "class": row.recovery_class,
        "acquired": row.acquired.isoformat(),
        "placed_in_service": row.placed_in_service.isoformat(),
        "cost_usd": usd_text(row.cost_usd_micros),
        "business_share": row.business_share,
        "section_179_usd": usd_text(row.section_179_usd_micros),
        "bonus_usd": usd_text(row.bonus_usd_micros),
        "macrs_usd": usd_text(row.macrs_usd_micros),
        "depreciation_usd": usd_text(row.depreciation_usd_micros),
        "accumulated_usd": usd_text(row.accumulated_usd_micros),
        "remaining_basis_usd": usd_text(row.remaining_basis_usd_micros),
        "convention": row.convention,
        "ubia_usd": usd_text(row.ubia_usd_micros),
        "disposed": None if row.disposed is None else row.disposed.isoformat(),
        "gain_usd": None if row.gain_usd_micros is None else usd_text(row.gain_usd_micros),
        "recapture_usd": usd_text(row.recapture_usd_micros),
        "how": row.how,
        "proceeds_usd": None if row.how is None else usd_text(row.proceeds_usd_micros),
        "recaptured_179_usd": usd_text(row.recaptured_179_usd_micros),
        "amt_macrs_usd": usd_text(row.amt_macrs_usd_micros),
        "cites": list(row.cites),
        "id": row.id,
    }


def _lot(lot: OpenLot, assets: AssetTable) -> Listing:
    """Return an open lot; how it came, and a second basis, stand there only where they differ from the usual."""
    listed: Listing = {
        "asset": lot.asset,
        "wallet": lot.wallet,
        "quantity": _coins(lot.quantity, lot.asset, assets),
        "acquired": lot.acquired.isoformat(),
        "basis_usd": usd_text(lot.basis_usd_micros),
        "lot": lot.lot,
    }
    if lot.how is not None:
        listed["how"] = lot.how
    if lot.loss_basis_usd_micros is not None:
        listed["loss_basis_usd"] = usd_text(lot.loss_basis_usd_micros)
    if lot.term_day is not None:
        listed["held_from"] = lot.term_day.isoformat()
    return listed if lot.basis_known else {**listed, "basis_known": False}


def _gain(row: GainRow, assets: AssetTable) -> Listing:
    listed: Listing = {
        "asset": row.asset,
        "wallet": row.wallet,
        "quantity": _coins(row.quantity, row.asset, assets),
        "acquired": None if row.acquired is None else row.acquired.isoformat(),
        "sold": row.sold.isoformat(),
        "proceeds_usd": usd_text(row.proceeds_usd_micros),
        "basis_usd": usd_text(row.basis_usd_micros),
        "gain_usd": usd_text(row.gain_usd_micros),
        "term": row.term,
        "box": row.box,
        "lot": row.lot,
        "disposal": row.disposal,
        "adjustment_code": row.adjustment_code,
        "adjustment_usd": usd_text(row.adjustment_usd_micros),
    }
    if row.how is not None:
        listed |= {"how": row.how, "basis_used": row.basis_used, "basis_known": row.basis_known}
    return {**listed, "missing": True} if row.missing else listed


def _removal(removal: Removal, assets: AssetTable) -> Listing:
    return {
        "asset": removal.asset,
        "wallet": removal.wallet,
        "quantity": _coins(removal.quantity, removal.asset, assets),
        "date": removal.day.isoformat(),
        "acquired": None if removal.acquired is None else removal.acquired.isoformat(),
        "term": removal.term,
        "fair_value_usd": usd_text(removal.fair_value_usd_micros),
        "basis_usd": usd_text(removal.basis_usd_micros),
        "deduction_usd": usd_text(removal.deduction_usd_micros),
        "form": removal.form,
        "disposition": removal.disposition,
        "lot": removal.lot,
        "disposal": removal.disposal,
    }


def _total(total: TermTotal) -> Listing:
    return {
        "proceeds_usd": usd_text(total.proceeds_usd_micros),
        "basis_usd": usd_text(total.basis_usd_micros),
        "adjustment_usd": usd_text(total.adjustment_usd_micros),
        "gain_usd": usd_text(total.gain_usd_micros),
    }


def _price(value_usd_micros: int, quantity: int, decimals: int) -> str:
    """Return the price of one whole coin that a value alone comes to, to the micro-dollar."""
    return usd_text(divide(value_usd_micros * 10**decimals, quantity))


def _coins(quantity: int | None, asset: str, assets: AssetTable) -> str | None:
    return None if quantity is None else unscaled(quantity, assets.decimals(asset))


def _pending(book: Book, year: int | None = None) -> list[str]:
    return [receipt for when, receipt in book.income.pending if year in (None, when)]
