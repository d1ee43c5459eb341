"""A sale before it happens: every order of lots and the least-tax choice side by side, and what waiting saves.

Law: from 2025 each wallet is a pool of its own, and lots are chosen no later than the sale (Treas. Reg. 1.1012-1(j)).
The tax a sale adds is the whole return with it less the whole return without it; the price is held whatever the day.
Where a profile names a state whose tax is reckoned, single lots and the days to wait are chosen by both taxes together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, get_args

import msgspec

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Election, LotChoice, Method, Sale, Selection
from lotwork.ledger.units import unscaled, usd_decimal
from lotwork.projections.basis.holding_period import long_term_from
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.findings import Finding
from lotwork.projections.gains import GainRow, brokers_of
from lotwork.projections.liability import Liability, liability
from lotwork.projections.lots import PER_WALLET_FROM
from lotwork.projections.plan.lots import Choice, Terms, evenly_spread, least_tax
from lotwork.projections.plan.sale_asked import SaleAsked, check_chosen, holds, instant, pools_of
from lotwork.projections.plan.state import StateTax, state_findings
from lotwork.projections.plan.suppose import SUPPOSED, Ground, suppose
from lotwork.projections.plan.whole_return import WholeReturn
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.carryovers import CarriedInto, carried_into
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.us.individual import Return

METHODS: tuple[Method, ...] = get_args(Method)
SPECIFIC, CHOSEN = "specific", "chosen"
MOST_DAYS = 12
"""How many days of waiting are shown; of more, evenly spread ones, the last among them."""
PARTS = ("income_tax", "se_tax", "amt", "niit", "additional_medicare")
LAST_YEAR_OF_RELIEF = 2026
"""Through it own records identify the lots of coins a broker holds (Notice 2025-7, Notice 2026-20)."""


class Way(NamedTuple):
    """One way to make the sale; money in micro-dollars, tax in dollars."""

    method: str
    in_force: bool
    rows: tuple[GainRow, ...]
    tax: Decimal
    added_tax: Decimal
    parts: tuple[tuple[str, Decimal], ...]
    """The added tax by the tax it is."""
    carried: Decimal
    """Capital loss the year then leaves to the next."""
    net: int
    """Proceeds after the fee."""
    state_added: Decimal | None = None
    """What it adds to the state's tax; None where no state is told, or its tax is not reckoned."""

    def gain(self, term: str) -> int:
        """Return the gain of one term."""
        return sum(row.gain_usd_micros for row in self.rows if row.term == term)

    @property
    def basis(self) -> int:
        """The basis of the lots used."""
        return sum(row.basis_usd_micros for row in self.rows)

    @property
    def cash(self) -> Decimal:
        """What is left after the fee and the tax."""
        return usd_decimal(self.net) - self.added_tax


class Later(NamedTuple):
    """The same sale on a later day: the lots that turned long-term by then, and what that saves."""

    day: date
    days: int
    turned: tuple[OpenLot, ...]
    added_tax: Decimal | None
    """None where the law of that year is not known."""
    saved: Decimal | None
    state_added: Decimal | None = None
    """What it adds to the state's tax on that day; None as in `Way`."""
    state_saved: Decimal | None = None

    @property
    def saved_of_both(self) -> Decimal | None:
        """What waiting saves of the federal tax and the state's together."""
        return None if self.saved is None else self.saved + (self.state_saved or 0)


class _Added(NamedTuple):
    """What the best choice of lots adds to the federal tax, and to the state's."""

    federal: Decimal | None
    state: Decimal | None


class WalletPlan(msgspec.Struct, frozen=True):
    """The sale from one wallet: the ways, the best of them, and the days to wait for."""

    wallet: str
    held: int
    ways: tuple[Way, ...]
    best: Way
    later: tuple[Later, ...]
    selection: Selection


class SalePlan(msgspec.Struct, frozen=True):
    """The sale from every wallet that could make it."""

    asked: SaleAsked
    year: int
    proceeds: int
    fee: int
    before: Liability
    wallets: tuple[WalletPlan, ...]
    findings: tuple[Finding, ...]
    state: StateTax | None = None
    """None where no profile names a state."""


def plan_sale(book: Book, law: Law, asked: SaleAsked, now: datetime) -> SalePlan:
    """Return the plan; *book* keeps rows for the year of the sale. Raises where coins, price or law are missing."""
    if asked.on < PER_WALLET_FROM:
        raise InputRefusedError(f"--on {asked.on}: a plan looks at each wallet alone, as the law does from 2025 on")
    year = asked.on.year
    carried = carried_into(book, law, year)
    before = liability(book, law, year, carried=carried)
    decimals = book.history.assets.decimals(asked.asset)
    proceeds = asked.price.value(asked.quantity, decimals)
    pools, at = pools_of(book, asked), instant(book, asked.on, now)
    ground = Ground(book, law, turned=True)
    state = StateTax.of(book, law, before)
    case = _Case(book, law, asked, proceeds, asked.fee.of(proceeds), at, before, carried, ground, state)
    check_chosen(asked, pools, decimals)
    wallets = tuple(case.plan(wallet, lots, now) for wallet, lots in pools)
    findings = (*_findings(book, asked, wallets, now), *state_findings(state))
    return SalePlan(asked, year, proceeds, case.fee, before, wallets, findings, state)


class _Case(msgspec.Struct):
    """One question: the book, the sale in dollars, and the year without it."""

    book: Book
    law: Law
    asked: SaleAsked
    proceeds: int
    fee: int
    at: datetime
    before: Liability
    carried: CarriedInto
    """What earlier years bring in, which no sale of this one changes."""
    ground: Ground
    """The book that each way is folded onto."""
    state: StateTax | None

    def plan(self, wallet: str, lots: Sequence[OpenLot], now: datetime) -> WalletPlan:
        asked = self.asked
        whole = WholeReturn.of(self.before, self.law, _under(self.state))
        chosen = self.least(Terms.on(lots, asked.on.toordinal()), whole)
        specific = tuple(LotChoice(lot=part.lot.lot, quantity=part.quantity) for part in chosen.parts)
        in_force = self.book.lots.orders.in_force(wallet, asked.asset, asked.on)
        ways = [self.way(wallet, method, (), in_force=method == in_force) for method in METHODS]
        ways.append(self.way(wallet, SPECIFIC, specific))
        if asked.lots and holds(lots, asked.lots):
            ways.append(self.way(wallet, CHOSEN, asked.lots))
        best = min(ways, key=lambda way: (way.added_tax + (way.state_added or 0), -way.carried, way.method != SPECIFIC))
        return WalletPlan(
            wallet=wallet,
            held=sum(lot.quantity for lot in lots),
            ways=tuple(ways),
            best=best,
            later=tuple(self.later(lots, whole, best)),
            selection=self.selection(wallet, _lots_of(best), min(now, self.at - timedelta(seconds=1))),
        )

    def least(self, terms: Terms, whole: WholeReturn) -> Choice:
        return least_tax(
            terms, self.asked.quantity, self.proceeds - self.fee, lambda short, long: whole.with_gains(short, long).both
        )

    def way(self, wallet: str, method: str, lots: tuple[LotChoice, ...], *, in_force: bool = False) -> Way:
        """Fold the sale with an order of lots elected for it, or with *lots* chosen before it."""
        asked, before = self.asked, self.at - timedelta(seconds=1)
        sale = Sale(
            id=f"{SUPPOSED}sale", at=self.at, wallet=wallet, asset=asked.asset, quantity=asked.quantity,
            proceeds_usd_micros=self.proceeds, fee_usd_micros=self.fee,
        )  # fmt: skip
        if lots:
            chosen = self.selection(wallet, lots, before)
            told: Selection | Election = msgspec.structs.replace(chosen, id=f"{SUPPOSED}{method}", for_=sale.id)
        else:
            told = Election(
                id=f"{SUPPOSED}{method}", at=before, from_=asked.on, method=_method(method), wallet=wallet,
                asset=asked.asset, with_broker=True,
            )  # fmt: skip
        waiting = self.book.lots.choices.state().waiting
        then = suppose(self.book, (told, sale), (self.before.year,), self.law, hidden=waiting, ground=self.ground)
        owed = liability(then, self.law, self.before.year, carried=self.carried, traced=False)
        return Way(
            method=method,
            in_force=in_force,
            rows=tuple(row for row in then.gains.rows if row.disposal == sale.id),
            tax=owed.tax,
            added_tax=owed.tax - self.before.tax,
            parts=tuple((name, owed.computed.summary[name] - self.before.computed.summary[name]) for name in PARTS),
            carried=owed.computed.carryover.short.amount + owed.computed.carryover.long.amount,
            net=self.proceeds - self.fee,
            state_added=self.of_state(owed),
        )

    def of_state(self, owed: Liability) -> Decimal | None:
        """Return what the sale adds to the state's tax."""
        after = None if self.state is None else self.state.under(owed.computed)
        return None if after is None or self.state is None or self.state.tax is None else after - self.state.tax

    def selection(self, wallet: str, lots: tuple[LotChoice, ...], at: datetime) -> Selection:
        broker = wallet in brokers_of(self.book.taxpayer.wallets)
        return Selection(
            id=f"choose {self.asked.on} {wallet} {unscaled(self.asked.quantity, self.decimals)} {self.asked.asset}",
            at=at, wallet=wallet, asset=self.asked.asset, lots=lots, with_broker=True if broker else None,
        )  # fmt: skip

    @property
    def decimals(self) -> int:
        return self.book.history.assets.decimals(self.asked.asset)

    def later(self, lots: Sequence[OpenLot], whole: WholeReturn, now: Way) -> Iterator[Later]:
        """Yield the days on which lots turn long-term within the year, or the one day that was asked for."""
        on = self.asked.on
        turns = {lot: day for lot in lots if (day := long_term_from(lot.acquired)) > on}
        if self.asked.wait_days is not None:
            days = [on + timedelta(days=self.asked.wait_days)]
        else:
            days = evenly_spread(sorted({day for day in turns.values() if day.year == on.year}), MOST_DAYS)
        for day in days:
            added = self.added_on(day, lots, whole)
            turned = tuple(lot for lot, turning in turns.items() if turning <= day)
            yield Later(
                day, (day - on).days, turned, added.federal, _less(now.added_tax, added.federal), added.state,
                _less(now.state_added, added.state),
            )  # fmt: skip

    def added_on(self, day: date, lots: Sequence[OpenLot], whole: WholeReturn) -> _Added:
        """Return what the best choice of lots adds on *day*; nothing known where that year's law is not."""
        state = self.state
        if day.year != self.asked.on.year:
            try:
                owed = liability(self.book, self.law, day.year)
            except UnknownFigureError:
                return _Added(None, None)
            state = StateTax.of(self.book, self.law, owed)
            whole = WholeReturn.of(owed, self.law, _under(state))
        chosen = self.least(Terms.on(lots, day.toordinal()), whole)
        without, then = whole.with_gains(), whole.with_gains(chosen.short, chosen.long)
        is_reckoned = state is not None and state.tax is not None
        return _Added(then.tax - without.tax, then.state_tax - without.state_tax if is_reckoned else None)


def _under(state: StateTax | None) -> Callable[[Return], Decimal | None] | None:
    return None if state is None else state.under


def _less(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return None if now is None or then is None else now - then


def _method(name: str) -> Method:
    return next(method for method in METHODS if method == name)


def _lots_of(way: Way) -> tuple[LotChoice, ...]:
    used: dict[str, int] = {}
    for row in way.rows:
        if row.lot is not None:
            used[row.lot] = used.get(row.lot, 0) + row.quantity
    return tuple(LotChoice(lot=lot, quantity=quantity) for lot, quantity in used.items())


def _findings(book: Book, asked: SaleAsked, wallets: Sequence[WalletPlan], now: datetime) -> Iterator[Finding]:
    today = book.history.calendar.day(now)
    if asked.on < today:
        yield Finding(
            "plan_in_the_past",
            f"{asked.on} is over: a selection recorded now comes too late for a sale of that day "
            "(Treas. Reg. 1.1012-1(j)(2))",
        )
    brokers = brokers_of(book.taxpayer.wallets)
    for plan in wallets:
        if plan.wallet in brokers:
            yield _tell_the_broker(plan.wallet, asked.on)
        if any(later.added_tax is None for later in plan.later):
            yield Finding(
                "plan_law_unknown",
                f"the law of {plan.later[-1].day.year} is not in the law data, so what a sale on "
                f"{plan.later[-1].day} costs is not computed: update Lotwork when the figures are out",
            )
    names = {plan.wallet for plan in wallets}
    waiting = set(book.lots.choices.state().waiting)
    for event in book.history.of_kind("selection"):
        if isinstance(event, Selection) and event.id in waiting and event.for_ is None and event.wallet in names:
            yield Finding(
                "selection_waits",
                f"{event.id} already chooses lots for the next sale from {event.wallet}, and decides it: void it "
                "before another is recorded",
                event.id,
            )


def _tell_the_broker(wallet: str, on: date) -> Finding:
    relief = (
        "through 2026 your own records identify the lots (Notice 2025-7, extended by Notice 2026-20)"
        if on.year <= LAST_YEAR_OF_RELIEF
        else "the lots must be named to the broker"
    )
    return Finding(
        "broker_identifies",
        f"{wallet} is kept by a broker: on {on} {relief}; from 2027 the broker must be told of the lots no later "
        "than the sale, or its order stands (Treas. Reg. 1.1012-1(j)(3)(ii))",
    )
