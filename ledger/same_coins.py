"""Coins that two sources tell of, counted once.

A pool says it paid, and the chain shows the output; a node sees coins leave, and the taxpayer says where to. Events
that name the same transaction, asset and wallet are one economic event: a transfer between own wallets explains what
the chain saw arrive or leave, and a chain's outputs are the coins of the payout a pool lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, assert_never

from lotwork.ledger import events as e

Place: TypeAlias = tuple[str | None, str, str]
"""A transaction, an asset and a wallet."""
Group: TypeAlias = list[e.Receipt]

_DISAGREE = (
    "transaction {twin.txid}: {twin.source} tells {listed} base units of {twin.asset}, the other source {quantity}; "
    "the other is counted: correct the one that is wrong"
)


class SameCoins(NamedTuple):
    """The ids that only repeat what another event tells, and (id, message) where the two disagree."""

    ids: frozenset[str]
    disagreements: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Sides:
    """What arrived at a place and what was brought there, by which sources, and what left unexplained."""

    arrived: defaultdict[Place, Group] = field(default_factory=lambda: defaultdict(list))
    brought: defaultdict[Place, int] = field(default_factory=lambda: defaultdict(int))
    brought_by: defaultdict[Place, set[str | None]] = field(default_factory=lambda: defaultdict(set))
    taken_by: defaultdict[Place, set[str | None]] = field(default_factory=lambda: defaultdict(set))
    left: list[e.Movement] = field(default_factory=list)

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        match event:
            case e.Receipt():
                self.arrived[event.txid, event.asset, event.wallet].append(event)
            case e.Transfer():
                self.brought[event.txid, event.asset, event.to_wallet] += event.quantity
                self.brought_by[event.txid, event.asset, event.to_wallet].add(event.source)
                self.taken_by[event.txid, event.asset, event.from_wallet].add(event.source)
            case e.Movement():
                self.left.append(event)
            case e.Purchase() | e.GiftReceived() | e.Sale() | e.Balance() | e.BrokerReport():
                pass
            case e.PriceSample() | e.ExchangeRate():
                pass
            case e.BusinessIncome() | e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence():
                pass
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)


def find_same_coins(told: Iterable[e.Event]) -> SameCoins:
    """Return the twins among *told*, the effective events that share a transaction with another."""
    sides = _Sides()
    for event in told:
        sides.take(event)
    brought_by, taken_by = sides.brought_by, sides.taken_by
    ids = {event.id for event in sides.left if taken_by[event.txid, event.asset, event.wallet] - _named(event)}
    disagreements: list[tuple[str, str]] = []
    for key, receipts in sides.arrived.items():
        if brought_by[key] - _named(*receipts):
            ids.update(twin.id for twin in receipts)
            _compare(_told_once(receipts), sides.brought[key], disagreements)
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


def _named(*events: e.Event) -> set[str | None]:
    """Return the named sources of *events*: one source does not repeat itself in the events of one transaction."""
    return {event.source for event in events if event.source is not None}


def _told_once(receipts: Sequence[e.Receipt]) -> list[e.Receipt]:
    """Return the coins as one source tells them: the chain's outputs, or else the list of the first source."""
    seen = [receipt for receipt in receipts if receipt.vout is not None]
    repeated = {receipt.id for receipt in _repeated(seen)}
    if seen:
        return [receipt for receipt in seen if receipt.id not in repeated]
    return [receipt for receipt in receipts if receipt.source == receipts[0].source]


def _repeated(seen: Sequence[e.Receipt]) -> list[e.Receipt]:
    """Return the receipts of an output that another source already tells."""
    first: dict[int | None, e.Receipt] = {}
    return [receipt for receipt in seen if first.setdefault(receipt.vout, receipt).source != receipt.source]


def _compare(twins: Sequence[e.Receipt], quantity: int, disagreements: list[tuple[str, str]]) -> None:
    listed = sum(twin.quantity for twin in twins)
    if twins and listed != quantity:
        disagreements.append((twins[0].id, _DISAGREE.format(twin=twins[0], listed=listed, quantity=quantity)))
