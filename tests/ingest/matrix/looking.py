"""A source as the matrix of faults looks at it: built by its declaration, asked over its own client or line.

What lies below, the socket and the disk, is this folder's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from lotwork.ingest.asking.http import BoundedClient, Bounds
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.question import Sign, unsigned
from lotwork.ingest.context import BuildContext
from lotwork.ingest.ports import ReceiptSource
from lotwork.ingest.register import SOURCES
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, SourceUnreachableError
from lotwork.ledger.events import Event
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from lotwork.ledger.zones import Calendar
from tests.ingest.lies import Unhurried
from tests.ingest.matrix.grammar import Reads
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.memory_log import MemoryLog
from tests.ingest.pools.kit import KEY
from tests.ingest.wires import Asked, InMemoryClient, Said, Server, connecting, in_frames, in_lines, in_messages


class Tried(NamedTuple):
    """What one look told, from nothing or from *cursor* on."""

    events: dict[str, Event]
    cursor: str | None
    refused: Exception | None
    evidence: int
    """How many pieces of evidence were kept."""


class Place(Protocol):
    """One that is declared, and true answers to what it asks."""

    name: str
    of: str
    """What is declared: a kind of source, a source of prices, a profile."""
    reads: Reads
    is_line: bool

    def look(self, folder: Path, twist: Callable[[str, Said], Said]) -> Tried:
        """Look once, from nothing, each answer *twist*ed; a question is known by its words."""
        ...

    def go_on(self, folder: Path, tried: Tried) -> Tried:
        """Look on from where that look ended, answered truly."""
        ...


def truly(_question: str, told: Said) -> Said:
    """Return what is told."""
    return told


class At(Unhurried):
    """An instant at which nobody waits."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant


class Fixed:
    """The policy of a book where income counts so."""

    def __init__(self, recognition: str) -> None:
        self._recognition = recognition

    def recognition(self, _at: datetime) -> str:
        """Return when income counts."""
        return self._recognition

    @property
    def calendar(self) -> Calendar:
        """Return the calendar of a taxpayer in UTC."""
        return Calendar()

    @property
    def standing(self) -> Fixed:
        """Return what it says by now: the same."""
        return self

    @property
    def history(self) -> Fixed:
        """Return what corrections leave of events: all of them."""
        return self

    def corrected(self, event: Event) -> Event:
        """Return *event*, which nobody corrected."""
        return event

    def told_by(self, _source: str, _keep: object = None) -> Iterator[Event]:
        """Yield nothing."""
        return iter(())


@dataclass(frozen=True, kw_only=True)
class Context(BuildContext):
    """A context in memory, whose client asks *server*."""

    server: Server
    counts: str = "on_payout"
    kept: Any = field(default_factory=MemoryEvidence)

    @property
    def evidence(self) -> Any:
        """Return where answers are kept."""
        return self.kept

    @property
    def own_files(self) -> Any:
        """Return where files are kept."""
        return self.kept

    def policy(self, book: str) -> Any:
        """Return when income counts."""
        assert book == "main"
        return Fixed(self.counts)

    def client(self, source: str, *, sign: Sign = unsigned, **_: Any) -> BoundedClient:
        """Return the client."""
        client = InMemoryClient(
            source=source,
            clock=self.clock,
            pace=Pace(self.clock, gap_seconds=0),
            allow_private=True,
            bounds=Bounds(deadline_seconds=5, attempts=2, first_wait_seconds=0, longest_wait_seconds=0),
            sign=sign,
            scrub=self.scrub.without_known,
            quarantine=self.quarantine,
        )
        client.server = self.server
        return client


def context_of(folder: Path, clock: Clock, log: Any, server: Server, counts: str = "on_payout") -> Context:
    """Return the context in which everything is asked of *server*."""
    return Context(
        home=folder,
        log=log,
        clock=clock,
        reveal=lambda reference, file: KEY if reference or file else None,
        pace=Pace(clock),
        server=server,
        counts=counts,
    )


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source that asks a server."""

    name: str
    of: str
    settings: Mapping[str, Any]
    server: Callable[[], Server]
    """Makes what answers truly."""
    at: datetime
    reads: Reads = field(default_factory=Reads)
    counts: str = "on_payout"
    does_without: Callable[[str], bool] = lambda _question: False
    """Says of a question that a look goes on without its answer."""
    asks_otherwise: bool = False
    """Whether it asks one by one where many at once were not answered: what it tells then must be the same."""
    before: Callable[[], Server] | None = None
    """Makes what answered truly when there was less to tell."""
    asked_before: datetime | None = None
    """When *before* was asked, where the first look at a counter or a rig tells nothing and a later one is drawn over.
    """
    knock: Callable[[Server], Callable[[bytes], bytes]] | None = None
    """How it is answered that opens its connections itself."""

    @property
    def is_line(self) -> bool:
        """Whether an answer is a line, a message or a frame: nothing of HTTP carries it."""
        return self.knock in (in_lines, in_messages, in_frames)

    def look(self, folder: Path, twist: Callable[[str, Said], Said]) -> Tried:
        """Look once, from nothing, or from where the look before it ended."""
        if self.before is None or self.asked_before is None:
            return self._look(folder, twist, MemoryLog(), None)
        first = self._asked(folder, self.before(), self.asked_before, MemoryLog(), None)
        assert first.refused is None
        assert first.cursor is not None
        tried = self._look(folder, twist, MemoryLog(), first.cursor)
        return tried._replace(cursor=None) if tried.cursor == first.cursor else tried

    def go_on(self, folder: Path, tried: Tried) -> Tried:
        """Look on, answered truly."""
        log = MemoryLog()
        log.append([*tried.events.values()])
        return self._look(folder, truly, log, tried.cursor)

    def _look(self, folder: Path, twist: Callable[[str, Said], Said], log: MemoryLog, cursor: str | None) -> Tried:
        true = self.server()

        def server(asked: Asked) -> Said:
            told = true(asked)
            return twist(question_of(asked) if self.knock else told.body.decode(), told)

        return self._asked(folder, server, self.at, log, cursor)

    def _asked(self, folder: Path, server: Server, at: datetime, log: MemoryLog, cursor: str | None) -> Tried:
        context = context_of(folder, At(at), log, server, self.counts)
        with connecting(self.knock(server)) if self.knock else nullcontext():
            source = self.built(context)
            refused: Exception | None = None
            try:
                cursor = read_on(source, log, cursor)
            except PartlyReadError as broken:
                cursor, refused = broken.cursor, broken.why
        return Tried({event.id: event for event in log.events}, cursor, refused, len(context.kept.kept))

    def built(self, context: BuildContext, **changes: Any) -> ReceiptSource:
        """Return the source as its declaration builds it, its settings with *changes*."""
        (declared,) = (one for one in SOURCES if one.kind == self.of)
        changes = {key: value for key, value in changes.items() if key in declared.settings.__struct_fields__}
        section = msgspec.convert({"name": self.of, **self.settings, **changes}, declared.settings)
        return declared.build(section, context)

    def poll(self, home: Path, server: Server, at: datetime | None = None) -> int:
        """Look at *server* once, as the daemon does, into the ledger of *home*; return how many events are new."""
        clock = At(at or self.at)
        with EventStore.open(home, clock=clock) as store:
            context = replace(context_of(home, clock, store, server, self.counts), kept=Evidence(home))
            with connecting(self.knock(server)) if self.knock else nullcontext():
                return watch_once(self.built(context), store)


class PartlyReadError(Exception):
    """A look ended at a page; those before it are recorded."""

    def __init__(self, cursor: str | None, why: Exception) -> None:
        self.cursor = cursor
        self.why = why
        super().__init__(str(why))


def read_on(source: ReceiptSource, log: MemoryLog, cursor: str | None) -> str | None:
    """Record page by page, as the daemon does; return the cursor after it."""
    while True:
        try:
            page = source.fetch_since(cursor)
        except (SourceUnreachableError, ConfigError) as refused:  # a node says 403 to a wrong password
            raise PartlyReadError(cursor, refused) from None
        log.append(page.events)
        cursor = page.cursor
        if not page.more:
            return cursor


def question_of(asked: Asked) -> str:
    """Return what a question is known by: all of it but the number of a call."""
    body = asked.body
    if body[:1] in (b"{", b"["):
        calls = json.loads(body)
        calls = [calls] if isinstance(calls, dict) else calls
        body = json.dumps([{k: v for k, v in call.items() if k != "id"} for call in calls]).encode()
    return f"{asked.path} {dict(asked.params)} {body.decode()}"
