"""The stores of many homes: a file each, or one server for many of them, with one claim and one set of connections.

A server knows one daemon of its ledger, and this process is that for every home that has its books there.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from lotwork.config import Config
from lotwork.ledger.clock import Clock
from lotwork.ledger.storage.heads import named_books
from lotwork.ledger.storage.port import Database
from lotwork.ledger.store import EventStore
from lotwork.service.ledger_place import Ledger, open_store, server_of
from lotwork.service.own_books import OwnStore


class Borrowed:
    """A database that others use too: who is done with it leaves it open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Leave it open."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


@dataclass(slots=True)
class Shared:
    """A server, the store that claimed it first, and the homes that use it."""

    database: Database
    claimed: EventStore | None = None
    homes: set[Path] = field(default_factory=set)


class Servers:
    """Opens the store of each home as its one daemon; safe between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        self._by_url: dict[str, Shared] = {}

    def open(self, config: Config) -> EventStore:
        """Open the ledger that *config* names for writing, and claim it; raises what either raises."""
        ledger = config.settings.ledger
        if ledger.url is None:
            store = open_store(config.home, clock=self._clock)
            try:
                store.claim()
            except BaseException:
                store.close()
                raise
            return store
        with self._turn:
            return self._on_server(config, ledger, ledger.url)

    def leave(self, home: Path, *, fenced: bool) -> None:
        """Note that *home* uses its server no more; where it was *fenced*, whoever comes next claims it anew."""
        with self._turn:
            for url, shared in list(self._by_url.items()):
                if home in shared.homes:
                    shared.homes.discard(home)
                    if fenced or not shared.homes:
                        del self._by_url[url]
                    if not shared.homes:
                        shared.database.close()

    def _on_server(self, config: Config, ledger: Ledger, url: str) -> EventStore:
        home = config.home
        shared = self._by_url.get(url) or Shared(server_of(home, url, ledger, self._clock))
        store = OwnStore(home, self._clock, cast("Database", Borrowed(shared.database)), own=partial(own_of, config))
        store.begin()
        if shared.claimed is None:
            store.claim()
            shared.claimed = store
        else:
            store.claim_with(shared.claimed)
        shared.homes.add(home)
        self._by_url[url] = shared
        return store


def own_of(config: Config) -> frozenset[str]:
    """Return the books that the home of *config* has on its server: those it was told of, and those of its sources."""
    return named_books(config.home) | {section.book for section in config.settings.sources.all()}
