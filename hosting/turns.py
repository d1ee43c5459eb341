"""Fair turns: a bounded number of threads does the rounds of many books, and no book waits for another's.

Books take turns, one round each. A book, and a host that many books ask, have a share of the threads and no more. A
round that is long, because its source hangs as a rule, does not count among those that are prompt: they have threads
of their own, and a round that was long the last time begins in the lane of the long ones. What reckons rather than asks
has a lane of its own too: hundreds of books that are folded at once would let no source be asked meanwhile.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import NamedTuple

from lotwork.ledger.clock import Clock

PATIENCE_SECONDS = 2.0
"""A round that takes longer is long."""
Work = Callable[[], None]
PROMPT, LONG, RECKONING = "prompt", "long", "reckoning"


class Turn(NamedTuple):
    """Whose round it is: its name among all, the book that it is of, and the hosts that it asks."""

    name: str
    book: str
    hosts: frozenset[str] = frozenset()
    reckons: bool = False
    """Whether it reckons, and keeps a processor busy, rather than waits for who is asked."""


class Shares(NamedTuple):
    """How many rounds may go on at once."""

    prompt: int = 8
    reckoning: int = 2
    """Those that reckon: Python does one at a time."""
    long: int = 24
    """Those that are known to be long."""
    spare: int = 16
    """Threads for those that turn out to be long: so many sources may begin to hang at one moment."""
    of_book: int = 4
    of_host: int = 6

    @property
    def threads(self) -> int:
        """The most threads there are."""
        return self.prompt + self.reckoning + self.long + self.spare


@dataclass(slots=True)
class Going:
    """A round that goes on: since when, and whether it began as a long one."""

    turn: Turn
    began: float
    is_long: bool


class Waiting:
    """The rounds that wait and those that go on, and which of them is the next: pure, for one thread at a time."""

    def __init__(self, shares: Shares) -> None:
        self.shares = shares
        self.going: dict[str, Going] = {}
        self._queues: OrderedDict[str, deque[tuple[Turn, float]]] = OrderedDict()
        self._of_book: Counter[str] = Counter()
        self._of_host: Counter[str] = Counter()
        self._were_long: set[str] = set()

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def add(self, turn: Turn, now: float) -> None:
        """Let *turn* wait, behind those of its book."""
        self._queues.setdefault(turn.book, deque()).append((turn, now))

    def next(self, now: float) -> tuple[Turn, float] | None:
        """Begin the next round that may begin at *now*, and return it with how many seconds it waited."""
        if len(self.going) >= self.shares.threads:
            return None
        is_full = self._full(now)
        if all(is_full.values()):
            return None
        taken = frozenset(host for host, count in self._of_host.items() if count >= self.shares.of_host)
        for book, queue in self._queues.items():
            if self._of_book[book] >= self.shares.of_book:
                continue
            for place, (turn, since) in enumerate(queue):
                lane = LONG if turn.name in self._were_long else RECKONING if turn.reckons else PROMPT
                if not is_full[lane] and turn.name not in self.going and not (turn.hosts & taken):
                    del queue[place]
                    self._begin(turn, now, is_long=lane == LONG)
                    return turn, now - since
        return None

    def done(self, name: str, now: float) -> None:
        """Note that the round *name* is over."""
        went = self.going.pop(name)
        self._of_book -= Counter([went.turn.book])
        self._of_host -= Counter(went.turn.hosts)
        (self._were_long.add if now - went.began >= PATIENCE_SECONDS else self._were_long.discard)(name)

    def forget(self, name: str, book: str) -> bool:
        """Let the round *name* of *book* wait no more, and say if it did; one that goes on ends by itself."""
        self._were_long.discard(name)
        queue = self._queues.get(book, deque())
        kept = deque(each for each in queue if each[0].name != name)
        if kept:
            self._queues[book] = kept
        else:
            self._queues.pop(book, None)
        return len(kept) < len(queue)

    def long(self, now: float) -> int:
        """Return how many of those that go on are long by *now*."""
        return sum(self._is_long(each, now) for each in self.going.values())

    def turns_long(self, now: float) -> float | None:
        """Return in how many seconds one that goes on turns into a long one; None where none does."""
        left = (each.began + PATIENCE_SECONDS - now for each in self.going.values() if not each.is_long)
        return min((seconds for seconds in left if seconds > 0), default=None)

    def _full(self, now: float) -> dict[str, bool]:
        """Return of each lane whether no round may begin in it."""
        long = self.long(now)
        reckoning = sum(each.turn.reckons and not self._is_long(each, now) for each in self.going.values())
        shares = self.shares
        return {
            LONG: long >= shares.long,
            RECKONING: reckoning >= shares.reckoning,
            PROMPT: len(self.going) - long - reckoning >= shares.prompt,
        }

    @staticmethod
    def _is_long(each: Going, now: float) -> bool:
        return each.is_long or now - each.began >= PATIENCE_SECONDS

    def _begin(self, turn: Turn, now: float, *, is_long: bool) -> None:
        if self._queues[turn.book]:
            self._queues.move_to_end(turn.book)
        else:
            del self._queues[turn.book]
        self.going[turn.name] = Going(turn, now, is_long)
        self._of_book[turn.book] += 1
        self._of_host.update(turn.hosts)


class Told(NamedTuple):
    """How the turns stand."""

    threads: int
    going: int
    long: int
    waiting: int
    longest_wait_seconds: float
    """The longest that a round waited, of those that began since this was asked last."""


class FairTurns:
    """The threads that do the rounds. They die with the process: a source that hangs cannot keep it alive."""

    def __init__(self, clock: Clock, shares: Shares = Shares()) -> None:  # noqa: B008 - it is a tuple
        self._clock = clock
        self._waiting = Waiting(shares)
        self._works: dict[str, Work] = {}
        self._changed = threading.Condition()
        self._handed: SimpleQueue[tuple[Turn, Work]] = SimpleQueue()
        self._idle = self._threads = 0
        self._over = False
        self._longest = 0.0
        self._dealer = threading.Thread(target=self._deal, name="turns", daemon=True)

    def begin(self) -> None:
        """Deal turns from now on."""
        self._dealer.start()

    def take(self, turn: Turn, work: Work) -> None:
        """Do *work* when it is its turn, after the one of that name that goes on; one that waits already is enough."""
        with self._changed:
            if turn.name in self._works:
                return
            self._works[turn.name] = work
            self._waiting.add(turn, self._clock.monotonic())
            self._changed.notify_all()

    def forget(self, turn: Turn) -> bool:
        """Let *turn* wait no more, and say if it did."""
        with self._changed:
            self._works.pop(turn.name, None)
            return self._waiting.forget(turn.name, turn.book)

    def told(self) -> Told:
        """Return how the turns stand."""
        with self._changed:
            longest, self._longest = self._longest, 0.0
            going, long = len(self._waiting.going), self._waiting.long(self._clock.monotonic())
            return Told(self._threads, going, long, len(self._waiting), longest)

    def end(self, seconds: float) -> list[str]:
        """Begin no further round, wait at most *seconds* for those that go on, and return which did not end."""
        give_up = self._clock.monotonic() + seconds
        with self._changed:
            self._over = True
            self._changed.notify_all()
            while self._waiting.going and (left := give_up - self._clock.monotonic()) > 0:
                self._changed.wait(left)
            return sorted(self._waiting.going)

    def _deal(self) -> None:
        while True:
            with self._changed:
                found = self._next()
                if found is None:
                    return
                turn, waited = found
                self._longest = max(self._longest, waited)
                self._hand(turn, self._works.pop(turn.name))

    def _next(self) -> tuple[Turn, float] | None:
        """Wait for the next round that may begin; None at the end."""
        while not self._over:
            found = self._waiting.next(self._clock.monotonic())
            if found is not None:
                return found
            self._changed.wait(self._waiting.turns_long(self._clock.monotonic()))
        return None

    def _hand(self, turn: Turn, work: Work) -> None:
        """Give *work* to a thread that is idle, or to a new one."""
        if self._idle:
            self._idle -= 1
        else:
            self._threads += 1
            threading.Thread(target=self._work, name=f"turn {self._threads}", daemon=True).start()
        self._handed.put((turn, work))

    def _work(self) -> None:
        while True:
            turn, work = self._handed.get()
            try:
                work()
            finally:
                with self._changed:
                    self._waiting.done(turn.name, self._clock.monotonic())
                    self._idle += 1
                    self._changed.notify_all()
