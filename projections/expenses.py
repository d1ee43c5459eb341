"""The year's expenses, each on its line of Schedule C, with the share that is business.

Law: the ordinary and necessary expenses of a trade or business (26 U.S.C. 162), in the year they are paid (cash
method, Treas. Reg. 1.461-1(a)(1)); the share that is personal is not deducted (26 U.S.C. 262). A word that has no line
of its own stands under its own name among the other expenses, which is what Part V of the form is for; one that looks
like a slip of a known word is a finding. Metered electricity stands beside the bills. Whether any of it may be deducted
at all, the liability decides: a hobby deducts nothing (26 U.S.C. 67).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple, assert_never

from ledger.events import (
    ActivityEvidence,
    AssetDeclared,
    Balance,
    BrokerReport,
    Correction,
    Election,
    Energy,
    Equipment,
    EquipmentSale,
    EquipmentUse,
    Event,
    ExchangeRate,
    Expense,
    Filing,
    GiftReceived,
    HomeOffice,
    Movement,
    Payment,
    PriceSample,
    Profile,
    Purchase,
    Receipt,
    Rule,
    Sale,
    Selection,
    Tariff,
    Transfer,
    Usage,
    Void,
    WalletDeclared,
    YearFacts,
)
from ledger.units import divide, scaled
from ledger.words import SHARE_DECIMALS
from ledger.zones import Calendar
from projections.electricity import ElectricityFold, MeteredCost
from projections.findings import Finding
from rules.us.schedule_c import CATEGORIES, ExpenseLine, expense_line

ELECTRICITY = "electricity"
OTHER = "other"
AS_LIKE_AS_A_SLIP = 0.85


class ExpenseRow(NamedTuple):
    """One expense: what was paid, on which line it stands, and what of it is business."""

    expense: str
    date: date
    category: str
    line: str
    label: str
    amount_usd_micros: int
    business_share: str
    deductible_usd_micros: int


@dataclass(frozen=True, slots=True)
class ExpenseBook:
    """The expenses of a year in order of day; totals are what is deductible, in micro-dollars."""

    year: int
    rows: tuple[ExpenseRow, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def by_category(self) -> dict[str, int]:
        """The totals by category word."""
        return self._totals(lambda row: row.category)

    @property
    def by_line(self) -> dict[str, int]:
        """The totals by line of Schedule C ("25")."""
        return self._totals(lambda row: row.line)

    @property
    def deductible_usd_micros(self) -> int:
        """The total of all lines."""
        return sum(row.deductible_usd_micros for row in self.rows)

    def _totals(self, key: Callable[[ExpenseRow], str]) -> dict[str, int]:
        totals: defaultdict[str, int] = defaultdict(int)
        for row in self.rows:
            totals[key(row)] += row.deductible_usd_micros
        return dict(sorted(totals.items()))


@dataclass(slots=True)
class ExpenseFold:
    """Collects expenses, and the metered electricity that becomes one; their order does not matter."""

    calendar: Calendar
    electricity: ElectricityFold = field(init=False)
    _expenses: list[Expense] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.electricity = ElectricityFold(self.calendar)

    def state(self) -> list[Expense | Energy | Tariff]:
        """Return what another fold can go on from: the events themselves."""
        return [*self._expenses, *self.electricity.state()]

    def resume(self, state: Iterable[Event]) -> None:
        """Go on from *state*."""
        for event in state:
            self.take(event)

    def take(self, event: Event) -> None:
        """Fold one event."""
        match event:
            case Receipt() | Sale():
                pass
            case Expense():
                self._expenses.append(event)
            case Energy() | Tariff():
                self.electricity.take(event)
            case Purchase() | Transfer() | Movement() | Equipment() | EquipmentSale() | PriceSample() | Payment():
                pass
            case AssetDeclared() | WalletDeclared() | Profile() | YearFacts() | Election() | Selection() | Balance():
                pass
            case BrokerReport() | Void() | Correction() | Rule() | Filing():
                pass
            case GiftReceived() | Usage() | HomeOffice() | EquipmentUse() | ActivityEvidence() | ExchangeRate():
                pass
            case _:
                assert_never(event)

    def result(self, year: int) -> ExpenseBook:
        """Return the expenses of *year*, metered electricity among them."""
        metered = self.electricity.result(year)
        rows = [_metered_row(cost) for cost in metered.rows]
        for expense in self._expenses:
            day = self.calendar.day(expense.at)
            if day.year == year:
                rows.append(_row(expense, day))
        rows.sort(key=lambda row: (row.date, row.expense))
        return ExpenseBook(year, tuple(rows), (*metered.findings, *_slips(rows)))


def category_word(text: str) -> str:
    """Return a category as one lower-case word: "Pool fee" is pool_fee."""
    return "_".join(text.lower().replace("-", " ").split())


def line_of(category: str, year: int) -> ExpenseLine:
    """Return the line of Schedule C for *category*; a word the form has no line for is another expense."""
    return expense_line(category if category in CATEGORIES else OTHER, year)


def _row(expense: Expense, day: date) -> ExpenseRow:
    category = category_word(expense.category)
    line = line_of(category, day.year)
    share = scaled(expense.business_share, SHARE_DECIMALS)
    return ExpenseRow(
        expense=expense.id,
        date=day,
        category=category,
        line=line.number,
        label=line.label,
        amount_usd_micros=expense.amount_usd_micros,
        business_share=expense.business_share,
        deductible_usd_micros=divide(expense.amount_usd_micros * share, 10**SHARE_DECIMALS),
    )


def _metered_row(cost: MeteredCost) -> ExpenseRow:
    line = line_of(ELECTRICITY, cost.date.year)
    return ExpenseRow(
        expense=cost.energy,
        date=cost.date,
        category=ELECTRICITY,
        line=line.number,
        label=line.label,
        amount_usd_micros=cost.amount_usd_micros,
        business_share=cost.business_share,
        deductible_usd_micros=cost.deductible_usd_micros,
    )


def _slips(rows: Iterable[ExpenseRow]) -> Iterator[Finding]:
    """Yield a finding for each unknown word that is almost a known one; any other word is the taxpayer's own."""
    first: dict[str, ExpenseRow] = {}
    for row in rows:
        if row.category not in CATEGORIES:
            first.setdefault(row.category, row)
    for category, row in sorted(first.items()):
        near = get_close_matches(category, CATEGORIES, n=1, cutoff=AS_LIKE_AS_A_SLIP)
        if near:
            yield Finding(
                "category_unknown",
                f"{row.expense}: {category!r} stands among the other expenses; if {near[0]!r} was meant, correct "
                "the category, since it has a line of its own",
                row.expense,
            )
