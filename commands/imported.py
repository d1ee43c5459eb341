"""What an import says: what became of every row of every file, and what known rows now say otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from lotwork.commands.answer import FINDINGS, Call, print_result
from lotwork.commands.telling import tell
from lotwork.ledger.known_rows import Revision
from lotwork.reports.record import FileRow, ImportListing, RevisionRow, book_row, list_import
from lotwork.service.file_import import FileTold, Import

MOST_SHOWN = 20


def say_import(call: Call, done: Import) -> int:
    """Print what became of the files, and return the exit code."""
    listing = _listing(done)
    if call.as_json:
        with call.log(begun=False) as log:
            print_result("import", listing, head=log.head(call.book), findings=done.asked())
        return _code(done)
    if done.dry_run:
        are = "1 event is" if done.events == 1 else f"{done.events} events are"
        tell(f"{are} well; nothing was appended (--dry-run)")
    else:
        for book in listing.books:
            tell(
                f"book {book.book}: {book.appended} appended, {book.known} known already; "
                f"the log ends at {book.position}"
            )
    for file in done.files:
        for sentence in file.sentences():
            tell(f"{file.name}: {sentence}")
        _say_asked(file)
    for sentence in done.repeated():
        tell(sentence)
    _say_revisions(done.intake.revisions, recorded=done.revise and not done.dry_run)
    return _code(done)


def _code(done: Import) -> int:
    """Return the exit code: 1 where something of it needs a person."""
    return FINDINGS if done.waits else 0


def _say_asked(file: FileTold) -> None:
    for finding in file.words_needed():
        tell(finding.message)
    for note in file.notes:
        tell(f"{file.name}: {note}")


def _listing(done: Import) -> ImportListing:
    return list_import(
        done.events,
        tuple(book_row(each, done.intake.repeated[each.book]) for each in done.appended),
        map(_file_row, done.files),
        (
            RevisionRow(
                book=book, event=each.event.id, where=each.where, set=each.changes, void=each.void, recorded=done.revise
            )
            for book, each in done.intake.revisions
        ),
        dry_run=done.dry_run,
    )


def _file_row(file: FileTold) -> FileRow:
    return FileRow(
        file=file.name,
        rows=file.rows,
        left_out=file.left_out,
        reasons=file.reasons,
        asked={why: len(asked.lines) for why, asked in file.asked.items()},
        notes=tuple(file.notes),
        alike=file.alike,
        unread={each.column: each.meant for each in file.unread},
    )


def _say_revisions(revisions: Sequence[tuple[str, Revision]], *, recorded: bool) -> None:
    if not revisions:
        return
    count = f"{len(revisions)} known row{'s' if len(revisions) > 1 else ''}"
    tell(f"{count} revised:" if recorded else f"{count} would be revised; nothing of it is recorded yet:")
    for _, revision in revisions[:MOST_SHOWN]:
        tell(f"  {revision}")
    if len(revisions) > MOST_SHOWN:
        tell(f"  and {len(revisions) - MOST_SHOWN} more: see --json")
    if not recorded:
        tell("Import again with --revise to record this as corrections; leave it out, and the log stays as it is.")
