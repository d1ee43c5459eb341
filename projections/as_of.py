"""Both times, for whoever reads a book: what had happened by a day, what was known by then, and under which law.

The day cuts by when things happened; an instant or a position cuts by when they were recorded. The command's options
and the Python face read a book through here, so that they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lotwork.ledger.errors import UsageError
from lotwork.ledger.history import History
from lotwork.ledger.public_form.parse_words import parse_day, parse_instant
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.questions.ahead import dated_ahead
from lotwork.rules.load import Law

if TYPE_CHECKING:
    from lotwork.projections.replay.book import Book

LAST_POSITION = 2**63 - 1
"""No log is longer: a later position means the end of the log too."""
BOOK_LAW, SHIPPED, FILED = "book", "shipped", "filed"


class Folded(NamedTuple):
    """A book folded, and the law it was folded under."""

    book: Book
    law: Law


class AsOf(msgspec.Struct, frozen=True):
    """What of a log counts, and under which law it is looked at."""

    as_of: date | None = None
    """The last day of what had happened; None: all of it."""
    known: date | datetime | None = None
    """The instant by which it had been recorded, or the taxpayer's day at whose end."""
    up_to: int | None = None
    """The last position that counts."""
    law_named: str = BOOK_LAW
    now: datetime | None = None
    """The instant now, where what is dated ahead of it is told; None: it is no matter."""

    def position(self, log: EventLog, book: str) -> int | None:
        """Return the last position that counts; None where all do."""
        return earlier(self.recorded(log, book), self.up_to)

    def recorded(self, log: EventLog, book: str) -> int | None:
        """Return the last position that was recorded by what `known` says; None where it says nothing."""
        if self.known is None:
            return None
        instant = self.known
        if not isinstance(instant, datetime):
            calendar = History.read(log, book).calendar
            instant = calendar.midnight(instant + timedelta(days=1)) - timedelta(microseconds=1)
        return log.recorded_by(book, instant)

    def history(self, log: EventLog, book: str) -> History:
        """Return the history of *book*, as far as it counts; of a log that grows, as it stands now."""
        return History.read(log, book, up_to=now_or(self.position(log, book), log, book), until=self.as_of)

    def fold(
        self,
        home: Path,
        history: History,
        years: Collection[int],
        until: date | None = None,
        *,
        from_zero: bool = False,
    ) -> Folded:
        """Return the book of *history*, folded to the end of *until* where that is given, and its law.

        It goes on from a checkpoint where there is one to believe and it is not told to begin *from_zero*.
        """
        from lotwork.projections.replay.resuming import folded  # noqa: PLC0415 - what reads the law alone folds nothing

        law = law_named(self.law_named, home, history, next(iter(years)) if len(years) == 1 else None)
        book = folded(history, years, law, until=until, from_zero=from_zero)
        if self.now is not None:
            book.findings.extend(dated_ahead(history, book.latest, self.now))
        return Folded(book, law)

    @property
    def is_whole(self) -> bool:
        """Whether all counts that the log holds, as it holds by now."""
        return self.as_of is None and self.known is None and self.up_to is None and not self.as_filed

    def until(self, year: int) -> date | None:
        """Return the last day that the payments of *year* look at: what comes after the year is not theirs."""
        return None if self.as_of is None else min(self.as_of, year_end(year))

    @property
    def as_filed(self) -> bool:
        """Whether the law is that of a return as it was filed."""
        return self.law_named.partition(":")[0] == FILED


def now_or(position: int | None, log: EventLog, book: str) -> int:
    """Return *position*, or the end of the log as it stands: what is appended while it is read is not read by half."""
    return log.head(book).position if position is None else position


def earlier(*positions: int | None) -> int | None:
    """Return the first of *positions* in the log; None, which is its end, where none is named."""
    return min((position for position in positions if position is not None), default=None)


def when_known(text: str) -> date | datetime:
    """Return the day or the instant that *text* tells; AmountError where it is neither."""
    return parse_instant(text) if "T" in text or " " in text else parse_day(text)


def law_named(name: str, home: Path, history: History, year: int | None = None) -> Law:
    """Return the law *name* means, with the rules of *history* where it is the book's law.

    `shipped` is the law as it came with Lotwork, `book` the same with the book's rules, `filed` or `filed:Y` that of a
    return as filed with the rules it was filed under (its files are kept in *home*), digits the book's law as of that
    position of the log, and anything else a folder laid out like rules/ with the book's rules.
    """
    if name == SHIPPED:
        return Law.load()
    if name == BOOK_LAW:
        return law_in_force(history, Law.load())
    kind, _, which = name.partition(":")
    if kind == FILED and not _is_folder(name):
        from lotwork.projections.filing.filed import filing_of  # noqa: PLC0415 - few ask for a return as filed
        from lotwork.rules.law_archive import LawArchive  # noqa: PLC0415 - the same

        told = History.read(history.log, history.book)
        filing = filing_of(told, _filed_year(which, year), made_by=history.up_to)
        then = History.read(history.log, history.book, up_to=filing.position)
        return law_in_force(then, LawArchive(home).law(filing.law_files or filing.law))
    if name.isascii() and name.isdecimal() and not _is_folder(name):
        return law_in_force(History.read(history.log, history.book, up_to=_position(name)), Law.load())
    if not _is_folder(name):
        raise UsageError(
            f"{name or '--law'}: there is no such folder of law: name one, or shipped, book, filed:YEAR, or a position "
            "of the log"
        )
    return law_in_force(history, Law.load(Path(name)))


def _is_folder(name: str) -> bool:
    """Say if *name* is a folder; what is too long for a name is none."""
    try:
        return bool(name) and Path(name).is_dir()
    except OSError:
        return False


def _position(name: str) -> int:
    """Return the position *name* tells; int() itself refuses to read thousands of digits."""
    return min(int(name), LAST_POSITION) if len(name) <= len(str(LAST_POSITION)) else LAST_POSITION


def _filed_year(which: str, year: int | None) -> int:
    if which:
        if re.fullmatch("[0-9]{4}", which) is None:
            raise UsageError(f"filed:{which}: name the year of the return, as in filed:2025")
        return int(which)
    if year is None:
        raise UsageError("filed: name the year of the return, as in filed:2025")
    return year
