"""What every source is built with: the home and its log, the clock, the secrets, and the one way to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lotwork.ingest.asking.quarantine import Quarantine
from lotwork.ingest.asking.question import Sign, unsigned
from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.events import Event
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.zones import Calendar

if TYPE_CHECKING:  # httpx2, only where it is used: whoever reads settings reads every declaration, and asks nobody
    from lotwork.ingest.asking.digest import Digest
    from lotwork.ingest.asking.http import BoundedClient
    from lotwork.ingest.asking.pace import Pace
    from lotwork.ledger.history import History
    from lotwork.projections.filer.taxpayer import Taxpayer

Reveal: TypeAlias = Callable[[str | None, str | None], str | None]
"""Returns the secret of a (reference, file) pair of settings; None where there is neither."""


@dataclass(frozen=True, kw_only=True)
class BuildContext:
    """What a builder may use beside its own section."""

    home: Path
    log: EventLog
    clock: Clock
    reveal: Reveal
    pace: Pace
    secrets: tuple[str, ...] = ()
    named: frozenset[tuple[str, str]] | None = None
    """Each source of the settings as (book, name); None where they are not known."""

    def names_in(self, book: str) -> frozenset[str] | None:
        """Return the names of the sources of *book*; None where they are not known."""
        return None if self.named is None else frozenset(name for of, name in self.named if of == book)

    @property
    def evidence(self) -> Evidence:
        """Return where raw answers are kept, free of the secrets they were asked with."""
        return Answers(self.home, self.scrub)

    @property
    def own_files(self) -> Evidence:
        """Return where the taxpayer's own files are kept, to the byte."""
        return Evidence(self.home)

    @cached_property
    def scrub(self) -> Scrubber:
        """Return what takes our secrets out of a stranger's words."""
        return Scrubber(self.secrets)

    @property
    def quarantine(self) -> Quarantine | None:
        """Return where refused answers are kept, free of secrets; None where nothing is kept."""
        return Quarantine(self.home, secrets=self.secrets)

    def client(
        self,
        source: str,
        *,
        allow_private: bool,
        deadline_seconds: float = 30.0,
        sign: Sign = unsigned,
        gap_seconds: float | None = None,
        login: Digest | None = None,
    ) -> BoundedClient:
        """Return the one way *source* asks a public API: bounded in time, size and trust, at one pace per host.

        *sign* puts a key to each question, or signs it; *login* proves a password where it is asked for. No message
        repeats a secret that the settings name.
        """
        from lotwork.ingest.asking.http import BoundedClient, Bounds  # noqa: PLC0415 - httpx2, only where it is used

        return BoundedClient(
            source=source,
            clock=self.clock,
            pace=self.pace,
            allow_private=allow_private,
            bounds=Bounds(deadline_seconds=deadline_seconds),
            quarantine=self.quarantine,
            sign=sign,
            scrub=self.scrub.without_known,
            gap_seconds=gap_seconds,
            login=login,
        )

    def policy(self, book: str) -> Policy:
        """Return what the taxpayer's profile and corrections say of an instant or an event of *book*."""
        return Policy(self.log, book)

    def placed(self, place: str) -> Path:
        """Return the path *place* of the settings names, below the home unless it says otherwise."""
        return placed(self.home, place)


def placed(home: Path, place: str) -> Path:
    """Return the path *place* of the settings of *home* names; ConfigError where it is a nobody's."""
    try:
        return home / Path(place).expanduser()
    except RuntimeError as nobody:
        raise ConfigError(f"{place}: {nobody}: name the folder in full") from nobody


class Answers(Evidence):
    """The evidence of one home, for answers of strangers: one that repeats a secret of ours is kept without it."""

    def __init__(self, home: Path, scrub: Scrubber) -> None:
        super().__init__(home)
        self._scrub = scrub

    def keep(self, data: bytes) -> str:
        """Keep *data* without our secrets and return the SHA-256 of what is kept."""
        return super().keep(self._scrub.in_bytes(data))


class Policy:
    """What a book says about an instant, read again when the book has grown."""

    def __init__(self, log: EventLog, book: str) -> None:
        self._log = log
        self._book = book
        self._position = -1
        self._standing: Standing | None = None
        self._of: dict[str, tuple[int, list[Event]]] = {}

    @property
    def standing(self) -> Standing:
        """What the book says as it is written by now: the same object while it stays so."""
        from lotwork.ledger.history import History  # noqa: PLC0415 - a folder of receipts needs no history
        from lotwork.projections.filer.taxpayer import Taxpayer  # noqa: PLC0415 - the same

        position = self._log.head(self._book).position
        if self._standing is None or position != self._position:
            history = History.read(self._log, self._book)
            self._standing = Standing(history, Taxpayer.read(history), self._recorded_by)
            self._position = position
        return self._standing

    @property
    def calendar(self) -> Calendar:
        """The taxpayer's calendar: which day an instant falls on."""
        return self.standing.history.calendar

    def recognition(self, at: datetime) -> str:
        """Return when income counts by the profile in force at *at*: on_payout or on_credit."""
        return self.standing.recognition(at)

    def told_by(self, source: str) -> Iterator[Event]:
        """Yield each event of *source* as corrections leave it, those that are void left out."""
        return self.standing.told_by(source)

    def _recorded_by(self, source: str) -> list[Event]:
        """Return what *source* told, as it was recorded: each event is read once, and from then on what came since."""
        read_to, events = self._of.get(source, (0, []))
        if read_to > self._position:  # another log has been put in its place
            read_to, events = 0, []
        events += (event for _, event in self._log.read(self._book, after=read_to, up_to=self._position, source=source))
        self._of[source] = self._position, events
        return events


@dataclass(frozen=True, slots=True)
class Standing:
    """What a book says as far as it is written; *recorded_by* tells what a source told, as it was recorded."""

    history: History
    taxpayer: Taxpayer
    recorded_by: Callable[[str], list[Event]]

    def recognition(self, at: datetime) -> str:
        """Return when income counts by the profile in force at *at*: on_payout or on_credit."""
        return self.taxpayer.profile_on(self.history.calendar.day(at)).recognition

    def told_by(self, source: str, keep: Callable[[Event], bool] = lambda _event: True) -> Iterator[Event]:
        """Yield each event of *source* as corrections leave it and *keep* takes it, those that are void left out."""
        history = self.history
        for event in self.recorded_by(source):
            if not (keep(event) or history.selections or event.id in history.corrections):
                continue
            holds = history.corrected(event)
            if holds is not None and keep(holds):
                yield holds
