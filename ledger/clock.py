"""The only room that reads the time, and the one place where chance comes from."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec


class Clock(Protocol):
    """What the house may ask of time: the instant now, a monotonic count of seconds, and a wait."""

    def now(self) -> datetime:
        """Return the instant now, aware and in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never run backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait *seconds*."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the instant now, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait *seconds*."""
        time.sleep(seconds)


class SetClock(msgspec.Struct):
    """A clock that stands where it is put: for tests, demos and figures as of a day."""

    instant: datetime
    elapsed: float = 0.0
    slept: list[float] = msgspec.field(default_factory=list)

    def now(self) -> datetime:
        """Return the instant this clock was put to."""
        return self.instant

    def monotonic(self) -> float:
        """Return the seconds this clock was moved."""
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        """Move the clock by *seconds* at once."""
        self.slept.append(seconds)
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Move the clock by *seconds*."""
        self.elapsed += seconds
        self.instant += timedelta(seconds=seconds)


def jitter(spread: float) -> float:
    """Return a chance wait between 0 and *spread* seconds, so that sources are not polled in step."""
    return random.uniform(0, spread)  # noqa: S311 - spreads load, guards nothing
