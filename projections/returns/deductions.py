"""What the law lets a business deduct of what it spent: meals in part, fines never, start-up costs in their own way.

Law: what was spent before the business began is no expense of its year (26 U.S.C. 195), and what a hobby cost is one
of none (183, 67(g)); what the de minimis election expenses is one (Treas. Reg. 1.263(a)-1(f)). Costs of the home stand
on Form 8829 and are deducted from there (280A(c)).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from lotwork.ledger.events import HOBBY
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.refunds import RECOVERED
from lotwork.projections.costs.rigs import SmallItem
from lotwork.projections.expenses import ExpenseBook
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.beginnings import (
    STATED_HOME,
    Began,
    Beginning,
    activity_of,
    beginning_of,
    beginnings,
    small_row,
    spent_on,
)
from lotwork.projections.returns.limits import limited
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.home_office import HomeBill
from lotwork.rules.us.schedule_c import HOME, NOT_DEDUCTED, home_line, other_expenses_line
from lotwork.rules.us.startup import StartupYear, startup_year

START_UP = "start_up_costs"
START_UP_LINE = "start-up"
AMORTIZATION = "amortization"
AHEAD = "Start-up cost: deducted from the day the business began"
NEVER_SERVED = "Sold before the business began: no cost of it"
OF_A_HOBBY = "A hobby's cost: not deducted"
HOBBY_CITES = ("26 U.S.C. 67(g), 183(a)",)


class Spending(msgspec.Struct, frozen=True):
    """The expenses of a year as the law takes them."""

    expenses: ExpenseBook
    """For Schedule C: rows of the home and of the time before the business began deduct nothing by themselves."""
    home: tuple[HomeBill, ...]
    stated_home: Decimal
    """A deduction for the home that was worked out elsewhere and recorded as an expense."""
    startup: StartupYear | None
    began: Began
    start_up_events: tuple[str, ...] = ()
    never_served: tuple[SmallItem, ...] = ()
    """The small items sold in the year, before the business that they were bought for began: in no figure."""

    @property
    def by_line(self) -> dict[str, Decimal]:
        """What stands on each line of Part II but the other expenses."""
        apart = (HOME, NOT_DEDUCTED, START_UP_LINE, RECOVERED, other_expenses_line(self.expenses.year))
        return {line: usd_decimal(total) for line, total in self.expenses.by_line.items() if line not in apart}

    @property
    def recovered(self) -> Decimal:
        """What came back of bills deducted in earlier years: income (26 U.S.C. 111(a))."""
        return -usd_decimal(self.expenses.by_line.get(RECOVERED, 0))

    @property
    def others(self) -> dict[str, Decimal]:
        """The items of Part V by name."""
        items: defaultdict[str, Decimal] = defaultdict(Decimal)
        number = other_expenses_line(self.expenses.year)
        for row in self.expenses.rows:
            if row.line == number:
                items[row.category] += usd_decimal(row.deductible_usd_micros)
        if self.startup is not None and self.startup.at_once:
            items[START_UP] = self.startup.at_once
        if self.startup is not None and self.startup.amortized:
            items[AMORTIZATION] = self.startup.amortized
        return dict(sorted(items.items()))


def spending_of(
    book: Book, law: Law, year: int, small: Iterable[SmallItem] = (), sold: Iterable[SmallItem] = ()
) -> Spending:
    """Return the expenses of *year* as the law takes them, the *small* items of the de minimis election among them.

    *sold* are those of any year that were sold in this one.
    """
    told = book.expenses.result(year)
    starts = beginnings(book, law)
    rows, home, stated, judged = [], [], ZERO, []
    for row in (*told.rows, *(small_row(item, book, year) for item in small)):
        about, start = home_line(row.category), beginning_of(starts, spent_on(row))
        if activity_of(book, row) == HOBBY:
            rows.append(row._replace(line=NOT_DEDUCTED, label=OF_A_HOBBY, deductible_usd_micros=0, cites=HOBBY_CITES))
        elif row.line == RECOVERED:
            early = start is not None and start.is_start_up(row)
            waits = early or about is not None or row.category == STATED_HOME
            judged += [_to_judge(row)] if waits else []
            rows.append(row._replace(deductible_usd_micros=0) if waits else _recovered(limited(row, law)))
        elif start is not None and start.never_served(row):
            rows.append(row._replace(line=NOT_DEDUCTED, label=NEVER_SERVED, deductible_usd_micros=0))
        elif start is not None and start.is_start_up(row):
            rows.append(row._replace(line=START_UP_LINE, label=AHEAD, deductible_usd_micros=0))
        elif about is not None:
            home.append(HomeBill(*about, usd_decimal(row.deductible_usd_micros)))
            rows.append(row._replace(deductible_usd_micros=0, cites=(*row.cites, "26 U.S.C. 280A(c)")))
        elif row.category == STATED_HOME:
            stated += usd_decimal(row.deductible_usd_micros)
            rows.append(row._replace(deductible_usd_micros=0, cites=(*row.cites, "26 U.S.C. 280A(c)")))
        else:
            rows.append(limited(row, law))
    rows.sort(key=lambda row: (row.date, row.expense))
    startup = _started(starts, year, law)
    start = beginning_of(starts, year_end(year))
    began = Began(None, assumed=True) if start is None else start.began
    unserved = [item for item in sold if _never_served(item, book, starts)]
    judged += [_sold_early(item, beginning_of(starts, item.event.placed_in_service)) for item in unserved]
    findings = (*told.findings, *judged, *_assumed(rows, began, startup, year))
    return Spending(
        expenses=ExpenseBook(year, tuple(rows), findings, told.estimates),
        home=tuple(home),
        stated_home=stated,
        startup=startup,
        began=began,
        start_up_events=tuple(row.expense for each in starts for row in each.ahead),
        never_served=tuple(unserved),
    )


def _recovered(row: ExpenseRow) -> ExpenseRow:
    """Return a refund of an earlier year's bill, less what a person said lowered no tax then (26 U.S.C. 111(a))."""
    back = -row.deductible_usd_micros
    income = max(0, back - (row.not_income_usd_micros or 0))
    return row._replace(came_back_usd_micros=back, deductible_usd_micros=-income)


def _never_served(item: SmallItem, book: Book, starts: Sequence[Beginning]) -> bool:
    row = small_row(item, book, item.event.placed_in_service.year)
    start = beginning_of(starts, spent_on(row))
    return activity_of(book, row) != HOBBY and start is not None and start.never_served(row)


def _sold_early(item: SmallItem, start: Beginning | None) -> Finding:
    sold, began = item.sold, None if start is None else start.began.day
    brought = ZERO if sold is None else usd_decimal(item.income_in(sold.day.year))
    gain = brought - usd_decimal(item.basis_usd_micros)
    return Finding(
        "small_item_sold_early",
        f"{item.told} was bought and sold before the business began on {began}: it served none, so "
        "its cost is no start-up cost and what it brought no income of the business (26 U.S.C. 195(c)(1)). It is in "
        f"no figure: a gain of {to_cents(gain)} is recorded with `year_facts` as other_short_term_gain_usd or "
        "other_long_term_gain_usd (1221(a)), a loss only where it was bought for profit (165(c)(2)); or correct "
        "business_began",
        item.told if sold is None else sold.id,
    )


def _to_judge(row: ExpenseRow) -> Finding:
    return Finding(
        "refund_to_judge",
        f"{row.expense} came back in a later year of a bill that was not deducted as others are (start-up costs, or "
        "the home): it is in no figure; reckon what of it lowered a tax (26 U.S.C. 111(a)), void it and record that "
        "as `business_income` of category refund",
        row.expense,
    )


def _started(starts: Iterable[Beginning], year: int, law: Law) -> StartupYear | None:
    """Return what *year* deducts of all that was spent before a business began; None where nothing was."""
    whole: StartupYear | None = None
    for day, ahead in ((each.began.day, each.ahead) for each in starts):
        if ahead and day is not None and day.year <= year:
            cost = usd_decimal(sum(row.deductible_usd_micros for row in ahead))
            made = startup_year(cost, day, year, law)
            whole = made if whole is None else whole.with_another(made)
    return whole


def _assumed(rows: Iterable[ExpenseRow], began: Began, startup: StartupYear | None, year: int) -> tuple[Finding, ...]:
    """Say that the first receipt stands for the beginning, where something was spent before it."""
    early = [row for row in rows if row.line == START_UP_LINE]
    if not began.assumed or not (early or startup is not None):
        return ()
    first = f"{early[0].expense} of {early[0].date}" if early else "expenses of an earlier year"
    return (
        Finding(
            "business_began_assumed",
            f"{first} came before the first receipt, {began.day}, which was taken for the day the business began: in "
            f"{year} they are start-up costs (26 U.S.C. 195); record a `profile` with business_began",
            early[0].expense if early else None,
        ),
    )
