"""A book's state, kept on the disk so that the next replay begins where the last one ended.

A checkpoint is a convenience and never a source: it is believed only where the log has the same hash at its position,
the same program wrote it, and its bytes are what was written; and it is gone on from only where nothing told since
reaches back (`projections.replay.appendable`). Anything else is replayed from zero, which comes to the same.

A book that keeps rows has a checkpoint for the years it keeps them of and the law it is folded under, with the rows in
it; the MOST that were asked for last stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
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
from lotwork.projections.replay.kept import Bound, Kept, prune, read_head
from lotwork.projections.replay.rows import Rows
from lotwork.projections.replay.stops import Stops
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
    """The checkpoints of one home, a file for each book, the years whose rows it keeps, and the law it is told."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER_NAME

    def file(self, book: str, years: Collection[int] = (), law: Law | None = None) -> Path:
        """Return where the checkpoint of *book* stands; a book's name may hold what a file's may not."""
        name = _name(book)
        if years or law is not None:
            name += "-" + _name(f"{sorted(years)} {'' if law is None else folded_law(law).digest}")
        return self.folder / f"{name}{SUFFIX}"

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
        known = None if from_zero else self.read(log, book, years, law, history)
        resumed = None
        if known is not None and known.position <= head.position:
            resumed = _resumed(history, known, head, years, law)
        if resumed is None:
            resumed = self._folded(log, head, history, years, law, from_zero=from_zero)
        if resumed.folded >= least and (up_to is None or head == log.head(book)):
            self.keep(resumed.book, head)
        return resumed

    def _folded(
        self, log: EventLog, head: Head, history: History, years: Collection[int], law: Law | None, *, from_zero: bool
    ) -> Replayed:
        """Return the book of *history* folded from the last stop that may be believed, else from zero."""
        stops = Stops(self.folder, log, head, program_digest, _digest(history, law))
        begun = None if from_zero else stops.begin(history, years, law)
        if begun is not None:
            before = begun.book.events
            stops.fold(begun.book, begun.events, head.position - begun.position)
            if not begun.book.finds_doubts():
                return Replayed(begun.book, head, begun.book.events - before, begun.position)
        book = Book.begin(history, years, law)
        stops.fold(book, history.events(), head.position)
        if book.finds_doubts():
            stops.forget()
            book = Book.begin(history, years, law).fold()
        return Replayed(book, head, book.events, 0)

    def keep(self, book: Book, head: Head) -> None:
        """Write down what *book*, folded up to *head*, came to; a full disk keeps none."""
        years = book.gains.years
        if not head.position or not Rows.are_whole(book):
            return
        bound = _bound(head, years, _digest(book.history, book.law))
        Kept.of(book).write(self.file(head.book, years, book.law), msgspec.json.encode(bound))
        prune(self.folder, SUFFIX, MOST)

    def read(
        self,
        log: EventLog,
        book: str,
        years: Collection[int] = (),
        law: Law | None = None,
        history: History | None = None,
    ) -> Checkpoint | None:
        """Return the checkpoint of *book*; None where there is none to believe."""
        file = self.file(book, years, law)
        try:
            bound = msgspec.json.decode(read_head(file), type=Bound)
        except (OSError, msgspec.MsgspecError):
            return None
        hash_then = log.hash_at(book, bound.position)
        if hash_then is None:
            return None
        digest = _digest(History.read(log, book) if history is None else history, law)
        if bound != _bound(Head(book, bound.position, hash_then), years, digest):
            return None
        kept = Kept.read(file)
        return None if kept is None else Checkpoint(bound, kept)


def _resumed(
    history: History, known: Checkpoint, head: Head, years: Collection[int], law: Law | None
) -> Replayed | None:
    """Return the book gone on with from *known*; None where what was told since reaches back."""
    income = known.kept.state.income
    if income.listing and income.listed:
        history.compare_lists()  # what was folded rests on it, and so do the questions about it
    begun = known.kept.lay(Book.begin(history, years, law))
    tail = read_appendable(begun, known.position, head.position)
    if tail is None:
        return None
    begun.take(tail)
    return Replayed(begun, head, len(tail), known.position)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _bound(head: Head, years: Collection[int], law: str) -> Bound:
    return Bound(program_digest(), head.book, sorted(years), law, head.position, head.hash)


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
