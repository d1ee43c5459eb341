"""What the operating system tells the daemon: to end, to read its settings anew, to look round at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Mapping
from queue import SimpleQueue


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
