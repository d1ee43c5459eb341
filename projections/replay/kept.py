"""What a book came to, in a file: a line of what it is bound to, and its state and rows in frames, each with its hash.

The state is JSON and not msgpack, since a msgpack integer ends at 64 bits, and 19 ether in wei do not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from sys import intern
from typing import Annotated, NamedTuple, TypeAlias, TypeVar

import msgspec

from lotwork.ledger.storage.heads import MOST_POSITION
from lotwork.projections.basis.holdings import Coins
from lotwork.projections.basis.pools import Lot
from lotwork.projections.basis.removals import Removal
from lotwork.projections.basis.waiting import Waiting
from lotwork.projections.findings_kept import KeptFindings, Summary
from lotwork.projections.gains import GainRow
from lotwork.projections.replay.book import Book, BookState
from lotwork.projections.replay.encoded import Encoded, in_frames
from lotwork.projections.replay.frames import Frame, NotWrittenError, read_frames, write_frames
from lotwork.projections.replay.years import Written

T = TypeVar("T")

_STATE, _PLACE, _LOTS, _COINS = b"state", b"place", b"lots", b"coins"
_FINDINGS, _SUMMARY = b"findings", b"summary"
_LEFT = _LOTS, _COINS
"""What stays in a large file until it is asked for."""
LARGE = 4 << 20
"""Bytes of a file that is kept open for it: a host has a thousand smaller books, and may open no thousand files."""

WHOLE = ""
"""The view of a log as all of it stands."""

Position: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=MOST_POSITION)]
"""A position of a log, as a head tells it."""

_place = msgspec.json.Decoder(tuple[str, str])
_lots = msgspec.json.Decoder(list[Lot])
_coins = msgspec.json.Decoder(list[Coins])
_summary = msgspec.json.Decoder(Summary)


class Bound(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a book that was kept is bound to: believed is only one of the same, and nothing else is read as one."""

    program: str
    book: str
    law: str
    """The digest of what a fold asks of the law, the book's own rules in it."""
    position: Position
    head: str
    written: Written
    """The files of its rows."""
    latest: datetime | None
    """The instant of the last event in it."""
    view: str = WHOLE
    """How the log was looked at."""


class Few(msgspec.Struct):
    """The state of a book that keeps the rows of every year, and those of its rows that are in no file."""

    state: BookState
    removals: list[Removal]
    waiting: list[GainRow]
    """Rows that a purchase may yet mend."""


class Kept(NamedTuple):
    """The same, and what it leaves out of the lots and the findings, which are read when one of them is asked for."""

    few: Few
    waiting: Waiting | None = None
    findings: KeptFindings | None = None

    @property
    def state(self) -> BookState:
        """The state of the book, without lots where they are *waiting*, and without findings where they do."""
        return self.few.state

    @classmethod
    def of(cls, book: Book) -> Kept:
        """Return what *book* came to, shared with it: write it down before it goes on."""
        return cls(Few(book.state(), book.gains.removals, [*book.gains.rows]))

    @classmethod
    def read(cls, file: Path) -> Kept | None:
        """Return what *file* holds; None where it cannot be read, or is not what was written."""
        try:
            kept = _joined(read_frames(file, _LEFT if file.stat().st_size > LARGE else ()))
        except (OSError, NotWrittenError, msgspec.MsgspecError, IndexError):
            return None
        with suppress(OSError):
            os.utime(file)
        return kept

    def write(self, file: Path, head: bytes, encoded: Encoded | None = None) -> None:
        """Write this to *file* under the line *head*, whole or not at all; a full disk keeps none.

        Findings that were *encoded* before are not encoded again.
        """
        write_frames(file, head, self._frames(encoded or Encoded()))

    def _frames(self, encoded: Encoded) -> Iterator[tuple[bytes, bytes]]:
        """Yield this part by part: what may be many, lots, coins and findings, in frames of their own."""
        state, lots = self.state, self.state.lots
        without = msgspec.structs.replace(lots, pools=[], lying=[])
        yield (
            _STATE,
            msgspec.json.encode(
                msgspec.structs.replace(self.few, state=msgspec.structs.replace(state, lots=without, findings=[]))
            ),
        )
        yield from _piles(_LOTS, lots.pools)
        yield from _piles(_COINS, lots.lying)
        told = encoded.findings(state.findings)
        for each in told:
            yield _FINDINGS, each.json
        yield _SUMMARY, msgspec.json.encode(Summary.of([each.outline for each in told]))

    def lay(self, book: Book, written: Written) -> Book:
        """Lay this to the empty *book*, which goes on from it without the rows that were *written*; return it."""
        book.resume(self.state, self.waiting)
        if self.findings is not None:
            book.findings.kept = self.findings
        book.gains.resume_rows(self.few.waiting, self.few.removals)
        book.gains.gone = written.rows
        return book


class _Frames(Iterable[T]):
    """What stands in frames, each of which is read when its turn comes."""

    def __init__(self, decode: Callable[[bytes], list[T]]) -> None:
        self._decode = decode
        self.frames: list[Frame] = []

    def __iter__(self) -> Iterator[T]:
        for frame in self.frames:
            yield from self._decode(frame.read())


def _lots_of(content: bytes) -> list[Lot]:
    """Return the lots of a frame; many came on one day, and lie in one wallet: both are held once, not in each."""
    lots = _lots.decode(content)
    days = dict[int, int]()
    for lot in lots:
        lot.wallet = intern(lot.wallet)
        lot.acquired_day = days.setdefault(lot.acquired_day, lot.acquired_day)
    return lots


def _joined(frames: Iterator[Frame]) -> Kept:
    """Return what `Kept._frames` yielded. Raises NotWrittenError where the first is another, or one is unknown."""
    first = next(frames, None)
    if first is None or first.name != _STATE:
        raise NotWrittenError
    few = msgspec.json.decode(first.read(), type=Few)
    pools, lying = dict[tuple[str, str], _Frames[Lot]](), dict[tuple[str, str], _Frames[Coins]]()
    findings, summary = list[bytes](), None
    place = "", ""
    for frame in frames:
        if frame.name == _PLACE:
            place = _place.decode(frame.read())
        elif frame.name == _LOTS:
            pools.setdefault(place, _Frames(_lots_of)).frames.append(frame)
        elif frame.name == _COINS:
            lying.setdefault(place, _Frames(_coins.decode)).frames.append(frame)
        elif frame.name == _FINDINGS:
            findings.append(frame.read())
        elif frame.name == _SUMMARY:
            summary = _summary.decode(frame.read())
        else:
            raise NotWrittenError
    waiting = Waiting(
        [(wallet, asset, lots) for (wallet, asset), lots in pools.items()],
        [(wallet, asset, coins) for (wallet, asset), coins in lying.items()],
    )
    if summary is None:
        raise NotWrittenError
    return Kept(few, waiting, KeptFindings(findings, summary))


def _piles(name: bytes, piles: Iterable[tuple[str, str, Sequence[msgspec.Struct]]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield what lies of each (wallet, asset) in frames of that *name*, after one that says where."""
    for wallet, asset, held in piles:
        if held:
            yield _PLACE, msgspec.json.encode((wallet, asset))
        for content in in_frames(held):
            yield name, content
