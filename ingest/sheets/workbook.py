"""The sheets of a workbook, as text, through python-calamine; bounded before it sees them.

A workbook is a zip of XML. It may unpack to more than any memory holds, declare entities, or name one cell a million
rows down, for which a reader would make room: each is measured first, by what there is and not by what it says.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from lotwork.ledger.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_UNPACKED = 64 * 1024 * 1024
MOST_PARTS = 1000
MOST_CELLS = 4_000_000
MOST_SHEETS = 50
LONGEST_CELL = 1 << 17
DIGITS = 15
"""So many digits of a number a spreadsheet keeps."""
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class _TooMuchError(Exception):
    """A sheet has room for more cells than are read."""


class _NoWorkbookError(Exception):
    """A zip holds other files than the sheets of a workbook."""


class _NotReckonedError(Exception):
    """A cell holds a formula and not what came of it; its text is the cell's place."""


def sheets_of(name: str, data: bytes) -> Mapping[str, list[list[str]]]:
    """Return the lines of each sheet of the workbook in *data*, by its title. Raises InputRefusedError."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - most files are text

    if not data.startswith(b"PK"):
        raise InputRefusedError(f"{name}: it is a workbook of the old kind (.xls): save it as .xlsx or CSV")
    try:
        _measure(data)
    except _NoWorkbookError:
        how = "unpack it, and import what is in it, or save the sheet as CSV"
        raise InputRefusedError(f"{name}: it is a zip of files, and no workbook (.xlsx): {how}") from None
    except _TooMuchError:
        raise InputRefusedError(f"{name}: the workbook unpacks to more than is read: save the sheet as CSV") from None
    except _NotReckonedError as cell:
        how = "open it in a spreadsheet and save it again, or save the sheet as CSV"
        raise InputRefusedError(f"{name}: cell {cell} holds a formula and not what came of it: {how}") from None
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, LookupError, ValueError, EOFError, OSError, RuntimeError):
        raise InputRefusedError(f"{name}: the workbook is broken, or no .xlsx: save the sheet as CSV") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        titles = book.sheet_names[:MOST_SHEETS]
        found = {title: book.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in titles}
    except (CalamineError, OSError, ValueError):
        raise InputRefusedError(f"{name}: the workbook cannot be read: save the sheet as CSV") from None
    if not found:
        raise InputRefusedError(f"{name}: the workbook holds no sheet: save the one that is meant as CSV")
    return {title: _texts(rows) for title, rows in found.items()}


def _texts(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Return what the cells of a sheet show; a day in a column of instants is the midnight that it begins with."""
    clocks = {place for row in rows for place, cell in enumerate(row) if isinstance(cell, datetime)}
    return [[_text(cell, is_instant=place in clocks) for place, cell in enumerate(row)] for row in rows]


def _measure(data: bytes) -> None:
    """Unpack every part of the zip, and count; raise _TooMuchError where there is more than is read."""
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
        if not any(part.filename.startswith("xl/") for part in parts):
            raise _NoWorkbookError
        if any(map(_is_binary, parts)):
            raise ValueError("no workbook of the kind that is read")
        if len(parts) > MOST_PARTS:
            raise _TooMuchError
        for part in parts:
            with packed.open(part) as file:
                text = file.read(left + 1)
            left -= len(text)
            if left < 0:
                raise _TooMuchError
            if part.filename.endswith(".xml"):
                _measure_sheet(text)  # whatever it is called: another part may say that it is a sheet


def _is_binary(part: zipfile.ZipInfo) -> bool:
    """Say if *part* is of a workbook in the binary form (.xlsb), whose sheets cannot be measured."""
    return part.filename.endswith(".bin") and part.filename.startswith(("xl/workbook", "xl/worksheets/"))


def _measure_sheet(text: bytes) -> None:
    rows, columns = 1, 1
    cell, inside = "", set[str]()

    def begun(tag: str, attributes: dict[str, str]) -> None:
        nonlocal rows, columns, cell
        bare = tag.rpartition(":")[2]
        place = attributes.get("r", "")
        if bare == "row" and place.isdecimal():
            rows = max(rows, int(place))
        elif bare == "c" and (found := _PLACE.fullmatch(place)) is not None:
            columns, rows = max(columns, _column(found[1])), max(rows, int(found[2]))
        if bare == "c":
            cell = place
            inside.clear()
        inside.add(bare)
        if rows * columns > MOST_CELLS:
            raise _TooMuchError

    def ended(tag: str) -> None:
        if tag.rpartition(":")[2] == "c" and "f" in inside and inside.isdisjoint(("v", "is")):
            raise _NotReckonedError(cell)

    def declared(*_: object) -> None:
        raise ValueError("a sheet declares no entities")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begun, ended
    parser.StartDoctypeDeclHandler = declared
    parser.Parse(text, True)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _text(cell: Any, *, is_instant: bool) -> str:
    """Return what a cell shows; a date has the time of day where others of its column have one."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            shown = f"{cell:.{DIGITS}g}"
            return shown.removesuffix(".0")
        case datetime():
            return cell.isoformat(" ")
        case date() if is_instant:
            return datetime.combine(cell, time()).isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell)[:LONGEST_CELL]
