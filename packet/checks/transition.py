"""The turn of 2025: from one pool over all wallets to a pool in each (Rev. Proc. 2024-28).

Where the taxpayer allocated in time, that holds; the rest goes by age, the oldest lot to the wallet with the oldest
coins that no lot has been matched with.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from lotwork.packet.checks.amounts import Days
from lotwork.packet.checks.history import Happening
from lotwork.packet.checks.law import Figures
from lotwork.packet.checks.pools import Parcel
from lotwork.packet.checks.worth import is_fee

TURN = date(2025, 1, 1)
ALLOCATION = "safe_harbor_allocation"


class Lying:
    """Coins in a wallet: of which age, how many, and as which arrival they came."""

    __slots__ = ("arrival", "order", "quantity")

    def __init__(self, order: int, quantity: int, arrival: int) -> None:
        self.order, self.quantity, self.arrival = order, quantity, arrival


class Whereabouts:
    """Where the coins lie while all wallets are one pool: what leaves a wallet leaves it first in, first out."""

    def __init__(self) -> None:
        self._lying: dict[tuple[str, str], list[Lying]] = {}
        self._arrivals = 0

    def arrive(self, wallet: str, asset: str, order: int, quantity: int) -> None:
        """Put coins of an age into a wallet."""
        self._arrivals += 1
        pile = self._lying.setdefault((wallet, asset), [])
        place = len(pile)
        while place and pile[place - 1].order > order:
            place -= 1
        pile.insert(place, Lying(order, quantity, self._arrivals))

    def leave(self, wallet: str, asset: str, quantity: int) -> list[tuple[int, int]]:
        """Take coins out, the oldest first, or what there is; return (age, how many) of them."""
        gone, pile = [], self._lying.get((wallet, asset), [])
        while quantity and pile:
            part = min(pile[0].quantity, quantity)
            quantity -= part
            pile[0].quantity -= part
            gone.append((pile[0].order, part))
            if not pile[0].quantity:
                pile.pop(0)
        return gone

    def move(self, event: Happening, quantity: int) -> None:
        """Move coins as a transfer does; they keep their age."""
        asset, arrives = event.word("asset"), event.text("to_asset") or event.word("asset")
        for order, part in self.leave(event.word("from_wallet"), asset, quantity):
            self.arrive(event.word("to_wallet"), arrives, order, part)

    def holds(self, wallet: str, asset: str, quantity: int) -> bool:
        """Say whether so much lies in a wallet."""
        return sum(each.quantity for each in self._lying.get((wallet, asset), ())) >= quantity

    def of(self, asset: str) -> list[tuple[int, str]]:
        """Return (how many, wallet) of the coins of an asset, the oldest first, then those that arrived first."""
        found = [
            (each.order, each.arrival, each.quantity, wallet)
            for (wallet, held), pile in self._lying.items() if held == asset for each in pile
        ]  # fmt: skip
        return [(quantity, wallet) for _, _, quantity, wallet in sorted(found)]


class Allocating:
    """The allocations the taxpayer elected, and which were made in time."""

    def __init__(self, events: list[Happening], days: Days, law: Figures) -> None:
        self._told = [each for each in events if each.kind == "election" and each.text("method") == ALLOCATION]
        self._days, self._law = days, law
        self._first: dict[str, datetime] = {}
        if self._told:
            turn = days.midnight(self._global_before())
            for each in events:
                out = each.kind == "sale" or (each.kind == "movement" and is_fee(each))
                if each.at >= turn and (out or (each.kind == "transfer" and each.get("fee_quantity"))):
                    self._first.setdefault(each.word("asset"), each.at)

    def _global_before(self) -> date:
        return self._law.day("us/basis/transition_global_before", TURN)

    def of(self, asset: str) -> list[Happening]:
        """Return the elections that allocate an asset: the first made in time, and what was made at that instant."""
        held: list[Happening] = []
        for each in self._told:
            is_told = each.text("asset") in (None, asset) and self._in_time(each, asset)
            if is_told and (not held or each.at == held[0].at):
                held.append(each)
        return held

    def _in_time(self, election: Happening, asset: str) -> bool:
        turn = self._days.midnight(self._global_before())
        if election.at < turn:
            return True
        if election.text("allocation") == "global":
            return False
        last = self._law.day("us/basis/transition_specific_by", self._global_before())
        if election.at >= self._days.midnight(last + timedelta(days=1)):
            return False
        first = self._first.get(asset)
        return first is None or election.at < first


def allocated(
    lots: list[Parcel], lying: list[tuple[int, str]], elections: list[Happening]
) -> Iterator[tuple[Parcel, int, str]]:
    """Yield (lot, how much of it, wallet) until every open lot, given by age, lies in a wallet."""
    by_id = {lot.id: lot for lot in lots}
    left = {lot.id: lot.quantity for lot in lots}
    room: dict[str, int] = {}
    taken: dict[str, int] = {}
    for quantity, wallet in lying:
        room[wallet] = room.get(wallet, 0) + quantity
    for election in elections:
        for name, wanted, told in election.choices():
            wallet = told or election.text("wallet") or ""
            quantity = min(wanted, left.get(name, 0), max(0, room.get(wallet, 0)))
            if quantity:
                left[name] -= quantity
                room[wallet] -= quantity
                taken[wallet] = taken.get(wallet, 0) + quantity
                yield by_id[name], quantity, wallet
    unmatched = []
    for quantity, wallet in lying:
        used = min(taken.get(wallet, 0), quantity)
        taken[wallet] = taken.get(wallet, 0) - used
        if quantity > used:
            unmatched.append((quantity - used, wallet))
    free, where = 0, ""
    waiting = iter(unmatched)
    for lot in lots:
        while left[lot.id]:
            if not free:
                free, where = next(waiting, (left[lot.id], lot.wallet))
            quantity = min(free, left[lot.id])
            free -= quantity
            left[lot.id] -= quantity
            yield lot, quantity, where
