"""The pool of open lots and its queues: what is quicker comes to what the plain way comes to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.events import Method
from lotwork.projections.basis.holdings import Coins
from lotwork.projections.basis.pools import Lot, Pool
from lotwork.projections.basis.queues import Queue

METHODS: tuple[Method, ...] = ("fifo", "lifo", "hifo", "lofo")
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
    method: Method, steps: list[tuple[str, int, int]]
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
                given = pool.give_up(quantity, method)
                if given.part is not None:
                    lot, part = given.part
                    lot.take(part)
            else:
                held = {lot.id: lot for lot in pool}
                assert pool.named(f"lot {which}") is pool.exactly(f"lot {which}") is held.get(f"lot {which}")
        assert [(lot.id, lot.quantity, lot.basis) for lot in late.lots()] == [
            (lot.id, lot.quantity, lot.basis) for lot in early.lots()
        ]
        assert (len(late), late.holds(7)) == (len(early), early.holds(7))


@given(
    st.sampled_from(METHODS),
    st.lists(st.tuples(st.booleans(), st.integers(1, 20), st.integers(0, 9), st.integers(1, 30)), max_size=30),
)
def test_what_a_pool_gives_up_in_one_go_it_gives_up_one_by_one(
    method: Method, steps: list[tuple[bool, int, int, int]]
) -> None:
    """Gifts come out of turn, and some lots were used up by name."""
    quick, plain = Pool(), Pool()
    for number, (comes, age, used, quantity) in enumerate(steps):
        for pool in (quick, plain):
            if comes:
                pool.put(Lot(f"{number}", age * 100 + number, 1, quantity, quantity * age, "cold"))
            elif (lot := pool.named(f"{used}")) is not None:
                lot.take(lot.quantity)
                pool.close(lot)
        given_up = quick.give_up(quantity, method)
        taken = [(lot.id, part) for lot, part in ((lot, lot.quantity) for lot in given_up.whole)]
        if given_up.part is not None:
            last, part = given_up.part
            last.take(part)
            taken.append((last.id, part))
        assert (taken, given_up.left) == one_lot_by_one(plain, quantity, method)
        assert [(lot.id, lot.quantity, lot.basis) for lot in quick.lots()] == [
            (lot.id, lot.quantity, lot.basis) for lot in plain.lots()
        ]
        assert quick.size >= len(quick)


def one_lot_by_one(pool: Pool, quantity: int, method: Method) -> tuple[list[tuple[str, int]], int]:
    taken = []
    while quantity and (lot := pool.by(method).first()) is not None:
        part = min(lot.quantity, quantity)
        quantity -= part
        lot.take(part)
        taken.append((lot.id, part))
        if not lot.quantity:
            pool.close(lot)
    return taken, quantity
