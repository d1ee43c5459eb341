"""The rows of every year of a book, written year by year beside its log: a question about a year reads those of it.

While a book is folded to be kept, it keeps the rows of every year; from time to time they are taken out of it and
written, each year's in files of their own. A file is named by the hash of what is in it, and only what a state names
(`projections.replay.kept`, whose own bytes are hashed) is read: so it is bound to all that the state is bound to. One
that is gone, or is not what was written, makes that state one that has no rows, and it is passed over.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar, overload

import msgspec

from lotwork.ledger.units import ONE_DAY
from lotwork.projections.basis.removals import OF_THEIR_OWN_YEAR
from lotwork.projections.findings_kept import codes_of
from lotwork.projections.gains import GainRow
from lotwork.projections.income import IncomeRow
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.encoded import Encoded
from lotwork.projections.replay.files import write_whole
from lotwork.projections.replay.marks import Mark, Marks, empty_mark
from lotwork.projections.waiting_list import WaitingList

SUFFIX = ".rows"
SMALL = 4_000
"""A file of fewer rows is written anew with what comes, so that a year has few of them."""
R = TypeVar("R", GainRow, IncomeRow)


class Run(NamedTuple):
    """Rows that were folded one after another: the place of the first among those of all years, and how many.

    The rows are JSON, and made when one of them is looked at.
    """

    place: int
    size: int
    rows: msgspec.Raw


class EveryYear(Collection[int]):
    """Every year, and none by its number."""

    def __contains__(self, year: object) -> bool:
        return True

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0


EVERY = EveryYear()


class KeptRows(Sequence[R]):
    """The rows of *runs*, made anew whenever they are gone through."""

    def __init__(self, runs: Sequence[Run], decoder: msgspec.json.Decoder[list[R]], last: int | None = None) -> None:
        self._runs = runs
        self._decoder: msgspec.json.Decoder[list[R]] = decoder
        self._last = sum(run.size for run in runs) if last is None else last

    def __len__(self) -> int:
        return self._last

    def __iter__(self) -> Iterator[R]:
        return islice(chain.from_iterable(self._decoder.decode(run.rows) for run in self._runs), self._last)

    @overload
    def __getitem__(self, place: int) -> R: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[R]: ...
    def __getitem__(self, place: int | slice) -> R | Sequence[R]:
        if isinstance(place, slice) and place.start is None and place.step is None:
            return KeptRows(self._runs, self._decoder, place.indices(len(self))[1])
        return tuple(self)[place]


_gains, _income = msgspec.json.Decoder(list[GainRow]), msgspec.json.Decoder(list[IncomeRow])


class YearRows(msgspec.Struct):
    """Rows and marks of one year, in the order they were folded in."""

    gains: list[Run] = msgspec.field(default_factory=list)
    income: list[Run] = msgspec.field(default_factory=list)
    marks: list[Mark] = msgspec.field(default_factory=list)

    def __len__(self) -> int:
        return sum(run.size for run in chain(self.gains, self.income))

    def extend(self, more: YearRows) -> None:
        """Take what follows of the same year."""
        self.gains += more.gains
        self.income += more.income
        self.marks += more.marks


Held: TypeAlias = dict[int, YearRows]
"""The rows of some years."""


class Piece(NamedTuple):
    """A file of rows of a year: the hash it is named by, and how many are in it."""

    year: int
    hash: str
    rows: int


class Written(msgspec.Struct):
    """What was written of the rows of a book, and how many there were of all years."""

    pieces: list[Piece] = msgspec.field(default_factory=list)
    rows: int = 0
    receipts: int = 0


class RowFiles(msgspec.Struct):
    """The files of rows in a folder."""

    folder: Path

    def write(self, rows: YearRows) -> str | None:
        """Write *rows* and return the hash of their file; None where the disk takes none."""
        content = msgspec.json.encode(rows)
        name = hashlib.sha256(content).hexdigest()
        return name if write_whole(self._file(name), (content,)) else None

    def read(self, written: Written, years: Collection[int]) -> dict[int, YearRows] | None:
        """Return the rows of *years* by what was *written*; None where a file is gone, or not what was written."""
        found = {year: YearRows() for year in years}
        for piece in written.pieces:
            if piece.year in found:
                rows = self.one(piece)
                if rows is None:
                    return None
                found[piece.year].extend(rows)
        return found

    def one(self, piece: Piece) -> YearRows | None:
        """Return the rows of one file."""
        try:
            content = self._file(piece.hash).read_bytes()
            if hashlib.sha256(content).hexdigest() == piece.hash:
                return msgspec.json.decode(content, type=YearRows)
        except (OSError, msgspec.MsgspecError):
            pass
        return None

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"


class Gathering(msgspec.Struct):
    """The rows of every year of a *book* that is being folded, those of the years *asked* for held too."""

    book: Book
    asked: frozenset[int]
    files: RowFiles
    written: Written
    held: dict[int, YearRows]
    """The rows of the years asked for, as far as they were taken out of the book."""
    is_whole: bool = True
    """Whether the disk took all that was to be written."""
    encoded: Encoded = msgspec.field(default_factory=Encoded)
    """What was encoded of its findings when it was kept last."""

    @classmethod
    def begin(cls, book: Book, asked: Collection[int], files: RowFiles, written: Written, held: Held) -> Gathering:
        """Return what gathers the rows of *book*, which has none yet: *held* are those of the years *asked* by now."""
        book.gains.years = book.income.years = EVERY
        book.marks = Marks.of_every_year(book.history.calendar, book.latest)
        book.marks.receipts = written.receipts
        return cls(book, frozenset(asked), files, Written([*written.pieces], written.rows, written.receipts), held)

    def gather(self) -> None:
        """Take the rows out of the book, but for those that a purchase may yet mend, and write them."""
        gains, income, marks = self.book.gains, self.book.income, self.book.marks
        waiting = [] if self.book.lots.wash is None else self.book.lots.wash.rows_waiting()
        end = min(waiting) - gains.gone if waiting else len(gains.rows)
        parts = dict[int, YearRows]()
        for year, run in _runs(gains.rows[:end], gains.gone, _year_sold):
            _of(parts, year).gains.append(run)
        for year, came in _runs(income.rows, marks.receipts, _year_received):
            _of(parts, year).income.append(came)
        for mark in marks.take():
            _of(parts, self.book.history.calendar.day(mark.before - ONE_DAY).year).marks.append(mark)
        gains.gone += end
        marks.receipts += len(income.rows)
        del gains.rows[:end]
        income.rows.clear()
        for year, rows in parts.items():
            if year in self.asked:
                self.held[year].extend(rows)
            self.is_whole = self._write(year, rows) and self.is_whole
        self.written.rows, self.written.receipts = gains.gone, marks.receipts

    def _write(self, year: int, rows: YearRows) -> bool:
        pieces, size = self.written.pieces, len(rows)
        last = next((piece for piece in reversed(pieces) if piece.year == year), None)
        if last is not None and last.rows < SMALL:
            before = self.files.one(last)
            if before is not None:
                before.extend(rows)
                rows, size = before, size + last.rows
                pieces.remove(last)
        name = self.files.write(rows)
        if name is not None:
            pieces.append(Piece(year, name, size))
        return name is not None

    def done(self) -> Book:
        """Return the book as one that keeps the rows of the years asked for, and of no other."""
        self.gather()
        return lay(self.book, self.held)


def lay(book: Book, held: Held) -> Book:
    """Lay the rows *held* of some years to *book*, which then keeps those years and tells of no other; return it.

    What a purchase may yet mend is in the book, and in no file.
    """
    years = sorted(held)
    for year, run in _runs(book.gains.rows, book.gains.gone, _year_sold):
        if year in held:
            held[year].gains.append(run)
    gains = sorted((run for year in years for run in held[year].gains), key=_place)
    income = sorted((run for year in years for run in held[year].income), key=_place)
    places = [place for place, each in enumerate(book.gains.removals) if each.day.year in held]
    elsewhere = {each.disposal for each in book.gains.removals if each.day.year not in held}
    told = {mark.before: mark for year in years for mark in held[year].marks}
    book.gains.years = book.income.years = frozenset(years)
    if book.lots.wash is not None:
        for loss in book.lots.wash.losses:
            loss.row = _place_among(gains, loss.row)
    book.gains.rows = WaitingList.of(KeptRows(gains, _gains))
    book.gains.gone = 0
    book.gains.removals[:] = [book.gains.removals[place] for place in places]
    book.income.rows = WaitingList.of(KeptRows(income, _income))
    if elsewhere and not OF_THEIR_OWN_YEAR.isdisjoint(codes_of(book.findings)):
        book.findings[:] = [
            each for each in book.findings if each.code not in OF_THEIR_OWN_YEAR or each.event not in elsewhere
        ]
    book.marks = Marks.of(years, book.history.calendar)
    for instant in book.marks.instants:
        if book.latest is None or instant > book.latest:
            break
        mark = told.get(instant) or empty_mark(instant)
        book.marks.made.append(
            msgspec.structs.replace(
                mark,
                rows=_before(gains, mark.rows),
                receipts=_before(income, mark.receipts),
                removals=bisect_left(places, mark.removals),
            )
        )
    return book


def _of(parts: dict[int, YearRows], year: int) -> YearRows:
    return parts.setdefault(year, YearRows())


def _runs(rows: Iterable[R], place: int, year_of: Callable[[R], int]) -> Iterator[tuple[int, Run]]:
    """Yield the year and the rows of each run of one year; the first of all *rows* has *place*."""
    for year, together in groupby(rows, key=year_of):
        run = list(together)
        yield year, Run(place, len(run), msgspec.Raw(msgspec.json.encode(run)))
        place += len(run)


def _before(runs: Iterable[Run], place: int) -> int:
    """Return how many rows of *runs* stand before *place* among those of all years."""
    return sum(max(0, min(run.size, place - run.place)) for run in runs)


def _place_among(runs: Iterable[Run], place: int | None) -> int | None:
    """Return where the row of *place* among those of all years stands in *runs*; None where it does not."""
    if place is not None and any(run.place <= place < run.place + run.size for run in runs):
        return _before(runs, place)
    return None


def _year_sold(row: GainRow) -> int:
    return row.sold.year


def _year_received(row: IncomeRow) -> int:
    return row.date.year


def _place(run: Run) -> int:
    return run.place
