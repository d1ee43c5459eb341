"""One file that brings everything back: the database as of one instant, its heads, and the evidence.

A backup is a tar: `manifest.json` first, then `ledger.sqlite` (VACUUM INTO, so it is whole and has no write-ahead log
beside it), then each piece of evidence by its SHA-256. It is verified before it gets its name, and again before it
replaces anything; what it replaces is set aside, never deleted.
"""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import InputRefusedError, IntegrityError, StorageError
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.evidence import MOST_BYTES, Evidence
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.heads import disagreement, heads_file, read_heads, sync_folder, write_heads
from lotwork.ledger.storage.lock import DaemonLock, writers_turn
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite.connection import FILE_NAME, connect, ledger_file
from lotwork.ledger.storage.verify import Verification, verify_file

MANIFEST_NAME = "manifest.json"
FORMAT = "lotwork.backup.v1"
MOST_MANIFEST_BYTES = 16 << 20
COPY_BYTES = 1 << 20


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup says of itself: when it was made, where each book ends, and which evidence it holds."""

    format: str
    created: str
    events: int
    heads: dict[str, Head]
    evidence: tuple[str, ...]


def backup(log: EventLog, file: Path, *, clock: Clock) -> Manifest:
    """Write everything *log*'s home holds into the new *file*, while others go on reading and writing.

    InputRefusedError where *file* exists; IntegrityError where the ledger is not what was written, so that a
    damaged ledger never passes for a backup.
    """
    if file.exists():
        raise InputRefusedError(f"{file}: is there already: a backup overwrites nothing; name another file")
    if not log.database.begun():
        raise InputRefusedError(f"{log.home}: holds no ledger yet: there is nothing to back up")
    with _disk_named(file), _beside(file.absolute()) as folder:
        copy = folder / FILE_NAME
        told = read_heads(log.home)  # before the copy: a head can only lag
        log.database.copy(copy)
        sound = _sound(verify_file(copy, told))
        evidence = Evidence(log.home)
        manifest = Manifest(
            format=FORMAT,
            created=clock.now().isoformat(),
            events=sound.events,
            heads=dict(sound.heads),
            evidence=tuple(evidence.kept()),
        )
        made = folder / "backup.tar"
        _write_tar(made, manifest, copy, evidence)
        hit("backup.before_rename")
        _name_once(made, file)
    return manifest


def restore(file: Path, home: Path, *, clock: Clock, allow_older: bool = False) -> Manifest:
    """Bring back what *file* holds into *home*; what stood there is set aside in a folder `replaced-…`.

    Everything is verified first. A backup that lacks events told in `heads.log` is refused unless *allow_older*.
    BusyError while a daemon runs.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with DaemonLock.acquire(home), writers_turn(home, clock), _disk_named(home), _beside(ledger_file(home)) as folder:
        manifest = _unpacked(file, folder)
        if not allow_older:
            _refuse_older(file, home, folder)
        kept = Evidence(folder)
        for sha256 in manifest.evidence:
            Evidence(home).keep(kept.read(sha256))
        aside = home / f"replaced-{clock.now():%Y%m%dT%H%M%S%f}"
        _set_aside(home, aside)
        hit("restore.before_rename")
        write_heads(home, manifest.heads.values(), clock.now())
        ledger_file(folder).replace(ledger_file(home))
        sync_folder(home)
        hit("restore.after_rename")
    return manifest


# -- the file ---------------------------------------------------------------------------------------------------------


def _write_tar(made: Path, manifest: Manifest, copy: Path, evidence: Evidence) -> None:
    with open(made, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, MANIFEST_NAME, msgspec.json.format(msgspec.json.encode(manifest)))
            with copy.open("rb") as database:
                entry = _entry(FILE_NAME, copy.stat().st_size)
                tar.addfile(entry, database)
            for sha256 in manifest.evidence:
                _add(tar, f"evidence/{sha256}", evidence.read(sha256))
        out.flush()
        os.fsync(out.fileno())


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    tar.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _name_once(made: Path, file: Path) -> None:
    """Give *made* its name unless something took it meanwhile."""
    try:
        os.link(made, file)
    except FileExistsError:
        raise InputRefusedError(f"{file}: appeared meanwhile: a backup overwrites nothing; name another file") from None
    sync_folder(file.absolute().parent)


def _unpacked(file: Path, folder: Path) -> Manifest:
    """Unpack *file* into *folder* and verify it, byte by byte and event by event."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            manifest = _manifest(file, tar)
            wanted = {FILE_NAME: 1 << 50, **{f"evidence/{sha256}": MOST_BYTES for sha256 in manifest.evidence}}
            evidence = Evidence(folder)
            for entry in tar:
                if entry.name == MANIFEST_NAME:
                    continue
                if not entry.isreg() or entry.size > wanted.pop(entry.name, -1):
                    raise _not_a_backup(file, f"it holds {entry.name[:100]!r}, which no backup does")
                content = tar.extractfile(entry)
                if content is None:
                    raise _not_a_backup(file, f"{entry.name[:100]!r} has no content")
                if entry.name == FILE_NAME:
                    with ledger_file(folder).open("xb") as out:
                        shutil.copyfileobj(content, out, COPY_BYTES)
                        out.flush()
                        os.fsync(out.fileno())
                    ledger_file(folder).chmod(0o600)
                elif f"evidence/{evidence.keep(content.read())}" != entry.name:
                    raise _not_a_backup(file, f"{entry.name} is not what was kept")
    except FileNotFoundError as missing:
        raise InputRefusedError(f"{file}: is not there: name a file made by `lotwork backup`") from missing
    except (tarfile.TarError, EOFError) as broken:
        raise _not_a_backup(file, str(broken)) from broken
    if wanted:
        raise _not_a_backup(file, f"it is cut short: {len(wanted)} parts are missing, {min(wanted)} among them")
    found = _sound(verify_file(ledger_file(folder), {}), at=file)
    if dict(found.heads) != manifest.heads:
        raise _not_a_backup(file, "the ledger in it does not end where its manifest says")
    return manifest


def _manifest(file: Path, tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first and first.name == MANIFEST_NAME and first.isreg() else None
    if first is None or content is None or first.size > MOST_MANIFEST_BYTES:
        raise _not_a_backup(file, f"it does not begin with {MANIFEST_NAME}")
    try:
        manifest = msgspec.json.decode(content.read(), type=Manifest)
    except msgspec.MsgspecError as broken:
        raise _not_a_backup(file, f"its manifest cannot be read ({broken})") from broken
    if manifest.format != FORMAT:
        raise _not_a_backup(file, f"its format is {manifest.format[:40]!r}, and this Lotwork knows {FORMAT}")
    return manifest


def _not_a_backup(file: Path, why: str) -> IntegrityError:
    return IntegrityError(f"{file}: is not a whole backup: {why}; nothing was changed; restore another one")


def _sound(found: Verification, at: Path | None = None) -> Verification:
    if not found.ok:
        raise IntegrityError(f"{at}: {found.message}" if at else found.message)
    return found


# -- putting it in place ----------------------------------------------------------------------------------------------


def _refuse_older(file: Path, home: Path, folder: Path) -> None:
    """Refuse a backup that lacks events this home has told of, or tells another history."""
    with EventLog(folder) as log:
        for book, told in read_heads(home).items():
            actual = log.head(book)
            if disagreement(told, actual, log.hash_at(book, told.position)) is None:
                continue
            missing = told.position - actual.position
            what = f"lacks {missing} events that were recorded since" if missing > 0 else "tells another history"
            raise InputRefusedError(
                f"{file}: this backup of book {book} {what} (it ends at {actual.position}, {heads_file(home).name} "
                f"tells of {told.position}): restore a newer one, or say --allow-older; nothing was changed"
            )


def _set_aside(home: Path, aside: Path) -> None:
    """Keep the ledger and heads that stand in *home* in *aside*, and leave no write-ahead log behind."""
    current = ledger_file(home)
    if current.exists():
        aside.mkdir(mode=0o700)
        with suppress(sqlite3.Error), closing(connect(current, write=True)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.link(current, aside / FILE_NAME)
        for ending in ("-wal", "-shm"):
            beside = current.with_name(FILE_NAME + ending)
            if beside.exists():
                beside.replace(aside / beside.name)
    if heads_file(home).exists():
        aside.mkdir(mode=0o700, exist_ok=True)
        heads_file(home).replace(aside / heads_file(home).name)


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Lend a private folder on the disk where *file* will stand, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".lotwork-") as folder:
        yield Path(folder)


@contextmanager
def _disk_named(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as refused:
        raise StorageError(
            f"{file}: the disk refused ({refused}): nothing was replaced; free space, check the folder, and try again"
        ) from refused
