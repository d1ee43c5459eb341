"""What each wallet holds, held against what a source says it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import ClassVar, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.units import AssetTable, unscaled
from lotwork.projections.findings import Finding


class BalanceFold(msgspec.Struct):
    """Counts coins by wallet and asset, priced or not; a `balance` that differs is a finding."""

    assets: AssetTable
    findings: list[Finding]
    held: dict[tuple[str, str], int] = msgspec.field(default_factory=lambda: defaultdict(int))

    TAKES: ClassVar = frozenset({e.Receipt, e.Purchase, e.GiftReceived, e.Sale, e.Transfer, e.Movement, e.Balance})
    """The kinds of events it has something to do with."""

    def state(self) -> list[tuple[str, str, int]]:
        """Return what another fold can go on from: (wallet, asset, held)."""
        return [(wallet, asset, held) for (wallet, asset), held in self.held.items()]

    def resume(self, state: list[tuple[str, str, int]]) -> None:
        """Go on from *state*."""
        for wallet, asset, held in state:
            self.held[wallet, asset] = held

    def take_all(self, events: Iterable[e.Event]) -> None:
        """Fold *events*, in order."""
        moved: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for event in events:
            if type(event) is e.Receipt:  # as nine of ten are
                moved[event.wallet, event.asset].append(event.quantity)
            elif type(event) is e.Sale:
                moved[event.wallet, event.asset].append(-event.quantity)
            elif type(event) in self.TAKES:
                self._add(moved)
                self.take(event)
        self._add(moved)

    def _add(self, moved: dict[tuple[str, str], list[int]]) -> None:
        """Add up what *moved*, and forget it."""
        for place, quantities in moved.items():
            self.held[place] += sum(quantities)
        moved.clear()

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        match event:
            case e.Receipt() | e.Purchase() | e.GiftReceived():
                self.held[event.wallet, event.asset] += event.quantity
            case e.Sale():
                self.held[event.wallet, event.asset] -= event.quantity
            case e.Transfer():
                self.held[event.from_wallet, event.asset] -= event.quantity + (event.fee_quantity or 0)
                self.held[event.to_wallet, event.arrives_as] += event.quantity
            case e.Movement():
                self.held[event.wallet, event.asset] -= event.quantity + (event.fee_quantity or 0)
            case e.Balance():
                if event.pool is None:
                    self._compare(event)
            case e.PriceSample() | e.ExchangeRate() | e.BrokerReport() | e.BusinessIncome():
                pass
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff() | e.EnergyEstimate() | e.Sharing():
                pass
            case e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence():
                pass
            case e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense():
                pass
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def _compare(self, event: e.Balance) -> None:
        held = self.held[event.wallet, event.asset]
        if held != event.quantity:
            decimals, teller = self.assets.decimals(event.asset), event.source or "its keeper"
            self.findings.append(
                Finding(
                    "balance_differs",
                    f"{event.wallet} holds {unscaled(event.quantity, decimals)} {event.asset}, says {teller}"
                    f", and the events say {unscaled(held, decimals)}: an event is missing or wrong before {event.id}",
                    event.id,
                )
            )
