"""What the listings of every plan have: the year they are for, and what none of them covers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from msgspec import UnsetType

from lotwork.ledger.units import zero_unsigned
from lotwork.projections.plan.state import StateTax
from lotwork.reports.lines import cents, cents_if_known, dollars
from lotwork.reports.rows import Row, Usd
from lotwork.reports.states import NOT_DUE

RATE = Decimal("0.000001")
NOT_RECKONED = "its tax is not reckoned, so nothing of it is in these figures; the findings say why."
NOT_STATES = ("state income tax",)
"""What no plan of a year's federal tax covers."""


class StateInPlan(Row, frozen=True, kw_only=True):
    """What a plan adds to the state's tax, or saves of it; null where none is reckoned, and the findings say why."""

    state: str
    name: str
    has_income_tax: bool | None
    """Whether the state has a tax on income or gains; null where none is reckoned."""
    tax_usd: Usd | None
    """The state's tax of the year without the plan."""
    saved_usd: Usd | None
    """What the plan saves of it."""
    saved_in_all_usd: Usd | None
    """The same with the federal tax."""


def has_income_tax(state: StateTax) -> bool | None:
    """Say whether the state has a tax on income or gains; None where none is reckoned."""
    return None if state.tax is None else state.has_income_tax


def state_in_plan(state: StateTax, saved: Decimal | None, federal: Decimal) -> StateInPlan:
    """Return what a plan that saves *federal* dollars of federal tax saves of the state's."""
    return StateInPlan(
        state=state.told.residence.state or "",
        name=state.told.name,
        has_income_tax=has_income_tax(state),
        tax_usd=cents_if_known(state.tax),
        saved_usd=cents_if_known(saved),
        saved_in_all_usd=None if saved is None else cents(saved + federal),
    )


def state_saved_in_words(state: StateInPlan | UnsetType) -> str:
    """Return the same in words; empty where no state is told."""
    if isinstance(state, UnsetType):
        return ""
    if state.saved_usd is None or state.saved_in_all_usd is None:
        return f"{state.name}: {NOT_RECKONED}"
    if not state.has_income_tax:
        return f"{state.name}: {NOT_DUE}"
    return (
        f"Of the tax of {state.name} it saves {dollars(state.saved_usd)}; with the federal tax "
        f"{dollars(state.saved_in_all_usd)}."
    )


class PlanListing(Row, frozen=True, kw_only=True):
    """What every plan is for: a tax year."""

    year: int


def rate_text(rate: Decimal) -> str:
    """Return a rate as a decimal fraction, to the millionth."""
    return f"{zero_unsigned(rate.quantize(RATE, ROUND_HALF_UP)):f}"
