"""What every plan works with: the folded book, the law, the moment it is asked, and how its answer is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from lotwork.commands.answer import Call, answer
from lotwork.commands.as_of_options import AsOfOptions
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.findings import Finding
from lotwork.projections.plan.missing_facts import facts_missing
from lotwork.projections.plan.next_year import law_assumed, law_of_plan
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.resuming import folded
from lotwork.reports.plan.listing import PlanListing
from lotwork.rules.load import Law


class PlanContext(NamedTuple):
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


def plan_context(
    call: Call, log: EventLog, options: AsOfOptions, years: Callable[[date], Collection[int]]
) -> PlanContext:
    """Fold the book of the call, as of its options, for the *years* that the taxpayer's day asks for."""
    history = options.history(call, log)
    now = SystemClock().now()
    if options.as_of is not None:
        now = history.calendar.midnight(options.as_of + timedelta(days=1)) - timedelta(seconds=1)
    law = options.law(call, history)
    asked = years(history.calendar.day(now))
    planned, missing = law_of_plan(law, max(asked))
    assumed = (law_assumed(max(asked), missing),) if missing else ()
    return PlanContext(log, folded(history, asked, planned), law, planned, assumed, now)


def answer_plan(
    call: Call, at: PlanContext, name: str, listing: PlanListing, findings: Iterable[Finding], show: Callable[[], None]
) -> int:
    """Print the plan *name* and return its exit code."""
    told = dict.fromkeys((*at.book.told(), *at.assumed, *findings, *facts_missing(at.book, listing.year)))
    end = at.book.history.up_to
    return answer(call, f"plan_{name}", listing, log=at.log, law=at.law, findings=told, show=show, up_to=end)
