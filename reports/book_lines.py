"""The lines in which workers tell what became of each book, and what all of them come to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec
from msgspec import UNSET, UnsetType

from lotwork.ledger.units import ZERO
from lotwork.reports.books import AllListing, AllRow, BookRow, BooksListing, FailureRow
from lotwork.reports.came_to import CAME_TO, Came, Failure
from lotwork.reports.lines import cents
from lotwork.reports.result import schema_of
from lotwork.reports.rows import Row, fields_of

OF_THE_RUN = frozenset({"seconds", "events_per_second", "resumed_from", "out", "file"})
"""The keys of a result that tell how it was made or where it was laid, and nothing of the book."""
LAST_ANSWER = 1
"""The exit code above which a result is a refusal or a failure."""


class BookLine(Row, frozen=True, kw_only=True):
    """A line of the file of results: the book, what its answer is known again by, and the answer as it was printed.

    key: of the head, the law, the command, the program and the day; digest: of the result, less what tells of the run.
    """

    schema: str
    home: str
    book: str
    key: str
    digest: str
    said: tuple[str, ...]
    row: AllRow
    result: msgspec.Raw


class BriefLine(msgspec.Struct, frozen=True):
    """What of a line is read back."""

    home: str
    book: str
    key: str
    digest: str
    row: AllRow


class WholeLine(BriefLine, frozen=True):
    """The same with the answer."""

    result: msgspec.Raw


class StateLine(msgspec.Struct, frozen=True):
    """A line that tells how a book stands."""

    result: BookRow


class ResultRow(AllRow, frozen=True, kw_only=True):
    """A row of the Parquet file: what the table tells, and the answer as JSON."""

    json: str


def line_of(
    command: str, home: str, book: str, exit_code: int, result: bytes, *, key: str, said: Iterable[str],
    filed: Sequence[int],
) -> BookLine:  # fmt: skip
    """Return the line of a *book* that *command* was asked of: *result* is the JSON that it printed.

    *filed* are the years whose return is filed.
    """
    error = message = None
    came = Came()
    if exit_code > LAST_ANSWER:
        failure = msgspec.json.decode(result, type=Failure)
        error, message, told = failure.error, failure.why, b"%d %s" % (exit_code, failure.error.encode())
    else:
        came, told = CAME_TO[command](result, filed), _of_the_book(result)
    row = AllRow(home=home, book=book, exit_code=exit_code, error=error, message=message, **came._asdict())
    return BookLine(
        schema=schema_of("all_line"), home=home, book=book, key=key, digest=hashlib.sha256(told).hexdigest(),
        said=tuple(said), row=row, result=msgspec.Raw(msgspec.json.format(result, indent=-1)),
    )  # fmt: skip


def text_of(line: BookLine) -> bytes:
    """Return *line* as a line of JSON."""
    return msgspec.json.encode(line) + b"\n"


def brief(line: bytes) -> BriefLine:
    """Return what of a line is read back."""
    return msgspec.json.decode(line, type=BriefLine)


def _of_the_book(result: bytes) -> bytes:
    told = msgspec.json.decode(result, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({name: value for name, value in sorted(told.items()) if name not in OF_THE_RUN})


def digest_of(lines: Iterable[BriefLine]) -> str:
    """Return the digest of what was told of all books, whatever homes they are in and in which order they came."""
    told = sorted((each.book, each.digest) for each in lines)
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def list_all(
    command: str, year: int | None, lines: Sequence[BriefLine], unread: Iterable[FailureRow], *, unchanged: int,
    files: Iterable[str],
) -> AllListing:  # fmt: skip
    """Return what *command* came to in every book: who owes by when first, then what failed, by home and book."""
    answered = [each.row for each in lines if each.row.error is None]
    rows = sorted(answered, key=lambda row: (row.due or date.max, row.home, row.book))
    failed = sorted((each.row for each in lines if each.row.error is not None), key=lambda row: (row.home, row.book))
    owed = [row.owed_usd for row in rows]
    return AllListing(
        command=command,
        year=year,
        books=len(lines),
        asked=len(lines) - unchanged,
        unchanged=unchanged,
        owed_usd=_sum(owed),
        overdue_usd=_sum(row.overdue_usd for row in rows),
        results_digest=digest_of(lines),
        files=tuple(files),
        rows=tuple(rows),
        failures=(*unread, *map(_failure, failed)),
        state_owed_usd=_sum_told(row.state_owed_usd for row in rows),
        state_overdue_usd=_sum_told(row.state_overdue_usd for row in rows),
    )


def list_books(lines: Iterable[bytes], unread: Iterable[FailureRow]) -> BooksListing:
    """Return how the books of *lines* stand, and which of them could not be asked."""
    rows, failed = [], [*unread]
    for line in lines:
        row = brief(line).row
        if row.error is None:
            rows.append(msgspec.json.decode(line, type=StateLine).result)
        else:
            failed.append(_failure(row))
    rows.sort(key=lambda row: (row.home, row.book))
    failed.sort(key=lambda row: (row.home, row.book or ""))
    return BooksListing(rows=tuple(rows), failures=tuple(failed))


def result_rows(lines: Iterable[bytes]) -> Iterator[ResultRow]:
    """Yield the rows of a Parquet file of *lines*."""
    for line in lines:
        told = msgspec.json.decode(line, type=WholeLine)
        yield ResultRow(json=bytes(told.result).decode(), **fields_of(told.row))


def _sum(amounts: Iterable[str | None]) -> str | None:
    """Return what is told, added up; a refund is no payment of somebody else's, and is left out."""
    told = [Decimal(amount) for amount in amounts if amount is not None]
    return cents(sum((amount for amount in told if amount > ZERO), ZERO)) if told else None


def _sum_told(amounts: Iterable[str | UnsetType | None]) -> str | UnsetType:
    """Return the same of what only some books tell of; UNSET where none does."""
    told = [amount for amount in amounts if not isinstance(amount, UnsetType)]
    return _sum(told) or UNSET


def _failure(row: AllRow) -> FailureRow:
    return FailureRow(home=row.home, book=row.book, exit_code=row.exit_code, error=row.error or "",
                      message=row.message or "")  # fmt: skip
