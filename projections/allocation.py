"""The turn of 2025: from one pool over all wallets to a pool in each.

Law: on 1 January 2025 the unused basis is allocated to the wallets that hold the coins (Rev. Proc. 2024-28). Where the
taxpayer elected an allocation, that one holds; else the oldest lot goes to the wallet with the oldest unmatched
receipt, and a finding says that this was assumed. A receipt is matched when its coins left its wallet, first in first
out; coins that were moved keep their age.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

from ledger.events import Election, LotChoice
from projections.findings import Finding
from projections.pools import Lot, Queue

Share: TypeAlias = tuple[Lot, int, str]


class Coins(msgspec.Struct, gc=False, eq=False, array_like=True):
    """Coins that lie in a wallet: how many are left of those of one acquisition."""

    sequence: int
    quantity: int


class Holdings:
    """Where the coins lie while all wallets are one pool: in each wallet a queue, the oldest first."""

    def __init__(self) -> None:
        self._lying: defaultdict[tuple[str, str], Queue[Coins]] = defaultdict(Queue)

    def arrive(self, wallet: str, asset: str, coins: Coins) -> None:
        """Put *coins* into *wallet*."""
        self._lying[wallet, asset].add(coins)

    def leave(self, wallet: str, asset: str, quantity: int) -> list[Coins]:
        """Take *quantity* out of *wallet*, the oldest first, and return what went; it may be less."""
        lying = self._lying[wallet, asset]
        gone = []
        while quantity:
            coins = lying.first()
            if coins is None:
                break
            part = min(coins.quantity, quantity)
            quantity -= part
            coins.quantity -= part
            gone.append(Coins(coins.sequence, part))
        return gone

    def move(self, from_wallet: str, to_wallet: str, asset: str, quantity: int) -> None:
        """Move *quantity* between wallets; the coins keep their age."""
        for coins in self.leave(from_wallet, asset, quantity):
            self.arrive(to_wallet, asset, coins)

    def of(self, asset: str) -> list[tuple[Coins, str]]:
        """Return the coins of *asset* with their wallets, the oldest first."""
        lying = [(coins, wallet) for wallet, held, coins in self if held == asset]
        return sorted(lying, key=lambda entry: (entry[0].sequence, entry[1]))

    def __iter__(self) -> Iterator[tuple[str, str, Coins]]:
        for (wallet, asset), pile in self._lying.items():
            for coins in pile:
                yield wallet, asset, coins


def allocate(
    asset: str, lots: list[Lot], holdings: Holdings, elections: Iterable[Election], findings: list[Finding]
) -> Iterator[Share]:
    """Yield (lot, quantity, wallet) until every open lot of *asset* lies in a wallet."""
    left = {lot.id: lot.quantity for lot in lots}
    room: defaultdict[str, int] = defaultdict(int)
    for election in elections:
        if election.asset in (None, asset):
            yield from _elected(election, lots, left, room, findings)
    lying = [(coins, wallet) for coins, wallet in holdings.of(asset)]
    wallets = {wallet for _, wallet in lying}
    if sum(left.values()) and len(wallets) > 1:
        findings.append(_assumed(asset, len(wallets)))
    yield from _by_age(lots, left, _unmatched(lying, room))


def _elected(
    election: Election, lots: list[Lot], left: dict[str, int], room: dict[str, int], findings: list[Finding]
) -> Iterator[Share]:
    by_id = {lot.id: lot for lot in lots}
    for choice in election.lots:
        quantity = min(choice.quantity, left.get(choice.lot, 0))
        wallet = choice.wallet or election.wallet
        if wallet is None or quantity < choice.quantity:
            findings.append(_not_allocated(election, choice, wallet))
        if wallet is not None and quantity:
            left[choice.lot] -= quantity
            room[wallet] += quantity
            yield by_id[choice.lot], quantity, wallet


def _unmatched(lying: list[tuple[Coins, str]], taken: dict[str, int]) -> Iterator[tuple[int, str]]:
    """Yield (quantity, wallet) of the coins that no elected lot has taken, the oldest first."""
    for coins, wallet in lying:
        used = min(taken.get(wallet, 0), coins.quantity)
        if used:
            taken[wallet] -= used
        if coins.quantity > used:
            yield coins.quantity - used, wallet


def _by_age(lots: list[Lot], left: dict[str, int], unmatched: Iterator[tuple[int, str]]) -> Iterator[Share]:
    free, wallet = 0, None
    for lot in lots:
        while left[lot.id]:
            if not free:
                free, wallet = next(unmatched, (0, None))
            if wallet is None:
                yield lot, left[lot.id], lot.wallet
                break
            quantity = min(free, left[lot.id])
            free -= quantity
            left[lot.id] -= quantity
            yield lot, quantity, wallet


def _assumed(asset: str, wallets: int) -> Finding:
    return Finding(
        "allocation_assumed",
        f"on 2025-01-01 the open lots of {asset} were allocated to {wallets} wallets by age, since no election says "
        "otherwise (Rev. Proc. 2024-28): record an `election` with method safe_harbor_allocation if you made one",
        None,
    )


def _not_allocated(election: Election, choice: LotChoice, wallet: str | None) -> Finding:
    reason = "names no wallet" if wallet is None else "allocates more than was open"
    return Finding(
        "allocation_does_not_fit", f"{election.id}: lot {choice.lot} {reason}: correct the election", election.id
    )
