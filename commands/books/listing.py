"""`lotwork books`: which books there are, how each stands, and what is open before its returns can be filed."""

from __future__ import annotations

from pathlib import Path

import click

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.books.asking import STATE, Ask, Item, new_run, this_program
from lotwork.commands.books.options import Homes, Scheduler, Workers, asked, books_meant, ending
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.reports.book_lines import list_books
from lotwork.reports.books import BOOKS

COUNTED = (
    "Stops filing counts what stops `lotwork file` of the years that are over. What this year's figures ask beside it, "
    "`lotwork --book NAME findings` lists."
)


@click.command("books")
@Homes
@Workers
@Scheduler
@Wide
@called
def books_command(call: Call, *, homes: Path | None, workers: int | None, scheduler: str | None) -> int:
    """List every book: its events, when its sources last answered, and what stops `lotwork file`, by year.

    A book that cannot be read stops no other: it is listed with why. The exit code is 1 where anything is open.
    """
    found = books_meant(call, homes)
    ask = Ask(STATE, (), None, (), None, is_kept=False, program=this_program(), run=new_run())
    told = asked(ask, [Item(place) for place in found.books], workers, scheduler)
    listing = list_books((each.line for each in told if each.line), found.unread)
    if call.as_json:
        print_alone("books", listing)
    else:
        show_rows("Books", BOOKS, listing.rows)
        if listing.rows:
            tell(COUNTED)
    return ending(call, listing.failures, found=any(row.open for row in listing.rows))
