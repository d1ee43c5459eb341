"""A hobby, a sole proprietor, an S or a C corporation: every tax of each by whole returns, and what is kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click
from msgspec import UNSET, UnsetType

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year
from lotwork.commands.plan.context import answer_plan, plan_context
from lotwork.commands.plan.options import money, share, the_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.events import TAXPAYER, Owner
from lotwork.ledger.units import ZERO
from lotwork.projections.plan.c_corporation import PayOut
from lotwork.projections.plan.structure import plan_structure
from lotwork.projections.returns.owners import SPOUSE
from lotwork.reports.lines import dollars
from lotwork.reports.plan.structure import (
    OF_THE_STATE,
    STRUCTURES,
    CCorporationRow,
    StructureListing,
    list_structure,
)


@click.command("structure", short_help="A hobby, a sole proprietor, an S or a C corporation.")
@Year
@click.option("--salary", metavar="S", help="The salary a corporation pays.  [default: a sweep for S, none for C]")
@click.option("--owner", type=click.Choice((TAXPAYER, SPOUSE)), default=TAXPAYER, help="Whose, where both mine.")
@click.option("--payroll-cost", metavar="COST", help="What payroll and a corporation's returns cost.  [default: 0]")
@click.option("--paid-out", metavar="SHARE", help="What a C corporation pays out: 40% or 0.4.  [default: 0 and all]")
@click.option("--prior-tax", metavar="TAX", help="A C corporation's tax of the year before.  [default: it is new]")
@click.option("--large", is_flag=True, help="It had taxable income of 1,000,000 in one of three years before.")
@Wide
@called
@reading
def structure_command(call: Call, *, year: int | None, owner: Owner, options: AsOfOptions, **told: Any) -> int:
    """Compare a hobby, a sole proprietor, an S and a C corporation: every tax, and what is kept."""
    pay, cost = money(told["salary"], "--salary"), money(told["payroll_cost"], "--payroll-cost")
    prior = money(told["prior_tax"], "--prior-tax")
    pay_out = PayOut(share(told["paid_out"], "--paid-out"), prior, told["large"])
    with call.log() as log:
        at = plan_context(call, log, options, the_year(year))
        when = year or at.today.year
        plan = plan_structure(at.book, at.planned, when, pay, cost or ZERO, owner=owner, pay_out=pay_out)
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
        part = f"{Decimal(each.salary_share) * 100:.0f} percent"
        found = "no profit up to 500,000" if each.profit_usd is None else f"a profit of {dollars(each.profit_usd)}"
        tell(f"With a salary of {part} of it, the S corporation keeps more from {found}.")
    if listing.c_corporation is not None:
        _show_c_corporation(listing.c_corporation)
    if not any(Decimal(row.payroll_cost_usd) for row in listing.rows):
        tell(
            "Payroll and a corporation's returns are taken to cost nothing: say --payroll-cost, it decides at the edge."
        )
    tell("\n" + "\n".join(f"- {caveat}" for caveat in listing.caveats))


def _show_c_corporation(row: CCorporationRow) -> None:
    told = f"The C corporation: taxable income {dollars(row.taxable_income_usd)}, tax {dollars(row.tax_usd)}"
    tell(f"{told}, earnings and profits {dollars(row.earnings_and_profits_usd)}.")
    dues = ", ".join(f"{dollars(each.required_usd)} by {each.due}" for each in row.estimated)
    tell(f"Its estimated tax: {dues}." if dues else "Its tax is too small for estimated payments (26 U.S.C. 6655(f)).")
