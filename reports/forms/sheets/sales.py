"""Form 8949 on paper: every row in its columns, a sheet a box, and the lines of Schedule D they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lotwork.projections.forms.form_8949 import Entered, ScheduleDLine, Total, total_of
from lotwork.reports.forms.drawn import Drawing, money
from lotwork.reports.forms.irs import COLUMNS, OF_SCHEDULE_D, cells
from lotwork.reports.forms.sheets.paper import Columns, Sheet, Words, amount

SHARED_CENTS = (
    "Where lots share a sale's dollars, the cents of a row may be two off, so that the rows of a line of Schedule D "
    "come to that line to the cent."
)
RIGHT = (False, False, False, True, True, False, True, True)
WIDTHS = (3, 2, 2, 2, 2, 1, 2, 2)
TERM = {"short": "Part I, short-term", "long": "Part II, long-term"}
MOST_LETTERS = (24, 12, 12, 16, 16, 8, 16, 16)
"""So long may a cell be and stand in one line."""
ROWS_OF_A_PAGE = 52
MONEY = (3, 4, 6, 7)


def sheets_of_8949(drawing: Drawing) -> Iterator[Sheet]:
    """Yield the lines of Schedule D, then each box with its rows and their totals."""
    yield Sheet(
        name="Schedule D, from Form 8949",
        about="Lines 1b, 2, 3, 8b, 9 and 10 by these rows, beside what the return has there",
        blocks=(
            Columns(
                names=OF_SCHEDULE_D, right=(False, False, True, True, True, True, True, True),
                widths=(0, 0, 0, 1, 1, 1, 1, 1), rows=tuple(map(_line, drawing.form.schedule_d)),
            ),
            Words("", _notes(drawing)),
        ),
    )  # fmt: skip
    for box, rows in drawing.form.by_box.items():
        yield Sheet(
            name=f"Form 8949, box {box}",
            about=f"Sales and other dispositions of capital assets. {TERM[rows[0].row.term]}",
            blocks=tuple(_rows(rows, drawing)),
        )


def _notes(drawing: Drawing) -> tuple[str, ...]:
    if not drawing.form.rows:
        return ("Nothing was sold in the year.",)
    return (SHARED_CENTS,)


def _rows(rows: Sequence[Entered], drawing: Drawing) -> Iterator[Columns]:
    """Yield the rows page by page, the totals under the last."""
    total = total_of(rows)
    for at in range(0, len(rows), ROWS_OF_A_PAGE):
        told = tuple(_cells(each, drawing) for each in rows[at : at + ROWS_OF_A_PAGE])
        last = at + ROWS_OF_A_PAGE >= len(rows)
        yield Columns(
            names=COLUMNS,
            right=RIGHT,
            widths=WIDTHS,
            rows=told,
            total=("Totals (line 2)", "", f"{total.rows} rows", *_amounts(total)) if last else (),
            dense=all(len(cell) <= most for row in told for cell, most in zip(row, MOST_LETTERS, strict=True)),
        )


def _cells(entered: Entered, drawing: Drawing) -> tuple[str, ...]:
    told = cells(entered, drawing)
    return tuple(amount(cell) if place in MONEY and cell else cell for place, cell in enumerate(told))


def _amounts(total: Total) -> tuple[str, ...]:
    columns = (total.proceeds, total.basis, total.adjustment, total.gain)
    proceeds, basis, adjustment, gain = (amount(money(each)) for each in columns)
    return proceeds, basis, "", adjustment, gain


def _line(line: ScheduleDLine) -> tuple[str, ...]:
    total = line.total
    return (
        line.line, line.boxes, str(total.rows),
        *(amount(money(each)) for each in (total.proceeds, total.basis, total.adjustment, total.gain, line.on_return)),
    )  # fmt: skip
