"""What the book says of a year or a day: lots, income, gains, expenses, equipment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import click

from lotwork.commands.answer import Call, Year, answer, called, check_year
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.tables import show_rows
from lotwork.ledger.errors import UsageError
from lotwork.reports.answers import answer_equipment, answer_expenses, answer_gains, answer_income, answer_lots
from lotwork.reports.costs import BILLS, RIGS
from lotwork.reports.gains import DISPOSALS
from lotwork.reports.income import RECEIPTS
from lotwork.reports.lots import LOTS


@click.command("lots")
@click.option("--at", "at", type=DAY, metavar="DATE", help="The same as --as-of.")
@called
@reading
def lots_command(call: Call, *, at: datetime | None, options: AsOfOptions) -> int:
    """List the open lots: what was acquired, what is left of it, and its basis."""
    if at is not None:
        if options.as_of not in (None, at.date()):
            raise UsageError("--at and --as-of name two days: give one of them")
        options = replace(options, as_of=at.date())
    with call.log() as log:
        folded = options.fold(call, log, ())
        told = answer_lots(folded, options.as_of)
        return answer(
            call, "lots", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to, show=lambda: show_rows("Open lots", LOTS, told.listing.rows),
        )  # fmt: skip


@click.command("income")
@Year
@called
@reading
def income_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's receipts at the price of their moment, with totals by kind."""
    check_year(year)
    with call.log() as log:
        folded = options.fold(call, log, (year,))
        told = answer_income(folded, year)
        return answer(
            call, "income", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to,
            show=lambda: show_rows(f"Income {year}", RECEIPTS, told.listing.rows, totals=told.listing.totals),
        )  # fmt: skip


@click.command("gains")
@Year
@called
@reading
def gains_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's disposals against their lots, as Form 8949 does."""
    check_year(year)
    with call.log() as log:
        folded = options.fold(call, log, (year,))
        told = answer_gains(folded, year)
        return answer(
            call, "gains", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to,
            show=lambda: show_rows(f"Gains {year}", DISPOSALS, told.listing.rows, totals=told.listing.totals),
        )  # fmt: skip


@click.command("expenses")
@Year
@called
@reading
def expenses_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's expenses by line of Schedule C, each with its business share."""
    check_year(year)
    with call.log() as log:
        folded = options.fold(call, log, (year,))
        told = answer_expenses(folded, year)
        return answer(
            call, "expenses", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to,
            show=lambda: show_rows(f"Expenses {year}", BILLS, told.listing.rows, totals=told.listing.totals),
        )  # fmt: skip


@click.command("equipment")
@Year
@called
@reading
def equipment_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's depreciation: section 179, bonus and MACRS, rig by rig."""
    check_year(year)
    with call.log() as log:
        folded = options.fold(call, log, (year,))
        told = answer_equipment(folded, year)
        return answer(
            call, "equipment", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to,
            show=lambda: show_rows(f"Equipment {year}", RIGS, told.listing.rows, totals=told.listing.totals),
        )  # fmt: skip
