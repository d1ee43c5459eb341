"""What the book says of a year or a day: lots, income, gains, expenses, equipment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import click

from lotwork.commands.answer import Call, Year, answer, called, check_year
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.tables import show_rows
from lotwork.ledger.errors import UsageError
from lotwork.reports.costs import BILLS, RIGS, list_equipment, list_expenses
from lotwork.reports.gains import DISPOSALS, list_gains
from lotwork.reports.income import RECEIPTS, list_income
from lotwork.reports.lots import LOTS, list_lots


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
        book, law = options.fold(call, log, ())
        listing = list_lots(book, options.as_of)
        return answer(
            call, "lots", listing, log=log, law=law, findings=book.told(),
            up_to=book.history.up_to, show=lambda: show_rows("Open lots", LOTS, listing.rows),
        )  # fmt: skip


@click.command("income")
@Year
@called
@reading
def income_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's receipts at the price of their moment, with totals by kind."""
    check_year(year)
    with call.log() as log:
        book, law = options.fold(call, log, (year,))
        listing = list_income(book, year)
        return answer(
            call, "income", listing, log=log, law=law, findings=book.told(), up_to=book.history.up_to,
            show=lambda: show_rows(f"Income {year}", RECEIPTS, listing.rows, totals=listing.totals),
        )  # fmt: skip


@click.command("gains")
@Year
@called
@reading
def gains_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's disposals against their lots, as Form 8949 does."""
    check_year(year)
    with call.log() as log:
        book, law = options.fold(call, log, (year,))
        listing = list_gains(book, year)
        return answer(
            call, "gains", listing, log=log, law=law, findings=book.told(), up_to=book.history.up_to,
            show=lambda: show_rows(f"Gains {year}", DISPOSALS, listing.rows, totals=listing.totals),
        )  # fmt: skip


@click.command("expenses")
@Year
@called
@reading
def expenses_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's expenses by line of Schedule C, each with its business share."""
    check_year(year)
    with call.log() as log:
        book, law = options.fold(call, log, (year,))
        from lotwork.projections.returns.business import expenses_of  # noqa: PLC0415 - lots and gains need no return

        expenses = expenses_of(book, law, year)
        listing = list_expenses(expenses)
        findings = (*book.told(), *expenses.findings)
        return answer(
            call, "expenses", listing, log=log, law=law, findings=findings, up_to=book.history.up_to,
            show=lambda: show_rows(f"Expenses {year}", BILLS, listing.rows, totals=listing.totals),
        )  # fmt: skip


@click.command("equipment")
@Year
@called
@reading
def equipment_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's depreciation: section 179, bonus and MACRS, rig by rig."""
    check_year(year)
    with call.log() as log:
        book, law = options.fold(call, log, (year,))
        from lotwork.projections.returns.business import equipment_of  # noqa: PLC0415 - the same

        equipment = equipment_of(book, law, year)
        listing = list_equipment(equipment)
        findings = (*book.told(), *equipment.findings)
        return answer(
            call, "equipment", listing, log=log, law=law, findings=findings, up_to=book.history.up_to,
            show=lambda: show_rows(f"Equipment {year}", RIGS, listing.rows, totals=listing.totals),
        )  # fmt: skip
