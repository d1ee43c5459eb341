"""Whole returns: every file as it was read and approved, and each figure that was worked out by hand as worked out."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.golden.returns import HERE, folders, made, text, year_of
from tests.golden.worksheet import Entry, read

NAMES = ("hobby-miner", "farm", "home-business", "loss-year", "s-corporation", "sold-rigs")
LEAST_LINES_COMPARED = 10
returns = pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(HERE)))


def test_each_of_the_whole_returns_is_here() -> None:
    assert {folder.name for folder in folders()} == set(NAMES)


@returns
def test_the_program_still_makes_every_file_to_the_byte(folder: Path) -> None:
    """A figure that changes here changes on somebody's form: run `make golden`, read the difference, say why."""
    files = {name: text(content) for name, content in made(folder)}
    kept = {path.name for path in folder.glob("*.json")}
    assert kept == set(files)
    for name, content in files.items():
        assert (folder / name).read_text(encoding="utf-8") == content, f"{folder.name}/{name}"


@returns
def test_every_line_of_the_worksheet_is_what_the_program_says(folder: Path) -> None:
    year = year_of(folder)
    compared = [entry for entry in read(folder / "worksheet.txt", year) if entry.where]
    assert len(compared) >= LEAST_LINES_COMPARED
    for entry in compared:
        said = find(folder, "" if entry.year == year else f"-{entry.year}", entry)
        assert said == entry.amount.quantize(step(said), ROUND_HALF_UP), (folder.name, entry, said)


def step(said: Decimal) -> Decimal:
    return Decimal(1).scaleb(int(said.as_tuple().exponent))


def find(folder: Path, mark: str, entry: Entry) -> Decimal:
    """Return what the program says where *entry* points: a key of the summary, a form line, or `file:path`."""
    where = entry.where or ""
    file, colon, path = where.partition(":")
    if colon:
        return follow(
            content_of(folder / f"{file}{'' if file in ('lots', 'structure') else mark}.json"), path.split(".")
        )
    told = content_of(folder / f"liability{mark}.json")
    if where in told["summary"]:
        return Decimal(told["summary"][where])
    lines = {f"{line['form']} line {line['line']}": line["amount_usd"] for line in told["lines"]}
    assert where in lines, f"{folder.name}: no line {where!r}; there are {', '.join(lines)}"
    return Decimal(lines[where])


def follow(content: Any, path: list[str]) -> Decimal:
    """Return the figure at *path*; `sum.key` adds up that key of every row, `name=value` picks a row."""
    for place, key in enumerate(path):
        if key == "sum":
            return sum((Decimal(row[path[place + 1]]) for row in content["rows"]), Decimal(0))
        if isinstance(content, list):
            name, _, value = key.partition("=")
            content = next(row for row in content if str(row[name]) == value)
        else:
            content = content[key]
    return Decimal(content)


def content_of(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
