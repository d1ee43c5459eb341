"""Mining income by day, kind and pool: what was received, at the price of that moment.

Law: coins mined are gross income at fair market value on receipt (26 U.S.C. 61; Notice 2014-21, A-8). A receipt
without a price is pending: listed, and in no figure; nor is one that may be no income, until a person says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import ClassVar, NamedTuple, TypeAlias, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.doubts import may_list_for, named
from lotwork.ledger.events import Activity
from lotwork.ledger.zones import Calendar
from lotwork.projections.completeness.told import WorkFold, WorkState
from lotwork.projections.filer.origins import Dated, Origin, Origins, Place
from lotwork.projections.findings import Finding
from lotwork.projections.pricing import Quote
from lotwork.projections.questions.doubtful import Doubtful
from lotwork.projections.questions.keys_unknown import UnknownKeys
from lotwork.projections.unpriced import how_to_price
from lotwork.projections.waiting_list import passing


class IncomeRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One receipt: quantity in base units, value in micro-dollars (None while pending)."""

    receipt: str
    date: date
    wallet: str
    asset: str
    quantity: int
    price_usd: str | None
    value_usd_micros: int | None
    income: str
    price_source: str | None
    pool: str | None
    gross_quantity: int | None
    pool_fee_quantity: int | None
    origin: Origin
    """What decides where it stands on a return."""
    doubt: e.Doubt | None = None
    """Why it may be no income; then it has no value here."""


_receipt, _origin = attrgetter("receipt"), attrgetter("origin")

Received: TypeAlias = Mapping[Place, tuple[str, ...]]
"""Receipts by where they belong, in the order they were folded in."""


class Earned(NamedTuple):
    """Dollars the activity received, and what it was then."""

    event: str
    date: date
    category: str
    amount_usd_micros: int
    activity: Activity
    owner: e.Owner | None = None


class IncomeState(msgspec.Struct):
    """What an IncomeFold that keeps no rows goes on from: (year, origin, value), and what is pending."""

    origins: list[tuple[int, Origin, int]]
    pending: list[tuple[int, str]]
    last_price: tuple[str, str] | None
    earned: list[Earned]
    held: list[tuple[int, str]]
    listing: list[str]
    listed: list[str]
    work: WorkState
    unknown: list[tuple[str, str]]


@dataclass(slots=True)
class IncomeFold:
    """Adds receipts up by year and kind, and keeps the rows of *years*."""

    calendar: Calendar
    years: Collection[int]
    quotes: Mapping[str, Quote]
    findings: list[Finding]
    doubtful: Doubtful
    """Tells of what may be no income."""
    rows: list[IncomeRow] = field(default_factory=list)
    by_origin: dict[tuple[int, Origin], int] = field(default_factory=lambda: defaultdict(int))
    pending: list[tuple[int, str]] = field(default_factory=list)
    last_price: tuple[str, str] | None = None
    """The asset received last, and what one coin of it was worth."""
    origins: Origins = field(default_factory=Origins)
    earned: list[Earned] = field(default_factory=list)
    held: list[tuple[int, str]] = field(default_factory=list)
    """What may be no income and is in no figure, by year."""
    listing: set[str] = field(default_factory=set)
    """The pools that tell what they paid."""
    listed: set[str] = field(default_factory=set)
    """The pools that outputs are named for."""
    work: WorkFold = field(init=False)
    """What came day by day, and the work it came for."""

    unknown: UnknownKeys = field(init=False)
    """Keys that no answer of a source had before."""
    _received: tuple[tuple[int, Activity | None, int], Received] | None = field(init=False, default=None)
    """What was received by place, when it was last asked for: of which year, supposing what, and of how many rows."""

    def __post_init__(self) -> None:
        self.work = WorkFold(self.calendar)
        self.unknown = UnknownKeys(self.findings, self.doubtful.history.book)

    def state(self) -> IncomeState:
        """Return what another fold can go on from."""
        return IncomeState(
            origins=[(year, origin, value) for (year, origin), value in self.by_origin.items()],
            pending=self.pending,
            last_price=self.last_price,
            earned=self.earned,
            held=self.held,
            listing=sorted(self.listing),
            listed=sorted(self.listed),
            work=self.work.state(),
            unknown=sorted(self.unknown.asked),
        )

    def resume(self, state: IncomeState) -> None:
        """Go on from *state*."""
        for year, origin, value in state.origins:
            self.by_origin[year, origin] = value
        self.pending.extend(state.pending)
        self.last_price = state.last_price
        self.earned.extend(state.earned)
        self.held.extend(state.held)
        self.listing.update(state.listing)
        self.listed.update(state.listed)
        self.work.resume(state.work)
        self.unknown.asked.update(state.unknown)

    TAKES: ClassVar = frozenset(
        {e.Receipt, e.BusinessIncome, e.Transfer, e.Balance, e.HashrateTold, e.Difficulty, e.Credit}
    )
    """The kinds of events it has something to do with."""

    def take_all(self, told: Iterable[Dated]) -> None:
        """Fold what is *told*, in order: receipts of one day and origin are added up before they are counted."""
        work, quotes, doubts, rows = self.work.receive, self.quotes, self.doubtful.history.doubts, self.rows
        today, whence, is_kept, year, total, priced = None, None, False, 0, None, None
        for event, day, origin in told:
            if type(event) is not e.Receipt or origin is None:
                if type(event) in self.TAKES:
                    self.take(event)
                continue
            if day is not today or origin is not whence:
                self._count(year, whence, total)
                today, whence, year, total = day, origin, day.year, None
                is_kept = year in self.years
            work(event, day)
            fee, gross = event.pool_fee_quantity, event.gross_quantity
            if event.note is not None or event.pool is not None or fee is not None or gross is not None:
                self._look_at(event)
            value, doubt = event.value_usd_micros, event.doubt
            source = None if value is None else "event"
            if quotes and event.id in quotes:
                source = quotes[event.id].source
            if doubt is not None and event.in_doubt:
                value = None
                self.held.append((year, event.id))
                self.findings.append(self.doubtful.tell(event))
            elif value is None:
                doubt = None
                self._wait(event, year)
            else:
                doubt, total = None, (total or 0) + value
                if doubts and event.id in doubts:
                    self.findings.append(self.doubtful.tell(event))
                if event.price_usd is not None:
                    priced = event
            if is_kept:
                rows.append(
                    IncomeRow(
                        event.id, day, event.wallet, event.asset, event.quantity, event.price_usd, value, event.income,
                        source, event.pool, gross, fee, origin, doubt,
                    )
                )  # fmt: skip
        self._count(year, whence, total)
        if priced is not None and priced.price_usd is not None:
            self.last_price = priced.asset, priced.price_usd

    def _count(self, year: int, origin: Origin | None, value: int | None) -> None:
        if origin is not None and value is not None:
            self.by_origin[year, origin] += value

    def _look_at(self, event: e.Receipt) -> None:
        """Look at what a receipt tells beside its coins, as few do."""
        if event.note is not None:
            self.unknown.take(event)
        if event.pool is not None:
            self._note_pool(event)
        self._check_amounts(event)

    def _wait(self, event: e.Receipt, year: int) -> None:
        self.pending.append((year, event.id))
        self.findings.append(
            Finding(
                "receipt_pending",
                f"{event.id} has no price yet and is in no figure: {how_to_price(event.asset, event.at)}",
                event.id,
            )
        )

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        match event:
            case e.Receipt():
                self.take_all([(event, self.calendar.day(event.at), self.origins.of(event))])
            case e.BusinessIncome():
                day, activity = self.calendar.day(event.at), self.origins.activity(event.at)
                amount = event.amount_usd_micros
                self.earned.append(Earned(event.id, day, event.category, amount, activity, event.owner))
            case e.Transfer():
                self._note_pool(event)
                self.work.send(event)
                self.unknown.take(event)
            case e.Purchase() | e.GiftReceived() | e.Sale() | e.Movement():
                pass
            case e.PriceSample() | e.ExchangeRate() | e.BrokerReport():
                pass
            case e.Balance():
                self.work.owe(event)
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff() | e.EnergyEstimate() | e.Sharing():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence():
                pass
            case e.HashrateTold():
                self.work.work.append(event)
            case e.Difficulty():
                self.work.difficulties.append(event)
            case e.Credit():
                self.work.credit(event)
            case e.Suspense() | e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def _check_amounts(self, event: e.Receipt) -> None:
        gross, fee = event.gross_quantity, event.pool_fee_quantity or 0
        if gross is not None and event.quantity + fee > gross:
            why = "what came and what the pool kept are more than its gross amount"
        elif max(fee, (gross or 0) - event.quantity) > event.quantity:
            why = "the pool kept more than it paid"
        else:
            return
        amounts = "`quantity`, `pool_fee_quantity` or `gross_quantity`"
        self.findings.append(Finding("pool_amounts_contradict", f"{event.id}: {why}: correct {amounts}", event.id))

    def _note_pool(self, event: e.Receipt | e.Transfer) -> None:
        """Note which pools list what they paid, and which ones outputs are named for."""
        pool = may_list_for(event)
        if pool is not None:
            self.listing.add(pool)
        elif isinstance(event, e.Receipt) and event.vout is not None:
            self.listed.add(named(event.pool))

    @property
    def by_day(self) -> dict[tuple[date, str], int]:
        """The income of the years whose rows are kept, by day and pool (or kind), in micro-dollars."""
        told: defaultdict[tuple[date, str], int] = defaultdict(int)
        for row in self.rows:
            if row.value_usd_micros is not None:
                told[row.date, row.pool or row.income] += row.value_usd_micros
        return dict(told)

    @property
    def totals(self) -> dict[tuple[int, str], int]:
        """The income by year and kind, in micro-dollars."""
        totals: defaultdict[tuple[int, str], int] = defaultdict(int)
        for (year, origin), value in self.by_origin.items():
            totals[year, origin.income] += value
        return dict(totals)

    def of_year(self, year: int) -> dict[str, int]:
        """Return the income of *year* by kind, in micro-dollars."""
        return {kind: value for (when, kind), value in self.totals.items() if when == year}

    def placed(self, year: int, place: Place, whole: Activity | None = None) -> int:
        """Return the income of *year* in one *place*, in micro-dollars; *whole* supposes what the activity was."""
        told = self.by_origin.items()
        return sum(value for (when, origin), value in told if when == year and origin.place(whole) == place)

    def received(self, year: int, whole: Activity | None = None) -> Received:
        """Return the receipts of *year* by where they belong, of the rows that are kept; none that is in doubt."""
        asked = year, whole, len(self.rows)
        if self._received is None or self._received[0] != asked:
            told: defaultdict[Place, list[str]] = defaultdict(list)
            counted = (row for row in passing(self.rows) if row.doubt is None and row.date.year == year)
            for origin, together in groupby(counted, _origin):
                told[origin.place(whole)] += map(_receipt, together)
            self._received = asked, {place: tuple(names) for place, names in told.items()}
        return self._received[1]

    def earned_in(self, year: int, place: Place, whole: Activity | None = None) -> list[Earned]:
        """Return the dollars of *year* that are the business's, or the hobby's."""
        return [each for each in self.earned if each.date.year == year and (whole or each.activity) == place]
