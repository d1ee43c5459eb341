"""What part of each receipt to put aside for tax, what was paid, and what is due next."""

from __future__ import annotations

from decimal import Decimal

import click
from msgspec import UnsetType

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year
from lotwork.commands.plan.context import answer_plan, plan_context
from lotwork.commands.plan.options import the_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.projections.plan.set_aside import SetAsidePlan, plan_set_aside
from lotwork.reports.lines import dollars
from lotwork.reports.plan.listing import NOT_RECKONED
from lotwork.reports.plan.set_aside import MONTHS, RECEIPTS, SetAsideListing, StateAsideRow, list_set_aside


@click.command("set-aside", short_help="What part of each receipt to put aside for tax.")
@Year
@click.option("--receipts", is_flag=True, help="Each receipt too, beside the sums by month and coin.")
@Wide
@called
@reading
def set_aside_command(call: Call, *, year: int | None, receipts: bool, options: AsOfOptions) -> int:
    """Say what part of each receipt to put aside for tax, by month and coin, what was paid, and what is due next."""
    with call.log() as log:
        at = plan_context(call, log, options, the_year(year))
        plan = plan_set_aside(at.book, at.law, year or at.today.year, at.today, at.planned)
        listing = list_set_aside(plan, at.book.history.assets, receipts=receipts)
        return answer_plan(call, at, "set_aside", listing, plan.findings, lambda: _show_set_aside(plan, listing))


def _show_set_aside(plan: SetAsidePlan, listing: SetAsideListing) -> None:
    show_rows(f"To put aside of the receipts of {listing.year}, by month", MONTHS, listing.months)
    if listing.rows:
        show_rows("Receipt by receipt", RECEIPTS, listing.rows)
    totals, projection = listing.totals, listing.projection
    tell(
        f"Put aside {plan.rate * 100:.1f} percent of each receipt: what the next dollar costs before its own costs "
        f"come off. If the year goes on as it went, {plan.average * 100:.1f} percent are enough."
    )
    if plan.spouse_rate is not None:
        tell(f"Of what the spouse receives: {plan.spouse_rate * 100:.1f} percent.")
    tell(
        f"So far that is {dollars(totals.set_aside_usd)}, or {dollars(totals.set_aside_average_usd)} on average. "
        f"The year so far owes {dollars(totals.tax_so_far_usd)}; paid {dollars(totals.paid_usd)}; open "
        f"{dollars(totals.still_usd)}."
    )
    if listing.next is not None:
        tell(f"Next: {dollars(listing.next.pay_usd)} by {listing.next.due}; see `lotwork quarterly`.")
    if not isinstance(listing.state, UnsetType):
        tell(_state_in_words(listing.state))
    tell(
        f"The year at this rate: profit {dollars(projection.profit_usd)}, tax {dollars(projection.tax_usd)} "
        f"({projection.note})."
    )


def _state_in_words(state: StateAsideRow) -> str:
    """Return what to put aside for the state beside the federal tax, and what it is owed next."""
    if state.rate is None or state.total_rate is None:
        return f"{state.name}: {NOT_RECKONED}"
    if not state.has_income_tax:
        return f"{state.name}: no income tax is due, so nothing is put aside for it."
    rate, total = (Decimal(each) * 100 for each in (state.rate, state.total_rate))
    told = (
        f"For {state.name} put aside {rate:.1f} percent more, {total:.1f} in all: so far "
        f"{dollars(state.set_aside_usd or '0')}; the year so far owes it {dollars(state.tax_so_far_usd or '0')}, paid "
        f"{dollars(state.paid_usd or '0')}."
    )
    return told if state.next is None else f"{told} Next to it: {dollars(state.next.pay_usd)} by {state.next.due}."
