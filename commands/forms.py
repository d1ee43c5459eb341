"""`lotwork forms`: a year's Form 8949 in files, as preparers' programs import it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click

from lotwork.commands.answer import Call, answer, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year, asked_year
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError
from lotwork.ledger.events import US
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.as_of import Folded
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.filing.check import Prepared, acknowledged, name_of, prepare
from lotwork.projections.filing.filed import filings
from lotwork.projections.findings import Finding
from lotwork.projections.forms.form_8949 import asks_of_brokers, form_8949
from lotwork.projections.replay.book import Book
from lotwork.reports.forms.drawn import STOPS, Drawing
from lotwork.reports.forms.folder import (
    FILES,
    FORMATS,
    MANIFEST,
    PDF,
    SCHEDULE_D,
    FormsListing,
    drafted,
    draw,
    formats_named,
    list_forms,
    manifest,
)
from lotwork.reports.states import papers_of, state_in_words
from lotwork.service.drawn_folder import draw_folder


@click.command("forms")
@Year
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Draw the files into DIR.")
@click.option("--format", "formats", metavar="NAMES", help=f"Of {', '.join(FORMATS)}.  [default: all but txf and pdf]")
@Wide
@called
@reading
def forms_command(call: Call, *, year: int | None, out: Path, formats: str | None, options: AsOfOptions) -> int:
    """Draw a year's Form 8949 into files: the IRS's columns, Drake, TaxAct, TurboTax, a workbook.

    With --format pdf every form of the return as a worksheet to print.

    All of them, or none. What stops `lotwork file` makes each of them a draft, which its name says.
    """
    year = asked_year(call, year, options.as_of)
    wanted = formats_named(formats)
    with call.log() as log:
        log.check_written(call.book)
        drawing, folded, _, findings = drawing_of(call, log, year, options)
        if PDF in wanted:
            from lotwork.commands.on_paper import on_paper  # noqa: PLC0415 - paper needs payments and amendments too

            drawing = on_paper(call, log, drawing, folded, findings, options)
        files = draw(drawing, wanted)
        listing = list_forms(drawing, files, str(out))
        name = drafted(MANIFEST) if listing.draft else MANIFEST
        draw_folder(out, {**{each.name: each.content for each in files}, name: manifest(listing, drawing)})
        return answer(
            call, "forms", listing, log=log, law=folded.law, findings=findings, up_to=folded.book.history.up_to,
            show=lambda: _show(listing),
        )  # fmt: skip


def drawing_of(
    call: Call, log: EventLog, year: int, options: AsOfOptions, now: datetime | None = None
) -> tuple[Drawing, Folded, Prepared, list[Finding]]:
    """Return what the files are drawn from, with the return behind it and the findings of that year.

    They are what stops `lotwork file`, and what is asked about the brokers' forms: what is open about another year
    alone is no matter of these files.
    """
    folded = options.fold(call, log, (year,))
    book = folded.book
    jurisdiction = book.taxpayer.profile_on(year_end(year)).jurisdiction
    if jurisdiction != US:
        raise UsageError(f"forms are those of the United States, and the profile says {jurisdiction}: see `liability`")
    now = now or SystemClock().now()
    today = options.as_of or book.history.calendar.day(now)
    prepared = prepare(book, folded.law, year, now if options.as_of is None else None)
    around: Book | None = None
    if asks_of_brokers(book, year):
        around = options.fold(call, log, (year - 1, year, year + 1)).book
    form = form_8949(book, folded.law, prepared.owed, around)
    found = {name_of(each): each for each in (*prepared.open, *form.findings)}
    head = log.head(call.book, up_to=book.history.up_to)
    drawing = Drawing(
        form=form,
        assets=book.history.assets,
        book=call.book,
        law=folded.law.digest,
        position=head.position,
        head=head.hash,
        draft=tuple(_draft(book, prepared.open, year, today)),
        owed=prepared.owed,
        state=papers_of(prepared.state, prepared.law),
        state_says=() if prepared.state.state is None else tuple(state_in_words(prepared.state)),
    )
    return drawing, folded, prepared, list(found.values())


def _draft(book: Book, still_open: tuple[Finding, ...], year: int, today: date) -> Iterator[str]:
    """Yield why the files are a draft: the year goes on, or something is open that the filed return does not name."""
    if today <= year_end(year):
        yield f"the year {year} is not over"
    filed = filings(book.history, year)
    _, left = acknowledged(still_open, filed[-1].acknowledged if filed else ())
    for finding in left:
        yield f"{name_of(finding)} is open{STOPS}: {finding.message}"


def _show(listing: FormsListing) -> None:
    """Print what was drawn; what a finding says stands once, among the findings below."""
    show_rows(f"Form 8949 of {listing.year}, in {listing.out}", FILES, listing.files)
    show_rows("Schedule D", SCHEDULE_D, listing.schedule_d)
    for words in listing.notes:
        tell(words)
    for words in listing.draft_because:
        why, stops, _ = words.partition(STOPS)
        tell(f"DRAFT: {why}{stops}")
