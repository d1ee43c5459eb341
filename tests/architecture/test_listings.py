"""What a person is shown comes from typed rows: every table names fields, and is made where an import checks it."""

from __future__ import annotations

import ast
from importlib import import_module

import pytest

from lotwork.reports.rows import Table
from tests.architecture.house import Module, functions, modules, name_of

STILL_UNTYPED = frozenset({"commands/tables.py", "commands/countries.py", "reports/countries.py"})
"""Modules whose rows are plain objects yet."""
ROWS = "reports/rows.py"
TELLING = tuple(module for module in modules("commands", "reports", "web") if module.path not in STILL_UNTYPED)


def test_no_command_prints_rows_of_plain_objects() -> None:
    assert {module.path for module in TELLING if "show_table" in module.text} == set()


def test_no_report_and_no_page_tells_rows_as_plain_objects() -> None:
    told = {module.path for module in TELLING if module.room != "commands" and module.path != ROWS
            for words in ("dict[str, Any]", "Mapping[str, Any]") if words in module.text}  # fmt: skip
    assert told == set()


def test_no_page_makes_text_of_amounts_but_in_the_one_place_for_it() -> None:
    """What a cell says is told by the reports; a page only puts the commas in."""
    makers = {"usd_text", "unscaled"}
    told = {module.path for module in modules("web") for node in ast.walk(module.tree)
            if isinstance(node, ast.Name) and node.id in makers}  # fmt: skip
    assert told == {"web/wording.py"}


def tables_in(module: Module) -> set[str]:
    """Return the names of the tables that *module* makes at its top, where an import checks their columns."""
    return {
        target.id
        for node in module.tree.body
        if isinstance(node, ast.Assign) and is_table(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def is_table(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == Table.__name__


MAKING = [module for module in modules() if tables_in(module)]


def test_no_table_is_made_where_no_import_checks_it() -> None:
    late = {module.path for module in modules() if module.path != ROWS
            for function in functions(module.tree) if any(map(is_table, ast.walk(function)))}  # fmt: skip
    assert late == set()
    assert len(MAKING) > 5


@pytest.mark.parametrize("module", MAKING, ids=lambda module: module.path)
def test_every_column_of_every_table_can_be_shown(module: Module) -> None:
    """A type that only a type checker can see would fail where the table is first shown."""
    made = import_module(name_of(module.path))
    for name in tables_in(module):
        table = getattr(made, name)
        assert isinstance(table, Table)
        assert [column.field for column in table.columns] == list(table.fields)
