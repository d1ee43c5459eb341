"""A hobby, a sole proprietor or an S corporation: every tax of each by whole returns, and what is kept."""

from __future__ import annotations

from decimal import Decimal

import click
from msgspec import UNSET, UnsetType

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.plan.context import answer_plan, plan_context
from lotwork.commands.plan.options import Year, money, the_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.events import TAXPAYER, Owner
from lotwork.ledger.units import ZERO
from lotwork.projections.plan.structure import plan_structure
from lotwork.projections.returns.owners import SPOUSE
from lotwork.reports.lines import dollars
from lotwork.reports.plan.structure import OF_THE_STATE, STRUCTURES, StructureListing, list_structure


@click.command("structure", short_help="A hobby, a sole proprietor, an S corporation.")
@Year
@click.option("--salary", metavar="S", help="The salary of the S corporation.  [default: a sweep]")
@click.option("--owner", type=click.Choice((TAXPAYER, SPOUSE)), default=TAXPAYER, help="Whose, where both mine.")
@click.option("--payroll-cost", metavar="COST", help="What payroll and its returns cost a year.  [default: 0]")
@Wide
@called
@reading
def structure_command(
    call: Call, *, year: int | None, salary: str | None, payroll_cost: str | None, owner: Owner, options: AsOfOptions
) -> int:
    """Compare a hobby, a sole proprietor and an S corporation: every tax, and what is kept."""
    pay, cost = money(salary, "--salary"), money(payroll_cost, "--payroll-cost")
    with call.log() as log:
        at = plan_context(call, log, options, the_year(year))
        when = year or at.today.year
        plan = plan_structure(at.book, at.planned, when, pay, cost or ZERO, owner=owner)
        listing = list_structure(plan)
        return answer_plan(call, at, "structure", listing, plan.findings, lambda: _show_structure(listing))


def _show_structure(listing: StructureListing) -> None:
    whose = " of the spouse" if listing.owner == SPOUSE else ""
    show_rows(
        f"A profit of {dollars(listing.profit_usd)}{whose} in {listing.year}, by structure", STRUCTURES, listing.rows
    )
    if listing.state is not UNSET:
        show_rows(f"The same with the tax of {listing.state}", OF_THE_STATE, listing.rows)
    if not isinstance(listing.state_words, UnsetType):
        for words in listing.state_words:
            tell(words)
    for each in listing.break_even:
        share = f"{Decimal(each.salary_share) * 100:.0f} percent"
        found = "no profit up to 500,000" if each.profit_usd is None else f"a profit of {dollars(each.profit_usd)}"
        tell(f"With a salary of {share} of it, the corporation keeps more from {found}.")
    if not any(Decimal(row.payroll_cost_usd) for row in listing.rows):
        tell("Payroll and Form 1120-S are taken to cost nothing: say --payroll-cost, it decides small profits.")
    tell("\n" + "\n".join(f"- {caveat}" for caveat in listing.caveats))
