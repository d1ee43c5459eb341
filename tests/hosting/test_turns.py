"""Fair turns: whoever hangs, or has a thousand sources, takes no more than its share, and threads are bounded."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial

from lotwork.hosting.turns import PATIENCE_SECONDS, FairTurns, Shares, Turn, Waiting
from lotwork.ledger.clock import SystemClock
from tests.patience import PATIENCE_SECONDS as PATIENCE

SHARES = Shares(prompt=4, reckoning=1, long=4, spare=4, of_book=2, of_host=3)


def begun(waiting: Waiting, now: float) -> list[str]:
    """Begin all that may begin at *now*; return their names."""
    names = []
    while (found := waiting.next(now)) is not None:
        names.append(found[0].name)
    return names


def test_books_take_turns_one_round_each() -> None:
    waiting = Waiting(SHARES)
    for number in range(1000):
        waiting.add(Turn(f"big{number}", "big"), 0)
    for book in ("ann", "bob", "cleo"):
        waiting.add(Turn(book, book), 0)
    assert begun(waiting, 0) == ["big0", "ann", "bob", "cleo"]
    for name in ("big0", "ann", "bob", "cleo"):
        waiting.done(name, 0.1)
    waiting.add(Turn("ann", "ann"), 0.1)
    assert begun(waiting, 0.1) == ["big1", "ann", "big2"], "nobody's turn was lost, and nobody has two before another"


def test_a_book_has_no_more_than_its_share_of_the_threads() -> None:
    waiting = Waiting(SHARES)
    for number in range(1000):
        waiting.add(Turn(f"big{number}", "big"), 0)
    assert begun(waiting, 0) == ["big0", "big1"]
    waiting.add(Turn("ann", "ann"), 0)
    assert begun(waiting, 0) == ["ann"]


def test_a_host_that_many_books_ask_has_no_more_than_its_share() -> None:
    waiting = Waiting(SHARES)
    for number in range(50):
        waiting.add(Turn(f"slow{number}", f"book{number}", frozenset({"slow.example"})), 0)
    waiting.add(Turn("ann", "ann", frozenset({"fast.example"})), 0)
    assert begun(waiting, 0) == ["slow0", "slow1", "slow2", "ann"]


def test_a_round_that_turns_out_to_be_long_gives_its_place_to_a_prompt_one() -> None:
    waiting = Waiting(SHARES)
    for number in range(9):
        waiting.add(Turn(f"hung{number}", f"book{number}"), 0)
    assert len(begun(waiting, 0)) == SHARES.prompt
    assert waiting.turns_long(0.5) == PATIENCE_SECONDS - 0.5
    assert len(begun(waiting, PATIENCE_SECONDS)) == SHARES.prompt
    assert waiting.long(PATIENCE_SECONDS) == SHARES.prompt


def test_what_was_long_before_waits_among_the_long_and_keeps_the_prompt_ones_free() -> None:
    waiting, hung = Waiting(SHARES), [f"hung{number}" for number in range(20)]
    for name in hung:
        waiting.add(Turn(name, name), 0)
    now = 0.0
    while len(waiting):
        for name in begun(waiting, now):
            waiting.done(name, now + 30)
        now += 30
    for name in hung:
        waiting.add(Turn(name, name), now)
    assert len(begun(waiting, now)) == SHARES.long
    for number in range(SHARES.prompt):
        waiting.add(Turn(f"ann{number}", f"ann{number}"), now)
    assert len(begun(waiting, now)) == SHARES.prompt
    for name in list(waiting.going):
        waiting.done(name, now + 0.1)
    assert len(begun(waiting, now + 1)) == SHARES.long, "the rest of them come to their turn"


def test_books_that_are_reckoned_keep_no_source_from_being_asked() -> None:
    """After a start hundreds of books are folded, a tenth of a second each, and all at once would take a minute."""
    waiting = Waiting(SHARES)
    for number in range(500):
        waiting.add(Turn(f"fold{number}", f"book{number}/", reckons=True), 0)
    for number in range(3):
        waiting.add(Turn(f"poll{number}", f"book{number}/main"), 0)
    assert begun(waiting, 0) == ["fold0", "poll0", "poll1", "poll2"]
    assert begun(waiting, PATIENCE_SECONDS) == ["fold1"], "one that takes long holds up no other"


def test_there_are_never_more_rounds_at_once_than_threads() -> None:
    waiting = Waiting(SHARES)
    for second in range(100):
        waiting.add(Turn(f"hung{second}", f"book{second}"), second)
        begun(waiting, second)
    assert len(waiting.going) == SHARES.threads
    assert waiting.next(1000) is None
    waiting.done("hung0", 1000)
    assert waiting.next(1000) is not None


def test_one_that_is_forgotten_waits_no_more_and_its_book_goes_on() -> None:
    waiting = Waiting(SHARES)
    for name in ("one", "two"):
        waiting.add(Turn(name, "ann"), 0)
    assert waiting.forget("one", "ann")
    assert not waiting.forget("one", "ann")
    assert begun(waiting, 0) == ["two"]
    assert not waiting.forget("two", "ann"), "it goes on"


class Hanging:
    """Rounds that end when they are told to."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.began: Counter[str] = Counter()
        self.threads: set[int] = set()
        self.some = threading.Semaphore(0)

    def __call__(self, name: str, *, hangs: bool) -> None:
        self.began[name] += 1
        self.threads.add(threading.get_ident())
        self.some.release()
        if hangs:
            assert self.over.wait(PATIENCE)


def test_real_threads_are_bounded_and_a_book_behind_a_thousand_that_hang_is_not_kept_waiting() -> None:
    turns, rounds = FairTurns(SystemClock(), SHARES), Hanging()
    turns.begin()
    for number in range(1000):
        turns.take(Turn(f"hung{number}", "big"), partial(rounds, f"hung{number}", hangs=True))
    for book in range(200):
        turns.take(Turn(f"ann{book}", f"ann{book}"), partial(rounds, f"ann{book}", hangs=False))
    for _ in range(202):
        assert rounds.some.acquire(timeout=PATIENCE)
    told = turns.told()
    assert (told.going, told.waiting) == (2, 998)
    assert told.threads <= SHARES.threads
    assert len(rounds.threads) <= SHARES.threads
    rounds.over.set()
    assert turns.end(PATIENCE) == []


def test_a_round_of_the_same_name_waits_for_the_one_before_and_is_asked_for_once() -> None:
    turns, rounds = FairTurns(SystemClock(), SHARES), Hanging()
    turns.begin()
    turn = Turn("poll", "ann")
    turns.take(turn, lambda: rounds("first", hangs=True))
    assert rounds.some.acquire(timeout=PATIENCE)
    for _ in range(3):
        turns.take(turn, lambda: rounds("second", hangs=False))
    assert not rounds.some.acquire(timeout=0.1)
    rounds.over.set()
    assert rounds.some.acquire(timeout=PATIENCE)
    assert turns.end(PATIENCE) == []
    assert rounds.began == {"first": 1, "second": 1}
