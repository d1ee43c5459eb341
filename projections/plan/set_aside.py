"""What to put aside of each receipt: the rate of the next dollar mined, at the year the run-rate leads to.

The projection is an estimate and says so: receipts and running costs go on to the end of the year as they went so far,
depreciation is the year's own, and wages, gains and the rest are what the ledger and the year's facts already say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import HOBBY, TAXPAYER, Owner
from lotwork.ledger.units import CENT, ZERO, usd_decimal
from lotwork.projections.estimated.open_year import year_asked
from lotwork.projections.filer.origins import whose
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.income import IncomeRow
from lotwork.projections.liability import Liability, liability
from lotwork.projections.plan.state import StateTax, state_findings
from lotwork.projections.plan.whole_return import MARGIN, Outcome, WholeReturn, outcome
from lotwork.projections.quarterly import Quarterly, quarterly
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.owners import SPOUSE
from lotwork.projections.states.estimated import StateQuarterly, state_quarterly
from lotwork.rules.load import Law
from lotwork.rules.us.individual import Filer, compute

FEWEST_DAYS = 60
"""A run-rate of fewer days is told to be a weak one."""


class Projected(NamedTuple):
    """The year at its run-rate, in dollars: an estimate."""

    days: int
    """How many of the year are over; 0: it has not begun, and nothing is stretched."""
    of_days: int
    receipts: Decimal
    costs: Decimal
    depreciation: Decimal
    profit: Decimal
    outcome: Outcome
    without: Outcome
    """The same year without any mining."""

    @property
    def mining_tax(self) -> Decimal:
        """The tax that mining adds to the year."""
        return self.outcome.tax - self.without.tax


class Kept(NamedTuple):
    """A receipt, and what to put aside of it: dollars, and base units of the coin itself, both rounded up."""

    row: IncomeRow
    usd: Decimal
    quantity: int


class StateAside(NamedTuple):
    """What the state asks of each receipt beside the federal tax; rates and tax None where none is reckoned."""

    state: StateTax
    rate: Decimal | None
    """Of the next dollar received."""
    spouse_rate: Decimal | None
    projected: Decimal | None
    """The state's tax of the year at its run-rate."""
    payments: StateQuarterly | None


class SetAsidePlan(msgspec.Struct, frozen=True):
    """The rate, receipt by receipt, against what was paid and what is due."""

    year: int
    as_of: date
    owed: Liability
    projected: Projected
    rate: Decimal
    """Of the next dollar received: income tax, self-employment tax and the rest."""
    spouse_rate: Decimal | None
    """Of the next dollar the spouse receives, where both mine: the wage base it meets is the spouse's own."""
    average: Decimal
    """Of each projected dollar received: lower, since costs and the first brackets come off."""
    kept: tuple[Kept, ...]
    payments: Quarterly
    findings: tuple[Finding, ...]
    state: StateAside | None = None
    """None where no profile names a state."""

    @property
    def total(self) -> Decimal:
        """All that should have been put aside at the rate of the next dollar."""
        return sum((each.usd for each in self.kept), ZERO)

    @property
    def on_average(self) -> Decimal:
        """What the projected year needs of the receipts so far: enough if the year goes on as it went."""
        received = sum(each.row.value_usd_micros or 0 for each in self.kept)
        return max(ZERO, usd_decimal(received) * self.average)

    @property
    def still(self) -> Decimal:
        """What the year so far owes and nobody has paid yet."""
        return max(ZERO, self.owed.balance_due)


def plan_set_aside(book: Book, law: Law, year: int, today: date, planned: Law) -> SetAsidePlan:
    """Return the plan for *year* as of *today*; *book* keeps rows for the year.

    The rate is that of *planned*, in which figures that are not out stand as the year before; what is due is told by
    *law*, in which they are unknown.
    """
    as_of = min(today, year_end(year))
    owed = liability(book, planned, year)
    projected, filer = _project(owed, planned, as_of)
    whole = WholeReturn(filer, planned)
    owners: tuple[Owner, ...] = (TAXPAYER,) if owed.spouse_business is None else (TAXPAYER, SPOUSE)
    rates = {
        owner: max(ZERO, (whole.with_profit(MARGIN, owner).tax - projected.outcome.tax) / MARGIN) for owner in owners
    }
    rate = rates[TAXPAYER]
    average = projected.mining_tax / projected.receipts if projected.receipts else ZERO
    rows = [row for row in book.income.rows if row.date.year == year and row.value_usd_micros is not None]
    asked = owed if planned is law else year_asked(book, law, year)
    payments, state = quarterly(book, law, asked, today), StateTax.of(book, planned, owed)
    aside = None if state is None else _of_state(state, whole, owners, state_quarterly(book, law, asked, today))
    return SetAsidePlan(
        year=year,
        as_of=as_of,
        owed=owed,
        projected=projected,
        rate=rate,
        spouse_rate=rates.get(SPOUSE),
        average=average,
        kept=tuple(_kept(row, rates.get(whose(row.origin.owner), rate)) for row in rows),
        payments=payments,
        findings=(
            *owed.findings,
            *payments.findings,
            *_weak(projected, year),
            *state_findings(state),
            *(() if aside is None or aside.payments is None else aside.payments.findings),
        ),
        state=aside,
    )


def _of_state(
    state: StateTax, whole: WholeReturn, owners: tuple[Owner, ...], payments: StateQuarterly | None
) -> StateAside:
    """Return what the state asks of the next dollar, at the year that *whole* is."""
    projected = state.of_filer(whole.filer, whole.law)
    if projected is None:
        return StateAside(state, None, None, None, payments)
    rates = [
        max(ZERO, ((state.of_filer(whole.profit_filer(MARGIN, owner), whole.law) or ZERO) - projected) / MARGIN)
        for owner in owners
    ]
    return StateAside(state, rates[0], rates[1] if len(rates) > 1 else None, projected, payments)


def _kept(row: IncomeRow, rate: Decimal) -> Kept:
    value = usd_decimal(row.value_usd_micros or 0)
    coins = int((row.quantity * rate).to_integral_value(ROUND_UP))
    return Kept(row, (value * rate).quantize(CENT, ROUND_UP), coins)


def _project(owed: Liability, law: Law, as_of: date) -> tuple[Projected, Filer]:
    """Return the year at its run-rate, and the filer it makes: what each spouse has as of then goes on."""
    filer, hobby = owed.computed.filer, owed.profile.activity == HOBBY
    first, last = date(owed.year, 1, 1), year_end(owed.year)
    days, of_days = max(0, (as_of - first).days + 1), (last - first).days + 1
    grown = Decimal(of_days) / days if days else Decimal(1)
    if hobby:
        ran = _Ran(sum((each.mined for each in owed.businesses), ZERO), ZERO, ZERO)
        told = replace(filer, hobby_income=filer.hobby_income * grown, hobby_dollars=filer.hobby_dollars * grown)
    else:
        nets = (filer.schedule_c_net, filer.spouse_schedule_c_net)
        each_of = [_ran(business, net) for business, net in zip(owed.businesses, nets, strict=False)]
        own, spouses = (*(each.profit(grown) for each in each_of), ZERO)[:2]
        ran = _Ran(*(sum(column, ZERO) for column in zip(*each_of, strict=True)))
        told = replace(filer, schedule_c_net=own, spouse_schedule_c_net=spouses)
    idle = replace(
        filer, hobby_income=ZERO, hobby_dollars=ZERO, schedule_c_net=ZERO, spouse_schedule_c_net=ZERO,
        retirement_contribution=ZERO, health_insurance=ZERO,
    )  # fmt: skip
    projected = Projected(
        days=days,
        of_days=of_days,
        receipts=ran.receipts * grown,
        costs=ran.costs * grown,
        depreciation=ran.depreciation,
        profit=ran.profit(grown),
        outcome=outcome(compute(told, law)),
        without=outcome(compute(idle, law)),
    )
    return projected, told


class _Ran(NamedTuple):
    """What mining came to so far: receipts and running costs, which go on, and the year's own depreciation."""

    receipts: Decimal
    costs: Decimal
    depreciation: Decimal

    def profit(self, grown: Decimal) -> Decimal:
        """Return the year's profit where what goes on is *grown*."""
        return (self.receipts - self.costs) * grown - self.depreciation


def _ran(business: Business, net: Decimal) -> _Ran:
    return _Ran(business.receipts, business.receipts - net - business.depreciation, business.depreciation)


def _weak(projected: Projected, year: int) -> tuple[Finding, ...]:
    if projected.days >= FEWEST_DAYS:
        return ()
    told = f"{year} has not begun: it has no run-rate, and counts with what is dated in it so far"
    if projected.days:
        old = "1 day" if projected.days == 1 else f"{projected.days} days"
        told = f"the year is {old} old: a run-rate of so few days says little of the whole year"
    return (Finding("run_rate_short", told),)
