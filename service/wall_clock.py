"""Noticing that somebody moved the clock: what is scheduled by the wall would wait for a time that was, or will be."""

from __future__ import annotations

from lotwork.ledger.clock import Clock

JUMP_SECONDS = 5.0


class WallClock:
    """Holds the wall clock against the monotonic one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = self._apart()

    def moved_seconds(self) -> float:
        """Return by how much the wall clock was moved since the last look; 0 for what NTP does by the way."""
        before, self._offset = self._offset, self._apart()
        moved = self._offset - before
        return moved if abs(moved) > JUMP_SECONDS else 0.0

    def _apart(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()
