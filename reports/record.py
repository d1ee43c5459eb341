"""The listings of what was recorded by hand: `lotwork import` and `lotwork add`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lotwork.ledger.storage.batch import Appended
from lotwork.reports.rows import Row


class BookRow(Row, frozen=True, kw_only=True):
    """What an import did to a book: how much was new, how much known already, and where the log ends now."""

    book: str
    appended: int
    known: int
    position: int
    head: str


class FileRow(Row, frozen=True, kw_only=True):
    """What became of the rows of a file; reasons: why rows were left out, and how many for each.

    asked: those of the reasons that wait for a person's word; notes: what else a person should know of how it was read;
    alike: how many rows say what another row of the file says; unread: the columns that nothing reads, each with the
    one it may be.
    """

    file: str
    rows: int
    left_out: int
    reasons: Mapping[str, int]
    asked: Mapping[str, int]
    notes: tuple[str, ...]
    alike: int
    unread: Mapping[str, str | None]


class RevisionRow(Row, frozen=True, kw_only=True):
    """A known row that now says otherwise; set: by key, what it would set (null: the key goes).

    void: what is to be void where the row does not tell its event any more, or where it tells it again; else null.
    """

    book: str
    event: str
    where: str
    set: Mapping[str, object]
    void: str | None
    recorded: bool


class ImportListing(Row, frozen=True, kw_only=True):
    """What `lotwork import` tells."""

    dry_run: bool
    events: int
    """How many the files held."""
    appended: int
    known: int
    books: tuple[BookRow, ...]
    files: tuple[FileRow, ...]
    revisions: tuple[RevisionRow, ...]


class AddListing(Row, frozen=True, kw_only=True):
    """What `lotwork add` tells: the event, and whether it is new."""

    id: str
    appended: int
    known: int


def list_import(
    events: int,
    books: tuple[BookRow, ...],
    files: Iterable[FileRow],
    revisions: Iterable[RevisionRow],
    *,
    dry_run: bool,
) -> ImportListing:
    """Return what an import of so many *events* did, book by book, file by file and row by known row."""
    return ImportListing(
        dry_run=dry_run,
        events=events,
        appended=sum(row.appended for row in books),
        known=sum(row.known for row in books),
        books=books,
        files=tuple(files),
        revisions=tuple(revisions),
    )


def book_row(done: Appended, repeated: int = 0) -> BookRow:
    """Return what was appended to a book, with the rows that were known by another spelling, so many *repeated*."""
    return BookRow(
        book=done.book,
        appended=len(done.new),
        known=len(done.known) + repeated,
        position=done.head.position,
        head=done.head.hash,
    )


def list_added(done: Appended) -> AddListing:
    """Return the one event that was told."""
    return AddListing(id=next(iter((*done.new, *done.known)), ""), appended=len(done.new), known=len(done.known))
