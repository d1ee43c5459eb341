"""The workbook of Form 8949: numbers as numbers, formulas that say what the values beside them are."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineWorkbook

from lotwork.ledger.units import AssetTable
from lotwork.projections.forms.form_8949 import Form8949, SaleRow, ScheduleDLine, in_cents, total_of
from lotwork.reports.forms.drawn import Drawing
from lotwork.reports.forms.workbook import workbook

ROWS = [
    SaleRow("I", "short", "BTC", 10**7, date(2025, 1, 5), date(2025, 6, 1), 9_000_000_000, 8_000_005_000, "", 0,
            "taxpayer"),
    SaleRow("I", "short", "BTC", 10**7, None, date(2025, 6, 2), 1_000_000, 2_000_000, "W", 500_000, "taxpayer"),
    SaleRow("F", "long", "", 0, date(2023, 1, 5), date(2025, 7, 1), 10_000_000, 5_000_000, "", 0, "taxpayer",
            thing="=cmd()|S21"),
]  # fmt: skip
ENTERED = in_cents(ROWS)
LINES = tuple(
    ScheduleDLine(line, box, total_of(each for each in ENTERED if each.row.box == box), 0)
    for line, box in (("3", "I"), ("10", "F"))
)
DRAWING = Drawing(Form8949(2025, ENTERED, LINES), AssetTable(), "main", "law", 7, "head", ())
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets() -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(DRAWING).content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_sheet_for_each_box_and_one_for_schedule_d() -> None:
    told = sheets()
    assert list(told) == ["Read me", "Box F", "Box I", "Schedule D"]
    first, second, total = told["Box I"][3:6]
    assert first == ["0.1 BTC", date(2025, 1, 5), date(2025, 6, 1), 9000.0, 8000.0, "", "", 1000.0]
    assert second == ["0.1 BTC", "VARIOUS", date(2025, 6, 2), 1.0, 2.0, "W", 0.5, -0.5]
    assert total == ["Total (line 2)", "", "", 9001.0, 8002.0, "", 0.5, 999.5]
    assert told["Box F"][3][0] == "=cmd()|S21"


def formulas() -> list[tuple[str, str, str, str]]:
    """Return every formula: its sheet, its cell, what it says and the value beside it."""
    made = zipfile.ZipFile(io.BytesIO(workbook(DRAWING).content))
    found = []
    for number, name in enumerate(sheets(), 1):
        root = ET.fromstring(made.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314 - our own file
        for cell in root.iter(f"{SPACE}c"):
            formula, value = cell.find(f"{SPACE}f"), cell.find(f"{SPACE}v")
            if formula is not None and value is not None:
                found.append((name, str(cell.get("r")), str(formula.text), str(value.text)))
    return found


def test_every_formula_comes_to_the_value_beside_it() -> None:
    told = sheets()

    def at(sheet: str, cell: str) -> Decimal:
        letter, number = cell[0], int(cell[1:])
        value = told[sheet][number - 1][ord(letter) - ord("A")]
        return Decimal(str(value)) if value != "" else Decimal(0)

    def computed(sheet: str, rounded: str) -> Decimal:
        whole = re.fullmatch(r"ROUND\((.+),2\)", rounded)
        assert whole, "in binary, what is nothing may be less: -0.00"
        text = whole[1]
        span = re.fullmatch(r"SUM\(([A-H])(\d+):\1(\d+)\)", text)
        if span is not None:
            return sum((at(sheet, f"{span[1]}{row}") for row in range(int(span[2]), int(span[3]) + 1)), Decimal(0))
        parts = re.findall(r"([+-]?)(?:'([^']+)'!)?([A-H]\d+)", text)
        assert "".join(sign + (f"'{other}'!" if other else "") + cell for sign, other, cell in parts) == text
        return sum(((-1 if sign == "-" else 1) * at(other or sheet, cell) for sign, other, cell in parts), Decimal(0))

    found = formulas()
    assert len(found) == 3 + 8 + 8 + 1
    for sheet, cell, text, value in found:
        assert computed(sheet, text) == Decimal(value), (sheet, cell, text)


def test_a_draft_says_so_on_every_sheet() -> None:
    draft = workbook(DRAWING._replace(draft=("the year 2025 is not over",))).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(draft))
    assert all(str(book.get_sheet_by_name(name).to_python()[0][0]).startswith("DRAFT") for name in book.sheet_names)


def test_the_same_bytes_twice() -> None:
    assert workbook(DRAWING).content == workbook(DRAWING).content
