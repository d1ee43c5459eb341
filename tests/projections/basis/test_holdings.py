from collections import defaultdict
from itertools import count
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.basis import holdings
from lotwork.projections.basis.holdings import ACQUIRED, MANY, Coins, Holdings
from lotwork.projections.basis.pools import Lot

WALLETS = "abc"


class AtOnce:
    """The oracle: whatever comes or leaves is put in and taken out at once, and the oldest are looked for each time."""

    def __init__(self) -> None:
        self.lying: defaultdict[tuple[str, str], list[Coins]] = defaultdict(list)
        self.arrivals = ACQUIRED

    def add(self, wallet: str, coins: Coins) -> None:
        lying = self.lying[wallet, "BTC"]
        lying.append(coins)
        lying.sort(key=lambda each: each.sequence)

    def take(self, wallet: str, quantity: int) -> list[tuple[int, int]]:
        taken, lying = [], self.lying[wallet, "BTC"]
        while lying and quantity:
            part = min(quantity, lying[0].quantity)
            taken.append((lying[0].sequence, part))
            lying[0].quantity -= part
            quantity -= part
            if not lying[0].quantity:
                del lying[0]
        return taken

    def move(self, source: str, target: str, quantity: int) -> None:
        for sequence, part in self.take(source, quantity):
            self.arrivals += 1
            self.add(target, Coins(sequence, part, self.arrivals))

    def holds(self, wallet: str, quantity: int) -> bool:
        return sum(each.quantity for each in self.lying.get((wallet, "BTC"), ())) >= quantity

    def state(self) -> list[tuple[str, list[tuple[int, int, int]]]]:
        return [(wallet, told(lying)) for (wallet, _), lying in self.lying.items()]


def told(lying: list[Coins]) -> list[tuple[int, int, int]]:
    return [(each.sequence, each.quantity, each.arrived) for each in lying]


wallets, quantities = st.sampled_from(WALLETS), st.integers(1, 30)
steps = st.one_of(
    st.tuples(st.just("receive"), st.lists(st.tuples(wallets, quantities), min_size=1, max_size=6), st.just(0)),
    st.tuples(st.just("given"), wallets, st.integers(-60, 30)),
    st.tuples(st.just("leave"), wallets, st.integers(1, 90)),
    st.tuples(st.just("hold"), wallets, st.integers(1, 90)),
    st.tuples(st.just("move"), st.tuples(wallets, wallets), quantities),
    st.tuples(st.just("look"), st.just(None), st.just(0)),
)


@given(st.lists(steps, max_size=60), st.integers(0, 9))
def test_what_is_only_counted_lies_as_if_all_was_put_in_and_taken_out_at_once(drawn: list[Any], many: int) -> None:
    with patch.object(holdings, "MANY", many):
        hold_against_the_oracle(drawn)


def hold_against_the_oracle(drawn: list[Any]) -> None:
    counted, at_once, age = Holdings(), AtOnce(), 100
    for step, (what, who, much) in enumerate(drawn):
        age += 1
        if what == "receive":
            ages = count(age * 1_000)
            lots = [Lot("", next(ages), 0, quantity, 0, wallet) for wallet, quantity in who]
            counted.receive("BTC", lots)
            for lot in lots:
                at_once.add(lot.wallet, Coins(lot.sequence, lot.quantity, ACQUIRED))
        elif what == "given":  # of whatever age, that nothing else has
            own = (age + much) * 1_000 + 100 + step
            counted.arrive(who, "BTC", Coins(own, 7, ACQUIRED))
            at_once.add(who, Coins(own, 7, ACQUIRED))
        elif what == "leave":
            counted.leave(who, "BTC", much)
            at_once.take(who, much)
        elif what == "hold":
            assert counted.hold(who, "BTC", much) == at_once.holds(who, much)
        elif what == "move":
            counted.move(who[0], who[1], "BTC", much, "BTC")
            at_once.move(who[0], who[1], much)
        else:
            assert [(wallet, told(pile)) for wallet, _, pile in counted.state()] == at_once.state()
    assert [(wallet, told(pile)) for wallet, _, pile in counted.state()] == at_once.state()


def test_what_left_again_is_forgotten_on_the_way() -> None:
    counted, held = Holdings(), 0
    for number in range(3 * MANY):
        counted.receive("BTC", [Lot("", number, 0, 10, 0, "a")])
        counted.leave("a", "BTC", 9)
        held += 1
        assert len(counted._piles["a", "BTC"].quantities) <= MANY + held // 5
    [(_, _, lying)] = counted.state()
    assert sum(coins.quantity for coins in lying) == held
