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
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.heads import named_books
from lotwork.ledger.storage.port import Database
from lotwork.ledger.store import EventStore
from lotwork.service.ledger_place import Ledger, open_store, server_of
from lotwork.service.own_books import OwnStore

SAID = "alerts.books"
"""The key by which the settings say whose alerts are sent; its default says nothing."""


class Borrowed:
    """A database that others use too: who is done with it leaves it open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Leave it open."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


@dataclass(slots=True, eq=False)
class Shared:
    """A server, the store that claimed it first, and the homes that use it."""

    url: str
    database: Database
    claimed: EventStore | None = None
    homes: set[Path] = field(default_factory=set)
    is_over: bool = False
    """Whether another daemon took over: who comes next claims it anew."""


class Servers:
    """Opens the store of each home as its one daemon; safe between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        self._shared: list[Shared] = []

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
            for shared in [each for each in self._shared if home in each.homes]:
                shared.homes.discard(home)
                shared.is_over |= fenced
                if shared.is_over or not shared.homes:
                    shared.database.close()  # and be its daemon no more
                if not shared.homes:
                    self._shared.remove(shared)

    def _on_server(self, config: Config, ledger: Ledger, url: str) -> EventStore:
        home = config.home
        if not own_of(config):
            raise ConfigError(
                f"{home}: which of the books on its server are this home's is not said: write [alerts] books into its "
                "config.toml"
            )
        known = (each for each in self._shared if each.url == url and not each.is_over)
        shared = next(known, None) or Shared(url, server_of(home, url, ledger, self._clock))
        store = OwnStore(home, self._clock, cast("Database", Borrowed(shared.database)), own=partial(own_of, config))
        store.begin()
        if shared.claimed is None:
            store.claim()
            shared.claimed = store
        else:
            store.claim_with(shared.claimed)
        shared.homes.add(home)
        if shared not in self._shared:
            self._shared.append(shared)
        return store


def own_of(config: Config) -> frozenset[str]:
    """Return the books that the home of *config* has on its server: those that its settings name.

    Whoever opens the ledger there is told of every book of the server (`heads.log` holds them all), so that tells whose
    a book is only where it is the only one.
    """
    alerts = config.settings.alerts
    named = {section.book for section in config.settings.sources.all()} | {each.book for each in alerts.of}
    if SAID in config.origins:
        named |= {*alerts.books}
    told = named_books(config.home)
    return frozenset(named) or (told if len(told) == 1 else frozenset())
