"""What every plan works with: the folded book, the law, the moment it is asked, and how its answer is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import click

from lotwork.commands.answer import Call, answer, check_year
from lotwork.commands.as_of_options import AsOfOptions
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import MICRO_DECIMALS, AmountError, scaled, usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.plan.missing_facts import facts_missing
from lotwork.projections.plan.next_year import law_assumed, law_of_plan
from lotwork.projections.replay.book import Book
from lotwork.reports.plans import PlanListing
from lotwork.rules.load import Law

Year = click.option("--year", type=int, metavar="Y", help="The tax year.  [default: this one]")
Price = click.option("--price", metavar="P", help="Dollars for a coin.  [default: the last price known]")
FeeOf = click.option("--fee", "fee", default="0", metavar="FEE", help='Cost of each sale: "0.5%" or dollars.')


class Desk(NamedTuple):
    """What a plan works with: the book, the law, and the moment it is asked."""

    log: EventLog
    book: Book
    law: Law
    """The law as it is known."""
    planned: Law
    """The same, with the year before's figures for those of the plan's year that are not out."""
    assumed: tuple[Finding, ...]
    """That there are such figures."""
    now: datetime

    @property
    def today(self) -> date:
        """The taxpayer's day."""
        return self.book.history.calendar.day(self.now)


def desk(call: Call, log: EventLog, options: AsOfOptions, years: Callable[[date], Collection[int]]) -> Desk:
    """Fold the book of the call, as of its options, for the *years* that the taxpayer's day asks for."""
    history = options.history(call, log)
    now = SystemClock().now()
    if options.as_of is not None:
        now = history.calendar.midnight(options.as_of + timedelta(days=1)) - timedelta(seconds=1)
    law = options.law(call, history)
    asked = years(history.calendar.day(now))
    planned, missing = law_of_plan(law, max(asked))
    assumed = (law_assumed(max(asked), missing),) if missing else ()
    return Desk(log, Book.begin(history, asked, planned).fold(), law, planned, assumed, now)


def the_year(given: int | None) -> Callable[[date], tuple[int, ...]]:
    """Return what names the year that was given, or the year of a day."""
    if given is not None:
        check_year(given)
    return lambda today: (today.year if given is None else given,)


def tell(
    call: Call, at: Desk, name: str, listing: PlanListing, findings: Iterable[Finding], show: Callable[[], None]
) -> int:
    """Print the plan *name* and return its exit code."""
    told = dict.fromkeys((*at.book.told(), *at.assumed, *findings, *facts_missing(at.book, listing.year)))
    end = at.book.history.up_to
    return answer(call, f"plan_{name}", listing, log=at.log, law=at.law, findings=told, show=show, up_to=end)


def amount(text: str | None, option: str, decimals: int) -> str | None:
    """Return a positive decimal text as it was given, or None; refuse anything else."""
    if text is None:
        return None
    try:
        if scaled(text, decimals) > 0:
            return text
    except AmountError as odd:
        raise UsageError(f"{option} {text}: {odd}") from odd
    raise UsageError(f"{option} {text}: give more than 0")


def money(text: str | None, option: str) -> Decimal | None:
    """Return an amount of dollars above 0, or None where none was given."""
    given = amount(text, option, MICRO_DECIMALS)
    return None if given is None else usd_decimal(scaled(given, MICRO_DECIMALS))
