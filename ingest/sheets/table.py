"""A table out of a stranger's file: comma-separated values of any dialect, or every reason why not.

Spreadsheets write byte-order marks, semicolons, other encodings, lines about the account above the header, and cells
that are formulas. What can be read without doubt is read; for the rest each problem says file, line, column, reason
and remedy, all of them at once.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from lotwork.ingest.sheets.content import WORKBOOKS, content_of, refuse_nul
from lotwork.ingest.sheets.likeness import likest
from lotwork.ingest.sheets.workbook import sheets_of
from lotwork.ledger.boundary import Opener
from lotwork.ledger.errors import InputRefusedError, Problem

MOST_ROWS = 1_000_000
MOST_PROBLEMS = 200
DELIMITERS = (",", ";", "\t", "|")
SHOWN = 40
EMPTY = "the row is empty"
TOTAL = "the row is a total"
HEADER_AGAIN = "the header stands again"
_TOTAL = re.compile(r"(?:grand |sub[- ]?)?totals?:?|sum:?|summe:?|gesamt:?", re.IGNORECASE)
_FIRST_OF_TOTAL = frozenset("TtSsGg")
_OF_TOTAL = re.compile(r"\b(?:sub)?totals?\b|\bsum\b|\bsumme|\bgesamt", re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """The rows under one header; a file that was put together of several exports has a header for each."""

    number: int
    line: int
    header: list[str]
    nameless: bool = False
    """Whether something stands under no name."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, its cells by column name, and the part of the file it stands in."""

    line: int
    cells: Mapping[str, str]
    part: Part


class Sheet(NamedTuple):
    """The rows that can be read, why others say nothing, by reason, and all of the file as it is."""

    rows: tuple[Row, ...]
    nothing: Mapping[str, int]
    content: bytes


def read_table(
    path: Path,
    columns: Collection[str],
    problems: list[Problem],
    *,
    optional: Collection[str] = (),
    delimiter: str | None = None,
    encoding: str = "utf-8-sig",
    skip_lines: int = 0,
    opener: Opener | None = None,
) -> Sheet:
    """Return the rows of *path* that have all of *columns*; append a problem for every other row that says something.

    *opener* opens it where nobody named it by hand (`ledger.boundary`).

    Raises InputRefusedError where there is no text to look at: no such file, a broken workbook or one of several
    sheets, another encoding.
    """
    content = content_of(path, opener)
    is_book = content.startswith(WORKBOOKS)
    text = _sheet_as_text(path.name, content) if is_book else _text(path.name, content, encoding)
    body = "".join(text.split("\n", skip_lines)[skip_lines:])
    nothing: Counter[str] = Counter()
    reading = _Reading(path.name, columns, frozenset((*columns, *optional)), problems, nothing)
    rows = tuple(reading.rows(body, "," if is_book else delimiter or sniff(body, columns), skip_lines))
    if not problems and not rows:
        problems.append(Problem(f"{path.name}:1", "file", "it has no rows", "export it again"))
    return Sheet(rows, nothing, content)


def says_total(cell: str) -> bool:
    """Say if a cell names its row a sum of others."""
    return cell[:1] in _FIRST_OF_TOTAL and _TOTAL.fullmatch(cell) is not None


def speaks_of_total(cell: str) -> bool:
    """Say if a cell may name its row a sum of others: whether it is one, the amounts say ("Total EXAMPLE POWER")."""
    return _OF_TOTAL.search(cell) is not None


def refuse_if_any(name: str, problems: list[Problem]) -> None:
    """Raise InputRefusedError with *problems*, by line, where there are any; a flood is cut, and said to be first."""
    if not problems:
        return
    problems.sort(key=attrgetter("place"))
    title = f"{name}: refused, {len(problems)} problem(s), nothing was recorded"
    listed = problems[:MOST_PROBLEMS]
    if len(problems) > MOST_PROBLEMS:
        reason = f"there are more problems; the first {MOST_PROBLEMS} follow"
        listed.insert(0, Problem(name, "rows", reason, "mend these, and read the file again"))
    raise InputRefusedError(title, listed)


def _text(name: str, data: bytes, encoding: str) -> str:
    """Return the text of *data*, in the encoding that is said."""
    if encoding.startswith("utf-8") and (data.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise InputRefusedError(f'{name}: it is UTF-16: save it as UTF-8, or say encoding = "utf-16"')
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError as broken:
        line = data.count(b"\n", 0, getattr(broken, "start", 0)) + 1
        problem = Problem(f"{name}:{line}", "file", f"it is not {encoding}", 'say its encoding, like "cp1252"')
        raise InputRefusedError(f"{name}: refused", [problem]) from None
    except LookupError:
        raise InputRefusedError(f"{name}: no encoding is called {encoding!r}: say utf-8 or cp1252") from None
    refuse_nul(name, text)
    return text


def _sheet_as_text(name: str, data: bytes) -> str:
    """Return the one sheet of a workbook that says something, as CSV with commas."""
    told = {title: rows for title, rows in sheets_of(name, data).items() if any(map(any, rows))}
    if len(told) != 1:
        raise InputRefusedError(f"{name}: {len(told)} of its sheets say something: save the one that is meant as CSV")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(*told.values())
    return out.getvalue()


def sniff(text: str, columns: Collection[str]) -> str:
    """Return the delimiter under which the header shows most of *columns*, then most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            header = {cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])}
        except csv.Error:
            return 0, 0
        return len(header.intersection(columns)), len(header)

    return max(DELIMITERS, key=fit)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One look through a file: where problems go, and rows that say nothing."""

    name: str
    columns: Collection[str]
    read: Collection[str]
    """Those columns, and the ones that are read where the file has them."""
    problems: list[Problem]
    nothing: Counter[str]

    def rows(self, text: str, delimiter: str, skipped: int) -> Iterator[Row]:
        """Yield the rows under each header; append what is wrong with the others."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        part: Part | None = None
        line = skipped + 1
        count = 0
        try:
            for cells in reader:
                where, line = line, skipped + reader.line_num + 1
                if not any(cell.strip() for cell in cells):
                    self.nothing.update([EMPTY] if part is not None and len(cells) > 1 else ())
                elif part is None or self._is_header(cells):
                    self.nothing.update([] if part is None else [HEADER_AGAIN])
                    part = self._part(where, cells, 0 if part is None else part.number + 1)
                    if part is None:
                        return
                elif (row := self._row(where, cells, part)) is not None:
                    count += 1
                    if count > MOST_ROWS:
                        self._refuse(where, "file", f"more than {MOST_ROWS} rows", "split it by year")
                        return
                    yield row
        except csv.Error as broken:
            remedy = "close the quote or shorten the field, or say the right delimiter"
            self._refuse(line, "file", f"it cannot be read as CSV ({broken})", remedy)

    def _refuse(self, line: int, column: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(f"{self.name}:{line}", column, reason, remedy))

    def _is_header(self, cells: Sequence[str]) -> bool:
        """Say if a line names every column that is needed, as a header does and no row."""
        return bool(self.columns) and {cell.strip() for cell in cells}.issuperset(self.columns)

    def _part(self, line: int, cells: Sequence[str], number: int) -> Part | None:
        header = [cell.strip() for cell in cells]
        missing = _header_problems(f"{self.name}:{line}", header, self.columns, self.read)
        self.problems.extend(missing)
        return None if missing else Part(number, line, header)

    def _row(self, line: int, cells: list[str], part: Part) -> Row | None:
        header = part.header
        if len(cells) < len(header) and says_total(next(filter(None, map(str.strip, cells)))):
            self.nothing[TOTAL] += 1
            return None
        wrong = _row_problems(f"{self.name}:{line}", header, cells, self.columns)
        self.problems.extend(wrong)
        if wrong:
            return None
        named = {}
        for column, cell in zip(header, cells, strict=False):
            if column:
                named[column] = unguarded(cell)
            elif cell.strip():
                part.nameless = True
        return Row(line, named, part)


def _header_problems(where: str, header: list[str], columns: Collection[str], read: Collection[str]) -> list[Problem]:
    has = ", ".join(cell[:SHOWN] for cell in header if cell)
    problems = [
        Problem(where, column, "the file has no such column", _remedy(column, header, has))
        for column in columns
        if column not in header
    ]
    problems += [
        Problem(where, column, "two columns have this name", "rename one of them")
        for column in dict.fromkeys(header)
        if column in read and header.count(column) > 1
    ]
    return problems


def _remedy(column: str, header: Collection[str], has: str) -> str:
    near = likest(column, filter(None, header))
    meant = "" if near is None else f"did you mean {near[:SHOWN]}? "
    return f"{meant}map one of its columns: {has}"


def _row_problems(where: str, header: list[str], cells: list[str], columns: Collection[str]) -> list[Problem]:
    if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
        reason = f"the row has {len(cells)} cells and the header {len(header)}"
        return [Problem(where, "row", reason, "check the delimiter and the quotes")]
    return [
        Problem(where, column, f"{cell[:SHOWN]!r} is a formula", "export values, not formulas")
        for column, cell in zip(header, cells, strict=False)
        if column in columns and cell.lstrip().startswith("=") and unguarded(cell).startswith("=")
    ]


def unguarded(cell: str) -> str:
    """Return the text of a cell without the guards spreadsheets put around it: `="0012"`, and `'` before `=`."""
    cell = cell.strip(" \u00a0")
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 and '"' not in cell[2:-1]:  # noqa: PLR2004 - the guard itself
        return cell[2:-1]
    if cell.startswith("'") and cell[1:2] in ("=", "+", "-", "@"):
        return cell[1:]
    return cell
