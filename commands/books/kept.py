"""The file of results: a line a book, written as they come, so that a run that is interrupted goes on where it was.

While it runs, lines are appended to NAME.part.jsonl; at its end NAME.jsonl is written in the order of the books and
takes the place of the one before. A line stays for as long as its key is still the book's.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from lotwork.commands.books.places import Place
from lotwork.ledger.errors import BusyError, UsageError
from lotwork.ledger.storage.files import identity, make_folder, sync_folder
from lotwork.reports.book_lines import LAST_ANSWER, BriefLine, brief

PRIVATE = 0o600


class _Where(NamedTuple):
    file: Path
    begin: int
    length: int
    line: BriefLine


class Kept:
    """The results of one question in one folder: what was told before, and what is told now."""

    def __init__(self, folder: Path, name: str) -> None:
        try:
            make_folder(folder)
        except (FileExistsError, NotADirectoryError) as taken:
            raise UsageError(f"--out {folder}: it is no folder: name one, or none that is there yet") from taken
        self.file = folder / f"{name}.jsonl"
        self._part = folder / f"{name}.part.jsonl"
        self._out = self._taken()
        self._is_whole = False
        self._found: dict[Place, _Where] = {}
        for file in (self.file, self._part):
            self._found |= {Place(each.line.home, each.line.book): each for each in _lines(file)}
        self._end = _whole_end(self._part)
        self._out.truncate(self._end)
        self._out.seek(self._end)

    def _taken(self) -> BinaryIO:
        """Open the file that this run writes to, which no other may; one that a run took away meanwhile is no more."""
        while True:
            out = os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT, PRIVATE), "wb")
            try:
                fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as taken:
                out.close()
                why = f"{self._part}: another run writes there: wait for it, or name another --out"
                raise BusyError(why) from taken
            own = os.fstat(out.fileno())
            if identity(self._part) == (own.st_dev, own.st_ino):
                return out
            out.close()

    def key(self, place: Place) -> str:
        """Return the key of the answer that is kept of a book; none of one that failed, which is asked again."""
        where = self._found.get(place)
        return "" if where is None or where.line.row.exit_code > LAST_ANSWER else where.line.key

    def add(self, place: Place, line: bytes) -> None:
        """Keep the *line* of a book, in the place of what was kept of it."""
        self._out.write(line)
        self._out.flush()
        self._found[place] = _Where(self._part, self._end, len(line), brief(line))
        self._end += len(line)

    def line(self, place: Place) -> BriefLine:
        """Return what is kept of a book."""
        return self._found[place].line

    def read(self, places: Iterable[Place]) -> Iterator[bytes]:
        """Yield the whole line of each of the *places*, one at a time."""
        with ExitStack() as opened:
            files: dict[Path, BinaryIO] = {}
            for place in places:
                where = self._found[place]
                file = files.get(where.file) or opened.enter_context(where.file.open("rb"))
                files[where.file] = file
                file.seek(where.begin)
                yield file.read(where.length)

    def finish(self, places: Sequence[Place]) -> Path:
        """Write the file anew with the lines of *places*, in their order, whole or not at all; return it."""
        new, at = self.file.with_suffix(".new"), 0
        found: dict[Place, _Where] = {}
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as out:
            for place, line in zip(places, self.read(places), strict=True):
                out.write(line)
                found[place] = _Where(self.file, at, len(line), self.line(place))
                at += len(line)
            out.flush()
            os.fsync(out.fileno())
        new.replace(self.file)
        self._is_whole = True
        sync_folder(self.file.parent)
        self._found = found
        return self.file

    def close(self) -> None:
        """Close the file that is written; what was told stays for the next run, where it is not in the whole file."""
        if self._is_whole:
            self._part.unlink()
        self._is_whole = False
        self._out.close()


def _lines(file: Path) -> Iterator[_Where]:
    """Yield the whole lines of *file*: one that was cut short, or is not ours, is no answer."""
    begin = 0
    with suppress(FileNotFoundError), file.open("rb") as lines:
        for line in lines:
            with suppress(msgspec.DecodeError, UnicodeError):
                if line.endswith(b"\n"):
                    yield _Where(file, begin, len(line), brief(line))
            begin += len(line)


def _whole_end(file: Path) -> int:
    """Return where the last whole line of *file* ends."""
    end = at = 0
    with suppress(FileNotFoundError), file.open("rb") as lines:
        for line in lines:
            at += len(line)
            end = at if line.endswith(b"\n") else end
    return end
