"""A book as the pages read it: folded once for each head of the log, and shared by all who ask meanwhile."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.batch import Head
from ledger.clock import Clock
from ledger.events import PriceSample
from ledger.history import History
from ledger.log import EventLog
from projections.book import Book
from projections.findings import Finding
from projections.law_in_force import law_in_force
from projections.liability import Liability, liability
from projections.lots import OpenLot
from projections.pricing import Quote
from projections.quarterly import Quarterly, quarterly
from rules.errors import UnknownFigureError
from rules.load import Law
from web.wording import coins

MAIN = "main"
BOOKS_KEPT = 6
Key = tuple[str, str, int, date]


@dataclass(frozen=True, slots=True)
class Reading:
    """One book at one head, for one year, as of a day of the taxpayer's calendar."""

    head: Head
    year: int
    years: tuple[int, ...]
    today: date
    history: History
    folded: Book
    lots: tuple[OpenLot, ...]
    findings: tuple[Finding, ...]
    latest: Mapping[str, Quote]
    owed: Liability | None
    payments: Quarterly | None
    unknown_law: str
    """Why the tax of the year is not computed; empty where it is."""

    @property
    def book(self) -> str:
        """The book's name."""
        return self.head.book

    def coins(self, units: int, asset: str) -> str:
        """Return base units of *asset* as whole coins."""
        return coins(units, self.history.assets.decimals(asset))

    @property
    def is_empty(self) -> bool:
        """Say if nothing was ever recorded."""
        return self.head.position == 0


class ReadingRoom:
    """Lends readings of the books of one home; a book is folded anew only when its log has grown or the day turned."""

    def __init__(self, home: Path, clock: Clock) -> None:
        self._log = EventLog.open(home, check_heads=False)
        self._clock = clock
        self._kept: OrderedDict[Key, Reading] = OrderedDict()
        self._turn = threading.Lock()

    def close(self) -> None:
        """Close the log."""
        self._log.close()

    def books(self) -> tuple[str, ...]:
        """Return every book there is, the main one first, though it be empty."""
        others = tuple(book for book in self._log.books() if book != MAIN)
        return (MAIN, *others)

    def read(self, book: str, year: int | None) -> Reading:
        """Return *book* for *year*; without one, for the year it is.

        Raises IntegrityError where the log has lost events against the heads told outside it.
        """
        with self._turn:
            head = self._log.head(book)
            kept = next((each for each in reversed(self._kept.values()) if each.head == head), None)
            history = kept.history if kept else self._history(head)
            today = history.calendar.day(self._clock.now())
            key = (book, head.hash, year or today.year, today)
            found = self._kept.get(key)
            if found is None:
                found = self._kept[key] = self._fold(head, history, year or today.year, today)
            self._kept.move_to_end(key)
            while len(self._kept) > BOOKS_KEPT:
                self._kept.popitem(last=False)
            return found

    def _history(self, head: Head) -> History:
        self._log.check_heads()
        return History.read(self._log, head.book, up_to=head.position)

    def _fold(self, head: Head, history: History, year: int, today: date) -> Reading:
        law = law_in_force(history, Law.load())
        folded = Book.begin(history, (year,)).fold()
        lots = folded.open_lots()
        owed, payments, unknown = _tax(folded, law, year, today)
        findings = [*folded.told(), *(owed.findings if owed else folded.expenses.result(year).findings)]
        findings += payments.findings if payments else ()
        return Reading(
            head=head,
            year=year,
            years=_years(folded, year, today),
            today=today,
            history=history,
            folded=folded,
            lots=lots,
            findings=tuple(dict.fromkeys(findings)),
            latest=_latest(history),
            owed=owed,
            payments=payments,
            unknown_law=unknown,
        )


def _tax(folded: Book, law: Law, year: int, today: date) -> tuple[Liability | None, Quarterly | None, str]:
    """Return what is owed for *year* and its payments, or why that is not known."""
    try:
        owed = liability(folded, law, year)
        return owed, quarterly(folded, law, owed, today), ""
    except UnknownFigureError as unknown:
        return None, None, str(unknown)


def _years(folded: Book, year: int, today: date) -> tuple[int, ...]:
    """Return the years in which anything happened, with this one, the newest first."""
    told = {when for when, _ in folded.income.totals} | {when for when, _ in folded.gains.totals}
    told |= {when for when, _ in folded.income.pending} | set(folded.taxpayer.year_facts)
    return tuple(sorted(told | {year, today.year}, reverse=True))


def _latest(history: History) -> dict[str, Quote]:
    """Return the newest price sample of each asset."""
    latest: dict[str, Quote] = {}
    for sample in history.of_kind("price"):
        if isinstance(sample, PriceSample):
            latest[sample.asset] = Quote(sample.price_usd, sample.source or "manual", sample.at, sample.id)
    return latest
