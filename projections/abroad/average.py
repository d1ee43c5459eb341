"""Cost by average, a kind of coin at a time over all wallets: the year's total average, and the moving average.

Law: Japan, Income Tax Act Art. 48-2; Enforcement Order Art. 119-2: under the total average (sou-heikin), which holds
where nothing else was chosen, the opening balance and all that was acquired in the year are divided by their quantity;
under the moving average (idou-heikin) the unit cost is made anew at each acquisition. The cost of what was disposed of
is what was there, less what is left at that unit cost; so nothing is lost to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

import msgspec

from lotwork.ledger.units import divide
from lotwork.projections.abroad.flows import Arrival, Departure, Flow, Move
from lotwork.projections.basis.disposals import SOLD

CostMethod: TypeAlias = Literal["total_average", "moving_average"]


class AverageYear(msgspec.Struct):
    """One kind of coin in one year: quantities in base units, money in millionths."""

    asset: str
    year: int
    opening_quantity: int = 0
    opening_cost: int = 0
    acquired_quantity: int = 0
    acquired_cost: int = 0
    disposed_quantity: int = 0
    disposed_cost: int = 0
    """Of what was sold, spent or swapped, and of what was given or lost."""
    sold_cost: int = 0
    """The part of it that was sold, spent or swapped."""
    proceeds: int = 0
    missing_quantity: int = 0
    """Disposed of, and never recorded as having come: it cost nothing."""
    arrivals: list[str] = msgspec.field(default_factory=list)
    departures: list[str] = msgspec.field(default_factory=list)

    @property
    def closing_quantity(self) -> int:
        """What is left at the end of the year."""
        return self.opening_quantity + self.acquired_quantity + self.missing_quantity - self.disposed_quantity

    @property
    def closing_cost(self) -> int:
        """What it cost."""
        return self.opening_cost + self.acquired_cost - self.disposed_cost


def average_years(flows: Iterable[Flow], year: int, method: CostMethod) -> dict[str, AverageYear]:
    """Return each kind of coin in *year*, rolled forward from its first day by *method*."""
    cost_one = _total if method == "total_average" else _moving
    by_asset: dict[str, dict[int, list[Arrival | Departure]]] = {}
    flows = tuple(flows)
    coin_of = _unwrapped(flows)
    for flow in flows:
        if isinstance(flow, Arrival | Departure) and flow.day.year <= year:
            asset = coin_of.get(flow.asset, flow.asset)
            by_asset.setdefault(asset, {}).setdefault(flow.day.year, []).append(flow)
    return {asset: _roll(asset, years, year, cost_one) for asset, years in sorted(by_asset.items())}


def _unwrapped(flows: Iterable[Flow]) -> dict[str, str]:
    """Return the coin of each asset that coins were wrapped into: told as moved, they are of one kind."""
    pairs = (sorted((flow.asset, flow.to_asset), key=len) for flow in flows if isinstance(flow, Move))
    return {wrapped: coin for coin, wrapped in pairs if coin != wrapped}


def _roll(
    asset: str,
    years: dict[int, list[Arrival | Departure]],
    year: int,
    cost_one: Callable[[AverageYear, list[Arrival | Departure]], None],
) -> AverageYear:
    before = AverageYear(asset, min(years) - 1)
    for when in range(min(years), year + 1):
        now = AverageYear(asset, when, before.closing_quantity, before.closing_cost)
        cost_one(now, years.get(when, []))
        before = now
    return before


def _total(now: AverageYear, flows: list[Arrival | Departure]) -> None:
    """Cost a year by its total average."""
    sold = 0
    for flow in flows:
        _count(now, flow)
        if isinstance(flow, Departure) and flow.disposition in SOLD:
            sold += flow.quantity
    held = now.opening_quantity + now.acquired_quantity
    now.missing_quantity = max(0, now.disposed_quantity - held)
    whole = now.opening_cost + now.acquired_cost
    closing = divide(whole * (held + now.missing_quantity - now.disposed_quantity), held) if held else 0
    now.disposed_cost = whole - closing
    now.sold_cost = divide(now.disposed_cost * sold, now.disposed_quantity) if now.disposed_quantity else 0


def _moving(now: AverageYear, flows: list[Arrival | Departure]) -> None:
    """Cost a year by the average that moves with each acquisition."""
    for flow in flows:
        held, whole = now.closing_quantity, now.closing_cost
        _count(now, flow)
        if isinstance(flow, Departure):
            taken = min(flow.quantity, held)
            now.missing_quantity += flow.quantity - taken
            cost = whole - divide(whole * (held - taken), held) if held else 0
            now.disposed_cost += cost
            now.sold_cost += cost if flow.disposition in SOLD else 0


def _count(now: AverageYear, flow: Arrival | Departure) -> None:
    if isinstance(flow, Arrival):
        now.acquired_quantity += flow.quantity
        now.acquired_cost += flow.cost
        now.arrivals.append(flow.event)
    else:
        now.disposed_quantity += flow.quantity
        now.proceeds += flow.proceeds if flow.disposition in SOLD else 0
        now.departures.append(flow.event)
