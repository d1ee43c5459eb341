"""Where each book ended, told outside the database: a chain cannot see its own tail cut off.

`heads.log` holds one JSON line a commit: book, position, hash, time, and a checksum of these, so that a damaged line is
told as what it is and never taken for a damaged ledger. A line is written, and synced, after the commit it tells of,
so the file may lag by the commits of a crash and never leads. A database that is *behind* the file has lost events;
one that has another hash at a told position has been rewritten. Before a book's first commit a line says that it
begins (position 0): a book that the file does not know was taken out of it.

Which books there are the file of a ledger says itself. A server's ledger is shared, and cannot say which of its books
this home was ever told of: there `heads.books` names them, so that a `heads.log` that was emptied or lost is found.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Annotated

import msgspec

from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage.batch import Head, names_a_book
from lotwork.ledger.storage.chain import NOTHING
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.files import as_file, holds_something, read_plain, sync_folder, write_private
from lotwork.ledger.storage.left_open import LeftOpen, write_all, write_lines

FILE_NAME = "heads.log"
BOOKS_NAME = "heads.books"
COMPACT_ABOVE_BYTES = 1 << 18
"""A longer file is cut down to the last head of each book: every command reads all of it, 1,400 lines in 9 ms."""
MOST_LINE_BYTES = 1024
MOST_BYTES = 64 << 20
MOST_POSITION = 2**63 - 1
RENEW = "where the head is the one you kept elsewhere, run `lotwork verify --renew-heads`; else restore a backup"


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the file; a line of an earlier release bears no `check`."""

    book: str
    position: Annotated[int, msgspec.Meta(ge=0, le=MOST_POSITION)]
    hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    at: str = ""
    check: str = ""


class Outside(msgspec.Struct, frozen=True):
    """What a file of heads tells: where each book ended at the furthest, which began, and what of it is damaged."""

    told: Mapping[str, Head] = msgspec.field(default_factory=dict)
    begun: frozenset[str] = frozenset()
    fault: str | None = None
    """What is wrong with the first line that cannot be believed."""
    cut_short: bool = False
    """Whether the end is no whole line, which tells nothing: a crash or a power cut leaves that."""

    def untold(self, heads: Mapping[str, Head]) -> str | None:
        """Return which of *heads* is of a book that the file does not know; None where it knows them all."""
        return next((book for book, head in heads.items() if head.position and book not in self.begun), None)


def heads_file(home: Path) -> Path:
    """Return where *home* keeps its heads."""
    return home / FILE_NAME


def read_heads(home: Path) -> Mapping[str, Head]:
    """Return the furthest head told of each book; a last line cut short by a crash tells nothing."""
    found = look(heads_file(home))
    if found.fault:
        raise IntegrityError(found.fault)
    return found.told


def look(file: Path) -> Outside:
    """Return what *file* tells, its damage included; StorageError where the disk does not give it."""
    try:
        content = read_plain(file, MOST_BYTES)
    except FileNotFoundError:
        return Outside()
    except OSError as refused:
        raise StorageError(f"{file}: cannot be read ({refused}): check its owner and the disk") from refused
    return furthest(content, file)


def furthest(content: bytes, file: Path) -> Outside:
    """Return what *content* of *file* tells: of each book the furthest head, whatever the order of the lines."""
    told: dict[str, Head] = {}
    begun: set[str] = set()
    faults: list[str] = []
    end = whole_end(content)
    for number, line in enumerate(content[:end].split(b"\n"), start=1):
        if not line.strip():
            continue
        head = _parsed(line)
        if isinstance(head, str):
            mend = RENEW if file.name == FILE_NAME else "move it away, and it is begun anew"
            faults.append(f"{file}:{number}: this line is not a head ({head}): {file.name} was damaged: {mend}")
            continue
        begun.add(head.book)
        known = told.get(head.book)
        if head.position and (known is None or head.position > known.position):
            told[head.book] = head
        elif known is not None and head.position == known.position and head.hash != known.hash:
            faults.append(
                f"{file}:{number}: book {head.book} has two hashes for position {head.position}: the log was "
                "rewritten, or two ledgers share this folder; restore a backup"
            )
    return Outside(told, frozenset(begun), faults[0] if faults else None, end < len(content))


def whole_end(content: bytes) -> int:
    """Return where the last whole line ends: what is behind it was being written when the power went.

    That is what has no end, and at most one line that has one and yet tells nothing, in the pieces a disk leaves of it.
    """
    end = content.rfind(b"\n") + 1
    most = len(content)
    while end:
        start = content.rfind(b"\n", 0, end - 1) + 1
        line = content[start : end - 1]
        if not line.strip() or not isinstance(_parsed(line), str):
            break
        if most - start > MOST_LINE_BYTES:
            return content.rfind(b"\n") + 1
        end = start
    return end


def _parsed(line: bytes) -> Head | str:
    """Return the head *line* tells, or why it tells none."""
    try:
        told = msgspec.json.decode(line, type=Told)
        damaged = "" if not told.check or line == _line(told) else "it is not what its checksum says"
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as broken:
        return str(broken)
    if not names_a_book(told.book) or (not told.check and not told.book.isprintable()):
        damaged = damaged or "it names no book"  # a flipped bit makes such a name; a checksum says that it is none
    return damaged or Head(told.book, told.position, told.hash)


def line_of(head: Head, at: str) -> bytes:
    """Return *head* as a line, with its checksum and its end."""
    return _line(Told(head.book, head.position, head.hash, at)) + b"\n"


def _line(told: Told) -> bytes:
    book, at = _quoted(told.book), _quoted(told.at)
    plain = f'{{"book": {book}, "position": {told.position}, "hash": {_quoted(told.hash)}, "at": {at}}}'.encode()
    return plain[:-1] + b', "check": "%s"}' % hashlib.sha256(plain).hexdigest()[:16].encode()


def _quoted(text: str) -> str:
    """Return *text* as JSON has it, in ASCII."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    import json  # noqa: PLC0415 - few books have such a name

    return json.dumps(text)


def missing_book(home: Path, outside: Outside, heads: Mapping[str, Head], *, shared: bool) -> str | None:
    """Return the words for a book of *heads* that `heads.log` must know and does not; None where it knows them all."""
    due = {book: head for book, head in heads.items() if book in named_books(home)} if shared else heads
    missing = outside.untold(due)
    return untold(heads_file(home), missing, heads[missing]) if missing else None


def named_books(home: Path) -> frozenset[str]:
    """Return the books that `heads.books` names; a line that is none names nothing."""
    file = home / BOOKS_NAME
    try:
        lines = read_plain(file, MOST_BYTES).split(b"\n")
    except FileNotFoundError:
        return frozenset()
    except OSError as refused:
        raise StorageError(f"{file}: cannot be read ({refused}): check its owner and the disk") from refused
    return frozenset(map(_named, lines)) - {""}


def _named(line: bytes) -> str:
    try:
        return msgspec.json.decode(line, type=str)
    except (msgspec.MsgspecError, UnicodeError):
        return ""


def name_books(home: Path, books: Iterable[str]) -> None:
    """Name *books* in `heads.books`, once `heads.log` says that they begin, and wait until the disk holds that."""
    file = home / BOOKS_NAME
    new = sorted({*books} - named_books(home))
    if not new:
        return
    try:
        with _locked(file) as out:
            size = out.seek(0, os.SEEK_END)
            closed = b"\n" if size else b""  # whatever a crash cut short stands alone on its line
            write_all(out, closed + b"".join(msgspec.json.encode(book) + b"\n" for book in new))
            os.fdatasync(out.fileno())
        sync_folder(home)
    except OSError as refused:
        raise StorageError(
            f"{file}: cannot be written ({refused}): nothing was appended; free space or mend the disk, and try again"
        ) from refused


# -- telling ----------------------------------------------------------------------------------------------------------


def begin_heads(home: Path, books: Iterable[str], at: datetime) -> None:
    """Say that *books* begin, before their first commit, and wait until the disk holds the file and its name."""
    file = heads_file(home)
    try:
        append_lines(file, b"".join(line_of(Head(book), at.isoformat()) for book in books))
        sync_folder(home)
    except OSError as refused:
        raise StorageError(
            f"{file}: cannot be written ({refused}): nothing was appended; free space or mend the disk, and try again"
        ) from refused


def write_heads(
    home: Path, heads: Iterable[Head], at: datetime, *, begun: bool = False, left: LeftOpen | None = None
) -> None:
    """Append *heads* and wait until the disk holds them; a line cut short by an earlier crash is closed first.

    IntegrityError where the file had *begun* and holds nothing any more: who took it away may have taken more. Who
    appends again and again keeps the file as it was *left*.
    """
    file = heads_file(home)
    lines = b"".join(line_of(head, at.isoformat()) for head in heads)
    if not lines:
        return
    hit("heads.before_write")
    try:
        append_lines(file, lines, begun=begun, left=left)
    except OSError as refused:
        raise StorageError(
            f"{file}: the events are recorded, but their head could not be written ({refused}): free space or mend "
            "the disk; the next start tells it again"
        ) from refused
    hit("heads.after_write")


def append_lines(file: Path, lines: bytes, *, begun: bool = False, left: LeftOpen | None = None) -> None:
    """Append *lines* to *file*, alone, and wait until the disk holds them, and its name where it is new.

    Without lines it waits for those that are there: who wrote them may have died before the disk held them.
    """
    with left.turn if left else nullcontext():
        if not (left and left.append(file, lines, up_to=COMPACT_ABOVE_BYTES)):
            _append_lines(file, lines, begun=begun, left=left)


def _append_lines(file: Path, lines: bytes, *, begun: bool, left: LeftOpen | None) -> None:
    if begun and not holds_something(file):
        raise IntegrityError(
            f"{file}: held the heads of this ledger and is empty or gone: the events are recorded, but whether the end "
            f"of the log was cut off cannot be seen any more: run `lotwork verify`; {RENEW}"
        )
    with _locked(file) as out:
        size = out.seek(0, os.SEEK_END)
        if size > COMPACT_ABOVE_BYTES:
            _compact(file, out, lines)
            return
        _close_cut_line(out, size)
        write_lines(out, lines)
        if size == 0:
            sync_folder(file.parent)
        if left is not None:
            left.keep(file, out.tell())


def _close_cut_line(out: FileIO, size: int) -> None:
    """Take away what follows the last whole line, and stand behind that."""
    start = size
    while start:
        start = max(0, start - 4 * MOST_LINE_BYTES)
        out.seek(start)
        tail = out.read(size - start)
        if start == 0 or b"\n" in tail[: -2 * MOST_LINE_BYTES]:
            size = start + whole_end(tail)
            break
    out.truncate(size)
    out.seek(size)


def _compact(file: Path, out: FileIO, lines: bytes) -> None:
    """Replace a long file by its furthest heads and *lines*: a head binds everything before it."""
    out.seek(0)
    found = furthest(out.read(), file)
    if found.fault:
        raise IntegrityError(found.fault)
    kept = [found.told.get(book, Head(book, 0, NOTHING.hex())) for book in sorted(found.begun)]
    replace_lines(file, b"".join(line_of(head, "") for head in kept) + lines)


def replace_lines(file: Path, lines: bytes) -> None:
    """Put a file of *lines* in the place of *file*: the old one or the new one stands there, whatever happens."""
    short = file.with_suffix(".new")
    short.unlink(missing_ok=True)
    write_private(short, lines)
    short.replace(file)
    sync_folder(file.parent)


@contextmanager
def _locked(file: Path) -> Iterator[FileIO]:
    """Open *file* for appending, alone: a file that was replaced while we waited is opened again."""
    while True:
        with os.fdopen(as_file(str(file), os.O_RDWR | os.O_CREAT), "r+b", buffering=0) as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            if file.exists() and os.fstat(out.fileno()).st_ino == file.stat().st_ino:
                yield out
                return


def disagreement(told: Head, actual: Head, hash_at_told: str | None, where: str = FILE_NAME) -> str | None:
    """Return what is wrong between the head told *where* and the *actual* one; None where they agree."""
    if actual.position < told.position:
        return (
            f"book {told.book} ends at position {actual.position}, and {where} tells of {told.position}: "
            f"{told.position - actual.position} events are missing; restore the backup whose head is "
            f"{told.hash[:16]} or later, or restore an older one with --allow-older"
        )
    if hash_at_told != told.hash:
        return (
            f"book {told.book} has hash {(hash_at_told or 'none')[:16]} at position {told.position}, and {where} "
            f"tells of {told.hash[:16]}: its history was rewritten; restore a backup"
        )
    return None


def untold(file: Path, book: str, head: Head) -> str:
    """Return the words for a *book* that *file* does not know, though the ledger holds events of it."""
    what = "holds nothing" if file.exists() and not file.stat().st_size else "does not know it"
    return (
        f"book {book} ends at position {head.position} (hash {head.hash}), and {file.name} "
        f"{what if file.exists() else 'is missing'}: whether its end was cut off cannot be seen: {RENEW}"
    )
