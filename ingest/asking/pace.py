"""How often a host is asked: one question in a gap, and silence for as long as the host asked for it."""

from __future__ import annotations

import threading

from lotwork.ingest.asking.refusal import AskAgainError
from lotwork.ingest.asking.transport import Budget
from lotwork.ledger.clock import Clock

LONGEST_HOLD_SECONDS = 900.0
"""A host that asks for more silence than this is asked again anyway: a wrong header must not end a watch."""


class Pace:
    """Shared by all who ask the same hosts; safe between threads."""

    def __init__(self, clock: Clock, *, gap_seconds: float = 1.0) -> None:
        self._clock = clock
        self._gap = gap_seconds
        self._free: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str, budget: Budget, gap_seconds: float | None = None) -> None:
        """Wait for this caller's turn at *host*; raise AskAgainError where it comes after the budget is spent.

        The next question comes after *gap_seconds*, where the host asks for another gap than all others.
        """
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._free.get(host, now))
            seconds = turn - now
            if seconds >= budget.left():
                reason = f"the host is to be left alone for {seconds:.0f} s more"
                raise AskAgainError(reason, "it is asked again after that", wait_seconds=seconds, is_limit=True)
            self._free[host] = turn + (self._gap if gap_seconds is None else gap_seconds)
        if seconds > 0:
            self._clock.sleep(seconds)

    def hold(self, host: str, seconds: float) -> None:
        """Leave *host* alone for *seconds*, at most a quarter of an hour."""
        with self._lock:
            until = self._clock.monotonic() + min(seconds, LONGEST_HOLD_SECONDS)
            self._free[host] = max(self._free.get(host, until), until)

    def left(self, host: str) -> float:
        """Return for how many seconds *host* asked to be left alone yet; 0 where it did not."""
        with self._lock:
            return max(self._free.get(host, 0.0) - self._clock.monotonic(), 0.0)
