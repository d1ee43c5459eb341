"""What `lotwork books` and `lotwork all` share: which books, who works, and what becomes of the failures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from lotwork.commands.answer import FINDINGS, Call
from lotwork.commands.books.asking import Ask, Item, Told
from lotwork.commands.books.folder import Homes, refuse_one_home
from lotwork.commands.books.places import Places, places
from lotwork.commands.books.running import by_itself, in_pool, workers_here
from lotwork.commands.tables import show_rows
from lotwork.ledger.counting import count
from lotwork.ledger.errors import UsageError
from lotwork.reports.books import FAILED, FailureRow

__all__ = ["Homes", "Scheduler", "Workers", "asked", "books_meant", "ending"]

Workers = click.option("--workers", type=click.IntRange(1, 512), metavar="N",
                       help="Processes of this machine; 1 is a plain loop.  [default: one a core]")  # fmt: skip
Scheduler = click.option("--scheduler", metavar="ADDRESS",
                         help="The workers of a Dask scheduler, as tcp://host:8786 (lotwork[cluster]).")  # fmt: skip


def books_meant(call: Call, homes: Path | None) -> Places:
    """Return the books that are meant: all, or those of the name that `--book` gives."""
    context = click.get_current_context()
    before = context.find_object(dict) or {}
    named = context.params.get("book") or before.get("book")
    if homes is not None:
        refuse_one_home()
    found = places(call.home, homes, named)
    if not found.books and not found.unread:
        where = call.home if homes is None else homes
        raise UsageError(f"{where}: there is no book{f' {named}' if named else ''} here: name a home, or a folder of "
                         "homes with --homes")  # fmt: skip
    return found


def asked(ask: Ask, items: Sequence[Item], workers: int | None, scheduler: str | None) -> Iterator[Told]:
    """Yield what becomes of each book, by whoever is to ask them, and count them."""
    if scheduler is not None:
        if workers is not None:
            raise UsageError("--workers is of this machine, and a scheduler has its own: give one of the two")
        from lotwork.commands.books.cluster import on_cluster  # noqa: PLC0415 - an extra

        told = on_cluster(ask, items, scheduler)
    else:
        many = min(workers or workers_here(), len(items))
        told = by_itself(ask, items) if many <= 1 else in_pool(ask, items, many)
    for each in told:
        count(f"of {len(items):,} books")
        yield each


def ending(call: Call, failures: Sequence[FailureRow], *, found: bool) -> int:
    """Show which books failed and why, unless JSON has told it; return the exit code: the gravest there was."""
    if failures and not call.as_json:
        show_rows("Failed", FAILED, failures)
    return max((each.exit_code for each in failures), default=FINDINGS if found else 0)
