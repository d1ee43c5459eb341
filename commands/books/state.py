"""How one book stands: its events, when its sources were last heard of, and what stops `lotwork file`, by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from lotwork.commands.books.places import Place
from lotwork.commands.source.listing import source_rows
from lotwork.config import FILE, load
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.history import History
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.filing.filed import filings
from lotwork.projections.filing.law_effect import years_of
from lotwork.projections.law_in_force import law_in_force
from lotwork.reports.books import IS_FILED, IS_OPEN, IS_READY, IS_UNKNOWN, BookRow, WatchedRow, YearRow
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law
from lotwork.service.daemon_told import ask
from lotwork.service.ledger_place import open_log
from lotwork.service.return_filing import make_return

HAPPENINGS = ("receipt", "sale", "movement", "suspense", "business_income", "equipment_sale")
"""What a year has to tell of though no figure comes of it yet: a receipt without a price, coins that left."""


def state_of(place: Place) -> BookRow:
    """Return how the book at *place* stands now; each year that is over is held to what `lotwork file` asks."""
    home, now = Path(place.home), SystemClock().now()
    with open_log(home) as log:
        head = log.head(place.book)
        history = History.read(log, place.book, up_to=head.position)
        years = tuple(_years(home, log, history, now))
        last = next((event for _, event in log.read(place.book, after=head.position - 1)), None)
        return BookRow(
            home=place.home,
            book=place.book,
            events=head.position,
            head=head.hash,
            last_event=None if last is None else print_instant(last.at.astimezone(UTC).replace(microsecond=0)),
            sources=tuple(_sources(home, log, place.book)),
            open=sum(year.open for year in years),
            years=years,
        )


def _years(home: Path, log: EventLog, history: History, now: datetime) -> Iterator[YearRow]:
    """Yield the years that are over and have something to be told of, each held to what `lotwork file` asks."""
    filed = {each.year for each in filings(history)}
    over = history.calendar.day(now).year
    happened = {history.calendar.day(event.at).year for event in history.of_kind(*HAPPENINGS)}
    if history.up_to:
        happened.update(years_of(history, law_in_force(history, Law.load())))
    for year in sorted(filed.union(year for year in happened if year < over)):
        if year in filed:
            yield YearRow(year=year, state=IS_FILED, open=0, codes={}, why=None)
            continue
        try:
            made = make_return(home, log, history.book, year, (), None, now)
        except UnknownFigureError as unknown:
            yield YearRow(year=year, state=IS_UNKNOWN, open=0, codes={}, why=str(unknown))
            continue
        codes = dict(Counter(finding.code for finding in made.still_open))
        stands = IS_OPEN if codes else IS_READY
        yield YearRow(year=year, state=stands, open=sum(codes.values()), codes=codes, why=None)


def _sources(home: Path, log: EventLog, book: str) -> Iterator[WatchedRow]:
    """Yield the sources of *book* that the settings of *home* name."""
    if not (home / FILE).exists():
        return
    settings = load(home).settings
    for row in source_rows(settings, ask(home, settings.daemon), log):
        if row.book == book:
            yield WatchedRow(name=row.name, kind=row.kind, last_success=row.last_success, trouble=row.trouble)
