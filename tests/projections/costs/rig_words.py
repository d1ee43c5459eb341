"""Short words for tests of rigs: a rig, its sale, its use, an election, and the schedule they come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lotwork.ledger.events import Election, Equipment, EquipmentSale, EquipmentUse, Event
from lotwork.ledger.units import MICROS
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.rig_years import EquipmentRow
from lotwork.projections.equipment import EquipmentBook, EquipmentFold
from lotwork.rules.load import Law

LAW = Law.load()
AT = datetime(2025, 1, 1, tzinfo=UTC)


def rig(cost: str, placed: str, *, acquired: str | None = None, section_179: str = "0", **more: Any) -> Equipment:
    """Return a rig, without bonus where nothing else is said, contracted on the day it is placed in service."""
    fields: dict[str, Any] = {"id": f"rig {placed} {cost}", "equipment": f"rig {placed} {cost}", "bonus": "none"} | more
    return Equipment(
        at=AT,
        cost_usd_micros=micros(cost),
        section_179_usd_micros=micros(section_179),
        acquired=date.fromisoformat(acquired or placed),
        placed_in_service=date.fromisoformat(placed),
        **fields,
    )


def sale(equipment: str, day: str, proceeds: str, fee: str = "0", how: Any = "sold") -> EquipmentSale:
    """Return the sale of a rig at noon of *day*."""
    return EquipmentSale(
        how=how,
        id=f"sale {equipment} {day}",
        at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
        equipment=equipment,
        proceeds_usd_micros=micros(proceeds),
        fee_usd_micros=micros(fee),
    )


def use(thing: Equipment, year: int, share: str) -> EquipmentUse:
    """Return the business share of a rig from *year* on."""
    return EquipmentUse(id=f"use {year}", at=AT, equipment=thing.equipment, year=year, business_share=share)


def elected(method: Any, day: str, recovery_class: str | None = None) -> Election:
    """Return an election from *day* on."""
    return Election(id=method, at=AT, from_=date.fromisoformat(day), method=method, recovery_class=recovery_class)


def micros(dollars: str) -> int:
    """Return dollars as micro-dollars."""
    return int(Decimal(dollars) * MICROS)


def book(*events: Event, year: int, income: Mapping[int, str] | None = None) -> EquipmentBook:
    """Return the schedule of *year*, with the business income of the years that have a limit."""
    fold = EquipmentFold(Calendar())
    for event in events:
        fold.take(event)
    limits = {when: Decimal(amount) for when, amount in (income or {}).items()}
    return fold.result(year, LAW, limits.get)


def row(*events: Event, year: int, **more: Any) -> EquipmentRow:
    """Return the one row of *year*."""
    (only,) = book(*events, year=year, **more).rows
    return only


def codes(told: EquipmentBook) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in told.findings]
