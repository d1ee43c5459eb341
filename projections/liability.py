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

from lotwork.ledger.counting import count
from lotwork.ledger.events import BUSINESS, HOBBY, JOINT, US, Activity, YearFacts
from lotwork.projections.filer.taxpayer import ProfileInForce, profile_assumed, year_end
from lotwork.projections.findings import Finding, each_once
from lotwork.projections.questions.add_command import findings_in
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.carried import Carried, carried_forward
from lotwork.projections.returns.carryovers import CarriedInto, carried_into
from lotwork.projections.returns.case import (
    YearInputs,
    case_of,
    contradictions,
    credits_in_doubt,
    deduction_in_doubt,
    facts_of_spouses,
    paid_otherwise,
)
from lotwork.projections.returns.couple import Couple, couple_of
from lotwork.projections.returns.facts_told import ages_contradict, taxes_above_limit, withheld_twice
from lotwork.projections.returns.recovered import recovered
from lotwork.projections.returns.rig_sales import hobby_sold
from lotwork.projections.returns.traced_lines import TracedLine, traced_return
from lotwork.projections.returns.turned import all_year, parts_of, turned
from lotwork.rules.line import given_back, to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.individual import Return, compute
from lotwork.rules.us.retirement import Plan, Retirement

DECISIVE = ("filing_status", "activity")
"""The facts of a profile that no figure can do without."""


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
    def inputs(self) -> YearInputs:
        """What the return is made of."""
        return YearInputs(self.year, self.profile, self.facts, self.business, self.carried, self.spouse_business)

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
    return Liability(
        year=year,
        profile=profile,
        facts=facts,
        business=business,
        spouse_business=other,
        carried=into.carried,
        computed=computed,
        lines=traced_return(book, told, computed)[0] if traced else (),
        credits=computed.credits.all,
        withheld=withheld,
        paid=withheld + paid_otherwise(book, year),
        findings=each_once(findings_in(book.history.book, findings)),
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
    yield from ages_contradict(profile, facts)
    yield from taxes_above_limit(computed, couple.law)
    yield from withheld_twice(book, year)
    if profile.filing_status == JOINT:
        yield from facts_of_spouses(facts, other)
    for each in (business,) if other is None else (business, other):
        yield from each.expenses.findings
        yield from hobby_sold(each.equipment) if each.is_hobby else each.equipment.findings
    yield from deduction_in_doubt(computed)
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
