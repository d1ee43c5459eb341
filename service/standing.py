"""Which daemon this one is: the one that records, one that stands by, or one that another took over from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import structlog

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import FencedError, StandbyError, UnreachableError
from lotwork.ledger.store import EventStore
from lotwork.service.ledger_place import database_of, open_store
from lotwork.service.notify import Systemd

LOOK_AGAIN_SECONDS = 1
T = TypeVar("T")

log = structlog.get_logger("lotwork.daemon")


class Standing:
    """The place of this daemon among those of one ledger, until *stop* is set."""

    def __init__(self, stop: threading.Event, systemd: Systemd) -> None:
        self._stop = stop
        self._systemd = systemd
        self._fenced: FencedError | None = None

    def opened(self, home: Path, clock: Clock) -> EventStore | None:
        """Open the ledger of *home*, waiting for a server that is away; None where we were told to end meanwhile."""
        database = database_of(home, clock)
        return self._waited_for(lambda: open_store(home, clock=clock, database=database))

    def claim(self, store: EventStore) -> bool:
        """Become the one daemon; stand by while another machine's is. False where we were told to end meanwhile."""
        return self._waited_for(store.claim) is not None

    def _waited_for(self, work: Callable[[], T]) -> T | None:
        """Return what *work* returns once nothing stands in its way; None where we were told to end meanwhile."""
        doing = words = ""
        while not self._stop.is_set():
            try:
                return work()
            except (StandbyError, UnreachableError) as other:
                before, doing = doing, "standing by" if isinstance(other, StandbyError) else "waiting for the server"
                if doing != before:
                    words = f"{doing}: {other}"
                    log.info(doing, why=str(other))
                    self._systemd.ready(words)
            self._systemd.alive(words)
            self._stop.wait(LOOK_AGAIN_SECONDS)
        return None

    def server_was_away(self, store: EventStore) -> bool:
        """See that this daemon is the one still; return whether the log may lack what was acknowledged meanwhile."""
        was_away = store.check_claim()
        if was_away:
            log.warning("the server that keeps the ledger was away: it is verified anew")
        return was_away

    def failed(self, failure: Exception) -> None:
        """Tell the daemon to end where *failure* says that another took over."""
        if isinstance(failure, FencedError):
            self._fenced = failure
            self._stop.set()

    def check(self) -> None:
        """Raise the FencedError that ended this daemon, if one did."""
        if self._fenced is not None:
            raise self._fenced
