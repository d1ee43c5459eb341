"""Which daemon this one is: the one that records, one that stands by, or one that another took over from."""

from __future__ import annotations

import threading

import structlog

from lotwork.ledger.errors import FencedError, StandbyError
from lotwork.ledger.store import EventStore
from lotwork.service.notify import Systemd

LOOK_AGAIN_SECONDS = 1

log = structlog.get_logger("lotwork.daemon")


class Standing:
    """The place of this daemon among those of one ledger, until *stop* is set."""

    def __init__(self, stop: threading.Event, systemd: Systemd) -> None:
        self._stop = stop
        self._systemd = systemd
        self._fenced: FencedError | None = None

    def claim(self, store: EventStore) -> bool:
        """Become the one daemon; stand by while another machine's is. False where we were told to end meanwhile."""
        words = ""
        while not self._stop.is_set():
            try:
                store.claim()
            except StandbyError as other:
                if not words:
                    words = f"standing by: {other}"
                    log.info("standing by", why=str(other))
                    self._systemd.ready(words)
            else:
                return True
            self._systemd.alive(words)
            self._stop.wait(LOOK_AGAIN_SECONDS)
        return False

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
