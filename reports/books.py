"""What `lotwork books` and `lotwork all` tell: the state of each book, and what one command came to in every book."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from msgspec import UNSET, UnsetType

from lotwork.reports.rows import Day, Row, Table, Usd, Words

IS_FILED, IS_READY, IS_OPEN, IS_UNKNOWN, IS_DRAFT = "filed", "ready", "open", "unknown", "draft"
"""How a year stands: its return is filed; nothing stops it; something does; its law is not known. A file: a draft."""


class YearRow(Row, frozen=True, kw_only=True):
    """A year that is over: how its return stands, and what of it stops `lotwork file`, counted by its codes."""

    year: int
    state: str
    open: int
    codes: dict[str, int]
    why: str | None


class WatchedRow(Row, frozen=True, kw_only=True):
    """A source of a book, when it last answered, and what its trouble is."""

    name: str
    kind: str
    last_success: str | None
    trouble: str | None


class BookRow(Row, frozen=True, kw_only=True):
    """A book: how many events, the last of them, its sources, and its years that are over."""

    home: Words
    book: Words
    events: int
    head: str
    last_event: str | None
    sources: tuple[WatchedRow, ...]
    open: int
    years: tuple[YearRow, ...]

    @property
    def folder(self) -> Words:
        """The name of the home's folder."""
        return PurePath(self.home).name

    @property
    def last_look(self) -> Words:
        """When a source of the book answered last."""
        looks = [each.last_success for each in self.sources if each.last_success]
        return max(looks, default="never" if self.sources else "nothing watched")

    @property
    def stops_filing(self) -> int:
        """How much stops `lotwork file` in all years that are over; beside it a book may have other findings."""
        return self.open

    @property
    def years_over(self) -> Words:
        """How the return of each year that is over stands, and what stops it."""
        return "; ".join(f"{each.year}: {_stands(each)}" for each in self.years) or "no year is over"


def _stands(year: YearRow) -> str:
    told = ", ".join(f"{code} {count}" for code, count in year.codes.items())
    return f"{year.open} open ({told})" if told else year.state


class FailureRow(Row, frozen=True, kw_only=True):
    """A book that could not be asked, or whose answer is a refusal: which, and why; no book: the home is not read."""

    home: Words
    book: Words | None
    exit_code: int
    error: str
    message: Words

    @property
    def folder(self) -> Words:
        """The name of the home's folder."""
        return PurePath(self.home).name


class BooksListing(Row, frozen=True, kw_only=True):
    """What `lotwork books` tells."""

    rows: tuple[BookRow, ...]
    failures: tuple[FailureRow, ...]


class AllRow(Row, frozen=True, kw_only=True):
    """What one command came to in one book; what it does not tell of is null.

    due, owed_usd: the next payment and its day, or the balance of a return; overdue_usd: what of it is late already;
    total_usd: the year's tax. state: a digest of the state, or how a return or a file stands. moved, filed_moved: the
    years whose lines move under another law, and those of them whose return is filed; tax_change_usd: by how much the
    total tax of all these years moves. owed_to: the taxpayer's own state, where one is told and its tax is reckoned,
    with what is owed to it; of `rules diff` each state whose tax moves in one of these years, and by how much in all
    (state_tax_change_usd).
    """

    home: Words
    book: Words
    exit_code: int
    position: int | None
    findings: int | None
    due: Day | None
    owed_usd: Usd | None
    overdue_usd: Usd | None
    total_usd: Usd | None
    state: Words | None
    moved: Words | None
    filed_moved: Words | None
    tax_change_usd: Usd | None
    error: str | None
    message: Words | None
    owed_to: str | UnsetType = UNSET
    state_due: Day | UnsetType | None = UNSET
    state_owed_usd: Usd | UnsetType | None = UNSET
    state_overdue_usd: Usd | UnsetType | None = UNSET
    state_tax_change_usd: Usd | UnsetType = UNSET

    @property
    def folder(self) -> Words:
        """The name of the home's folder."""
        return PurePath(self.home).name


class AllListing(Row, frozen=True, kw_only=True):
    """What `lotwork all` tells; results_digest is over every book's answer, whoever worked it out and in what order."""

    command: str
    year: int | None
    books: int
    asked: int
    unchanged: int
    owed_usd: Usd | None
    overdue_usd: Usd | None
    results_digest: str
    files: tuple[str, ...]
    rows: tuple[AllRow, ...]
    failures: tuple[FailureRow, ...]
    state_owed_usd: Usd | UnsetType | None = UNSET
    """What is owed to states; left out where no book owes to one."""
    state_overdue_usd: Usd | UnsetType | None = UNSET


BOOKS = Table(
    BookRow,
    lambda row: (row.folder, row.book, row.events, row.last_event, row.last_look, row.stops_filing, row.years_over),
).leaving(lambda row: (row.last_event, row.events))
FAILED = Table(FailureRow, lambda row: (row.folder, row.book, row.exit_code, row.error, row.message)).leaving(
    lambda row: (row.error,)
)
OWED = Table(
    AllRow, lambda row: (row.due, row.folder, row.book, row.owed_usd, row.overdue_usd, row.findings)
).leaving(lambda row: (row.findings,))  # fmt: skip
TO_STATES = Table(
    AllRow,
    lambda row: (row.state_due, row.folder, row.book, row.owed_to, row.state_owed_usd, row.state_overdue_usd),
)
"""The rows of `quarterly` that owe to a state, told below the others."""
RETURNS_TO_STATES = Table(AllRow, lambda row: (row.state_due, row.folder, row.book, row.owed_to, row.state_owed_usd))
"""Those of `liability`: what a return leaves to pay is due on one day, and no part of it before."""
RETURNS = Table(
    AllRow, lambda row: (row.due, row.folder, row.book, row.total_usd, row.owed_usd, row.state, row.findings)
).leaving(lambda row: (row.findings,))  # fmt: skip
STATES = Table(AllRow, lambda row: (row.folder, row.book, row.position, row.state, row.findings))
MOVES = Table(AllRow, lambda row: (row.folder, row.book, row.moved, row.filed_moved, row.tax_change_usd))
STATE_MOVES = Table(AllRow, lambda row: (row.folder, row.book, row.owed_to, row.state_tax_change_usd))
"""The rows of `rules diff` in which the tax of a state moves, told below the others."""
TABLES: Mapping[str, Table[AllRow]] = {
    "quarterly": OWED, "liability": RETURNS, "file": RETURNS, "forms": STATES, "packet": STATES, "replay": STATES,
    "rules diff": MOVES,
}  # fmt: skip
