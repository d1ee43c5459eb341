"""The lines of any table a person may hand in: text of any dialect, a workbook, each packed by gzip or not.

Nothing is unpacked beyond a bound, whatever the file says of its size; a workbook's cells are text here, as a CSV's.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lotwork.ingest.profiles.workbook import sheets_of
from lotwork.ledger.errors import InputRefusedError, Problem

MOST_BYTES = 64 * 1024 * 1024
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
PACKED = b"\x1f\x8b"


class Line(NamedTuple):
    """One line of cells, by its number in the file."""

    number: int
    cells: list[str]


class Sheet(NamedTuple):
    """A table that was not read yet: its text, or, of a workbook, its lines."""

    name: str
    text: str = ""
    lines: tuple[Line, ...] = ()


def content_of(path: Path) -> bytes:
    """Return what is in *path*, unpacked where it is packed. Raises InputRefusedError."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as broken:
        raise InputRefusedError(f"{path.name}: it cannot be read ({broken.strerror}): check the path") from None
    if data.startswith(PACKED):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            raise InputRefusedError(f"{path.name}: it is packed and broken: fetch it again") from None
    if len(data) > MOST_BYTES:
        raise InputRefusedError(f"{path.name}: it is larger than {MOST_BYTES >> 20} MiB: split it by year")
    return data


def sheets_in(name: str, data: bytes) -> tuple[Sheet, ...]:
    """Return the tables in *data*: one of text, or those of a workbook."""
    if data.startswith(WORKBOOKS):
        found = sheets_of(name, data)
        return tuple(
            Sheet(title, lines=tuple(Line(number, cells) for number, cells in enumerate(rows, 1)))
            for title, rows in found.items()
        )
    return (Sheet("", text=decoded(name, data)),)


def decoded(name: str, data: bytes) -> str:
    """Return the text of *data*: UTF-8, or UTF-16 that says so, or what an older Windows writes."""
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" in text:
            line = text.count("\n", 0, text.index("\x00")) + 1
            problem = Problem(f"{name}:{line}", "file", "it holds a NUL character", "export it again as text")
            raise InputRefusedError(f"{name}: refused", [problem])
        return text
    raise InputRefusedError(f"{name}: it is no text in UTF-8, UTF-16 or Windows-1252: save it as UTF-8")


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


def says_something(cells: Iterable[str]) -> bool:
    """Say if a line is not blank."""
    return any(cell.strip(" \u00a0") for cell in cells)
