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

from lotwork.ledger.counting import count
from lotwork.ledger.events import BUSINESS, HOBBY, JOINT, US, Activity, YearFacts
from lotwork.ledger.units import ZERO
from lotwork.projections.filer.origins import OUTSIDE
from lotwork.projections.filer.taxpayer import ProfileInForce, profile_assumed, year_end
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import findings_in
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.business_trace import receipts_of
from lotwork.projections.returns.carried import Carried, carried_forward
from lotwork.projections.returns.carryovers import CarriedInto, carried_into
from lotwork.projections.returns.case import (
    YearInputs,
    case_of,
    contradictions,
    credits_in_doubt,
    facts_of_spouses,
    paid,
)
from lotwork.projections.returns.couple import Couple, couple_of
from lotwork.projections.returns.facts_told import withheld_twice
from lotwork.projections.returns.owners import persons
from lotwork.projections.returns.recovered import recovered
from lotwork.projections.returns.rig_sales import hobby_sold, sale_name
from lotwork.projections.returns.turned import all_year, parts_of, turned
from lotwork.rules.line import MOST_EVENTS_NAMED, Line, given_back, line, to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.capital import LINE_OF_BOX
from lotwork.rules.us.individual import Return, compute
from lotwork.rules.us.renumbered import as_printed
from lotwork.rules.us.retirement import Plan, Retirement
from lotwork.rules.us.schedule_c import FORM as SCHEDULE_C
from lotwork.rules.us.two_businesses import ref_of_spouse, spouses

DECISIVE = ("filing_status", "activity")
"""The facts of a profile that no figure can do without."""
"""A line that rests on more events than this names the first of them and says how many there are."""
SOLD_ON = ("2", "10", "14", "30")
"""The lines of Form 4797 on which rigs stand without a line of their own."""
TOLD_OF_EACH = ("20", "21", "22")
"""The lines of Form 4797 that say of each rig what it brought, cost and was deducted."""
FROM_FACTS = (
    "Form 1040 line 1a", "Form 1040 line 2b", "Form 1040 line 3a", "Form 1040 line 3b",
    "Form 1040 line 20", "Schedule 3 line 13z",
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
    profile: ProfileInForce
    facts: YearFacts
    business: Business
    spouse_business: Business | None
    """The business of the other spouse on a joint return, where both have one."""
    carried: Carried
    """The losses that earlier years brought in."""
    computed: Return
    lines: tuple[TracedLine, ...]
    credits: Decimal
    """What of the credits reduces the tax; what is refundable may be more than it."""
    withheld: Decimal
    paid: Decimal
    """Every payment of the year, what was withheld among them."""
    findings: tuple[Finding, ...] = field(default=())

    @property
    def businesses(self) -> tuple[Business, ...]:
        """Each spouse's."""
        return (self.business,) if self.spouse_business is None else (self.business, self.spouse_business)

    @property
    def spouse_mines(self) -> bool:
        """Whether the spouse has anything of a business or a hobby in the year."""
        other = self.spouse_business
        return other is not None and any((other.mined, other.other_income, other.deducted, other.depreciation))

    @property
    def tax(self) -> Decimal:
        """Total tax less credits."""
        return self.computed.tax_after_credits

    @property
    def carried_forward(self) -> Carried:
        """The losses this year leaves to the next."""
        return carried_forward(self.carried, self.computed, self.year)

    @property
    def balance_due(self) -> Decimal:
        """What is still to pay; negative: a refund, that of credits beyond the tax among it."""
        left = self.computed.total.amount - self.credits - self.paid
        return left if left >= 0 else -given_back(-left)


def liability(
    book: Book,
    law: Law,
    year: int,
    *,
    tax_table: bool = False,
    carried: CarriedInto | None = None,
    traced: bool = True,
) -> Liability:
    """Return the liability of *year*, for which *book* must keep rows.

    Earlier years are worked out for what they leave, unless a caller who asks more than once brings it as *carried*.
    Its lines name the events behind them, and are left out where they are not *traced*.
    Raises UnknownFigureError for a year whose law is not known.
    """
    count("returns worked out")
    findings: list[Finding] = []
    profile = book.taxpayer.profile_on(year_end(year))
    facts = book.taxpayer.facts(year)
    couple = couple_of(book, law)
    business, other = couple.businesses(year, findings)
    into = carried_into(book, law, year, couple) if carried is None else carried
    told = YearInputs(year, profile, facts, business, into.carried, other)
    computed = compute(case_of(book, told), law, tax_table=tax_table)
    findings += _found(couple, told, computed, into)
    if parts_of(book, year):
        findings.append(_turned(book, law, year, computed))
    withheld = computed.filer.withholding
    others = ("estimated", "extension", "balance")
    return Liability(
        year=year,
        profile=profile,
        facts=facts,
        business=business,
        spouse_business=other,
        carried=into.carried,
        computed=computed,
        lines=_traced(book, year, told, computed) if traced else (),
        credits=computed.credits.all,
        withheld=withheld,
        paid=withheld + sum((paid(book, year, kind) for kind in others), ZERO),
        findings=tuple(dict.fromkeys(findings_in(book.history.book, findings))),
    )


def _found(couple: Couple, told: YearInputs, computed: Return, into: CarriedInto) -> Iterable[Finding]:
    """Yield what a person must decide or know about a year."""
    book = couple.book
    year, profile, facts, business, _, other = told
    yield from into.told(year)
    assumed = [name for name in profile.assumed if name in DECISIVE]
    if assumed:
        yield profile_assumed(profile, assumed, year)
    if profile.jurisdiction != US:
        yield Finding(
            "jurisdiction_not_us", f"the profile says {profile.jurisdiction}: these are the figures of US law"
        )
    yield from book.taxpayer.told_contrary()
    yield from contradictions(profile, facts)
    yield from withheld_twice(book, year)
    if profile.filing_status == JOINT:
        yield from facts_of_spouses(facts, other)
    for each in (business,) if other is None else (business, other):
        yield from each.expenses.findings
        yield from hobby_sold(each.equipment) if each.is_hobby else each.equipment.findings
    yield from credits_in_doubt(computed, facts)
    yield from _retirement_excesses(computed)
    yield from recovered(couple, told)
    if not profile.material_participation and min(each.amount for each in computed.income.businesses) < 0:
        yield Finding(
            "passive_loss",
            f"without material participation the business loss of {year} is passive and waits for passive income (26 "
            "U.S.C. 469): it is deducted here; fill in Form 8582, or correct `material_participation`",
        )


def _turned(book: Book, law: Law, year: int, computed: Return) -> Finding:
    """Return the finding that the year has two parts, with the tax it would have as one."""
    words: tuple[Activity, ...] = (BUSINESS, HOBBY)
    otherwise = {word: liability(all_year(book, year, word), law, year).tax for word in words}
    return turned(book, year, computed.tax_after_credits, otherwise)


def _retirement_excesses(computed: Return) -> Iterable[Finding]:
    """Yield what each spouse put into a plan beyond what the own earned income lets be deducted."""
    filer, spouse = computed.filer, computed.income.gathered.spouse
    own = computed.income.gathered.retirement
    yield from _retirement_excess(filer.year, filer.retirement_contribution, own, (filer.retirement_plan, filer.age))
    if spouse is not None:
        put_in, plan = filer.spouse_retirement_contribution, (filer.spouse_retirement_plan, filer.spouse_age)
        yield from _retirement_excess(filer.year, put_in, spouse.retirement, plan, "spouse_")


def _retirement_excess(
    year: int, put_in: Decimal, plan: Retirement, saver: tuple[Plan | None, int | None], whose: str = ""
) -> Iterable[Finding]:
    if not plan.excess:
        return
    told, years = saver
    age = (
        ""
        if years is not None
        else f"; record `{whose}age` in year_facts if {'the spouse is' if whose else 'you are'} 50 or older"
    )
    yield Finding(
        "retirement_excess",
        f"of {to_cents(put_in)} put into a retirement plan {'of the spouse ' if whose else ''}for {year}, "
        f"{told or 'any plan'} lets {to_cents(put_in - plan.excess)} be deducted: {to_cents(plan.excess)} is too much; "
        f"take it out in time, or it bears an excise tax of 10 percent (26 U.S.C. 4972){age}",
    )


def _traced(book: Book, year: int, told: YearInputs, computed: Return) -> tuple[TracedLine, ...]:
    """Return every line with the events behind it, a line after the lines it comes from."""
    business, other = told.business, told.spouse_business
    own = dict(_own_events(book, year, business, other))
    own |= _net_profit(business)
    spouses_own: tuple[Line, ...] = ()
    if other is not None:
        own |= {ref_of_spouse(ref): events for ref, events in {**other.behind, **_net_profit(other)}.items()}
        spouses_own = spouses((*other.lines, *(() if computed.income.gathered.spouse else (_nothing_left(),))))
    behind: dict[str, tuple[dict[str, None], int]] = {}
    traced = []
    for each in (*business.lines, *spouses_own, *computed.lines):
        events = _together(own.get(each.ref, ()), [behind[source][0] for source in each.inputs if source in behind])
        behind[each.ref] = (events, len(events))
        traced.append(TracedLine(as_printed(each, year), tuple(events)[:MOST_EVENTS_NAMED], len(events)))
    return tuple(traced)


def _together(own: tuple[str, ...], sources: list[dict[str, None]]) -> dict[str, None]:
    """Return a line's *own* events and those of its *sources*; where only one of them has any, as they stand there."""
    told = [events for events in (dict.fromkeys(own), *sources) if events]
    if len(told) < 2:  # noqa: PLR2004 - one
        return told[0] if told else {}
    together = dict(told[0])
    for events in told[1:]:
        together |= events
    return together


def _nothing_left() -> Line:
    """Return line 31 of a spouse whose business left nothing, of which the return has no further line."""
    return line((SCHEDULE_C, "31"), "Net profit or loss", ZERO, cites=("26 U.S.C. 162",))


def _net_profit(business: Business) -> dict[str, tuple[str, ...]]:
    """Return everything that stands on the business's forms as what its net profit rests on."""
    if f"{SCHEDULE_C} line 1" not in business.behind:
        return {}
    everything = dict.fromkeys(name for events in business.behind.values() for name in events)
    return {f"{SCHEDULE_C} line 31": tuple(everything)}


def _own_events(
    book: Book, year: int, business: Business, other: Business | None
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield a line's reference and the events that stand on it directly."""
    yield from business.behind.items()
    yield from _coins_outside(book, year)
    rigs = business.equipment.rows + (() if other is None else other.equipment.rows)
    sold = [row for row in rigs if row.disposed is not None]
    for number in SOLD_ON:
        yield f"Form 4797 line {number}", tuple(row.told for row in sold)
    for rig in sold:
        for number in TOLD_OF_EACH:
            yield f"Form 4797 line {number} ({sale_name(rig)})", (rig.told,)
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
    counted = tuple(row.told for row in rigs if row.ubia_usd_micros)
    yield "Form 8995-A line 10", (*counted, *facts)
    yield "Form 1040 line 25a", (*facts, *_payments(book, year, "withholding"))
    yield "Form 1040 line 26", _payments(book, year, "estimated")
    yield "Schedule 3 line 10", _payments(book, year, "extension")


def _coins_outside(book: Book, year: int) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the receipts on Schedule 1: a hobby's, and those of no trade, which 2023 had on another line."""
    each_of = persons(book)
    mined = tuple(event for own in each_of for event in receipts_of(own, year, HOBBY))
    digital = receipts_of(book, year, OUTSIDE)
    yield "Schedule 1 line 8v", (*mined, *digital)
    dollars = (each for own in each_of for each in own.income.earned_in(year, HOBBY, own.taxpayer.whole.get(year)))
    yield "Schedule 1 line 8j", (*mined, *(each.event for each in dollars))
    yield "Schedule 1 line 8z", (*book.taxpayer.facts_from(year), *digital)


def _payments(book: Book, year: int, kind: str) -> tuple[str, ...]:
    return tuple(each.id for each in book.taxpayer.payments_for(year) if each.type == kind)
