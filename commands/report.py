"""What the book says of a year or a day: lots, income, gains, expenses, equipment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import click
import msgspec

from lotwork.commands.answer import Call, answer, called
from lotwork.commands.as_of_options import DAY, AsOfOptions, reading
from lotwork.commands.asked_year import Year, asked_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.errors import UsageError
from lotwork.reports.rows import Row, Table

if TYPE_CHECKING:
    from lotwork.projections.replay.book import Book
    from lotwork.reports.costs import ExpenseListing

R = TypeVar("R", bound=Row)
Totals: TypeAlias = Row | Mapping[str, str]


@click.command("lots")
@click.option("--at", "at", type=DAY, metavar="DATE", help="The same as --as-of.")
@Wide
@called
@reading
def lots_command(call: Call, *, at: datetime | None, options: AsOfOptions) -> int:
    """List the open lots: what was acquired, what is left of it, and its basis."""
    if at is not None:
        if options.as_of not in (None, at.date()):
            raise UsageError("--at and --as-of name two days: give one of them")
        options = msgspec.structs.replace(options, as_of=at.date())
    with call.log() as log:
        from lotwork.reports.answers import answer_lots  # noqa: PLC0415 - what has no ledger needs no answer
        from lotwork.reports.lots import LOTS  # noqa: PLC0415 - the same

        folded = options.fold(call, log, ())
        told = answer_lots(folded, options.as_of)
        return answer(
            call, "lots", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to, show=lambda: show_rows("Open lots", LOTS, told.listing.rows),
        )  # fmt: skip


@click.command("income")
@Year
@Wide
@called
@reading
def income_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """List a year's receipts at the price of their moment, with totals by kind."""
    year = asked_year(call, year, options.as_of)
    with call.log() as log:
        from lotwork.reports.answers import answer_income  # noqa: PLC0415 - what has no ledger needs no answer
        from lotwork.reports.income import RECEIPTS  # noqa: PLC0415 - the same

        folded = options.fold(call, log, (year,))
        told = answer_income(folded, year)
        return answer(
            call, "income", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to,
            show=lambda: _show_year(folded.book, "Income", year, RECEIPTS, told.listing.rows, told.listing.totals),
        )  # fmt: skip


@click.command("gains")
@Year
@Wide
@called
@reading
def gains_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """List a year's disposals against their lots, as Form 8949 does."""
    year = asked_year(call, year, options.as_of)
    with call.log() as log:
        from lotwork.reports.answers import answer_gains  # noqa: PLC0415 - what has no ledger needs no answer
        from lotwork.reports.gains import DISPOSALS  # noqa: PLC0415 - the same

        folded = options.fold(call, log, (year,))
        told = answer_gains(folded, year)
        return answer(
            call, "gains", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to,
            show=lambda: _show_year(folded.book, "Gains", year, DISPOSALS, told.listing.rows, told.listing.totals),
        )  # fmt: skip


@click.command("expenses")
@Year
@Wide
@called
@reading
def expenses_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """List a year's expenses by line of Schedule C, each with its business share."""
    year = asked_year(call, year, options.as_of)
    with call.log() as log:
        from lotwork.reports.answers import answer_expenses  # noqa: PLC0415 - what has no ledger needs no answer

        folded = options.fold(call, log, (year,))
        told = answer_expenses(folded, year)
        return answer(
            call, "expenses", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to,
            show=lambda: _show_expenses(folded.book, year, told.listing),
        )  # fmt: skip


@click.command("equipment")
@Year
@Wide
@called
@reading
def equipment_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """List a year's depreciation: section 179, bonus and MACRS, rig by rig."""
    year = asked_year(call, year, options.as_of)
    with call.log() as log:
        from lotwork.reports.answers import answer_equipment  # noqa: PLC0415 - what has no ledger needs no answer
        from lotwork.reports.costs import RIGS  # noqa: PLC0415 - the same

        folded = options.fold(call, log, (year,))
        told = answer_equipment(folded, year)
        return answer(
            call, "equipment", told.listing, log=log, law=folded.law, findings=told.findings,
            up_to=folded.book.history.up_to,
            show=lambda: _show_year(folded.book, "Equipment", year, RIGS, told.listing.rows, told.listing.totals),
        )  # fmt: skip


def _show_expenses(book: Book, year: int, listing: ExpenseListing) -> None:
    """Print the expenses of a year, and beside them what rigs say of themselves that they drew."""
    from lotwork.reports.costs import BILLS, estimate_sentences  # noqa: PLC0415 - only expenses show them

    _show_year(book, "Expenses", year, BILLS, listing.rows, listing.totals)
    for sentence in estimate_sentences(listing):
        tell(sentence)


def _show_year(book: Book, title: str, year: int, table: Table[R], rows: tuple[R, ...], totals: Totals) -> None:
    """Print a listing of a year; of a year that the book does not tell of, which years it does."""
    from lotwork.projections.filing.recorded import years_in_words, years_recorded  # noqa: PLC0415 - lots have no year

    show_rows(f"{title} {year}", table, rows, totals=totals)
    years = years_recorded(book)
    if not rows and year not in years:
        tell(f"Nothing of {year} is recorded in book {book.history.book}; its years: {years_in_words(years)}.")
