"""A book's state, kept on the disk so that the next replay begins where the last one ended.

A checkpoint is a convenience and never a source: it is believed only where the log has the same hash at its position,
the same program wrote it, and its bytes are what was written; and it is gone on from only where nothing told since
reaches back (`projections.replay.appendable`). Anything else is replayed from zero, which comes to the same.

A book has a checkpoint for the law it is folded under, and the rows of every year beside it
(`projections.replay.years`); the MOST that were asked for last stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.law_in_force import folded_law, law_in_force
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book, shipped_law
from lotwork.projections.replay.files import prune
from lotwork.projections.replay.kept import Bound, Kept, read_head
from lotwork.projections.replay.stops import SUFFIX as STOP
from lotwork.projections.replay.stops import Stops
from lotwork.projections.replay.years import Gathering, RowFiles, Written, YearRows, lay
from lotwork.rules.load import Law

FOLDER_NAME = "checkpoints"
SUFFIX = ".json"
ROOMS = ("ledger", "projections", "rules")
SOURCES = frozenset({".py", ".toml"})
MOST = 12
"""As many checkpoints a home keeps."""
FAR = 1_000
"""From as many folded events on, a command keeps where it came to; fewer are folded as fast as they are written."""


class Checkpoint(NamedTuple):
    """What a book came to at a position, with what it is bound to."""

    bound: Bound
    kept: Kept

    @property
    def position(self) -> int:
        """The last position that was folded."""
        return self.bound.position


class Replayed(NamedTuple):
    """A folded book, where it ends, how many events were folded now, and the position it went on from (0: zero)."""

    book: Book
    head: Head
    folded: int
    resumed_from: int


class Checkpoints:
    """The checkpoints of one home, a file for each book and the law it is folded under."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER_NAME
        self._rows = RowFiles(self.folder)

    def file(self, book: str, law: str) -> Path:
        """Return where the checkpoint of *book* under the *law* of that digest stands, whatever the book's name."""
        return self.folder / f"{_name(book)}-{_name(law)}{SUFFIX}"

    def replay(
        self,
        log: EventLog,
        book: str,
        *,
        up_to: int | None = None,
        from_zero: bool = False,
        law: Law | None = None,
        years: Collection[int] = (),
        history: History | None = None,
        least: int = 1,
    ) -> Replayed:
        """Return *book* folded up to *up_to*, from its checkpoint where that may be, and keep where it came to.

        It keeps rows for *years* and goes by *law*; *history* is the book's up to *up_to*, where it is read already. Of
        fewer than *least* events folded nothing is kept, nor of a log that goes on after *up_to*.
        """
        head = _head(log, book, up_to)
        if history is None:
            history = History.read(log, book, up_to=head.position)
        if head.position < least:
            return Replayed(whole := Book.begin(history, years, law).fold(), head, whole.events, 0)
        is_end = up_to is None or head == log.head(book)
        fold = _Folding(
            self, log, head, history, frozenset(years), law, _digest(history, law), least if is_end else None
        )
        resumed = None if from_zero else fold.from_checkpoint() or fold.from_stop()
        return resumed or fold.from_zero()

    def keep(self, gathering: Gathering, head: Head, law: str) -> None:
        """Write down what the book of *gathering*, folded up to *head*, came to; a full disk keeps none."""
        if not gathering.is_whole:
            return
        bound = _bound(head, law, gathering.written)
        Kept.of(gathering.book).write(self.file(head.book, law), msgspec.json.encode(bound))
        prune(self.folder, SUFFIX, MOST)
        self._rows.prune(self._rows_named())

    def _rows_named(self) -> frozenset[str]:
        named: set[str] = set()
        for suffix in (SUFFIX, STOP):
            for file in self.folder.glob(f"*{suffix}"):
                with suppress(OSError, msgspec.MsgspecError):
                    named.update(
                        piece.hash for piece in msgspec.json.decode(read_head(file), type=Named).written.pieces
                    )
        return frozenset(named)

    def read(self, log: EventLog, book: str, law: str) -> Checkpoint | None:
        """Return the checkpoint of *book* under the *law* of that digest; None where there is none to believe."""
        file = self.file(book, law)
        try:
            bound = msgspec.json.decode(read_head(file), type=Bound)
        except (OSError, msgspec.MsgspecError):
            return None
        hash_then = log.hash_at(book, bound.position)
        if hash_then is None or bound != _bound(Head(book, bound.position, hash_then), law, bound.written):
            return None
        kept = Kept.read(file)
        return None if kept is None else Checkpoint(bound, kept)


class Named(msgspec.Struct):
    """Of any state that was kept: the files of its rows."""

    written: Written


@dataclass(frozen=True, slots=True)
class _Folding:
    """One question: a history that is folded up to *head* under *law*, with the rows of *years*."""

    kept: Checkpoints
    log: EventLog
    head: Head
    history: History
    years: frozenset[int]
    law: Law | None
    digest: str
    least: int | None
    """From as many events folded now the end is kept; None: it is not."""

    def from_checkpoint(self) -> Replayed | None:
        """Return the book gone on with from its checkpoint; None where what was told since reaches back."""
        known = self.kept.read(self.log, self.head.book, self.digest)
        if known is None or known.position > self.head.position:
            return None
        files, written = RowFiles(self.kept.folder), known.bound.written
        held = files.read(written, self.years)
        if held is None:
            return None
        income = known.kept.state.income
        if income.listing and income.listed:
            self.history.compare_lists()  # what was folded rests on it, and so do the questions about it
        book = known.kept.lay(self._begin(), written)
        tail = read_appendable(book, known.position, self.head.position)
        if tail is None:
            return None
        far = self.least is not None and len(tail) >= self.least
        gathering = Gathering.begin(book, self.years, files, written, held) if far else None
        (book if far else lay(book, held)).take(tail)
        if book.finds_doubts():
            return None
        if gathering is not None:
            self._end(gathering)
        return Replayed(book, self.head, len(tail), known.position)

    def from_stop(self) -> Replayed | None:
        """Return the book gone on with from the last stop that may be believed; None where there is none."""
        stops = self._stops()
        begun = stops.begin(self.history, self.years, self.law)
        if begun is None:
            return None
        book, before = begun.gathering.book, begun.gathering.book.events
        stops.fold(begun.gathering, begun.events, self.head.position - begun.position)
        if book.finds_doubts():
            return None
        self._end(begun.gathering, book.events - before)
        return Replayed(book, self.head, book.events - before, begun.position)

    def from_zero(self) -> Replayed:
        """Return the book folded whole; what a pool's list does not have is known at the end, and folds it anew."""
        stops = self._stops()
        gathering = self._gathering()
        stops.fold(gathering, self.history.events(), self.head.position)
        if gathering.book.finds_doubts():
            stops.forget()
            gathering = self._gathering()
            gathering.book.take(self.history.events())
        book = gathering.book
        self._end(gathering, book.events)
        return Replayed(book, self.head, book.events, 0)

    def _begin(self) -> Book:
        return Book.begin(self.history, (), self.law)

    def _gathering(self) -> Gathering:
        held = {year: YearRows() for year in self.years}
        return Gathering.begin(self._begin(), self.years, RowFiles(self.kept.folder), Written(), held)

    def _stops(self) -> Stops:
        return Stops(self.kept.folder, self.log, self.head, program_digest(), self.digest)

    def _end(self, gathering: Gathering, folded: int | None = None) -> None:
        """Keep where the book came to, and let it have the rows of its years alone."""
        gathering.gather()
        if self.least is not None and (folded is None or folded >= self.least):
            self.kept.keep(gathering, self.head, self.digest)
        gathering.done()


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _bound(head: Head, law: str, written: Written) -> Bound:
    return Bound(program_digest(), head.book, law, head.position, head.hash, written)


def _digest(history: History, law: Law | None) -> str:
    return folded_law(law_in_force(history, shipped_law()) if law is None else law).digest


def _head(log: EventLog, book: str, up_to: int | None) -> Head:
    head = log.head(book)
    if up_to is None or up_to >= head.position:
        return head
    return Head(book, up_to, log.hash_at(book, up_to) or Head(book).hash)


@cache
def program_digest(rooms: tuple[str, ...] = ROOMS) -> str:
    """Return the SHA-256 of the source of *rooms*; those that make a state: another program's is not gone on from."""
    digest = hashlib.sha256()
    for content in _sources(rooms):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _sources(rooms: tuple[str, ...]) -> Iterator[bytes]:
    house = Path(__file__).parents[2]
    for room in rooms:
        for file in sorted(path for path in (house / room).rglob("*") if path.suffix in SOURCES):
            yield file.read_bytes()
