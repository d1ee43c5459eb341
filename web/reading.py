"""A book as the pages read it: folded once for each head of the log, and shared by all who ask meanwhile."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lotwork.ledger.clock import Clock
from lotwork.ledger.events import US, Event
from lotwork.ledger.gc_pause import gc_paused
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import MAIN_BOOK, Head
from lotwork.ledger.storage.evidence import Evidence, named_by
from lotwork.projections.abroad.liability import foreign_liability
from lotwork.projections.abroad.rates import NoRateError
from lotwork.projections.abroad.tax_return import ForeignReturn
from lotwork.projections.basis.open_lots import OpenLot
from lotwork.projections.estimated.open_year import year_asked
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.filing.recorded import years_recorded
from lotwork.projections.findings import Finding
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.liability import Liability, liability
from lotwork.projections.plan.price import PlanPrice, last_prices
from lotwork.projections.plan.suppose import SupposedLog
from lotwork.projections.quarterly import Quarterly, quarterly
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded as fold_on
from lotwork.projections.returns.business import equipment_of, expenses_of
from lotwork.projections.states.estimated import StateQuarterly, state_quarterly
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.us.estimated_penalty import APRIL, APRIL_15
from lotwork.service.ledger_place import open_log
from lotwork.service.own_books import Own, open_own_log
from lotwork.web.filed_years import FiledYear, filed_lately, filed_year
from lotwork.web.open_lots import OpenLots
from lotwork.web.problems_of import Costs, Taxed, problems_of
from lotwork.web.wording import coins

BOOKS_KEPT = 6
Key = tuple[str, str, int, date, bool]


@dataclass(frozen=True, slots=True)
class Reading:
    """One book at one head, for one year, as of a day of the taxpayer's calendar."""

    home: Path
    head: Head
    year: int
    years: tuple[int, ...]
    """Those in which anything happened, with this one, the newest first: the years a page is offered of."""
    today: date
    history: History
    law: Law
    """The law in force, the rules of the book among it."""
    folded: Book
    open_lots: OpenLots
    findings: tuple[Finding, ...]
    stops: frozenset[Finding]
    """Those of the findings that `lotwork file` stops at: of a year that goes on, all that its return will rest on."""
    latest: Mapping[str, PlanPrice]
    costs: Costs | None
    """None where their law is not known."""
    owed: Liability | None
    """The tax of US law: of a year that is over by the Tax Table, as its return is filed."""
    payments: Quarterly | None
    """The payments of the year: where its law is not known, by the prior year alone."""
    before: Quarterly | None
    """Those of the year before, while a penalty on them still runs: the fourth is due in January."""
    state_payments: StateQuarterly | None
    """The payments of the year to the state; None where no profile names one."""
    state_before: StateQuarterly | None
    unknown_law: str
    """Why the tax of the year is not computed; empty where it is."""
    jurisdiction: str
    abroad: ForeignReturn | None
    """The year under the law of another country, where the profile names one."""
    filed: Mapping[int, FiledYear]
    """The returns filed: of this year, and of the last years whatever is shown."""
    as_of: date | None = None
    """The day that is over for this reading: what happened after it does not count. None: all that is told does."""

    @property
    def lots(self) -> tuple[OpenLot, ...]:
        """The open lots, by asset, wallet and age."""
        return self.open_lots.all()

    @property
    def book(self) -> str:
        """The book's name."""
        return self.head.book

    def coins(self, units: int, asset: str) -> str:
        """Return base units of *asset* as whole coins."""
        return coins(units, self.history.assets.decimals(asset))

    @property
    def is_us(self) -> bool:
        """Say if the year is under the law of the United States."""
        return self.jurisdiction == US

    @property
    def is_over(self) -> bool:
        """Say if the year has ended."""
        return self.year < self.today.year

    @property
    def is_empty(self) -> bool:
        """Say if nothing was ever recorded."""
        return self.head.position == 0


class OwnEvidence(Evidence):
    """The evidence of a home of which only what is *named* by one's own events is there, and what one brings."""

    def __init__(self, home: Path, named: Callable[[], frozenset[str]]) -> None:
        super().__init__(home)
        self._named = named
        self._brought: set[str] = set()

    def keep(self, data: bytes) -> str:
        """Keep *data*, which is one's own from now on."""
        sha256 = super().keep(data)
        self._brought.add(sha256)
        return sha256

    def holds(self, sha256: str) -> bool:
        """Say if something of one's own is kept as *sha256*."""
        return super().holds(sha256) and (sha256 in self._brought or sha256 in self._named())


class BookCache:
    """The books of one home as read last; a book is folded anew only when its log has grown or the day turned.

    Where only some books are one's *own*, the others are not there: none is named, read, or has evidence here.
    """

    def __init__(self, home: Path, clock: Clock, own: Own | None = None, *, most_kept: int = BOOKS_KEPT) -> None:
        self.home = home
        self.log = self._log = open_log(home, check_heads=False) if own is None else open_own_log(home, own)
        self._clock = clock
        self._own = own
        self._most_kept = most_kept
        self._named: dict[str, tuple[Head, frozenset[str]]] = {}
        self._kept: OrderedDict[Key, Reading] = OrderedDict()
        self._turn = threading.Lock()

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def books(self) -> tuple[str, ...]:
        """Return every book there is, the main one first, though it be empty."""
        others = tuple(book for book in self._log.books() if book != MAIN_BOOK)
        return (MAIN_BOOK, *others) if self._own is None or MAIN_BOOK in self._own() else others

    def evidence(self) -> Evidence:
        """Return the evidence of the home: of that, where only some books are one's own, what these name."""
        return Evidence(self.home) if self._own is None else OwnEvidence(self.home, self._named_by_own)

    def _named_by_own(self) -> frozenset[str]:
        """Return the SHA-256 of all evidence that the events of one's own books name."""
        with self._turn:
            for book in self._log.books():
                head = self._log.head(book)
                if self._named.get(book, (None,))[0] != head:
                    events = (event for _, event in self._log.read(book, up_to=head.position))
                    self._named[book] = head, frozenset(sha256 for event in events for sha256 in named_by(event))
            return frozenset().union(*(named for _, named in self._named.values()))

    def read(self, book: str, year: int | None, as_of: date | None = None) -> Reading:
        """Return *book* for *year*; without one, for the year it is. What happened after the day *as_of* is left out.

        A day that has not come yet leaves nothing out.
        Raises IntegrityError where the log has lost events against the heads told outside it.
        """
        with self._turn:
            head = self._log.head(book)
            whole = (each for each in reversed(self._kept.values()) if each.head == head and each.as_of is None)
            kept = next(whole, None)
            history = kept.history if kept else self._history(head)
            today = history.calendar.day(self._clock.now())
            if as_of is not None and as_of < today:
                today, history = as_of, self._history(head, as_of)
            else:
                as_of = None
            key = (book, head.hash, year or today.year, today, as_of is None)
            found = self._kept.get(key)
            if found is None:
                found = self._kept[key] = self._fold(head, history, year or today.year, today, as_of)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
            return found

    def supposed(self, reading: Reading, events: Sequence[Event]) -> Reading:
        """Return what *reading* would be if *events* were recorded; nothing of it is kept."""
        log = SupposedLog(self._log, reading.book, tuple(events))
        history = History.read(log, reading.book, up_to=reading.head.position)
        return self._fold(reading.head, history, reading.year, reading.today, None)

    def _history(self, head: Head, until: date | None = None) -> History:
        self._log.check_heads()
        return History.read(self._log, head.book, up_to=head.position, until=until)

    @gc_paused()
    def _fold(self, head: Head, history: History, year: int, today: date, as_of: date | None) -> Reading:
        law = law_in_force(history, Law.load())
        filings = filed_lately(history, year, today)
        folded = fold_on(history, {year, *filings, *_still_open(year, today)}, law)
        lots = OpenLots(folded)
        jurisdiction = folded.taxpayer.profile_on(year_end(year)).jurisdiction
        taxed = _taxed(folded, law, year, today, jurisdiction)
        filed: dict[int, FiledYear] = {}
        for each, filing in filings.items():
            now = taxed.owed if each == year else _owed(folded, law, each, today)
            if now is not None:
                filed[each] = filed_year(folded, law, self._log, filing, now, today, as_of)
        costs, before = _costs(folded, law, year, taxed.owed), _before(folded, law, year, today)
        problems = problems_of(folded, law, year, taxed, costs, (today, self._clock.now()))
        return Reading(
            home=self.home,
            head=head,
            year=year,
            years=tuple(sorted({*years_recorded(folded), today.year}, reverse=True)),
            today=today,
            history=history,
            law=law,
            folded=folded,
            open_lots=lots,
            findings=problems.findings,
            stops=problems.stops,
            latest=last_prices(folded, today),
            costs=costs,
            owed=taxed.owed,
            payments=taxed.payments,
            before=before.payments,
            state_payments=taxed.state,
            state_before=before.state,
            unknown_law=taxed.unknown,
            jurisdiction=jurisdiction,
            abroad=taxed.abroad,
            filed=filed,
            as_of=as_of,
        )


def _taxed(folded: Book, law: Law, year: int, today: date, jurisdiction: str) -> Taxed:
    """Return what is owed for *year* under the law of *jurisdiction*, or why that is not known."""
    try:
        if jurisdiction != US:
            return Taxed(abroad=foreign_liability(folded, law, year, jurisdiction))
        if year < today.year:
            return _payments(folded, law, year, today)._replace(owed=liability(folded, law, year, tax_table=True))
        owed = liability(folded, law, year)
        payments = quarterly(folded, law, owed, today, "cheaper_if_behind")
        return Taxed(owed, payments, state_quarterly(folded, law, owed, today))
    except (NoRateError, UnknownFigureError) as unknown:
        told = _payments(folded, law, year, today) if jurisdiction == US else Taxed()
        return told._replace(unknown=str(unknown))


def _payments(folded: Book, law: Law, year: int, today: date) -> Taxed:
    """Return the payments of *year*, if only by the prior year, and no tax; none where the law knows of none."""
    try:
        asked = year_asked(folded, law, year)
        payments = quarterly(folded, law, asked, today, "cheaper_if_behind")
        return Taxed(payments=payments, state=state_quarterly(folded, law, asked, today))
    except UnknownFigureError:
        return Taxed()


def _still_open(year: int, today: date) -> tuple[int, ...]:
    """Return the year before *year*, where that is this one and a penalty on the year before still runs."""
    return (year - 1,) if year == today.year and today <= date(year, APRIL, APRIL_15) else ()


def _before(folded: Book, law: Law, year: int, today: date) -> Taxed:
    """Return the payments of the year before *year* that are still open: due in January, or overdue."""
    for before in _still_open(year, today):
        if folded.taxpayer.profile_on(year_end(before)).jurisdiction == US:
            return _payments(folded, law, before, today)
    return Taxed()


def _owed(folded: Book, law: Law, year: int, today: date) -> Liability | None:
    try:
        return liability(folded, law, year, tax_table=year < today.year)
    except UnknownFigureError:
        return None


def _costs(folded: Book, law: Law, year: int, owed: Liability | None) -> Costs | None:
    """Return what the law leaves of the expenses, and the rigs; of a return they stand in it already."""
    if owed is not None:
        return Costs(owed.business.expenses, owed.business.equipment)
    try:
        return Costs(expenses_of(folded, law, year), equipment_of(folded, law, year))
    except UnknownFigureError:
        return None
