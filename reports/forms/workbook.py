"""Form 8949 as a workbook: a sheet for each box and one for Schedule D, with formulas that go on working.

Where the profile names a state with a return, its sheets follow (`workbook_state`).

The same book gives the same bytes: the day it was made is that of the tax year's end. Every formula has its value
beside it, so that a program that computes nothing shows the same.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lotwork.ledger.errors import plain
from lotwork.projections.forms.form_8949 import Entered, Total, total_of
from lotwork.reports.broker import VARIOUS
from lotwork.reports.forms.drawn import Drawing, Drawn, description
from lotwork.reports.forms.irs import COLUMNS, OF_SCHEDULE_D
from lotwork.reports.forms.readme import told_of
from lotwork.reports.forms.workbook_cells import (
    FIRST_ROW,
    Styles,
    as_number,
    in_cents,
    lay_out,
    midnight,
    summed,
    write_heading,
)
from lotwork.reports.forms.workbook_state import write_state

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

WIDTHS = (26, 14, 14, 16, 16, 8, 16, 16)
SUMMED = ((3, "D"), (4, "E"), (6, "G"), (7, "H"))


def workbook(drawing: Drawing) -> Drawn:
    """Return the workbook; the library that writes it is loaded here alone."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - only who asks for a workbook waits for it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, options)
    book.set_properties({"title": f"Form 8949, {drawing.form.year}", "author": "Lotwork",
                         "created": datetime.combine(date(drawing.form.year, 12, 31), time())})  # fmt: skip
    styles = Styles(book)
    notes = book.add_worksheet("Read me")
    notes.set_column(0, 0, 110)
    for place, line in enumerate(told_of(drawing)):
        notes.write_string(place, 0, plain(line), styles.bold if not place else styles.plain)
    boxes = drawing.form.by_box
    ends = {box: _box(book, box, rows, drawing, styles) for box, rows in boxes.items()}
    _schedule_d(book, drawing, ends, styles)
    if drawing.state is not None:
        write_state(book, drawing.state, draft=bool(drawing.draft))
    book.close()
    return Drawn("8949.xlsx", "xlsx", out.getvalue(), len(drawing.form.rows))


def _box(book: Workbook, box: str, rows: Sequence[Entered], drawing: Drawing, styles: Styles) -> int:
    """Write the sheet of one box, and return the row its totals stand in, counted from 1."""
    sheet: Worksheet = book.add_worksheet(f"Box {box}")
    write_heading(sheet, f"Form 8949 ({drawing.form.year}), box {box}", COLUMNS, styles, draft=bool(drawing.draft))
    lay_out(sheet, WIDTHS)
    for place, each in enumerate(rows, FIRST_ROW - 1):
        _row(sheet, place, each, drawing, styles)
    end = FIRST_ROW + len(rows)
    sheet.write_string(end - 1, 0, "Total (line 2)", styles.bold)
    for place, letter in SUMMED:
        formula = summed(letter, FIRST_ROW, end - 1)
        sheet.write_formula(end - 1, place, formula, styles.total, _dollars(_columns(total_of(rows))[letter]))
    return end


def _row(sheet: Worksheet, place: int, entered: Entered, drawing: Drawing, styles: Styles) -> None:
    row = entered.row
    sheet.write_string(place, 0, plain(description(entered, drawing.assets)))
    if row.acquired is None:
        sheet.write_string(place, 1, VARIOUS)
    else:
        sheet.write_datetime(place, 1, midnight(row.acquired), styles.day)
    sheet.write_datetime(place, 2, midnight(row.sold), styles.day)
    sheet.write_number(place, 3, _dollars(entered.proceeds), styles.money)
    sheet.write_number(place, 4, _dollars(entered.basis), styles.money)
    if row.codes:
        sheet.write_string(place, 5, row.codes)
        sheet.write_number(place, 6, _dollars(entered.adjustment), styles.money)
    number = place + 1
    sheet.write_formula(place, 7, in_cents(f"D{number}-E{number}+G{number}"), styles.money, _dollars(entered.gain))


def _schedule_d(book: Workbook, drawing: Drawing, ends: dict[str, int], styles: Styles) -> None:
    """Write the lines of Schedule D, each the sum of its boxes' totals, and the two terms."""
    sheet: Worksheet = book.add_worksheet("Schedule D")
    title = f"Schedule D ({drawing.form.year}), from Form 8949"
    write_heading(sheet, title, OF_SCHEDULE_D, styles, draft=bool(drawing.draft))
    sheet.set_column(0, 7, 16)
    place = FIRST_ROW - 1
    for line in drawing.form.schedule_d:
        boxes = [box for box in line.boxes.split(", ") if box]
        sheet.write_string(place, 0, line.line)
        sheet.write_string(place, 1, line.boxes)
        sheet.write_number(place, 2, line.total.rows)
        values = _columns(line.total)
        for column, letter in ((3, "D"), (4, "E"), (5, "G")):
            parts = "+".join(f"'Box {box}'!{letter}{ends[box]}" for box in boxes) or "0"
            sheet.write_formula(place, column, in_cents(parts), styles.money, _dollars(values[letter]))
        number = place + 1
        sheet.write_formula(
            place, 6, in_cents(f"D{number}-E{number}+F{number}"), styles.money, _dollars(line.total.gain)
        )
        sheet.write_number(place, 7, _dollars(line.on_return), styles.money)
        place += 1
    if place > FIRST_ROW - 1:
        whole = sum(line.total.gain for line in drawing.form.schedule_d)
        sheet.write_string(place, 0, "Together", styles.bold)
        sheet.write_formula(place, 6, summed("G", FIRST_ROW, place), styles.total, _dollars(whole))


def _columns(total: Total) -> dict[str, int]:
    return {"D": total.proceeds, "E": total.basis, "G": total.adjustment, "H": total.gain}


def _dollars(cents: int) -> Any:
    return as_number(Decimal(cents).scaleb(-2))
