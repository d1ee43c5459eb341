"""A rig before the year ends: in service now or in January, expensed, with bonus, or by the table; and what it moves.

Every option is folded and computed for this year and five more, each as this one: section 179 within its income limit,
the mid-quarter test over all rigs of the year, losses that are carried. What an option saves is the tax of the same
years without the rig less the tax with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.events import HOBBY, TAXPAYER, Election, Equipment, Event, Owner
from lotwork.ledger.units import MICRO, ZERO, usd_decimal, usd_micros
from lotwork.projections.costs.rig_years import EquipmentRow
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability, liability
from lotwork.projections.plan.next_year import as_this_year, assumed_law
from lotwork.projections.plan.state import StateRates, StateTax, state_findings
from lotwork.projections.plan.suppose import SUPPOSED, Ground, suppose
from lotwork.projections.plan.whole_return import MARGIN, WholeReturn
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.carryovers import CarriedInto, carried_into
from lotwork.projections.returns.owners import SPOUSE
from lotwork.projections.states.liability import state_liability
from lotwork.projections.states.residence import residence_in
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.asset import BONUS_CLASSES, SECTION_179_CLASSES, RecoveryClass

YEARS = 6
"""A 5-year rig is deducted in six of them."""
RIG = f"{SUPPOSED}rig"
Method: TypeAlias = Literal["section_179", "bonus", "macrs"]


class RigAsked(NamedTuple):
    """The rig: its cost, its class, and the day of its contract where that is not the day it enters service."""

    cost: Decimal
    recovery_class: RecoveryClass = "5"
    acquired: date | None = None


class OptionYear(NamedTuple):
    """A year under an option, in dollars."""

    year: int
    deducted: Decimal
    """On the rig itself."""
    others: Decimal
    """More or less on the other rigs, where the convention or an election changed for them."""
    tax: Decimal
    saved: Decimal
    section_179_waits: Decimal
    nol_carried: Decimal
    excess_loss: Decimal


class Option(NamedTuple):
    """When the rig enters service and how it is deducted, with each year."""

    when: str
    method: Method
    placed: date
    convention: str
    years: tuple[OptionYear, ...]
    told: tuple[Finding, ...]
    """What the law said of the rig."""
    state_saved: tuple[Decimal | None, ...] = ()
    """What each year saves of the state's tax, by the state's own depreciation; None where none is reckoned."""

    @property
    def saved(self) -> Decimal:
        """Over all years."""
        return sum((year.saved for year in self.years), ZERO)

    @property
    def saved_of_state(self) -> Decimal | None:
        """Of the state's tax over all years; None where one of them is not reckoned, or no state is told."""
        told = [saved for saved in self.state_saved if saved is not None]
        return sum(told, ZERO) if told and len(told) == len(self.state_saved) else None


class Rates(NamedTuple):
    """What the next dollar of profit, of short-term and of long-term gain costs in a year."""

    year: int
    profit: Decimal
    spouse_profit: Decimal | None
    """That of the spouse's business, where both mine: each has a wage base of an own (26 U.S.C. 1402(b))."""
    short: Decimal
    long: Decimal


class YearEndPlan(msgspec.Struct, frozen=True):
    """The options, and what else the end of the year moves."""

    year: int
    asked: RigAsked | None
    options: tuple[Option, ...]
    rates: tuple[Rates, Rates]
    moves: dict[str, str]
    assumed: tuple[str, ...]
    """The figures of later years that are not out."""
    cites: tuple[str, ...]
    findings: tuple[Finding, ...]
    state: StateTax | None = None
    """That of the year; None where no profile names a state."""
    state_rates: StateRates | None = None
    """What the next dollars of the year cost in the state."""


def plan_year_end(book: Book, law: Law, asked: RigAsked | None, today: date) -> YearEndPlan:
    """Return the plan for the year of *today*; *book* keeps rows for it."""
    year = today.year
    carried = carried_into(book, law, year)
    before = liability(book, law, year, carried=carried, traced=False)
    later = range(year + 1, year + YEARS)
    told, assumed = assumed_law(law, year, later, residence_in(book.taxpayer, year).state)
    case = _Case(book, told, year, today, tuple(as_this_year(book, before, later)), carried, Ground(book, told))
    base = case.liabilities(())
    moves, state = law.in_year("us/year_end/moves", year), StateTax.of(book, law, before)
    options = () if asked is None else tuple(case.options(asked, base))
    return YearEndPlan(
        year=year,
        asked=asked,
        options=options,
        rates=(_rates(base[0].owed, told), _rates(base[1].owed, told)),
        moves=dict(moves.names()),
        assumed=assumed,
        cites=(moves.citation, "26 U.S.C. 168(a)-(d), (k), 179, 172, 461(l)"),
        findings=(*before.findings, *_findings(before, options), *state_findings(state)),
        state=state,
        state_rates=None if state is None else state.rates(WholeReturn.of(before, law)),
    )


class Ended(NamedTuple):
    """A year as a plan has it: the federal return, and the state's tax where one is told and reckoned."""

    owed: Liability
    state_tax: Decimal | None


def _tax_of_state(book: Book, law: Law, owed: Liability) -> Decimal | None:
    if residence_in(book.taxpayer, owed.year).state is None:
        return None
    told = state_liability(book, law, owed, traced=False)
    return None if told.computed is None else told.tax


class _Case(msgspec.Struct):
    """The book with the years to come in it, to which a rig is added."""

    book: Book
    law: Law
    year: int
    today: date
    to_come: tuple[Event, ...]
    carried: CarriedInto
    """What earlier years bring into this one, which no rig changes."""
    ground: Ground
    """The book that each option is folded onto."""

    def liabilities(self, events: tuple[Event, ...]) -> tuple[Ended, ...]:
        """Return the liability of each year with *events*, and the state's tax."""
        years = range(self.year, self.year + YEARS)
        then = suppose(self.book, (*self.to_come, *events), years, self.law, ground=self.ground)
        return tuple(Ended(each, _tax_of_state(then, self.law, each)) for each in self._in_turn(then, years))

    def _in_turn(self, then: Book, years: Iterable[int]) -> Iterator[Liability]:
        """Yield the liability of each of *years*, which follow each other: what one leaves, the next begins with."""
        into = self.carried
        for year in years:
            owed = liability(then, self.law, year, carried=into, traced=False)
            yield owed
            into = into.after(then, year, owed.computed)

    def options(self, asked: RigAsked, base: tuple[Ended, ...]) -> Iterator[Option]:
        now, january = self.today, year_end(self.year) + timedelta(days=2)
        for when, placed in (("now", now), ("january", january)):
            for method in _methods(asked):
                yield self.option(asked, when, placed, method, base)

    def option(self, asked: RigAsked, when: str, placed: date, method: Method, base: tuple[Ended, ...]) -> Option:
        ended = self.liabilities(tuple(self.events(asked, placed, method)))
        owed = [each.owed for each in ended]
        years = tuple(_year(each, without.owed) for each, without in zip(owed, base, strict=True))
        saved = tuple(
            None if each.state_tax is None or without.state_tax is None else without.state_tax - each.state_tax
            for each, without in zip(ended, base, strict=True)
        )
        rows = [row for each in owed for row in _rigs(each) if row.id == RIG]
        told = dict.fromkeys(
            finding for each in owed for finding in each.business.equipment.findings if finding.event == RIG
        )
        return Option(when, method, placed, rows[0].convention if rows else "", years, tuple(told), saved)

    def events(self, asked: RigAsked, placed: date, method: Method) -> Iterator[Event]:
        """Yield the rig, and the election out of the bonus, which holds for the class and the year (168(k)(7))."""
        at = self.book.history.calendar.midnight(placed) + timedelta(hours=12)
        yield Equipment(
            id=RIG,
            at=at,
            equipment="the new rig",
            cost_usd_micros=usd_micros(asked.cost),
            acquired=min(asked.acquired or placed, placed),
            placed_in_service=placed,
            recovery_class=asked.recovery_class,
            section_179_usd_micros=usd_micros(asked.cost) if method == "section_179" else 0,
        )
        if method == "macrs" and asked.recovery_class in BONUS_CLASSES:
            yield Election(
                id=f"{SUPPOSED}bonus_out", at=at, from_=date(placed.year, 1, 1), method="bonus_out",
                recovery_class=asked.recovery_class,
            )  # fmt: skip


def _methods(asked: RigAsked) -> Iterator[Method]:
    if asked.recovery_class in SECTION_179_CLASSES:
        yield "section_179"
    if asked.recovery_class in BONUS_CLASSES:
        yield "bonus"
    yield "macrs"


def _year(owed: Liability, without: Liability) -> OptionYear:
    rows, before = _rigs(owed), _rigs(without)
    rig = sum(row.depreciation_usd_micros for row in rows if row.id == RIG)
    others = sum(row.depreciation_usd_micros for row in rows if row.id != RIG)
    computed = owed.computed
    return OptionYear(
        year=owed.year,
        deducted=usd_decimal(rig),
        others=usd_decimal(others - sum(row.depreciation_usd_micros for row in before)),
        tax=owed.tax,
        saved=without.tax - owed.tax,
        section_179_waits=sum((each.section_179_carryover for each in owed.businesses), ZERO),
        nol_carried=computed.carryforwards.nol.amount,
        excess_loss=computed.income.excess_loss.amount,
    )


def _rigs(owed: Liability) -> tuple[EquipmentRow, ...]:
    """Return the rigs of both spouses: one limit of section 179 is theirs together (26 U.S.C. 179(b)(4))."""
    return tuple(row for each in owed.businesses for row in each.equipment.rows)


def _rates(owed: Liability, law: Law) -> Rates:
    whole = WholeReturn.of(owed, law)
    base = whole.with_gains().tax
    own: tuple[Owner, ...] = (TAXPAYER,) if owed.spouse_business is None else (TAXPAYER, SPOUSE)
    profits = [((whole.with_profit(MARGIN, owner).tax - base) / MARGIN).quantize(MICRO) for owner in own]
    return Rates(
        owed.year,
        profits[0],
        profits[1] if len(profits) > 1 else None,
        ((whole.with_gains(MARGIN).tax - base) / MARGIN).quantize(MICRO),
        ((whole.with_gains(long=MARGIN).tax - base) / MARGIN).quantize(MICRO),
    )


def _findings(before: Liability, options: tuple[Option, ...]) -> Iterator[Finding]:
    if options and before.profile.activity == HOBBY:
        yield Finding(
            "year_end_hobby", "a hobby deducts no rig, so no option saves anything (26 U.S.C. 67(g), 183, 179(d)(1)(C))"
        )
    first = [(option, option.years[0]) for option in options if option.when == "now"]
    if any(option.convention.startswith("mid-quarter") for option, _ in first):
        amounts = ", ".join(f"{option.method} {to_cents(year.others):+}" for option, year in first)
        yield Finding(
            "year_end_mid_quarter",
            f"with the rig the mid-quarter convention holds for every rig of {before.year} (26 U.S.C. 168(d)(3)): this "
            f"year's deductions on the others change by {amounts}",
        )
    for option, year in first:
        if year.nol_carried or year.excess_loss or year.section_179_waits:
            yield Finding(
                "year_end_not_used",
                f"{option.method} now deducts more than {before.year} can use: {to_cents(year.nol_carried)} becomes a "
                "net operating loss for later years, within 80 percent of their income (26 U.S.C. 172(a)(2)), "
                f"{to_cents(year.excess_loss)} of it above the limit on business losses (461(l)); "
                f"{to_cents(year.section_179_waits)} of section 179 waits for income (179(b)(3))",
            )
