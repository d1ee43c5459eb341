"""What `lotwork forms --format pdf` needs beside the rows: rigs by year, payments, what is open, what was amended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotwork.commands.answer import Call, by_code, first_few
from lotwork.commands.as_of_options import AsOfOptions
from lotwork.commands.diff import amended_since
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.as_of import Folded
from lotwork.projections.filing.filed import filings
from lotwork.projections.findings import Finding
from lotwork.projections.forms.rig_schedules import rig_schedules
from lotwork.projections.questions.add_command import findings_in, in_book
from lotwork.reports.amended import AmendmentListing, list_amendment
from lotwork.reports.answers import answer_quarterly
from lotwork.reports.forms.drawn import Drawing


def on_paper(
    call: Call, log: EventLog, drawing: Drawing, folded: Folded, findings: Iterable[Finding], options: AsOfOptions
) -> Drawing:
    """Return *drawing* with what goes on paper alone. A return that is not filed, or filed otherwise, is a draft."""
    year, history = drawing.form.year, folded.book.history
    day = options.as_of or history.calendar.day(SystemClock().now())
    until = options.fold(call, log, (year,), options.until(year))
    amended, unfiled = _amended(call, log, year, options) if filings(history, year) else (None, _unfiled(call, year))
    return drawing._replace(
        open=tuple(_told(call, year, findings)),
        unfiled=(unfiled,) if unfiled else (),
        rigs=() if drawing.owed is None else rig_schedules(folded.book, folded.law, drawing.owed),
        payments=answer_quarterly(until, year, day, "cheaper").listing,
        amended=amended,
    )


def _amended(call: Call, log: EventLog, year: int, options: AsOfOptions) -> tuple[AmendmentListing | None, str]:
    listing = list_amendment(*amended_since(call, log, year, options))
    if not listing.differs:
        return None, ""
    filed = f"the return filed on {listing.filed_on}"
    if not listing.lines:
        return listing, f"the state's return as now known differs from {filed}: see its amended one"
    return listing, f"what is now known differs from {filed}: see Form 1040-X"


def _unfiled(call: Call, year: int) -> str:
    command = in_book(f"`lotwork file --year {year}`", call.book)
    return f"the return of {year} is not recorded as filed: {command} records it"


def _told(call: Call, year: int, findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """Yield of each kind of finding the first few, with the command that lists the others, as a terminal has them."""
    for code, told in by_code(findings_in(call.book, findings)).items():
        shown = first_few(told)
        for finding in shown:
            yield code, finding.message
        if len(shown) < len(told):
            listed = in_book(f"`lotwork findings --year {year} --code {code}`", call.book)
            yield code, f"and {len(told) - len(shown)} more like these: {listed} lists them"
