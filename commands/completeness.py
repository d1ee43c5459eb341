"""Whether all that was mined was booked: what each pool's work should have brought, against what came."""

from __future__ import annotations

import click

from lotwork.commands.answer import Call, Year, answer, called, check_year
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.tables import show_rows
from lotwork.commands.telling import tell
from lotwork.projections.completeness.owed import owed
from lotwork.reports.completeness import OWED, WORK, CompletenessListing, list_completeness


@click.command("completeness")
@Year
@called
@reading
def completeness_command(call: Call, *, year: int, options: AsOfOptions) -> int:
    """Hold each pool's rows against its work, month by month, and say what may be missing."""
    check_year(year)
    with call.log() as log:
        book, law = options.fold(call, log, (year,))
        listing = list_completeness(book, year, owed(book.income.work, book.balances.held))
        return answer(
            call, "completeness", listing, log=log, law=law, findings=book.told(), up_to=book.history.up_to,
            show=lambda: _show(listing),
        )  # fmt: skip


def _show(listing: CompletenessListing) -> None:
    show_rows(f"Completeness {listing.year}", WORK, listing.rows)
    for row in listing.rows:
        if row.days_without_row:
            days = ", ".join(f"{day:%m-%d}" for day in row.days_without_row)
            tell(f"  {row.pool} {row.month} {row.asset}: no row on {days}")
    show_rows("Credited and not paid", OWED, listing.owed)
