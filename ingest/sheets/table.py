"""A table out of a stranger's file: comma-separated values of any dialect, or every reason why not.

Spreadsheets write byte-order marks, semicolons, other encodings, lines about the account above the header, and cells
that are formulas. What can be read without doubt is read; for the rest each problem says file, line, column, reason
and remedy, all of them at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lotwork.ingest.sheets.content import WORKBOOKS, content_of, refuse_nul
from lotwork.ingest.sheets.workbook import sheets_of
from lotwork.ledger.errors import InputRefusedError, Problem

MOST_ROWS = 1_000_000
MOST_PROBLEMS = 200
DELIMITERS = (",", ";", "\t", "|")
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, and its cells by column name."""

    line: int
    cells: Mapping[str, str]


def read_table(
    path: Path,
    columns: Collection[str],
    problems: list[Problem],
    *,
    delimiter: str | None = None,
    encoding: str = "utf-8-sig",
    skip_lines: int = 0,
) -> tuple[Row, ...]:
    """Return the rows of *path* that have all of *columns*; append a problem for every other row.

    Raises InputRefusedError where there is no text to look at: no such file, a broken workbook or one of several
    sheets, another encoding.
    """
    data = content_of(path)
    is_book = data.startswith(WORKBOOKS)
    text = _sheet_as_text(path.name, data) if is_book else _text(path.name, data, encoding)
    body = "".join(text.split("\n", skip_lines)[skip_lines:])
    divided = "," if is_book else delimiter or sniff(body, columns)
    rows = tuple(_rows(path.name, body, columns, divided, skip_lines, problems))
    if not problems and not rows:
        problems.append(Problem(f"{path.name}:1", "file", "it has no rows", "export it again"))
    return rows


def refuse_if_any(name: str, problems: list[Problem]) -> None:
    """Raise InputRefusedError with *problems*, by line, where there are any; a flood is cut, and said to be."""
    if not problems:
        return
    problems.sort(key=lambda problem: int(problem.where.rpartition(":")[2]))
    title = f"{name}: refused, {len(problems)} problem(s), nothing was recorded"
    if len(problems) > MOST_PROBLEMS:
        title += f"; the first {MOST_PROBLEMS} follow"
    raise InputRefusedError(title, problems[:MOST_PROBLEMS])


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


def _rows(
    name: str, text: str, columns: Collection[str], delimiter: str, skipped: int, problems: list[Problem]
) -> Iterator[Row]:
    """Yield the rows under the header; append what is wrong with the others."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    line = skipped + 1
    count = 0
    try:
        for cells in reader:
            where, line = line, skipped + reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                missing = _header_problems(f"{name}:{where}", header, columns)
                problems.extend(missing)
                if missing:
                    return
                continue
            count += 1
            if count > MOST_ROWS:
                problems.append(Problem(f"{name}:{where}", "file", f"more than {MOST_ROWS} rows", "split it by year"))
                return
            wrong = _row_problems(f"{name}:{where}", header, cells, columns)
            problems.extend(wrong)
            if not wrong:
                named = zip(header, cells, strict=False)
                yield Row(where, {column: unguarded(cell) for column, cell in named if column})
    except csv.Error as broken:
        remedy = "close the quote or shorten the field, or say the right delimiter"
        problems.append(Problem(f"{name}:{line}", "file", f"it cannot be read as CSV ({broken})", remedy))


def _header_problems(where: str, header: list[str], columns: Collection[str]) -> list[Problem]:
    has = ", ".join(cell[:SHOWN] for cell in header if cell)
    problems = [
        Problem(where, column, "the file has no such column", f"map one of its columns: {has}")
        for column in columns
        if column not in header
    ]
    problems += [
        Problem(where, column, "two columns have this name", "rename one of them")
        for column in columns
        if header.count(column) > 1
    ]
    return problems


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
