"""Orders that one teller tells whole, and the other by the fills that they came in.

No layout keeps the number of an order with its event. So what makes an order and its fills one is what both say: one
account and one coin on one side of the trade, fills that follow each other within a minute of the order, as much of
each coin to the last unit, and sums of dollars that differ by no more than the digits of the order explain. Where two
choices of fills would do, or two orders would have the same fills, nothing is one, and a person is asked
(`likely_twins`); but for fills that are alike in all they say, of which any choice is the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import msgspec

from lotwork.ledger.events import Event, Purchase, Sale
from lotwork.ledger.same_deals import TELLERS, Deal, base_of, looks_of, same_deals
from lotwork.ledger.units import AssetTable

OF_ONE_ORDER = timedelta(minutes=1)
"""How far from its order a fill may stand."""
SEVERAL = 2
MOST_NEAR = 1_000
"""So many fills of one coin and side within a minute of an order are not looked through: a person is asked."""
_SUMMED = ("quantity", "_usd_micros")

Run: TypeAlias = tuple[Deal, ...]


def split_deals(ones: Iterable[Event], others: Iterable[Event], assets: AssetTable) -> dict[str, tuple[Event, ...]]:
    """Return by the id of each of *ones* the events of *others* that tell it: an order's fills, or a fill's order.

    Neither of the two may hold what one teller told under one id twice, nor what both are known to tell.
    """
    mine, theirs = _trades(ones), _trades(others)
    found: dict[str, tuple[Event, ...]] = {}
    for order, fills in _orders(mine, theirs, assets):
        found |= {leg.id: tuple(fill[place] for fill in fills) for place, leg in enumerate(order)}
    for order, fills in _orders(theirs, mine, assets):
        found |= {leg.id: (order[place],) for fill in fills for place, leg in enumerate(fill)}
    return found


def _trades(events: Iterable[Event]) -> list[Deal]:
    """Return the trades of *events*, each with its legs, in the order of their instants."""
    deals: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        deals[base_of(event.id)].append(event)
    whole = [sorted(deal, key=lambda event: event.id) for deal in deals.values()]
    return sorted(
        (deal for deal in whole if isinstance(deal[0], Purchase | Sale)), key=lambda deal: (deal[0].at, deal[0].id)
    )


def _orders(orders: Sequence[Deal], fills: Sequence[Deal], assets: AssetTable) -> Iterator[tuple[Deal, Run]]:
    """Yield each of *orders* with those of *fills* that it came in, where there is no doubt."""
    of_shape: defaultdict[tuple[Any, ...], list[Deal]] = defaultdict(list)
    for fill in fills if orders else ():
        of_shape[_shape(fill, assets)].append(fill)
    alike: defaultdict[tuple[Any, ...], list[Deal]] = defaultdict(list)
    for order in orders if of_shape else ():
        alike[_said(order, assets)].append(order)
    used: Counter[str] = Counter()
    found: list[tuple[tuple[Any, ...], list[Deal], list[Run]]] = []
    for same in alike.values():
        shape = _shape(same[0], assets)
        near = _near(same[0], of_shape.get(shape, ()))
        if len(near) > MOST_NEAR:
            used.update(dict.fromkeys((fill[0].id for fill in near), SEVERAL))
            continue
        runs = list(_runs(same[0], near, assets))
        used.update(dict.fromkeys((fill[0].id for run in runs for fill in run), len(same)))
        found.append((shape, same, runs))
    left: defaultdict[tuple[Any, ...], list[tuple[Deal, list[Run]]]] = defaultdict(list)
    for shape, same, runs in found:
        if len(runs) == 1 and all(used[fill[0].id] == 1 for fill in runs[0]):
            yield same[0], runs[0]
        elif runs:
            left[shape] += [(order, runs) for order in same]
    for shape, several in left.items():
        yield from _alike(several, of_shape[shape], assets)


def _near(order: Deal, fills: Sequence[Deal]) -> Sequence[Deal]:
    """Return those of *fills*, in the order of their instants, that may be of *order* by their time."""
    first = bisect_left(fills, order[0].at - OF_ONE_ORDER, key=_at)
    return fills[first : bisect_right(fills, order[0].at + OF_ONE_ORDER, key=_at)]


def _runs(order: Deal, near: Sequence[Deal], assets: AssetTable) -> Iterator[Run]:
    """Yield each run of the fills *near*, one after another, that comes to *order*."""
    whole = _quantity(order)
    first = total = 0
    for last, fill in enumerate(near):
        total += _quantity(fill)
        while total > whole:
            total -= _quantity(near[first])
            first += 1
        run = tuple(near[first : last + 1]) if total == whole else ()
        if len(run) >= SEVERAL and _comes_to(run, order, assets):
            yield run


def _alike(
    several: Sequence[tuple[Deal, Sequence[Run]]], fills: Sequence[Deal], assets: AssetTable
) -> Iterator[tuple[Deal, Run]]:
    """Yield *several* orders with their fills where these are alike in all they say, and none of them is left over."""
    sizes = {len(run) for _, runs in several for run in runs}
    orders = sorted((order for order, _ in several), key=_at)
    near = [fill for fill in fills if _near(fill, orders)]
    if len(sizes) != 1 or len({_said(fill, assets) for fill in near}) != 1:
        return
    size = sizes.pop()
    if len(near) == size * len(several) and len({_said(order, assets) for order, _ in several}) == 1:
        for place, (order, _) in enumerate(several):
            yield order, tuple(near[place * size : (place + 1) * size])


def _comes_to(run: Run, order: Deal, assets: AssetTable) -> bool:
    """Say if the sums of a *run* are what *order* says, leg by leg."""
    sums = [_sum([fill[place] for fill in run], leg) for place, leg in enumerate(order)]
    told = [each for each in sums if each is not None]
    return len(told) == len(order) and bool(same_deals(order, told, assets))


def _sum(legs: Sequence[Event], order: Event) -> Event | None:
    """Return *legs* as one event of the instant of *order*; None where they are not of one make."""
    told: dict[str, Any] = {"at": order.at}
    for name in legs[0].__struct_fields__:
        said = [getattr(each, name) for each in legs]
        if name.endswith(_SUMMED):
            if None in said and any(each is not None for each in said):
                return None
            told[name] = None if None in said else sum(said)
        elif name not in TELLERS and any(each != said[0] for each in said):
            return None
    return msgspec.structs.replace(legs[0], **told)


def _shape(deal: Deal, assets: AssetTable) -> tuple[Any, ...]:
    """Return what an order and its fills have in common: the account, the coins and the sides, of each leg."""
    return tuple(looks_of(event, assets, without=("at", "quantity")) for event in deal)


def _said(deal: Deal, assets: AssetTable) -> tuple[Any, ...]:
    """Return all that a deal says, but for who tells it."""
    sums = tuple(getattr(event, name) for event in deal for name in event.__struct_fields__ if name.endswith(_SUMMED))
    return (*(looks_of(event, assets) for event in deal), sums)


def _at(deal: Deal) -> datetime:
    return deal[0].at


def _quantity(deal: Deal) -> int:
    return int(getattr(deal[0], "quantity", 0))
