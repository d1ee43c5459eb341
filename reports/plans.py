"""The listings of `lotwork plan`: decimal strings, the assumptions beside the figures, and the law behind them."""

from __future__ import annotations

from typing import Any

from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.units import AssetTable, unscaled, usd_decimal, usd_text
from lotwork.projections.gains import GainRow
from lotwork.projections.plan.price import PlanPrice
from lotwork.projections.plan.sale import Later, SalePlan, WalletPlan, Way
from lotwork.reports.lines import cents, cents_if_known

Listing = dict[str, Any]
SALE_CITES = (
    "26 U.S.C. 1001(a)",
    "26 U.S.C. 1012(c); Treas. Reg. 1.1012-1(j)",
    "26 U.S.C. 1222; Rev. Rul. 66-7",
    "26 U.S.C. 1(h), 1211(b), 1212(b), 1411",
)


def list_price(price: PlanPrice) -> Listing:
    """Return a price with what it rests on."""
    day = None if price.day is None else price.day.isoformat()
    return {"asset": price.asset, "price_usd": price.price_usd, "source": price.source, "day": day}


def list_sale(plan: SalePlan, assets: AssetTable) -> Listing:
    """Return the ways to make a sale from each wallet, side by side, the best one's selection ready to import."""
    decimals = assets.decimals(plan.asked.asset)
    return {
        "year": plan.year,
        "on": plan.asked.on.isoformat(),
        "asset": plan.asked.asset,
        "quantity": unscaled(plan.asked.quantity, decimals),
        "price": list_price(plan.asked.price),
        "proceeds_usd": usd_text(plan.proceeds),
        "fee_usd": usd_text(plan.fee),
        "tax_without_usd": cents(plan.before.tax),
        "wallets": [_wallet(wallet, decimals, assets) for wallet in plan.wallets],
        "held_price": "a later sale is reckoned at the same price; nothing else of the year changes",
        "not_covered": ["state income tax"],
        "cites": list(SALE_CITES),
    }


def _wallet(plan: WalletPlan, decimals: int, assets: AssetTable) -> Listing:
    return {
        "wallet": plan.wallet,
        "held": unscaled(plan.held, decimals),
        "rows": [_way(way, decimals) for way in plan.ways],
        "best": plan.best.method,
        "later": [_later(later, decimals) for later in plan.later],
        "selection": to_contract(plan.selection, assets),
    }


def _way(way: Way, decimals: int) -> Listing:
    short, long = way.gain("short"), way.gain("long")
    return {
        "method": way.method,
        "in_force": way.in_force,
        "basis_usd": usd_text(way.basis),
        "short_gain_usd": usd_text(short),
        "long_gain_usd": usd_text(long),
        "gain_usd": usd_text(short + long),
        "added_tax_usd": cents(way.added_tax),
        "added": {name: cents(amount) for name, amount in way.parts if amount},
        "after_tax_cash_usd": cents(usd_decimal(way.net) - way.added_tax),
        "carryforward_usd": cents(way.carried),
        "lots": [_used(row, decimals) for row in way.rows],
    }


def _used(row: GainRow, decimals: int) -> Listing:
    return {
        "lot": row.lot,
        "acquired": None if row.acquired is None else row.acquired.isoformat(),
        "quantity": unscaled(row.quantity, decimals),
        "basis_usd": usd_text(row.basis_usd_micros),
        "gain_usd": usd_text(row.gain_usd_micros),
        "term": row.term,
    }


def _later(later: Later, decimals: int) -> Listing:
    return {
        "on": later.day.isoformat(),
        "days": later.days,
        "turned": [lot.lot for lot in later.turned],
        "turned_quantity": unscaled(sum(lot.quantity for lot in later.turned), decimals),
        "added_tax_usd": cents_if_known(later.added_tax),
        "saved_usd": cents_if_known(later.saved),
    }
