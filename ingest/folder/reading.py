"""How a folder is read: each *.jsonl and each table in it is let in once, through the same door as `lotwork import`.

A file is known by the SHA-256 of its content, so it may be renamed, stay or go; one that grew, or went back to what it
was, is read again, and the events it told before are known by their ids. A file that cannot be let in holds up no
other: it is named in every look until it is mended or taken away, and is in suspense once it is an hour old; until then
it may still be being written. The folder is a boundary (`ledger.boundary`): whoever can put a file into it can put a
link there too, and what a link leads to is not read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lotwork.ingest.ports import Page
from lotwork.ingest.profiles.home_zone import zone_of
from lotwork.ingest.profiles.known_file import TABLES, UnknownFaceError, read_file
from lotwork.ingest.profiles.reading import KnownRows
from lotwork.ingest.sheets.column_map import ColumnMap
from lotwork.ingest.sheets.files import read_csv
from lotwork.ingest.suspense import InSuspense, Untaken, place, place_of
from lotwork.ledger.boundary import Opener, opener_below
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, InputRefusedError, NotLetInError, Problem
from lotwork.ledger.events import Event
from lotwork.ledger.evidence_told import EvidenceTold
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import TextLine, read_json_lines
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog

SUFFIXES = frozenset({".jsonl", *TABLES})
BESIDE = ("~$", "._")
"""How names begin of what Excel lays beside a workbook that is open, and macOS beside any file: they hold no rows."""
AT_REST_SECONDS = 2.0
"""A file written to more recently may not be whole yet; what a disk says of when may be no date at all."""
YOUNG_SECONDS = 3600.0
"""A file that is refused and was written to more recently may still be being written: it is none of the book's yet."""
AHEAD_SECONDS = 86_400.0
"""By how much the clock that dated a file may be ahead: one dated later is as old as any."""
SHOWN_FILES = 3
LAST = "last "
"""What stands before the digest of the last content of a file of a name: one that is as it was before is read again."""
REVISE = "look at it with `lotwork import FILE --map MAP`, and record it with --revise"
SHOWN_DIGITS = 24
FILE_ROOM, ROWS_ROOM = "file", "rows"
"""What is in suspense: files that were refused, and rows that wait for a word."""
READS_AS = "reads 2"
"""What a cursor says whose files were read for what is put in suspense today."""
MOST_BYTES = 1 << 30
"""The largest file that is let in unseen: more than two million lines of it."""


@dataclass(kw_only=True)
class FolderSource:
    """The files of one folder, for one book; tables are read by *column_map*, or by a profile."""

    name: str
    book: str
    folder: Path
    column_map: ColumnMap | None
    log: EventLog
    clock: Clock
    evidence: Evidence
    profile: str | None = None
    """The profile that reads them, where a person named one."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What the files do not say."""
    wallet: str | None = None
    named: frozenset[str] | None = None
    """The sources of its book, where they are known."""
    _waiting: deque[Path] = field(default_factory=deque)
    """What this look has yet to take up: the folder is listed once a look, however many files are let in."""
    _left_at: str | None = None
    """The cursor of the page before, where this look goes on."""
    _let_in: bool = False
    _first_refused: InputRefusedError | None = None
    _known_as: dict[Path, tuple[tuple[int, ...], str]] = field(default_factory=dict)
    """The digest of each file by its status, so that one that lies unchanged is not read in each look."""
    _left_out: str | None = None
    """Which rows of the file that is let in are no events."""
    _asked: str | None = None
    """Which of them wait for a person's word."""
    _refused: dict[str, InputRefusedError] = field(default_factory=dict)
    """The files of this look that could not be let in, by name."""
    _rows_asked: list[Untaken] = field(default_factory=list)
    """What waits for a person's word of the files that were read since the last page."""
    _looked: set[str] = field(default_factory=set)
    """Where in suspense it was looked for that."""
    _suspense: InSuspense | None = None
    _written_to: list[str] = field(default_factory=list)
    """The files that this look passed by, since they may not be whole yet."""
    _young: set[str] = field(default_factory=set)
    """The files of this look that were written to within the hour."""

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the events of the next file that was not let in yet; each file is taken up once a look.

        Raises InputRefusedError with every problem of the first file that cannot be let in, in the first look that
        lets in no other; one that lets in another tells them. Such a file is tried again in each look: what it lacks
        may lie in another one, or beside it.
        """
        known: list[str] = json.loads(cursor) if cursor else []
        if not self._waiting or cursor != self._left_at:
            self._list()
        seen = set(known)
        told = (each.split(" ", 2) for each in known if each.startswith(LAST))
        last = {name: digest for _, digest, name in told}
        while self._waiting:
            path = self._waiting.popleft()
            with suppress(FileNotFoundError):  # taken away meanwhile
                digest = self._digest_at_rest(path)
                if digest is None or (digest in seen and last.get(path.name, digest) == digest):
                    if digest is not None and READS_AS not in seen:
                        self._ask_again(path)
                    continue
                try:
                    events = self._events(path)
                except InputRefusedError as refused:
                    self._first_refused = self._first_refused or refused
                    self._refused[path.name] = refused
                    continue
                now = (digest, f"{LAST}{digest} {path.name}")
                kept = (each for each in known if each not in (*now, f"{LAST}{last.get(path.name)} {path.name}"))
                self._let_in, self._left_at = True, json.dumps([*kept, *now])
                return self._page(events, self._left_at)
        if self._first_refused and not self._let_in:
            self._first_refused.in_suspense = self._settled()
            raise self._first_refused
        self._left_out = self._asked = None
        return self._page((), cursor if READS_AS in seen and cursor else json.dumps([*known, READS_AS]))

    def not_let_in(self, cursor: str | None) -> list[str]:
        """Return the names of the files that stand in no book: not let in up to *cursor*, nor told as in suspense.

        Raises ConfigError where there is no such folder.
        """
        self._list()
        known: list[str] = json.loads(cursor) if cursor else []
        last = {name: digest for _, digest, name in (each.split(" ", 2) for each in known if each.startswith(LAST))}
        names: list[str] = []
        for path in self._waiting:
            digest = self._digest_at_rest(path)
            is_in = digest is not None and digest in known and last.get(path.name, digest) == digest
            is_young = path.name in self._young or path.name in self._written_to
            is_answered = not is_young and self.in_suspense.is_answered(place(FILE_ROOM, path.name))
            if not is_in and not is_answered and (digest is not None or path.name in self._written_to):
                names.append(path.name)
        self._waiting.clear()
        return names

    def _page(self, events: tuple[Event, ...], cursor: str) -> Page:
        """Return *events* with what of their file is none, and at the end of a look, which file could not be let in."""
        refused = None if self._waiting or self._first_refused is None else str(self._first_refused)
        return Page(
            events=(*events, *self._settled()),
            cursor=cursor,
            more=bool(self._waiting),
            left_out="; ".join(filter(None, (self._left_out, self._passed_by()))) or None,
            alerts=tuple(filter(None, (self._asked, refused))),
        )

    @property
    def in_suspense(self) -> InSuspense:
        """What of the folder waits in the book for being taken."""
        self._suspense = self._suspense or InSuspense(self.log, self.book, self.name, self.named)
        return self._suspense

    def _settled(self) -> tuple[Event, ...]:
        """Return what puts in suspense what was not taken since the last page, and takes back what was by now."""
        untaken, looked = self._rows_asked, self._looked
        self._rows_asked, self._looked = [], set()
        if not self._waiting:  # at the end of a look each file was tried, but for those that are written to
            old = (name for name in self._refused if name not in self._young)
            untaken = [*untaken, *(_refused_file(name, self._refused[name]) for name in old)]
            looked |= {place_of(each.id) for each in self.in_suspense.open(FILE_ROOM)}
            looked -= {place(FILE_ROOM, name) for name in (*self._written_to, *(self._young & self._refused.keys()))}
        because = "the file was let in, or taken away"
        return self.in_suspense.amended(untaken, looked=looked, now=self.clock.now(), because=because)

    def _ask_again(self, path: Path) -> None:
        """Note what waits for a word of a file that was let in by an older program, which only sent an alert."""
        if self.column_map is None and path.suffix.lower() != ".jsonl":
            with suppress(InputRefusedError):
                self._known(path)

    def _passed_by(self) -> str | None:
        """Say at the end of a look which files it passed by."""
        if self._waiting or not self._written_to:
            return None
        names = ", ".join(self._written_to[:SHOWN_FILES]) + ", …" * (len(self._written_to) > SHOWN_FILES)
        return f"{names}: written to within the last {AT_REST_SECONDS:.0f} seconds, and not read yet: ask again"

    def _list(self) -> None:
        """Begin a look: note the files that there are, by name."""
        if not self.folder.is_dir():
            raise ConfigError(f"source {self.name}: {self.folder} is no folder: create it, or correct `folder`")
        files = sorted(path for path in self.folder.iterdir() if is_to_be_read(path))
        self._waiting, self._let_in, self._left_at, self._first_refused = deque(files), False, None, None
        self._known_as = {path: self._known_as[path] for path in files if path in self._known_as}
        self._written_to, self._young = [], set()
        self._refused, self._rows_asked, self._looked = {}, [], set()

    def _digest_at_rest(self, path: Path) -> str | None:
        """Return what *path* is known by: the digest of its content, or its name where it may not be read.

        None where it holds nothing to be read, or is written to and may not be whole yet.
        """
        if not _holds_something(path):
            return None
        found = path.lstat()
        age = self.clock.now().timestamp() - found.st_mtime
        if abs(age) < AT_REST_SECONDS:
            self._written_to.append(path.name)
            return None
        if -AHEAD_SECONDS <= age < YOUNG_SECONDS:
            self._young.add(path.name)
        status = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_nlink)
        known_as = self._known_as.get(path)
        if known_as and known_as[0] == status:
            return known_as[1]
        try:
            with open(path, "rb", opener=self._opener) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()[:SHOWN_DIGITS]
        except NotLetInError as refused:
            return f"unread {path.name} {refused.reason}"
        self._known_as[path] = status, digest
        return digest

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
        intake.check_recorded()
        intake.check()
        return tuple(intake.events[self.book])

    def _lines(self, path: Path, problems: list[Problem]) -> Iterator[TextLine]:
        self._left_out = self._asked = None
        if path.suffix.lower() == ".jsonl":
            return _some(path, read_json_lines(path, problems, opener=self._opener), problems)
        if self.column_map is None:
            return iter(self._known(path).all_lines)
        told = read_csv(path, self.column_map, home_zone=zone_of(self.log, self.book), opener=self._opener)
        if words := told.in_words():
            self._left_out = f"{path.name}: {words}"
        if not told.lines:
            problems.append(Problem(f"{path.name}:1", "file", str(told), "mend the map, or take the file away"))
        return iter((*told.lines, *told.undone))

    def _known(self, path: Path) -> KnownRows:
        """Return what a file tells that is known by its face; coins that came in are held: nobody is asked here."""
        home_zone = zone_of(self.log, self.book)
        settings = {"inflow": "held", **self.settings}
        try:
            told = read_file(path, self.profile, settings, wallet=self.wallet, home_zone=home_zone, opener=self._opener)
        except UnknownFaceError as unknown:
            raise InputRefusedError(f"{unknown}; here, set `map` of source {self.name}") from None
        if told.left_out:
            self._left_out = f"{path.name}: {told}"
        rows = f"{path.name}, "
        self._looked |= {
            place_of(each.id) for each in self.in_suspense.open(ROWS_ROOM) if each.subject.startswith(rows)
        }
        self._rows_asked += (
            Untaken(
                ROWS_ROOM,
                f"{path.name} {why}",
                f"{rows}{asked._replace(how='')}",
                f"your word is needed: {why}",
                asked.how or "record by hand what happened",
            )
            for why, asked in told.asked.items()
        )
        if told.asked:
            words = "; ".join(f"{why}, {asked}" for why, asked in told.asked.items())
            self._asked = f"{path.name}: your word is needed: {words}"
        return told


def _refused_file(name: str, refused: InputRefusedError) -> Untaken:
    remedy = "mend the file, or take it out of the folder and record by hand what it tells"
    return Untaken(FILE_ROOM, name, f"the file {name}", str(refused), remedy)


def _some(path: Path, lines: Iterator[TextLine], problems: list[Problem]) -> Iterator[TextLine]:
    """Yield *lines*; a file without one is a problem: it was cut off before its first."""
    count = 0
    for count, line in enumerate(lines, 1):  # noqa: B007 - it is asked for behind the loop
        yield line
    if not count and not problems:
        problems.append(Problem(path.name, "file", "it has no line", "write it again, or take the file away"))


def _holds_something(path: Path) -> bool:
    """Say if *path* is no folder, and no link that leads nowhere, as an editor makes to lock a file."""
    return os.path.exists(path) and not (os.path.isdir(path) and not path.is_symlink())  # noqa: PTH110, PTH112 - these never raise


def is_to_be_read(path: Path) -> bool:
    """Say if *path* is, by its name, a file that is let in."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(BESIDE)
