"""What others say, held against the ledger: the brokers' Forms 1099-DA, and the pools' credits."""

from __future__ import annotations

import click

from lotwork.commands.answer import Call, answer, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year, asked_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.projections.reconcile.broker.year import broker_year
from lotwork.projections.reconcile.policies import policy_months
from lotwork.projections.reconcile.pool import pool_year
from lotwork.reports.broker import ENTRIES, PAIRS, BrokerListing, list_broker_year
from lotwork.reports.lines import dollars
from lotwork.reports.pools import POLICIES, POOLS, PoolListing, list_pool_year


@click.group("reconcile")
def reconcile_command() -> None:
    """Hold what brokers and pools say against the ledger."""


@reconcile_command.command("broker")
@Year
@Wide
@called
@reading
def broker_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """Match a year's lines of Form 1099-DA to its sales, and say what to enter on Form 8949."""
    year = asked_year(call, year, options.as_of)
    with call.log() as log:
        book, _ = options.fold(call, log, (year - 1, year, year + 1))
        law = options.law(call, book.history, year)
        told = broker_year(book, law, year)
        listing = list_broker_year(told, book.history.assets)
        return answer(
            call, "reconcile_broker", listing, log=log, law=law, findings=(*book.told(), *told.findings),
            up_to=book.history.up_to, show=lambda: _show(listing),
        )  # fmt: skip


def _show(listing: BrokerListing) -> None:
    show_rows(f"Forms 1099-DA {listing.year} against the ledger", PAIRS, listing.rows)
    for row in listing.rows:
        for each in row.differences:
            if row.status == "differs":
                tell(f"  {', '.join(row.lines)}: {each.what}: {each.why}")
    show_rows(f"Form 8949 for {listing.year}", ENTRIES, listing.form_8949)
    for name, total in listing.totals.items():
        tell(f"  Box {name}: {_counted(total.rows, 'row')}, proceeds {dollars(total.proceeds_usd)}, "
                   f"gain {dollars(total.gain_usd)}")  # fmt: skip
    for name, said in listing.broker_totals.items():
        tell(f"  Brokers, {name.replace('_', ' ')}: {_counted(said.lines, 'line')}, "
                   f"proceeds {dollars(said.proceeds_usd)}")  # fmt: skip


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


@reconcile_command.command("pool")
@Year
@Wide
@called
@reading
def pool_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """Add up what each pool credited, kept and paid, month by month, and check its balances against the replay."""
    year = asked_year(call, year, options.as_of)
    with call.log() as log:
        book, law = options.fold(call, log, (year,))
        told = pool_year(book, year)
        listing = list_pool_year(told, policy_months(book, year), book.history.assets)
        return answer(
            call, "reconcile_pool", listing, log=log, law=law,
            findings=(*book.told(), *told.findings), up_to=book.history.up_to,
            show=lambda: _show_pools(listing),
        )  # fmt: skip


def _show_pools(listing: PoolListing) -> None:
    show_rows(f"Pools {listing.year}", POOLS, listing.rows)
    if listing.policies and listing.policy_totals:
        title = f"By either policy {listing.year}: the profile's is booked, the other is not"
        show_rows(title, POLICIES, listing.policies, totals=listing.policy_totals)
