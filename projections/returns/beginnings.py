"""When the business began, and what was spent before: once for each time the activity became a business.

Law: start-up costs are what a running business would have deducted, spent before "the day on which the active trade or
business begins" (26 U.S.C. 195(c)(1), (2)). What a hobby cost is none of them (183, 67(g)): a hobby that becomes a
business begins it on that day, with its rigs running, and its bills of before stay undeducted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lotwork.ledger.events import BUSINESS, HOBBY
from lotwork.ledger.units import usd_decimal
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.refunds import RECOVERED
from lotwork.projections.costs.rigs import SmallItem
from lotwork.projections.costs.usage import CITE
from lotwork.projections.filer.activities import ALWAYS, FOR_EVER, Span
from lotwork.projections.filer.origins import Place
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.limits import FINES, limited
from lotwork.rules.load import Law
from lotwork.rules.us.schedule_c import expense_line, home_line

STATED_HOME = "home_office"
NEVER_START_UP = ("interest", "mortgage_interest", "taxes", *FINES)
"""Deductible under a section of their own, or never (26 U.S.C. 195(c)(1))."""


class Began(NamedTuple):
    """The day the active business began, and whether the first receipt had to stand for it."""

    day: date | None
    assumed: bool


class Beginning(NamedTuple):
    """A time of business: its first day and the day after its last, when it began, and what was spent before."""

    since: date
    until: date
    began: Began
    ahead: tuple[ExpenseRow, ...] = ()

    def is_start_up(self, row: ExpenseRow) -> bool:
        """Say if *row*, a bill of this time or what came back of one, was spent before the business began."""
        if self.began.day is None or spent_on(row) >= self.began.day:
            return False
        return row.category not in NEVER_START_UP and home_line(row.category) is None and row.category != STATED_HOME

    def never_served(self, row: ExpenseRow) -> bool:
        """Say if *row* is a thing sold before the business began: it was no cost of one, nor is its price income.

        The de minimis election deducts what is paid "in carrying on a trade or business" (Treas. Reg.
        1.263(a)-1(f)(3)(iv)), and a start-up cost is one of the business that begins (26 U.S.C. 195(c)(1)(A)).
        """
        return row.sold_on is not None and self.began.day is not None and row.sold_on < self.began.day


def beginnings(book: Book, law: Law) -> tuple[Beginning, ...]:
    """Return each time of business in order, with the bills that were paid before it began."""
    spans = [_days(book, span) for span in book.taxpayer.activities.spans()]
    told = [Beginning(since, until, _began(book, spans, (since, until))) for since, until in spans]
    last = max((each.began.day for each in told if each.began.day is not None), default=None)
    rows = [] if last is None else _spent_before(book, law, last)
    return tuple(_with_what_was_spent(each, rows, law) for each in told) if rows else tuple(told)


def _spent_before(book: Book, law: Law, day: date) -> list[ExpenseRow]:
    """Return what the business spent before *day* in order of day, small items among it."""
    first = book.expenses.first_day()
    bills = () if first is None or first >= day else book.expenses.years(first.year, day.year).rows
    small = book.equipment.small_items_by(day.year, law)
    rows = (*bills, *(small_row(item, book, item.event.placed_in_service.year) for item in small))
    told = [limited(row, law) for row in rows if spent_on(row) < day and activity_of(book, row) == BUSINESS]
    return sorted(told, key=lambda row: (row.date, row.expense))


def beginning_of(told: Sequence[Beginning], day: date) -> Beginning | None:
    """Return the time of business that *day* lies in, or the last one before it."""
    return next((each for each in reversed(told) if each.since <= day), None)


def activity_of(book: Book, row: ExpenseRow) -> Place:
    """Return what a bill was paid for, a business or a hobby, as far as no whole year is supposed to be one.

    What is spread into later years, or comes back in one, goes by the year in which the bill was paid.
    """
    paid = row.bill_of or row.paid_on or row.date
    return book.taxpayer.whole.get(paid.year, row.activity)


def small_row(item: SmallItem, book: Book, year: int) -> ExpenseRow:
    """Return an item of the de minimis election as an expense of *year*, in which it was placed in service."""
    line = expense_line("de_minimis", year)
    return ExpenseRow(
        expense=item.told,
        date=item.event.placed_in_service,
        category="de_minimis",
        line=line.number,
        label=line.label,
        amount_usd_micros=item.event.cost_usd_micros,
        business_share=item.event.business_share,
        deductible_usd_micros=item.basis_usd_micros,
        cites=(CITE, item.cite),
        activity=book.taxpayer.activities.on(item.event.placed_in_service),
        sold_on=None if item.sold is None else item.sold.day,
    )


def spent_on(row: ExpenseRow) -> date:
    """Return the day of a bill, and of what came back of one."""
    return row.bill_of or row.date


def _days(book: Book, span: Span) -> tuple[date, date]:
    calendar = book.history.calendar
    since = date.min if span.begin == ALWAYS else calendar.day(span.begin)
    return since, date.max if span.end == FOR_EVER else calendar.day(span.end)


def _began(book: Book, spans: Sequence[tuple[date, date]], span: tuple[date, date]) -> Began:
    """Return when a time of business began: as a profile says, as the hobby ended, or with the first receipt."""
    told = [each.business_began for each in book.taxpayer.profiles if each.business_began is not None]
    stated = [day for day in told if _meant(spans, day) == span]
    if stated:
        return Began(stated[-1], assumed=False)
    since, until = span
    if any(day < since for day in _received(book, HOBBY)):
        return Began(since, assumed=False)
    days = [day for day in _received(book, BUSINESS) if since <= day <= until]
    return Began(min(days, default=None), assumed=True)


def _meant(spans: Sequence[tuple[date, date]], day: date) -> tuple[date, date]:
    """Return the time of business that a stated *day* is meant for: the one it lies in, or the next, or the last."""
    return next((span for span in spans if day <= span[1]), spans[-1])


def _received(book: Book, place: Place) -> list[date]:
    """Return the first day of each year on which something came in one *place*."""
    whole = book.taxpayer.whole
    told = book.expenses.first_receipts.items()
    return [day for (year, origin), day in told if origin.place(whole.get(year)) == place]


def _with_what_was_spent(told: Beginning, rows: Sequence[ExpenseRow], law: Law) -> Beginning:
    """Return *told* with its start-up costs.

    Where the first receipt had to stand for the day, what came before it in the same year, and would be deducted at
    once in any case, stays on its own lines: nothing hangs on the assumption.
    """
    day = told.began.day
    ahead = tuple(
        row
        for row in rows
        if row.line != RECOVERED and told.since <= spent_on(row) < told.until and told.is_start_up(row)
    )
    if ahead and day is not None and told.began.assumed and ahead[0].date.year == day.year:
        at_once = law.figure("us/startup/deducted_at_once", day).amount()
        if usd_decimal(sum(row.deductible_usd_micros for row in ahead)) <= at_once:
            return told._replace(began=Began(None, assumed=True))
    return told._replace(ahead=tuple(row for row in ahead if not told.never_served(row)))
