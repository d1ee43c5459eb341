"""The listings of a year's costs: every expense on its line of Schedule C, and the depreciation rig by rig."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from lotwork.ledger.units import KWH_DECIMALS, unscaled, usd_text
from lotwork.reports.rows import Day, Number, Row, Table, Usd, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lotwork.projections.costs.estimates import EstimateRow
    from lotwork.projections.costs.expense_row import ExpenseRow
    from lotwork.projections.costs.rig_years import EquipmentRow
    from lotwork.projections.equipment import EquipmentBook
    from lotwork.projections.expenses import ExpenseBook


class BillRow(Row, frozen=True, kw_only=True):
    """An expense: what was paid, on which line it stands, and what of it is deducted."""

    expense: Words
    date: Day
    category: str
    line: Words
    label: Words
    amount_usd: Usd
    business_share: Number
    deductible_usd: Usd
    share_by: str
    share_from: str | None
    cites: tuple[str, ...]


class EstimateTold(Row, frozen=True, kw_only=True):
    """What a rig says of itself that it drew in a year, an estimate in no figure, beside what its meter counted."""

    rig: Words
    first: Day
    last: Day
    estimated_kwh: Number
    hours: Number | None
    meter: str | None
    metered_kwh: Number | None


class ExpenseListing(Row, frozen=True, kw_only=True):
    """The expenses of a year, and what is deducted by category and by line of Schedule C."""

    year: int
    rows: tuple[BillRow, ...]
    totals: dict[str, str]
    by_line: dict[str, str]
    deductible_usd: Usd
    estimates: tuple[EstimateTold, ...] | UnsetType = UNSET
    """What rigs say of themselves that they drew, where any do: beside the rows, and in no figure."""


class RigRow(Row, frozen=True, kw_only=True):
    """A rig in one year: what was deducted of it, what is left, and how it left."""

    equipment: Words
    recovery_class: str = msgspec.field(name="class")
    acquired: Day
    placed_in_service: Day
    cost_usd: Usd
    business_share: Number
    section_179_usd: Usd
    bonus_usd: Usd
    macrs_usd: Usd
    depreciation_usd: Usd
    accumulated_usd: Usd
    remaining_basis_usd: Usd
    convention: str
    ubia_usd: Usd
    disposed: Day | None
    gain_usd: Usd | None
    recapture_usd: Usd
    how: str | None
    proceeds_usd: Usd | None
    recaptured_179_usd: Usd
    amt_macrs_usd: Usd
    cites: tuple[str, ...]
    id: str
    quantity: int | UnsetType = UNSET
    """How many things alike it is, where it is more than one."""


class EquipmentTotals(Row, frozen=True, kw_only=True):
    """A year's rigs added up."""

    depreciation_usd: Usd
    ubia_usd: Usd
    gain_usd: Usd
    section_179_carryforward_usd: Usd


class EquipmentListing(Row, frozen=True, kw_only=True):
    """The depreciation of a year, rig by rig."""

    year: int
    rows: tuple[RigRow, ...]
    totals: EquipmentTotals


BILLS = Table(
    BillRow, lambda row: (
        row.date, row.category, row.line, row.label, row.amount_usd, row.business_share, row.deductible_usd,
        row.expense,
    ),
).leaving(lambda row: (row.expense, row.label))  # fmt: skip
RIGS = Table(
    RigRow, lambda row: (
        row.equipment, row.recovery_class, row.placed_in_service, row.cost_usd, row.section_179_usd, row.bonus_usd,
        row.macrs_usd, row.accumulated_usd, row.remaining_basis_usd, row.convention,
    ),
).leaving(lambda row: (row.convention, row.recovery_class, row.accumulated_usd, row.placed_in_service))  # fmt: skip


def list_expenses(expenses: ExpenseBook) -> ExpenseListing:
    """Return the expenses of a year with their totals by category and by line of Schedule C."""
    return ExpenseListing(
        year=expenses.year,
        rows=tuple(map(bill_row, expenses.rows)),
        totals={category: usd_text(total) for category, total in expenses.by_category.items()},
        by_line={line: usd_text(total) for line, total in expenses.by_line.items()},
        deductible_usd=usd_text(expenses.deductible_usd_micros),
        estimates=tuple(map(_estimate, expenses.estimates)) or UNSET,
    )


def estimate_sentences(listing: ExpenseListing) -> Iterator[str]:
    """Yield a sentence for each rig that says what it drew."""
    for row in () if isinstance(listing.estimates, UnsetType) else listing.estimates:
        hours = f" in {row.hours} h" if row.hours else ""
        meter = f"; meter {row.meter} counted {row.metered_kwh} kWh then" if row.metered_kwh else ""
        yield f"{row.rig}: about {row.estimated_kwh} kWh{hours} by its own word, an estimate in no figure{meter}"


def _estimate(row: EstimateRow) -> EstimateTold:
    def shown(thousandths: int | None) -> str | None:
        return None if thousandths is None else unscaled(thousandths, KWH_DECIMALS)

    return EstimateTold(
        rig=row.rig,
        first=row.first,
        last=row.last,
        estimated_kwh=unscaled(row.kwh_thousandths, KWH_DECIMALS),
        hours=shown(row.hours_thousandths),
        meter=row.meter,
        metered_kwh=shown(row.metered_kwh_thousandths),
    )


def list_equipment(equipment: EquipmentBook) -> EquipmentListing:
    """Return the depreciation of a year, rig by rig."""
    return EquipmentListing(
        year=equipment.year,
        rows=tuple(map(rig_row, equipment.rows)),
        totals=EquipmentTotals(
            depreciation_usd=usd_text(equipment.depreciation_usd_micros),
            ubia_usd=usd_text(equipment.ubia_usd_micros),
            gain_usd=usd_text(equipment.gain_usd_micros),
            section_179_carryforward_usd=usd_text(equipment.section_179_carryforward_usd_micros),
        ),
    )


def bill_row(row: ExpenseRow) -> BillRow:
    """Return an expense as every listing tells it."""
    return BillRow(
        expense=row.expense,
        date=row.date,
        category=row.category,
        line=row.line,
        label=row.label,
        amount_usd=usd_text(row.amount_usd_micros),
        business_share=row.business_share,
        deductible_usd=usd_text(row.deductible_usd_micros),
        share_by=row.share_by,
        share_from=row.share_from,
        cites=row.cites,
    )


def rig_row(row: EquipmentRow) -> RigRow:
    """Return a rig in one year as every listing tells it."""
    return RigRow(
        equipment=row.equipment,
        recovery_class=row.recovery_class,
        acquired=row.acquired,
        placed_in_service=row.placed_in_service,
        cost_usd=usd_text(row.cost_usd_micros),
        business_share=row.business_share,
        section_179_usd=usd_text(row.section_179_usd_micros),
        bonus_usd=usd_text(row.bonus_usd_micros),
        macrs_usd=usd_text(row.macrs_usd_micros),
        depreciation_usd=usd_text(row.depreciation_usd_micros),
        accumulated_usd=usd_text(row.accumulated_usd_micros),
        remaining_basis_usd=usd_text(row.remaining_basis_usd_micros),
        convention=row.convention,
        ubia_usd=usd_text(row.ubia_usd_micros),
        disposed=row.disposed,
        gain_usd=None if row.gain_usd_micros is None else usd_text(row.gain_usd_micros),
        recapture_usd=usd_text(row.recapture_usd_micros),
        how=row.how,
        proceeds_usd=None if row.how is None else usd_text(row.proceeds_usd_micros),
        recaptured_179_usd=usd_text(row.recaptured_179_usd_micros),
        amt_macrs_usd=usd_text(row.amt_macrs_usd_micros),
        cites=row.cites,
        id=row.id,
        quantity=row.quantity if row.quantity > 1 else UNSET,
    )
