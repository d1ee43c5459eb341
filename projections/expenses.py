"""The year's expenses, each on its line of Schedule C, with the share that is business.

Law: the ordinary and necessary expenses of a trade or business (26 U.S.C. 162), in the year they are paid (cash method,
Treas. Reg. 1.461-1(a)(1)); the share that is personal is not deducted (26 U.S.C. 262). A word that has no line of its
own stands under its own name among the other expenses, which is what Part V of the form is for; one that looks like a
slip of a known word is a finding. Metered electricity stands beside the bills, and what pools kept of gross payouts is
added up. Whether any of it may be deducted at all, projections.returns.business decides: a hobby deducts nothing (26
U.S.C. 67), and a law may allow less than was paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import NamedTuple, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.units import divide
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.electricity import ElectricityFold, MeteredCost
from lotwork.projections.costs.usage import CITE, Share, Usages
from lotwork.projections.findings import Finding
from lotwork.rules.us.schedule_c import CATEGORIES, ExpenseLine, expense_line, form_order

ELECTRICITY = "electricity"
OTHER = "other"
AS_LIKE_AS_A_SLIP = 0.85
OTHER_DIGITAL_INCOME = ("fork", "airdrop")
"""Coins that came without any mining: income, but not of the business (Rev. Rul. 2019-24)."""


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
    share_by: str = "business_share"
    """What the share was measured by."""
    share_from: str | None = None
    """The `usage` event it was measured in."""
    cites: tuple[str, ...] = (CITE,)
    """The law of the share, and of a limit where there is one."""


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
        return dict(sorted(totals.items(), key=lambda item: form_order(item[0])))


class ExpenseState(msgspec.Struct):
    """What an ExpenseFold goes on from: the events themselves, what pools kept by year, and the first day of income."""

    events: list[e.Expense | e.Energy | e.Tariff | e.Usage | e.HomeOffice]
    pool_fees: dict[int, int]
    first_receipt: date | None


@dataclass(slots=True)
class ExpenseFold:
    """Collects expenses, their usages, and the metered electricity that becomes one; their order does not matter."""

    calendar: Calendar
    electricity: ElectricityFold = field(init=False)
    pool_fees: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    """What pools kept of the year's payouts, at the price of each, in micro-dollars."""
    first_receipt: date | None = None
    """The day of the first income there is."""
    home_offices: list[e.HomeOffice] = field(default_factory=list)
    _expenses: list[e.Expense] = field(default_factory=list)
    _usages: list[e.Usage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.electricity = ElectricityFold(self.calendar)

    def state(self) -> ExpenseState:
        """Return what another fold can go on from."""
        events = [*self._expenses, *self.electricity.state(), *self._usages, *self.home_offices]
        return ExpenseState(events, dict(self.pool_fees), self.first_receipt)

    def resume(self, state: ExpenseState) -> None:
        """Go on from *state*."""
        for event in state.events:
            self.take(event)
        self.pool_fees.update(state.pool_fees)
        self.first_receipt = state.first_receipt

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        match event:
            case e.Receipt():
                self._receive(event)
            case e.Expense():
                self._expenses.append(event)
            case e.Usage():
                self._usages.append(event)
            case e.HomeOffice():
                self.home_offices.append(event)
            case e.Sale():
                pass
            case e.Energy() | e.Tariff():
                self.electricity.take(event)
            case e.Purchase() | e.GiftReceived() | e.Transfer() | e.Movement():
                pass
            case e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence():
                pass
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def _receive(self, event: e.Receipt) -> None:
        """Keep the day of the first income, since history comes in order of time, and what the pool kept."""
        if event.in_doubt:
            return
        if self.first_receipt is None and event.income not in OTHER_DIGITAL_INCOME:
            self.first_receipt = self.calendar.day(event.at)
        if event.pool_fee_quantity is None and event.gross_quantity is None:
            return
        if fee := pool_fee(event):
            self.pool_fees[self.calendar.day(event.at).year] += fee

    def result(self, year: int) -> ExpenseBook:
        """Return the expenses of *year*, metered electricity among them."""
        return self.years(year, year)

    def years(self, first: int, last: int) -> ExpenseBook:
        """Return the expenses of the years *first* to *last*."""
        rows: list[ExpenseRow] = []
        findings: list[Finding] = []
        for year in range(first, last + 1):
            metered = self.electricity.result(year)
            rows += [_metered_row(cost) for cost in metered.rows]
            findings += metered.findings
        usages = Usages(self._usages)
        for expense in self._expenses:
            day = self.calendar.day(expense.at)
            if first <= day.year <= last:
                share = usages.share_of(expense, day)
                if isinstance(share, Finding):
                    findings.append(share)
                    share = Share(Fraction(0), "nothing known")
                rows.append(_row(expense, day, share))
        rows.sort(key=lambda row: (row.date, row.expense))
        return ExpenseBook(last, tuple(rows), (*dict.fromkeys(findings), *_slips(rows)))

    def earliest(self) -> int | None:
        """Return the year of the first expense or reading, None where there is none."""
        days = [self.calendar.day(event.at) for event in (*self._expenses, *self.electricity.state())]
        return min(days).year if days else None


def pool_fee(receipt: e.Receipt) -> int:
    """Return what the pool kept of a payout, at the payout's own price, in micro-dollars; 0 where nobody told."""
    fee = receipt.pool_fee_quantity
    if fee is None:
        fee = 0 if receipt.gross_quantity is None else max(0, receipt.gross_quantity - receipt.quantity)
    return divide((receipt.value_usd_micros or 0) * fee, receipt.quantity) if fee else 0


def category_word(text: str) -> str:
    """Return a category as one lower-case word: "Pool fee" is pool_fee."""
    return "_".join(text.lower().replace("-", " ").split())


def line_of(category: str, year: int) -> ExpenseLine:
    """Return the line of Schedule C for *category*; a word the form has no line for is another expense."""
    return expense_line(category if category in CATEGORIES else OTHER, year)


def _row(expense: e.Expense, day: date, share: Share) -> ExpenseRow:
    category = category_word(expense.category)
    line = line_of(category, day.year)
    return ExpenseRow(
        expense=expense.id,
        date=day,
        category=category,
        line=line.number,
        label=line.label,
        amount_usd_micros=expense.amount_usd_micros,
        business_share=share.text,
        deductible_usd_micros=share.of(expense.amount_usd_micros),
        share_by=share.measured_by,
        share_from=share.usage,
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
