"""One file that brings everything back: the database as of one instant, its heads, and the evidence.

A backup is a tar: `manifest.json` first, then `ledger.sqlite` (VACUUM INTO, so it is whole and has no write-ahead log
beside it), then each piece of evidence by its SHA-256. It is verified before it gets its name, and again before it
replaces anything (`ledger.storage.restore`).

The chain binds the events alone, and not how far a source was read or which alert waits. So the header of the database
in the tar holds the SHA-256 of the manifest and the whole database; a release that does not know it reads past it.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from pathlib import Path

import msgspec

from lotwork.ledger.clock import Clock
from lotwork.ledger.counting import counted
from lotwork.ledger.errors import BusyError, InputRefusedError, StorageError
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.files import private
from lotwork.ledger.storage.heads import read_heads
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from lotwork.ledger.storage.verify import Verification, verify_file
from lotwork.ledger.storage.whole_file import beside, disk_named, name_once

MANIFEST_NAME = "manifest.json"
FORMAT = "lotwork.backup.v1"
WHAT = "backup"
MOST_MANIFEST_BYTES = 16 << 20
COPY_BYTES = 1 << 20
SHA256 = "LOTWORK.sha256"
"""The keyword of the header of the database in the tar that holds what `digest_of` returns."""


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
    with disk_named(file, WHAT):
        if file.exists():
            raise InputRefusedError(f"{file}: is there already: a backup overwrites nothing; name another file")
        if not file.absolute().parent.is_dir():
            raise StorageError(f"{file}: there is no folder {file.absolute().parent}: make it, or name another file")
    if not log.database.begun():
        raise InputRefusedError(f"{log.home}: holds no ledger yet: there is nothing to back up")
    before = log.database.stands()
    with disk_named(file, WHAT), beside(file.absolute()) as folder:
        copy = folder / FILE_NAME
        told = read_heads(log.home)  # before the copy: a head can only lag
        log.database.copy(copy)
        found = sound(verify_file(copy, told))
        evidence = Evidence(log.home)
        manifest = Manifest(
            format=FORMAT,
            created=clock.now().isoformat(),
            events=found.events,
            heads=dict(found.heads),
            evidence=tuple(evidence.kept()),
        )
        made = folder / "backup.tar"
        _write_tar(made, manifest, copy, evidence)
        hit("backup.before_rename")
        if log.database.stands() != before:
            raise BusyError(
                f"{log.database.place}: another ledger was restored meanwhile: no backup was made; try again"
            )
        name_once(made, file, WHAT)
    return manifest


def sound(found: Verification, at: Path | None = None) -> Verification:
    """Return *found* where it says that the ledger is sound; else IntegrityError, naming the file *at* which it is."""
    if not found.ok:
        raise found.error(f"{at}: {found.message}" if at else found.message)
    return found


# -- the file ---------------------------------------------------------------------------------------------------------


def _write_tar(made: Path, manifest: Manifest, copy: Path, evidence: Evidence) -> None:
    with open(made, "xb", opener=private) as out:
        with tarfile.TarFile(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, copybufsize=COPY_BYTES) as tar:
            said = msgspec.json.format(msgspec.json.encode(manifest))
            _add(tar, MANIFEST_NAME, said)
            entry = _entry(FILE_NAME, copy.stat().st_size)
            entry.pax_headers = {SHA256: digest_of(said, copy)}
            with copy.open("rb") as database:
                tar.addfile(entry, database)
            for sha256 in counted("pieces of evidence written", manifest.evidence):
                _add(tar, f"evidence/{sha256}", evidence.read(sha256))
        out.flush()
        os.fsync(out.fileno())


def digest_of(manifest: bytes, database: Path) -> str:
    """Return the SHA-256 of the *manifest* and, behind it, of the file of the *database*."""
    digest = hashlib.sha256(manifest)
    with database.open("rb") as content:
        while piece := content.read(COPY_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    tar.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry
