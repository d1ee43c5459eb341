"""How the cells of a workbook look, and what stands above each sheet's rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MONEY = "#,##0.00;[Red]-#,##0.00"
DAY = "mm/dd/yyyy"
FIRST_ROW = 4
"""Where the rows of a sheet begin, counted from 1: a title, what it is, the columns."""


class Styles:
    """How cells look; with `top` numbers stand at the first line of the words beside them."""

    def __init__(self, book: Workbook, *, top: bool = False) -> None:
        place = {"valign": "top"} if top else {}
        self.plain: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.bold: Format = book.add_format({"bold": True})
        self.head: Format = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self.money: Format = book.add_format({"num_format": MONEY} | place)
        self.total: Format = book.add_format({"num_format": MONEY, "bold": True, "top": 1})
        self.day: Format = book.add_format({"num_format": DAY, "align": "left"} | place)


def write_heading(sheet: Worksheet, title: str, columns: Iterable[str], styles: Styles, *, draft: bool) -> None:
    """Write the title, that it is no official form, and the names of the columns."""
    sheet.write_string(0, 0, f"DRAFT: {title}" if draft else title, styles.bold)
    sheet.write_string(1, 0, "Worksheet, not an official form")
    for place, name in enumerate(columns):
        sheet.write_string(FIRST_ROW - 2, place, name, styles.head)


def lay_out(sheet: Worksheet, widths: Iterable[int]) -> None:
    """Give the columns their *widths*, and the sheet its place on paper; its heading stays in sight."""
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(FIRST_ROW - 1, 0)
    sheet.repeat_rows(0, FIRST_ROW - 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def summed(letter: str, first: int, last: int) -> str:
    """Return the formula that adds up a column from row to row, counted from 1."""
    return in_cents(f"SUM({letter}{first}:{letter}{last})")


def in_cents(formula: str) -> str:
    """Return *formula* rounded to the cent: in a spreadsheet's binary numbers 0.30-0.10-0.20 is less than nothing."""
    return f"=ROUND({formula},2)"


def midnight(day: date) -> datetime:
    """Return *day* as the library writes one."""
    return datetime.combine(day, time())


def as_number(amount: Decimal) -> Any:
    """Return *amount* for the library, which writes a Decimal as the number it is, and says that it wants a float."""
    return amount
