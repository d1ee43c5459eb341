"""A daemon from its first line to its exit code, and what the operating system tells it meanwhile.

It is told to end, to read its settings anew, and to look round at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from queue import SimpleQueue
from typing import Protocol

import structlog

from lotwork.ingest.scrubbing import Scrubber
from lotwork.ledger.clock import Clock, SystemClock
from lotwork.ledger.errors import LotworkError
from lotwork.service import logs
from lotwork.service.leaving import leave

log = structlog.get_logger("lotwork.daemon")


class Running(Protocol):
    """What runs until `stop` is set, and heeds the other two."""

    stop: threading.Event
    reload: threading.Event
    sync: threading.Event

    def run(self) -> None:
        """Run; raises a LotworkError where it cannot begin."""
        ...


def run_until_told(make: Callable[[Clock, Scrubber], Running]) -> int:
    """Run the daemon that *make* makes until SIGTERM or SIGINT; return the exit code."""
    clock, scrub = SystemClock(), Scrubber()
    logs.set_up(clock, scrub)
    try:
        daemon = make(clock, scrub)
        orders = {
            signal.SIGTERM: daemon.stop,
            signal.SIGINT: daemon.stop,
            signal.SIGHUP: daemon.reload,
            signal.SIGUSR1: daemon.sync,
        }
        listen(orders)
        daemon.run()
        ignore(orders)
    except LotworkError as refused:
        log.critical("the daemon does not run", why=str(refused), exit_code=refused.exit_code)
        return leave(refused.exit_code)
    return leave(0)


def listen(orders: Mapping[signal.Signals, threading.Event]) -> None:
    """Set the event of each signal when it comes.

    A thread sets it, not the handler: that runs between any two steps of the main thread, which may hold the lock that
    `Event.set` waits for, and then both wait for good. `SimpleQueue.put` is made to be called anywhere.
    """
    heard: SimpleQueue[int] = SimpleQueue()
    set_by = {int(number): event for number, event in orders.items()}

    def obey() -> None:
        while True:
            set_by[heard.get()].set()

    threading.Thread(target=obey, name="signals", daemon=True).start()
    for number in orders:
        signal.signal(number, lambda number, _: heard.put(number))


def ignore(numbers: Iterable[signal.Signals]) -> None:
    """Hear no more of *numbers*: told again while Python takes itself down, it must not end as if it were killed."""
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
