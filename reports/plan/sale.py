"""The listing of `lotwork plan sale`: the ways to make a sale from each wallet, and what waiting would save."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET, UnsetType

from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.units import AssetTable, usd_text
from lotwork.projections.basis.holding_period import Term
from lotwork.projections.gains import GainRow
from lotwork.projections.plan.sale import Later, SalePlan, WalletPlan, Way
from lotwork.projections.plan.state import StateTax
from lotwork.reports.lines import cents, cents_if_known, coins
from lotwork.reports.plan.listing import NOT_STATES, PlanListing
from lotwork.reports.plan.price import PriceRow, price_row
from lotwork.reports.rows import Day, Number, Row, Table, Usd, Words

SALE_CITES = (
    "26 U.S.C. 1001(a)",
    "26 U.S.C. 1012(c); Treas. Reg. 1.1012-1(j)",
    "26 U.S.C. 1222; Rev. Rul. 66-7",
    "26 U.S.C. 1(h), 1211(b), 1212(b), 1411",
)


class UsedLotRow(Row, frozen=True, kw_only=True):
    """A lot that a sale takes, or the part of it."""

    lot: Words | None
    acquired: Day | None
    quantity: Number
    basis_usd: Usd
    gain_usd: Usd
    term: Term


class WayRow(Row, frozen=True, kw_only=True):
    """One way to make a sale: what it gains, and what it adds to the tax of the year."""

    method: str
    in_force: bool
    basis_usd: Usd
    short_gain_usd: Usd
    long_gain_usd: Usd
    gain_usd: Usd
    added_tax_usd: Usd
    added: Mapping[str, Usd]
    after_tax_cash_usd: Usd
    carryforward_usd: Usd
    lots: tuple[UsedLotRow, ...]
    state_added_tax_usd: Usd | UnsetType = UNSET
    """What it adds to the state's tax, which no other key has; left out where none is reckoned."""
    cash_after_state_usd: Usd | UnsetType = UNSET


class LaterRow(Row, frozen=True, kw_only=True):
    """The same sale on a later day, when more lots are long-term."""

    on: Day
    days: int
    turned: tuple[str, ...]
    turned_quantity: Number
    added_tax_usd: Usd | None
    saved_usd: Usd | None
    state_added_tax_usd: Usd | UnsetType | None = UNSET
    state_saved_usd: Usd | UnsetType | None = UNSET
    """The same of the state's tax, which no other key has; left out without a state, null where none is reckoned."""
    saved_with_state_usd: Usd | UnsetType | None = UNSET


class WalletWays(Row, frozen=True, kw_only=True):
    """The ways to sell from one wallet, the best of them, and its selection as `lotwork import` reads it."""

    wallet: str
    held: Number
    rows: tuple[WayRow, ...]
    best: str
    later: tuple[LaterRow, ...]
    selection: Mapping[str, object]

    @property
    def best_row(self) -> WayRow:
        """The row of the best way."""
        return next(row for row in self.rows if row.method == self.best)


class StateOfSale(Row, frozen=True, kw_only=True):
    """The state whose tax a sale adds to; null: it is not reckoned, and the findings say why."""

    state: str
    name: str
    tax_without_usd: Usd | None


class SaleListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan sale` tells."""

    on: Day
    asset: str
    quantity: Number
    price: PriceRow
    proceeds_usd: Usd
    fee_usd: Usd
    tax_without_usd: Usd
    wallets: tuple[WalletWays, ...]
    held_price: str
    not_covered: tuple[str, ...]
    cites: tuple[str, ...]
    state: StateOfSale | UnsetType = UNSET
    """Left out where no profile names a state."""


WAYS = Table(
    WayRow, lambda row: (
        row.method, row.basis_usd, row.short_gain_usd, row.long_gain_usd, row.added_tax_usd, row.after_tax_cash_usd,
    ),
)  # fmt: skip
WAYS_WITH_STATE = Table(
    WayRow, lambda row: (
        row.method, row.basis_usd, row.short_gain_usd, row.long_gain_usd, row.added_tax_usd, row.state_added_tax_usd,
        row.cash_after_state_usd,
    ),
).leaving(lambda row: (row.basis_usd,))  # fmt: skip
LOTS = Table(
    UsedLotRow, lambda row: (row.lot, row.acquired, row.quantity, row.basis_usd, row.gain_usd, row.term)
).leaving(lambda row: (row.term, row.lot))
WAITING_WITH_STATE = Table(
    LaterRow, lambda row: (
        row.on, row.days, row.turned_quantity, row.added_tax_usd, row.saved_usd, row.state_saved_usd,
        row.saved_with_state_usd,
    ),
).leaving(lambda row: (row.days, row.added_tax_usd))  # fmt: skip
WAITING = Table(LaterRow, lambda row: (row.on, row.days, row.turned_quantity, row.added_tax_usd, row.saved_usd))


def list_sale(plan: SalePlan, assets: AssetTable) -> SaleListing:
    """Return the ways to make a sale from each wallet, side by side, the best one's selection ready to import."""
    asset = plan.asked.asset
    return SaleListing(
        year=plan.year,
        on=plan.asked.on,
        asset=asset,
        quantity=coins(plan.asked.quantity, asset, assets),
        price=price_row(plan.asked.price),
        proceeds_usd=usd_text(plan.proceeds),
        fee_usd=usd_text(plan.fee),
        tax_without_usd=cents(plan.before.tax),
        wallets=tuple(_wallet(wallet, asset, assets, has_state=plan.state is not None) for wallet in plan.wallets),
        held_price="a later sale is reckoned at the same price; nothing else of the year changes",
        not_covered=NOT_STATES if plan.state is None or plan.state.tax is None else (),
        cites=SALE_CITES,
        state=UNSET if plan.state is None else _state(plan.state),
    )


def _state(state: StateTax) -> StateOfSale:
    told = state.told
    return StateOfSale(state=told.residence.state or "", name=told.name, tax_without_usd=cents_if_known(state.tax))


def _wallet(plan: WalletPlan, asset: str, assets: AssetTable, *, has_state: bool) -> WalletWays:
    return WalletWays(
        wallet=plan.wallet,
        held=coins(plan.held, asset, assets),
        rows=tuple(_way(way, asset, assets) for way in plan.ways),
        best=plan.best.method,
        later=tuple(_later(later, asset, assets, has_state=has_state) for later in plan.later),
        selection=to_contract(plan.selection, assets),
    )


def _way(way: Way, asset: str, assets: AssetTable) -> WayRow:
    short, long = way.gain("short"), way.gain("long")
    return WayRow(
        method=way.method,
        in_force=way.in_force,
        basis_usd=usd_text(way.basis),
        short_gain_usd=usd_text(short),
        long_gain_usd=usd_text(long),
        gain_usd=usd_text(short + long),
        added_tax_usd=cents(way.added_tax),
        added={name: cents(amount) for name, amount in way.parts if amount},
        after_tax_cash_usd=cents(way.cash),
        carryforward_usd=cents(way.carried),
        lots=tuple(_used(row, asset, assets) for row in way.rows),
        state_added_tax_usd=UNSET if way.state_added is None else cents(way.state_added),
        cash_after_state_usd=UNSET if way.state_added is None else cents(way.cash - way.state_added),
    )


def _used(row: GainRow, asset: str, assets: AssetTable) -> UsedLotRow:
    return UsedLotRow(
        lot=row.lot,
        acquired=row.acquired,
        quantity=coins(row.quantity, asset, assets),
        basis_usd=usd_text(row.basis_usd_micros),
        gain_usd=usd_text(row.gain_usd_micros),
        term=row.term,
    )


def _later(later: Later, asset: str, assets: AssetTable, *, has_state: bool) -> LaterRow:
    return LaterRow(
        on=later.day,
        days=later.days,
        turned=tuple(lot.lot for lot in later.turned),
        turned_quantity=coins(sum(lot.quantity for lot in later.turned), asset, assets),
        added_tax_usd=cents_if_known(later.added_tax),
        saved_usd=cents_if_known(later.saved),
        state_added_tax_usd=cents_if_known(later.state_added) if has_state else UNSET,
        state_saved_usd=cents_if_known(later.state_saved) if has_state else UNSET,
        saved_with_state_usd=UNSET
        if not has_state
        else None
        if later.state_saved is None
        else cents_if_known(later.saved_of_both),
    )
