"""Stops: what a book had come to before an instant, kept on the way: what reaches back begins there, and not at zero.

A stop is believed where the same program wrote it under the same law, the log has the same hash at its position, and
nothing told since reaches back before its instant (`projections.replay.reach`), nor is something else found by holding
all of history against itself of what happened before (`projections.replay.compared`). Anything else is passed over, and
an earlier stop or zero comes to the same.

They lie ever closer towards the end: half of what is left is folded before the next one, so that what happened d events
ago is replayed from at most 2 d before the end. But no two lie closer than APART events, nor than a part of what the
book holds by then: what a stop of a large book costs to write and to read, so many events cost to fold. Each is a whole
state; the findings that the one before it held are not encoded again (`projections.replay.encoded`).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import Event
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import ONE_DAY
from lotwork.projections.basis.allocation import METHOD
from lotwork.projections.filer.activities import ALWAYS, FOR_EVER
from lotwork.projections.law_in_force import digest_by
from lotwork.projections.pricing import NEAR
from lotwork.projections.replay.appendable import LONGEST
from lotwork.projections.replay.as_known import LogAsKnown
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.compared import Found, differing, first_of, found_in, name_of, read_found, write_found
from lotwork.projections.replay.files import prune
from lotwork.projections.replay.frames import read_head
from lotwork.projections.replay.kept import Bound, Kept, Position
from lotwork.projections.replay.reach import OF_ALL_HISTORY, Reach, reach_of
from lotwork.projections.replay.years import Gathering, Held, RowFiles, Written
from lotwork.rules.load import Law

SUFFIX = ".stop"
MOST_STOPS = 32
"""As many stops a home keeps."""
AT_ONCE = 20_000
"""So many events are folded before their rows are written."""
APART = 1_000
"""As many events lie between two stops at least."""
HELD_FOR_ONE = 16
"""So many lots and findings a book holds for each event between two stops: to read them costs what that event does."""


class StopAt(Bound, forbid_unknown_fields=True, kw_only=True):
    """What a stop is bound to, and where it stands."""

    law_by: str
    """The digest of what a fold asks of the law of all that happened before."""
    compared: str
    """The digest of what holding history against itself found."""
    before: datetime
    after: Position
    """The position up to which what was told in order happened before."""
    wallets: list[str]
    assets: list[str]
    """What the events before it name."""
    at_start: int
    """How many of the troubles of its state were told before the first event."""


class Begun(NamedTuple):
    """A book gone on with from a stop, and the blocks of events it takes next."""

    book: Book
    written: Written
    held: Held
    """The rows of the years asked for, which nobody laid to the book yet."""
    blocks: Iterator[Sequence[Event]]
    position: int


class Differing(NamedTuple):
    """The events of which something else is found now than when a stop was kept, and when the first one happened."""

    since: datetime
    names: frozenset[str]


class Stops:
    """The stops of one book in a home, under one law as a fold asks it."""

    def __init__(
        self, folder: Path, log: EventLog, head: Head, program: Callable[[], str], law: Law, *, of_the_past: bool
    ) -> None:
        self._folder = folder
        self._log = log
        self._head = head
        self._program = program
        self._law = law
        self._digest = law.digest
        self._of_the_past = of_the_past
        """Whether the log goes on after the head: then a stop takes the place of none at its end."""

    def fold(self, gathering: Gathering, blocks: Iterable[Sequence[Event]], left: int) -> None:
        """Fold *blocks* onto the book of *gathering*, about *left* events, and keep stops on the way.

        None is kept of a log that something was left out of.
        """
        book = gathering.book
        pieces = _Pieces(blocks, book.history)
        compared = found_in(book.history)
        is_kept = write_found(self._folder, compared) if left > APART else False
        of_log = not isinstance(book.history.log, LogAsKnown)
        while of_log and left > (apart := _apart(book)) and not pieces.are_over():
            before = book.events
            self._take(gathering, pieces, max(left // 2, apart))
            turn = _turn_after(book)
            book.take_all(pieces.until(turn))
            if pieces.are_over():
                break
            gathering.gather()
            if is_kept:
                self._keep(gathering, turn, name_of(compared), pieces.troubles)
            left -= book.events - before
        self._take(gathering, pieces, None)

    def _take(self, gathering: Gathering, pieces: _Pieces, count: int | None) -> None:
        """Fold *count* events, or all that is left, and take the rows out of the book now and then."""
        while not pieces.are_over() and (count is None or count > 0):
            piece = AT_ONCE if count is None else min(count, AT_ONCE)
            gathering.book.take_all(pieces.next(piece))
            if piece == AT_ONCE:
                gathering.gather()
            count = None if count is None else count - piece

    def begin(
        self, history: History, years: Collection[int], law: Law | None, end: datetime | None = None
    ) -> Begun | None:
        """Return the book gone on with from the last stop that may be believed; None where none may.

        Where it is folded up to the instant *end*, the stop is one before.
        """
        last = FOR_EVER if end is None else end - NEAR
        reaches: dict[int, Reach] = {}
        files = RowFiles(self._folder)
        compared = found_in(history)
        differ: dict[str, Differing | None] = {}
        for at, file in self._found(history):
            if at.before > last or not self._is_of_log(at):
                continue
            if at.compared not in differ:
                differ[at.compared] = self._differing(history, at.compared, compared)
            otherwise = differ[at.compared]
            if otherwise is None or at.before > otherwise.since:
                continue
            if at.position not in reaches:
                reaches[at.position] = self._reach(history, at.position)
            reach = reaches[at.position]
            if at.before > reach.since or _may_come_late(history, at.before):
                continue
            if not (reach.wallets.isdisjoint(at.wallets) and reach.assets.isdisjoint(at.assets)):
                continue
            stop = Kept.read(file)
            if stop is None or not (reach.touched | otherwise.names).isdisjoint(stop.state.twins.marked):
                continue
            held = files.read(at.written, years)
            if held is None:
                continue
            book = stop.lay(Book.begin(history, (), law), at.written)
            told = stop.state.troubles[at.at_start :]
            return Begun(book, at.written, held, history.blocks_from(at.before, at.after, told), at.position)
        return None

    def forget(self, history: History) -> None:
        """Let go of the stops of the book as the log now stands: it was folded otherwise."""
        for at, file in self._found(history):
            if (at.law, at.position, at.head) == (self._digest, self._head.position, self._head.hash):
                with suppress(OSError):
                    file.unlink()

    def _keep(self, gathering: Gathering, turn: datetime, compared: str, troubles: int) -> None:
        if not gathering.is_whole:
            return
        book = gathering.book
        at = StopAt(
            program=self._program(),
            book=self._head.book,
            law=self._digest,
            law_by=self._law_by(book.history, turn),
            position=self._head.position,
            head=self._head.hash,
            written=gathering.written,
            latest=book.latest,
            compared=compared,
            before=turn,
            after=self._log.told_before(self._head.book, turn, self._head.position),
            wallets=sorted({wallet for wallet, _ in book.balances.held}),
            assets=sorted({asset for _, asset in book.balances.held}),
            at_start=book.history.at_start,
        )
        past = self._head.position if self._of_the_past else ""
        name = hashlib.sha256(f"{at.book} {at.law} {turn} {past}".encode()).hexdigest()[:32]
        kept = Kept.of(book)
        kept.state.troubles = kept.state.troubles[:troubles]
        kept.write(self._folder / f"{name}{SUFFIX}", msgspec.json.encode(at), gathering.encoded)
        prune(self._folder, SUFFIX, MOST_STOPS)

    def _law_by(self, history: History, turn: datetime) -> str:
        return digest_by(self._law, history.calendar.day(turn))

    def _found(self, history: History) -> list[tuple[StopAt, Path]]:
        """Return the stops of this book under this law, or one that agrees with it so far, the last first."""
        found = []
        for file in self._folder.glob(f"*{SUFFIX}"):
            with suppress(OSError, msgspec.MsgspecError):
                at = msgspec.json.decode(read_head(file), type=StopAt)
                of_law = at.law == self._digest or at.law_by == self._law_by(history, at.before)
                if at.book == self._head.book and of_law and at.program == self._program():
                    found.append((at, file))
        return sorted(found, key=lambda entry: entry[0].before, reverse=True)

    def _is_of_log(self, at: StopAt) -> bool:
        return self._log.hash_at(at.book, at.position) == at.head

    def _differing(self, history: History, name: str, now: Found) -> Differing | None:
        then = read_found(self._folder, name)
        if then is None:
            return None
        names = differing(then, now)
        return Differing(first_of(names, (then, now), history, self._log), names)

    def _reach(self, history: History, position: int) -> Reach:
        """Return how far back reaches what *history* counts and the log up to *position* does not, or the other way."""
        counts, since = _counted(history, self._head.position)
        first, last = min(position, since), max(position, self._head.position)
        if last - first > LONGEST:
            return Reach(ALWAYS)
        told = self._log.read(history.book, after=first, up_to=last)
        others = (event for place, event in told if (place <= position) != counts(place, event))
        return reach_of(history, self._log, chain(others, _cut_off(history)))


def _cut_off(history: History) -> list[Event]:
    """Return what *history* does not count by its day, though it bears on what happened before."""
    if history.end is None:
        return []
    return [
        event
        for event in msgspec.structs.replace(history, end=None).of_kind(*OF_ALL_HISTORY)
        if not history.counts(event)
    ]


def _counted(history: History, up_to: int) -> tuple[Callable[[int, Event], bool], int]:
    """Return what says of a position and an event if *history*, which ends at *up_to*, counts it, and since where.

    Up to that position it counts all that stands in the log.
    """
    left = history.log
    if isinstance(left, LogAsKnown):
        return (lambda place, event: place <= up_to and left.counts(place, event)), min(left.position, up_to)
    return (lambda place, _: place <= up_to), up_to


class _Pieces:
    """Events in blocks and in order, taken piece by piece; what is left of a block is kept for the next."""

    def __init__(self, blocks: Iterable[Sequence[Event]], history: History) -> None:
        self._blocks = iter(blocks)
        self._history = history
        self._pull()

    def _pull(self) -> None:
        self.troubles = len(self._history.troubles)
        """How many were told by what stands before the following event."""
        self._block: Sequence[Event] = next(self._blocks, ())

    def _cut(self, count: int) -> Sequence[Event]:
        """Return the next *count* events, or those of a block."""
        whole = self._block
        if count < len(whole):
            self._block = whole[count:]
            return whole[:count]
        self._pull()
        return whole

    def next(self, count: int) -> Iterator[Sequence[Event]]:
        """Yield *count* events, and those of the same instant as the last of them."""
        last: datetime | None = None
        while count > 0 and not self.are_over():
            some = self._cut(count)
            count, last = count - len(some), some[-1].at
            yield some
        while last is not None and (same := bisect_right(self._block, last, key=_instant)):
            yield self._cut(same)

    def until(self, instant: datetime) -> Iterator[Sequence[Event]]:
        """Yield what happened before *instant*."""
        while before := bisect_left(self._block, instant, key=_instant):
            yield self._cut(before)

    def are_over(self) -> bool:
        """Say if nothing is left."""
        return not self._block


def _apart(book: Book) -> int:
    """Return how many events lie between two stops of *book*, as large as it is now."""
    held = len(book.findings) + sum(pool.size for pool in book.lots.pools.values())
    return max(APART, held // HELD_FOR_ONE)


def _turn_after(book: Book) -> datetime:
    """Return the first turn of a day after all that *book* folded; who moves against the sun has one day twice."""
    if book.latest is None:
        return FOR_EVER
    calendar, day = book.history.calendar, book.history.calendar.day(book.latest)
    turn = calendar.midnight(day + ONE_DAY)
    while turn <= book.latest:
        day += ONE_DAY
        turn = calendar.midnight(day + ONE_DAY)
    return turn


def _may_come_late(history: History, before: datetime) -> bool:
    """Say if what is told from *before* on may make an allocation one that was made too late, or in time."""
    return any(event.at >= before for event in history.of_kind("election") if getattr(event, "method", "") == METHOD)


_instant = attrgetter("at")
