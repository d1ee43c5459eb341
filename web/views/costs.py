"""The page of costs: what the law leaves of each expense, line by line, and what became of every rig."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lotwork.ledger.units import usd_decimal
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.rig_years import EquipmentRow
from lotwork.reports.costs import BillRow, RigRow, bill_row, rig_row
from lotwork.rules.us.schedule_c import FORM as SCHEDULE_C
from lotwork.rules.us.schedule_c import form_order
from lotwork.web.listing import Listing, page_of
from lotwork.web.narrowed import ALL_ROWS, Narrowed
from lotwork.web.reading import Reading
from lotwork.web.wording import share

DEPRECIATION = "13"
"""The line of Schedule C that depreciation stands on."""
PER_MILLE = Decimal("0.001")
HOW = {"sold": "Sold", "traded_in": "Traded in", "abandoned": "Abandoned", "casualty": "Destroyed or stolen"}


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of Schedule C, of all that stands on it."""

    line: str
    label: str
    count: int
    paid: int
    deducted: int
    traced: str
    """The number of that line in the return; empty where it has none under this name."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """One expense; `share` is empty where all of it is business."""

    row: BillRow
    share: str


@dataclass(frozen=True, slots=True)
class RigLine:
    """One rig in the year; `left` says how it left, where it did. Amounts beside it are micro-dollars."""

    row: RigRow
    share: str
    left: str
    waiting: int
    """Of section 179, for income to take it."""
    gives_back: bool
    """Whether section 179 is given back, since business use fell."""
    basis_left: int
    """What was left to deduct when it left."""


@dataclass(frozen=True, slots=True)
class CostsView:
    """What the page shows."""

    total: Decimal
    deductible: bool
    """False for a hobby: what it costs is told, and not deducted."""
    lines: tuple[CostLine, ...]
    rigs: tuple[RigLine, ...]
    depreciation: int
    remaining: int
    gone: tuple[RigLine, ...]
    bills: Listing[BillLine]
    worn_on_the_form: bool
    """Whether the return has the line of Schedule C that the depreciation stands on."""
    narrowed: Narrowed
    """What the list of bills is narrowed to, and no sum."""


def costs_view(reading: Reading, page: int, narrowed: Narrowed = ALL_ROWS) -> CostsView | None:
    """Return what the year cost; None where its law is not known."""
    costs = reading.costs
    if costs is None:
        return None
    expenses, equipment = costs
    rows = tuple(_rig(row) for row in equipment.rows)
    hobby = reading.owed is not None and reading.owed.business.is_hobby
    return CostsView(
        total=usd_decimal(expenses.deductible_usd_micros + equipment.depreciation_usd_micros),
        deductible=not hobby,
        lines=tuple(_lines(expenses.rows, _on_the_form(reading))),
        rigs=rows,
        depreciation=equipment.depreciation_usd_micros,
        remaining=sum(row.remaining_basis_usd_micros for row in equipment.rows),
        gone=tuple(line for line in rows if line.left),
        bills=page_of(bills_of(expenses.rows, narrowed)[::-1], page).of(
            lambda row: BillLine(bill_row(row), _share(row.business_share))
        ),
        worn_on_the_form=DEPRECIATION in _on_the_form(reading),
        narrowed=narrowed,
    )


def bills_of(rows: Sequence[ExpenseRow], narrowed: Narrowed) -> list[ExpenseRow]:
    """Return the expenses that a list is narrowed to."""
    return [row for row in rows if narrowed.holds(row.date, line=row.line)]


def _on_the_form(reading: Reading) -> frozenset[str]:
    """Return the numbers of the lines that the year's Schedule C has."""
    traced = () if reading.owed is None else reading.owed.lines
    return frozenset(each.line.line for each in traced if each.line.form == SCHEDULE_C)


def _lines(rows: tuple[ExpenseRow, ...], on_the_form: frozenset[str]) -> Iterator[CostLine]:
    for number in sorted({row.line for row in rows}, key=form_order):
        of_line = [row for row in rows if row.line == number]
        yield CostLine(
            number,
            of_line[0].label,
            len(of_line),
            sum(row.amount_usd_micros for row in of_line),
            sum(row.deductible_usd_micros for row in of_line),
            number if number in on_the_form else "",
        )


def _rig(row: EquipmentRow) -> RigLine:
    return RigLine(
        row=rig_row(row),
        share=_share(row.business_share),
        left="" if row.how is None else HOW[row.how],
        waiting=row.waiting_usd_micros,
        gives_back=row.recaptured_179_usd_micros != 0,
        basis_left=row.sold_basis_usd_micros,
    )


def _share(text: str) -> str:
    part = Decimal(text)
    return "" if part == 1 else share(part.quantize(PER_MILLE))
