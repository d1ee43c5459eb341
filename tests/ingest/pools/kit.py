"""What every declared pool is tested with: its settings, its own pool in the process, and a ledger to record in.

The client is the one that asks real pools, with all its bounds; only what carries a question is replaced, so that a
case takes milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import msgspec

from lotwork.ingest.asking.http import BoundedClient, Bounds
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.question import Sign, unsigned
from lotwork.ingest.context import BuildContext
from lotwork.ingest.ports import ReceiptSource
from lotwork.ingest.register import SOURCES
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.events import Event, Suspense
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.store import EventStore
from tests.ingest.lies import Unhurried
from tests.ingest.wires import Asked

SAMPLES = Path(__file__).parents[2] / "data" / "pools"
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)
KEY = "made-up-key-0123456789"


def sample(name: str) -> Any:
    """Return the recorded answer called *name*."""
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


Answers = Callable[[Asked], Any]
"""Returns what is answered: a value, told as JSON, or a whole response; or raises what breaks a connection."""


class Chunks(httpx2.SyncByteStream):
    """A body that arrives in parts."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        yield from self.parts


def reply(*parts: bytes, status: int = 200, media: str = "application/json", **headers: str) -> httpx2.Response:
    """Return a response of these bytes."""
    told = {"content-type": media} | {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers=told, stream=Chunks(*parts))


class Paid(NamedTuple):
    """One payment that the pool in the process tells of, in the smallest units of its coin."""

    number: int
    at: datetime
    units: int

    @property
    def txid(self) -> str:
        """A transaction of its own."""
        return f"{self.number:064x}"

    @property
    def seconds(self) -> int:
        """When, since 1970."""
        return int(self.at.timestamp())

    def coins(self, decimals: int = 8) -> str:
        """Return the amount in whole coins, as text."""
        return f"{self.units // 10**decimals}.{self.units % 10**decimals:0{decimals}}"


Telling = Callable[[Sequence[Paid], Asked], Any]
"""Returns what a pool with these payments, the oldest first, answers."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A pool, or a service of a family of pools."""

    name: str
    kind: str
    settings: dict[str, Any]
    samples: Answers
    """Answers with the recorded answers."""
    telling: Telling
    """Answers with payments of a test."""
    unread: frozenset[str] = field(default=frozenset())
    """Keys of the recorded answers that no event comes from: whatever stands there is no fault."""
    may_be_nothing: frozenset[str] = field(default=frozenset())
    """Keys that may be null, empty or absent."""
    any_text: frozenset[str] = field(default=frozenset())
    """Keys where each text is taken: an id of the pool's own, or a word that is alerted of."""
    on_credit: bool = False
    """Whether what it tells are credits alone, which are income on credit only."""
    asset: str = "BTC"
    decimals: int = 8
    unit: int = 1
    """How many of the coin's smallest units its own unit is."""


def within(paid: Sequence[Paid], first: int, last: int) -> list[Paid]:
    """Return those of *paid* that a list cut to a span tells, the newest first."""
    return [one for one in reversed(paid) if first <= one.seconds <= last]


def day(text: str) -> int:
    """Return the first second of a day."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def page_of(paid: Sequence[Paid], number: int, size: int = 10) -> tuple[list[Paid], int]:
    """Return a page of *paid*, the newest first, and how many pages there are."""
    newest = [*reversed(paid)]
    return newest[(number - 1) * size : number * size], max(1, -(-len(newest) // size))


def by_path(**answers: str) -> Answers:
    """Return what answers with the recorded answer whose word stands in the path or in what is sent."""

    def answer(asked: Asked) -> Any:
        sent = f"{asked.path} {asked.params} {asked.body.decode()}"
        return next(sample(name) for word, name in answers.items() if word.replace("__", "/") in sent)

    return answer


@dataclass
class PoolServer:
    """The pool in the process: what it answers, and what it was asked."""

    answer: Answers
    asked: list[Asked] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        one = Asked(
            path=request.url.path,
            params=dict(request.url.params),
            body=request.read(),
            headers=dict(request.headers),
        )
        self.asked.append(one)
        told = self.answer(one)
        return told if isinstance(told, httpx2.Response) else reply(json.dumps(told).encode())


class InProcess(BoundedClient):
    """The bounded client, whose questions never leave the process."""

    server: PoolServer

    def _transport(self, *_: Any) -> httpx2.BaseTransport:
        return httpx2.MockTransport(self.server)


@dataclass(frozen=True, kw_only=True)
class Context(BuildContext):
    """A context whose client asks the pool in the process."""

    server: PoolServer

    def client(self, source: str, *, sign: Sign = unsigned, **_: Any) -> BoundedClient:
        asking = Unhurried()
        asking.now = self.clock.now  # type: ignore[method-assign] # the world's time, and nobody waits
        bounds = Bounds(deadline_seconds=5, attempts=2, first_wait_seconds=0, longest_wait_seconds=0)
        client = InProcess(
            source=source,
            clock=asking,
            pace=Pace(asking, gap_seconds=0),
            allow_private=True,
            bounds=bounds,
            sign=sign,
            scrub=self.scrub.without_known,
            quarantine=self.quarantine,
        )
        client.server = self.server
        return client


@dataclass
class World:
    """A pool, the account read from it, and the ledger that it is recorded in."""

    source: ReceiptSource
    store: EventStore
    server: PoolServer
    clock: SetClock
    build: Callable[[], ReceiptSource]

    def begin_anew(self) -> None:
        """Read from the stored cursor, as another process does."""
        self.source = self.build()

    def look(self) -> int:
        """Return how many events one look recorded."""
        return watch_once(self.source, self.store)

    def events(self) -> list[Event]:
        """Return the recorded events, in the order of the log."""
        return [event for _, event in self.store.read("main")]

    def holding(self) -> list[Event]:
        """Return the events that hold."""
        from lotwork.ledger.history import History  # noqa: PLC0415 - only some tests read a history

        return list(History.read(self.store, "main").events())

    def suspense(self) -> list[Suspense]:
        """Return what is in suspense."""
        return [event for event in self.holding() if isinstance(event, Suspense)]

    def told(self) -> list[dict[str, Any]]:
        """Return the public form of what holds and is not in suspense, without ids, sources and evidence."""
        left_out = ("id", "source", "evidence", "note", "book")
        taken = (event for event in self.holding() if event.source and not isinstance(event, Suspense))
        forms = (to_contract(event, self.store.assets("main")) for event in taken)
        return [{key: value for key, value in form.items() if key not in left_out} for form in forms]


@contextmanager
def world(
    kind: str, settings: dict[str, Any], answer: Answers, home: Path, *, now: datetime = NOW, on_credit: bool = False
) -> Iterator[World]:
    """Yield the source that *settings* describe, over a pool that answers *answer*."""
    clock = SetClock(now)
    server = PoolServer(answer)
    with EventStore.open(home, clock=clock) as store:
        if on_credit:
            credit(store)
        build = partial(built, kind, settings, context_of(server, store, clock, home))
        yield World(build(), store, server, clock, build)


def context_of(server: PoolServer, store: EventStore, clock: SetClock, home: Path) -> Context:
    """Return the context in which a source asks *server*."""
    return Context(
        home=home, log=store, clock=clock, reveal=lambda *_: KEY, pace=Pace(clock), secrets=(KEY,), server=server
    )


def built(kind: str, settings: dict[str, Any], context: Context) -> ReceiptSource:
    """Return the source that *settings* describe."""
    (declared,) = (one for one in SOURCES if one.kind == kind)
    section = msgspec.convert({"name": kind, "base_url": "https://pool.example", **settings}, declared.settings)
    return declared.build(section, context)


def credit(store: EventStore, since: str = "2020-01-01") -> None:
    """Let income count when credited, from the day *since*."""
    from lotwork.ledger.events import Profile  # noqa: PLC0415 - beside the batch it stands in
    from lotwork.ledger.storage.batch import Batch  # noqa: PLC0415 - the same

    at = datetime.fromisoformat(since).replace(tzinfo=UTC)
    store.append(Batch("main", (Profile(id=f"profile:{since}", at=at, recognition="on_credit"),)))


def expected(name: str) -> list[dict[str, Any]]:
    """Return the events that the recorded answer called *name* must become."""
    lines = (SAMPLES / f"{name}.expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
