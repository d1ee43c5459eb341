"""Where the heads are told besides `heads.log`: on another disk, by a command, to a webhook (`[heads] also`).

Who rolls back the ledger and `heads.log` together, as a snapshot of the whole disk does, is found out by what was told
elsewhere. A place that cannot be reached holds nothing up: it is said, and told again later.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from lotwork.alerts.bounded_command import run_bounded
from lotwork.ledger.errors import LotworkError, StorageError
from lotwork.ledger.storage.batch import Head, Message
from lotwork.ledger.storage.heads import MOST_BYTES, Outside, append_lines, disagreement, furthest, line_of, look
from lotwork.ledger.storage.verify import Verification
from lotwork.service.ledger_place import open_log
from lotwork.service.settings import COMMAND, IN_FILE, Heads

DEADLINE_SECONDS = 10
ON_PURPOSE = "where an older backup was restored on purpose, let it forget what it was told"


class Place(Protocol):
    """One place that is told the heads, and can be asked for them."""

    @property
    def name(self) -> str:
        """How the settings name it."""
        ...

    def tell(self, heads: Sequence[Head], at: datetime) -> None:
        """Tell it *heads*; StorageError where it did not take them."""
        ...

    def told(self) -> Outside:
        """Return what it was told; StorageError where it does not say."""
        ...


@dataclass(frozen=True)
class FilePlace:
    """A file with the same lines as `heads.log`, best on another disk; its folder is never made."""

    name: str
    file: Path

    def tell(self, heads: Sequence[Head], at: datetime) -> None:
        """Append what it does not know yet."""
        known = self.told().told
        lines = b"".join(line_of(head, at.isoformat()) for head in heads if known.get(head.book) != head)
        try:
            if lines:
                append_lines(self.file, lines)
        except OSError as refused:
            raise StorageError(f"{self.name}: {refused}") from refused

    def told(self) -> Outside:
        """Return what stands in it."""
        if not self.file.parent.is_dir():
            raise StorageError(f"{self.name}: {self.file.parent} is not there: is its disk mounted?")
        return look(self.file)


@dataclass(frozen=True)
class CommandPlace:
    """A command that is given the lines on standard input with `tell`, and prints those it keeps with `show`."""

    name: str
    words: tuple[str, ...]

    def tell(self, heads: Sequence[Head], at: datetime) -> None:
        """Give it the lines."""
        self._run("tell", b"".join(line_of(head, at.isoformat()) for head in heads))

    def told(self) -> Outside:
        """Return what it prints."""
        return furthest(self._run("show", b""), Path(self.words[0]))

    def _run(self, what: str, given: bytes) -> bytes:
        try:
            return run_bounded((*self.words, what), given, seconds=DEADLINE_SECONDS, most_bytes=MOST_BYTES)
        except StorageError as failed:
            raise StorageError(f"{self.name}: `{what}`: {failed}") from failed


def places_of(settings: Heads, home: Path) -> tuple[Place, ...]:
    """Return the places that can be asked; the webhook only hears."""
    places: list[Place] = []
    for one in settings.also:
        if one.startswith(IN_FILE):
            places.append(FilePlace(one, home / Path(one.removeprefix(IN_FILE)).expanduser()))
        elif one.startswith(COMMAND):
            places.append(CommandPlace(one, tuple(shlex.split(one.removeprefix(COMMAND)))))
    return tuple(places)


def tell(places: Iterable[Place], heads: Mapping[str, Head], at: datetime) -> list[str]:
    """Tell *heads* to every place; return what kept one of them from being told."""
    troubles = []
    for place in places:
        try:
            place.tell([head for _, head in sorted(heads.items()) if head.position], at)
        except LotworkError as failed:
            troubles.append(f"the heads could not be told elsewhere: {failed}")
    return troubles


def held_against(places: Iterable[Place], home: Path, found: Verification) -> Verification:
    """Return *found* with what *places* were told and the ledger in *home* does not hold."""
    for place in places:
        try:
            outside = place.told()
        except LotworkError as silent:
            found = msgspec.structs.replace(found, notes=(*found.notes, f"the heads could not be compared: {silent}"))
            continue
        problem = outside.fault or _problem(place, outside, home)
        if problem and found.ok:
            found = msgspec.structs.replace(found, ok=False, message=f"{home}: {problem}; {ON_PURPOSE}")
        if not outside.begun and found.heads:
            found = msgspec.structs.replace(
                found, notes=(*found.notes, f"{place.name}: was told no heads yet, or has lost them")
            )
    return found


def _problem(place: Place, outside: Outside, home: Path) -> str | None:
    with open_log(home, check_heads=False) as log:
        for book, head in outside.told.items():
            problem = disagreement(head, log.head(book), log.hash_at(book, head.position), place.name)
            if problem:
                return problem
    return None


def head_messages(heads: Mapping[str, Head]) -> list[Message]:
    """Return *heads* as messages for a webhook."""
    return [
        Message(f"head/{book}/{head.position}", f"Lotwork: where book {book} ends", f"{head.position} {head.hash}")
        for book, head in sorted(heads.items())
    ]
