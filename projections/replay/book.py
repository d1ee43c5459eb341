"""The book: one pass over history, every fold at once.

A command asks for the years it prints; the folds keep rows for those years only, and totals for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import chain, takewhile
from operator import attrgetter

import msgspec

from lotwork.ledger.events import Event, Sharing
from lotwork.ledger.gc_pause import gc_paused
from lotwork.ledger.history import History, Trouble
from lotwork.projections.balances import BalanceFold
from lotwork.projections.basis.allocation import Allocations
from lotwork.projections.basis.elections import Choices, Orders
from lotwork.projections.basis.identification import Identification
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.basis.same_instant import DISPOSALS
from lotwork.projections.basis.waiting import Waiting
from lotwork.projections.basis.wash import wash_sales
from lotwork.projections.completeness.year import Completeness, completeness
from lotwork.projections.costs.reaches_nothing import reaches_nothing
from lotwork.projections.deferral import Deferral, deferral
from lotwork.projections.equipment import EquipmentFold, EquipmentState
from lotwork.projections.expenses import ExpenseFold, ExpenseState
from lotwork.projections.filer.origins import Origins
from lotwork.projections.filer.sharing import Sharings
from lotwork.projections.filer.taxpayer import Taxpayer
from lotwork.projections.findings import Finding, Findings
from lotwork.projections.findings_kept import Told, codes_of
from lotwork.projections.gains import GainFold, GainState, brokers_of
from lotwork.projections.income import IncomeFold, IncomeState
from lotwork.projections.law_in_force import folded_law, law_in_force
from lotwork.projections.lots import LotFold, LotState
from lotwork.projections.pricing import Prices, Quote
from lotwork.projections.questions.add_command import told_in
from lotwork.projections.questions.doubtful import Doubtful
from lotwork.projections.questions.fees import FeeFold, Paid
from lotwork.projections.questions.likely_twins import TwinFold, TwinState
from lotwork.projections.questions.lists import ask_of_nameless
from lotwork.projections.questions.names_alike import names_alike
from lotwork.projections.questions.names_nothing import names_nothing
from lotwork.projections.questions.payers import Payers
from lotwork.projections.questions.price_left import prices_left
from lotwork.projections.questions.taken_back import taken_back
from lotwork.projections.questions.told_twice import with_answers
from lotwork.projections.questions.unlikely import UnlikelyFold, UnlikelyState
from lotwork.projections.questions.waiting_coins import with_waiting_coins
from lotwork.projections.questions.wallets_near import COINS_MISSING, with_wallets_near
from lotwork.projections.questions.years_apart import years_apart
from lotwork.projections.replay.marks import Folds, Marks
from lotwork.projections.replay.readied import readied
from lotwork.projections.replay.stretches import Stretch, some_may_wait, stretches, take_in_turn
from lotwork.rules.load import Law


class BookState(msgspec.Struct):
    """What a book goes on from: the state of each fold, and what they found."""

    lots: LotState
    gains: GainState
    income: IncomeState
    expenses: ExpenseState
    equipment: EquipmentState
    balances: list[tuple[str, str, int]]
    twins: TwinState
    fees: list[Paid]
    unlikely: UnlikelyState
    quotes: dict[str, Quote]
    asked: dict[str, datetime]
    payers: list[tuple[str, list[str]]]
    findings: list[Finding]
    troubles: list[Trouble]
    events: int
    latest: datetime | None
    left_last: bool


class Book(msgspec.Struct):
    """One taxpayer's book, folded: ask it for a year's rows, or for the lots that are open."""

    history: History
    taxpayer: Taxpayer
    lots: LotFold
    gains: GainFold
    income: IncomeFold
    expenses: ExpenseFold
    equipment: EquipmentFold
    balances: BalanceFold
    twins: TwinFold
    fees: FeeFold
    unlikely: UnlikelyFold
    prices: Prices
    payers: Payers
    shares: Sharings
    quotes: dict[str, Quote]
    findings: Findings
    marks: Marks = msgspec.field(default_factory=Marks)
    """Where it stood at the turn of each month of the years it keeps."""
    deferral: Deferral | None = None
    """What takes mining income out of the year it is received in, where a book supposes such a law."""
    law: Law | None = None
    """The law it was asked to go by."""
    events: int = 0
    assumed: list[Finding] = msgspec.field(default_factory=list)
    """What `open_lots` had to assume when it was last asked; the next event may change it."""
    latest: datetime | None = None
    """The instant of the last event folded."""
    left_last: bool = False
    """Whether coins left at that instant: what else is told of it may be what they would have waited for."""
    _names: tuple[int, tuple[Finding, ...]] = (-1, ())
    """What was last found of names that look like one, and after how many events."""
    _complete: tuple[int, Completeness] = (-1, Completeness((), ()))
    """What was last found of work and what came for it, and after how many events."""

    @classmethod
    def begin(cls, history: History, years: Collection[int] = (), law: Law | None = None) -> Book:
        """Return the empty book of *history*, that will keep rows for *years*.

        Lots, identification and wash sales go by *law*: where none is given, by the law that ships with Lotwork and the
        rules *history* records.
        """
        findings = Findings()
        taxpayer = Taxpayer.read(history)
        elections = history.of_kind("election")
        brokers = brokers_of(taxpayer.wallets)
        ruling = folded_law(law_in_force(history, shipped_law()) if law is None else law)
        identification = Identification(history.calendar, history.assets, brokers, ruling, findings)
        wash = wash_sales(ruling, history.assets)
        gains = GainFold(history.assets, brokers, years, findings, ruling, wash)
        quotes: dict[str, Quote] = {}
        origins = Origins(taxpayer.activities, taxpayer.wallets.values())
        prices = Prices(_samples(history), partial(recorded_prices, history))
        sharings = tuple(event for event in history.of_kind("sharing") if isinstance(event, Sharing))
        lots = LotFold(
            calendar=history.calendar,
            assets=history.assets,
            orders=Orders(elections, identification),
            choices=Choices(history.of_kind("selection"), identification),
            allocations=Allocations.read(history, elections, ruling),
            sink=gains.match,
            findings=findings,
            wash=wash,
            book=history.book,
        )
        return cls(
            history=history,
            taxpayer=taxpayer,
            lots=lots,
            gains=gains,
            income=IncomeFold(history.calendar, years, quotes, findings, Doubtful(history, prices), origins=origins),
            expenses=ExpenseFold(history.calendar, origins),
            equipment=EquipmentFold(history.calendar),
            balances=BalanceFold(history.assets, findings),
            twins=TwinFold(history.assets, history.answered(), findings, history.book, history.voided, history.doubts),
            fees=FeeFold(findings, history.book),
            unlikely=UnlikelyFold(history.assets, findings, history.book),
            prices=prices,
            payers=Payers.of(taxpayer.wallets.values()),
            shares=Sharings(history.calendar, origins, findings, sharings),
            quotes=quotes,
            findings=findings,
            marks=Marks.of(years, history.calendar),
            deferral=deferral(ruling, history.calendar, findings),
            law=law,
        )

    def fold(self, *, until: date | None = None) -> Book:
        """Fold the history, up to the end of the day *until* where one is given, and return the book it comes to.

        What a pool's list does not have is only known at the end: where there is such an output, it is folded anew.
        """
        calendar = self.history.calendar
        end = None if until is None else calendar.midnight(until + timedelta(days=1))
        self.take_all(self.history.blocks(), end)
        if self.finds_doubts():
            anew = Book.begin(self.history, self.income.years, self.law)
            anew.take_all(self.history.blocks(), end)
            return anew
        return self

    def finds_doubts(self) -> bool:
        """Say if what pools list, held against what came now that all is folded, makes a receipt doubtful."""
        return bool(self.income.listing & self.income.listed) and self.history.compare_lists()

    def take(self, events: Sequence[Event]) -> None:
        """Fold *events*, which follow in order on all that was folded before."""
        self.take_all((events,))

    def take_all(self, blocks: Iterable[Sequence[Event]], end: datetime | None = None) -> None:
        """Fold the events of *blocks*, which follow in order on all that was folded before, up to the instant *end*."""
        self.assumed.clear()
        with gc_paused():
            for stretch in stretches(blocks, self._mark, end):
                self._take(stretch)

    def _mark(self, at: datetime) -> datetime:
        """Mark where the folds stand, where that is due before the instant *at*; return when it is due next."""
        return self.marks.make(Folds(self.gains, self.income, self.expenses, self.equipment), at, self.latest)

    def _take(self, stretch: Stretch) -> None:
        """Fold one stretch of events, fold by fold; none is handed what it has nothing to do with."""
        findings = self.findings
        told, singly = readied(self, stretch.events)
        kinds, days = set(map(type, told)), self.history.calendar.days(map(_instant, told))
        if stretch.share_instants and some_may_wait(told):
            take_in_turn(self.lots, told, days, findings)
        else:
            all_singly = self.lots.turns_by(told[-1].at)
            self.lots.take_all(told, days, findings.at(range(len(told)) if all_singly else singly))
        if not kinds.isdisjoint(IncomeFold.TAKES | ExpenseFold.TAKES):
            origins = self.income.origins.of_all(told)
            self.income.take_all(self.shares.beside(zip(findings.along(told), days, origins, strict=False)))
            self.expenses.take_all(self.shares.beside(zip(findings.along(told), days, origins, strict=False)))
        if not kinds.isdisjoint(EquipmentFold.TAKES):
            self.equipment.take_all(findings.along(told))
        if not kinds.isdisjoint(BalanceFold.TAKES):
            self.balances.take_all(findings.along(told))
        self.twins.take_all(told, share_instants=stretch.share_instants)
        if not kinds.isdisjoint(UnlikelyFold.TAKES):
            self.unlikely.take_all(findings.along(told))
        findings.settle()
        self.events, self.latest = self.events + len(told), told[-1].at
        at_once = takewhile(lambda event: event.at == self.latest, reversed(told))
        self.left_last = any(isinstance(event, DISPOSALS) for event in at_once)

    def state(self) -> BookState:
        """Return what another book of the same taxpayer can go on from; write it down before this one goes on."""
        return BookState(
            lots=self.lots.state(),
            gains=self.gains.state(),
            income=self.income.state(),
            expenses=self.expenses.state(),
            equipment=self.equipment.state(),
            balances=self.balances.state(),
            twins=self.twins.state(),
            fees=self.fees.state(),
            unlikely=self.unlikely.state(),
            quotes=self.quotes,
            asked=self.prices.asked,
            payers=self.payers.state(),
            findings=[*self.findings],
            troubles=self.history.troubles,
            events=self.events,
            latest=self.latest,
            left_last=self.left_last,
        )

    def resume(self, state: BookState, waiting: Waiting | None = None) -> Book:
        """Go on from *state*, to which the rows of the years this book keeps are laid, and return this book.

        What the state leaves out of the lots is *waiting*.
        """
        self.lots.resume(state.lots, waiting)
        self.gains.resume(state.gains)
        self.income.resume(state.income)
        self.expenses.resume(state.expenses)
        self.equipment.resume(state.equipment)
        self.balances.resume(state.balances)
        self.twins.resume(state.twins)
        self.fees.resume(state.fees)
        self.unlikely.resume(state.unlikely)
        self.quotes.update(state.quotes)
        self.prices.asked.update(state.asked)
        self.payers.resume(state.payers)
        self.findings.extend(state.findings)
        self.history.troubles[:] = state.troubles
        self.events, self.latest, self.left_last = state.events, state.latest, state.left_last
        return self

    def open_lots(self, at: date | None = None) -> tuple[OpenLot, ...]:
        """Return the lots that are open, those of a day before 2025 in the wallets their coins lie in."""
        with gc_paused():
            return tuple(self.each_open_lot(at))

    def each_open_lot(self, at: date | None = None) -> Iterator[OpenLot]:
        """Yield the same, before anything else is asked of this book or folded."""
        self.assumed.clear()
        return self.lots.open_lots(at, self.assumed)

    def told(self) -> Told:
        """Return every finding of the folds once, late selections among them."""
        late = (
            Finding(
                "selection_late",
                f"{selection.id} chose lots for {selection.for_} after it happened: the order in force was used "
                "(Treas. Reg. 1.1012-1(j)(2))",
                selection.id,
            )
            for selection in self.lots.choices.late
        )
        troubles = with_answers(self.history, (*self.history.unfit, *self.history.troubles))
        years = years_apart(self.taxpayer, self.history.book)
        asked = chain(self._names_alike(), ask_of_nameless(self.history), years, self.completeness().findings)
        told = Told.of(troubles, *self._found(), self.assumed, late, asked)
        return told_in(self.history.book, told)

    def completeness(self) -> Completeness:
        """Return what each pool's work should have brought, what came, and what is missing."""
        if self._complete[0] != self.events:
            self._complete = self.events, completeness(self.history, self.income.work)
        return self._complete[1]

    def _found(self) -> tuple[Sequence[Finding], Iterable[Finding]]:
        """Return what the folds found, first what was kept: of coins that are missing, with what may stand for them."""
        if COINS_MISSING not in codes_of(self.findings):
            return self.findings.kept, self.findings.since()
        places = self.balances.held
        held = {place for place, quantity in places.items() if quantity > 0}
        held.update(place for place, pool in self.lots.pools.items() if not pool.is_empty())
        found = with_waiting_coins(self.history, self.findings)
        return (), with_wallets_near(self.history, found, places, held, self.taxpayer.wallets)

    def _names_alike(self) -> tuple[Finding, ...]:
        """Return what looks like one under two names, names nothing or left a price; the log is read for it, once."""
        if self._names[0] != self.events:
            asked = self.history, self.balances.held, self.taxpayer.wallets
            nothing = (*names_nothing(*asked), *reaches_nothing(*asked))
            left = (*prices_left(self.history), *taken_back(self.history))
            self._names = self.events, (*names_alike(*asked), *nothing, *left)
        return self._names[1]


def recorded_prices(history: History) -> dict[str, int]:
    """Return where in the log each price sample was recorded."""
    return {event.id: position for position, event in history.log.read(history.book, kinds=("price",))}


def _samples(history: History) -> Iterator[Event]:
    """Yield the price samples, read at the first step; their troubles are told where they stand in the order."""
    told = len(history.troubles)
    samples = history.of_kind("price")
    del history.troubles[told:]
    yield from samples


_instant = attrgetter("at")


@cache
def shipped_law() -> Law:
    """Return the law that ships with Lotwork, read once: it does not change while the program runs."""
    return Law.load()
