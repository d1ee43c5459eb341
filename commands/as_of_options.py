"""Both times, on every command that reads: what had happened by a day, and what was known by then.

`--as-of` cuts by when things happened, `--known` and `--up-to` by when they were recorded, and `--law` names the law
they are looked at under. Each command is given them as one `AsOfOptions`, and folds what it leaves.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from lotwork.commands.answer import Call, read_law
from lotwork.ledger.errors import UsageError
from lotwork.ledger.history import History
from lotwork.ledger.public_form.parse_words import parse_day, parse_instant
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import AmountError
from lotwork.projections.law_in_force import law_in_force

if TYPE_CHECKING:
    from lotwork.projections.replay.book import Book
    from lotwork.rules.load import Law

Function = TypeVar("Function", bound=Callable[..., Any])

LAST_POSITION = 2**63 - 1
"""No log is longer: a later position means the end of the log too."""
BOOK_LAW, SHIPPED, FILED = "book", "shipped", "filed"


class Position(click.IntRange):
    """A position of the log; one beyond the end of any log counts as that end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the position."""
        return min(super().convert(value, param, ctx), LAST_POSITION)


UpTo = click.option("--up-to", type=Position(min=0), metavar="POSITION", help="As the log stood at POSITION.")


class Day(click.DateTime):
    """A day as events write it, in the years an event can have."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the day's midnight, or refuse what is no such day."""
        try:
            parse_day(value)
        except AmountError as odd:
            self.fail(f"{odd.reason}: {odd.remedy}", param, ctx)
        return super().convert(value, param, ctx)


DAY = Day(["%Y-%m-%d"])


class Folded(NamedTuple):
    """A book folded, and the law it was folded under."""

    book: Book
    law: Law


@dataclass(frozen=True, slots=True)
class AsOfOptions:
    """What of the log a command reads, and under which law."""

    as_of: date | None = None
    known: str | None = None
    up_to: int | None = None
    law_named: str = BOOK_LAW

    def position(self, call: Call, log: EventLog) -> int | None:
        """Return the last position that counts; None where all do."""
        if self.known is None:
            return self.up_to
        known = log.recorded_by(call.book, self._instant(call, log, self.known))
        if not known and log.head(call.book).position:
            call.say(
                f"Nothing of book {call.book} had been recorded by {self.known}: --known goes by the day an event was "
                "written into this log, --as-of by the day it happened."
            )
        return known if self.up_to is None else min(known, self.up_to)

    def history(self, call: Call, log: EventLog) -> History:
        """Return the history of the call's book, as far as it counts."""
        return History.read(log, call.book, up_to=self.position(call, log), until=self.as_of)

    def fold(self, call: Call, log: EventLog, years: Collection[int], until: date | None = None) -> Folded:
        """Return the call's book as far as it counts, folded to the end of *until* where that is given, and its law."""
        from lotwork.projections.replay.book import Book  # noqa: PLC0415 - what reads the law alone folds nothing

        history = self.history(call, log)
        law = self.law(call, history, next(iter(years)) if len(years) == 1 else None)
        book = Book.begin(history, years, law).fold(until=until)
        return Folded(book, law)

    def law(self, call: Call, history: History, year: int | None = None) -> Law:
        """Return the law the command was told to read under, the rules of *history* laid over it."""
        return law_named(self.law_named, call, history, year)

    @property
    def as_filed(self) -> bool:
        """Whether the law is that of a return as it was filed."""
        return self.law_named.partition(":")[0] == FILED

    def _instant(self, call: Call, log: EventLog, known: str) -> datetime:
        """Return the instant *known* means: itself, or the end of its day in the taxpayer's zone."""
        try:
            if "T" in known or " " in known:
                return parse_instant(known)
            day = parse_day(known)
        except AmountError as broken:
            raise UsageError(f"--known {known}: {broken.reason}: {broken.remedy}") from broken
        calendar = History.read(log, call.book).calendar
        return calendar.midnight(day + timedelta(days=1)) - timedelta(microseconds=1)


def law_named(name: str, call: Call, history: History, year: int | None = None) -> Law:
    """Return the law *name* means, with the rules of *history* where it is the book's law.

    `shipped` is the law as it came with Lotwork, `book` the same with the book's rules, `filed` or `filed:Y` that of a
    return as filed with the rules it was filed under, digits the book's law as of that position of the log, and
    anything else a folder laid out like rules/ with the book's rules.
    """
    if name == SHIPPED:
        return read_law()
    if name == BOOK_LAW:
        return law_in_force(history, read_law())
    kind, _, which = name.partition(":")
    if kind == FILED and not _is_folder(name):
        from lotwork.projections.filing.filed import filing_of  # noqa: PLC0415 - few ask for a return as filed
        from lotwork.rules.law_archive import LawArchive  # noqa: PLC0415 - the same

        told = History.read(history.log, call.book)
        filing = filing_of(told, _filed_year(which, year), made_by=history.up_to)
        then = History.read(history.log, call.book, up_to=filing.position)
        return law_in_force(then, LawArchive(call.home).law(filing.law_files or filing.law))
    if name.isascii() and name.isdecimal() and not _is_folder(name):
        return law_in_force(History.read(history.log, call.book, up_to=_position(name)), read_law())
    if not _is_folder(name):
        raise UsageError(
            f"{name or '--law'}: there is no such folder of law: name one, or shipped, book, filed:YEAR, or a position "
            "of the log"
        )
    return law_in_force(history, read_law(Path(name)))


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


def reading(function: Function) -> Function:
    """Give a command the options that limit what it reads, and one AsOfOptions in their place."""

    @click.option("--as-of", type=DAY, metavar="DATE", help="What had happened by the end of DATE.")
    @click.option("--known", metavar="DATE|INSTANT", help="What had been recorded by then.")
    @UpTo
    @click.option("--law", "law", metavar="LAW", default=BOOK_LAW,
                  help="Under the law of a folder, or: shipped, book, filed, filed:YEAR.  [default: book]")  # fmt: skip
    @functools.wraps(function)
    def wrapper(
        *args: Any, as_of: datetime | None, known: str | None, up_to: int | None, law: str, **words: Any
    ) -> Any:
        options = AsOfOptions(None if as_of is None else as_of.date(), known, up_to, law)
        return function(*args, options=options, **words)

    return wrapper  # type: ignore[return-value] # click's wrapper takes the options in the function's stead
