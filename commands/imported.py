"""What an import says: what became of every row of every file, and what known rows now say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lotwork.commands.answer import FINDINGS, Call, print_result
from lotwork.commands.telling import tell
from lotwork.ledger.events import Event
from lotwork.ledger.intake import Intake
from lotwork.ledger.known_rows import Revision
from lotwork.ledger.not_yet import says_not_yet
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.storage.batch import Appended
from lotwork.ledger.told_again import SETTLED
from lotwork.projections.findings import Finding
from lotwork.reports.record import FileRow, ImportListing, RevisionRow, book_row, list_import

if TYPE_CHECKING:
    from lotwork.ingest.profiles.reading import Asked
    from lotwork.ingest.sheets.unread import Unread

MOST_SHOWN = 20


@dataclass(slots=True)
class FileTold:
    """What became of the rows of one file: those taken, and why each other one was left out."""

    name: str
    rows: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    doubtful: int = 0
    asked: Mapping[str, Asked] = field(default_factory=dict)
    """The reasons that wait for a person's word."""
    notes: Sequence[str] = ()
    """What else a person should know of how it was read."""
    unread: Sequence[Unread] = ()
    """The columns that nothing reads."""
    alike: int = 0
    """How many rows say what another row says."""
    counted_once: bool = False
    """Whether such rows are one event, since the map names their ids."""

    @property
    def left_out(self) -> int:
        """How many rows were left out."""
        return sum(self.reasons.values())

    @property
    def needs_a_person(self) -> bool:
        """Say if nothing was taken of a file that has rows, or if its map may have meant what it does not take."""
        meant = any(each.meant is not None for each in self.unread)
        return bool(self.doubtful or self.asked) or meant or (bool(self.rows) and self.left_out == self.rows)

    def count(self, lines: Iterable[TextLine]) -> Iterator[TextLine]:
        """Yield *lines*, counting them."""
        for line in lines:
            self.rows += 1
            yield line

    def sentences(self) -> Iterator[str]:
        """Yield what no event tells: which rows were left out, which are alike, and which columns nothing reads."""
        if not (self.left_out or self.alike or self.unread):
            return
        from lotwork.ingest.sheets.files import left_out_in_words  # noqa: PLC0415 - only a table has columns
        from lotwork.ingest.sheets.unread import unread_in_words  # noqa: PLC0415 - the same

        if self.left_out:
            yield left_out_in_words(self.reasons, self.rows)
        if self.doubtful:
            yield (
                f"{self.doubtful} rows that the map picks have the other sign: a refund or a reversal is recorded by "
                "hand, or refused by the map"
            )
        if self.alike:
            rows = "1 row says" if self.alike == 1 else f"{self.alike} rows say"
            ends = "has its id: it counts once" if self.counted_once else "counts as an event of its own"
            yield f"{rows} what another row of the file says; each {ends}"
        if self.unread:
            yield unread_in_words(self.unread)


@dataclass(frozen=True, slots=True)
class Import:
    """An import that was done, or tried."""

    files: Sequence[FileTold]
    intake: Intake
    appended: Sequence[Appended]
    revise: bool
    dry_run: bool

    @property
    def events(self) -> int:
        """How many events were told."""
        return sum(map(len, self.intake.events.values()))

    @property
    def new(self) -> list[Event]:
        """The events that were appended, or would be."""
        names = {name for each in self.appended for name in each.new}
        told = (event for events in self.intake.events.values() for event in events)
        return [event for event in told if event.id in names or self.dry_run]

    @property
    def pending(self) -> int:
        """How many of them say that they have not happened yet."""
        notes = (event.note for event in self.new if event.may_repeat != SETTLED)
        return sum(note is not None and says_not_yet(note) for note in notes)

    @property
    def code(self) -> int:
        """The exit code: 1 where something of it needs a person."""
        waiting = (self.intake.revisions and not self.revise) or self.pending
        return FINDINGS if waiting or any(file.needs_a_person for file in self.files) else 0


def say_import(call: Call, done: Import) -> int:
    """Print what became of the files, and return the exit code."""
    listing = _listing(done)
    if call.as_json:
        with call.log(begun=False) as log:
            print_result("import", listing, head=log.head(call.book), findings=_findings(done.files))
        return done.code
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
    _say_repeated(done)
    _say_revisions(done.intake.revisions, recorded=done.revise and not done.dry_run)
    return done.code


def _findings(files: Iterable[FileTold]) -> Iterator[Finding]:
    """Yield what of the rows left out waits for a person, file by file."""
    for file in files:
        for why, asked in file.asked.items():
            yield Finding("rows_need_a_word", f"{file.name}: your word is needed: {why}, {asked}")


def _say_asked(file: FileTold) -> None:
    for finding in _findings([file]):
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


def _say_repeated(done: Import) -> None:
    """Say how many rows may tell an event once more: each is a finding until a person answers it."""
    asked = [event for event in done.new if event.may_repeat not in (None, SETTLED)]
    if done.intake.exported:
        events = "1 event is" if len(done.intake.exported) == 1 else f"{len(done.intake.exported)} events are"
        tell(f"{events} let in as the log they come from holds them: by hand they would be refused")
    if asked:
        rows = "1 row may tell" if len(asked) == 1 else f"{len(asked)} rows may tell"
        tell(f"{rows} once more what is recorded already: it counts, and is asked about (row_told_twice)")
    if done.pending:
        says = "1 event says" if done.pending == 1 else f"{done.pending} events say"
        tell(f"{says} that it has not happened, or not yet: it counts, and is asked about (said_pending)")


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
