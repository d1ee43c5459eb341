"""The rigs behind Form 4562: the list of assets, and each rig's schedule year by year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lotwork.ledger.units import usd_decimal
from lotwork.projections.costs.rig_years import EquipmentRow
from lotwork.projections.equipment import EquipmentBook
from lotwork.reports.forms.sheets.paper import Block, Columns, Sheet, amount
from lotwork.reports.lines import cents

ASSETS = (
    "Property", "Class", "In service", "Cost", "Business", "Section 179", "Bonus", "MACRS", "So far", "Left", "Conv.",
)  # fmt: skip
SCHEDULE = ("Year", "Section 179", "Bonus", "MACRS", "In the year", "So far", "Left", "How it left")


def rig_sheets(years: Sequence[EquipmentBook], suffix: str) -> Iterator[Sheet]:
    """Yield the sheet of one business's rigs, *years* those that are known through the year of the return."""
    if not years or not years[-1].rows:
        return
    listed = years[-1].rows
    blocks: list[Block] = [_assets(listed)]
    for row in listed:
        told = [(each.year, own) for each in years for own in each.rows if own.id == row.id]
        blocks.append(_schedule(row, told))
    about = "The property behind it, and the schedule of each"
    yield Sheet(name=f"Form 4562{suffix}, property", about=about, blocks=tuple(blocks))


def _assets(rows: Sequence[EquipmentRow]) -> Columns:
    amounts = [_amounts(row) for row in rows]
    cost, *others = (_usd(sum(column)) for column in zip(*amounts, strict=True))
    return Columns(
        title="Depreciable property",
        names=ASSETS,
        right=(False, False, False, True, True, True, True, True, True, True, False),
        widths=(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        rows=tuple(map(_asset, rows)),
        total=("Total", "", "", cost, "", *others, ""),
    )


def _amounts(row: EquipmentRow) -> tuple[int, ...]:
    """Return the cost, and what was deducted of it and how, this year and so far, and what is left."""
    return (
        row.cost_usd_micros, row.section_179_usd_micros, row.bonus_usd_micros, row.macrs_usd_micros,
        row.accumulated_usd_micros, row.remaining_basis_usd_micros,
    )  # fmt: skip


def _asset(row: EquipmentRow) -> tuple[str, ...]:
    name = row.equipment if row.quantity == 1 else f"{row.equipment} ({row.quantity})"
    cost, *others = map(_usd, _amounts(row))
    placed = row.placed_in_service.isoformat()
    return name, row.recovery_class, placed, cost, _percent(row.business_share), *others, row.convention


def _schedule(row: EquipmentRow, told: Sequence[tuple[int, EquipmentRow]]) -> Columns:
    return Columns(
        title=f"{row.equipment}, placed in service {row.placed_in_service}, cost {_usd(row.cost_usd_micros)}",
        names=SCHEDULE,
        right=(False, True, True, True, True, True, True, False),
        widths=(0, 1, 1, 1, 1, 1, 1, 1),
        rows=tuple(_of_year(year, own) for year, own in told),
    )


def _of_year(year: int, row: EquipmentRow) -> tuple[str, ...]:
    left = "" if row.disposed is None else f"{row.how or 'sold'} {row.disposed}"
    return (
        str(year), _usd(row.section_179_usd_micros), _usd(row.bonus_usd_micros), _usd(row.macrs_usd_micros),
        _usd(row.depreciation_usd_micros), _usd(row.accumulated_usd_micros), _usd(row.remaining_basis_usd_micros), left,
    )  # fmt: skip


def _percent(share: str) -> str:
    return f"{(Decimal(share) * 100).normalize():f}%"


def _usd(micros: int) -> str:
    return amount(cents(usd_decimal(micros)))
