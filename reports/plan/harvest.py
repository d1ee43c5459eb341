"""The listing of `lotwork plan harvest`: the losses that could be taken, what each saves, and the price levels."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec import UNSET, UnsetType

from lotwork.ledger.units import AssetTable, usd_text
from lotwork.projections.basis.holding_period import Term
from lotwork.projections.plan.harvest import Harvested, HarvestLevel, HarvestPlan
from lotwork.reports.lines import cents, coins
from lotwork.reports.plan.listing import NOT_STATES, PlanListing, StateInPlan, rate_text, state_in_plan
from lotwork.reports.plan.price import PriceRow, price_row
from lotwork.reports.rows import Day, Number, Price, Row, Table, Usd, Words

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
HARVEST_CITES = ("26 U.S.C. 1001, 1211(b), 1212(b), 1222", "26 U.S.C. 1091(a), 7701(o)")


class HarvestRow(Row, frozen=True, kw_only=True):
    """A lot at a loss: what its sale would save by itself, and after the lots above it."""

    lot: Words
    asset: str
    wallet: str
    acquired: Day
    term: Term
    quantity: Number
    basis_usd: Usd
    value_usd: Usd
    fee_usd: Usd
    loss_usd: Usd
    saved_alone_usd: Usd
    saved_usd: Usd
    worth: bool
    short_carryforward_usd: Usd
    long_carryforward_usd: Usd
    state_saved_alone_usd: Usd | UnsetType = UNSET
    state_saved_usd: Usd | UnsetType = UNSET
    """The same of the state's tax, which no other key has; left out where none is reckoned."""


class HarvestTotals(Row, frozen=True, kw_only=True):
    """The losses that are worth their fee, and the year before and after them."""

    lots: int
    loss_usd: Usd
    fee_usd: Usd
    tax_before_usd: Usd
    tax_after_usd: Usd
    saved_usd: Usd
    saved_after_fees_usd: Usd
    carryforward_before_usd: Usd
    short_carryforward_usd: Usd
    long_carryforward_usd: Usd


class LevelRow(Row, frozen=True, kw_only=True):
    """The price at which, and below which, the loss of a lot pays for its sale."""

    asset: str
    wallet: str
    lot: Words
    term: Term
    quantity: Number
    price_usd: Price


class HarvestListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan harvest` tells."""

    on: Day
    prices: tuple[PriceRow, ...]
    loss_limit_usd: Usd
    short_gain_usd: Usd
    long_gain_usd: Usd
    rows: tuple[HarvestRow, ...]
    left_out: int
    totals: HarvestTotals
    next_dollar: Mapping[Term, Number]
    levels: tuple[LevelRow, ...]
    notes: tuple[str, ...]
    not_covered: tuple[str, ...]
    cites: tuple[str, ...]
    state: StateInPlan | UnsetType = UNSET
    """What the losses worth their fee save of the state's tax, which no other key has; left out without a state."""
    state_next_dollar: Mapping[Term, Number] | UnsetType = UNSET
    """What the next dollar of loss saves of the state's tax; left out where none is reckoned."""


LOSSES = Table(
    HarvestRow, lambda row: (
        row.lot, row.wallet, row.term, row.quantity, row.loss_usd, row.fee_usd, row.saved_alone_usd, row.saved_usd,
        row.worth,
    ),
).leaving(lambda row: (row.fee_usd, row.saved_alone_usd, row.wallet, row.term))  # fmt: skip
LEVELS = Table(LevelRow, lambda row: (row.asset, row.wallet, row.lot, row.term, row.quantity, row.price_usd)).leaving(
    lambda row: (row.wallet, row.term)
)


def list_harvest(plan: HarvestPlan, assets: AssetTable) -> HarvestListing:
    """Return the losses in order, the year before and after them, and the price levels."""
    return HarvestListing(
        year=plan.year,
        on=plan.on,
        prices=tuple(price_row(price) for price in plan.prices),
        loss_limit_usd=cents(plan.limit),
        short_gain_usd=cents(plan.before.computed.filer.short_term_net),
        long_gain_usd=cents(plan.before.computed.filer.long_term_net),
        rows=tuple(_harvested(row, assets, has_state=plan.state_saved is not None) for row in plan.rows),
        left_out=plan.left_out,
        totals=_totals(plan),
        next_dollar={term: rate_text(rate) for term, rate in plan.rates.items()},
        levels=tuple(_level(level, assets) for level in plan.levels),
        notes=HARVEST_NOTES,
        not_covered=NOT_STATES if plan.state_saved is None else (),
        cites=HARVEST_CITES,
        state=UNSET
        if plan.state is None
        else state_in_plan(plan.state, plan.state_saved, plan.base.tax - plan.best.tax),
        state_next_dollar=UNSET
        if plan.state_rates is None
        else {term: rate_text(rate) for term, rate in plan.state_rates.items()},
    )


def _totals(plan: HarvestPlan) -> HarvestTotals:
    taken = [row.candidate for row in plan.rows if row.worth]
    fees = sum(each.fee for each in taken)
    saved = plan.base.tax - plan.best.tax
    return HarvestTotals(
        lots=len(taken),
        loss_usd=usd_text(sum(each.loss for each in taken)),
        fee_usd=usd_text(fees),
        tax_before_usd=cents(plan.base.tax),
        tax_after_usd=cents(plan.best.tax),
        saved_usd=cents(saved),
        saved_after_fees_usd=cents(saved - Decimal(fees).scaleb(-6)),
        carryforward_before_usd=cents(plan.base.carried),
        short_carryforward_usd=cents(plan.best.short_carried),
        long_carryforward_usd=cents(plan.best.long_carried),
    )


def _harvested(row: Harvested, assets: AssetTable, *, has_state: bool) -> HarvestRow:
    each = row.candidate
    return HarvestRow(
        lot=each.lot.lot,
        asset=each.lot.asset,
        wallet=each.lot.wallet,
        acquired=each.lot.acquired,
        term=each.term,
        quantity=coins(each.lot.quantity, each.lot.asset, assets),
        basis_usd=usd_text(each.lot.basis_usd_micros),
        value_usd=usd_text(each.value),
        fee_usd=usd_text(each.fee),
        loss_usd=usd_text(each.loss),
        saved_alone_usd=cents(row.alone),
        saved_usd=cents(row.step),
        worth=row.worth,
        short_carryforward_usd=cents(row.short_carried),
        long_carryforward_usd=cents(row.long_carried),
        state_saved_alone_usd=cents(row.state_alone) if has_state else UNSET,
        state_saved_usd=cents(row.state_step) if has_state else UNSET,
    )


def _level(level: HarvestLevel, assets: AssetTable) -> LevelRow:
    return LevelRow(
        asset=level.asset,
        wallet=level.wallet,
        lot=level.lot,
        term=level.term,
        quantity=coins(level.quantity, level.asset, assets),
        price_usd=f"{level.price_usd:f}",
    )
