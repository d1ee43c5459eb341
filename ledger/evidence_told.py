"""The evidence that lines name: a file below their own folder, or the SHA-256 of what is kept.

Nothing is kept before everything was let in: until then a file is only read and named by its digest, so that lines
which are refused leave nothing behind. What is named by its digest alone is kept already, comes beside the lines (as
`lotwork export --evidence evidence` lays it out), or is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lotwork.ledger.boundary import read_below, read_by_hand
from lotwork.ledger.errors import InputRefusedError, NotLetInError, Problem
from lotwork.ledger.lined_up import LinedUp
from lotwork.ledger.storage.evidence import FOLDER_NAME, MOST_BYTES, Evidence, named_by

if TYPE_CHECKING:
    from lotwork.ledger.history import Log

DIGEST = re.compile(r"[0-9a-f]{64}")
NOT_KEPT = "bring the file (`lotwork export --evidence evidence` lays it beside an export), or leave the key out"

MAY_SET_EVIDENCE = frozenset({"correction"})


class EvidenceTold:
    """What one import brings, and what it says is kept."""

    def __init__(self, kept: Evidence, *, only_try: bool = False) -> None:
        self._kept = kept
        self._only_try = only_try
        self._brought: dict[str, tuple[Path | None, str]] = {}
        self._sent: dict[str, bytes] = {}

    def digest(self, name: object, folder: Path | None) -> str:
        """Return the SHA-256 of the evidence *name*; NotLetInError where it is a file that may not be read.

        A file lies below *folder*, that of the file that names it; None: a person named it on the command line.
        """
        if isinstance(name, str) and DIGEST.fullmatch(name):
            self.look_for(name, folder)
            return name
        sha256 = hashlib.sha256(_read(name, folder)).hexdigest()
        self._brought.setdefault(sha256, (folder, str(name)))
        return sha256

    def bring(self, content: bytes) -> str:
        """Bring *content* itself, which was sent and lies in no file; return its SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._sent[sha256] = content
        return sha256

    def lacks(self, sha256: str) -> bool:
        """Say if *sha256* is neither kept nor brought along."""
        return sha256 not in self._brought and sha256 not in self._sent and not self._kept.holds(sha256)

    def problems(self, log: Log, book: str, events: LinedUp) -> Iterator[Problem]:
        """Yield the problem of each of *events* that names what nobody has and that *log* lacks."""
        if not events.name_evidence and events.kinds.isdisjoint(MAY_SET_EVIDENCE):
            return
        lacking = {event.id: event for event in events if any(map(self.lacks, named_by(event)))}
        for _, known in log.read(book, ids=lacking) if lacking else ():
            del lacking[known.id]
        for event in lacking.values():
            where = (events.find(event.id) or (event.id, event))[0]
            for sha256 in filter(self.lacks, named_by(event)):
                if DIGEST.fullmatch(sha256):  # what is no digest is told elsewhere
                    key = "evidence" if sha256 == event.evidence else "set"
                    yield Problem(where, key, f"no evidence {sha256[:16]}… is kept here", NOT_KEPT)

    def keep(self) -> None:
        """Keep all that was brought, before any event that rests on it is recorded."""
        if self._only_try:
            return
        for sha256, (folder, name) in self._brought.items():
            content = _read(name, folder)
            if hashlib.sha256(content).hexdigest() != sha256:
                raise InputRefusedError(f"{name}: it changed while it was let in: nothing was recorded; try again")
            self._kept.keep(content)
        for content in self._sent.values():
            self._kept.keep(content)
        self._brought.clear()
        self._sent.clear()

    def look_for(self, sha256: object, folder: Path | None) -> None:
        """Note where *sha256* lies beside the file that names it, unless it is kept."""
        if folder is None or not (isinstance(sha256, str) and DIGEST.fullmatch(sha256)) or not self.lacks(sha256):
            return
        for name in (f"{FOLDER_NAME}/{sha256[:2]}/{sha256}", f"{FOLDER_NAME}/{sha256}", sha256):
            try:
                content = read_below(folder, name, MOST_BYTES)
            except NotLetInError:
                continue
            if hashlib.sha256(content).hexdigest() == sha256:
                self._brought[sha256] = (folder, name)
                return


def _read(name: object, folder: Path | None) -> bytes:
    if folder is None:
        return read_by_hand(Path(str(name)), MOST_BYTES)
    return read_below(folder, name, MOST_BYTES)
