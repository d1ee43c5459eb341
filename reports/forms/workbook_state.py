"""The return of the state in the workbook: its lines, its depreciation beside the federal one, its figures.

The rows are those of the CSV files (`state`): amounts are numbers, days are days, and a column of amounts has its sum
below where a sum means something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from lotwork.ledger.errors import plain
from lotwork.ledger.units import ZERO
from lotwork.reports.forms.workbook_cells import (
    FIRST_ROW,
    Styles,
    as_number,
    lay_out,
    midnight,
    summed,
    write_heading,
)
from lotwork.reports.rows import Column, Row, Table
from lotwork.reports.states import FIGURES_FILE, RIGS_FILE, YEARS_FILE, StatePapers
from lotwork.reports.traced import RETURN_FILE
from lotwork.rules.line import to_cents

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

R = TypeVar("R", bound=Row)


class Heads(NamedTuple):
    """The names of a sheet's columns and how wide each is, in the order of its file."""

    names: tuple[str, ...]
    widths: tuple[int, ...]


OF_LINES = Heads(("Form", "Line", "What it is", "Amount", "Law", "From"), (26, 22, 52, 16, 60, 60))
OF_RIGS = Heads(
    (
        "Event", "Equipment", "Federal depreciation", "State depreciation", "Federal basis left", "State basis left",
        "Federal gain", "State gain",
    ),
    (18, 26, 16, 16, 16, 16, 16, 16),
)  # fmt: skip
OF_YEARS = Heads(("Year", "Bonus", "Section 179", "Section 179 by the state's limit"), (10, 16, 16, 20))
OF_FIGURES = Heads(
    ("Figure", "What it is", "Since", "Status", "Law", "Read in", "How sure"), (40, 60, 12, 12, 40, 60, 60)
)


def write_state(book: Workbook, papers: StatePapers, *, draft: bool) -> None:
    """Write the sheets of the state's return behind the federal ones."""
    told, styles = papers.listing, Styles(book, top=True)

    def add(name: str, title: str, heads: Heads, table: Table[R], rows: Sequence[R], *, total: bool = False) -> None:
        sheet: Worksheet = book.add_worksheet(name)
        write_heading(sheet, title, heads.names, styles, draft=draft)
        lay_out(sheet, heads.widths)
        cells = list(map(table.cells, rows))
        for place, row in enumerate(cells, FIRST_ROW - 1):
            _row(sheet, place, zip(table.columns, row, strict=True), styles)
        if total:
            _totals(sheet, table.columns, cells, styles)

    add("State", f"{told.name}, {told.form}", OF_LINES, RETURN_FILE, told.lines)
    own = told.depreciation
    if own is not None and own.rigs:
        title = f"{told.name}, depreciation by both laws"
        add("State 4562", title, OF_RIGS, RIGS_FILE, own.rigs, total=True)
    if own is not None and own.years:
        add("State add-back", f"{told.name}, what each year deducted at once", OF_YEARS, YEARS_FILE, own.years)
    add("State figures", f"{told.name}, the figures behind the return", OF_FIGURES, FIGURES_FILE, papers.figures)


def _row(sheet: Worksheet, place: int, cells: Iterable[tuple[Column, Any]], styles: Styles) -> None:
    for at, (column, value) in enumerate(cells):
        if value is None:
            continue
        if column.shown.dollars:
            sheet.write_number(place, at, as_number(Decimal(value)), styles.money)
        elif isinstance(value, date):
            sheet.write_datetime(place, at, midnight(value), styles.day)
        elif isinstance(value, int):
            sheet.write_number(place, at, value)
        else:
            words = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            sheet.write_string(place, at, plain(words), styles.plain)


def _totals(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Sequence[Any]], styles: Styles) -> None:
    """Write the sum of each column of amounts below the rows."""
    end = FIRST_ROW + len(rows)
    sheet.write_string(end - 1, 0, "Total", styles.bold)
    for at, column in enumerate(columns):
        if column.shown.dollars:
            formula = summed("ABCDEFGH"[at], FIRST_ROW, end - 1)
            value = sum((Decimal(row[at]) for row in rows if row[at] is not None), ZERO)
            sheet.write_formula(end - 1, at, formula, styles.total, as_number(to_cents(value)))
