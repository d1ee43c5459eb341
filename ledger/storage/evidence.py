"""The raw bytes an event was read from, kept by their SHA-256: the same bytes are kept once, and never change.

A blob stands at `evidence/ab/abcdef…`; it is written beside its place, synced, and then given its name, so a name
always has its whole content.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lotwork.ledger.counting import counted
from lotwork.ledger.errors import InputRefusedError, IntegrityError, StorageError
from lotwork.ledger.events import Correction, Event
from lotwork.ledger.storage.failpoints import hit
from lotwork.ledger.storage.files import read_plain, sync_folder

FOLDER_NAME = "evidence"
MOST_BYTES = 64 << 20
SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def refuse_above(most: int, size: int) -> None:
    """Raise InputRefusedError where *size* bytes are more than *most*."""
    if size > most:
        raise InputRefusedError(
            f"the evidence is too large: at most {most} bytes are kept: split the file, or leave it out"
        )


def named_by(event: Event) -> Iterator[str]:
    """Yield the SHA-256 of each piece of evidence that *event* names: its own, and what a correction sets."""
    if event.evidence is not None:
        yield event.evidence
    if isinstance(event, Correction) and isinstance(event.set_.get("evidence"), str):
        yield event.set_["evidence"]


class Evidence:
    """The evidence of one home."""

    def __init__(self, home: Path, name: str = FOLDER_NAME) -> None:
        self.folder = home / name

    def keep(self, data: bytes) -> str:
        """Keep *data* and return its SHA-256 in hex; more than 64 MiB is refused."""
        refuse_above(MOST_BYTES, len(data))
        sha256 = hashlib.sha256(data).hexdigest()
        file = self._file(sha256)
        try:
            if file.exists() and hashlib.sha256(read_plain(file, MOST_BYTES)).hexdigest() == sha256:
                return sha256
            for folder in (self.folder.parent, self.folder, file.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(file, data)
            for folder in (file.parent, self.folder, self.folder.parent):
                sync_folder(folder)
        except OSError as refused:
            raise StorageError(
                f"{self.folder}: evidence could not be kept ({refused}): free space or mend the disk, and try again"
            ) from refused
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes kept as *sha256*; IntegrityError where they are gone or are not what was kept."""
        file = self._file(sha256)
        try:
            data = read_plain(file, MOST_BYTES)
        except FileNotFoundError:
            raise IntegrityError(f"{file}: this evidence is missing: restore a backup") from None
        except OSError as refused:
            raise StorageError(f"{file}: cannot be read ({refused}): check its owner and the disk") from refused
        if hashlib.sha256(data).hexdigest() != sha256:
            raise IntegrityError(f"{file}: this evidence is not what was kept: restore a backup")
        return data

    def holds(self, sha256: str) -> bool:
        """Say if something is kept as *sha256*, whatever it is by now; what is no SHA-256 names nothing."""
        return SHA256.fullmatch(sha256) is not None and self._file(sha256).is_file()

    def kept(self) -> Iterator[str]:
        """Yield the SHA-256 of everything kept, in order."""
        if not self.folder.is_dir():
            return
        for file in sorted(self.folder.glob("??/*")):
            if SHA256.fullmatch(file.name):
                yield file.name

    def damaged(self) -> Iterator[str]:
        """Yield the SHA-256 of every piece that is not what was kept."""
        for sha256 in counted("pieces of evidence read", self.kept()):
            try:
                self.read(sha256)
            except IntegrityError:
                yield sha256

    def _file(self, sha256: str) -> Path:
        if SHA256.fullmatch(sha256) is None:
            raise InputRefusedError(f"evidence {sha256[:80]!r}: is not a SHA-256: give 64 hex digits")
        return self.folder / sha256[:2] / sha256

    def _write(self, file: Path, data: bytes) -> None:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
        beside = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            hit("evidence.before_rename")
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
