"""What is known of asking for prices between two rounds, and between two runs: kept in the home, lost without harm.

`prices-asked.json` says of each price that is still wanted when it is asked for again and why not before, of each
source when it answered last and how long it wants silence, and how far a long round has come. It is no part of the
ledger: without it everything is asked for anew.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from lotwork.ingest.prices.fetch import Unpriced, Wanted
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.doctor import Check
from lotwork.projections.unpriced import IN_WORDS, Why

if TYPE_CHECKING:
    from lotwork.service.settings import Prices

FILE = "prices-asked.json"
MOST_BYTES = 64 * 1024 * 1024


class Left(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A price that was asked for and not had."""

    why: Why
    reason: str
    first: datetime
    """When it was first asked for in vain, for this reason or one like it."""
    asked: datetime
    again: datetime | None
    """None: only where a person says so, or other sources are asked."""
    failures: int = 1


class OfSource(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is known of one source of prices."""

    answered: datetime | None = None
    trouble: str | None = None
    quiet_until: datetime | None = None
    """Until when it wants no question."""


class Progress(msgspec.Struct, kw_only=True):
    """How far a round of a book has come."""

    asked: int
    of: int
    recorded: int
    at: datetime


class Known(msgspec.Struct, kw_only=True):
    """The whole file."""

    setup: str = ""
    """The sources it was asked of, with their places and names: what nobody had of others is asked for again."""
    books: dict[str, dict[str, Left]] = msgspec.field(default_factory=dict)
    sources: dict[str, OfSource] = msgspec.field(default_factory=dict)
    progress: dict[str, Progress] = msgspec.field(default_factory=dict)


def setup_of(settings: Prices) -> str:
    """Return what tells apart who is asked, where, and by which names; another answer may come of another."""
    told = [(name, settings.place(name), sorted(settings.names(name).items())) for name in settings.sources]
    return hashlib.sha256(repr((settings.candles, told)).encode()).hexdigest()[:16]


def key_of(wanted: Wanted) -> str:
    """Return what *wanted* is called in the file: a coin and an instant."""
    return f"{wanted.asset} {print_instant(wanted.at)}"


def read(home: Path) -> Known:
    """Return what is known in *home*; nothing where nothing was written, or it cannot be read."""
    try:
        with (home / FILE).open("rb") as file:
            return msgspec.json.decode(file.read(MOST_BYTES), type=Known)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Known()


def prices_check(home: Path, settings: Prices) -> Iterator[Check]:
    """Yield who is asked for prices, and which were asked for and not had; what nobody has is to be mended by hand."""
    known = read(home)
    notes = [note for of_book in known.books.values() for note in of_book.values()]
    final = sum(note.again is None for note in notes)
    counts = ", ".join(f"{count} {IN_WORDS[why]}" for why, count in Counter(note.why for note in notes).items())
    asked = ", ".join(settings.sources) or "nobody"
    yield Check(
        "prices",
        ok=not final,
        detail=f"asked: {asked}" + (f"; not had: {counts}" if counts else ""),
        remedy="`lotwork poll` says of each what to do" if final else "",
    )


class PricesAsked:
    """The file of one home; with no home it is kept in memory alone."""

    def __init__(self, home: Path | None = None, setup: str = "") -> None:
        self._path = None if home is None else home / FILE
        self._saved = b""
        self.known = Known(setup=setup) if home is None else read(home)
        if self.known.setup != setup:
            self.known = Known(setup=setup, sources=self.known.sources)

    def book(self, book: str) -> dict[str, Left]:
        """Return what is left of *book*."""
        return self.known.books.setdefault(book, {})

    def settle(self, book: str) -> None:
        """Forget what was noted of *book*, in which nothing waits any more."""
        if self.known.books.pop(book, None):
            self.save()

    def source(self, name: str) -> OfSource:
        """Return what is known of the source *name*."""
        return self.known.sources.setdefault(name, OfSource())

    def save(self) -> None:
        """Write what changed, whole or not at all; a disk that refuses it costs nothing but a question asked again."""
        if self._path is None:
            return
        told = msgspec.json.encode(self.known, order="sorted")
        if told == self._saved:
            return
        beside = self._path.with_suffix(".new")
        try:
            beside.write_bytes(told)
            beside.replace(self._path)
        except OSError:
            return
        self._saved = told


def left(item: Unpriced, before: Left | None, now: datetime, again: datetime | None) -> Left:
    """Return the note of *item*, asked for at *now* in vain as *before* perhaps."""
    return Left(
        why=item.why,
        reason=item.reason,
        first=now if before is None else before.first,
        asked=now,
        again=again,
        failures=1 if before is None else before.failures + 1,
    )
