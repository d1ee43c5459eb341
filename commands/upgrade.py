"""`lotwork upgrade-check`: whether another version opens this log, and which figures it would move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from lotwork import __version__
from lotwork.commands.answer import FINDINGS, Call, called, print_result
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.codec import SCHEMA_VERSION
from lotwork.ledger.counting import count
from lotwork.ledger.history import History
from lotwork.ledger.storage.chain import FORMAT_VERSION
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.filing.recorded import years_recorded
from lotwork.projections.replay.book import Book
from lotwork.reports.upgrade import MOVES, MovedFigure, ProgramRow, UpgradeListing
from lotwork.service.other_version import DONE, Program, copy_of, program_at, this_program


@click.command("upgrade-check")
@click.option("--to", "place", metavar="PLACE", help="The other version: a wheel, its environment, or its command.")
@Wide
@called
def upgrade_check_command(call: Call, *, place: str | None) -> int:
    """Say whether a version of Lotwork opens this log, and which figures of its years it would work out otherwise.

    Without --to: which formats and versions the log is written in, and which this Lotwork reads. With it, the other
    version verifies, replays and answers over a copy; the log itself it never sees.
    """
    call.check_named()
    with call.log(begun=False) as log:
        found = log.verify()
        if not found.ok:
            raise found.error(f"{found.message}; nothing was asked of another version")
        if place is None:
            listing = _listing(log, _this(), found.events)
        else:
            with program_at(place) as other, copy_of(log, SystemClock()) as home:
                listing = _compared(log, home, other, found.events)
        if call.as_json:
            print_result("upgrade_check", listing, head=log.head(call.book))
        else:
            _show(listing)
    return 0 if listing.ok else FINDINGS


def _listing(
    log: EventLog,
    now: ProgramRow,
    events: int,
    then: ProgramRow | None = None,
    years: Mapping[str, tuple[int, ...]] | None = None,
    moved: tuple[MovedFigure, ...] = (),
) -> UpgradeListing:
    formats, schemas = log.written_in()
    return UpgradeListing(
        ok=now.opens and (then is None or then.opens) and not moved,
        events=events,
        formats=formats,
        reads_format=FORMAT_VERSION,
        schema_versions={str(version): events for version, events in schemas.items()},
        reads_schema_version=SCHEMA_VERSION,
        now=now,
        then=then,
        years_compared=years or {},
        moved=moved,
    )


def _compared(log: EventLog, home: Path, other: Program, events: int) -> UpgradeListing:
    """Ask this program and *other* the same of the copy in *home*."""
    books = log.books()
    then = _opened(other, home, books)
    if not then.opens:
        return _listing(log, _this(), events, then)
    ours, law = this_program(), None
    years = {book: years_recorded(Book.begin(History.read(log, book)).fold()) for book in books}
    moved: list[MovedFigure] = []
    for book, told in years.items():
        for year in told:
            before, after = (_return_of(program, home, book, year) for program in (ours, other))
            law = law if before is None else before["law"]
            moved += _moved(book, year, _lines(before), _lines(after))
    return _listing(log, _this(law), events, then, years, tuple(moved))


def _this(law: str | None = None) -> ProgramRow:
    return ProgramRow(version=__version__, opens=True, message="", law=law)


def _opened(program: Program, home: Path, books: Iterable[str]) -> ProgramRow:
    """Return whether *program* verifies the log and replays every book, and under which law."""
    version, law = program.version(home), None
    code, _, said = program.ask(home, "verify")
    for book in books if code in DONE else ():
        replayed = program.answer(home, "replay", "--book", book)
        count("answers of either version")
        if replayed is None:
            code, _, said = program.ask(home, "replay", "--book", book)
            break
        law = replayed["law"]
    opens = code in DONE
    return ProgramRow(version=version, opens=opens, message="" if opens else said, law=law)


def _return_of(program: Program, home: Path, book: str, year: int) -> Any:
    """Return the return of *year* as *program* works it out; None where it knows no law of the year."""
    count("answers of either version")
    return program.answer(home, "liability", "--year", str(year), "--book", book)


def _lines(told: Any) -> dict[tuple[str, str], str]:
    return {} if told is None else {(row["form"], row["line"]): row["amount_usd"] for row in told["lines"]}


def _moved(
    book: str, year: int, now: Mapping[tuple[str, str], str], then: Mapping[tuple[str, str], str]
) -> Iterator[MovedFigure]:
    for form, line in dict.fromkeys((*now, *then)):
        before, after = now.get((form, line)), then.get((form, line))
        if before != after:
            yield MovedFigure(book=book, year=year, form=form, line=line, now_usd=before, then_usd=after)


def _show(listing: UpgradeListing) -> None:
    schemas = ", ".join(f"{events} in version {version}" for version, events in listing.schema_versions.items())
    formats = ", ".join(map(str, listing.formats))
    tell(
        f"The log: {listing.events} events ({schemas}), chains of format {formats}; all as they were written."
        if listing.events
        else "The log has no event yet."
    )
    tell(
        f"Lotwork {listing.now.version} reads versions up to {listing.reads_schema_version} and format "
        f"{listing.reads_format}: it opens this log."
    )
    then = listing.then
    if then is None:
        tell("Of another version, ask with --to: a wheel, its environment, or its command.")
    elif not then.opens:
        tell(f"Lotwork {then.version} does not open it: {then.message}")
    else:
        compared = sum(map(len, listing.years_compared.values()))
        tell(f"Lotwork {then.version} opens it, verifies it and replays it.")
        law = "the same law" if then.law == listing.now.law else f"law {then.law} in the place of {listing.now.law}"
        if listing.moved:
            tell(f"It goes by {law}, and works these lines out otherwise:")
            show_rows("Figures that would move", MOVES, listing.moved)
        else:
            tell(f"It goes by {law}, and comes to the same figures in each of {compared} years of a book.")
