"""Plans about what the activity is: its structure, and whether it is a business; each year by whole returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

import click
import msgspec

from lotwork.commands.answer import Call, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.plan_desk import Year, desk, money, tell, the_year
from lotwork.commands.tables import dollars, show_rows
from lotwork.projections.plan.activity import plan_activity
from lotwork.projections.plan.structure import plan_structure
from lotwork.reports.plan_structures import (
    ActivityListing,
    ActivityYearRow,
    EvidenceRow,
    FactorRow,
    StructureListing,
    StructureRow,
    list_activity,
    list_structure,
)
from lotwork.reports.rows import Row, Table, Usd, Words


class StructureShown(StructureRow, frozen=True, kw_only=True):
    """A structure as a person is shown it: the payroll taxes of both sides together."""

    fica_futa_usd: Usd


class FactorShown(Row, frozen=True, kw_only=True):
    """A factor with what speaks for a business and for a hobby, side by side."""

    factor: Words
    business: Words
    hobby: Words


STRUCTURES = Table(
    StructureShown, "structure", "salary_usd", "income_tax_usd", "se_tax_usd", "fica_futa_usd", "qbi_deduction_usd",
    "total_tax_usd", "kept_usd", "kept_more_usd", "solo_401k_room_usd",
)  # fmt: skip
FACTORS = Table(FactorShown, "factor", "business", "hobby")
YEARS = Table(ActivityYearRow, "year", "profit_usd", "why_unknown")


@click.command("structure")
@Year
@click.option("--salary", metavar="S", help="The salary of the S corporation.  [default: a sweep]")
@click.option("--payroll-cost", metavar="COST", help="What payroll and its returns cost a year.  [default: 0]")
@called
@reading
def structure_command(
    call: Call, *, year: int | None, salary: str | None, payroll_cost: str | None, options: AsOfOptions
) -> int:
    """Compare a hobby, a sole proprietor and an S corporation: every tax, and what is kept."""
    pay, cost = money(salary, "--salary"), money(payroll_cost, "--payroll-cost")
    with call.log() as log:
        at = desk(call, log, options, the_year(year))
        when = year or at.today.year
        plan = plan_structure(at.book, at.planned, when, pay, cost or Decimal(0))
        listing = list_structure(plan)
        return tell(call, at, "structure", listing, plan.findings, lambda: _show_structure(listing))


def _show_structure(listing: StructureListing) -> None:
    rows = [StructureShown(**msgspec.structs.asdict(row), fica_futa_usd=_payroll(row)) for row in listing.rows]
    show_rows(f"A profit of {dollars(listing.profit_usd)} in {listing.year}, by structure", STRUCTURES, rows)
    for each in listing.break_even:
        share = f"{Decimal(each.salary_share) * 100:.0f} percent"
        found = "no profit up to 500,000" if each.profit_usd is None else f"a profit of {dollars(each.profit_usd)}"
        click.echo(f"With a salary of {share} of it, the corporation keeps more from {found}.")
    if not any(Decimal(row.payroll_cost_usd) for row in listing.rows):
        click.echo("Payroll and Form 1120-S are taken to cost nothing: say --payroll-cost, it decides small profits.")
    click.echo("\n" + "\n".join(f"- {caveat}" for caveat in listing.caveats))


def _payroll(row: StructureRow) -> str:
    return f"{Decimal(row.fica_futa_employer_usd) + Decimal(row.fica_employee_usd):f}"


@click.command("activity")
@Year
@called
@reading
def activity_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """Lay out business or hobby: the nine factors as recorded, the years with a profit, the tax either way."""
    with call.log() as log:
        at = desk(call, log, options, the_year(year))
        when = year or at.today.year
        plan = plan_activity(at.book, at.planned, when)
        listing = list_activity(plan)
        return tell(call, at, "activity", listing, plan.findings, _shown(listing))


def _shown(listing: ActivityListing) -> Callable[[], None]:
    def show() -> None:
        show_rows(f"Business or hobby, {listing.year}", FACTORS, map(_side_by_side, listing.factors))
        show_rows("Profit by year", YEARS, listing.years)
        counted = listing.presumption
        holds = {True: "holds", False: "does not hold", None: "cannot be told"}[counted.holds]
        click.echo(
            f"The presumption of 26 U.S.C. 183(d) {holds}: {len(counted.profit)} years with a profit of "
            f"{counted.needed} needed in {counted.period[0]}-{counted.period[-1]}; {counted.note}."
        )
        tax = listing.tax
        click.echo(
            f"Tax of {listing.year} as a business {dollars(tax.business_usd)}, of it self-employment tax "
            f"{dollars(tax.se_tax_as_business_usd)}; as a hobby {dollars(tax.hobby_usd)}."
        )
        click.echo("No verdict: all facts decide. Missing from the record:" if listing.missing else "No verdict.")
        for each in listing.missing:
            click.echo(f"- {each}")

    return show


def _side_by_side(factor: FactorRow) -> FactorShown:
    return FactorShown(factor=factor.title, business=_told(factor.business), hobby=_told(factor.hobby))


def _told(side: Iterable[EvidenceRow]) -> str:
    return "; ".join(f"{one.date} {one.note or one.event}" for one in side)
