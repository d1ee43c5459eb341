"""What the events of one book say of one another: which repeat others, and which tell of what may be no income."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from lotwork.ledger.doubts import Doubted, Listed, Nameless, find_doubts
from lotwork.ledger.events import Event, Movement, Purchase, Receipt, Sale
from lotwork.ledger.same_coins import SameCoins, find_same_coins
from lotwork.ledger.txids import loosely, txid_key
from lotwork.ledger.units import AssetTable


class Comparison(NamedTuple):
    """The twins, the doubts by receipt, and the pools that tell what they paid."""

    same_coins: SameCoins
    doubts: dict[str, Doubted]
    listing: frozenset[str]
    nameless: tuple[Nameless, ...] = ()
    """Rows that may be a pool's list, and tell no source."""


def compare(
    told: Iterable[Event],
    exchanged: Iterable[tuple[Movement | Receipt, Sale | Purchase]],
    shared: Collection[str],
    answered: Collection[str],
    assets: AssetTable,
) -> Comparison:
    """Return what *told*, the events that hold, say of one another, given the transactions *shared* by more than one.

    *exchanged* is what a person made of movements and receipts: a sale or a purchase itself names no transaction. Of
    the receipts *answered* a person said what income they are.
    """
    named: list[tuple[str, Event]] = []
    listed = Listed()
    for event in told:
        listed.take(event)
        if loosely(txid_of(event)) in shared:
            named.append((txid_key(txid_of(event)), event))
    now = [(txid_key(txid_of(seen)), seen, holds) for seen, holds in exchanged if loosely(txid_of(seen)) in shared]
    sold = [(seen, holds) for _, seen, holds in now if isinstance(seen, Movement) and isinstance(holds, Sale)]
    twins = find_same_coins((event for _, event in named), answered, assets, sold)
    left = [(txid, event) for txid, event in named if event.id not in twins.ids and event.id not in twins.joined]
    explained = [(txid, holds) for txid, _, holds in now if holds.id not in twins.ids]
    return Comparison(twins, listed.missing() | find_doubts((*left, *explained)), listed.pools, listed.nameless())


def txid_of(event: Event) -> str:
    """Return the transaction an event names, as it is spelled; empty where it names none."""
    return getattr(event, "txid", None) or ""
