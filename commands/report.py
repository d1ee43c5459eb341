"""What the book says of a year or a day: lots, income, gains, expenses, equipment."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

import click

from commands.answer import Call, answer, called, check_year, read_law
from commands.tables import show_table
from ledger.history import History
from ledger.log import EventLog
from projections.book import Book
from projections.business import equipment_of
from reports.listings import Listing, list_equipment, list_expenses, list_gains, list_income, list_lots

Year = click.option("--year", type=int, required=True, metavar="Y", help="The tax year.")
UpTo = click.option("--up-to", type=click.IntRange(min=0), metavar="POSITION", help="As the log stood at POSITION.")
DAY = click.DateTime(["%Y-%m-%d"])


def fold(call: Call, log: EventLog, years: Collection[int], up_to: int | None, until: date | None = None) -> Book:
    """Return the book of the call, folded."""
    return Book.begin(History.read(log, call.book, up_to=up_to), years).fold(until=until)


@click.command("lots")
@click.option("--at", "at", type=DAY, metavar="DATE", help="At the end of DATE, in the taxpayer's zone.")
@UpTo
@called
def lots_command(call: Call, *, at: datetime | None, up_to: int | None) -> int:
    """List the open lots: what was acquired, what is left of it, and its basis."""
    day = None if at is None else at.date()
    with call.log() as log:
        book = fold(call, log, (), up_to, day)
        listing = list_lots(book, day)
        return answer(
            call, "lots", listing, log=log, law=read_law(history=book.history), findings=book.told(), up_to=up_to,
            show=_table("Open lots", listing, ("asset", "wallet", "quantity", "acquired", "basis_usd", "lot")),
        )  # fmt: skip


@click.command("income")
@Year
@UpTo
@called
def income_command(call: Call, *, year: int, up_to: int | None) -> int:
    """List a year's receipts at the price of their moment, with totals by kind."""
    columns = ("date", "receipt", "wallet", "asset", "quantity", "price_usd", "value_usd", "income", "price_source")
    return _of_year(call, "income", year, up_to, lambda book: list_income(book, year), columns)


@click.command("gains")
@Year
@UpTo
@called
def gains_command(call: Call, *, year: int, up_to: int | None) -> int:
    """List a year's disposals against their lots, as Form 8949 does."""
    columns = ("sold", "acquired", "asset", "quantity", "proceeds_usd", "basis_usd", "gain_usd", "term", "box", "lot")
    return _of_year(call, "gains", year, up_to, lambda book: list_gains(book, year), columns)


def _of_year(
    call: Call, name: str, year: int, up_to: int | None, make: Callable[[Book], Listing], columns: tuple[str, ...]
) -> int:
    check_year(year)
    with call.log() as log:
        book = fold(call, log, (year,), up_to)
        listing = make(book)
        return answer(
            call, name, listing, log=log, law=read_law(history=book.history), findings=book.told(), up_to=up_to,
            show=_table(f"{name.capitalize()} {year}", listing, columns),
        )  # fmt: skip


@click.command("expenses")
@Year
@UpTo
@called
def expenses_command(call: Call, *, year: int, up_to: int | None) -> int:
    """List a year's expenses by line of Schedule C, each with its business share."""
    check_year(year)
    with call.log() as log:
        book = fold(call, log, (year,), up_to)
        expenses = book.expenses.result(year)
        listing = list_expenses(expenses)
        columns = ("date", "category", "line", "label", "amount_usd", "business_share", "deductible_usd", "expense")
        findings = (*book.told(), *expenses.findings)
        return answer(
            call, "expenses", listing, log=log, law=read_law(history=book.history), findings=findings,
            up_to=up_to, show=_table(f"Expenses {year}", listing, columns),
        )  # fmt: skip


@click.command("equipment")
@Year
@UpTo
@called
def equipment_command(call: Call, *, year: int, up_to: int | None) -> int:
    """List a year's depreciation: section 179, bonus and MACRS, rig by rig."""
    check_year(year)
    with call.log() as log:
        book = fold(call, log, (year,), up_to)
        law = read_law(history=book.history)
        equipment = equipment_of(book, law, year)
        listing = list_equipment(equipment)
        columns = ("equipment", "class", "placed_in_service", "cost_usd", "section_179_usd", "bonus_usd", "macrs_usd",
                   "accumulated_usd", "remaining_basis_usd", "convention")  # fmt: skip
        findings = (*book.told(), *equipment.findings)
        return answer(
            call, "equipment", listing, log=log, law=law, findings=findings, up_to=up_to,
            show=_table(f"Equipment {year}", listing, columns),
        )  # fmt: skip


def _table(title: str, listing: Listing, columns: tuple[str, ...]) -> Callable[[], None]:
    return lambda: show_table(title, listing["rows"], columns, totals=listing.get("totals", {}))
