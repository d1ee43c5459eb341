"""Coins that two sources tell of, counted once.

A pool says it paid, and the chain shows the output; a node sees coins leave, and the taxpayer says where to. Events
that name the same transaction, asset and wallet are one economic event: a transfer between own wallets explains what
the chain saw arrive or leave, and a chain's outputs are the coins of the payout a pool lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from lotwork.ledger.events import Event, Movement, Receipt, Transfer

Group: TypeAlias = list[Receipt]

_DISAGREE = (
    "transaction {twin.txid}: {twin.source} tells {listed} base units of {twin.asset}, the other source {quantity}; "
    "the other is counted: correct the one that is wrong"
)


class SameCoins(NamedTuple):
    """The ids that only repeat what another event tells, and (id, message) where the two disagree."""

    ids: frozenset[str]
    disagreements: tuple[tuple[str, str], ...]


def find_same_coins(told: Iterable[Event]) -> SameCoins:
    """Return the twins among *told*, the effective events that share a transaction with another."""
    arrived: defaultdict[tuple[str | None, str, str], Group] = defaultdict(list)
    brought: dict[tuple[str | None, str, str], int] = defaultdict(int)
    brought_by: defaultdict[tuple[str | None, str, str], set[str | None]] = defaultdict(set)
    taken_by: defaultdict[tuple[str | None, str, str], set[str | None]] = defaultdict(set)
    left: list[Movement] = []
    for event in told:
        if isinstance(event, Receipt):
            arrived[event.txid, event.asset, event.wallet].append(event)
        elif isinstance(event, Transfer):
            brought[event.txid, event.arrives_as, event.to_wallet] += event.quantity
            brought_by[event.txid, event.arrives_as, event.to_wallet].add(event.source)
            taken_by[event.txid, event.asset, event.from_wallet].add(event.source)
        elif isinstance(event, Movement):
            left.append(event)
    ids = {event.id for event in left if taken_by[event.txid, event.asset, event.wallet] - _named(event)}
    disagreements: list[tuple[str, str]] = []
    for key, receipts in arrived.items():
        if brought_by[key] - _named(*receipts):
            ids.update(twin.id for twin in receipts)
            _compare(_told_once(receipts), brought[key], disagreements)
        else:
            seen = [receipt for receipt in receipts if receipt.vout is not None]
            listed = [receipt for receipt in receipts if receipt.vout is None]
            twins = [receipt for receipt in listed if any(other.source != receipt.source for other in seen)]
            twins += _repeated(seen)
            if not seen:
                twins += [receipt for receipt in listed if receipt.source != listed[0].source]
            ids.update(twin.id for twin in twins)
            if seen and listed:
                quantity = sum(receipt.quantity for receipt in seen if receipt.id not in ids)
                _compare([twin for twin in twins if twin.vout is None], quantity, disagreements)
    return SameCoins(frozenset(ids), tuple(disagreements))


def _named(*events: Event) -> set[str | None]:
    """Return the named sources of *events*: one source does not repeat itself in the events of one transaction."""
    return {event.source for event in events if event.source is not None}


def _told_once(receipts: Sequence[Receipt]) -> list[Receipt]:
    """Return the coins as one source tells them: the chain's outputs, or else the list of the first source."""
    seen = [receipt for receipt in receipts if receipt.vout is not None]
    repeated = {receipt.id for receipt in _repeated(seen)}
    if seen:
        return [receipt for receipt in seen if receipt.id not in repeated]
    return [receipt for receipt in receipts if receipt.source == receipts[0].source]


def _repeated(seen: Sequence[Receipt]) -> list[Receipt]:
    """Return the receipts of an output that another source already tells."""
    first: dict[int | None, Receipt] = {}
    return [receipt for receipt in seen if first.setdefault(receipt.vout, receipt).source != receipt.source]


def _compare(twins: Sequence[Receipt], quantity: int, disagreements: list[tuple[str, str]]) -> None:
    listed = sum(twin.quantity for twin in twins)
    if twins and listed != quantity:
        disagreements.append((twins[0].id, _DISAGREE.format(twin=twins[0], listed=listed, quantity=quantity)))
