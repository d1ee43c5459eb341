"""Where each book ended, told outside the database: a chain cannot see its own tail cut off.

`heads.log` holds one JSON line a commit: book, position, hash, time. A line is written, and synced, after the commit
it tells of, so the file may lag by the commits of a crash and never leads. A database that is *behind* the file has
lost events; one that has another hash at a told position has been rewritten.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Annotated

import msgspec

from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.failpoints import hit

FILE_NAME = "heads.log"
COMPACT_ABOVE_BYTES = 1 << 20


class Told(msgspec.Struct, frozen=True):
    """One line of the file."""

    book: str
    position: Annotated[int, msgspec.Meta(ge=1)]
    hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    at: str = ""


def heads_file(home: Path) -> Path:
    """Return where *home* keeps its heads."""
    return home / FILE_NAME


def read_heads(home: Path) -> Mapping[str, Head]:
    """Return the furthest head told of each book; a last line cut short by a crash tells nothing."""
    try:
        content = heads_file(home).read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as refused:
        raise StorageError(f"{heads_file(home)}: cannot be read ({refused}): check its owner and the disk") from refused
    return furthest(content, heads_file(home))


def furthest(content: bytes, file: Path) -> dict[str, Head]:
    """Return the furthest head of each book told in *content*."""
    told: dict[str, Head] = {}
    whole_lines, _, _cut_short = content.rpartition(b"\n")
    for number, line in enumerate(whole_lines.splitlines(), start=1):
        if not line.strip():
            continue
        head = _parsed(line, file, number)
        known = told.get(head.book)
        if known is None or head.position > known.position:
            told[head.book] = head
        elif head.position == known.position and head.hash != known.hash:
            raise IntegrityError(
                f"{file}:{number}: book {head.book} has two hashes for position {head.position}: the log was "
                "rewritten, or two ledgers share this folder; restore a backup"
            )
    return told


def _parsed(line: bytes, file: Path, number: int) -> Head:
    try:
        told = msgspec.json.decode(line, type=Told)
    except msgspec.MsgspecError as damaged:
        raise IntegrityError(
            f"{file}:{number}: this line is not a head ({damaged}): the file was damaged; run `lotwork verify`, and if "
            "the ledger is sound move the file away"
        ) from damaged
    return Head(told.book, told.position, told.hash)


def write_heads(home: Path, heads: Iterable[Head], at: datetime) -> None:
    """Append *heads* and wait until the disk holds them; a line cut short by an earlier crash is closed first."""
    file = heads_file(home)
    lines = "".join(_line(head, at.isoformat()) for head in heads)
    if not lines:
        return
    hit("heads.before_write")
    try:
        with _locked(file) as out:
            size = out.seek(0, os.SEEK_END)
            if size > COMPACT_ABOVE_BYTES:
                _compact(file, out, lines)
            else:
                _close_cut_line(out, size)
                out.write(lines.encode())
                hit("heads.before_sync")
                os.fdatasync(out.fileno())
    except OSError as refused:
        raise StorageError(
            f"{file}: the events are recorded, but their head could not be written ({refused}): free space or mend "
            "the disk; the next start tells it again"
        ) from refused
    hit("heads.after_write")


def _line(head: Head, at: str) -> str:
    return json.dumps({"book": head.book, "position": head.position, "hash": head.hash, "at": at}) + "\n"


def _close_cut_line(out: FileIO, size: int) -> None:
    if size == 0:
        return
    end = size
    while end:
        start = max(0, end - 4096)
        out.seek(start)
        newline = out.read(end - start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end != size:
        out.truncate(end)
    out.seek(end)


def _compact(file: Path, out: FileIO, lines: str) -> None:
    """Replace a long file by its furthest heads and *lines*: a head binds everything before it."""
    out.seek(0)
    told = furthest(out.read(), file)
    kept = "".join(_line(head, "") for head in told.values())
    short = file.with_suffix(".new")
    with open(short, "wb", opener=private) as new:
        new.write((kept + lines).encode())
        new.flush()
        os.fsync(new.fileno())
    short.replace(file)
    sync_folder(file.parent)


@contextmanager
def _locked(file: Path) -> Iterator[FileIO]:
    """Open *file* for appending, alone: a file that was replaced while we waited is opened again."""
    while True:
        with os.fdopen(private(str(file), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC), "r+b", buffering=0) as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            if file.exists() and os.fstat(out.fileno()).st_ino == file.stat().st_ino:
                yield out
                return


def private(path: str, flags: int) -> int:
    """Open *path* so that only its owner may read it."""
    return os.open(path, flags, 0o600)


def sync_folder(folder: Path) -> None:
    """Wait until the disk holds the names in *folder*."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def disagreement(told: Head, actual: Head, hash_at_told: str | None) -> str | None:
    """Return what is wrong between the head *told* outside and the *actual* one; None where they agree."""
    if actual.position < told.position:
        return (
            f"book {told.book} ends at position {actual.position}, and {FILE_NAME} tells of {told.position}: "
            f"{told.position - actual.position} events are missing; restore the backup whose head is "
            f"{told.hash[:16]} or later, or restore an older one with --allow-older"
        )
    if hash_at_told != told.hash:
        return (
            f"book {told.book} has hash {(hash_at_told or 'none')[:16]} at position {told.position}, and {FILE_NAME} "
            f"tells of {told.hash[:16]}: its history was rewritten; restore a backup"
        )
    return None
