"""The archive: the files of law that returns were filed under, kept in the home for as long as the returns are.

Each edition stands at `laws/<digest>/`, laid out like rules/, under the SHA-256 of its bundle: one JSON object that
tells every topic's text. The bundle itself is kept as evidence under that digest, so a backup holds it; where the
folder is gone or is not what was kept, the bundle stands in for it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lotwork.ledger.errors import IntegrityError, StorageError
from lotwork.ledger.storage.evidence import SHA256, Evidence
from lotwork.ledger.storage.files import private, sync_folder
from lotwork.rules.errors import LawFileError
from lotwork.rules.load import Law

FOLDER_NAME = "laws"


def bundle_of(law: Law) -> bytes:
    """Return the files of *law* as the one JSON object whose SHA-256 names them."""
    try:
        told = {topic: content.decode() for topic, content in law.files.items()}
    except UnicodeDecodeError as broken:
        raise LawFileError(f"a rule file is not UTF-8 ({broken}): save it as UTF-8") from broken
    return msgspec.json.encode(told, order="sorted")


class LawArchive:
    """The editions of law one home keeps."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER_NAME
        self._evidence = Evidence(home)

    def keep(self, law: Law) -> str:
        """Keep the files of *law* and return their digest; the corrections of a book stand in its log."""
        bundle = bundle_of(law)
        digest = self._evidence.keep(bundle)
        if self._read_folder(digest) is None:
            try:
                self._write_folder(digest, law.files)
            except OSError as refused:
                raise StorageError(
                    f"{self.folder}: the law could not be kept ({refused}): free space or mend the disk, and try again"
                ) from refused
        return digest

    @staticmethod
    def name(law: Law) -> str:
        """Return the digest by which the files of *law* are kept, whether they are or not."""
        return hashlib.sha256(bundle_of(law)).hexdigest()

    def law(self, digest: str) -> Law:
        """Return the law kept as *digest*, or the one that ships with Lotwork where that is the same.

        Raises IntegrityError where it is nowhere.
        """
        kept = self._read_folder(digest)
        if kept is not None:
            return kept
        shipped = Law.load()
        if self.name(shipped) == digest:
            return shipped
        try:
            told = msgspec.json.decode(self._evidence.read(digest), type=dict[str, str])
        except IntegrityError as gone:
            raise IntegrityError(
                f"{self.folder / digest}: the law this return was filed under is not kept here, or is not what was "
                "kept: restore a backup, or copy the folder from the home it was filed in"
            ) from gone
        return Law({topic: text.encode() for topic, text in told.items()})

    def _read_folder(self, digest: str) -> Law | None:
        """Return the law in the folder *digest*; None where it is not there or not whole."""
        folder = self.folder / digest
        if SHA256.fullmatch(digest) is None or not folder.is_dir():
            return None
        try:
            law = Law.load(folder)
            return law if hashlib.sha256(bundle_of(law)).hexdigest() == digest else None
        except (OSError, LawFileError):
            return None

    def _write_folder(self, digest: str, files: Mapping[str, bytes]) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=self.folder, prefix=".new-"))
        try:
            for topic, content in files.items():
                file = beside / f"{topic}.toml"
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with open(file, "wb", opener=private) as out:
                    out.write(content)
                    out.flush()
                    os.fsync(out.fileno())
                sync_folder(file.parent)
            place = self.folder / digest
            if self._read_folder(digest) is not None:
                return  # another process kept it meanwhile
            if place.exists() or place.is_symlink():
                place.replace(beside.with_suffix(".broken"))  # kept beside: it is not ours to delete
            beside.replace(place)
            sync_folder(self.folder)
        except OSError:
            if self._read_folder(digest) is None:
                raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
