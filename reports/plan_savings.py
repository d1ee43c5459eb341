"""The listings of `lotwork plan harvest` and `lotwork plan set-aside`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lotwork.ledger.units import AssetTable, unscaled, usd_text
from lotwork.projections.plan.harvest import Harvested, HarvestLevel, HarvestPlan
from lotwork.projections.plan.set_aside import Kept, Projected, SetAsidePlan
from lotwork.reports.lines import cents
from lotwork.reports.plans import list_price

Listing = dict[str, Any]
RATE = Decimal("0.000001")
NO_WASH_SALE = (
    "A wash sale needs stock or securities, and coins are neither: nothing forbids buying the same coins back (26 "
    "U.S.C. 1091(a); Notice 2014-21). The law data hold a dated switch, should that change."
)
SUBSTANCE = (
    "A sale and a purchase at once, with no risk of the price between them, may be said to have no economic substance "
    "(26 U.S.C. 7701(o), with a penalty of 6662(b)(6)): let time and risk lie between them."
)
CHARACTER = (
    "A short-term loss is taken against short-term gains first, which are taxed as ordinary income, and a long-term "
    "loss against long-term gains first; what is left crosses over, then lowers other income up to the limit (26 "
    "U.S.C. 1211(b), 1222)."
)
HARVEST_NOTES = (NO_WASH_SALE, SUBSTANCE, CHARACTER)
SET_ASIDE_CITES = ("26 U.S.C. 1, 1401, 1411", "26 U.S.C. 6654", "Notice 2014-21, A-8")


def list_harvest(plan: HarvestPlan, assets: AssetTable) -> Listing:
    """Return the losses in order, the year before and after them, and the price levels."""
    taken = [row for row in plan.rows if row.worth]
    fees = sum(row.candidate.fee for row in taken)
    saved = plan.base.tax - plan.best.tax
    return {
        "year": plan.year,
        "on": plan.on.isoformat(),
        "prices": [list_price(price) for price in plan.prices],
        "loss_limit_usd": cents(plan.limit),
        "short_gain_usd": cents(plan.before.computed.filer.short_term_net),
        "long_gain_usd": cents(plan.before.computed.filer.long_term_net),
        "rows": [_harvested(row, assets) for row in plan.rows],
        "left_out": plan.left_out,
        "totals": {
            "lots": len(taken),
            "loss_usd": usd_text(sum(row.candidate.loss for row in taken)),
            "fee_usd": usd_text(fees),
            "tax_before_usd": cents(plan.base.tax),
            "tax_after_usd": cents(plan.best.tax),
            "saved_usd": cents(saved),
            "saved_after_fees_usd": cents(saved - Decimal(fees).scaleb(-6)),
            "carryforward_before_usd": cents(plan.base.carried),
            "short_carryforward_usd": cents(plan.best.short_carried),
            "long_carryforward_usd": cents(plan.best.long_carried),
        },
        "next_dollar": {term: rate_text(rate) for term, rate in plan.rates.items()},
        "levels": [_level(level, assets) for level in plan.levels],
        "notes": list(HARVEST_NOTES),
        "not_covered": ["state income tax"],
        "cites": ["26 U.S.C. 1001, 1211(b), 1212(b), 1222", "26 U.S.C. 1091(a), 7701(o)"],
    }


def _harvested(row: Harvested, assets: AssetTable) -> Listing:
    each = row.candidate
    return {
        "lot": each.lot.lot,
        "asset": each.lot.asset,
        "wallet": each.lot.wallet,
        "acquired": each.lot.acquired.isoformat(),
        "term": each.term,
        "quantity": unscaled(each.lot.quantity, assets.decimals(each.lot.asset)),
        "basis_usd": usd_text(each.lot.basis_usd_micros),
        "value_usd": usd_text(each.value),
        "fee_usd": usd_text(each.fee),
        "loss_usd": usd_text(each.loss),
        "saved_alone_usd": cents(row.alone),
        "saved_usd": cents(row.step),
        "worth": row.worth,
        "short_carryforward_usd": cents(row.short_carried),
        "long_carryforward_usd": cents(row.long_carried),
    }


def _level(level: HarvestLevel, assets: AssetTable) -> Listing:
    return {
        "asset": level.asset,
        "wallet": level.wallet,
        "lot": level.lot,
        "term": level.term,
        "quantity": unscaled(level.quantity, assets.decimals(level.asset)),
        "price_usd": f"{level.price_usd:f}",
    }


def rate_text(rate: Decimal) -> str:
    """Return a rate as a decimal fraction, to the millionth."""
    return f"{rate.quantize(RATE, ROUND_HALF_UP):f}"


def list_set_aside(plan: SetAsidePlan, assets: AssetTable) -> Listing:
    """Return the rate, what it comes to receipt by receipt, what was paid and what is due."""
    payment = plan.payments.next_payment
    return {
        "year": plan.year,
        "as_of": plan.as_of.isoformat(),
        "rate": rate_text(plan.rate),
        "average_rate": rate_text(plan.average),
        "projection": _projected(plan.projected),
        "rows": [_kept(each, assets) for each in plan.kept],
        "totals": {
            "received_usd": usd_text(sum(each.row.value_usd_micros or 0 for each in plan.kept)),
            "set_aside_usd": cents(plan.total),
            "set_aside_average_usd": cents(plan.on_average),
            "tax_so_far_usd": cents(plan.owed.tax),
            "paid_usd": cents(plan.owed.paid),
            "still_usd": cents(plan.still),
        },
        "next": None if payment is None else {
            "quarter": payment.quarter,
            "due": payment.due.isoformat(),
            "pay_usd": cents(payment.pay),
            "overdue_usd": cents(payment.overdue),
            "enough_usd": None if payment.safe is None else cents(payment.safe),
        },
        "not_covered": ["state income tax"],
        "cites": list(SET_ASIDE_CITES),
    }  # fmt: skip


def _projected(projected: Projected) -> Listing:
    return {
        "estimate": True,
        "note": f"an estimate: {projected.days} days of receipts and running costs, stretched to {projected.of_days}",
        "days": projected.days,
        "receipts_usd": cents(projected.receipts),
        "costs_usd": cents(projected.costs),
        "depreciation_usd": cents(projected.depreciation),
        "profit_usd": cents(projected.profit),
        "tax_usd": cents(projected.outcome.tax),
        "tax_of_mining_usd": cents(projected.mining_tax),
    }


def _kept(each: Kept, assets: AssetTable) -> Listing:
    return {
        "receipt": each.row.receipt,
        "date": each.row.date.isoformat(),
        "asset": each.row.asset,
        "value_usd": usd_text(each.row.value_usd_micros or 0),
        "set_aside_usd": cents(each.usd),
        "set_aside_quantity": unscaled(each.quantity, assets.decimals(each.row.asset)),
    }
