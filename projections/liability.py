"""A year's federal tax: the book's income, expenses, rigs and gains on the lines of Form 1040 and its schedules.

Law: a business reports its coins on Schedule C with its expenses and depreciation, and pays self-employment tax; a
hobby reports them on Schedule 1 and deducts nothing (26 U.S.C. 162, 183, 67(g), 1402). Whatever the ledger cannot know
(wages, interest, payments withheld) comes from the year's facts. A capital loss of an earlier year is carried in from
that year's own computation, unless the facts say what it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from ledger.events import YearFacts
from ledger.units import usd_decimal
from projections.book import Book
from projections.business import SCHEDULE_C, Business, business_of
from projections.findings import Finding
from projections.rig_sales import business_gains, hobby_gains, sales_told
from projections.taxpayer import Standing, year_end
from rules.errors import UnknownFigureError
from rules.line import Line
from rules.load import Law
from rules.us.individual import Filer, Return, compute

ZERO = Decimal(0)
DECISIVE = ("filing_status", "activity")
"""The facts of a profile that no figure can do without."""
MOST_EVENTS_NAMED = 500
"""A line that rests on more events than this names the first of them and says how many there are."""


class TracedLine(NamedTuple):
    """A form line with the events behind it: its own, and those of the lines it came from."""

    line: Line
    because: tuple[str, ...]
    events: int


@dataclass(frozen=True, slots=True)
class Liability:
    """The tax of a year with everything it rests on."""

    year: int
    standing: Standing
    facts: YearFacts
    business: Business
    computed: Return
    lines: tuple[TracedLine, ...]
    credits: Decimal
    withheld: Decimal
    paid: Decimal
    """Every payment of the year, what was withheld among them."""
    findings: tuple[Finding, ...] = field(default=())

    @property
    def tax(self) -> Decimal:
        """Total tax less credits."""
        return max(ZERO, self.computed.total.amount - self.credits)

    @property
    def balance_due(self) -> Decimal:
        """What is still to pay; negative: a refund."""
        return self.tax - self.paid


def liability(book: Book, law: Law, year: int, *, tax_table: bool = False) -> Liability:
    """Return the liability of *year*, for which *book* must keep rows.

    Raises UnknownFigureError for a year whose law is not known.
    """
    findings: list[Finding] = []
    standing = book.taxpayer.standing(year_end(year))
    facts = book.taxpayer.facts(year)
    business = business_of(book, law, year, standing, findings)
    carried = _carried_in(book, law, year, findings)
    filer = _filer(book, year, standing, facts, business, carried)
    computed = compute(filer, law, tax_table=tax_table)
    withheld = _usd(facts.withholding_usd_micros) + _paid(book, year, withholding=True)
    assumed = [name for name in standing.assumed if name in DECISIVE]
    if assumed:
        findings.append(_assumed(standing, assumed))
    if standing.jurisdiction != "us":
        findings.append(
            Finding("jurisdiction_not_us", f"the profile says {standing.jurisdiction}: these are the figures of US law")
        )
    findings += business.expenses.findings
    findings += sales_told(business.equipment, hobby=standing.activity == "hobby")
    findings += business.equipment.findings if standing.activity == "business" else ()
    return Liability(
        year=year,
        standing=standing,
        facts=facts,
        business=business,
        computed=computed,
        lines=_traced(book, year, business, computed),
        credits=_usd(facts.credits_usd_micros),
        withheld=withheld,
        paid=withheld + _paid(book, year, withholding=False),
        findings=tuple(findings),
    )


def _carried_in(book: Book, law: Law, year: int, findings: list[Finding]) -> tuple[Decimal, Decimal]:
    """Return the capital losses carried into *year*, short and long: as stated, else as the year before leaves them."""
    facts = book.taxpayer.facts(year)
    stated = (facts.short_term_carryover_usd_micros, facts.long_term_carryover_usd_micros)
    if stated != (None, None):
        return _usd(stated[0]), _usd(stated[1])
    traded = {when for when, _ in book.gains.totals if when < year}
    if not traded and not any(when < year for when in book.taxpayer.year_facts):
        return ZERO, ZERO
    try:
        before = _computed_before(book, law, year - 1, findings)
    except UnknownFigureError:
        if any(_net(book, when) < 0 for when in traded):
            findings.append(_carryover_unknown(year))
        return ZERO, ZERO
    return before.carryover.short.amount, before.carryover.long.amount


def _computed_before(book: Book, law: Law, year: int, findings: list[Finding]) -> Return:
    standing = book.taxpayer.standing(year_end(year))
    carried = _carried_in(book, law, year, findings)
    business = business_of(book, law, year, standing, [])
    return compute(_filer(book, year, standing, book.taxpayer.facts(year), business, carried), law)


def _net(book: Book, year: int) -> int:
    return book.gains.total(year, "short").gain_usd_micros + book.gains.total(year, "long").gain_usd_micros


def _carryover_unknown(year: int) -> Finding:
    return Finding(
        "carryover_unknown",
        f"losses from before {year} may be carried into it, and the law of {year - 1} is not known here: record "
        f"`year_facts` for {year} with short_term_carryover_usd and long_term_carryover_usd",
    )


def _filer(
    book: Book, year: int, standing: Standing, facts: YearFacts, business: Business, carried: tuple[Decimal, Decimal]
) -> Filer:
    hobby = standing.activity == "hobby"
    rigs = business.equipment
    sold = hobby_gains(rigs) if hobby else business_gains(rigs)
    return Filer(
        year=year,
        status=standing.filing_status,
        schedule_c_net=ZERO if hobby else business.net,
        wages=_usd(facts.wages_usd_micros),
        short_term_net=usd_decimal(book.gains.total(year, "short").gain_usd_micros)
        + _usd(facts.other_short_term_gain_usd_micros)
        + usd_decimal(sold.short_term),
        long_term_net=usd_decimal(book.gains.total(year, "long").gain_usd_micros)
        + _usd(facts.other_long_term_gain_usd_micros)
        + usd_decimal(sold.long_term),
        other_ordinary_income=_usd(facts.other_ordinary_income_usd_micros) + usd_decimal(sold.ordinary),
        taxable_interest=_usd(facts.taxable_interest_usd_micros),
        qualified_dividends=_usd(facts.qualified_dividends_usd_micros),
        ubia=ZERO if hobby else usd_decimal(rigs.ubia_usd_micros) + _usd(facts.ubia_usd_micros),
        business_w2_wages=_usd(facts.w2_wages_paid_usd_micros),
        hobby_income=business.receipts if hobby else ZERO,
        short_term_carryover=carried[0],
        long_term_carryover=carried[1],
        qbi_loss_carryover=_usd(facts.qbi_loss_carryforward_usd_micros),
        retirement_contribution=_usd(facts.retirement_contribution_usd_micros),
        health_insurance=_usd(facts.health_insurance_usd_micros),
        itemized_deductions=_usd(facts.itemized_deductions_usd_micros),
        aged=facts.aged_65_or_older or 0,
        blind=facts.blind or 0,
        material_participation=standing.material_participation,
    )


def _usd(micros: int | None) -> Decimal:
    return usd_decimal(micros or 0)


def _paid(book: Book, year: int, *, withholding: bool) -> Decimal:
    """Return what was paid towards *year* by events: withheld, or paid by the taxpayer."""
    payments = book.taxpayer.payments_for(year)
    return usd_decimal(sum(each.amount_usd_micros for each in payments if (each.type == "withholding") == withholding))


def _assumed(standing: Standing, assumed: Iterable[str]) -> Finding:
    told = ", ".join(f"{name}={getattr(standing, name)}" for name in assumed)
    return Finding("profile_assumed", f"no profile says otherwise, so {told}: record a `profile` event")


def _traced(book: Book, year: int, business: Business, computed: Return) -> tuple[TracedLine, ...]:
    """Return every line with the events behind it, a line after the lines it comes from."""
    own = dict(_own_events(book, year, business))
    behind: dict[str, tuple[dict[str, None], int]] = {}
    traced = []
    for each in (*business.lines, *computed.lines):
        events = dict.fromkeys(own.get(each.ref, ()))
        for source in each.inputs:
            events |= behind.get(source, ({}, 0))[0]
        behind[each.ref] = (events, len(events))
        traced.append(TracedLine(each, tuple(events)[:MOST_EVENTS_NAMED], len(events)))
    return tuple(traced)


def _own_events(book: Book, year: int, business: Business) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield a line's reference and the events that stand on it directly."""
    receipts = tuple(row.receipt for row in book.income.rows if row.date.year == year)
    rigs = tuple(row.id for row in business.equipment.rows)
    facts = book.taxpayer.facts_from(year)
    yield f"{SCHEDULE_C} line 1", receipts
    yield "Schedule 1 line 8v", receipts
    yield "Schedule 1 line 8j", receipts
    yield f"{SCHEDULE_C} line 13", rigs
    if any(each.line == "28" for each in business.lines):
        bills = (row.expense for row in business.expenses.rows)
        yield f"{SCHEDULE_C} line 31", tuple(dict.fromkeys((*receipts, *bills, *rigs)))
    for number in business.expenses.by_line:
        yield (
            f"{SCHEDULE_C} line {number}",
            tuple(dict.fromkeys(row.expense for row in business.expenses.rows if row.line == number)),
        )
    for term, number in (("short", "7"), ("long", "15")):
        rows = [row for row in book.gains.rows if row.sold.year == year and row.term == term]
        sold = dict.fromkeys(name for row in rows for name in (row.disposal, row.lot) if name is not None)
        yield f"Schedule D line {number}", tuple(sold)
    for ref in ("Form 1040 line 1a", "Form 1040 line 2b", "Form 1040 line 3a", "Schedule 1 line 8z"):
        yield ref, facts
