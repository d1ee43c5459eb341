"""What the book says of a year or a day: lots, income, gains, expenses, equipment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import click

from lotwork.commands.answer import Call, answer, called, check_year
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.tables import show_table
from lotwork.ledger.errors import UsageError
from lotwork.projections.replay.book import Book
from lotwork.reports.listings import Listing, list_equipment, list_expenses, list_gains, list_income, list_lots

Year = click.option("--year", type=int, required=True, metavar="Y", help="The tax year.")


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
            up_to=book.history.up_to,
            show=_table("Open lots", listing, ("asset", "wallet", "quantity", "acquired", "basis_usd", "lot")),
        )  # fmt: skip


@click.command("income")
@Year
@called
@reading
def income_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's receipts at the price of their moment, with totals by kind."""
    columns = ("date", "receipt", "wallet", "asset", "quantity", "price_usd", "value_usd", "income", "price_source")
    return _of_year(call, "income", year, options, lambda book: list_income(book, year), columns)


@click.command("gains")
@Year
@called
@reading
def gains_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """List a year's disposals against their lots, as Form 8949 does."""
    columns = ("sold", "acquired", "asset", "quantity", "proceeds_usd", "basis_usd", "gain_usd", "term", "box", "lot")
    return _of_year(call, "gains", year, options, lambda book: list_gains(book, year), columns)


def _of_year(
    call: Call, name: str, year: int, options: AsOfOptions, make: Callable[[Book], Listing], columns: tuple[str, ...]
) -> int:
    check_year(year)
    with call.log() as log:
        book, law = options.fold(call, log, (year,))
        listing = make(book)
        return answer(
            call, name, listing, log=log, law=law, findings=book.told(),
            up_to=book.history.up_to, show=_table(f"{name.capitalize()} {year}", listing, columns),
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
        columns = ("date", "category", "line", "label", "amount_usd", "business_share", "deductible_usd", "expense")
        findings = (*book.told(), *expenses.findings)
        return answer(
            call, "expenses", listing, log=log, law=law, findings=findings,
            up_to=book.history.up_to, show=_table(f"Expenses {year}", listing, columns),
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
        columns = ("equipment", "class", "placed_in_service", "cost_usd", "section_179_usd", "bonus_usd", "macrs_usd",
                   "accumulated_usd", "remaining_basis_usd", "convention")  # fmt: skip
        findings = (*book.told(), *equipment.findings)
        return answer(
            call, "equipment", listing, log=log, law=law, findings=findings, up_to=book.history.up_to,
            show=_table(f"Equipment {year}", listing, columns),
        )  # fmt: skip


def _table(title: str, listing: Listing, columns: tuple[str, ...]) -> Callable[[], None]:
    return lambda: show_table(title, listing["rows"], columns, totals=listing.get("totals", {}))
