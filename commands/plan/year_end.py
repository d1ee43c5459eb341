"""A plan for the last weeks of a year: a rig now or in January, and what else its end moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import get_args

import click
from msgspec import UnsetType

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.plan.context import answer_plan, plan_context
from lotwork.commands.plan.options import money
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.errors import UsageError
from lotwork.projections.plan.year_end import RigAsked, plan_year_end
from lotwork.reports.lines import dollars
from lotwork.reports.plan.listing import NOT_RECKONED
from lotwork.reports.plan.year_end import (
    DEDUCTED,
    OF_THE_STATE,
    OPTIONS,
    YEARS_SHOWN,
    OptionRow,
    StateRatesRow,
    YearEndListing,
    list_year_end,
)
from lotwork.reports.states import NOT_DUE
from lotwork.rules.us.asset import RecoveryClass

CLASSES: dict[str, RecoveryClass] = {name: name for name in get_args(RecoveryClass)}


@click.command("year-end", short_help="A rig in service now or in January.")
@click.option("--rig", metavar="COST", help="What a rig would cost.  [default: no rig, only what else moves]")
@click.option("--class", "recovery_class", type=click.Choice(list(CLASSES)), default="5", show_default=True,
              help="Its class of property.")  # fmt: skip
@click.option("--acquired", type=DAY, metavar="DATE", help="The day of the contract.  [default: the day of service]")
@Wide
@called
@reading
def year_end_command(
    call: Call, *, rig: str | None, recovery_class: str, acquired: datetime | None, options: AsOfOptions
) -> int:
    """Compare a rig in service now or in January, expensed, with bonus or by the table; and other moves."""
    cost = money(rig, "--rig")
    if cost is None and acquired is not None:
        raise UsageError("--acquired is the day of a rig's contract: give its cost with --rig")
    asked = None
    if cost is not None:
        asked = RigAsked(cost, CLASSES[recovery_class], None if acquired is None else acquired.date())
    with call.log() as log:
        at = plan_context(call, log, options, lambda today: (today.year,))
        plan = plan_year_end(at.book, at.planned, asked, at.today)
        listing = list_year_end(plan)
        return answer_plan(call, at, "year_end", listing, plan.findings, lambda: _show(listing))


def _show(listing: YearEndListing) -> None:
    if listing.rig is not None:
        title = f"A rig of {dollars(listing.rig.cost_usd)}, class {listing.rig.recovery_class}"
        _show_options(title, listing.rows)
        if not isinstance(listing.state, UnsetType) and listing.state.has_income_tax is not False:
            show_rows(f"What each saves of the tax of {listing.state.name}", OF_THE_STATE, listing.rows)
    now, then = listing.rates
    rates = [("profit", now.profit, then.profit)]
    if now.spouse_profit is not None and then.spouse_profit is not None:
        rates.append(("the spouse's profit", now.spouse_profit, then.spouse_profit))
    rates.append(("short-term gain", now.short_gain, then.short_gain))
    rates.append(("long-term gain", now.long_gain, then.long_gain))
    for words, next_now, next_then in rates:
        tell(
            f"The next dollar of {words} costs {Decimal(next_now) * 100:.1f} percent in {listing.year}, "
            f"{Decimal(next_then) * 100:.1f} in {then.year}."
        )
    if not isinstance(listing.state, UnsetType):
        tell(_state_in_words(listing.state, listing.year))
    tell("\n" + "\n".join(f"- {move.text}" for move in listing.moves))
    unknown = len(listing.assumptions.figures_not_out)
    stand = f"; {unknown} figures of later years are not out, and stand as in {listing.year}" if unknown else ""
    tell(f"Estimates: {listing.assumptions.note}{stand}.")


def _state_in_words(state: StateRatesRow, year: int) -> str:
    """Return what the next dollars of the year cost in the state."""
    if state.profit is None or state.short_gain is None or state.long_gain is None:
        return f"{state.name}: {NOT_RECKONED}"
    if not state.has_income_tax:
        return f"{state.name}: {NOT_DUE}"
    profit, short, long = (Decimal(each) * 100 for each in (state.profit, state.short_gain, state.long_gain))
    return (
        f"In {state.name} the next dollar of profit costs {profit:.1f} percent in {year}, of short-term gain "
        f"{short:.1f}, of long-term gain {long:.1f}, beside these."
    )


def _show_options(title: str, options: Sequence[OptionRow]) -> None:
    years = [year.year for year in options[0].years]
    first = years[:YEARS_SHOWN]
    table = OPTIONS.spread(
        (OptionRow.first_deducted_usd, [f"deducted_{year}_usd" for year in first]),
        (OptionRow.first_saved_usd, [f"saved_{year}_usd" for year in first]),
    )
    show_rows(title, table, options)
    every = DEDUCTED.spread((OptionRow.deducted_usd, [f"{year}_usd" for year in years]))
    show_rows("Deducted on the rig, year by year", every, options)
