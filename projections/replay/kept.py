"""What a book came to, in a file: a line of what it is bound to, and its state and rows in frames, each with its hash.

The state is JSON and not msgpack, since a msgpack integer ends at 64 bits, and 19 ether in wei do not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

import msgspec

from lotwork.ledger.storage.heads import MOST_POSITION
from lotwork.projections.basis.pools import Lot
from lotwork.projections.basis.removals import Removal
from lotwork.projections.findings import Shortened, in_full, shortened
from lotwork.projections.gains import GainRow
from lotwork.projections.replay.book import Book, BookState
from lotwork.projections.replay.frames import NotWrittenError, read_frames, write_frames
from lotwork.projections.replay.years import Written

T = TypeVar("T")

AT_ONCE = 2_000
"""As many lots or findings stand in a frame."""
_STATE, _LOTS, _FINDINGS = b"state", b"lots", b"findings"

WHOLE = ""
"""The view of a log as all of it stands."""

Position: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=MOST_POSITION)]
"""A position of a log, as a head tells it."""

_lots = msgspec.json.Decoder(tuple[str, str, list[Lot]])
_findings = msgspec.json.Decoder(Shortened)


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


class Kept(msgspec.Struct):
    """The state of a book that keeps the rows of every year, and those of its rows that are in no file."""

    state: BookState
    removals: list[Removal]
    waiting: list[GainRow]
    """Rows that a purchase may yet mend."""

    @classmethod
    def of(cls, book: Book) -> Kept:
        """Return what *book* came to, shared with it: write it down before it goes on."""
        return cls(book.state(), book.gains.removals, book.gains.rows)

    @classmethod
    def read(cls, file: Path) -> Kept | None:
        """Return what *file* holds; None where it cannot be read, or is not what was written."""
        try:
            kept = _joined(read_frames(file))
        except (OSError, NotWrittenError, msgspec.MsgspecError, IndexError):
            return None
        with suppress(OSError):
            os.utime(file)
        return kept

    def write(self, file: Path, head: bytes) -> None:
        """Write this to *file* under the line *head*, whole or not at all; a full disk keeps none."""
        write_frames(file, head, self._frames())

    def _frames(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield this part by part: what may be many, lots and findings, in frames of their own."""
        state, lots = self.state, self.state.lots
        few = msgspec.structs.replace(state, lots=msgspec.structs.replace(lots, pools=[]), findings=[])
        yield _STATE, msgspec.json.encode(Kept(few, self.removals, self.waiting))
        for wallet, asset, held in lots.pools:
            for some in _some(held) or [held]:
                yield _LOTS, msgspec.json.encode((wallet, asset, some))
        for told in _some(state.findings):
            yield _FINDINGS, msgspec.json.encode(shortened(told))

    def lay(self, book: Book, written: Written) -> Book:
        """Lay this to the empty *book*, which goes on from it without the rows that were *written*; return it."""
        book.resume(self.state)
        book.gains.resume_rows(self.waiting, self.removals)
        book.gains.gone = written.rows
        return book


def _joined(frames: Iterator[tuple[bytes, bytes]]) -> Kept:
    """Return what `Kept._frames` yielded. Raises NotWrittenError where the first is another, or one is unknown."""
    name, content = next(frames, (b"", b""))
    if name != _STATE:
        raise NotWrittenError
    kept = msgspec.json.decode(content, type=Kept)
    lots = kept.state.lots
    pools: dict[tuple[str, str], list[Lot]] = {}
    for name, content in frames:
        if name == _LOTS:
            wallet, asset, some = _lots.decode(content)
            pools.setdefault((wallet, asset), []).extend(some)
        elif name == _FINDINGS:
            kept.state.findings += in_full(_findings.decode(content))
        else:
            raise NotWrittenError
    lots.pools = [(wallet, asset, held) for (wallet, asset), held in pools.items()]
    return kept


def _some(whole: list[T]) -> list[list[T]]:
    """Return *whole* in parts that are written, and read, at once."""
    return [whole[first : first + AT_ONCE] for first in range(0, len(whole), AT_ONCE)]
