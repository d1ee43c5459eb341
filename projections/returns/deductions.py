"""What the law lets a business deduct of what it spent: meals in part, fines never, start-up costs in their own way.

Law: a meal by half (26 U.S.C. 274(n)), a fine not at all (162(f)); what was spent before the business began is no
expense of its year (195); what the de minimis election expenses is one (Treas. Reg. 1.263(a)-1(f)). Costs of the home
stand on Form 8829 and are deducted from there (280A(c)).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from lotwork.ledger.units import ZERO, usd_decimal, usd_micros
from lotwork.projections.costs.rigs import SmallItem
from lotwork.projections.costs.usage import CITE
from lotwork.projections.expenses import ExpenseBook, ExpenseRow
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law
from lotwork.rules.us.home_office import HomeBill
from lotwork.rules.us.schedule_c import HOME, NOT_DEDUCTED, expense_line, home_line, other_expenses_line
from lotwork.rules.us.startup import StartupYear, startup_year

STATED_HOME = "home_office"
NEVER_START_UP = ("interest", "mortgage_interest", "taxes", "fines", "fine", "penalty", "penalties")
"""Deductible under a section of their own, or never (26 U.S.C. 195(c)(1))."""
LIMITED: Mapping[str, str] = MappingProxyType(
    {
        "meals": "us/schedule_c/meals_share",
        **dict.fromkeys(("fines", "fine", "penalty", "penalties"), "us/schedule_c/fines_share"),
    }
)
"""The part of an expense the law deducts, by its word."""
START_UP = "start_up_costs"
START_UP_LINE = "start-up"
AMORTIZATION = "amortization"
AHEAD = "Start-up cost: deducted from the day the business began"


class Began(NamedTuple):
    """The day the active business began, and whether the first receipt had to stand for it."""

    day: date | None
    assumed: bool


@dataclass(frozen=True, slots=True)
class Spending:
    """The expenses of a year as the law takes them."""

    expenses: ExpenseBook
    """For Schedule C: rows of the home and of the time before the business began deduct nothing by themselves."""
    home: tuple[HomeBill, ...]
    stated_home: Decimal
    """A deduction for the home that was worked out elsewhere and recorded as an expense."""
    startup: StartupYear | None
    began: Began
    start_up_events: tuple[str, ...] = ()

    @property
    def by_line(self) -> dict[str, Decimal]:
        """What stands on each line of Part II but the other expenses."""
        apart = (HOME, NOT_DEDUCTED, START_UP_LINE, other_expenses_line(self.expenses.year))
        return {line: usd_decimal(total) for line, total in self.expenses.by_line.items() if line not in apart}

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


def began_on(book: Book) -> Began:
    """Return when the business began: as the profile says, else on the day of its first receipt."""
    stated = [profile.business_began for profile in book.taxpayer.profiles if profile.business_began is not None]
    return Began(stated[-1], assumed=False) if stated else Began(book.expenses.first_receipt, assumed=True)


def spending_of(book: Book, law: Law, year: int, small: Iterable[SmallItem] = ()) -> Spending:
    """Return the expenses of *year* as the law takes them, the *small* items of the de minimis election among them."""
    told = book.expenses.result(year)
    began, ahead = _ahead(book, law)
    rows, home, stated = [], [], ZERO
    for row in (*told.rows, *(_small_row(item, year) for item in small)):
        about = home_line(row.category)
        if _is_start_up(row, began):
            rows.append(row._replace(line=START_UP_LINE, label=AHEAD, deductible_usd_micros=0))
        elif about is not None:
            home.append(HomeBill(*about, usd_decimal(row.deductible_usd_micros)))
            rows.append(row._replace(deductible_usd_micros=0, cites=(*row.cites, "26 U.S.C. 280A(c)")))
        elif row.category == STATED_HOME:
            stated += usd_decimal(row.deductible_usd_micros)
            rows.append(row._replace(deductible_usd_micros=0, cites=(*row.cites, "26 U.S.C. 280A(c)")))
        else:
            rows.append(_limited(row, law))
    rows.sort(key=lambda row: (row.date, row.expense))
    startup = None
    if ahead and began.day is not None and began.day.year <= year:
        startup = startup_year(usd_decimal(sum(row.deductible_usd_micros for row in ahead)), began.day, year, law)
    findings = (*told.findings, *_assumed(rows, began, startup, year))
    return Spending(
        expenses=ExpenseBook(year, tuple(rows), findings),
        home=tuple(home),
        stated_home=stated,
        startup=startup,
        began=began,
        start_up_events=tuple(row.expense for row in ahead),
    )


def _ahead(book: Book, law: Law) -> tuple[Began, list[ExpenseRow]]:
    """Return when the business began, and all that was spent before it.

    Where the first receipt had to stand for the day, what came before it in the same year, and would be deducted at
    once in any case, stays on its own lines: nothing hangs on the assumption.
    """
    began, first = began_on(book), book.expenses.earliest()
    if began.day is None or first is None or first > began.day.year:
        return began, []
    rows = book.expenses.years(first, began.day.year).rows
    ahead = [_limited(row, law) for row in rows if _is_start_up(row, began)]
    if ahead and began.assumed and ahead[0].date.year == began.day.year:
        at_once = law.figure("us/startup/deducted_at_once", began.day).amount()
        if usd_decimal(sum(row.deductible_usd_micros for row in ahead)) <= at_once:
            return Began(None, assumed=True), []
    return began, ahead


def _is_start_up(row: ExpenseRow, began: Began) -> bool:
    if began.day is None or row.date >= began.day:
        return False
    return row.category not in NEVER_START_UP and home_line(row.category) is None and row.category != STATED_HOME


def _limited(row: ExpenseRow, law: Law) -> ExpenseRow:
    """Return *row* with the part of it that the law deducts."""
    if row.category not in LIMITED:
        return row
    part = law.figure(LIMITED[row.category], row.date)
    deducted = usd_micros(usd_decimal(row.deductible_usd_micros) * part.amount())
    return row._replace(deductible_usd_micros=deducted, cites=(*row.cites, part.citation))


def _small_row(item: SmallItem, year: int) -> ExpenseRow:
    line = expense_line("de_minimis", year)
    return ExpenseRow(
        expense=item.event.id,
        date=item.event.placed_in_service,
        category="de_minimis",
        line=line.number,
        label=line.label,
        amount_usd_micros=item.event.cost_usd_micros,
        business_share=item.event.business_share,
        deductible_usd_micros=item.basis_usd_micros,
        cites=(CITE, item.cite),
    )


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
