"""The listing of `lotwork plan year-end`: each option with its years, what it assumed, and what else can be moved."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from lotwork.projections.plan.state import StateRates, StateTax
from lotwork.projections.plan.year_end import Option, OptionYear, Rates, RigAsked, YearEndPlan
from lotwork.reports.finding_rows import FindingRow, finding_row
from lotwork.reports.lines import cents, cents_if_known
from lotwork.reports.plan.listing import NOT_STATES, PlanListing, has_income_tax, rate_text
from lotwork.reports.rows import Day, Number, Row, Table, Usd

YEARS_SHOWN = 2
"""So many years of an option stand beside what it saves; below, every year has what is deducted."""


class AskedRig(Row, frozen=True, kw_only=True):
    """The rig that is asked about."""

    cost_usd: Usd
    recovery_class: str = msgspec.field(name="class")
    acquired: Day | None


class OptionYearRow(Row, frozen=True, kw_only=True):
    """A year of an option: what is deducted, what is carried, and what the year saves."""

    year: int
    deducted_usd: Usd
    others_usd: Usd
    tax_usd: Usd
    saved_usd: Usd
    section_179_waits_usd: Usd
    nol_carried_usd: Usd
    excess_loss_usd: Usd


class OptionRow(Row, frozen=True, kw_only=True):
    """A rig in service now or in January, deducted by one method."""

    when: str
    method: str
    placed_in_service: Day
    convention: str
    saved_usd: Usd
    years: tuple[OptionYearRow, ...]
    told: tuple[FindingRow, ...]
    state_saved_usd: Usd | UnsetType | None = UNSET
    """What it saves of the state's tax over all of its years; null where one is not reckoned; no other key has it."""
    saved_with_state_usd: Usd | UnsetType | None = UNSET

    @property
    def in_service(self) -> Day:
        """The day on which it is placed in service."""
        return self.placed_in_service

    @property
    def saved_in_all_usd(self) -> Usd:
        """What it saves over all of its years."""
        return self.saved_usd

    @property
    def deducted_usd(self) -> tuple[Usd, ...]:
        """What it deducts in each of its years."""
        return tuple(year.deducted_usd for year in self.years)

    @property
    def first_deducted_usd(self) -> tuple[Usd, ...]:
        """What it deducts in its first years."""
        return self.deducted_usd[:YEARS_SHOWN]

    @property
    def first_saved_usd(self) -> tuple[Usd, ...]:
        """What its first years save."""
        return tuple(year.saved_usd for year in self.years[:YEARS_SHOWN])


class RatesRow(Row, frozen=True, kw_only=True):
    """What the next dollar of a year costs in tax, by what it is, as a fraction."""

    year: int
    profit: Number
    spouse_profit: Number | None
    short_gain: Number
    long_gain: Number


class OtherMoveRow(Row, frozen=True, kw_only=True):
    """Something else that the end of the year moves."""

    move: str
    text: str


class Assumptions(Row, frozen=True, kw_only=True):
    """What the plan takes to be so; figures_not_out: the paths of those of later years."""

    estimate: bool
    note: str
    figures_not_out: tuple[str, ...]


class StateRatesRow(Row, frozen=True, kw_only=True):
    """What the next dollar of the year costs in the state; null where its tax is not reckoned."""

    state: str
    name: str
    has_income_tax: bool | None
    """Whether the state has a tax on income or gains; null where none is reckoned."""
    profit: Number | None
    short_gain: Number | None
    long_gain: Number | None


class YearEndListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan year-end` tells."""

    rig: AskedRig | None
    rows: tuple[OptionRow, ...]
    rates: tuple[RatesRow, ...]
    moves: tuple[OtherMoveRow, ...]
    assumptions: Assumptions
    not_covered: tuple[str, ...]
    cites: tuple[str, ...]
    state: StateRatesRow | UnsetType = UNSET
    """Left out where no profile names a state."""


OPTIONS = Table(
    OptionRow, lambda row: (
        row.in_service, row.method, row.convention, row.first_deducted_usd, row.first_saved_usd, row.saved_in_all_usd,
    ),
).leaving(lambda row: (row.convention, row.first_deducted_usd, row.first_saved_usd))  # fmt: skip
OF_THE_STATE = Table(OptionRow, lambda row: (row.in_service, row.method, row.state_saved_usd, row.saved_with_state_usd))
"""What each saves of the state's tax, in a table of its own."""
DEDUCTED = Table(OptionRow, lambda row: (row.in_service, row.method, row.deducted_usd)).leaving(
    lambda row: (row.deducted_usd,)
)


def list_year_end(plan: YearEndPlan) -> YearEndListing:
    """Return the options side by side."""
    return YearEndListing(
        year=plan.year,
        rig=None if plan.asked is None else _rig(plan.asked),
        rows=tuple(_option(option, has_state=plan.state is not None) for option in plan.options),
        rates=tuple(map(_rates, plan.rates)),
        moves=tuple(OtherMoveRow(move=name, text=text) for name, text in plan.moves.items()),
        assumptions=Assumptions(
            estimate=True,
            note=f"each later year is reckoned as {plan.year}: the same receipts, running costs, wages and gains "
            "elsewhere; only depreciation and what is carried forward differ",
            figures_not_out=plan.assumed,
        ),
        not_covered=NOT_STATES if plan.state_rates is None else (),
        cites=plan.cites,
        state=UNSET if plan.state is None else _state(plan.state, plan.state_rates),
    )


def _state(state: StateTax, rates: StateRates | None) -> StateRatesRow:
    return StateRatesRow(
        state=state.told.residence.state or "",
        name=state.told.name,
        has_income_tax=has_income_tax(state),
        profit=None if rates is None else rate_text(rates.profit),
        short_gain=None if rates is None else rate_text(rates.short),
        long_gain=None if rates is None else rate_text(rates.long),
    )


def _rig(asked: RigAsked) -> AskedRig:
    return AskedRig(cost_usd=cents(asked.cost), recovery_class=asked.recovery_class, acquired=asked.acquired)


def _option(option: Option, *, has_state: bool) -> OptionRow:
    saved = option.saved_of_state
    with_state = None if saved is None else option.saved + saved
    return OptionRow(
        when=option.when,
        method=option.method,
        placed_in_service=option.placed,
        convention=option.convention,
        saved_usd=cents(option.saved),
        years=tuple(map(_year, option.years)),
        told=tuple(map(finding_row, option.told)),
        state_saved_usd=cents_if_known(saved) if has_state else UNSET,
        saved_with_state_usd=cents_if_known(with_state) if has_state else UNSET,
    )


def _year(year: OptionYear) -> OptionYearRow:
    return OptionYearRow(
        year=year.year,
        deducted_usd=cents(year.deducted),
        others_usd=cents(year.others),
        tax_usd=cents(year.tax),
        saved_usd=cents(year.saved),
        section_179_waits_usd=cents(year.section_179_waits),
        nol_carried_usd=cents(year.nol_carried),
        excess_loss_usd=cents(year.excess_loss),
    )


def _rates(rates: Rates) -> RatesRow:
    return RatesRow(
        year=rates.year,
        profit=rate_text(rates.profit),
        spouse_profit=None if rates.spouse_profit is None else rate_text(rates.spouse_profit),
        short_gain=rate_text(rates.short),
        long_gain=rate_text(rates.long),
    )
