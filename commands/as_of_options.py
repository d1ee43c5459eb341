"""Both times, on every command that reads: what had happened by a day, and what was known by then.

`--as-of` cuts by when things happened, `--known` and `--up-to` by when they were recorded, and `--law` names the law
they are looked at under. Each command is given them as one `AsOfOptions`, and folds what it leaves.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec

from lotwork.commands.answer import Call
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError
from lotwork.ledger.gc_pause import gc_paused
from lotwork.ledger.public_form.parse_words import parse_day
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import AmountError

if TYPE_CHECKING:
    from lotwork.ledger.history import History
    from lotwork.projections.as_of import AsOf, Folded
    from lotwork.rules.load import Law

Function = TypeVar("Function", bound=Callable[..., Any])


class Position(click.IntRange):
    """A position of the log; one beyond the end of any log counts as that end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the position."""
        from lotwork.projections.as_of import LAST_POSITION  # noqa: PLC0415 - only who names one needs it

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


class AsOfOptions(msgspec.Struct, frozen=True):
    """What of the log a command reads, and under which law."""

    as_of: date | None = None
    known: str | None = None
    up_to: int | None = None
    law_named: str | None = None
    """None: that of the book."""

    def position(self, call: Call, log: EventLog) -> int | None:
        """Return the last position that counts; None where all do."""
        from lotwork.projections.as_of import earlier  # noqa: PLC0415 - what has no ledger is never folded

        known = self._meant().recorded(log, call.book)
        if known == 0 and log.head(call.book).position:
            call.say(
                f"Nothing of book {call.book} had been recorded by {self.known}: --known goes by the day an event was "
                "written into this log, --as-of by the day it happened."
            )
        return earlier(known, self.up_to)

    def history(self, call: Call, log: EventLog) -> History:
        """Return the history of the call's book, as far as it counts."""
        from lotwork.ledger.history import History  # noqa: PLC0415 - what has no ledger is never folded
        from lotwork.projections.as_of import now_or  # noqa: PLC0415 - the same

        up_to = now_or(self.position(call, log), log, call.book)
        return History.read(log, call.book, up_to=up_to, until=self.as_of)

    def fold(
        self,
        call: Call,
        log: EventLog,
        years: Collection[int],
        until: date | None = None,
        *,
        from_zero: bool = False,
    ) -> Folded:
        """Return the call's book as far as it counts, folded to the end of *until* where that is given, and its law.

        What is filed begins *from_zero*, and believes no checkpoint.
        """
        return self._meant().fold(call.home, self.history(call, log), years, until, from_zero=from_zero)

    def law(self, call: Call, history: History, year: int | None = None) -> Law:
        """Return the law the command was told to read under, the rules of *history* laid over it."""
        from lotwork.projections.as_of import BOOK_LAW, law_named  # noqa: PLC0415 - the same

        return law_named(BOOK_LAW if self.law_named is None else self.law_named, call.home, history, year)

    def until(self, year: int) -> date | None:
        """Return the last day that the payments of *year* look at."""
        return self._meant().until(year)

    @property
    def as_filed(self) -> bool:
        """Whether the law is that of a return as it was filed."""
        return self._meant().as_filed

    def _meant(self) -> AsOf:
        """Return what the options mean; --known is read here, so that what it cannot be is a mistake of the caller."""
        from lotwork.projections.as_of import BOOK_LAW, AsOf, when_known  # noqa: PLC0415 - the same

        try:
            known = None if self.known is None else when_known(self.known)
        except AmountError as broken:
            raise UsageError(f"--known {self.known}: {broken.reason}: {broken.remedy}") from broken
        meant = AsOf(self.as_of, known, self.up_to, BOOK_LAW if self.law_named is None else self.law_named)
        return msgspec.structs.replace(meant, now=SystemClock().now()) if meant.is_whole else meant


def say_if_beyond(call: Call, log: EventLog, up_to: int | None) -> None:
    """Say that the log ends before the position *up_to*, and where, if it does: all of it counts then."""
    last = log.head(call.book).position
    if up_to is not None and 0 < last < up_to:
        call.say(f"--up-to is beyond the end of book {call.book}, whose last position is {last}: all of it counts.")


def reading(function: Function) -> Function:
    """Give a command the options that limit what it reads, and one AsOfOptions in their place."""

    @click.option("--as-of", type=DAY, metavar="DATE", help="What had happened by the end of DATE.")
    @click.option("--known", metavar="DATE|INSTANT", help="What had been recorded by then.")
    @UpTo
    @click.option("--law", "law", metavar="LAW",
                  help="Under the law of a folder, or: shipped, book, filed, filed:YEAR.  [default: book]")  # fmt: skip
    @functools.wraps(function)
    def wrapper(
        call: Call, *args: Any, as_of: datetime | None, known: str | None, up_to: int | None, law: str | None,
        **words: Any,
    ) -> Any:  # fmt: skip
        options = AsOfOptions(None if as_of is None else as_of.date(), known, up_to, law)
        if up_to is not None:
            with call.log(begun=False) as log:
                say_if_beyond(call, log, up_to)
        with gc_paused():  # an answer makes very many rows, and ends
            return function(call, *args, options=options, **words)

    return wrapper  # type: ignore[return-value] # click's wrapper takes the options in the function's stead
