"""A ledger as the contract suite meets it: a home, and a database that may be either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lotwork.ledger.clock import Clock, SetClock
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.storage.sqlite.database import Sqlite
from lotwork.ledger.store import Batch, EventStore
from tests.ledger.making import CREATED, receipts
from tests.postgres_server import OWNER, Server


@dataclass(frozen=True)
class Kept:
    """A home, and how its database is opened once more: as another process would."""

    home: Path
    database: Callable[[], Database]
    end_sessions: Callable[[], None]
    """What a restart of the server does to everyone; a file has nothing like it."""

    def store(self, clock: Clock | None = None, *, check_heads: bool = True) -> EventStore:
        """Open it for writing, on a clock that stands still."""
        return EventStore.open(
            self.home, clock=clock or SetClock(CREATED), check_heads=check_heads, database=self.database()
        )

    def log(self) -> EventLog:
        """Open it for reading."""
        return EventLog.open(self.home, database=self.database())

    def filled(self, events: int, book: str = "main") -> None:
        """Record so many receipts."""
        with self.store() as store:
            store.append(Batch(book, receipts(1, events)))


@contextmanager
def kept_by(server: Server | None, home: Path, *, made: bool = True) -> Iterator[Kept]:
    """Lend a ledger in a file of *home*, or on *server*; where it is not *made*, its owner's hand on an empty place."""
    if server is None:
        home.mkdir(exist_ok=True)
        yield Kept(home, lambda: Sqlite(home), lambda: None)
        return
    with server.database(made=made) as name:
        url = server.url(name) if made else server.url(name, OWNER)
        yield Kept(home, lambda: Postgres(url), lambda: server.end_sessions(name))
