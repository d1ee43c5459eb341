"""Putting a whole new ledger in the place of the old one: a crash anywhere leaves the one or the other.

The new ledger is made in `.restoring/` and synced; nothing of the old is touched. Then that folder is renamed to
`.restored/`, and from this moment on the new ledger is the one of this home: whoever opens it next, if the restore
itself does not get there, sets the old files aside and puts the new ones in their place (`settle`). What stands in
`.restored/` stays whole until all of it is in place and synced, so that the way can be begun again from any step.

A reader may have the old ledger open meanwhile: its files are renamed, with their write-ahead log beside them,
never emptied or deleted, so it reads on what it read; whoever opens or writes later looks which ledger stands there.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage.evidence import FOLDER_NAME as EVIDENCE
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.files import identity, make_folder, read_plain, sync_folder, write_private
from lotwork.ledger.storage.heads import FILE_NAME as HEADS
from lotwork.ledger.storage.lock import writers_turn
from lotwork.ledger.storage.sqlite.connection import FILE_NAME

BEING_MADE = ".restoring"
DECIDED = ".restored"
ASIDE = "aside"
"""The file in it that names the folder in which the old ledger is kept."""
MOST_NAME_BYTES = 1024
REPLACED = re.compile(r"replaced-[0-9T]+", re.ASCII)
ENDS = "free space, let the folder be written, and run any command: it ends the restore"
OF_THE_LEDGER = (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", f"{FILE_NAME}-journal", HEADS)


def begin(home: Path) -> Path:
    """Return the empty folder in which a new ledger for *home* is made; what an earlier try left is taken away."""
    making = home / BEING_MADE
    if making.exists():
        _remove(making)
    making.mkdir(mode=0o700)
    return making


def abandon(home: Path) -> None:
    """Take away what was made and is not decided."""
    _remove(home / BEING_MADE, whatever_hinders=True)


def decide(home: Path, aside: str) -> None:
    """Make the ledger in `.restoring/` that of *home*; the old one will stand in the folder *aside*."""
    making = home / BEING_MADE
    write_private(making / ASIDE, aside.encode())
    for folder in (*(path for path in making.rglob("*") if path.is_dir()), making):
        sync_folder(folder)
    hit("restore.before_rename")
    making.rename(home / DECIDED)
    sync_folder(home)
    hit("restore.after_rename")


def is_decided(home: Path) -> bool:
    """Return whether a new ledger was decided on for *home* and is not in its place yet."""
    try:
        os.stat(f"{home}/{DECIDED}")  # noqa: PTH116 - asked at each append, and to make a path takes twice as long
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as refused:  # a folder of others, a link that leads in a circle, a disk that fails
        raise StorageError(f"{home}: cannot be looked into ({refused}): check the folder and its rights") from refused
    return True


def settle(home: Path) -> None:
    """Put in its place what a restore cut short has decided on; StorageError where that cannot be done here."""
    if is_decided(home):
        try:
            with writers_turn(home, SystemClock()):
                finish(home)
        except (OSError, StorageError) as refused:
            raise _said(home, refused) from refused


def finish_or_say(home: Path) -> None:
    """Put the ledger that was decided on in its place; where the disk refuses, say what stands there."""
    try:
        finish(home)
    except OSError as refused:
        raise _said(home, refused) from refused


def _said(home: Path, refused: OSError | StorageError) -> StorageError:
    stands = (
        f"a restore is decided on and not in its place yet: nothing is lost: {ENDS}"
        if is_decided(home)
        else "the backup is in its place, but the disk did not confirm it: run `lotwork verify`"
    )
    return StorageError(f"{home}: the disk refused ({refused}): {stands}")


def finish(home: Path) -> None:
    """Put the ledger that was decided on in its place; whoever calls has the writer's turn."""
    decided = home / DECIDED
    if not decided.exists():
        return
    if not _is(decided / FILE_NAME, home / FILE_NAME):
        _bring_evidence(decided, home)
        _set_aside(decided, home)
        for name in (HEADS, FILE_NAME):
            if not _is(decided / name, home / name):
                (home / name).hardlink_to(decided / name)
        sync_folder(home)
    elif not (home / HEADS).exists():
        (home / HEADS).hardlink_to(decided / HEADS)
        sync_folder(home)
    hit("restore.in_place")
    if (home / BEING_MADE).exists():
        _remove(home / BEING_MADE)
    decided.rename(home / BEING_MADE)
    sync_folder(home)
    with suppress(OSError):  # of no more use to anybody; the next restore takes it away
        _remove(home / BEING_MADE)


def _bring_evidence(decided: Path, home: Path) -> None:
    """Move the evidence into that of the home; what is there already is the same."""
    folders = set()
    for piece in sorted((decided / EVIDENCE).glob("??/*")):
        folder = home / EVIDENCE / piece.parent.name
        make_folder(folder)
        piece.replace(folder / piece.name)
        folders.add(folder)
    for folder in folders:
        sync_folder(folder)


def _set_aside(decided: Path, home: Path) -> None:
    """Move the old ledger, its write-ahead log and its heads into a folder of their own."""
    name = read_plain(decided / ASIDE, MOST_NAME_BYTES).decode("ascii", "replace")
    if REPLACED.fullmatch(name) is None:
        raise IntegrityError(f"{decided / ASIDE}: is not what a restore wrote there: move {decided} away")
    aside = home / name
    old = [home / each for each in OF_THE_LEDGER if (home / each).exists() and not _is(decided / each, home / each)]
    if old:
        aside.mkdir(mode=0o700, exist_ok=True)
        sync_folder(home)  # before anything is moved there
        for each in old:
            each.rename(_free(aside / each.name))
        sync_folder(aside)
        sync_folder(home)


def _free(file: Path) -> Path:
    """Return *file*, or a name like it that nothing has."""
    number = 1
    free = file
    while free.exists():
        free, number = file.with_name(f"{file.name}.{number}"), number + 1
    return free


def _remove(folder: Path, *, whatever_hinders: bool = False) -> None:
    """Remove *folder*; OSError where the disk refuses, unless that may be."""
    import shutil  # noqa: PLC0415 - it loads three compressors, and who reads removes nothing

    shutil.rmtree(folder, ignore_errors=whatever_hinders)


def _is(one: Path, other: Path) -> bool:
    """Return whether both names stand for one file."""
    return identity(one) is not None and identity(one) == identity(other)
