"""The face: a home opened, a book read as of a day, and what it answers, for Python (docs/python.md).

Nothing here writes: a home or a book that is not there is refused. Each answer is one pass over the log and the
command's own (lotwork.reports.answers), made numbers and days.
"""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from lotwork.face.completeness import Completeness
from lotwork.face.owed import Liability, Quarterly
from lotwork.face.results import Equipment, Expenses, Gains, Income, Lots, Result
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import LotworkError, UsageError
from lotwork.ledger.events import US
from lotwork.ledger.public_form.parse_words import check_tax_year, parse_day
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.ledger.units import AmountError
from lotwork.projections.as_of import BOOK_LAW, AsOf, Folded, earlier, when_known
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.quarterly import By
from lotwork.reports.answers import (
    Answer,
    LiabilityAnswer,
    QuarterlyAnswer,
    answer_completeness,
    answer_equipment,
    answer_expenses,
    answer_gains,
    answer_income,
    answer_liability,
    answer_lots,
    answer_quarterly,
)
from lotwork.reports.lazily import all_made
from lotwork.service.home import check_book, check_home, default_home, home_at
from lotwork.service.ledger_place import open_log
from lotwork.service.price_states import with_price_states

__all__ = ["Book", "Gains", "Home", "Income", "Liability", "Lots", "LotworkError", "Quarterly", "open"]

R = TypeVar("R", bound=Result)

IN_PYTHON = {"class": "recovery_class", "from": "inputs"}
"""What JSON calls by words that Python keeps for itself."""
OWN_KEYS = (Equipment, Liability, Quarterly)
"""What is told with such words, and with no key that the user chose, such as the name of a pool."""


def open(place: str | os.PathLike[str] | None = None) -> Home:  # noqa: A001 - lotwork.open, as gzip.open
    """Open the home at *place* for reading: its folder, or the `ledger.sqlite` in it.

    Without *place*, the home that the command uses: $LOTWORK_HOME, or the platform's data folder. Raises
    HomeNotFoundError where no ledger is, and IntegrityError where it lost events against its `heads.log`.
    """
    folder = default_home() if place is None else home_at(os.fspath(place))
    if folder.name == FILE_NAME:
        folder = folder.parent
    return Home(folder)


class Home:
    """A home opened for reading; close it, or use it in a `with`. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log = open_log(path, check_heads=False)
        check_home(self._log)
        self._log.check_heads()

    def books(self) -> tuple[str, ...]:
        """Return the names of the books."""
        return self._log.books()

    def book(
        self,
        name: str = MAIN_BOOK,
        *,
        as_of: date | str | None = None,
        known: date | datetime | str | None = None,
        up_to: int | None = None,
        law: str | os.PathLike[str] = BOOK_LAW,
    ) -> Book:
        """Return the book *name* as the log stands now: what is appended later is not in it.

        *as_of* counts what had happened by the end of that day, *known* what had been recorded by that instant or by
        the end of that day, *up_to* what stands at that position of the log or before; they go together. A day is the
        taxpayer's, as a date or "2026-06-30"; an instant is an aware datetime. *law* is the book's own, or what
        `lotwork --law` takes: "shipped", "filed:2025", or a folder of law.

        Raises BookNotFoundError, and UsageError for a day, an instant or a position that cannot be.
        """
        check_book(self._log, name)
        counted = AsOf(_day(as_of), _instant(known), _position(up_to), _law(law))
        end = earlier(counted.position(self._log, name), self._log.head(name).position)
        now = SystemClock().now() if counted.is_whole else None
        return Book(self._log, name, AsOf(counted.as_of, None, end, counted.law_named, now))

    def close(self) -> None:
        """Close the ledger's file; a later read opens it again."""
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Home {self.path}>"


class Book:
    """A book as it stood when `Home.book` was called; each answer folds it once, and tells its findings.

    `name` is the book's, `position` and `head` (the hash in hex) say how much of the log counts, and `as_of` is the
    last day that does, or None.
    """

    def __init__(self, log: EventLog, name: str, counted: AsOf) -> None:
        end = log.head(name, up_to=counted.up_to)
        self.name = name
        self.position = end.position
        self.head = end.hash
        self.as_of = counted.as_of
        self._log = log
        self._counted = counted

    def lots(self) -> Lots:
        """Return the open lots, now or at the end of `as_of`: `asset`, `wallet`, `quantity` in coins, `basis_usd`."""
        folded = self._folded()
        return self._told(Lots, folded, answer_lots(folded, self.as_of))

    def income(self, year: int) -> Income:
        """Return the receipts of *year* at the price of their moment; what has no price is in `pending` only."""
        folded = self._folded(_tax_year(year))
        return self._told(Income, folded, answer_income(folded, year))

    def gains(self, year: int) -> Gains:
        """Return the disposals of *year* against their lots, as Form 8949 lists them."""
        folded = self._folded(_tax_year(year))
        return self._told(Gains, folded, answer_gains(folded, year))

    def expenses(self, year: int) -> Expenses:
        """Return the expenses of *year* by line of Schedule C."""
        folded = self._folded(_tax_year(year))
        return self._told(Expenses, folded, answer_expenses(folded, year))

    def equipment(self, year: int) -> Equipment:
        """Return the depreciation of *year*, rig by rig."""
        folded = self._folded(_tax_year(year))
        return self._told(Equipment, folded, answer_equipment(folded, year))

    def completeness(self, year: int) -> Completeness:
        """Return what each pool's work of *year* should have brought, month by month, and what was booked."""
        folded = self._folded(_tax_year(year))
        return self._told(Completeness, folded, answer_completeness(folded, year))

    def liability(self, year: int, *, tax_table: bool = False) -> Liability:
        """Return the federal tax of *year*, form line by form line, each with its law and its events; and the state's.

        *tax_table* is a return as it is filed: by the IRS Tax Table below 100,000, with lines 36 to 38. Raises
        UsageError where the taxpayer is of another country in that year, and UnknownFigureError for a year whose law
        is not known.
        """
        folded = self._folded(_tax_year(year))
        jurisdiction = folded.book.taxpayer.profile_on(year_end(year)).jurisdiction
        if jurisdiction != US:
            raise UsageError(
                f"book {self.name} is under the law of {jurisdiction} in {year}, and the face tells US figures: ask "
                f"`lotwork liability --year {year} --book {self.name} --json`"
            )
        today = self.as_of or folded.book.history.calendar.day(SystemClock().now())
        answer = answer_liability(folded, year, today, tax_table=tax_table, as_filed=self._counted.as_filed)
        return self._told(Liability, folded, answer)

    def quarterly(self, year: int, *, annualized: bool | None = None) -> Quarterly:
        """Return the four payments of *year* as of `as_of`, or else of today: due, paid, short, and to set aside.

        The method that costs less is used; *annualized* names one whatever it costs: Schedule AI of Form 2210, or
        where it is False equal installments. Of a year whose law is not out only the prior year's measure is told.
        Raises UsageError for a taxpayer of another country.
        """
        folded = self._folded(_tax_year(year), self._counted.until(year))
        day = self.as_of or folded.book.history.calendar.day(SystemClock().now())
        by: By = "cheaper" if annualized is None else "annualized" if annualized else "regular"
        return self._told(Quarterly, folded, answer_quarterly(folded, year, day, by))

    def __repr__(self) -> str:
        as_of = "" if self.as_of is None else f" as of {self.as_of}"
        return f"<Book {self.name} at position {self.position}{as_of}>"

    def _folded(self, year: int | None = None, until: date | None = None) -> Folded:
        history = self._counted.history(self._log, self.name)
        return self._counted.fold(self._log.home, history, () if year is None else (year,), until)

    def _told(self, kind: type[R], folded: Folded, answer: Answer[Any] | LiabilityAnswer | QuarterlyAnswer) -> R:
        """Return *answer* as numbers and days, with what it rests on and every finding."""
        rests_on = {"book": self.name, "position": self.position, "head": self.head, "law": folded.law.digest}
        said = with_price_states(self._log.home, self.name, self._log, answer.findings)
        findings = [finding._asdict() for finding in said]
        listing = msgspec.to_builtins(answer.listing, enc_hook=all_made)
        told = _renamed(listing) if issubclass(kind, OWN_KEYS) else listing
        return msgspec.convert({**told, **rests_on, "findings": findings}, kind)


def _renamed(value: Any) -> Any:
    """Return *value* with no key that Python keeps for itself."""
    if isinstance(value, dict):
        return {IN_PYTHON.get(key, key): _renamed(each) for key, each in value.items()}
    return [_renamed(each) for each in value] if isinstance(value, list | tuple) else value


def _tax_year(year: int) -> int:
    return check_tax_year(year, "year")


def _day(day: date | str | None) -> date | None:
    told = day.isoformat() if isinstance(day, date) and not isinstance(day, datetime) else day
    if not isinstance(told, str | None):
        raise UsageError(f"as_of={day!r}: name a day, a date or a text like 2026-06-30")
    try:
        return None if told is None else parse_day(told)
    except AmountError as odd:
        raise UsageError(f"as_of={day}: {odd}") from odd


def _instant(known: date | datetime | str | None) -> date | datetime | None:
    if isinstance(known, datetime) and known.tzinfo is None:
        raise UsageError(f"known={known}: say in which zone, like datetime(…, tzinfo=UTC)")
    told = known.isoformat() if isinstance(known, date) else known
    if not isinstance(told, str | None):
        raise UsageError(f"known={known!r}: name a day, an instant, or a text like 2026-06-30T12:00:00Z")
    try:
        return None if told is None else when_known(told)
    except AmountError as odd:
        raise UsageError(f"known={known}: {odd}") from odd


def _position(up_to: int | None) -> int | None:
    if up_to is not None and (not _is_whole(up_to) or up_to < 0):
        raise UsageError(f"up_to={up_to!r}: name a position of the log, a whole number, 0 or more")
    return up_to


def _law(law: str | os.PathLike[str]) -> str:
    told: object = os.fspath(law) if isinstance(law, os.PathLike) else law
    if not isinstance(told, str):
        raise UsageError(f'law={law!r}: name "shipped", "book", "filed:2025", or a folder of law')
    return told


def _is_whole(value: object) -> bool:
    """Say if *value* is a whole number; a truth value is none, though Python counts it as one."""
    return isinstance(value, int) and not isinstance(value, bool)
