"""Whether all that was mined was booked: what each pool's work should have brought, against what came."""

from __future__ import annotations

import click

from lotwork.commands.answer import Call, answer, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year, asked_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.projections.questions.add_command import in_book
from lotwork.reports.answers import answer_completeness
from lotwork.reports.completeness import NO_WORK, OWED, WORK, CompletenessListing


@click.command("completeness")
@Year
@Wide
@called
@reading
def completeness_command(call: Call, *, year: int | None, options: AsOfOptions) -> int:
    """Hold each pool's rows against its work, month by month, and say what may be missing."""
    year = asked_year(call, year, options.as_of)
    with call.log() as log:
        folded = options.fold(call, log, (year,))
        listing, findings = answer_completeness(folded, year)
        return answer(
            call, "completeness", listing, log=log, law=folded.law, findings=findings,
            up_to=folded.book.history.up_to, show=lambda: _show(listing, call.book),
        )  # fmt: skip


HASHRATE = (
    "Where no hashrate is told, say what the rigs are rated at: `lotwork add hashrate at=2026-04-01T00:00:00Z "
    "asset=BTC pool=NAME from=2026-03-01 to=2026-04-01 'hashrate=110 TH/s'`, or let the pool tell it: "
    'observe = ["hashrate"] in its section of config.toml (docs/completeness.md)'
)


def _show(listing: CompletenessListing, book: str) -> None:
    """Print the months, and what there is to do about a work that nobody told."""
    show_rows(f"Completeness {listing.year}", WORK, listing.rows)
    for row in listing.rows:
        if row.days_without_row:
            days = ", ".join(f"{day:%m-%d}" for day in row.days_without_row)
            tell(f"  {row.pool} {row.month} {row.asset}: no row on {days}")
    show_rows("Credited and not paid", OWED, listing.owed)
    if any((row.unknown or "").startswith(NO_WORK) for row in listing.rows):
        tell(in_book(HASHRATE, book))
