"""`lotwork export`: a book as it went in, or its coins as other programs keep them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click
import msgspec

from lotwork.commands.answer import FINDINGS, Call, called, show_findings
from lotwork.commands.as_of_options import AsOfOptions
from lotwork.commands.telling import tell, tell_json
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError
from lotwork.ledger.events import Event, Filing
from lotwork.ledger.intake import EXPORTED
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.slips import is_refused_by_hand
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.storage.evidence import Evidence, named_by
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import findings_in

JOURNALS = ("beancount", "hledger")
FOLDERS = ("koinly", "parquet")
EXPORTS = ("jsonl", *FOLDERS, *JOURNALS)
JSONL = EXPORTS[0]


@click.command("export")
@click.argument("form", metavar="[FORMAT]", type=click.Choice(EXPORTS), default=JSONL)
@click.option(
    "--evidence",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Of jsonl: lay the evidence into DIR; named `evidence` beside the file, an import finds it.",
)
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Of koinly and parquet: the files in DIR.")
@called
def export_command(call: Call, *, form: str, folder: Path | None, out: Path | None) -> int:
    """Write the book to standard output: as JSON Lines that `lotwork import` reads back (FORMAT jsonl, where none is
    named), or its coins for beancount or hledger; into a folder for Koinly, or its rows as Parquet.
    """  # noqa: D205 - the sentence is what --help shows
    if folder is not None and form != JSONL:
        raise UsageError(f"--evidence is of jsonl alone: {form} names no evidence")
    if (out is not None) != (form in FOLDERS):
        raise UsageError(
            f"{form} takes several files: name the folder with --out DIR"
            if out is None
            else f"--out is of {' and '.join(FOLDERS)} alone: {form} is written to standard output"
        )
    with call.log() as log:
        if form == JSONL:
            return _events(call, log, folder)
        if out is not None:
            return _koinly(call, log, out) if form == "koinly" else _parquet(call, log, out)
        return _journal(call, log, form)


def _events(call: Call, log: EventLog, folder: Path | None) -> int:
    if folder is not None:
        _lay_evidence(Evidence(call.home), folder, (event for _, event in log.read(call.book)))
    for _, _, public in _public(call, log):
        tell_json(msgspec.json.encode(public) + b"\n")
    sys.stdout.flush()
    return 0


def _public(call: Call, log: EventLog) -> Iterator[tuple[int, Event, Mapping[str, object]]]:
    """Yield every event of the book with its position, and as an import reads it back."""
    assets, end = log.assets(call.book), SystemClock().now() + ONE_DAY
    for position, event in log.read(call.book):
        public = to_contract(event, assets)
        if is_refused_by_hand(event, end):
            public[EXPORTED] = True
        if call.book != MAIN_BOOK:
            public["book"] = call.book
        yield position, event, public


def _journal(call: Call, log: EventLog, form: str) -> int:
    """Print the coins of the book as a journal; what waits for a person is in none of it, and told."""
    from lotwork.projections.journal.trail import trail  # noqa: PLC0415 - JSON Lines need no fold
    from lotwork.reports.journal.beancount import beancount  # noqa: PLC0415 - the same
    from lotwork.reports.journal.entries import journal  # noqa: PLC0415 - the same
    from lotwork.reports.journal.hledger import hledger  # noqa: PLC0415 - the same

    options = AsOfOptions()
    history = options.history(call, log)
    told = trail(history, options.law(call, history))
    head = log.head(call.book)
    title = f"Lotwork, book {call.book}, position {head.position}, head {head.hash}"
    write = beancount if form == "beancount" else hledger
    for line in write(journal(told), history.assets, title):
        tell_json(f"{line}\n".encode())
    sys.stdout.flush()
    return _told(call, told.book.told())


def _told(call: Call, findings: Iterable[Finding]) -> int:
    """List the findings on standard error, and return the exit code they make."""
    found = list(findings_in(call.book, findings))
    show_findings(call.book, found)
    return FINDINGS if found else 0


def _koinly(call: Call, log: EventLog, out: Path) -> int:
    """Lay a file for each wallet into *out*, and say what Koinly's template has no place for."""
    from lotwork.projections.journal.priced_events import priced_events  # noqa: PLC0415 - JSON Lines need no prices
    from lotwork.reports.koinly import koinly  # noqa: PLC0415 - the same
    from lotwork.service.drawn_folder import draw_folder  # noqa: PLC0415 - the same

    history = AsOfOptions().history(call, log)
    told = koinly(priced_events(history), history.assets)
    draw_folder(out, told.files())
    rows, files = ("row" if told.rows == 1 else "rows"), ("file" if len(told.wallets) == 1 else "files")
    tell(f"{out}: {told.rows} {rows} in {len(told.wallets)} {files}, a wallet each", err=True)
    for why, count in sorted(told.not_whole.items()):
        tell(f"  {why.words(count)}", err=True)
    return FINDINGS if told.not_whole else 0


def _parquet(call: Call, log: EventLog, out: Path) -> int:
    """Lay events, open lots, and what was sold, given away and received in every year into *out* as Parquet."""
    from lotwork.reports.gains import DisposalRow, RemovalRow, disposal_row, removal_row  # noqa: PLC0415 - JSON Lines need no fold
    from lotwork.reports.income import ReceiptRow, receipt_row  # noqa: PLC0415 - the same
    from lotwork.reports.lots import LotRow, list_lots  # noqa: PLC0415 - the same
    from lotwork.reports.parquet import EventLine, Sheet, parquet  # noqa: PLC0415 - the same
    from lotwork.service.drawn_folder import draw_folder  # noqa: PLC0415 - the same

    options = AsOfOptions()
    history = options.history(call, log)
    days = [history.calendar.day(event.at) for _, event in log.read(call.book)]
    years = range(min(days).year, max(days).year + 1) if days else range(0)
    book = options.fold(call, log, years).book
    assets = history.assets
    events = (
        EventLine(position=position, id=event.id, kind=str(public["kind"]), at=event.at,
                  json=msgspec.json.encode(public).decode())
        for position, event, public in _public(call, log)
    )  # fmt: skip
    draw_folder(out, parquet((
        Sheet("events", EventLine, events),
        Sheet("lots", LotRow, list_lots(book, None).rows),
        Sheet("gains", DisposalRow, (disposal_row(row, assets) for row in book.gains.rows)),
        Sheet("removals", RemovalRow, (removal_row(each, assets) for each in book.gains.removals)),
        Sheet("income", ReceiptRow, (receipt_row(row, assets) for row in book.income.rows)),
    )))  # fmt: skip
    return _told(call, book.told())


def _lay_evidence(kept: Evidence, folder: Path, events: Iterable[Event]) -> None:
    """Lay what *events* rest on into *folder*, and the law of a return filed; what is lost is left to `verify`."""
    laid = Evidence(folder.parent, folder.name)
    for event in events:
        law = (event.law_files,) if isinstance(event, Filing) and event.law_files else ()
        for sha256 in (*named_by(event), *law):
            if kept.holds(sha256) and not laid.holds(sha256):
                laid.keep(kept.read(sha256))
