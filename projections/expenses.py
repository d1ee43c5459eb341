"""The year's expenses, each on its line of Schedule C, with the share that is business.

Law: the ordinary and necessary expenses of a trade or business (26 U.S.C. 162), in the year they are paid (cash method,
Treas. Reg. 1.461-1(a)(1)); the share that is personal is not deducted (26 U.S.C. 262). A word that has no line of its
own stands under its own name among the other expenses, as Part V of the form has it; one that looks like a slip of a
known word is a finding. Metered electricity stands beside the bills, and what pools kept of gross payouts is added up.
Whether any of it may be deducted, projections.returns.business decides: a hobby deducts nothing (26 U.S.C. 67).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import ClassVar, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.doubts import named
from lotwork.ledger.events import Activity
from lotwork.ledger.tellers import BY_A_RULE
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.bill_rows import bill_row, metered_row, part_of
from lotwork.projections.costs.bills import Bills
from lotwork.projections.costs.electricity import ElectricityFold
from lotwork.projections.costs.estimates import EstimateRow, doubts_of, estimates_of
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.metered import MeteredCost
from lotwork.projections.costs.pool_fee import pool_fee
from lotwork.projections.costs.power_twice import is_billed, power_twice
from lotwork.projections.costs.prepaid import parts_of
from lotwork.projections.costs.refunds import RECOVERED, refunds
from lotwork.projections.costs.rule_and_bill import rule_and_bill
from lotwork.projections.costs.shared_bills import shared
from lotwork.projections.costs.usage import Share, Usages
from lotwork.projections.costs.words import BILLS_OF_POWER, POWER, category_word, no_expenses, slips
from lotwork.projections.filer.origins import Dated, Origin, Origins, Place, whose
from lotwork.projections.findings import Finding
from lotwork.rules.us.schedule_c import form_order


class ExpenseBook(msgspec.Struct, frozen=True):
    """The expenses of a year in order of day; totals are what is deductible, in micro-dollars."""

    year: int
    rows: tuple[ExpenseRow, ...]
    findings: tuple[Finding, ...] = ()
    estimates: tuple[EstimateRow, ...] = ()
    """What rigs say of themselves that they drew: beside the rows, and in no total."""

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
        """The total of all lines; what is recovered of earlier years is income, and none of them."""
        return sum(row.deductible_usd_micros for row in self.rows if row.line != RECOVERED)

    def _totals(self, key: Callable[[ExpenseRow], str]) -> dict[str, int]:
        totals: defaultdict[str, int] = defaultdict(int)
        for row in self.rows:
            totals[key(row)] += row.deductible_usd_micros
        return dict(sorted(totals.items(), key=lambda item: form_order(item[0])))


class ExpenseState(msgspec.Struct):
    """What an ExpenseFold goes on from: the events themselves, what pools kept by year, and the first day of income."""

    events: list[e.Expense | e.Energy | e.EnergyEstimate | e.Tariff | e.Usage | e.HomeOffice | e.Sharing]
    pool_fees: list[tuple[int, Origin, int]]
    first_receipts: list[tuple[int, Origin, date]]


@dataclass(slots=True)
class ExpenseFold:
    """Collects expenses, their usages, and the metered electricity that becomes one; their order does not matter."""

    calendar: Calendar
    origins: Origins = field(default_factory=Origins)
    electricity: ElectricityFold = field(init=False)
    pool_fees: defaultdict[tuple[int, Origin], int] = field(default_factory=lambda: defaultdict(int))
    """What pools kept of a year's payouts of an origin, at the price of each, in micro-dollars."""
    first_receipts: dict[tuple[int, Origin], date] = field(default_factory=dict)
    """The day of the first income of an origin in a year."""
    home_offices: list[e.HomeOffice] = field(default_factory=list)
    estimates: list[e.EnergyEstimate] = field(default_factory=list)
    """What rigs say of themselves that they drew."""
    sharings: list[e.Sharing] = field(default_factory=list)
    """Whose a part of the bills, or of what is mined, is."""
    bills: Bills = field(init=False)
    _usages: list[e.Usage] = field(default_factory=list)
    _asked: dict[tuple[int, int], ExpenseBook] = field(default_factory=dict)
    """What was asked for since the last event that says something of a cost."""
    _made: dict[str, tuple[list[ExpenseRow], list[Finding]]] = field(default_factory=dict)
    """The rows of a bill, by its id, and what was found of it, made since the same event."""

    def __post_init__(self) -> None:
        self.bills = Bills(self.calendar)
        self.electricity = ElectricityFold(self.calendar)

    def state(self) -> ExpenseState:
        """Return what another fold can go on from."""
        events = [*self.bills.told, *self._beside()]
        fees = [(year, origin, fee) for (year, origin), fee in self.pool_fees.items()]
        first = [(year, origin, day) for (year, origin), day in self.first_receipts.items()]
        return ExpenseState(events, fees, first)

    def resume(self, state: ExpenseState) -> None:
        """Go on from *state*."""
        for event in state.events:
            self.take(event)
        self.pool_fees.update({(year, origin): fee for year, origin, fee in state.pool_fees})
        self.first_receipts.update({(year, origin): day for year, origin, day in state.first_receipts})

    def _beside(self) -> Iterator[e.Energy | e.EnergyEstimate | e.Tariff | e.Usage | e.HomeOffice | e.Sharing]:
        """Yield all but the bills."""
        yield from chain(self.electricity.state(), self._usages, self.home_offices, self.estimates, self.sharings)

    def before(self, instant: datetime) -> ExpenseFold:
        """Return a fold of what was told of costs before *instant*, without what comes of receipts."""
        part = ExpenseFold(self.calendar, self.origins)
        part.bills = self.bills.before(instant)
        for event in self._beside():
            if event.at < instant:
                part.take(event)
        return part

    def share_rows(self, whole: ExpenseFold) -> None:
        """Make no row anew that *whole*, of which this is a part, has made, where bills are shared out as there."""
        if (self._usages, self.sharings) == (whole._usages, whole.sharings):
            self._made = whole._made

    def told(self) -> Iterator[e.Expense | e.Energy | e.HomeOffice]:
        """Yield the bills, the readings and the home offices."""
        yield from self.bills.told
        yield from (event for event in self.electricity.state() if isinstance(event, e.Energy))
        yield from self.home_offices

    def owned(self, owner: e.Owner) -> ExpenseFold:
        """Return the bills of one person, with what measures them; a refund is of whom its bill is."""
        told = {event.id: whose(event.owner) for event in self.told()}
        fold = ExpenseFold(self.calendar, self.origins)
        self.electricity.tell(fold.electricity, owner)
        refunds = {bill.id: bill.refund_of for bill in self.bills.told if bill.refund_of in told}
        for event in self.state().events:
            always = isinstance(event, e.Tariff | e.Usage | e.EnergyEstimate | e.Sharing)
            if always or told.get(refunds.get(event.id) or event.id) == owner:
                fold.take(event)
        fold.pool_fees.update({key: fee for key, fee in self.pool_fees.items() if whose(key[1].owner) == owner})
        first = {key: day for key, day in self.first_receipts.items() if whose(key[1].owner) == owner}
        fold.first_receipts.update(first)
        return fold

    TAKES: ClassVar = frozenset(
        {e.Receipt, e.Expense, e.Usage, e.HomeOffice, e.Energy, e.Tariff, e.EnergyEstimate, e.Sharing}
    )
    """The kinds of events it has something to do with."""

    def take_all(self, told: Iterable[Dated]) -> None:
        """Fold what is *told*, in order."""
        today, whence = None, None
        for event, day, origin in told:
            if type(event) is not e.Receipt or origin is None:
                if type(event) in self.TAKES:
                    self.take(event)
            elif event.doubt is None or not event.in_doubt:
                if day is not today or origin is not whence:
                    today, whence = day, origin
                    self.first_receipts.setdefault((day.year, origin), day)
                if event.pool_fee_quantity is not None or event.gross_quantity is not None:
                    self._keep_fee(event, day, origin)

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        if self._asked and not isinstance(event, e.Receipt | e.Sale | e.Transfer | e.Purchase):
            self._asked, self._made = {}, {}
        match event:
            case e.Receipt():
                self.take_all([(event, self.calendar.day(event.at), self.origins.of(event))])
            case e.Expense():
                self.bills.take(event)
            case e.Usage():
                self._usages.append(event)
            case e.HomeOffice():
                self.home_offices.append(event)
            case e.Energy() | e.Tariff():
                self.electricity.take(event)
            case e.EnergyEstimate():
                self.estimates.append(event)
            case e.Sharing():
                self.sharings.append(event)
            case e.Purchase() | e.GiftReceived() | e.Sale() | e.Transfer() | e.Movement():
                pass
            case e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport() | e.BusinessIncome():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence() | e.HashrateTold() | e.Difficulty() | e.Credit():
                pass
            case e.Suspense() | e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def _keep_fee(self, event: e.Receipt, day: date, origin: Origin) -> None:
        if fee := pool_fee(event):
            self.pool_fees[day.year, origin] += fee

    def result(self, year: int) -> ExpenseBook:
        """Return the expenses of *year*, metered electricity among them."""
        return self.years(year, year)

    def years(self, first: int, last: int) -> ExpenseBook:
        """Return the expenses of the years *first* to *last*."""
        if (first, last) not in self._asked:
            self._asked[first, last] = self._years(first, last)
        return self._asked[first, last]

    def _years(self, first: int, last: int) -> ExpenseBook:
        rows: list[ExpenseRow] = []
        findings: list[Finding] = []
        billed = partial(is_billed, self.bills.power, self.calendar)
        for year in range(first, last + 1):
            metered = self.electricity.result(year, billed)
            read = (metered_row(cost, self.origins.activity(cost.paid_at)) for cost in metered.rows)
            rows += [self._shared(row, findings, has_own=row.business_share != "1") for row in read]
            findings += metered.findings
            findings += self._power_twice(year, metered.rows)
            findings += self._estimate_doubts(year, metered.rows)
            if any(bill.id.startswith(BY_A_RULE) for bill in self.bills.paid_in(year)):
                findings += rule_and_bill(self._bills(), category_word, lambda bill: self.calendar.day(bill.at), year)
        usages, asked = Usages(self._usages), range(first, last + 1)
        for bill, day, is_paid in self.bills.of(asked):
            told, found = self._make(bill, day, usages)
            findings += found if is_paid else ()
            rows += told if bill.from_ is None else [row for row in told if row.date.year in asked]
        back = self._refunds(usages, last, findings)
        rows += [row for row in back if row.date.year in asked]
        rows.sort(key=lambda row: (row.date, row.expense))
        beside = tuple(estimates_of(self.estimates, self.electricity.readings(), self.calendar, last))
        return ExpenseBook(last, tuple(rows), (*dict.fromkeys(findings), *no_expenses(rows), *slips(rows)), beside)

    def _power_twice(self, year: int, metered: tuple[MeteredCost, ...]) -> Iterator[Finding]:
        """Yield what of the bills of *year* a meter may tell too, this year or at the end of the last one."""
        if metered or any(day.year == year - 1 for day in self.electricity.days()):
            bills = [bill for bill in self.bills.paid_in(year) if category_word(bill.category) in POWER]
            before = self.electricity.result(year - 1).rows if bills else ()
            yield from power_twice((*before, *metered), bills, self.calendar)

    def _estimate_doubts(self, year: int, metered: tuple[MeteredCost, ...]) -> Iterator[Finding]:
        """Yield what rigs say of themselves against what is told of the power of *year*."""
        if self.estimates:
            words = (category_word(bill.category) for bill in self.bills.paid_in(year))
            is_told = bool(metered) or not BILLS_OF_POWER.isdisjoint(words)
            yield from doubts_of(self.estimates, self.electricity.readings(), self.calendar, year, is_told=is_told)

    def _bills(self) -> Iterator[e.Expense]:
        return (event for event in self.bills.told if event.refund_of is None)

    def _make(self, bill: e.Expense, day: date, usages: Usages) -> tuple[list[ExpenseRow], list[Finding]]:
        if bill.id not in self._made:
            found: list[Finding] = []
            self._made[bill.id] = self._rows(bill, day, usages, found), found
        return self._made[bill.id]

    def _rows(self, expense: e.Expense, day: date, usages: Usages, findings: list[Finding]) -> list[ExpenseRow]:
        """Return the rows of a bill: one on the *day* it was paid, or one for each year it is spread over."""
        share = usages.share_of(expense, day)
        if isinstance(share, Finding):
            findings.append(share)
            share = Share(Fraction(0), "nothing known")
        own = expense.usage is not None or expense.business_share != "1"
        row = self._shared(bill_row(expense, day, share, self.origins.activity(expense.at)), findings, has_own=own)
        if expense.from_ is None or expense.to is None:
            return [row]
        parts = parts_of(day, expense.from_, expense.to)
        return [row] if parts[0].through == 1 else [part_of(row, part) for part in parts]

    def _shared(self, row: ExpenseRow, findings: list[Finding], *, has_own: bool) -> ExpenseRow:
        return shared(row, self.sharings, category_word, findings, has_own=has_own) if self.sharings else row

    def _refunds(self, usages: Usages, last: int, findings: list[Finding]) -> list[ExpenseRow]:
        """Return the rows of all that came back up to the year *last*."""
        told = [(self.calendar.day(each.at), each) for each in self.bills.back]
        told = sorted((each for each in told if each[0].year <= last), key=lambda each: (each[0], each[1].id))
        if not told:
            return []
        bills = {event.id: event for event in self._bills()}
        metered = {day.year for day in self.electricity.days()}
        readings = {row.energy: row for year in metered for row in self.electricity.result(year).rows}

        def rows_of(name: str) -> list[ExpenseRow]:
            if name in readings:
                row = metered_row(readings[name], self.origins.activity(readings[name].paid_at))
                return [self._shared(row, [], has_own=row.business_share != "1")]
            return self._rows(bills[name], self.calendar.day(bills[name].at), usages, []) if name in bills else []

        unfit: list[Finding] = []
        rows = refunds(told, rows_of, unfit)
        of_the_year = {each.id for day, each in told if day.year == last}
        findings += (each for each in unfit if each.event in of_the_year)
        return rows

    def pool_fees_of(self, year: int, place: Place, whole: Activity | None = None) -> int:
        """Return what pools kept of the payouts of *year* that belong in *place*, in micro-dollars."""
        told = self.pool_fees.items()
        return sum(fee for (when, origin), fee in told if when == year and origin.place(whole) == place)

    def paid_to(self, year: int, words: Collection[str] = ()) -> dict[str, list[e.Expense]]:
        """Return the bills paid in *year* by whom they name as payee, as folded; those of *words* alone, if any."""
        paid: defaultdict[str, list[e.Expense]] = defaultdict(list)
        for bill in self.bills.paid_in(year):
            if bill.payee and (not words or category_word(bill.category) in words):
                paid[named(bill.payee)].append(bill)
        return dict(paid)

    def at_most(self, year: int) -> int | None:
        """Return what the expenses of *year* come to at the most, in micro-dollars; None where a meter tells some."""
        return None if any(self.electricity.days()) else self.bills.at_most(year)

    def first_day(self) -> date | None:
        """Return the first day on which something was paid, None where nothing was."""
        return min((*self.electricity.days(), *filter(None, [self.bills.first_day()])), default=None)

    def years_told(self) -> Iterator[int]:
        """Yield the years in which something was told of costs."""
        yield from self.bills.years()
        yield from (self.calendar.day(event.at).year for event in self._beside())

    def owners(self) -> set[e.Owner | None]:
        """Return whose the bills, the readings and the home offices are."""
        beside = (each for each in self._beside() if isinstance(each, e.Energy | e.HomeOffice))
        return self.bills.owners.union(each.owner for each in beside)
