"""The pool of open lots and its queues: what is quicker comes to what the plain way comes to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.basis.allocation import Coins
from lotwork.projections.basis.pools import Lot, Pool, Queue

METHODS = ("fifo", "lifo", "hifo", "lofo")
STEPS = st.lists(
    st.tuples(st.sampled_from(("put", "add", "take", "take", "name")), st.integers(1, 9), st.integers(1, 9)),
    max_size=40,
)


def at_once(queue: Queue[Coins], quantity: int) -> None:
    _, left = queue.let_go(quantity)
    if left and (coins := queue.first()) is not None:
        coins.quantity -= left


def one_by_one(queue: Queue[Coins], quantity: int) -> None:
    while quantity and (coins := queue.first()) is not None:
        part = min(coins.quantity, quantity)
        quantity, coins.quantity = quantity - part, coins.quantity - part


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20), st.integers(0, 40)), max_size=30), st.booleans())
def test_what_leaves_a_queue_in_one_step_leaves_as_one_by_one(
    steps: list[tuple[int, int, int]], newest_first: bool
) -> None:
    """Also stragglers among the coins, and what is used up already."""
    quick, plain = (Queue[Coins](newest_first=newest_first) for _ in range(2))
    for sequence, came, left in steps:
        for queue in (quick, plain):
            queue.add(Coins(sequence, came))
        at_once(quick, left)
        one_by_one(plain, left)
        assert sorted((coins.sequence, coins.quantity) for coins in quick) == sorted(
            (coins.sequence, coins.quantity) for coins in plain
        )


@given(st.sampled_from(METHODS), STEPS)
def test_a_pool_that_keeps_names_and_one_that_does_not_yet_hold_the_same(
    method: str, steps: list[tuple[str, int, int]]
) -> None:
    """One is asked for a name before anything is in it; parts of one lot meet in both."""
    late, early = Pool(), Pool()
    assert early.named("0") is None
    for number, (step, which, quantity) in enumerate(steps):
        for pool in (late, early):
            if step == "put":
                pool.put(Lot(f"{number}", number, 1, quantity, quantity * which, "cold"))
            elif step == "add":
                pool.add(Lot(f"lot {which}", which, 1, quantity, quantity * which, "cold"))
            elif step == "take":
                for lot, part in pool.give_up(quantity, method)[0]:  # type: ignore[arg-type] # one of four
                    lot.take(part)
            else:
                held = {lot.id: lot for lot in pool}
                assert pool.named(f"lot {which}") is pool.exactly(f"lot {which}") is held.get(f"lot {which}")
        assert [(lot.id, lot.quantity, lot.basis) for lot in late.lots()] == [
            (lot.id, lot.quantity, lot.basis) for lot in early.lots()
        ]
        assert (len(late), late.holds(7)) == (len(early), early.holds(7))
