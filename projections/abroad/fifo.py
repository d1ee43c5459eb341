"""First in, first out in each wallet: which coins a disposal took, since when they were held, and what they cost.

Law: Germany, BMF letter of 6 March 2025: by wallet, first in first out is allowed where coins are not told apart;
Portugal, CIRS Art. 43: the coins acquired first are those alienated first. A transfer between own wallets takes the
oldest along with their day and cost.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple, assert_never

import msgspec

from lotwork.ledger.units import divide
from lotwork.projections.abroad.flows import Arrival, Departure, Flow, How, Move
from lotwork.projections.findings import Finding


class Taken(NamedTuple):
    """A part of a disposal and the coins it took; money in millionths."""

    disposal: str
    day: date
    asset: str
    quantity: int
    proceeds: int
    cost: int
    disposition: str
    lot: str | None
    """None: no coins were recorded for it."""
    since: date | None
    how: How | None

    @property
    def gain(self) -> int:
        """Proceeds less cost."""
        return self.proceeds - self.cost


class _Held(msgspec.Struct):
    """Coins that lie in a wallet. Born in this fold, and never leaves it."""

    lot: str
    since: date
    how: How
    quantity: int
    cost: int

    def take(self, quantity: int) -> _Held:
        """Return *quantity* of these coins, taken out; the rest keeps the rest of the cost exactly."""
        cost = self.cost - divide(self.cost * (self.quantity - quantity), self.quantity)
        self.quantity -= quantity
        self.cost -= cost
        return _Held(self.lot, self.since, self.how, quantity, cost)


def events_of(parts: Iterable[Taken]) -> list[str]:
    """Return the disposals and the arrivals that *parts* are of."""
    return [name for part in parts for name in (part.disposal, part.lot) if name is not None]


def costs_missing(parts: Iterable[Taken], where: str) -> list[Finding]:
    """Return a finding for each disposal of *parts* that took coins nobody recorded; *where* says what held too few."""
    bare = {part.disposal: part.asset for part in parts if part.lot is None}
    return [
        Finding(
            "cost_missing",
            f"{disposal}: more {asset} left {where} than had come to it by then: that part has cost nothing, and is no "
            "older than the day; add the receipt, purchase or transfer that brought it",
            disposal,
        )
        for disposal, asset in bare.items()
    ]


def first_in_first_out(
    flows: Iterable[Flow], cost_of: Callable[[Arrival], int] = lambda arrival: arrival.cost, *, by_wallet: bool = True
) -> tuple[Taken, ...]:
    """Return every disposal of *flows* with the coins it took, each arrival at its *cost_of*."""
    wallets: defaultdict[tuple[str, str], deque[_Held]] = defaultdict(deque)
    taken: list[Taken] = []
    for flow in flows:
        match flow:
            case Arrival():
                held = _Held(flow.event, flow.since, flow.how, flow.quantity, cost_of(flow))
                _put(wallets[flow.wallet if by_wallet else "", flow.asset], [held])
            case Departure():
                taken += _dispose(flow, wallets[flow.wallet if by_wallet else "", flow.asset])
            case Move():
                if by_wallet:
                    _move(flow, wallets)
                elif flow.to_asset != flow.asset:
                    _move(flow._replace(from_wallet="", to_wallet=""), wallets)
            case _:
                assert_never(flow)
    return tuple(taken)


def _dispose(flow: Departure, held: deque[_Held]) -> Iterator[Taken]:
    left, proceeds = flow.quantity, flow.proceeds
    for coins in _oldest(held, flow.quantity):
        part = proceeds - divide(proceeds * (left - coins.quantity), left)
        left, proceeds = left - coins.quantity, proceeds - part
        yield Taken(flow.event, flow.day, flow.asset, coins.quantity, part, coins.cost, flow.disposition, coins.lot,
                    coins.since, coins.how)  # fmt: skip
    if left:
        yield Taken(flow.event, flow.day, flow.asset, left, proceeds, 0, flow.disposition, None, None, None)


def _move(flow: Move, wallets: defaultdict[tuple[str, str], deque[_Held]]) -> None:
    """Carry the oldest coins over, and keep the wallet they come to in the order of age."""
    arrived = list(_oldest(wallets[flow.from_wallet, flow.asset], flow.quantity))
    _put(wallets[flow.to_wallet, flow.to_asset], arrived)


def _put(held: deque[_Held], arrived: list[_Held]) -> None:
    """Put *arrived* where their age belongs."""
    younger = []
    while arrived and held and held[-1].since > arrived[0].since:
        younger.append(held.pop())
    held.extend(sorted((*arrived, *younger), key=lambda coins: coins.since) if younger else arrived)


def _oldest(held: deque[_Held], quantity: int) -> Iterator[_Held]:
    """Yield the oldest coins up to *quantity*, taken out of *held*."""
    while quantity and held:
        part = min(quantity, held[0].quantity)
        yield held[0].take(part)
        quantity -= part
        if not held[0].quantity:
            held.popleft()
