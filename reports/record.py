"""The listings of what was recorded by hand: `lotwork import` and `lotwork add`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import UNSET, UnsetType

from lotwork.ledger.day_alone import DayTaken
from lotwork.ledger.storage.batch import Appended
from lotwork.projections.costs.words import ELECTRICITY, POWER, category_word
from lotwork.projections.questions.add_command import correct_command
from lotwork.reports.rows import Row
from lotwork.rules.us.no_expense import no_expense
from lotwork.rules.us.schedule_c import CATEGORIES


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


class DayRow(Row, frozen=True, kw_only=True):
    """What a day alone was taken for: an instant, the noon or the midnight of that day in a zone.

    zone_told: whether a profile tells the zone; priced_then: whether a price is still to be had, that of the instant.
    """

    day: str
    at: str
    hour: str
    zone: str
    zone_told: bool
    priced_then: bool


class AddListing(Row, frozen=True, kw_only=True):
    """What `lotwork add` tells: the event, whether it is new, and what its day was taken for if it was told no hour."""

    id: str
    appended: int
    known: int
    day_taken: DayRow | UnsetType = UNSET


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


def list_added(done: Appended, taken: DayTaken | None) -> AddListing:
    """Return the one event that was told, and what a day alone was *taken* for."""
    return AddListing(
        id=next(iter((*done.new, *done.known)), ""),
        appended=len(done.new),
        known=len(done.known),
        day_taken=UNSET if taken is None else _day_row(taken),
    )


def _day_row(taken: DayTaken) -> DayRow:
    return DayRow(
        day=taken.day,
        at=taken.at,
        hour=taken.hour,
        zone=taken.zone,
        zone_told=taken.is_told,
        priced_then=taken.is_priced_then,
    )


def day_in_words(listing: AddListing, book: str) -> str:
    """Return what the day of an added event was taken for; empty where an hour was told."""
    taken = listing.day_taken
    if isinstance(taken, UnsetType):
        return ""
    whose = "the zone of your profile" if taken.zone_told else "since no profile tells your zone"
    told = f"{taken.day} names no hour: taken for its {taken.hour} in {taken.zone}, {whose} ({taken.at})."
    if not taken.priced_then:
        return told
    later = correct_command(book, listing.id, {"at": "INSTANT"}, "the hour it came")
    return f"{told} The price will be that of this minute; where you know another: `{later}`"


def category_in_words(listing: AddListing, category: str, book: str) -> str:
    """Return that a bill stands among the other expenses, where its word has no line of its own; else nothing."""
    word = category_word(category)
    if word in CATEGORIES or no_expense(word) is not None:
        return ""
    told = f"{category} has no line of its own on Schedule C: it stands among the other expenses, under that word."
    if word not in POWER:
        return f"{told} `lotwork add expense --help` names words that have one."
    meant = correct_command(book, listing.id, {"category": ELECTRICITY}, "power is electricity")
    return f"{told} Power that a meter counts is {ELECTRICITY}, which has one: `{meant}`"
