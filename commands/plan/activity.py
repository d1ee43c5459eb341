"""Business or hobby: what is recorded on each factor, the years with a profit, and the tax either way."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import click
from msgspec import UnsetType

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year
from lotwork.commands.plan.context import answer_plan, plan_context
from lotwork.commands.plan.options import the_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.events import TAXPAYER, Owner
from lotwork.projections.plan.activity import plan_activity
from lotwork.reports.lines import dollars
from lotwork.reports.plan.activity import (
    FACTORS,
    YEARS,
    ActivityListing,
    EitherStateTax,
    factor_shown,
    list_activity,
)
from lotwork.reports.plan.listing import NOT_RECKONED
from lotwork.reports.states import NOT_DUE

OWNERS: dict[str, Owner] = {name: name for name in get_args(Owner)}


@click.command("activity", short_help="Business or hobby: the nine factors, the tax either way.")
@Year
@click.option("--owner", type=click.Choice(list(OWNERS)), default=TAXPAYER, show_default=True,
              help="Whose activity, where both spouses mine.")  # fmt: skip
@Wide
@called
@reading
def activity_command(call: Call, *, year: int | None, owner: str, options: AsOfOptions) -> int:
    """Lay out business or hobby: the nine factors as recorded, the years with a profit, the tax either way."""
    with call.log() as log:
        at = plan_context(call, log, options, the_year(year))
        when = year or at.today.year
        plan = plan_activity(at.book, at.planned, when, OWNERS[owner])
        listing = list_activity(plan)
        return answer_plan(call, at, "activity", listing, plan.findings, _shown(listing))


def _years(count: int) -> str:
    return "1 year" if count == 1 else f"{count} years"


def _of_state(state: EitherStateTax) -> str:
    if state.business_usd is None or state.hobby_usd is None:
        return f"{state.name}: {NOT_RECKONED}"
    if not state.has_income_tax:
        return f"{state.name}: {NOT_DUE}"
    more = state.hobby_costs_more_in_all_usd or ""
    return (
        f"Tax of {state.name} as a business {dollars(state.business_usd)}; as a hobby {dollars(state.hobby_usd)}. "
        f"With the federal tax a hobby costs {dollars(more)} more."
    )


def _shown(listing: ActivityListing) -> Callable[[], None]:
    def show() -> None:
        of = "" if listing.owner is None else f" of the {listing.owner}"
        show_rows(f"Business or hobby{of}, {listing.year}", FACTORS, map(factor_shown, listing.factors))
        show_rows("Profit by year", YEARS, listing.years)
        counted = listing.presumption
        holds = {True: "holds", False: "does not hold", None: "cannot be told"}[counted.holds]
        tell(
            f"The presumption of 26 U.S.C. 183(d) {holds}: {_years(len(counted.profit))} with a profit of "
            f"{counted.needed} needed in {counted.period[0]}-{counted.period[-1]}; {counted.note}."
        )
        tax = listing.tax
        tell(
            f"Tax of {listing.year} as a business {dollars(tax.business_usd)}, of it self-employment tax "
            f"{dollars(tax.se_tax_as_business_usd)}; as a hobby {dollars(tax.hobby_usd)}."
        )
        if not isinstance(listing.state, UnsetType):
            tell(_of_state(listing.state))
        tell("No verdict: all facts decide. Missing from the record:" if listing.missing else "No verdict.")
        for each in listing.missing:
            tell(f"- {each}")

    return show
