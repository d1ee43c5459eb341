"""Hobby, sole proprietor, S and C corporation: the same year under each, with everything that is paid on it.

The sole proprietor's figures are the liability's own. The hobby is the same book with another profile. The corporation
is the same business behind a payroll: the rest of the return is held, and computed whole each time. That which pays its
own tax has a module of its own (c_corporation). Of a year that is
not over, all of it is the year so far. Of two spouses who both mine the business of one is compared, and that of the
other stands in each column as it is, with self-employment tax of its own (26 U.S.C. 1402(b)).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.errors import UsageError
from lotwork.ledger.events import BUSINESS, HOBBY, TAXPAYER, Owner
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import ZERO
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.plan.c_corporation import NEW, CCorporationPlan, Incorporated, PayOut, incorporated
from lotwork.projections.plan.state import StateTax, state_findings
from lotwork.projections.plan.structure_column import CORPORATION, SOLE, Column
from lotwork.projections.plan.suppose import as_activity
from lotwork.projections.plan.whole_return import Outcome, outcome
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.owners import SPOUSE
from lotwork.projections.returns.turned import parts_of
from lotwork.projections.states.residence import residence_in
from lotwork.rules.line import Line, to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.filer import exchanged
from lotwork.rules.us.individual import Filer, Return, compute
from lotwork.rules.us.renumbered import as_printed
from lotwork.rules.us.s_corporation import SCorporation, Terms, plan_room, s_corporation
from lotwork.rules.us.states.case import StateDepreciation
from lotwork.rules.us.two_businesses import exchange_forms

DOLLAR = Decimal(1)
SWEEP = tuple(Decimal(tenths) / 10 for tenths in range(2, 10))
"""Salaries shown where none is given, as parts of the profit. None of them is called reasonable."""
BREAK_EVEN_SHARES = (Decimal("0.4"), Decimal("0.5"), Decimal("0.6"))
PROFITS = (*range(2_500, 50_000, 2_500), *range(50_000, 500_001, 10_000))
"""The profits among which the first one that pays is looked for; between two of them it is found to the dollar."""


class BreakEven(NamedTuple):
    """The profit from which the corporation keeps more, at a salary of *share* of it; None: at none of PROFITS."""

    share: Decimal
    profit: Decimal | None


class StructurePlan(msgspec.Struct, frozen=True):
    """The structures side by side."""

    year: int
    profit: Decimal
    columns: tuple[Column, ...]
    break_even: tuple[BreakEven, ...]
    caveats: tuple[str, ...]
    cites: tuple[str, ...]
    findings: tuple[Finding, ...]
    owner: Owner = TAXPAYER
    """Whose business is compared."""
    c_corporation: CCorporationPlan | None = None
    """The corporation that pays its own tax, whatever it pays out; None where no corporation is compared."""
    state: StateTax | None = None
    """The state whose tax stands in the columns."""
    state_words: tuple[str, ...] = ()
    """What of the state no column has."""

    def column(self, structure: str) -> Column:
        """Return the first column of *structure*."""
        return next(column for column in self.columns if column.structure == structure)


def plan_structure(
    book: Book,
    law: Law,
    year: int,
    salary: Decimal | None = None,
    payroll_cost: Decimal = ZERO,
    *,
    owner: Owner = TAXPAYER,
    pay_out: PayOut = NEW,
) -> StructurePlan:
    """Return the year under each structure, of the business of *owner*.

    *salary* stands in place of a sweep, *payroll_cost* is what payroll costs a year beside taxes. A C corporation pays
    that salary or none, and pays out what *pay_out* says.

    Raises UsageError where the spouse is asked for and has no business on a joint return of the year.
    """
    sole, hobby = (as_activity(book, law, year, activity, owner) for activity in (BUSINESS, HOBBY))
    if owner == SPOUSE and sole.spouse_business is None:
        raise UsageError(
            f"--owner spouse: the spouse has no business on a joint return of {year}: say with owner=spouse which "
            "wallets are the spouse's, or leave --owner out"
        )
    state, words = _of_state(book, law, sole, owner)
    case = _Case(sole, law, payroll_cost, owner, state)
    columns = [case.of_hobby(hobby), case.of_sole()]
    findings: list[Finding] = []
    own = None
    if case.profit <= 0:
        findings.append(_no_profit(year, case.profit))
    else:
        salaries = [salary] if salary is not None else [(case.profit * part).quantize(DOLLAR) for part in SWEEP]
        columns += [case.of_corporation(each) for each in salaries]
        findings += case.doubts(salaries)
        own = case.c_corporation(book, salary or ZERO, pay_out)
        columns += own.columns
        findings += own.findings
    shares = (salary / case.profit,) if salary is not None and salary < case.profit else BREAK_EVEN_SHARES
    caveats = law.in_year("us/s_corporation/caveats", year)
    return StructurePlan(
        year=year,
        profit=case.profit,
        columns=tuple(columns),
        break_even=tuple(BreakEven(share, case.break_even(share)) for share in shares),
        caveats=(*caveats.texts(), *(own.caveats if own else ()), *_of_the_other(sole, owner)),
        cites=(
            caveats.citation,
            "26 U.S.C. 1402, 3101, 3111, 3301-3306, 199A(b)(2), 183",
            *(own.cites if own else ()),
        ),
        findings=(*sole.findings, *findings, *_supposed(book, sole), *state_findings(state)),
        owner=owner,
        c_corporation=own,
        state=state,
        state_words=words,
    )


def _of_state(book: Book, law: Law, sole: Liability, owner: Owner) -> tuple[StateTax | None, tuple[str, ...]]:
    residence = residence_in(book.taxpayer, sole.year)
    if residence.state is None:
        return None, ()
    name = STATES[residence.state]
    if owner == SPOUSE or parts_of(book, sole.year) or book.taxpayer.activities.in_year(sole.year) != (BUSINESS,):
        return None, (
            (
                f"The tax of {name} is in no column: it is reckoned here of the taxpayer's own business, and of a year "
                "that was one throughout."
            ),
        )
    state = StateTax.of(book, law, sole)
    if state is None or state.case is None:
        return state, (f"The tax of {name} is in no column: it is not reckoned, and the findings say why.",)
    person = (
        f"The tax of {name} is that of the person."
        if state.has_income_tax
        else f"{name} has no tax on a person's income or gains."
    )
    return state, (
        (
            f"{person} What {name} asks of a corporation itself (an income, franchise "
            "or minimum tax of its own, an elective tax of the entity with its credit) is in no column, and of a C "
            "corporation the owner's is in none either."
        ),
    )


class _Case(msgspec.Struct):
    """The year as a sole proprietor, from which the others are made."""

    sole: Liability
    law: Law
    payroll_cost: Decimal
    owner: Owner = TAXPAYER
    state: StateTax | None = None

    @property
    def filer(self) -> Filer:
        """The filer, whose own business is the one that is compared."""
        told = self.sole.computed.filer
        return told if self.owner == TAXPAYER else exchanged(told)

    @property
    def profit(self) -> Decimal:
        return self.filer.schedule_c_net

    def without(self) -> Decimal:
        """Return the tax of the year without any mining."""
        return self.told(compute(self.idle, self.law)).tax

    @property
    def idle(self) -> Filer:
        return replace(self.filer, schedule_c_net=ZERO, ubia=ZERO, retirement_contribution=ZERO, health_insurance=ZERO)

    def with_state(self, column: Column, computed: Return, depreciation: StateDepreciation | None = None) -> Column:
        """Return *column* with the state's tax over its return, where one is reckoned."""
        if self.state is None:
            return column
        tax, idle = self.state.under(computed, depreciation), None
        if tax is not None:
            idle = self.state.under(compute(self.idle, self.law), StateDepreciation())
        return column._replace(state_tax=tax, state_of_mining=None if tax is None or idle is None else tax - idle)

    def told(self, computed: Return) -> Outcome:
        return outcome(computed)

    def of_hobby(self, owed: Liability) -> Column:
        told = Outcome(owed.tax, *self.told(owed.computed)[1:])
        kept = self.profit - (owed.tax - self.without())
        column = Column(HOBBY, ZERO, told, owed.computed.summary, ZERO, ZERO, ZERO, kept, ZERO, ZERO)
        return self.with_state(column, owed.computed, StateDepreciation())

    def of_sole(self) -> Column:
        owed = self.sole
        told = Outcome(owed.tax, *self.told(owed.computed)[1:])
        kept = self.profit - (owed.tax - self.without())
        computed = owed.computed if self.owner == TAXPAYER else compute(self.filer, self.law)
        sep, solo = self.own_room(computed)
        lines = self.printed(computed.lines)
        column = Column(SOLE, ZERO, told, owed.computed.summary, ZERO, ZERO, ZERO, kept, sep, solo, lines)
        return self.with_state(column, owed.computed)

    def own_room(self, computed: Return) -> tuple[Decimal, Decimal]:
        """Return the most a SEP and a solo 401(k) may be given of earned income (26 U.S.C. 401(c)(2), 404(a)(8))."""
        year = self.sole.year
        earned = max(ZERO, self.profit - computed.income.self_employment.half.amount)
        rate = self.law.in_year("us/retirement/sep_rate_effective_self_employed", year).amount()
        most = self.law.in_year("us/retirement/annual_additions_415c", year).amount()
        deferral = self.law.in_year("us/retirement/elective_deferral", year).amount()
        employer = min(earned * rate, most)
        return employer, min(employer + min(deferral, earned - employer), most)

    def of_corporation(self, salary: Decimal) -> Column:
        year = self.sole.year
        company, computed = self.corporation(self.profit, salary)
        told, taxes = self.told(computed), company.payroll
        sep = plan_room(salary, self.law, year).amount
        most = self.law.in_year("us/retirement/annual_additions_415c", year).amount()
        deferral = self.law.in_year("us/retirement/elective_deferral", year).amount()
        kept = self.profit - (told.tax - self.without()) - taxes.total - self.payroll_cost
        column = Column(
            CORPORATION, salary, told, computed.summary, taxes.employer, taxes.employee, self.payroll_cost, kept, sep,
            min(sep + min(deferral, salary), most), self.printed((*company.lines, *computed.lines)),
        )  # fmt: skip
        return self.with_state(column, computed)

    def c_corporation(self, book: Book, salary: Decimal, pay_out: PayOut) -> CCorporationPlan:
        """Return the corporation that pays its own tax, at each share of what is left that may be paid out."""
        filer = self.filer
        terms = Terms(salary, self.payroll_cost, filer.health_insurance, filer.retirement_contribution)
        own = Incorporated(self.sole, self.law, filer, self.without(), self.printed)
        return incorporated(own, book, self.owner, terms, pay_out)

    def printed(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        """Return *lines* under the numbers of the year, each form under the name of whose it is."""
        told = exchange_forms(lines) if self.owner == SPOUSE else lines
        return tuple(as_printed(each, self.sole.year) for each in told)

    def corporation(self, profit: Decimal, salary: Decimal) -> tuple[SCorporation, Return]:
        """Return the corporation of a business with *profit*, and its shareholder's return."""
        filer, year = self.filer, self.sole.year
        terms = Terms(salary, self.payroll_cost, filer.health_insurance, filer.retirement_contribution)
        company = s_corporation(profit, terms, filer.wages, self.law, year)
        shareholder = replace(
            filer,
            schedule_c_net=company.ordinary_income.amount,
            wages=filer.wages + salary,
            business_w2_wages=filer.business_w2_wages + salary,
            other_ordinary_income=filer.other_ordinary_income + company.premium_not_deducted,
            retirement_contribution=ZERO,
            health_insurance=ZERO,
            shareholder=True,
        )
        return company, compute(shareholder, self.law)

    def saved(self, profit: Decimal, share: Decimal) -> Decimal:
        """Return what the corporation keeps more than a sole proprietor of *profit*, at a salary of *share*."""
        own = self.told(compute(replace(self.filer, schedule_c_net=profit), self.law)).tax
        company, computed = self.corporation(profit, profit * share)
        return own - self.told(computed).tax - company.payroll.total - self.payroll_cost

    def break_even(self, share: Decimal) -> Decimal | None:
        """Return the least profit from which the corporation keeps more, to the dollar."""
        low = 0
        for high in PROFITS:
            if self.saved(Decimal(high), share) > 0:
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (low, middle) if self.saved(Decimal(middle), share) > 0 else (middle, high)  # noqa: PLW2901 - the step is narrowed
                return Decimal(high)
            low = high
        return None

    def doubts(self, salaries: list[Decimal]) -> Iterator[Finding]:
        """Yield what the figures of these salaries leave out, or cannot be."""
        for salary in salaries:
            company = self.corporation(self.profit, salary)[0]
            if company.ordinary_income.amount < 0:
                yield Finding(
                    "structure_salary_above_profit",
                    f"a salary of {to_cents(salary)} and what it costs are more than the profit of "
                    f"{to_cents(self.profit)}: the corporation then has a loss, deducted only within the shareholder's "
                    "basis (26 U.S.C. 1366(d))",
                )
            cut = self.filer.retirement_contribution - company.retirement.amount
            if cut > 0:
                yield Finding(
                    "structure_contribution_cut",
                    f"at a salary of {to_cents(salary)} the corporation may contribute "
                    f"{cut.quantize(DOLLAR, ROUND_DOWN)} dollars less than the year's facts say: what a deferral of "
                    "salary would take is not computed",
                )


def _supposed(book: Book, sole: Liability) -> Iterator[Finding]:
    """Yield what the columns hold of the year that it was not: one activity throughout."""
    if parts_of(book, sole.year):
        words = " and then a ".join(book.taxpayer.activities.in_year(sole.year))
        yield Finding(
            "structure_turned",
            f"the activity was a {words} in {sole.year}: each structure here is reckoned as if it had "
            f"been so all year, from January 1 on; `lotwork liability --year {sole.year}` has the year in its parts",
        )


def _of_the_other(sole: Liability, owner: Owner) -> tuple[str, ...]:
    """Return what the columns hold of the other spouse, who mines too."""
    if not sole.spouse_mines:
        return ()
    whose, other = ("spouse's", "taxpayer's") if owner == SPOUSE else ("taxpayer's", "spouse's")
    told = (
        f"Both spouses mine: each column is of the {whose} business, and has the {other} as it is, with its own "
        "Schedule C and self-employment tax (26 U.S.C. 1402(b)); --owner says whose is compared. What a corporation "
        "of both would do is not compared."
    )
    return (told,)


def _no_profit(year: int, profit: Decimal) -> Finding:
    return Finding(
        "structure_no_profit",
        f"{year} has no profit so far ({to_cents(profit)}), so no salary can be paid of it: no corporation is compared",
    )
