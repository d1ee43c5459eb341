"""What had happened by a day: the question of `--as-of`, which each kind of event answers by its own time."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from lotwork.ledger import events as e
from lotwork.ledger.zones import Calendar


def had_happened(event: e.Event, end: datetime, calendar: Calendar, first_profile: str | None) -> bool:
    """Say if *event* had happened before *end*; how a book is kept from its *first_profile* on always had."""
    if event.at < end:
        return True
    match event:
        case e.Energy():
            return calendar.used_at(event) < end
        case e.Suspense():
            return event.dated == "no"  # it is dated by when it was seen, and may have happened long before
        case e.Rule():
            return True
        case e.Profile():
            return event.id == first_profile
        case (
            e.AssetDeclared()
            | e.WalletDeclared()
            | e.Receipt()
            | e.Purchase()
            | e.GiftReceived()
            | e.Sale()
            | e.Transfer()
            | e.Movement()
            | e.PriceSample()
            | e.Balance()
            | e.BrokerReport()
            | e.BusinessIncome()
            | e.Expense()
            | e.Usage()
            | e.HomeOffice()
            | e.Tariff()
            | e.EnergyEstimate()
            | e.Sharing()
            | e.Equipment()
            | e.EquipmentUse()
            | e.EquipmentSale()
            | e.Payment()
            | e.YearFacts()
            | e.Election()
            | e.Selection()
            | e.ActivityEvidence()
            | e.ExchangeRate()
            | e.HashrateTold()
            | e.Difficulty()
            | e.Credit()
            | e.Void()
            | e.Correction()
            | e.Filing()
        ):
            return False
        case _:
            assert_never(event)
