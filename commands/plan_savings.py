"""Plans about money to keep: losses to take, and what to put aside of each receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import click

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.plan_desk import FeeOf, Price, Year, amount, desk, tell, the_year
from lotwork.commands.tables import dollars, show_rows
from lotwork.ledger.errors import UsageError
from lotwork.ledger.units import PRICE_DECIMALS
from lotwork.projections.plan.harvest import HarvestAsked, plan_harvest
from lotwork.projections.plan.price import GIVEN, Fee, PlanPrice
from lotwork.projections.plan.set_aside import SetAsidePlan, plan_set_aside
from lotwork.reports.plan_harvest import HarvestListing, HarvestRow, LevelRow, list_harvest
from lotwork.reports.plan_set_aside import KeptRow, SetAsideListing, list_set_aside
from lotwork.reports.rows import Row, Table, Usd

MOST_ROWS = 30


class MonthShown(Row, frozen=True, kw_only=True):
    """The receipts of a month, and what to put aside of them."""

    month: str
    receipts: int
    value_usd: Usd
    set_aside_usd: Usd


LOSSES = Table(
    HarvestRow, "lot", "wallet", "term", "quantity", "loss_usd", "fee_usd", "saved_alone_usd", "saved_usd", "worth"
)
LEVELS = Table(LevelRow, "asset", "wallet", "lot", "term", "quantity", "price_usd")
MONTHS = Table(MonthShown, "month", "receipts", "value_usd", "set_aside_usd")


@click.command("harvest")
@click.option("--asset", metavar="A", help="Look at one coin only.  [default: all with a price]")
@Price
@FeeOf
@click.option("--on", "on", type=DAY, metavar="DATE", help="The day of the sales.  [default: today]")
@called
@reading
def harvest_command(
    call: Call, *, asset: str | None, price: str | None, fee: str, options: AsOfOptions, **words: Any
) -> int:
    """List the losses that could be taken now, what each saves, and the prices at which others would."""
    cost, given = Fee.parse(fee), amount(price, "--price", PRICE_DECIMALS)
    if given is not None and asset is None:
        raise UsageError("--price is the price of one coin: name it with --asset")
    with call.log() as log:
        on = words["on"]
        at = desk(call, log, options, lambda today: ((on or today).year,))
        if asset is not None:
            at.book.history.assets.decimals(asset)
        named = PlanPrice(asset, given, GIVEN, None) if asset is not None and given is not None else None
        day = at.today if on is None else on.date()
        plan = plan_harvest(at.book, at.planned, HarvestAsked(day, cost, asset, named))
        listing = list_harvest(plan, at.book.history.assets)
        findings = (*plan.before.findings, *plan.findings)
        return tell(call, at, "harvest", listing, findings, lambda: _show_harvest(listing))


def _show_harvest(listing: HarvestListing) -> None:
    prices = ", ".join(f"{each.asset} at {each.price_usd}" for each in listing.prices)
    show_rows(f"Losses on {listing.on}, {prices}", LOSSES, listing.rows[:MOST_ROWS])
    left = len(listing.rows) - MOST_ROWS + listing.left_out
    if left > 0:
        click.echo(f"and {left} more lots at a loss; --json lists those that were computed")
    totals = listing.totals
    click.echo(
        f"{_worth(totals.lots)}: a loss of {dollars(totals.loss_usd)} saves "
        f"{dollars(totals.saved_usd)}, {dollars(totals.saved_after_fees_usd)} after fees; carried forward "
        f"{dollars(totals.short_carryforward_usd)} short-term, {dollars(totals.long_carryforward_usd)} long-term."
    )
    click.echo(f"Other income bears up to {dollars(listing.loss_limit_usd)} of a net loss this year.")
    if listing.levels:
        show_rows("At this price and below a lot's loss pays for its sale", LEVELS, listing.levels[:MOST_ROWS])
    click.echo("\n".join(f"- {note}" for note in listing.notes))


def _worth(lots: int) -> str:
    return "1 lot is worth its fee" if lots == 1 else f"{lots} lots are worth their fee"


@click.command("set-aside")
@Year
@called
@reading
def set_aside_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """Say what part of each receipt to put aside for tax, what was paid, and what is due next."""
    with call.log() as log:
        at = desk(call, log, options, the_year(year))
        plan = plan_set_aside(at.book, at.law, year or at.today.year, at.today, at.planned)
        listing = list_set_aside(plan, at.book.history.assets)
        return tell(call, at, "set_aside", listing, plan.findings, lambda: _show_set_aside(plan, listing))


def _show_set_aside(plan: SetAsidePlan, listing: SetAsideListing) -> None:
    show_rows(f"To put aside of the receipts of {listing.year}, by month", MONTHS, _by_month(listing.rows))
    totals, projection = listing.totals, listing.projection
    click.echo(
        f"Put aside {plan.rate * 100:.1f} percent of each receipt: what the next dollar costs before its own costs "
        f"come off. If the year goes on as it went, {plan.average * 100:.1f} percent are enough."
    )
    click.echo(
        f"So far that is {dollars(totals.set_aside_usd)}, or {dollars(totals.set_aside_average_usd)} on average. "
        f"The year so far owes {dollars(totals.tax_so_far_usd)}; paid {dollars(totals.paid_usd)}; open "
        f"{dollars(totals.still_usd)}."
    )
    if listing.next is not None:
        click.echo(f"Next: {dollars(listing.next.pay_usd)} by {listing.next.due}; see `lotwork quarterly`.")
    click.echo(
        f"The year at this rate: profit {dollars(projection.profit_usd)}, tax {dollars(projection.tax_usd)} "
        f"({projection.note})."
    )


def _by_month(kept: Iterable[KeptRow]) -> list[MonthShown]:
    months: defaultdict[str, list[KeptRow]] = defaultdict(list)
    for row in kept:
        months[f"{row.date:%Y-%m}"].append(row)
    return [
        MonthShown(
            month=month,
            receipts=len(rows),
            value_usd=f"{sum(Decimal(row.value_usd) for row in rows):f}",
            set_aside_usd=f"{sum(Decimal(row.set_aside_usd) for row in rows):f}",
        )
        for month, rows in sorted(months.items())
    ]
