"""What a miner says of a bill that comes every month."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from lotwork.ingest.recurring.rule import Rule, Term
from lotwork.ingest.sections import Label, Name, Seconds, Section
from lotwork.ledger.events import Owner
from lotwork.ledger.storage.batch import MAIN_BOOK

DayOfMonth = Annotated[int, msgspec.Meta(ge=1, le=31)]


class Change(Section, frozen=True, kw_only=True):
    """`[[sources.recurring.changes]]`: what is due from a day on, in the place of what was before."""

    start: date
    amount_usd: str
    day: DayOfMonth | None = None


class RecurringSection(Section, frozen=True, kw_only=True):
    """`[[sources.recurring]]`: what is paid on one day of each month."""

    name: Name
    category: Label
    amount_usd: str
    day: DayOfMonth
    start: date
    until: date | None = None
    """The last day on which it may be due."""
    changes: tuple[Change, ...] = ()
    every_months: Literal[1, 2, 3, 4, 6, 12] = 1
    currency: Literal["USD"] = "USD"
    business_share: str | None = None
    usage: Label | None = None
    """The name of the `usage` that says which share of it is business."""
    owner: Owner | None = None
    note: Label | None = None
    book: Name = MAIN_BOOK
    every_seconds: Seconds = 3_600

    @property
    def rule(self) -> Rule:
        """The rule that the table says."""
        terms = [Term(self.start, self.day, self.amount_usd)]
        for change in self.changes:
            terms.append(Term(change.start, change.day or terms[-1].day, change.amount_usd))
        return Rule(tuple(terms), self.every_months, self.until)
