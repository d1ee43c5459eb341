"""How far a command has come, drawn in place for whoever waits at a terminal: nothing in a pipe, nothing for --json.

What is counted is told with its rate; what no one counts, such as a search by the database, with the seconds that pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from lotwork.commands.telling import draw, erase, is_watched
from lotwork.ledger.clock import Clock, SystemClock
from lotwork.ledger.counting import listening

FIRST_SECONDS = 2.0
"""What ends before needs no progress."""
EACH_SECONDS = 0.5


class Progress:
    """What was counted since when."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = clock.monotonic()
        self._counts: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._latest = ""

    def add(self, what: str, more: int) -> None:
        """Count *more* of *what*."""
        if what != self._latest:
            self._since.setdefault(what, self._clock.monotonic())
            self._latest = what
        self._counts[what] = self._counts.get(what, 0) + more

    def words(self) -> str:
        """Return how far it is: what was counted last, its rate, and how long all has taken."""
        now, what = self._clock.monotonic(), self._latest
        seconds = f"{now - self._began:.0f} s"
        if not what:
            return seconds
        so_far, passed = self._counts[what], now - self._since[what]
        rate = f" ({round(so_far / passed):,} a second)" if passed else ""
        return f"{so_far:,} {what}{rate}, {seconds}"


@contextmanager
def progress(clock: Clock | None = None) -> Iterator[None]:
    """Draw how far what happens within has come, where somebody watches."""
    if not is_watched():
        yield
        return
    done = Event()
    counting = Progress(clock or SystemClock())

    def keep_drawing() -> None:
        wait = FIRST_SECONDS
        while not done.wait(wait):
            draw(counting.words())
            wait = EACH_SECONDS

    drawing = Thread(target=keep_drawing, name="progress", daemon=True)
    drawing.start()
    try:
        with listening(counting.add):
            yield
    finally:
        done.set()
        drawing.join()
        erase()
