"""A sale before it is made: every way to make it, by the whole return with it and without it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import click
from msgspec import UnsetType

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.plan.context import answer_plan, plan_context
from lotwork.commands.plan.options import FeeOf, Price, amount
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.units import PRICE_DECIMALS, scaled
from lotwork.projections.plan.price import Fee, price_for
from lotwork.projections.plan.sale import SalePlan, WalletPlan, plan_sale
from lotwork.projections.plan.sale_asked import SaleAsked, lots_told
from lotwork.projections.questions.add_command import add_command
from lotwork.reports.lines import dollars, price_plain
from lotwork.reports.plan.listing import NOT_RECKONED
from lotwork.reports.plan.sale import (
    LOTS,
    WAITING,
    WAITING_WITH_STATE,
    WAYS,
    WAYS_WITH_STATE,
    LaterRow,
    SaleListing,
    StateOfSale,
    WalletWays,
    WayRow,
    list_sale,
)
from lotwork.reports.states import NOT_DUE

MOST_DAYS_TO_WAIT = 3660
LONGEST_COMMAND = 2000
"""Letters of a command that may be pasted into a shell; lots that make a longer one go by a file."""


@click.command("sale", short_help="Every way to sell some coins, side by side.")
@click.argument("quantity", metavar="QTY")
@click.option("--asset", default="BTC", show_default=True, help="The coin to sell.")
@click.option("--wallet", metavar="W", help="The wallet to sell from.  [default: each that holds enough]")
@Price
@FeeOf
@click.option("--on", "on", type=DAY, metavar="DATE", help="The day of the sale.  [default: today]")
@click.option(
    "--wait", type=click.IntRange(1, MOST_DAYS_TO_WAIT), metavar="N", help="Days to wait.  [default: when lots turn]"
)
@click.option("--lots", metavar="ID=QTY,...", help="Lots of your own choice, as one more way.")
@Wide
@called
@reading
def sale_command(call: Call, *, quantity: str, on: datetime | None, options: AsOfOptions, **words: Any) -> int:
    """Compare every way to sell QTY coins: fifo, lifo, hifo, lofo, and the lots that cost the least tax."""
    cost, given = Fee.parse(words["fee"]), amount(words["price"], "--price", PRICE_DECIMALS)
    asset: str = words["asset"]
    with call.log() as log:
        at = plan_context(call, log, options, lambda today: ((on or today).year,))
        day = at.today if on is None else on.date()
        decimals = at.book.history.assets.decimals(asset)
        units = scaled(amount(quantity, "QTY", decimals) or "0", decimals)
        asked = SaleAsked(
            asset=asset,
            quantity=units,
            on=day,
            price=price_for(at.book, asset, day, given),
            fee=cost,
            wallet=words["wallet"],
            lots=lots_told(words["lots"] or "", lambda told: scaled(amount(told, "--lots", decimals) or "0", decimals)),
            wait_days=words["wait"],
        )
        plan = plan_sale(at.book, at.planned, asked, at.now)
        listing = list_sale(plan, at.book.history.assets)
        findings = (*plan.before.findings, *plan.findings)
        return answer_plan(call, at, "sale", listing, findings, lambda: _show_sale(plan, listing, call.book))


def _show_sale(plan: SalePlan, listing: SaleListing, book: str) -> None:
    price = listing.price
    known = "as given" if price.source == "given" else " ".join(str(part) for part in (price.source, price.day) if part)
    tell(
        f"Sell {listing.quantity} {listing.asset} on {listing.on} at {price_plain(price.price_usd)} ({known}): "
        f"{dollars(listing.proceeds_usd)} less a fee of {dollars(listing.fee_usd)}"
    )
    for wallet, told in zip(listing.wallets, plan.wallets, strict=True):
        table = WAYS_WITH_STATE if plan.state is not None and plan.state.has_income_tax else WAYS
        show_rows(f"From {wallet.wallet}, which holds {wallet.held}", table, wallet.rows)
        show_rows(f"Lots, {wallet.best}", LOTS, wallet.best_row.lots)
        _show_waiting(told, wallet.later)
        if not isinstance(listing.state, UnsetType):
            has_tax = plan.state is not None and (plan.state.case is None or plan.state.has_income_tax)
            tell(_of_state(listing.state, wallet.best_row) if has_tax else f"{listing.state.name}: {NOT_DUE}")
        for words in _record(wallet, listing, book):
            tell(words)


def _record(wallet: WalletWays, listing: SaleListing, book: str) -> Iterator[str]:
    """Yield what records the sale from *wallet*: before it the lots of the best way, after it what it brought."""
    selection = wallet.selection
    pairs = [f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in selection.items()]
    choose = add_command(book, "selection", *(pair for pair in pairs if not pair.startswith("kind=")))
    if len(choose) <= LONGEST_COMMAND:
        yield f"{_least(wallet)} Before you sell, choose its lots:"
        yield choose
    else:
        yield f"{_least(wallet)} Before you sell, write this line into a file, as sell.jsonl, and `lotwork import` it:"
        yield json.dumps(_in_book(selection, book), ensure_ascii=False)
    yield "Once it is sold, record when, and what it brought:"
    what = (f"wallet={wallet.wallet}", f"asset={listing.asset}", f"quantity={listing.quantity}")
    yield add_command(book, "sale", "at=INSTANT", *what, "proceeds_usd=AMOUNT", "fee_usd=AMOUNT")


def _of_state(state: StateOfSale, best: WayRow) -> str:
    """Return what the best way adds to the state's tax, and what is left after both."""
    if isinstance(best.state_added_tax_usd, UnsetType) or isinstance(best.cash_after_state_usd, UnsetType):
        return f"{state.name}: {NOT_RECKONED}"
    return (
        f"{best.method} adds {dollars(best.state_added_tax_usd)} to the tax of {state.name}: "
        f"{dollars(best.cash_after_state_usd)} are left after both. The lots are chosen by both taxes together."
    )


def _least(wallet: WalletWays) -> str:
    """Say which way adds the least tax, and what it was chosen by where all add the same."""
    best = wallet.best_row
    if len({(row.added_tax_usd, row.state_added_tax_usd) for row in wallet.rows}) > 1 or len(wallet.rows) == 1:
        return f"Least tax: {best.method}."
    left = Decimal(best.carryforward_usd)
    most = f", which leaves the most loss to carry forward, {dollars(best.carryforward_usd)}" if left else ""
    return f"Every way adds the same tax; taken is {best.method}{most}."


def _show_waiting(told: WalletPlan, later: Sequence[LaterRow]) -> None:
    """Show the days that save something, and say so where none does."""
    worth = [row for row, each in zip(later, told.later, strict=True) if each.saved_of_both]
    if worth:
        has_state = any(each.state_saved is not None for each in told.later)
        show_rows("Waiting, at the same price", WAITING_WITH_STATE if has_state else WAITING, worth)
    elif later:
        tell(f"Waiting until {later[-1].on} saves nothing at this price.")
    else:
        tell(f"No lot of {told.wallet} turns long-term in the rest of the year.")


def _in_book(event: Mapping[str, object], book: str) -> dict[str, object]:
    return dict(event) if book == MAIN_BOOK else {**event, "book": book}
