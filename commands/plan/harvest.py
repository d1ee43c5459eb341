"""Losses that could be taken: what each saves, and the prices at which others would."""

from __future__ import annotations

from typing import Any

import click

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.plan.context import answer_plan, plan_context
from lotwork.commands.plan.options import FeeOf, Price, amount
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.errors import UsageError
from lotwork.ledger.units import PRICE_DECIMALS
from lotwork.projections.plan.harvest import HarvestAsked, plan_harvest
from lotwork.projections.plan.price import GIVEN, Fee, PlanPrice
from lotwork.reports.lines import dollars, price_plain
from lotwork.reports.plan.harvest import LEVELS, LOSSES, HarvestListing, list_harvest
from lotwork.reports.plan.listing import state_saved_in_words

MOST_ROWS = 30


@click.command("harvest", short_help="Losses that could be taken now, and what each saves.")
@click.option("--asset", metavar="A", help="Look at one coin only.  [default: all with a price]")
@Price
@FeeOf
@click.option("--on", "on", type=DAY, metavar="DATE", help="The day of the sales.  [default: today]")
@Wide
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
        at = plan_context(call, log, options, lambda today: ((on or today).year,))
        if asset is not None:
            at.book.history.assets.decimals(asset)
        named = PlanPrice(asset, given, GIVEN, None) if asset is not None and given is not None else None
        day = at.today if on is None else on.date()
        plan = plan_harvest(at.book, at.planned, HarvestAsked(day, cost, asset, named))
        listing = list_harvest(plan, at.book.history.assets)
        findings = (*plan.before.findings, *plan.findings)
        return answer_plan(call, at, "harvest", listing, findings, lambda: _show_harvest(listing))


def _show_harvest(listing: HarvestListing) -> None:
    prices = ", ".join(f"{each.asset} at {price_plain(each.price_usd)}" for each in listing.prices)
    show_rows(f"Losses on {listing.on}, {prices}", LOSSES, listing.rows[:MOST_ROWS])
    left = len(listing.rows) - MOST_ROWS + listing.left_out
    if left > 0:
        tell(f"and {left} more lots at a loss; --json lists those that were computed")
    totals = listing.totals
    tell(
        f"{_worth(totals.lots)}: a loss of {dollars(totals.loss_usd)} saves "
        f"{dollars(totals.saved_usd)}, {dollars(totals.saved_after_fees_usd)} after fees; carried forward "
        f"{dollars(totals.short_carryforward_usd)} short-term, {dollars(totals.long_carryforward_usd)} long-term."
    )
    if words := state_saved_in_words(listing.state):
        tell(words)
    tell(f"Other income bears up to {dollars(listing.loss_limit_usd)} of a net loss this year.")
    if listing.levels:
        show_rows("At this price and below a lot's loss pays for its sale", LEVELS, listing.levels[:MOST_ROWS])
    tell("\n".join(f"- {note}" for note in listing.notes))


def _worth(lots: int) -> str:
    return "1 lot is worth its fee" if lots == 1 else f"{lots} lots are worth their fee"
