"""A file of frames: a line of what it is bound to, then named parts, written and read one after another.

Each frame has a line of its own, with a hash of its content, its name and all that stands before it: so no frame can be
left out, put elsewhere or taken from another file, and neither who writes nor who reads ever holds all of it.
What few ask for may be left in the file: it is held against its hash with all others, and read when it is asked for.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lotwork.ledger.errors import StorageError
from lotwork.projections.replay.files import write_whole

DIGITS = hashlib.sha256().digest_size * 2
MOST_OF_A_LINE = 256
_END = b"end"
_AT_ONCE = 1 << 16
"""So many bytes are read at once of what is left in the file."""


class NotWrittenError(Exception):
    """What a file holds is not what was written."""


class Frame(NamedTuple):
    """A name and what reads its content."""

    name: bytes
    read: Callable[[], bytes]


def write_frames(file: Path, head: bytes, frames: Iterable[tuple[bytes, bytes]]) -> bool:
    """Write *frames*, each a name of one word and its content, to *file* under the line *head*; all or nothing.

    Say if the disk took it.
    """
    return write_whole(file, _pieces(head, frames))


def _pieces(head: bytes, frames: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    digest = _chained(b"", b"", (head,))
    yield digest + b"\n" + head + b"\n"
    for name, content in frames:
        digest = _chained(digest, name, (content,))
        yield b"%b %b %d\n" % (digest, name, len(content))
        yield content
    yield b"%b %b 0\n" % (_chained(digest, _END, ()), _END)


def read_head(file: Path) -> bytes:
    """Return the head of *file*, which nobody has held against its hash yet. Raises OSError where it cannot be read."""
    with file.open("rb") as kept:
        kept.seek(DIGITS + 1)
        return kept.readline().removesuffix(b"\n")


def read_frames(file: Path, left: Collection[bytes] = ()) -> Iterator[Frame]:
    """Yield each frame of *file*, held against its hash; the content of those with a name of *left* stays in the file.

    Nothing is to be believed before the last one came. Raises NotWrittenError where a frame is not what was written,
    the file is cut or something stands after its end, and OSError where it cannot be read.
    """
    with file.open("rb") as kept:
        opened = _Opened(os.dup(kept.fileno()))
        told, head = kept.readline(MOST_OF_A_LINE), kept.readline()
        before = _chained(b"", b"", (head.removesuffix(b"\n"),))
        if told != before + b"\n" or not head.endswith(b"\n"):
            raise NotWrittenError
        while True:
            told, name, size = _line(kept.readline(MOST_OF_A_LINE))
            place = kept.tell()
            if place + size > opened.size:
                raise NotWrittenError
            if name in left:
                read = partial(opened.read, place, size, partial(_chained, before, name), told)
                before = _chained(before, name, _pieces_of(kept, size))
            else:
                content = kept.read(size)
                read = partial(bytes, content)
                before = _chained(before, name, (content,))
            if told != before:
                raise NotWrittenError
            if name == _END:
                break
            yield Frame(name, read)
        if kept.read(1):
            raise NotWrittenError


class _Opened:
    """A file that stays open, whatever takes its name, for as long as something that was left in it may be read."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def __del__(self) -> None:
        os.close(self._descriptor)

    def read(self, place: int, size: int, chained: Callable[[Iterable[bytes]], bytes], told: bytes) -> bytes:
        """Return the *size* bytes from *place* on, which are *chained* to the hash that was *told*.

        Raises StorageError where they no longer are: whoever asks again finds the file spoiled, and folds anew.
        """
        content = os.pread(self._descriptor, size, place)
        if chained((content,)) != told:
            raise StorageError("a checkpoint changed on the disk while it was read: ask again, and it is folded anew")
        return content


def _line(line: bytes) -> tuple[bytes, bytes, int]:
    words = line.removesuffix(b"\n").split(b" ")
    try:
        told, name, size = words
        if line == b"%b %b %d\n" % (told, name, int(size)) and int(size) >= 0:
            return told, name, int(size)
    except ValueError:
        pass
    raise NotWrittenError


def _pieces_of(kept: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the *size* bytes that follow in *kept*, piece by piece."""
    while size and (some := kept.read(min(size, _AT_ONCE))):
        yield some
        size -= len(some)


def _chained(before: bytes, name: bytes, content: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256(b"%b %b " % (before, name))
    for some in content:
        digest.update(some)
    return digest.hexdigest().encode()
