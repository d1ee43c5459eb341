"""Whole returns kept as files: what happened, and everything the program makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from lotwork.ledger.units import AssetTable
from lotwork.projections.liability import Liability, liability
from lotwork.projections.plan.structure import plan_structure
from lotwork.projections.quarterly import quarterly
from lotwork.projections.replay.book import Book
from lotwork.reports.costs import list_equipment, list_expenses
from lotwork.reports.estimated import list_quarterly
from lotwork.reports.gains import list_gains
from lotwork.reports.income import list_income
from lotwork.reports.lots import list_lots
from lotwork.reports.plan.structure import list_structure
from lotwork.reports.rows import Row, fields_of
from lotwork.reports.tax import list_liability
from tests.golden.worksheet import read
from tests.projections.house import book_of
from tests.rules.us.law import LAW

HERE = Path(__file__).parent
KEPT_YEARS = range(2023, 2027)
ASKED_ON = (2, 1)
"""The quarters are asked for on 1 February after the year."""
SALARY = Decimal(60_000)
"""The salary of the corporation that `s-corporation` asks about."""
PAYROLL_COST = Decimal(1_200)


def folders() -> list[Path]:
    """Return the folder of every kept return, `<year>/<name>`."""
    return sorted(path.parent for path in HERE.glob("*/*/events.jsonl"))


def year_of(folder: Path) -> int:
    """Return the tax year of a kept return."""
    return int(folder.parent.name)


def book(folder: Path, until: date | None = None) -> Book:
    """Return the book of a kept return, folded whole or *until* the end of a day."""
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    return book_of(*(json.loads(line) for line in lines if line), years=KEPT_YEARS, until=until)


def made(folder: Path) -> Iterator[tuple[str, Any]]:
    """Yield the name and content of every file the program makes of *folder*'s events."""
    folded, year = book(folder), year_of(folder)
    for each in sorted({year, *(entry.year for entry in read(folder / "worksheet.txt", year))}):
        owed = liability(folded, LAW, each)
        mark = "" if each == year else f"-{each}"
        yield (
            f"liability{mark}.json",
            fields_of(list_liability(owed)) | {"findings": [told.code for told in owed.findings]},
        )
        yield f"gains{mark}.json", list_gains(folded, each)
        yield f"income{mark}.json", list_income(folded, each)
        yield from _of_a_business(owed, mark)
        if each == year:
            yield "quarterly.json", _quarters(folded, owed)
    last_day = date(year, 12, 31)
    yield "lots.json", list_lots(book(folder, last_day), last_day)
    if folder.name == "s-corporation":
        plan = plan_structure(folded, LAW, year, SALARY, PAYROLL_COST)
        yield "structure.json", list_structure(plan)


def _of_a_business(owed: Liability, mark: str) -> Iterator[tuple[str, Any]]:
    if owed.profile.activity == "business":
        yield f"expenses{mark}.json", list_expenses(owed.business.expenses)
        yield f"equipment{mark}.json", list_equipment(owed.business.equipment)


def _quarters(folded: Book, owed: Liability) -> Any:
    return list_quarterly(quarterly(folded, LAW, owed, date(owed.year + 1, *ASKED_ON), "regular"), AssetTable())


def text(content: Row | dict[str, Any]) -> str:
    """Return the text of a kept file: a row a line, so that a difference reads as one."""
    parts = []
    for key, value in json.loads(msgspec.json.encode(content)).items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n".join(f"  {plain(row)}" for row in value)
            parts.append(f' "{key}": [\n{rows}\n ]')
        else:
            parts.append(f' "{key}": {plain(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def plain(value: Any) -> str:
    """Return *value* on one line, the citations left out: that every line has them is tested elsewhere."""
    return json.dumps(without_cites(value), default=str, ensure_ascii=False)


def without_cites(value: Any) -> Any:
    """Return *value* with no key `cites` anywhere in it."""
    if isinstance(value, dict):
        return {key: without_cites(each) for key, each in value.items() if key != "cites"}
    return [without_cites(each) for each in value] if isinstance(value, list | tuple) else value
