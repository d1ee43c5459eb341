"""`lotwork all`: one command asked of every book, what it came to in one table, and every answer in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import click
from msgspec import UNSET

from lotwork.commands.answer import Call, called, check_year, print_alone
from lotwork.commands.books.asking import QUESTIONS, Ask, Item, Told, command_of, new_run, this_program
from lotwork.commands.books.kept import Kept
from lotwork.commands.books.options import Homes, Scheduler, Workers, asked, books_meant, ending
from lotwork.commands.books.places import Place
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.errors import UsageError
from lotwork.ledger.storage.files import write_private
from lotwork.projections.as_of import BOOK_LAW
from lotwork.reports.book_lines import ResultRow, brief, list_all, result_rows
from lotwork.reports.books import RETURNS_TO_STATES, STATE_MOVES, TABLES, TO_STATES, AllListing
from lotwork.reports.lines import dollars

FIRST_BOOK = ("--home=.", "--book=main", "--json", "--out=.")
"""What each book is named by, for a look at whether the words can be understood."""


@click.command("all", context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND [OPTIONS]")
@click.option("--year", type=int, metavar="Y", help="The tax year.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Keep every answer in DIR, a line a book; an interrupted run goes on from there.")  # fmt: skip
@click.option("--parquet", is_flag=True, help="And as Parquet (lotwork[parquet]).")
@Homes
@Workers
@Scheduler
@Wide
@called
def all_command(
    call: Call, *, words: tuple[str, ...], year: int | None, out: Path | None, parquet: bool, homes: Path | None,
    workers: int | None, scheduler: str | None,
) -> int:  # fmt: skip
    """Ask one COMMAND of every book: replay, quarterly, liability, file --dry-run, forms, packet or "rules diff".

    Its own options stand behind it. A book that fails stops no other: it is listed with why, and the exit code is the
    gravest there was. With --out, only the books whose head, law or command is another than before are asked again.
    """
    command, own = _command(words)
    ask = _ask(command, own, year, out)
    if parquet and out is None:
        raise UsageError("--parquet is a file beside the answers: name the folder with --out DIR")
    if parquet:
        from lotwork.reports.parquet import check_extra  # noqa: PLC0415 - an extra

        check_extra()
    found = books_meant(call, homes)
    if out is None:
        told = [brief(each.line) for each in asked(ask, [Item(place) for place in found.books], workers, scheduler)
                if each.line is not None]  # fmt: skip
        return _say(call, list_all(command, year, told, found.unread, unchanged=0, files=()))
    kept = Kept(out, "-".join([*command.split(), *([] if ask.year is None else [str(ask.year)])]))
    try:
        items = [Item(place, kept.key(place)) for place in found.books]
        unchanged = _keep(kept, asked(ask, items, workers, scheduler))
        files = [str(kept.finish(found.books)), *(_parquet(kept, found.books) if parquet else ())]
    finally:
        kept.close()
    lines = [kept.line(place) for place in found.books]
    return _say(call, list_all(command, year, lines, found.unread, unchanged=unchanged, files=files))


def _command(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the command that *words* begin with, and what stands behind it."""
    first = " ".join(words[0].split())
    if first == "rules" and words[1:2] == ("diff",):
        first, words = "rules diff", words[1:]
    elif first == "packet" and words[1:2] == ("build",):
        words = words[1:]
    if first not in QUESTIONS:
        raise UsageError(f"{words[0]!r} is not asked of all books: {', '.join(QUESTIONS)} are")
    return first, tuple(words[1:])


def _ask(command: str, words: tuple[str, ...], year: int | None, out: Path | None) -> Ask:
    """Return what is asked, where its words can be understood; refuse what would record something."""
    question = QUESTIONS[command]
    if year is not None:
        check_year(year)
    if question.out is not None and out is None:
        raise UsageError(f"{command} writes files: name the folder they go into with --out DIR")
    if year is None and question.needs_year:
        raise UsageError(f"name the year of {command} for all books with --year: it may not be this year everywhere")
    year = year if question.takes_year else None
    own = [*words, *question.words, *([] if year is None else [f"--year={year}"])]
    place = FIRST_BOOK if question.out else FIRST_BOOK[:-1]
    asks = command_of(command).make_context(command, [*own, *place])
    if command == "file" and not asks.params["dry_run"]:
        raise UsageError("file records a return, one at a time and by a person: say file --dry-run")
    laws = tuple(BOOK_LAW if asks.params[name] is None else str(asks.params[name]) for name in question.laws)
    folder = str(out.absolute()) if question.out and out is not None else None
    return Ask(command, words, year, laws, folder, is_kept=out is not None, program=this_program(),
               run=new_run())  # fmt: skip


def _keep(kept: Kept, told: Iterable[Told]) -> int:
    """Keep what is *told*; return of how many books the answer that was kept still is the answer."""
    unchanged = 0
    for each in told:
        if each.line is None:
            unchanged += 1
        else:
            kept.add(each.place, each.line)
    return unchanged


def _parquet(kept: Kept, books: Sequence[Place]) -> Iterator[str]:
    from lotwork.reports.parquet import Sheet, parquet  # noqa: PLC0415 - an extra

    named = parquet([Sheet(kept.file.stem, ResultRow, result_rows(kept.read(books)))])
    for name, content in named.items():
        if name.startswith(kept.file.stem):
            place = kept.file.with_name(name)
            new = place.with_suffix(".new")
            new.unlink(missing_ok=True)
            write_private(new, content)
            new.replace(place)
            yield str(place)


def _say(call: Call, listing: AllListing) -> int:
    if call.as_json:
        print_alone("all", listing)
    else:
        _show(listing)
    return ending(call, listing.failures, found=any(row.findings for row in listing.rows))


def _show_states(listing: AllListing) -> None:
    """Show what is owed to states, by when and by whom, where a book owes to one."""
    rows = [row for row in listing.rows if row.owed_to is not UNSET]
    if not rows:
        return
    if listing.command == "rules diff":
        show_rows("The tax of states", STATE_MOVES, rows)
        return
    rows.sort(key=lambda row: (row.state_due if isinstance(row.state_due, date) else date.max, row.home, row.book))
    table = TO_STATES if listing.command == "quarterly" else RETURNS_TO_STATES
    show_rows("Owed to states", table, rows)
    if isinstance(listing.state_owed_usd, str):
        overdue = listing.state_overdue_usd
        late = f", of it overdue {dollars(overdue)}" if isinstance(overdue, str) else ""
        tell(f"Owed to states in all: ${dollars(listing.state_owed_usd)}{late}.")


def _show(listing: AllListing) -> None:
    of = "" if listing.year is None else f", {listing.year}"
    many = "1 book" if listing.books == 1 else f"{listing.books} books"
    show_rows(f"{listing.command}{of}: {many}", TABLES[listing.command], listing.rows)
    if listing.owed_usd is not None:
        late = "" if listing.overdue_usd is None else f", of it overdue {dollars(listing.overdue_usd)}"
        tell(f"Owed in all: ${dollars(listing.owed_usd)}{late}.")
    _show_states(listing)
    if listing.command == "rules diff":
        moved = [row for row in listing.rows if row.filed_moved]
        tell(f"A filed return moves in {len(moved)} of {len(listing.rows)} books.")
    if listing.unchanged:
        tell(f"{listing.unchanged} as they were; {listing.asked} asked.")
    for file in listing.files:
        tell(f"Kept in {file}")
