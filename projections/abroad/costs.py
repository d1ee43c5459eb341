"""What the mining of a year cost, in the currency of the return: its bills, and its rigs in equal parts over a life."""

from __future__ import annotations

from datetime import date

import msgspec

from lotwork.ledger.events import Equipment, EquipmentSale
from lotwork.ledger.units import MONTHS, divide, scaled
from lotwork.projections.abroad.rates import Rates
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book

SHARE_DECIMALS = 9


class Costs(msgspec.Struct, frozen=True):
    """The costs of a year, in millionths, and the events behind them."""

    bills: int
    depreciation: int
    bill_events: tuple[str, ...]
    rig_events: tuple[str, ...]

    @property
    def total(self) -> int:
        """Bills and depreciation."""
        return self.bills + self.depreciation


def costs_of(book: Book, rates: Rates, year: int, life_years: int, findings: list[Finding]) -> Costs:
    """Return the business part of what *year* cost, rigs in equal months over *life_years* from the one they serve in.

    A rig that was sold is depreciated up to the month before; what it sold for is in no figure, and a finding.
    """
    expenses = book.expenses.result(year)
    findings.extend(expenses.findings)
    bills = sum(rates.convert(row.deductible_usd_micros, row.date) for row in expenses.rows)
    sold = _sold(book, year, findings)
    depreciation, rigs = 0, []
    for rig in book.history.of_kind("equipment"):
        if isinstance(rig, Equipment) and (months := _months(rig, year, life_years, sold.get(rig.equipment))):
            cost = rates.convert(_business_part(rig), rig.placed_in_service)
            before = _months_before(rig, year)
            whole = life_years * MONTHS
            # The difference of two sums from the first month: over the life they add up to the cost.
            depreciation += divide(cost * (before + months), whole) - divide(cost * before, whole)
            rigs.append(rig.id)
    return Costs(bills, depreciation, tuple(dict.fromkeys(row.expense for row in expenses.rows)), tuple(rigs))


def _business_part(rig: Equipment) -> int:
    return divide(rig.cost_usd_micros * scaled(rig.business_share, SHARE_DECIMALS), 10**SHARE_DECIMALS)


def _months_before(rig: Equipment, year: int) -> int:
    """Return how many months the rig has served before *year*."""
    placed = rig.placed_in_service
    return max(0, (year - placed.year) * MONTHS - placed.month + 1)


def _months(rig: Equipment, year: int, life_years: int, sold: date | None) -> int:
    """Return for how many months of *year* the rig is depreciated."""
    placed = rig.placed_in_service
    if placed.year > year:
        return 0
    first = placed.month if placed.year == year else 1
    last = MONTHS if sold is None or sold.year > year else sold.month - 1 if sold.year == year else 0
    return max(0, min(last - first + 1, life_years * MONTHS - _months_before(rig, year)))


def _sold(book: Book, year: int, findings: list[Finding]) -> dict[str, date]:
    sold: dict[str, date] = {}
    for event in book.history.of_kind("equipment_sale"):
        if isinstance(event, EquipmentSale):
            day = book.history.calendar.day(event.at)
            sold.setdefault(event.equipment, day)
            if day.year == year:
                findings.append(
                    Finding(
                        "rig_sale_not_covered",
                        f"{event.id}: the gain or loss on {event.equipment} is in no figure here: add it by hand",
                        event.id,
                    )
                )
    return sold
