"""A year's federal tax: the book's income, expenses, rigs and gains on the lines of Form 1040 and its schedules.

Law: a business reports its coins on Schedule C with its expenses and depreciation, and pays self-employment tax; a
hobby reports them on Schedule 1 and deducts nothing (26 U.S.C. 162, 183, 67(g), 1402). Whatever the ledger cannot know
(wages, interest, payments withheld) comes from the year's facts. Losses of earlier years are carried in from those
years' own computation, unless the facts say what they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.events import US, YearFacts
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.expenses import OTHER_DIGITAL_INCOME
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business, business_of
from lotwork.projections.returns.business_years import BusinessYears
from lotwork.projections.returns.carried import Carried, carried_forward
from lotwork.projections.returns.carryovers import CarriedInto, carried_into
from lotwork.projections.returns.case import YearTold, case_of, contradictions, paid
from lotwork.projections.returns.rig_sales import hobby_sold, sale_name
from lotwork.projections.taxpayer import ProfileInForce, year_end
from lotwork.rules.line import MOST_EVENTS_NAMED, Line
from lotwork.rules.load import Law
from lotwork.rules.us.capital import LINE_OF_BOX
from lotwork.rules.us.individual import Return, compute
from lotwork.rules.us.renumbered import as_printed
from lotwork.rules.us.schedule_c import FORM as SCHEDULE_C

DECISIVE = ("filing_status", "activity")
"""The facts of a profile that no figure can do without."""
"""A line that rests on more events than this names the first of them and says how many there are."""
SOLD_ON = ("2", "10", "14", "30")
"""The lines of Form 4797 on which rigs stand without a line of their own."""
TOLD_OF_EACH = ("20", "21", "22")
"""The lines of Form 4797 that say of each rig what it brought, cost and was deducted."""
FROM_FACTS = (
    "Form 1040 line 1a", "Form 1040 line 2b", "Form 1040 line 3a", "Form 1040 line 20",
    "Schedule D line 1a", "Schedule D line 8a", "Form 7206 line 3",
)  # fmt: skip
"""The lines that the facts of the year stand on directly."""


class TracedLine(NamedTuple):
    """A form line with the events behind it: its own, and those of the lines it came from."""

    line: Line
    because: tuple[str, ...]
    events: int


@dataclass(frozen=True, slots=True)
class Liability:
    """The tax of a year with everything it rests on."""

    year: int
    standing: ProfileInForce
    facts: YearFacts
    business: Business
    carried: Carried
    """The losses that earlier years brought in."""
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
    def carried_forward(self) -> Carried:
        """The losses this year leaves to the next."""
        return carried_forward(self.carried, self.computed, self.year)

    @property
    def balance_due(self) -> Decimal:
        """What is still to pay; negative: a refund."""
        return self.tax - self.paid


def liability(
    book: Book, law: Law, year: int, *, tax_table: bool = False, carried: CarriedInto | None = None
) -> Liability:
    """Return the liability of *year*, for which *book* must keep rows.

    Earlier years are worked out for what they leave, unless a caller who asks more than once brings it as *carried*.
    Raises UnknownFigureError for a year whose law is not known.
    """
    findings: list[Finding] = []
    standing = book.taxpayer.standing(year_end(year))
    facts = book.taxpayer.facts(year)
    years = BusinessYears(book, law)
    business = business_of(book, law, year, standing, findings, years)
    into = carried_into(book, law, year, years) if carried is None else carried
    told = YearTold(year, standing, facts, business, into.carried)
    computed = compute(case_of(book, told), law, tax_table=tax_table)
    findings += _found(told, computed, into)
    withheld = computed.filer.withholding
    others = ("estimated", "extension", "balance")
    return Liability(
        year=year,
        standing=standing,
        facts=facts,
        business=business,
        carried=into.carried,
        computed=computed,
        lines=_traced(book, year, business, computed),
        credits=usd_decimal(facts.credits_usd_micros or 0),
        withheld=withheld,
        paid=withheld + sum((paid(book, year, kind) for kind in others), ZERO),
        findings=tuple(findings),
    )


def _found(told: YearTold, computed: Return, into: CarriedInto) -> Iterable[Finding]:
    """Yield what a person must decide or know about a year."""
    year, standing, facts, business, _ = told
    hobby = standing.activity == "hobby"
    yield from into.told(year)
    assumed = [name for name in standing.assumed if name in DECISIVE]
    if assumed:
        yield _assumed(standing, assumed)
    if standing.jurisdiction != US:
        yield Finding(
            "jurisdiction_not_us", f"the profile says {standing.jurisdiction}: these are the figures of US law"
        )
    yield from contradictions(standing, facts)
    yield from business.expenses.findings
    yield from hobby_sold(business.equipment) if hobby else business.equipment.findings
    excess = computed.income.gathered.retirement.excess
    if excess:
        yield _retirement_excess(computed, excess)
    if not hobby and not standing.material_participation and computed.income.business.amount < 0:
        yield Finding(
            "passive_loss",
            f"without material participation the business loss of {year} is passive and waits for passive income (26 "
            "U.S.C. 469): it is deducted here; fill in Form 8582, or correct `material_participation`",
        )


def _retirement_excess(computed: Return, excess: Decimal) -> Finding:
    filer = computed.filer
    plan = filer.retirement_plan or "any plan"
    age = "" if filer.age is not None else "; record `age` in year_facts if you are 50 or older"
    return Finding(
        "retirement_excess",
        f"of {filer.retirement_contribution:.2f} put into a retirement plan for {filer.year}, {plan} lets "
        f"{computed.income.retirement.amount:.2f} be deducted: {excess:.2f} is too much; take it out in time, or it "
        f"bears an excise tax of 10 percent (26 U.S.C. 4972){age}",
    )


def _assumed(standing: ProfileInForce, assumed: Iterable[str]) -> Finding:
    told = ", ".join(f"{name}={getattr(standing, name)}" for name in assumed)
    return Finding("profile_assumed", f"no profile says otherwise, so {told}: record a `profile` event")


def _traced(book: Book, year: int, business: Business, computed: Return) -> tuple[TracedLine, ...]:
    """Return every line with the events behind it, a line after the lines it comes from."""
    own = dict(_own_events(book, year, business, hobby=bool(computed.filer.hobby_income)))
    if f"{SCHEDULE_C} line 1" in business.behind:
        everything = dict.fromkeys(name for events in business.behind.values() for name in events)
        own[f"{SCHEDULE_C} line 31"] = tuple(everything)
    behind: dict[str, tuple[dict[str, None], int]] = {}
    traced = []
    for each in (*business.lines, *computed.lines):
        events = dict.fromkeys(own.get(each.ref, ()))
        for source in each.inputs:
            events |= behind.get(source, ({}, 0))[0]
        behind[each.ref] = (events, len(events))
        traced.append(TracedLine(as_printed(each, year), tuple(events)[:MOST_EVENTS_NAMED], len(events)))
    return tuple(traced)


def _own_events(book: Book, year: int, business: Business, *, hobby: bool) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield a line's reference and the events that stand on it directly."""
    yield from business.behind.items()
    yield from _coins_outside(book, year, hobby=hobby)
    sold = [row for row in business.equipment.rows if row.disposed is not None]
    for number in SOLD_ON:
        yield f"Form 4797 line {number}", tuple(row.id for row in sold)
    for rig in sold:
        for number in TOLD_OF_EACH:
            yield f"Form 4797 line {number} ({sale_name(rig)})", (rig.id,)
    lines: dict[str, dict[str, None]] = {}
    for row in book.gains.rows:
        if row.sold.year == year:
            names = (name for name in (row.disposal, row.lot) if name is not None)
            lines.setdefault(LINE_OF_BOX[row.box], {}).update(dict.fromkeys(names))
    for number, events in lines.items():
        yield f"Schedule D line {number}", tuple(events)
    facts = book.taxpayer.facts_from(year)
    for ref in FROM_FACTS:
        yield ref, facts
    counted = tuple(row.id for row in business.equipment.rows if row.ubia_usd_micros)
    yield "Form 8995-A line 10", (*counted, *facts)
    yield "Form 1040 line 25a", (*facts, *_payments(book, year, "withholding"))
    yield "Form 1040 line 26", _payments(book, year, "estimated")
    yield "Schedule 3 line 10", _payments(book, year, "extension")


def _coins_outside(book: Book, year: int, *, hobby: bool) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the receipts on Schedule 1: a hobby's, and those of forks and airdrops, which 2023 had on another line."""
    rows = [row for row in book.income.rows if row.date.year == year and row.doubt is None]
    digital = tuple(row.receipt for row in rows if row.income in OTHER_DIGITAL_INCOME)
    mined = tuple(row.receipt for row in rows if row.income not in OTHER_DIGITAL_INCOME) if hobby else ()
    yield "Schedule 1 line 8v", (*mined, *digital)
    yield "Schedule 1 line 8j", mined
    yield "Schedule 1 line 8z", (*book.taxpayer.facts_from(year), *digital)


def _payments(book: Book, year: int, kind: str) -> tuple[str, ...]:
    return tuple(each.id for each in book.taxpayer.payments_for(year) if each.type == kind)
