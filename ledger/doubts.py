"""Inflows that may be no income: they came for what left, or the pool they are named for does not list them.

Law: what a sale or exchange brings in is an amount realized (26 U.S.C. 1001), not gross income beside it, and coins
that come back to their owner are nothing at all. A chain shows an inflow and not why; so it is held back until a
person says so. A receipt that an older version of the log told goes on counting, and is told all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypeAlias, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.txids import txid_key

Leg: TypeAlias = e.Movement | e.Sale | e.Transfer
"""What took coins of an own wallet, as it now holds."""


class Doubted(NamedTuple):
    """Why a receipt may be no income, and what its own transaction took."""

    why: e.Doubt
    legs: tuple[Leg, ...] = ()
    counted: bool = False
    """Whether it counts all the same, as the version that wrote it had it."""
    came: tuple[e.Receipt, ...] = ()
    """All that came in the transaction and may be no income, itself among it: what left was given for all of it."""
    bought: tuple[e.Purchase, ...] = ()
    """What a person already said was bought in it."""


def find_doubts(told: Iterable[tuple[str, e.Event]]) -> dict[str, Doubted]:
    """Return the receipts of *told*, events that hold with their shared transaction, that came for what left, by id."""
    events = [*told]
    legs: defaultdict[str, list[Leg]] = defaultdict(list)
    for txid, leg in ((txid, event) for txid, event in events if isinstance(event, e.Movement | e.Sale | e.Transfer)):
        legs[txid].append(leg)
    bought: defaultdict[str, list[e.Purchase]] = defaultdict(list)
    for txid, purchase in ((txid, event) for txid, event in events if isinstance(event, e.Purchase)):
        bought[txid].append(purchase)
    came: defaultdict[str, list[tuple[e.Receipt, tuple[Leg, ...]]]] = defaultdict(list)
    for txid, receipt in ((txid, event) for txid, event in events if isinstance(event, e.Receipt)):
        taken = tuple(leg for leg in legs[txid] if not _is_payout(leg, receipt))
        if receipt.doubt != "none" and taken:
            came[txid].append((receipt, taken))
    return {
        receipt.id: Doubted(
            "same_transaction", taken, came=tuple(each for each, _ in together), bought=tuple(bought[txid])
        )
        for txid, together in came.items()
        for receipt, taken in together
    }


def _is_payout(leg: Leg, receipt: e.Receipt) -> bool:
    """Say if *leg* takes coins out of the wallet at the pool that pays *receipt*: a payout beside a payout."""
    return isinstance(leg, e.Transfer) and receipt.pool is not None and named(leg.from_wallet) == named(receipt.pool)


class Nameless(NamedTuple):
    """Rows that may be a pool's list, though no source is named for them, and outputs that they do not tell."""

    first: e.Event
    pool: str
    output: e.Receipt
    """The first of the outputs."""
    outputs: int


class Listed(msgspec.Struct):
    """What each pool says it paid, against the outputs that are named for it."""

    _listed: defaultdict[str, set[str]] = msgspec.field(default_factory=lambda: defaultdict(set))
    _since: defaultdict[str, dict[str, datetime]] = msgspec.field(default_factory=lambda: defaultdict(dict))
    """The first instant that each source of a pool's list tells of: it says nothing of what came before."""
    _outputs: list[e.Receipt] = msgspec.field(default_factory=list)
    _nameless: defaultdict[str, list[e.Event]] = msgspec.field(default_factory=lambda: defaultdict(list))
    """The rows of each pool that no source is named for: typed by hand, or a list all the same."""

    def take(self, event: e.Event) -> None:
        """Take an event that holds, or that only repeats another."""
        if isinstance(event, e.Receipt) and event.pool is not None and event.vout is not None:
            self._outputs.append(event)
        elif (pool := may_list_for(event)) is None:
            return
        elif event.source is None:
            self._nameless[pool].append(event)
            self._listed[pool].add(txid_key(getattr(event, "txid", None) or ""))
        else:
            since = self._since[pool]
            source = event.source or ""
            since[source] = min(since.get(source, event.at), event.at)
            self._listed[pool].add(txid_key(getattr(event, "txid", None) or ""))

    @property
    def pools(self) -> frozenset[str]:
        """The pools that tell what they paid, or may."""
        return frozenset(self._since) | frozenset(self._nameless)

    def nameless(self) -> tuple[Nameless, ...]:
        """Return the rows that may be a list of their pool, where outputs named for it since are none of theirs."""
        return tuple(filter(None, map(self._untold, self._nameless.values())))

    def _untold(self, rows: list[e.Event]) -> Nameless | None:
        first = min(rows, key=lambda row: (row.at, row.id))
        pool = may_list_for(first) or ""
        if pool in self._since or any(row.may_repeat == SETTLED for row in rows):
            return None
        outputs = [
            output
            for output in self._outputs
            if named(output.pool) == pool
            and output.at >= first.at
            and output.source is not None
            and output.doubt != "none"
            and txid_key(output.txid or "") not in self._listed[pool]
        ]
        return (
            Nameless(first, pool, min(outputs, key=lambda each: (each.at, each.id)), len(outputs)) if outputs else None
        )

    def missing(self) -> dict[str, Doubted]:
        """Return the outputs that a list of their pool, told by another source and begun by then, lacks, by id."""
        return {
            output.id: Doubted("not_listed")
            for output in self._outputs
            if output.doubt != "none"
            and txid_key(output.txid or "") not in self._listed[named(output.pool)]
            and self._may_list(output)
        }

    def _may_list(self, output: e.Receipt) -> bool:
        """Say if the list of the pool of *output*, told by another source, reaches back to it."""
        told = self._since.get(named(output.pool), {}).items()
        return any(source != output.source and since <= output.at for source, since in told)


def may_list_for(event: e.Event) -> str | None:
    """Return the pool whose own list tells *event*, or may, where no source is named for a payout."""
    if isinstance(event, e.Receipt) and event.source is None and event.vout is None and event.txid is not None:
        return named(event.pool) or None
    return lists_for(event)


def lists_for(event: e.Event) -> str | None:
    """Return the pool whose own list tells *event*: a payout without its output, a credit, or what it sent on."""
    if event.source is None:
        return None
    match event:
        case e.Transfer():
            return named(event.from_wallet)
        case e.Receipt():
            pool = named(event.pool)
            listed = bool(pool) and event.vout is None and (event.txid is not None or named(event.wallet) == pool)
            return pool if listed else None
        case e.Purchase() | e.GiftReceived() | e.Sale() | e.Movement() | e.Balance() | e.BrokerReport():
            return None
        case e.PriceSample() | e.ExchangeRate() | e.BusinessIncome() | e.Expense() | e.Usage() | e.HomeOffice():
            return None
        case e.EnergyEstimate() | e.Sharing():
            return None
        case e.Energy() | e.Tariff() | e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
            return None
        case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
            return None
        case e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense():
            return None
        case e.Election() | e.Selection() | e.ActivityEvidence() | e.Void() | e.Correction() | e.Rule() | e.Filing():
            return None
        case _:
            assert_never(event)


def named(pool: str | None) -> str:
    """Return the name of a pool, of the wallet there, or of whoever has a part, in whatever capitals and blanks."""
    return " ".join((pool or "").split()).casefold()
