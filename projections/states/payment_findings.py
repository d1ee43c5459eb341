"""What a person must know of the payments to a state: which measure is not known, which figure, and what is late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lotwork.ledger.events import State
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import CENT
from lotwork.projections.estimated.measures import NOT_KNOWN, NOTHING_REQUIRED
from lotwork.projections.estimated.open_year import OpenYear, YearAsked
from lotwork.projections.findings import Finding
from lotwork.projections.states.prior_year import StatePriorYear
from lotwork.rules.line import to_cents


def of_measures(
    owed: YearAsked, state: State, method: str, prior: StatePriorYear, *, counts: bool
) -> Iterator[Finding]:
    """Yield which of the two measures is not known, where anything is asked; *counts*: whether the last year's may."""
    name, year = STATES[state], owed.year
    if method == NOTHING_REQUIRED:
        return
    if isinstance(owed, OpenYear):
        counted = "only the last year's measure counts" if method != NOT_KNOWN else "no payment can be told"
        yield Finding(
            "state_current_year_unknown",
            f"the tax of {name} of {year} is not known, since the law of {year} is not: {counted}. {owed.unknown}",
            state,
        )
    yield from prior.findings
    if prior.is_untold and counts:
        yield Finding(
            "state_prior_year_unknown",
            f"the tax of {name} of {year - 1} is not recorded, so only this year's counts: record `year_facts` for "
            f"{year} with state_prior_year_tax_usd and state_prior_year_agi_usd, as the return of {name} shows them; "
            "it may ask for less",
            state,
        )


def of_figures(year: int, state: State, unverified: Sequence[str]) -> Iterator[Finding]:
    """Yield the figures of the payments that nobody looked up."""
    if unverified:
        yield Finding(
            "state_payment_figure_unverified",
            f"the estimated payments to {STATES[state]} of {year} rest on figures that nobody looked up, or that are "
            f"not enacted: {', '.join(unverified)}: hold each against the state's own instructions, and record a "
            "`rule` that cites them",
            state,
        )


def of_late(year: int, state: State, form: str, late: Decimal) -> Iterator[Finding]:
    """Yield that *late* dollars were not paid by their day, and that what the state charges for it is not reckoned."""
    if late >= CENT:
        yield Finding(
            "state_penalty_not_reckoned",
            f"{to_cents(late):,} of the estimated payments to {STATES[state]} of {year} was not paid by its day: what "
            f"the state charges for that is not reckoned: {form} has it",
            state,
        )
