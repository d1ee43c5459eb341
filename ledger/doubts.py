"""Inflows that may be no income: they came for what left, or the pool they are named for does not list them.

Law: what a sale or exchange brings in is an amount realized (26 U.S.C. 1001), not gross income beside it, and coins
that come back to their owner are nothing at all. A chain shows an inflow and not why; so it is held back until a
person says so. A receipt that an older version of the log told goes on counting, and is told all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from lotwork.ledger.events import Doubt, Event, Movement, Receipt, Sale, Transfer
from lotwork.ledger.txids import loosely

Leg: TypeAlias = Movement | Sale | Transfer
"""What took coins of an own wallet, as it now holds."""


class Doubted(NamedTuple):
    """Why a receipt may be no income, and what its own transaction took."""

    why: Doubt
    legs: tuple[Leg, ...] = ()
    counted: bool = False
    """Whether it counts all the same, as the version that wrote it had it."""


def find_doubts(told: Iterable[tuple[str, Event]]) -> dict[str, Doubted]:
    """Return the receipts of *told*, events that hold with their shared transaction, that came for what left, by id."""
    legs: defaultdict[str, list[Leg]] = defaultdict(list)
    arrived: defaultdict[str, list[Receipt]] = defaultdict(list)
    for txid, event in told:
        if isinstance(event, Receipt):
            arrived[txid].append(event)
        elif isinstance(event, Movement | Sale | Transfer):
            legs[txid].append(event)
    return {
        receipt.id: Doubted("same_transaction", taken)
        for txid, receipts in arrived.items()
        for receipt in receipts
        if receipt.doubt != "none" and (taken := tuple(leg for leg in legs[txid] if not _is_payout(leg, receipt)))
    }


def _is_payout(leg: Leg, receipt: Receipt) -> bool:
    """Say if *leg* takes coins out of the wallet at the pool that pays *receipt*: a payout beside a payout."""
    return isinstance(leg, Transfer) and receipt.pool is not None and named(leg.from_wallet) == named(receipt.pool)


@dataclass(slots=True)
class Listed:
    """What each pool says it paid, against the outputs that are named for it."""

    _listed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _listers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _outputs: list[Receipt] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Take an event that holds, or that only repeats another."""
        if isinstance(event, Receipt) and event.pool is not None and event.vout is not None:
            self._outputs.append(event)
        elif (pool := lists_for(event)) is not None:
            self._listers[pool].add(event.source or "")
            self._listed[pool].add(loosely(getattr(event, "txid", None) or ""))

    @property
    def pools(self) -> frozenset[str]:
        """The pools that tell what they paid."""
        return frozenset(self._listers)

    def missing(self) -> dict[str, Doubted]:
        """Return the outputs that a list of their pool, told by another source, does not have, by id."""
        return {
            output.id: Doubted("not_listed")
            for output in self._outputs
            if output.doubt != "none"
            and self._listers[named(output.pool)] - {output.source}
            and loosely(output.txid or "") not in self._listed[named(output.pool)]
        }


def lists_for(event: Event) -> str | None:
    """Return the pool whose own list tells *event*: a payout without its output, a credit, or what it sent on."""
    if event.source is None:
        return None
    if isinstance(event, Transfer):
        return named(event.from_wallet)
    if isinstance(event, Receipt) and event.pool is not None and event.vout is None:
        pool = named(event.pool)
        return pool if event.txid is not None or named(event.wallet) == pool else None
    return None


def named(pool: str | None) -> str:
    """Return the name of a pool, or of the wallet there, however it is spelled."""
    return (pool or "").casefold()
