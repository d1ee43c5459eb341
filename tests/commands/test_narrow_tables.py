"""Every table of the demo book at a terminal of 80 columns: no line longer, no figure cut, what is left out told."""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
from rich.cells import cell_len

from lotwork.commands import tables
from lotwork.reports.rows import Column, Row, Table
from tests.architecture.house import modules
from tests.command_tree import command_of, commands
from tests.commands.calling import Caller

WIDTH = 80
ASKED = (
    "lots", "income --year 2026", "gains --year 2026", "expenses --year 2026", "equipment --year 2026",
    "liability --year 2025", "reconcile broker --year 2026", "reconcile pool --year 2026",
    "completeness --year 2026", "rules list", "rules show us/ordinary/tops",
    "rules missing --year 2027", "books", "source list", "map list", "price BTC --at 2026-03-01T12:00Z",
)  # fmt: skip
SLOW = {
    "quarterly", "forms", "plan sale", "plan harvest", "plan set-aside", "plan structure", "plan activity",
    "plan year-end", "diff", "rules diff", "compute", "upgrade-check", "packet build", "all",
}  # fmt: skip
"""Their tables stand among those of made rows below: over the demo book they take seconds each."""
STYLES = re.compile(r"\x1b\[[0-9;]*m")


class Shown(NamedTuple):
    """One table: what was to be shown, and the lines it came to."""

    columns: list[str]
    figures: list[tuple[str, str]]
    lines: list[str]
    has_wide: bool


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with the demo book."""
    home = tmp_path_factory.mktemp("narrow") / "home"
    with pytest.MonkeyPatch.context() as patch:
        lotwork = Caller(home, _Silent(), patch)  # type: ignore[arg-type] # it only has to be read and emptied
        lotwork("demo")
    return home


class _Silent:
    def readouterr(self) -> tuple[str, str]:
        return "", ""


def printed(title: str, table: Table[Row], rows: Iterable[Row], totals: Any = None, *, has_wide: bool = False) -> Shown:
    """Print a table and return what came of it."""
    kept, told = list(rows), io.StringIO()
    with redirect_stdout(told):
        tables.show_rows(title, table, kept, totals=totals)
    figures = [
        (tables.heading(column.name), tables._cell(column, value))
        for row in kept
        for column, value in zip(table.columns, table.cells(row), strict=True)
        if column.shown.right
    ]
    names = [tables.heading(column.name) for column in table.columns]
    return Shown(names, figures, STYLES.sub("", told.getvalue()).splitlines(), has_wide)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", str(WIDTH))


@pytest.fixture
def tables_of(
    demo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., list[Shown]]:
    """Return what asks a command at a terminal of 80 columns and returns its tables."""
    shown: list[Shown] = []

    def spy(title: str, table: Table[Row], rows: Iterable[Row], *, totals: Any = None) -> None:
        has_wide = any("--wide" in each.opts for each in click.get_current_context().command.params)
        shown.append(printed(title, table, rows, totals, has_wide=has_wide))

    list(commands())  # imports them
    for name, module in list(sys.modules.items()):
        if name.startswith("lotwork.commands.") and module is not tables and hasattr(module, "show_rows"):
            monkeypatch.setattr(module, "show_rows", spy)
    monkeypatch.chdir(tmp_path)

    def ask(words: str, *more: str) -> list[Shown]:
        shown.clear()
        Caller(demo, capsys, monkeypatch)("--book", "demo", *words.split(), *more, code=None)
        return list(shown)

    return ask


@pytest.mark.parametrize("words", ASKED)
def test_every_table_fits_with_every_figure_whole(words: str, tables_of: Callable[..., list[Shown]]) -> None:
    shown = tables_of(words)
    assert shown
    for table in shown:
        assert table.has_wide
        check(table)


def check(table: Shown) -> None:
    """Hold that every line fits, every row is a line, and each figure is whole or its column told as left out."""
    assert max(map(cell_len, table.lines)) <= WIDTH, table.lines[:6]
    assert not table.figures or any(set(line.strip()) == {"─"} for line in table.lines), table.lines[:6]
    left_out = left_out_of(table)
    assert set(left_out) < set(table.columns)
    pieces = {piece for line in table.lines for piece in line.split()}
    shown = {figure for column, figure in table.figures if column not in left_out and figure}
    assert {figure for figure in shown if not set(figure.split()) <= pieces} == set()


def left_out_of(table: Shown) -> list[str]:
    told = " ".join(table.lines).partition("Left out, shown by --wide: ")[2]
    return told.partition("  ")[0].strip().split(", ") if told else []


@pytest.mark.parametrize("words", ["equipment --year 2026", "expenses --year 2026"])
def test_wide_shows_what_was_left_out(words: str, tables_of: Callable[..., list[Shown]]) -> None:
    (narrow,), (wide,) = tables_of(words), tables_of(words, "--wide")
    missing = left_out_of(narrow)
    assert missing
    assert set(missing) < set(narrow.columns)
    assert not left_out_of(wide)
    pieces = {piece for line in wide.lines for piece in line.split()}
    assert {piece for _, figure in wide.figures for piece in figure.split()} <= pieces
    assert max(map(len, wide.lines)) > WIDTH


def test_every_command_that_has_wide_is_asked() -> None:
    wide = {" ".join(words) for words in commands() if any("--wide" in each.opts for each in command_of(words).params)}
    assert {name for name in wide if not any(f"{words} ".startswith(f"{name} ") for words in ASKED)} == SLOW


def test_no_command_prints_a_table_without_it() -> None:
    printing = {module.path for module in modules("commands") if "show_rows(" in module.text}
    having = {module.path for module in modules("commands") if "@Wide" in module.text}
    for_books = {"commands/books/options.py"}  # what `books` and `all` end with, and they have it
    assert printing - having == {"commands/tables.py", "commands/countries.py"} | for_books


def printed_tables() -> Iterator[tuple[str, Table[Any]]]:
    """Yield every table that a command imports to print it."""
    for module in modules("commands"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lotwork.reports."):
                made = import_module(node.module or "")
                for name in node.names:
                    if isinstance(table := getattr(made, name.name), Table):
                        yield f"{node.module}.{name.name}", table


PRINTED = dict(printed_tables())
YEARS = tuple(f"deducted_{year}_usd" for year in range(2026, 2035))
SPREAD = {
    "OPTIONS": (("first_deducted_usd", YEARS[:3]), ("first_saved_usd", ("saved_2026_usd", "saved_2027_usd"))),
    "DEDUCTED": (("deducted_usd", YEARS),),
}


def made(column: Column) -> Any:
    """Return what a miner of middling size may have under *column*: the amounts of a million, the ids of a pool."""
    if column.shown.dollars or column.shown.price:
        return "-123456.78"
    if column.shown.right:
        return "12.34567891"
    return "braiins:payout:2026-01-02 of it" if column.shown.folds else "2026-01-02"


@pytest.mark.parametrize("name", PRINTED)
def test_every_table_that_is_printed_fits_with_long_ids_and_large_amounts(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = PRINTED[name]
    if spread := SPREAD.get(name.removeprefix("lotwork.reports.plan.year_end.")):
        table = table.spread(*((getattr(table.row, field), years) for field, years in spread))
    cells = tuple(map(made, table.columns))
    monkeypatch.setattr(Table, "cells", lambda _table, _row: cells)
    check(printed("A table", table, [Row()]))
