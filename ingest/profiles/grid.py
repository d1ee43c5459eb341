"""The lines of any table a person may hand in: text of any dialect, a workbook, each packed by gzip or not.

A workbook's cells are text here, as a CSV's; `sheets.content` unpacks a file and bounds it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lotwork.ingest.sheets.content import WORKBOOKS, text_of
from lotwork.ingest.sheets.table import DELIMITERS
from lotwork.ingest.sheets.workbook import sheets_of
from lotwork.ledger.errors import Problem

MOST_ABOVE = 40
"""So many lines may stand above a header."""


class Line(NamedTuple):
    """One line of cells, by its number in the file."""

    number: int
    cells: list[str]


class Sheet(NamedTuple):
    """A table that was not read yet: its text, or, of a workbook, its lines."""

    name: str
    text: str = ""
    lines: tuple[Line, ...] = ()
    guessed: str = ""
    """The encoding its text is read in, where the file does not tell it."""


def sheets_in(name: str, data: bytes) -> tuple[Sheet, ...]:
    """Return the tables in *data*: one of text, or those of a workbook."""
    if data.startswith(WORKBOOKS):
        found = sheets_of(name, data)
        return tuple(
            Sheet(title, lines=tuple(Line(number, cells) for number, cells in enumerate(rows, 1)))
            for title, rows in found.items()
        )
    text, guessed = text_of(name, data)
    return (Sheet("", text=text, guessed=guessed),)


def lines_of(sheet: Sheet, delimiter: str, name: str, problems: list[Problem]) -> Iterator[Line]:
    """Yield the lines of *sheet* that say something; append a problem where its text is no CSV."""
    yield from _split(sheet.text, delimiter, name, problems) if sheet.text else sheet.lines


def first_lines(sheet: Sheet, delimiter: str, most: int) -> list[Line]:
    """Return the first lines of *sheet*, each read by itself: what stands above a header need not be CSV."""
    if not sheet.text:
        return list(sheet.lines[:most])
    raw = io.StringIO(sheet.text, newline=None)
    return [Line(number, _cells(text, delimiter)) for number, text in zip(range(1, most + 1), raw, strict=False)]


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def after(sheet: Sheet, number: int) -> Sheet:
    """Return what follows the line *number* of *sheet*, whose numbers go on counting."""
    if not sheet.text:
        return sheet._replace(lines=sheet.lines[number:])
    raw = io.StringIO(sheet.text, newline=None)
    for _ in range(number):
        next(raw, None)
    return sheet._replace(text=raw.read() or "\n")


def _split(text: str, delimiter: str, name: str, problems: list[Problem]) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            where, number = number, reader.line_num + 1
            yield Line(where, cells)
    except csv.Error as broken:
        remedy = "close the quote or shorten the field, or export it again"
        problems.append(Problem(f"{name}:{number}", "file", f"it cannot be read as CSV ({broken})", remedy))


def has_table(sheet: Sheet) -> bool:
    """Say if one of the first lines of *sheet* has two cells or more, whatever divides them."""
    lines = (line.cells for way in DELIMITERS for line in first_lines(sheet, way, MOST_ABOVE))
    return any(sum(map(bool, map(str.strip, cells))) > 1 for cells in lines)


def says_something(cells: Iterable[str]) -> bool:
    """Say if a line is not blank."""
    return any(cell.strip(" \u00a0") for cell in cells)
