"""Lotwork's command and daemon by a clock that a test puts elsewhere: real processes that do not live today.

What a process does by the day it runs on is tested on one day, the same for ever: the law is not out for every year,
and the last payment of a year falls due. Only ledger.clock and apscheduler read the time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from time import time  # noqa: TID251 - as apscheduler asks the wall

from lotwork.ledger.clock import SystemClock

AHEAD = "CLOCK_OF_TESTS_SECONDS"
"""How far the clock of a process is ahead of the machine's, in its environment."""


@contextmanager
def another_time(now: datetime) -> Iterator[None]:
    """Let every command and daemon that is begun meanwhile believe that it is *now*; the clock goes on from there."""
    os.environ[AHEAD] = str((now - SystemClock().now()).total_seconds())
    try:
        yield
    finally:
        del os.environ[AHEAD]


def live_then() -> None:
    """Put the clock of this process to where its environment says."""
    ahead, now = _ahead(), SystemClock.now
    setattr(SystemClock, "now", lambda clock: now(clock) + ahead)  # noqa: B010 - of this process alone


def schedule_then() -> None:
    """Put the clock of this process, which is to be a daemon, there; and that of the scheduler's library with it."""
    from apscheduler.schedulers import base  # noqa: PLC0415 - a command does without

    ahead = _ahead()

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Then:
            return cls.fromtimestamp(time() + ahead.total_seconds(), tz)

    vars(base)["datetime"] = Then
    live_then()


def _ahead() -> timedelta:
    return timedelta(seconds=float(os.environ.get(AHEAD, "0")))


if __name__ == "__main__":
    live_then()
    from lotwork.cli import main

    main()
