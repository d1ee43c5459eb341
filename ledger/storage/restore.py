"""Bringing a backup back: unpacked and verified beside what stands in the home, then put in its place at once.

A backup holds the ledger, its heads and its evidence. The settings of the home and the files with its secrets are in
none, and a restore leaves them as they are. What was replaced is set aside, never deleted.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from lotwork.ledger.boundary import not_there
from lotwork.ledger.clock import Clock
from lotwork.ledger.counting import counted
from lotwork.ledger.errors import InputRefusedError, IntegrityError, NewerFormatError, StorageError
from lotwork.ledger.storage.backup import (
    COPY_BYTES,
    FORMAT,
    MANIFEST_NAME,
    MOST_MANIFEST_BYTES,
    SHA256,
    Manifest,
    digest_of,
    sound,
)
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.evidence import MOST_BYTES, Evidence
from lotwork.ledger.storage.files import make_folder
from lotwork.ledger.storage.heads import disagreement, heads_file, line_of, look, replace_lines
from lotwork.ledger.storage.lock import DaemonLock, writers_turn
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite import replacing
from lotwork.ledger.storage.sqlite.connection import FILE_NAME, connect, ledger_file
from lotwork.ledger.storage.verify import verify_file

ENDINGS = (
    "SELECT books.book, position, lower(hex(hash)) FROM books JOIN events ON events.book = books.book AND position = "
    "(SELECT max(position) FROM events WHERE events.book = books.book)"
)


def restore(file: Path, home: Path, *, clock: Clock, allow_older: bool = False) -> Manifest:
    """Bring back what *file* holds into *home*; what stood there is set aside in a folder `replaced-…`.

    Everything is verified first. A backup that lacks events told in `heads.log` or recorded in the ledger is refused
    unless *allow_older*. BusyError while a daemon runs.
    """
    with _refused_by_the_disk(home, "nothing was replaced; free space, check the folder, and try again"):
        make_folder(home)
    with DaemonLock.acquire(home), writers_turn(home, clock):
        replacing.finish_or_say(home)  # what an earlier restore decided on is what stands here
        with _refused_by_the_disk(home, "nothing was replaced; free space, check the folder, and try again"):
            try:
                manifest = _made(file, home, allow_older=allow_older)
                replacing.decide(home, f"replaced-{clock.now():%Y%m%dT%H%M%S%f}")
            finally:
                replacing.abandon(home)
        replacing.finish_or_say(home)
    return manifest


def _made(file: Path, home: Path, *, allow_older: bool) -> Manifest:
    """Make the whole new ledger in a folder of *home*, beside the old one."""
    making = replacing.begin(home)
    manifest = _unpacked(file, making)
    if not allow_older:
        _refuse_older(file, home, making)
    heads = sorted(manifest.heads.values(), key=lambda head: head.book)
    replace_lines(heads_file(making), b"".join(line_of(head, manifest.created) for head in heads))
    return manifest


@contextmanager
def _refused_by_the_disk(home: Path, stands: str) -> Iterator[None]:
    """Name what the disk refused, and which ledger stands in *home* now."""
    try:
        yield
    except OSError as refused:
        if replacing.is_decided(home):
            stands = f"the backup is verified and decided on: {replacing.ENDS}"
        raise StorageError(f"{home}: the disk refused ({refused}): {stands}") from refused


# -- the file ---------------------------------------------------------------------------------------------------------


def _unpacked(file: Path, folder: Path) -> Manifest:
    """Unpack *file* into *folder* and verify it, byte by byte and event by event."""
    sha256 = ""
    try:
        with tarfile.open(file, mode="r:") as tar:
            said, manifest = _manifest(file, tar)
            wanted = {FILE_NAME: 1 << 50, **{f"evidence/{sha256}": MOST_BYTES for sha256 in manifest.evidence}}
            evidence = Evidence(folder)
            for entry in counted("pieces unpacked", tar):
                if entry.name == MANIFEST_NAME:
                    continue
                if not entry.isreg() or entry.issparse() or entry.size > wanted.pop(entry.name, -1):
                    raise _not_a_backup(file, f"it holds {entry.name[:100]!r}, which no backup does")
                content = tar.extractfile(entry)
                if content is None:
                    raise _not_a_backup(file, f"{entry.name[:100]!r} has no content")
                if entry.name == FILE_NAME:
                    sha256 = entry.pax_headers.get(SHA256, "")
                    with ledger_file(folder).open("xb") as out:
                        shutil.copyfileobj(content, out, COPY_BYTES)
                        out.flush()
                        os.fsync(out.fileno())
                    ledger_file(folder).chmod(0o600)
                elif f"evidence/{evidence.keep(content.read())}" != entry.name:
                    raise _not_a_backup(file, f"{entry.name} is not what was kept")
    except FileNotFoundError as missing:
        raise InputRefusedError(f"{not_there(file)}; a backup is what `lotwork backup` made") from missing
    except (tarfile.TarError, EOFError) as broken:
        raise _not_a_backup(file, str(broken)) from broken
    if wanted:
        raise _not_a_backup(file, f"it is cut short: {len(wanted)} parts are missing, {min(wanted)} among them")
    found = sound(verify_file(ledger_file(folder), {}), at=file)
    if dict(found.heads) != manifest.heads:
        raise _not_a_backup(file, "the ledger in it does not end where its manifest says")
    if sha256 and sha256 != digest_of(said, ledger_file(folder)):
        raise _not_a_backup(file, "a byte beside its events is not what was written")
    return manifest


def _manifest(file: Path, tar: tarfile.TarFile) -> tuple[bytes, Manifest]:
    """Return the manifest as it stands in *tar*, and what it says."""
    first = tar.next()
    content = tar.extractfile(first) if first and first.name == MANIFEST_NAME and first.isreg() else None
    if first is None or content is None or first.size > MOST_MANIFEST_BYTES:
        raise _not_a_backup(file, f"it does not begin with {MANIFEST_NAME}")
    said = content.read()
    try:
        known = msgspec.json.decode(said, type=_Format).format
        if known != FORMAT:
            raise _of_another_format(file, known)
        return said, msgspec.json.decode(said, type=Manifest)
    except msgspec.MsgspecError as broken:
        raise _not_a_backup(file, f"its manifest cannot be read ({broken})") from broken


class _Format(msgspec.Struct, frozen=True):
    """What a manifest of any format says first."""

    format: str


def _of_another_format(file: Path, told: str) -> IntegrityError:
    why = f"its format is {told[:40]!r}, and this Lotwork knows {FORMAT}"
    family, _, known = FORMAT.rpartition("v")
    number = told.removeprefix(f"{family}v")
    if told.startswith(family) and number.isascii() and number.isdecimal() and int(number[:9]) > int(known):
        return NewerFormatError(f"{file}: {why}: upgrade the program; nothing was changed")
    return _not_a_backup(file, why)


def _not_a_backup(file: Path, why: str) -> IntegrityError:
    return IntegrityError(f"{file}: is not a whole backup: {why}; nothing was changed; restore another one")


# -- what would be lost -----------------------------------------------------------------------------------------------


def _refuse_older(file: Path, home: Path, making: Path) -> None:
    """Refuse a backup that lacks events this home has recorded or told of, or tells another history."""
    with EventLog(making) as log:
        for told, where in (*_told(home), *_recorded(home)):
            actual = log.head(told.book)
            if disagreement(told, actual, log.hash_at(told.book, told.position)) is None:
                continue
            missing = told.position - actual.position
            what = f"lacks {missing} events that were recorded since" if missing > 0 else "tells another history"
            raise InputRefusedError(
                f"{file}: this backup of book {told.book} {what} (it ends at {actual.position}, {where} "
                f"tells of {told.position}): restore a newer one, or say --allow-older; nothing was changed"
            )


def _told(home: Path) -> Iterator[tuple[Head, str]]:
    """Yield the heads told outside the database, as far as they can be read: what is damaged is why one restores."""
    with suppress(StorageError):
        for head in look(heads_file(home)).told.values():
            yield head, heads_file(home).name


def _recorded(home: Path) -> Iterator[tuple[Head, str]]:
    """Yield where each book ends in the database that stands there, as far as it can be read."""
    with suppress(sqlite3.Error, UnicodeDecodeError), closing(connect(ledger_file(home))) as connection:
        for book, position, digest in connection.execute(ENDINGS).fetchall():
            if type(book) is str and type(position) is int:
                yield Head(book, position, str(digest)), FILE_NAME
