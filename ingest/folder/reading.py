"""How a folder is read: each *.jsonl and *.csv in it is let in once, through the same door as `lotwork import`.

A file is known by the SHA-256 of its content, so it may be renamed, stay or go; one that grew is read again, and the
events it told before are known by their ids. A file that cannot be let in holds up no other: it is named in every
look until it is mended or taken away. The folder is a boundary (`ledger.boundary`): whoever can put a file into it can
put a link there too, and what a link leads to is not read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lotwork.ingest.ports import Page
from lotwork.ingest.sheets.column_map import ColumnMap
from lotwork.ingest.sheets.files import read_csv
from lotwork.ledger.boundary import Opener, opener_below
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, InputRefusedError, NotLetInError, Problem
from lotwork.ledger.events import Event
from lotwork.ledger.evidence_told import EvidenceTold
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import TextLine, read_json_lines
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog

SUFFIXES = frozenset({".csv", ".jsonl"})
AT_REST = timedelta(seconds=2)
"""A file written to more recently may not be whole yet."""
REVISE = "look at it with `lotwork import FILE --map MAP`, and record it with --revise"
SHOWN_DIGITS = 24
MOST_BYTES = 1 << 30
"""The largest file that is let in unseen: more than two million lines of it."""


@dataclass(kw_only=True)
class FolderSource:
    """The files of one folder, for one book; CSV is read by *column_map*."""

    name: str
    book: str
    folder: Path
    column_map: ColumnMap | None
    log: EventLog
    clock: Clock
    evidence: Evidence
    _refused: dict[str, InputRefusedError] = field(default_factory=dict)
    _let_in: bool = False
    _left_out: str | None = None

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the events of the next file that was not let in yet.

        Raises InputRefusedError with every problem of the first file that cannot be let in, in the first look that
        lets in no other.
        """
        known: list[str] = json.loads(cursor) if cursor else []
        fresh = [(path, digest) for path, digest in self._files() if digest not in known]
        still_here = {digest for _, digest in fresh}
        self._refused = {digest: why for digest, why in self._refused.items() if digest in still_here}
        for path, digest in fresh:
            if digest in self._refused:
                continue
            try:
                events = self._events(path)
            except InputRefusedError as refused:
                self._refused[digest] = refused
                continue
            self._let_in = True
            cursor = json.dumps([*known, digest])
            return Page(events=events, cursor=cursor, more=len(fresh) > 1, left_out=self._left_out)
        if self._refused and not self._let_in:
            raise next(iter(self._refused.values()))
        self._let_in = False
        return Page(events=(), cursor=cursor or "[]")

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Yield the files at rest, by name, with the digest each is known by; of one that may not be read, its name."""
        if not self.folder.is_dir():
            raise ConfigError(f"source {self.name}: {self.folder} is no folder: create it, or correct `folder`")
        for path in sorted(self.folder.iterdir()):
            if path.suffix.lower() in SUFFIXES and _holds_something(path):
                with suppress(FileNotFoundError):  # taken away meanwhile
                    written = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
                    if abs(self.clock.now() - written) >= AT_REST:
                        yield path, self._digest(path)

    def _digest(self, path: Path) -> str:
        """Return what the content of *path* is known by; a file that may not be read is known by name until it may."""
        try:
            with open(path, "rb", opener=self._opener) as file:
                return hashlib.file_digest(file, "sha256").hexdigest()[:SHOWN_DIGITS]
        except NotLetInError as refused:
            return f"unread {path.name} {refused.reason}"

    @property
    def _opener(self) -> Opener:
        return opener_below(self.folder, MOST_BYTES)

    def _events(self, path: Path) -> tuple[Event, ...]:
        intake = Intake(self.log, self.book, evidence=EvidenceTold(self.evidence), now=self.clock.now())
        intake.take(self._lines(path, intake.problems), self.folder)
        for book in intake.events.keys() - {self.book}:
            intake.problems.append(
                Problem(
                    path.name, "book", f"it tells of book {book}", f"this folder is for {self.book}: move the lines"
                )
            )
        intake.problems += [
            Problem(revision.where, "row", f"{revision.event.id} is recorded otherwise ({revision})", REVISE)
            for _, revision in intake.revisions
        ]
        intake.check()
        return tuple(intake.events[self.book])

    def _lines(self, path: Path, problems: list[Problem]) -> Iterator[TextLine]:
        self._left_out = None
        if path.suffix.lower() == ".jsonl":
            return read_json_lines(path, problems, opener=self._opener)
        if self.column_map is None:
            raise ConfigError(f"{path.name}: nothing says what its columns mean: set `map` of source {self.name}")
        told = read_csv(path, self.column_map, opener=self._opener)
        if words := told.in_words():
            self._left_out = f"{path.name}: {words}"
        if not told.lines:
            problems.append(Problem(f"{path.name}:1", "file", str(told), "mend the map, or take the file away"))
        return iter(told.lines)


def _holds_something(path: Path) -> bool:
    """Say if *path* is no folder, and no link that leads nowhere, as an editor makes to lock a file."""
    return os.path.exists(path) and not (os.path.isdir(path) and not path.is_symlink())  # noqa: PTH110, PTH112 - these never raise
