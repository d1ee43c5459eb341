"""A book's state, kept on the disk so that the next replay begins where the last one ended.

A checkpoint is a convenience and never a source: it is believed only where the log has the same hash at its position,
the same program wrote it, and its bytes are what was written; and it is gone on from only where nothing told since
reaches back (`projections.replay.appendable`). Anything else is replayed from zero, which comes to the same.

A book has a checkpoint for the law it is folded under, and the rows of every year beside it
(`projections.replay.years`); the MOST that were asked for last stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from lotwork.ledger.gc_pause import gc_paused
from lotwork.ledger.history import History
from lotwork.ledger.sources import read_sources
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.filer.activities import FOR_EVER
from lotwork.projections.law_in_force import folded_law, law_in_force
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.as_known import LogAsKnown
from lotwork.projections.replay.book import Book, shipped_law
from lotwork.projections.replay.compared import SUFFIX as FOUND
from lotwork.projections.replay.files import prune, prune_unnamed
from lotwork.projections.replay.frames import read_head
from lotwork.projections.replay.kept import WHOLE, Bound, Kept
from lotwork.projections.replay.stops import SUFFIX as STOP
from lotwork.projections.replay.stops import Stops
from lotwork.projections.replay.years import SUFFIX as ROWS
from lotwork.projections.replay.years import Gathering, RowFiles, Written, YearRows, lay
from lotwork.rules.load import Law

FOLDER_NAME = "checkpoints"
SUFFIX = ".json"
ROOMS = ("ledger", "projections", "rules")
SOURCES = (".py", ".toml")
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

    def file(self, book: str, law: str, view: str = WHOLE) -> Path:
        """Return where the checkpoint of *book* under the *law* of that digest stands, whatever the book's name."""
        return self.folder / f"{_name(book)}-{_name(law + view)}{SUFFIX}"

    @gc_paused()
    def replay(  # noqa: PLR0913 - what is asked, and what is known of it already
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
        keep: bool = False,
    ) -> Replayed:
        """Return *book* folded up to *up_to*, from its checkpoint where that may be, and keep where it came to.

        It keeps rows for *years* and goes by *law*; *history* is the book's up to *up_to*, where it is read already. Of
        fewer than *least* events folded nothing is kept, nor of a log that goes on after *up_to* or that something was
        left out of, unless whoever asks will ask again, and says *keep*.
        """
        head = _head(log, book, up_to)
        if history is None:
            history = History.read(log, book, up_to=head.position)
        if head.position < least:
            return _whole(history, years, law, head)
        is_end = up_to is None or head == log.head(book)
        view = WHOLE if is_end else f"up to {head.position}"
        if isinstance(history.log, LogAsKnown):
            view = history.log.view
        digest = _digest(history, law)
        fold = _Folding(
            self, log, head, history, frozenset(years), law, digest, view, least if view == WHOLE or keep else None
        )
        resumed = None if from_zero else fold.from_checkpoint() or fold.from_stop()
        return resumed or fold.from_zero()

    @gc_paused()
    def cut(
        self, log: EventLog, history: History, years: Collection[int], law: Law | None, until: date | None, least: int
    ) -> Book:
        """Return the book of *history* folded up to the end of its day, or of *until*; nothing of it is kept."""
        head = _head(log, history.book, history.up_to)
        end = _end_of(history, until)
        if head.position >= least:
            fold = _Folding(self, log, head, history, frozenset(years), law, _digest(history, law), WHOLE, None)
            resumed = fold.from_checkpoint(end) or fold.from_stop(end)
            if resumed is not None:
                return resumed.book
        return Book.begin(history, years, law).fold(until=until)

    def keep(self, gathering: Gathering, head: Head, law: str, view: str) -> None:
        """Write down what the book of *gathering*, folded up to *head*, came to; a full disk keeps none."""
        if not gathering.is_whole:
            return
        bound = _bound(head, law, view, gathering.written, gathering.book.latest)
        file = self.file(head.book, law, view)
        Kept.of(gathering.book).write(file, msgspec.json.encode(bound), gathering.encoded)
        prune(self.folder, SUFFIX, MOST)
        named = self._named()
        for suffix in (ROWS, FOUND):
            prune_unnamed(self.folder, suffix, named)

    def _named(self) -> frozenset[str]:
        named: set[str] = set()
        for suffix in (SUFFIX, STOP):
            for file in self.folder.glob(f"*{suffix}"):
                with suppress(OSError, msgspec.MsgspecError):
                    told = msgspec.json.decode(read_head(file), type=Named)
                    named.update((told.compared, *(piece.hash for piece in told.written.pieces)))
        return frozenset(named)

    def bound(self, log: EventLog, book: str, law: str, view: str = WHOLE) -> Bound | None:
        """Return what the checkpoint of *book* under the *law* of that digest is bound to; None: not to this log."""
        try:
            bound = msgspec.json.decode(read_head(self.file(book, law, view)), type=Bound)
        except (OSError, msgspec.MsgspecError):
            return None
        hash_then = log.hash_at(book, bound.position)
        if hash_then is None:
            return None
        told = _bound(Head(book, bound.position, hash_then), law, view, bound.written, bound.latest)
        return bound if bound == told else None

    def read(self, log: EventLog, book: str, law: str, view: str = WHOLE) -> Checkpoint | None:
        """Return the checkpoint of *book* under the *law* of that digest; None where there is none to believe."""
        bound = self.bound(log, book, law, view)
        kept = None if bound is None else Kept.read(self.file(book, law, view))
        return None if bound is None or kept is None else Checkpoint(bound, kept)


class Named(msgspec.Struct):
    """Of any state that was kept: the files that belong to it."""

    written: Written
    compared: str = ""


class _Folding(msgspec.Struct, frozen=True):
    """One question: a history that is folded up to *head* under *law*, with the rows of *years*."""

    kept: Checkpoints
    log: EventLog
    head: Head
    history: History
    years: frozenset[int]
    law: Law | None
    digest: str
    view: str
    least: int | None
    """From as many events folded now the end is kept; None: it is not."""

    def from_checkpoint(self, end: datetime | None = None) -> Replayed | None:
        """Return the book gone on with from a checkpoint, up to the instant *end*; None where there is none to.

        What the log came to before serves the past too, where it was kept as early.
        """
        if isinstance(self.history.log, LogAsKnown) or self.view == WHOLE:
            return self._from_checkpoint(self.view, end)
        return self._from_checkpoint(self.view, end) or self._from_checkpoint(WHOLE, end)

    def _from_checkpoint(self, view: str, end: datetime | None) -> Replayed | None:
        bound = self.kept.bound(self.log, self.head.book, self.digest, view)
        if bound is None or bound.position > self.head.position:
            return None
        if end is not None and (bound.latest is None or bound.latest >= end):
            return None
        known = self.kept.read(self.log, self.head.book, self.digest, view)
        files = RowFiles(self.kept.folder)
        held = None if known is None else files.read(known.bound.written, self.years)
        if known is None or held is None:
            return None
        written, income = known.bound.written, known.kept.state.income
        if income.listing and income.listed:
            self.history.compare_lists()  # what was folded rests on it, and so do the questions about it
        book = known.kept.lay(self._begin(), written)
        tail = read_appendable(book, known.position, self.head.position)
        if tail is None:
            return None
        if end is not None:
            tail = [event for event in tail if event.at < end]
        far = self.least is not None and len(tail) >= self.least
        gathering = Gathering.begin(book, self.years, files, written, held) if far else None
        (book if far else lay(book, held)).take(tail)
        if book.finds_doubts():
            return None
        if gathering is not None:
            self._end(gathering)
        return Replayed(book, self.head, len(tail), known.position)

    def from_stop(self, end: datetime | None = None) -> Replayed | None:
        """Return the book gone on with from the last stop that may be believed; None where there is none."""
        stops = self._stops()
        begun = stops.begin(self.history, self.years, self.law, end)
        if begun is None:
            return None
        book, before = begun.book, begun.book.events
        if self.least is None:
            lay(book, begun.held).take_all(begun.blocks, end)
            gathering = None
        else:
            files = RowFiles(self.kept.folder)
            gathering = Gathering.begin(book, self.years, files, begun.written, begun.held)
            stops.fold(gathering, begun.blocks, self.head.position - begun.position)
        if book.finds_doubts():
            return self.from_stop(end)  # what is found now is held against what was when each stop was kept
        if gathering is not None:
            self._end(gathering, book.events - before)
        return Replayed(book, self.head, book.events - before, begun.position)

    def from_zero(self) -> Replayed:
        """Return the book folded whole; what a pool's list does not have is known at the end, and folds it anew."""
        if self.least is None:
            return _whole(self.history, self.years, self.law, self.head)
        stops = self._stops()
        gathering = self._gathering()
        stops.fold(gathering, self.history.blocks(), self.head.position)
        if gathering.book.finds_doubts():
            stops.forget(self.history)
            gathering = self._gathering()
            stops.fold(gathering, self.history.blocks(), self.head.position)
        book = gathering.book
        self._end(gathering, book.events)
        return Replayed(book, self.head, book.events, 0)

    def _begin(self) -> Book:
        return Book.begin(self.history, (), self.law)

    def _gathering(self) -> Gathering:
        held = {year: YearRows() for year in self.years}
        return Gathering.begin(self._begin(), self.years, RowFiles(self.kept.folder), Written(), held)

    def _stops(self) -> Stops:
        past = self.view != WHOLE
        law = _ruling(self.history, self.law)
        return Stops(self.kept.folder, self.log, self.head, program_digest, law, of_the_past=past)

    def _end(self, gathering: Gathering, folded: int | None = None) -> None:
        """Keep where the book came to, and let it have the rows of its years alone."""
        gathering.gather()
        if self.least is not None and (folded is None or folded >= self.least):
            self.kept.keep(gathering, self.head, self.digest, self.view)
        gathering.done()


def _whole(history: History, years: Collection[int], law: Law | None, head: Head) -> Replayed:
    """Return the book of *history* folded from zero, of which nothing is kept."""
    book = Book.begin(history, years, law).fold()
    return Replayed(book, head, book.events, 0)


def _end_of(history: History, until: date | None) -> datetime:
    """Return the instant at which *history*, or the day *until* within it, ends."""
    if until is None:
        return FOR_EVER if history.end is None else history.end
    end = history.calendar.midnight(until + ONE_DAY)
    return end if history.end is None else min(end, history.end)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _bound(head: Head, law: str, view: str, written: Written, latest: datetime | None) -> Bound:
    return Bound(
        program=program_digest(),
        book=head.book,
        law=law,
        position=head.position,
        head=head.hash,
        written=written,
        latest=latest,
        view=view,
    )


def _ruling(history: History, law: Law | None) -> Law:
    return folded_law(law_in_force(history, shipped_law()) if law is None else law)


def _digest(history: History, law: Law | None) -> str:
    return _ruling(history, law).digest


def _head(log: EventLog, book: str, up_to: int | None) -> Head:
    head = log.head(book)
    if up_to is None or up_to >= head.position:
        return head
    return Head(book, up_to, log.hash_at(book, up_to) or Head(book).hash)


@cache
def program_digest(rooms: tuple[str, ...] = ROOMS) -> str:
    """Return the SHA-256 of the source of *rooms*; those that make a state: another program's is not gone on from."""
    digest, house = hashlib.sha256(), Path(__file__).parents[2]
    for room in rooms:
        for content in read_sources(house / room, *SOURCES).values():
            digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()
