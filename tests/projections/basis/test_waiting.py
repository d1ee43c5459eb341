"""Lots and coins that wait to be read are, once one is asked for, those that were never put away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy

import pytest

from lotwork.ledger.errors import StorageError
from lotwork.ledger.events import LotChoice
from lotwork.projections.basis.holdings import Coins, Holdings
from lotwork.projections.basis.pools import Lot, Pool
from lotwork.projections.basis.waiting import WaitingHoldings, WaitingPool

Seen = list[tuple[str, int, int]]


def lots(first: int = 0, last: int = 4) -> list[Lot]:
    return [
        Lot(f"r{number}", number, 700_000 + number, 10 + number, 100 + number, "w") for number in range(first, last)
    ]


def put_in(pool: Pool) -> Pool:
    for lot in (*lots(4, 6), Lot("r1", 1, 700_001, 5, 50, "w")):
        pool.add(lot)
    return pool


def both() -> tuple[Pool, Pool]:
    plain = Pool()
    for lot in lots():
        plain.add(lot)
    return put_in(plain), put_in(WaitingPool.of(lots()))


def seen(pool: Pool) -> Seen:
    return [(lot.id, lot.quantity, lot.basis) for lot in pool.lots()]


def closed(pool: Pool) -> str:
    lot = pool.lots()[0]
    pool.close(lot)
    return lot.id


@pytest.mark.parametrize(
    "ask",
    [
        lambda pool: seen(pool.copy()),
        lambda pool: getattr(pool.by("lifo").first(), "id", None),
        lambda pool: getattr(pool.by("fifo").first(), "id", None),
        lambda pool: getattr(pool.named("r1"), "quantity", None),
        lambda pool: pool.holds(40, [LotChoice(lot="r5", quantity=3)]),
        lambda pool: getattr(pool.exactly("r4"), "basis", None),
        closed,
        len,
        lambda pool: [lot.id for lot in pool],
    ],
)
def test_whatever_is_asked_first_a_pool_that_waited_is_as_any_other(ask: Callable[[Pool], object]) -> None:
    plain, waited = both()
    assert not waited.is_empty()
    assert ask(waited) == ask(plain)
    assert type(waited) is Pool
    assert seen(waited) == seen(plain)


def test_no_lot_is_read_before_one_is_asked_for() -> None:
    asked: list[str] = []

    def read() -> Iterator[Lot]:
        for lot in lots():
            asked.append(lot.id)
            yield lot

    pool = put_in(WaitingPool.of(read()))
    assert (asked, pool.is_empty()) == ([], False)
    assert len(pool) == len(asked) + 2


def moved(holdings: Holdings) -> None:
    holdings.move("w", "v", "BTC", 7, "BTC")


@pytest.mark.parametrize(
    "ask",
    [
        lambda holdings: holdings.hold("w", "BTC", 12),
        lambda holdings: holdings.leave("w", "BTC", 12),
        lambda holdings: holdings.arrive("v", "BTC", Coins(2, 3)),
        moved,
        lambda holdings: [(coins.sequence, wallet) for coins, wallet in holdings.of("BTC")],
        lambda holdings: len(holdings.state()),
    ],
)
def test_coins_that_waited_lie_where_they_lay(ask: Callable[[Holdings], object]) -> None:
    lying = [("w", "BTC", [Coins(1, 10, 1), Coins(3, 4, 2)]), ("v", "BTC", [Coins(1, 5, 3)])]
    plain = Holdings()
    plain.resume((wallet, asset, [*map(copy, pile)]) for wallet, asset, pile in lying)
    waited = WaitingHoldings(lying)
    for each in (plain, waited):
        each.receive("BTC", [Lot("r9", 9, 1, 8, 0, "w"), Lot("r10", 10, 1, 1, 0, "u")])
    assert ask(waited) == ask(plain)
    told = [
        [
            (wallet, [(coins.sequence, coins.quantity, coins.arrived) for coins in pile])
            for wallet, _, pile in each.state()
        ]
        for each in (waited, plain)
    ]
    assert told[0] == told[1]
    assert type(waited) is Holdings


class Unread:
    """Lots that cannot be read the first time."""

    def __init__(self) -> None:
        self.asked = 0

    def __iter__(self) -> Iterator[Lot]:
        self.asked += 1
        yield from lots(last=2)
        if self.asked == 1:
            raise StorageError("spoiled")
        yield from lots(2)


def test_lots_of_which_some_cannot_be_read_all_wait_on() -> None:
    plain, waiting = both()[0], put_in(WaitingPool.of(Unread()))
    with pytest.raises(StorageError):
        len(waiting)
    assert seen(waiting) == seen(plain)
