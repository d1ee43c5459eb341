"""Rows as a CSV file: exact decimals, what is not known an empty cell, and no cell that is read as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar
from unicodedata import normalize

from lotwork.ledger.errors import plain
from lotwork.ledger.units import zero_unsigned
from lotwork.reports.rows import Column, Row, Table

R = TypeVar("R", bound=Row)

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: Table[R], rows: Iterable[R], *names: tuple[object, str]) -> str:
    """Return *rows* as *table* shows them under a header; *names* gives fields another name there.

    Raises NoSuchFieldError for a name of a field that the table does not show.
    """
    named = {table.field(field): name for field, name in names}
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(named.get(column.field, column.name) for column in table.columns)
    for row in rows:
        write.writerow(_cell(column, value) for column, value in zip(table.columns, table.cells(row), strict=True))
    return out.getvalue()


def sums_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return *rows* of a summary under *header*: a number stays one, and what is not known is an empty cell."""
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(plain_cell(str(name)) for name in header)
    for row in rows:
        texts = (_sum_text(value) for value in row)
        write.writerow(text if NUMBER.fullmatch(text) else plain_cell(text) for text in texts)
    return out.getvalue()


def _sum_text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{zero_unsigned(value):f}"
    return "" if value is None else str(value)


def plain_cell(text: str) -> str:
    """Return *text* so that a spreadsheet reads it as text, and all of it is seen.

    A name that begins like a formula gets an apostrophe, behind spaces and in wide letters too.
    """
    return plain(f"'{text}" if normalize("NFKC", text.lstrip(" ")[:1]).startswith(FORMULA_STARTS) else text)


def _cell(column: Column, value: Any) -> str:
    """Return a value as the file holds it; a number stays one, though it begin with a minus."""
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if column.shown.right else plain_cell(text)
