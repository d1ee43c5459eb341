"""Form 8949 as a workbook: a sheet for each box and one for Schedule D, with formulas that go on working.

The same book gives the same bytes: the day it was made is that of the tax year's end. Every formula has its value
beside it, so that a program that computes nothing shows the same.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lotwork.ledger.errors import plain
from lotwork.projections.forms.form_8949 import Entered, Total, total_of
from lotwork.reports.broker import VARIOUS
from lotwork.reports.forms.drawn import Drawing, Drawn, description
from lotwork.reports.forms.irs import COLUMNS, OF_SCHEDULE_D
from lotwork.reports.forms.readme import told_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MONEY = "#,##0.00;[Red]-#,##0.00"
DAY = "mm/dd/yyyy"
WIDTHS = (26, 14, 14, 16, 16, 8, 16, 16)
FIRST_ROW = 4
"""Where the rows of a sheet begin, counted from 1: a title, what it is, the columns."""
SUMMED = ((3, "D"), (4, "E"), (6, "G"), (7, "H"))


def workbook(drawing: Drawing) -> Drawn:
    """Return the workbook; the library that writes it is loaded here alone."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - only who asks for a workbook waits for it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, options)
    book.set_properties({"title": f"Form 8949, {drawing.form.year}", "author": "Lotwork",
                         "created": datetime.combine(date(drawing.form.year, 12, 31), time())})  # fmt: skip
    styles = _Styles(book)
    notes = book.add_worksheet("Read me")
    notes.set_column(0, 0, 110)
    for place, line in enumerate(told_of(drawing)):
        notes.write_string(place, 0, plain(line), styles.bold if not place else styles.plain)
    boxes = drawing.form.by_box
    ends = {box: _box(book, box, rows, drawing, styles) for box, rows in boxes.items()}
    _schedule_d(book, drawing, ends, styles)
    book.close()
    return Drawn("8949.xlsx", "xlsx", out.getvalue(), len(drawing.form.rows))


class _Styles:
    """How cells look."""

    def __init__(self, book: Workbook) -> None:
        self.plain: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold: Format = book.add_format({"bold": True})
        self.head: Format = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self.money: Format = book.add_format({"num_format": MONEY})
        self.total: Format = book.add_format({"num_format": MONEY, "bold": True, "top": 1})
        self.day: Format = book.add_format({"num_format": DAY, "align": "left"})


def _box(book: Workbook, box: str, rows: Sequence[Entered], drawing: Drawing, styles: _Styles) -> int:
    """Write the sheet of one box, and return the row its totals stand in, counted from 1."""
    sheet: Worksheet = book.add_worksheet(f"Box {box}")
    _heading(sheet, f"Form 8949 ({drawing.form.year}), box {box}", COLUMNS, drawing, styles)
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    for place, each in enumerate(rows, FIRST_ROW - 1):
        _row(sheet, place, each, drawing, styles)
    end = FIRST_ROW + len(rows)
    sheet.write_string(end - 1, 0, "Total (line 2)", styles.bold)
    for place, letter in SUMMED:
        formula = _to_cents(f"SUM({letter}{FIRST_ROW}:{letter}{end - 1})")
        sheet.write_formula(end - 1, place, formula, styles.total, _dollars(_columns(total_of(rows))[letter]))
    sheet.freeze_panes(FIRST_ROW - 1, 0)
    sheet.repeat_rows(0, FIRST_ROW - 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return end


def _heading(sheet: Worksheet, title: str, columns: Iterable[str], drawing: Drawing, styles: _Styles) -> None:
    sheet.write_string(0, 0, f"DRAFT: {title}" if drawing.draft else title, styles.bold)
    sheet.write_string(1, 0, "Worksheet, not an official form")
    for place, name in enumerate(columns):
        sheet.write_string(FIRST_ROW - 2, place, name, styles.head)


def _row(sheet: Worksheet, place: int, entered: Entered, drawing: Drawing, styles: _Styles) -> None:
    row = entered.row
    sheet.write_string(place, 0, plain(description(entered, drawing.assets)))
    if row.acquired is None:
        sheet.write_string(place, 1, VARIOUS)
    else:
        sheet.write_datetime(place, 1, _midnight(row.acquired), styles.day)
    sheet.write_datetime(place, 2, _midnight(row.sold), styles.day)
    sheet.write_number(place, 3, _dollars(entered.proceeds), styles.money)
    sheet.write_number(place, 4, _dollars(entered.basis), styles.money)
    if row.codes:
        sheet.write_string(place, 5, row.codes)
        sheet.write_number(place, 6, _dollars(entered.adjustment), styles.money)
    number = place + 1
    sheet.write_formula(place, 7, _to_cents(f"D{number}-E{number}+G{number}"), styles.money, _dollars(entered.gain))


def _schedule_d(book: Workbook, drawing: Drawing, ends: dict[str, int], styles: _Styles) -> None:
    """Write the lines of Schedule D, each the sum of its boxes' totals, and the two terms."""
    sheet: Worksheet = book.add_worksheet("Schedule D")
    _heading(sheet, f"Schedule D ({drawing.form.year}), from Form 8949", OF_SCHEDULE_D, drawing, styles)
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
            sheet.write_formula(place, column, _to_cents(parts), styles.money, _dollars(values[letter]))
        number = place + 1
        sheet.write_formula(
            place, 6, _to_cents(f"D{number}-E{number}+F{number}"), styles.money, _dollars(line.total.gain)
        )
        sheet.write_number(place, 7, _dollars(line.on_return), styles.money)
        place += 1
    if place > FIRST_ROW - 1:
        whole = sum(line.total.gain for line in drawing.form.schedule_d)
        sheet.write_string(place, 0, "Together", styles.bold)
        sheet.write_formula(place, 6, _to_cents(f"SUM(G{FIRST_ROW}:G{place})"), styles.total, _dollars(whole))


def _to_cents(formula: str) -> str:
    """Return *formula* rounded to the cent: in a spreadsheet's binary numbers 0.30-0.10-0.20 is less than nothing."""
    return f"=ROUND({formula},2)"


def _columns(total: Total) -> dict[str, int]:
    return {"D": total.proceeds, "E": total.basis, "G": total.adjustment, "H": total.gain}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _dollars(cents: int) -> Any:
    """Return cents as dollars: the library writes a Decimal as the number it is, and text as text."""
    return Decimal(cents).scaleb(-2)
