"""A plan for the last weeks of a year: a rig now or in January, and what else its end moves."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import get_args

import click

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.plan_desk import desk, money, tell
from lotwork.commands.tables import dollars, show_table
from lotwork.ledger.errors import UsageError
from lotwork.projections.plan.year_end import RigAsked, plan_year_end
from lotwork.reports.plan_year_end import Listing, list_year_end
from lotwork.rules.us.asset import RecoveryClass

CLASSES: dict[str, RecoveryClass] = {name: name for name in get_args(RecoveryClass)}


@click.command("year-end")
@click.option("--rig", metavar="COST", help="What a rig would cost.  [default: no rig, only what else moves]")
@click.option("--class", "recovery_class", type=click.Choice(list(CLASSES)), default="5", show_default=True,
              help="Its class of property.")  # fmt: skip
@click.option("--acquired", type=DAY, metavar="DATE", help="The day of the contract.  [default: the day of service]")
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
        at = desk(call, log, options, lambda today: (today.year,))
        plan = plan_year_end(at.book, at.law, asked, at.today)
        listing = list_year_end(plan)
        return tell(call, at, "year_end", listing, plan.findings, lambda: _show(listing))


def _show(listing: Listing) -> None:
    first = listing["year"]
    if listing["rig"] is not None:
        rows = [
            {
                "in_service": row["placed_in_service"],
                "method": row["method"],
                "convention": row["convention"],
                **{f"deducted_{year['year']}_usd": year["deducted_usd"] for year in row["years"][:2]},
                **{f"saved_{year['year']}_usd": year["saved_usd"] for year in row["years"][:2]},
                "saved_in_all_usd": row["saved_usd"],
            }
            for row in listing["rows"]
        ]
        rig = listing["rig"]
        show_table(f"A rig of {dollars(rig['cost_usd'])}, class {rig['class']}", rows, tuple(rows[0]))
        deducted = [
            {"in_service": row["placed_in_service"], "method": row["method"]}
            | {f"{year['year']}_usd": year["deducted_usd"] for year in row["years"]}
            for row in listing["rows"]
        ]
        show_table("Deducted on the rig, year by year", deducted, tuple(deducted[0]))
    now, then = listing["rates"]
    for name, words in (("profit", "profit"), ("short_gain", "short-term gain"), ("long_gain", "long-term gain")):
        click.echo(
            f"The next dollar of {words} costs {Decimal(now[name]) * 100:.1f} percent in {first}, "
            f"{Decimal(then[name]) * 100:.1f} in {then['year']}."
        )
    click.echo("\n" + "\n".join(f"- {move['text']}" for move in listing["moves"]))
    unknown = listing["assumptions"]["figures_not_out"]
    stand = f"; {len(unknown)} figures of later years are not out, and stand as in {first}" if unknown else ""
    click.echo(f"Estimates: {listing['assumptions']['note']}{stand}.")
