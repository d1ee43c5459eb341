"""What the mining of a year cost, in the currency of the return: its bills, and its rigs in equal parts over a life."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from lotwork.ledger.events import Equipment, EquipmentSale, EquipmentUse
from lotwork.ledger.units import MONTHS, divide, scaled
from lotwork.projections.abroad.rates import Rates
from lotwork.projections.costs.invoices import sold_rigs, used
from lotwork.projections.costs.rigs import Rig
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book

SHARE_DECIMALS = 9
COMPUTERS = ("3", "5")
"""The classes rigs are told as."""


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

    A rig that was sold is depreciated up to the month before, some of an invoice apart from the rest; what it sold for
    is in no figure, and a finding.
    """
    expenses = book.expenses.result(year)
    findings.extend(expenses.findings)
    bills = sum(rates.convert(row.deductible_usd_micros, row.date) for row in expenses.rows)
    depreciation, served, whole = 0, list[Rig](), life_years * MONTHS
    for rig in _rigs(book, year, findings):
        if months := _months(rig, year, life_years):
            cost = rates.convert(_business_part(rig, year), rig.event.placed_in_service)
            before = _months_before(rig.event, year)
            # The difference of two sums from the first month: over the life they add up to the cost.
            depreciation += divide(cost * (before + months), whole) - divide(cost * before, whole)
            served.append(rig)
    findings.extend(_no_rigs(served, life_years))
    named = dict.fromkeys(rig.told for rig in served)
    return Costs(bills, depreciation, tuple(dict.fromkeys(row.expense for row in expenses.rows)), tuple(named))


def _rigs(book: Book, year: int, findings: list[Finding]) -> list[Rig]:
    """Return the rigs by invoice and sale, each with the business shares told of it; a sale of *year* is told."""
    history = book.history
    equipment = (event for event in history.of_kind("equipment") if isinstance(event, Equipment))
    sales = [event for event in history.of_kind("equipment_sale") if isinstance(event, EquipmentSale)]
    uses = (event for event in history.of_kind("equipment_use") if isinstance(event, EquipmentUse))
    by_day = {event.id: history.calendar.day(event.at) for event in sales}
    misfits: list[Finding] = []
    rigs = sold_rigs(equipment, [each for each in sales if by_day[each.id].year <= year], history.calendar, misfits)
    findings.extend(misfits)
    findings.extend(
        Finding(
            "rig_sale_not_covered",
            f"{event.id}: the gain or loss on {event.equipment} is in no figure here: add it by hand",
            event.id,
        )
        for event in sales
        if by_day[event.id].year == year
    )
    return used(rigs, uses, year, findings)


def _no_rigs(rigs: Iterable[Rig], life_years: int) -> Iterator[Finding]:
    """Yield what is no computer, and is spread over the life of one all the same."""
    for event in {rig.told: rig.event for rig in rigs if rig.event.recovery_class not in COMPUTERS}.values():
        yield Finding(
            "life_of_another_thing",
            f"{event.equipment} is of class {event.recovery_class} of the law of the United States, no rig: it is "
            f"spread over {life_years} years as the rigs are, and what this country's law says of such a thing is not "
            "known here: put the difference right by hand",
        )


def _business_part(rig: Rig, year: int) -> int:
    """Return the part of the cost that is the business's in *year*."""
    return divide(rig.event.cost_usd_micros * scaled(rig.share_text(year), SHARE_DECIMALS), 10**SHARE_DECIMALS)


def _months_before(rig: Equipment, year: int) -> int:
    """Return how many months the rig has served before *year*."""
    placed = rig.placed_in_service
    return max(0, (year - placed.year) * MONTHS - placed.month + 1)


def _months(rig: Rig, year: int, life_years: int) -> int:
    """Return for how many months of *year* the rig is depreciated."""
    placed = rig.event.placed_in_service
    if placed.year > year:
        return 0
    sold = None if rig.sold is None else rig.sold.day
    first = placed.month if placed.year == year else 1
    last = MONTHS if sold is None or sold.year > year else sold.month - 1 if sold.year == year else 0
    return max(0, min(last - first + 1, life_years * MONTHS - _months_before(rig.event, year)))
