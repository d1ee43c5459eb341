"""A plan for the last weeks of a year: a rig now or in January, and what else its end moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import get_args

import click

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.plan_desk import desk, money, tell
from lotwork.commands.tables import dollars, show_rows
from lotwork.ledger.errors import UsageError
from lotwork.projections.plan.year_end import RigAsked, plan_year_end
from lotwork.reports.plan_year_end import OptionRow, YearEndListing, list_year_end
from lotwork.reports.rows import Day, Row, Table, Usd
from lotwork.rules.us.asset import RecoveryClass

CLASSES: dict[str, RecoveryClass] = {name: name for name in get_args(RecoveryClass)}
YEARS_SHOWN = 2
"""So many years of an option stand beside what it saves; below, every year has what is deducted."""


class OptionShown(Row, frozen=True, kw_only=True):
    """An option with its first years, and what it saves over all of them."""

    in_service: Day
    method: str
    convention: str
    deducted_usd: tuple[Usd, ...]
    saved_usd: tuple[Usd, ...]
    saved_in_all_usd: Usd


class DeductedShown(Row, frozen=True, kw_only=True):
    """What an option deducts in each of its years."""

    in_service: Day
    method: str
    deducted_usd: tuple[Usd, ...]


OPTIONS = Table(OptionShown, "in_service", "method", "convention", "deducted_usd", "saved_usd", "saved_in_all_usd")
DEDUCTED = Table(DeductedShown, "in_service", "method", "deducted_usd")


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
        plan = plan_year_end(at.book, at.planned, asked, at.today)
        listing = list_year_end(plan)
        return tell(call, at, "year_end", listing, plan.findings, lambda: _show(listing))


def _show(listing: YearEndListing) -> None:
    if listing.rig is not None:
        title = f"A rig of {dollars(listing.rig.cost_usd)}, class {listing.rig.recovery_class}"
        _show_options(title, listing.rows)
    now, then = listing.rates
    for words, next_now, next_then in (
        ("profit", now.profit, then.profit),
        ("short-term gain", now.short_gain, then.short_gain),
        ("long-term gain", now.long_gain, then.long_gain),
    ):
        click.echo(
            f"The next dollar of {words} costs {Decimal(next_now) * 100:.1f} percent in {listing.year}, "
            f"{Decimal(next_then) * 100:.1f} in {then.year}."
        )
    click.echo("\n" + "\n".join(f"- {move.text}" for move in listing.moves))
    unknown = len(listing.assumptions.figures_not_out)
    stand = f"; {unknown} figures of later years are not out, and stand as in {listing.year}" if unknown else ""
    click.echo(f"Estimates: {listing.assumptions.note}{stand}.")


def _show_options(title: str, options: Sequence[OptionRow]) -> None:
    years = [year.year for year in options[0].years]
    first = years[:YEARS_SHOWN]
    table = OPTIONS.spread(
        deducted_usd=[f"deducted_{year}_usd" for year in first], saved_usd=[f"saved_{year}_usd" for year in first]
    )
    show_rows(title, table, map(_option, options))
    every = DEDUCTED.spread(deducted_usd=[f"{year}_usd" for year in years])
    show_rows("Deducted on the rig, year by year", every, map(_deducted, options))


def _option(option: OptionRow) -> OptionShown:
    first = option.years[:YEARS_SHOWN]
    return OptionShown(
        in_service=option.placed_in_service,
        method=option.method,
        convention=option.convention,
        deducted_usd=tuple(year.deducted_usd for year in first),
        saved_usd=tuple(year.saved_usd for year in first),
        saved_in_all_usd=option.saved_usd,
    )


def _deducted(option: OptionRow) -> DeductedShown:
    return DeductedShown(
        in_service=option.placed_in_service,
        method=option.method,
        deducted_usd=tuple(year.deducted_usd for year in option.years),
    )
