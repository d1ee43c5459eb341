"""A file of frames: a line of what it is bound to, then named parts, written and read one after another.

Each frame has a line of its own, with a hash of its content, its name and all that stands before it: so no frame can be
left out, put elsewhere or taken from another file, and neither who writes nor who reads ever holds all of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from lotwork.projections.replay.files import write_whole

DIGITS = hashlib.sha256().digest_size * 2
MOST_OF_A_LINE = 256
_END = b"end"


class NotWrittenError(Exception):
    """What a file holds is not what was written."""


def write_frames(file: Path, head: bytes, frames: Iterable[tuple[bytes, bytes]]) -> bool:
    """Write *frames*, each a name of one word and its content, to *file* under the line *head*; all or nothing.

    Say if the disk took it.
    """
    return write_whole(file, _pieces(head, frames))


def _pieces(head: bytes, frames: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    digest = _chained(b"", b"", head)
    yield digest + b"\n" + head + b"\n"
    for name, content in frames:
        digest = _chained(digest, name, content)
        yield b"%b %b %d\n" % (digest, name, len(content))
        yield content
    yield b"%b %b 0\n" % (_chained(digest, _END, b""), _END)


def read_head(file: Path) -> bytes:
    """Return the head of *file*, which nobody has held against its hash yet. Raises OSError where it cannot be read."""
    with file.open("rb") as kept:
        kept.seek(DIGITS + 1)
        return kept.readline().removesuffix(b"\n")


def read_frames(file: Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the content of each frame of *file*, each held against its hash.

    Nothing is to be believed before the last one came. Raises NotWrittenError where a frame is not what was written,
    the file is cut or something stands after its end, and OSError where it cannot be read.
    """
    with file.open("rb") as kept:
        whole = os.fstat(kept.fileno()).st_size
        told, head = kept.readline(MOST_OF_A_LINE), kept.readline()
        digest = _chained(b"", b"", head.removesuffix(b"\n"))
        if told != digest + b"\n" or not head.endswith(b"\n"):
            raise NotWrittenError
        while True:
            told, name, size = _line(kept.readline(MOST_OF_A_LINE))
            content = kept.read(min(size, whole))
            digest = _chained(digest, name, content)
            if len(content) != size or told != digest:
                raise NotWrittenError
            if name == _END:
                break
            yield name, content
        if kept.read(1):
            raise NotWrittenError


def _line(line: bytes) -> tuple[bytes, bytes, int]:
    words = line.removesuffix(b"\n").split(b" ")
    try:
        told, name, size = words
        if line == b"%b %b %d\n" % (told, name, int(size)) and int(size) >= 0:
            return told, name, int(size)
    except ValueError:
        pass
    raise NotWrittenError


def _chained(before: bytes, name: bytes, content: bytes) -> bytes:
    digest = hashlib.sha256(b"%b %b " % (before, name))
    digest.update(content)
    return digest.hexdigest().encode()
