"""Where the coins lie while all wallets are one pool: what `projections.basis.allocation` shares out in 2025.

A receipt is matched when its coins left its wallet, first in first out; coins that were moved keep their age. Nobody
asks for them between one move and the next, so what comes and what leaves is only counted until somebody does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from operator import attrgetter

import msgspec

from lotwork.projections.basis.pools import Lot
from lotwork.projections.basis.queues import Queue

ACQUIRED = 1
"""Coins arrive first where they are acquired."""
MANY = 2_000
"""So many acquisitions more than twice those that lie are counted before what left is taken out of them."""


class Coins(msgspec.Struct, gc=False, eq=False, array_like=True):
    """Coins that lie in a wallet: how many are left of those of one acquisition."""

    sequence: int
    quantity: int
    arrived: int = 0
    """The place of their arrival among all moves into any wallet, after what was `ACQUIRED`; 0 until they arrived."""


class Pile:
    """The coins of an asset in one wallet.

    The oldest leave first, and what is only counted is younger than all that was there before: so it is one whether
    what left is taken out of them before or after that came.
    """

    __slots__ = ("_left", "_lying", "_most", "held", "quantities", "sequences")

    def __init__(self) -> None:
        self._lying: Queue[Coins] = Queue()
        self._left = 0
        """How much left that is not taken out yet."""
        self._most = MANY
        """As many acquisitions are counted before what left is taken out."""
        self.held = 0
        self.sequences: list[int] = []
        """What came last and is only counted, by age."""
        self.quantities: list[int] = []

    def leave(self, quantity: int) -> None:
        """Have *quantity* leave, or what there is."""
        left = min(quantity, self.held)
        self.held -= left
        self._left += left
        if len(self.quantities) > self._most:
            self._settle()

    def take(self, quantity: int) -> list[Coins]:
        """Take *quantity* out, the oldest first, or what there is, and return it."""
        lying = self.lying()
        gone, left = lying.let_go(quantity)
        if left and (coins := lying.first()) is not None:
            coins.quantity -= left
            gone.append(Coins(coins.sequence, left))
        self.held -= sum(coins.quantity for coins in gone)
        return gone

    def add(self, coins: Coins) -> None:
        """Put *coins* of any age here."""
        self.lying().add(coins)
        self.held += coins.quantity

    def add_all(self, coins: Sequence[Coins]) -> None:
        """Put *coins* here, which stand in order of age."""
        self.lying().extend(coins)
        self.held += sum(map(_quantity, coins))

    def lying(self) -> Queue[Coins]:
        """Return all that lies here; nothing of it is only counted any more."""
        if self._left:
            self._settle()
        if self.quantities:
            self._lying.extend([*map(Coins, self.sequences, self.quantities, repeat(ACQUIRED))])
            self.sequences, self.quantities = [], []
        return self._lying

    def _settle(self) -> None:
        """Take out what left."""
        left, self._left = self._lying.let_go(self._left)[1], 0
        if left and (coins := self._lying.first()) is not None:
            coins.quantity -= left
        elif left:
            ends = [*accumulate(self.quantities)]
            gone = bisect_right(ends, left)
            del self.sequences[:gone], self.quantities[:gone]
            if self.quantities:
                self.quantities[0] = ends[gone] - left
        self._most = MANY + 2 * len(self.quantities)


class Holdings:
    """The piles of each wallet."""

    def __init__(self) -> None:
        self._piles: dict[tuple[str, str], Pile] = {}
        self._of: defaultdict[str, dict[str, Pile]] = defaultdict(dict)
        """The same, of each asset by wallet."""
        self._arrivals = ACQUIRED
        self._youngest = 0
        """The age of the youngest coins that were not only counted."""

    def receive(self, asset: str, lots: Sequence[Lot]) -> None:
        """Put the coins of *lots* of *asset*, which just came, into their wallets; the lots stand in order of age."""
        if lots[0].sequence < self._youngest:
            for lot in lots:
                self.arrive(lot.wallet, asset, Coins(lot.sequence, lot.quantity, ACQUIRED))
            return
        piles = self._of[asset]
        for lot in lots:
            pile, quantity = piles.get(lot.wallet) or self._pile(lot.wallet, asset), lot.quantity
            pile.sequences.append(lot.sequence)
            pile.quantities.append(quantity)
            pile.held += quantity

    def _pile(self, wallet: str, asset: str) -> Pile:
        pile = self._piles.get((wallet, asset))
        if pile is None:
            pile = self._piles[wallet, asset] = self._of[asset][wallet] = Pile()
        return pile

    def arrive(self, wallet: str, asset: str, coins: Coins) -> None:
        """Put *coins* into *wallet*; those read from a state have arrived before."""
        if coins.arrived:
            self._arrivals = max(self._arrivals, coins.arrived)
        else:
            self._arrivals += 1
            coins.arrived = self._arrivals
        self._youngest = max(self._youngest, coins.sequence)
        self._pile(wallet, asset).add(coins)

    def leave(self, wallet: str, asset: str, quantity: int) -> None:
        """Take *quantity* out of *wallet*, the oldest first, or what there is."""
        self._pile(wallet, asset).leave(quantity)

    def move(self, from_wallet: str, to_wallet: str, asset: str, quantity: int, to_asset: str) -> None:
        """Move *quantity* between wallets, where it arrives as *to_asset*; the coins keep their age."""
        for coins in self._pile(from_wallet, asset).take(quantity):
            self.arrive(to_wallet, to_asset, Coins(coins.sequence, coins.quantity))

    def hold(self, wallet: str, asset: str, quantity: int) -> bool:
        """Say if *quantity* lies in *wallet*."""
        pile = self._piles.get((wallet, asset))
        return quantity <= (0 if pile is None else pile.held)

    def of(self, asset: str) -> list[tuple[Coins, str]]:
        """Return the coins of *asset* with their wallets, the oldest first.

        Where coins of one acquisition lie in several wallets, those that arrived first are first: a wallet's name is of
        the taxpayer's choosing, and says nothing about a tax.
        """
        lying = [(coins, wallet) for wallet, pile in self._of[asset].items() for coins in pile.lying()]
        lying.sort(key=_arrived)
        lying.sort(key=_age)  # a wallet's coins lie by age as good as already
        return lying

    def state(self) -> list[tuple[str, str, list[Coins]]]:
        """Return what others can go on from: what lies of each asset in each wallet."""
        return [(wallet, asset, pile.lying().by_age()) for (wallet, asset), pile in self._piles.items()]

    def resume(self, state: Iterable[tuple[str, str, Sequence[Coins]]]) -> None:
        """Go on from *state*, in which the coins of a wallet stand in order of age and have arrived."""
        for wallet, asset, coins in state:
            if coins:
                self._arrivals = max(self._arrivals, *map(_arrival, coins))
                self._youngest = max(self._youngest, coins[-1].sequence)
                self._pile(wallet, asset).add_all(coins)

    def held(self, asset: str) -> dict[str, int]:
        """Return how much of *asset* lies in each wallet that has some."""
        return {wallet: pile.held for wallet, pile in self._of[asset].items() if pile.held}


def _age(lying: tuple[Coins, str]) -> int:
    return lying[0].sequence


def _arrived(lying: tuple[Coins, str]) -> int:
    return lying[0].arrived


_arrival, _quantity = attrgetter("arrived"), attrgetter("quantity")
