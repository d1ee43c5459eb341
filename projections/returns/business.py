"""The business of a year: Schedule C from gross receipts to net profit, with the forms it rests on.

Law: the ordinary and necessary expenses of a trade or business, depreciation among them (26 U.S.C. 162, 167, 179), and
a part of the home (280A(c)); a hobby deducts nothing (26 U.S.C. 183, 67(g)). Which of the two it was is asked of each
receipt and of each bill, so that one year may have both. What is no trade's income (a fork's coins, staking, interest
on lent coins) is income beside both (Rev. Rul. 2019-24, 2023-14). A pool's fee lowers what is received, or stands as an
expense on line 10 beside the gross: the profit is one, but a hobby, which deducts nothing, has more income gross than
net.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Literal, NamedTuple

from lotwork.ledger.events import HOBBY
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.equipment import EquipmentBook
from lotwork.projections.expenses import ExpenseBook
from lotwork.projections.filer.origins import OUTSIDE
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.beginnings import Began
from lotwork.projections.returns.business_trace import Behind, behind, receipts_of
from lotwork.projections.returns.business_years import BusinessYears, home_findings, untold_179
from lotwork.projections.returns.deductions import Spending
from lotwork.projections.returns.shared import shared_in
from lotwork.projections.returns.turned import turned_rigs
from lotwork.rules.line import Line, line, to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.home_office import NOTHING_CARRIED, HomeCarryover
from lotwork.rules.us.recapture import part_iv
from lotwork.rules.us.schedule_c import FORM as SCHEDULE_C
from lotwork.rules.us.schedule_c import Books, form_order, schedule_c

HOBBY_WORKSHEET = "Hobby worksheet"
POOL_FEE_LINE = "10"
CARRIED_179 = "Form 4562 line 10"


@dataclass(frozen=True, slots=True)
class Business:
    """Schedule C of a year, down to the net profit; of a hobby, only what it received."""

    receipts: Decimal
    """Line 1, or the income of a hobby all year: net or gross of pool fees, as the profile says."""
    expenses: ExpenseBook
    equipment: EquipmentBook
    deducted: Decimal
    """Every expense but depreciation: lines 8 to 27 without 13, and line 30."""
    depreciation: Decimal
    """Line 13."""
    lines: tuple[Line, ...]
    """Form 4562, Schedule C lines 1 to 29 with Part V, Form 8829, and line 30; line 31 is the return's."""
    other_income: Decimal = ZERO
    """Line 6: section 179 given back (Form 4797, line 35), bills recovered, and other dollars of the trade."""
    hobby_income: Decimal = ZERO
    """The coins that came in while it was a hobby: Schedule 1, never Schedule C."""
    hobby_dollars: Decimal = ZERO
    """Of a hobby's income what came in dollars, not in coins."""
    other_digital_income: Decimal = ZERO
    """Coins of no trade, such as a fork's or of staking: the same."""
    is_hobby: bool = False
    """Whether it was a hobby all year."""
    pool_fees: Decimal = ZERO
    """What pools kept of the receipts, at the price of each payout, however it is reported."""
    home_office: Decimal = ZERO
    """Line 30."""
    home_carried_in: HomeCarryover = NOTHING_CARRIED
    """What earlier limits carried into this year."""
    home_carryover: HomeCarryover = NOTHING_CARRIED
    """What the limit of the home's deduction carries into the next year."""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The events that stand directly on a line, by its reference ("Schedule C line 25")."""

    @property
    def section_179_carried_in(self) -> Decimal:
        """Form 4562 line 10: what of section 179 waited for income."""
        return sum((each.amount for each in self.lines if each.ref == CARRIED_179), ZERO)

    @property
    def section_179_carryover(self) -> Decimal:
        """Form 4562 line 13: what waits on."""
        return usd_decimal(self.equipment.section_179_carryforward_usd_micros)

    @property
    def net(self) -> Decimal:
        """Line 31."""
        return self.receipts + self.other_income - self.deducted - self.depreciation

    @property
    def mined(self) -> Decimal:
        """What the activity brought, whatever it was then."""
        return self.receipts if self.is_hobby else self.receipts + self.hobby_income + self.hobby_dollars


def business_of(
    book: Book,
    law: Law,
    year: int,
    findings: list[Finding],
    years: BusinessYears | None = None,
) -> Business:
    """Return the business of *year*, and what a hobby received; what it cannot deduct is told in *findings*.

    Who asks for more than one year brings *years*, so that each is worked out once.
    """
    years = BusinessYears(book, law) if years is None else years
    if not book.taxpayer.activities.is_business(year):
        return _hobby(years, year, findings)
    spending, equipment, home = years.spending(year), years.equipment(year), years.home(year)
    gross = pool_fees_reported(book, year) == "gross"
    fees = years.pool_fees(year)
    books = _books(years, year, fees if gross else ZERO)
    startup = () if spending.startup is None else spending.startup.lines
    forms = (*equipment.form.lines, *startup, *_given_back(equipment))
    hobby = _hobby_income(years, year, findings)
    lines = (*forms, *hobby.lines, *schedule_c(books, forms), *home.lines)
    if home.deduction or home.lines or spending.stated_home:
        lines = (*lines, _line_30(home.deduction, home.lines))
    findings += (*home_findings(years, year), *untold_179(years, year), *_doubts(spending, equipment, fees, year))
    findings += (*_too_early(years, spending.began, year), *turned_rigs(book, year), *shared_in(book, law, year))
    return Business(
        receipts=books.receipts,
        expenses=spending.expenses,
        equipment=equipment,
        deducted=sum((*books.by_line.values(), *books.others.values()), home.deduction),
        depreciation=books.depreciation,
        lines=lines,
        other_income=books.other_income,
        hobby_income=hobby.income,
        hobby_dollars=years.earned(year, HOBBY),
        other_digital_income=years.received(year, OUTSIDE),
        pool_fees=fees,
        home_office=home.deduction,
        home_carried_in=years.home_carried_into(year),
        home_carryover=home.carryover,
        behind=Behind(lambda: behind(book, year, spending, equipment, gross=gross) | dict(hobby.behind)),
    )


def equipment_of(book: Book, law: Law, year: int) -> EquipmentBook:
    """Return the depreciation of *year*, section 179 limited by the business income of each year it is taken in."""
    return BusinessYears(book, law).equipment(year)


def expenses_of(book: Book, law: Law, year: int) -> ExpenseBook:
    """Return the expenses of *year* as the law takes them: what `lotwork expenses` lists."""
    return BusinessYears(book, law).spending(year).expenses


def pool_fees_reported(book: Book, year: int) -> Literal["net", "gross"] | None:
    """Return how the taxpayer reports pool fees in *year*: as last told by its end, else as first told after it."""
    told = [profile for profile in book.taxpayer.profiles if profile.pool_fees is not None]
    by_then = [profile for profile in told if book.taxpayer.since(profile) <= year_end(year)]
    return (by_then[-1] if by_then else told[0]).pool_fees if told else None


def _books(years: BusinessYears, year: int, fees: Decimal) -> Books:
    """Return the books of *year*, the pools' *fees* among the receipts and among the expenses."""
    spending, equipment = years.spending(year), years.equipment(year)
    by_line = dict(spending.by_line)
    if fees:
        by_line[POOL_FEE_LINE] = by_line.get(POOL_FEE_LINE, ZERO) + fees
    return Books(
        year=year,
        receipts=years.gross(year) + fees,
        other_income=years.other_income(equipment),
        by_line=dict(sorted(by_line.items(), key=lambda item: form_order(item[0]))),
        others=spending.others,
        depreciation=usd_decimal(equipment.depreciation_usd_micros),
    )


class HobbyIncome(NamedTuple):
    """What came in while it was a hobby, with its worksheet where pools kept something of it."""

    income: Decimal
    fees: Decimal
    lines: tuple[Line, ...] = ()
    behind: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """The events that stand on its lines."""


def _hobby_income(years: BusinessYears, year: int, findings: list[Finding]) -> HobbyIncome:
    """Return what a hobby received; nothing of it is deducted, not even what the pool kept."""
    book, net, fees = years.book, years.received(year, HOBBY), years.pool_fees(year, HOBBY)
    if not fees:
        return HobbyIncome(net, fees)
    cites = ("26 U.S.C. 61(a), 67(g), 183",)
    lines = (
        line((HOBBY_WORKSHEET, "1"), "Income net of pool fees", net, cites=cites),
        line((HOBBY_WORKSHEET, "2"), "Income gross of pool fees", net + fees, cites=cites),
    )
    reported = pool_fees_reported(book, year)
    if reported is None:
        findings.append(_net_or_gross(net, fees, year))
    events = receipts_of(book, year, HOBBY)
    income = net + fees if reported == "gross" else net
    return HobbyIncome(income, fees, lines, {f"{HOBBY_WORKSHEET} line {number}": events for number in "12"})


def _hobby(years: BusinessYears, year: int, findings: list[Finding]) -> Business:
    """Return what a hobby of the whole year received."""
    hobby, equipment, spending = _hobby_income(years, year, findings), years.equipment(year), years.spending(year)
    dollars = years.earned(year, HOBBY)
    if spending.recovered:
        findings.append(_recovered_by_a_hobby(spending, year))
    label = "Not used: a hobby reports its coins on Schedule 1"
    unused = line((SCHEDULE_C, "1"), label, ZERO, cites=("26 U.S.C. 183(a)",))
    if spending.expenses.rows or equipment.rows:
        findings.append(
            Finding(
                "hobby_deducts_nothing",
                f"a hobby's expenses and rigs are not deducted in {year} (26 U.S.C. 67(g), 183): if the mining is "
                "a business, record a `profile` with activity=business",
            )
        )
    return Business(
        receipts=hobby.income + dollars,
        expenses=spending.expenses,
        equipment=equipment,
        deducted=ZERO,
        depreciation=ZERO,
        lines=(unused, *hobby.lines),
        hobby_income=hobby.income,
        hobby_dollars=dollars,
        other_digital_income=years.received(year, OUTSIDE),
        is_hobby=True,
        home_carried_in=years.home_carried_into(year),
        home_carryover=years.home_carried_into(year),
        pool_fees=hobby.fees,
        behind=dict(hobby.behind),
    )


def _recovered_by_a_hobby(spending: Spending, year: int) -> Finding:
    return Finding(
        "refund_in_hobby",
        f"{to_cents(spending.recovered)} of what a business deducted before came back in {year}, when it was a hobby: "
        f"it is in no figure; record it in `year_facts` of {year} as other_ordinary_income_usd (26 U.S.C. 111(a))",
    )


def _doubts(spending: Spending, equipment: EquipmentBook, fees: Decimal, year: int) -> Iterator[Finding]:
    """Yield what may be counted twice, and what served before there was a business."""
    stated = [row for row in spending.expenses.rows if row.category == "pool_fee" and row.deductible_usd_micros]
    if fees and stated:
        yield Finding(
            "pool_fees_twice",
            f"payouts of {year} tell {to_cents(fees)} kept by pools, and {stated[0].expense} is an expense of category "
            "pool_fee besides: void it if it is the same fee; where receipts are net, such an expense deducts it twice",
            stated[0].expense,
        )
    began = spending.began
    for row in equipment.rows:
        if began.day is not None and not began.assumed and row.placed_in_service.year < began.day.year:
            yield Finding(
                "equipment_before_business",
                f"{row.id} was placed in service on {row.placed_in_service}, and the business began on {began.day}: a "
                "thing is in service when it is ready for a business that runs (Treas. Reg. 1.167(a)-11(e)(1)(i)); "
                "correct placed_in_service to that day, or business_began",
                row.id,
            )


def _too_early(years: BusinessYears, began: Began, year: int) -> Iterator[Finding]:
    """Yield what came in before there was a business: its costs wait for the beginning, its income does not."""
    received = years.received(year)
    if received and began.day is not None and year < began.day.year:
        yield Finding(
            "income_before_business",
            f"coins of {to_cents(received)} came in {year}, and the business began on {began.day}: they are income on "
            f"Schedule C, and what {year} cost is deducted only from {began.day.year} on (26 U.S.C. 195); correct "
            "business_began, or record a `profile` with activity=hobby for that time",
        )


def _net_or_gross(net: Decimal, fees: Decimal, year: int) -> Finding:
    return Finding(
        "hobby_pool_fees",
        f"pools kept {to_cents(fees)} of a hobby's payouts in {year}, which no hobby deducts: {to_cents(net)} is "
        f"reported, net of them; gross it would be {to_cents(net + fees)}. Record a `profile` with pool_fees=net or "
        "pool_fees=gross, by whether the pool's terms let you have the gross (26 U.S.C. 61, 67(g))",
    )


def _line_30(deduction: Decimal, lines: tuple[Line, ...]) -> Line:
    """Return line 30, from Form 8829 line 36 or line 5 of the simplified method's worksheet."""
    inputs = [each for each in lines if each.ref in ("Form 8829 line 36", "Simplified Method Worksheet line 5")]
    return line((SCHEDULE_C, "30"), "Business use of the home", deduction, cites=("26 U.S.C. 280A(c)",), inputs=inputs)


def _given_back(equipment: EquipmentBook) -> tuple[Line, ...]:
    """Return Part IV of Form 4797, where section 179 is given back."""
    told = equipment.given_back.values()
    if not told:
        return ()
    return part_iv(*(usd_decimal(sum(column)) for column in zip(*told, strict=True)))
