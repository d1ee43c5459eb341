"""What is told comes from typed rows: a result is one, and a table stands beside them, where an import checks it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from lotwork.commands import answer
from lotwork.projections.findings import Finding
from lotwork.reports.rows import Row, Table
from lotwork.reports.whole_result import result_of
from lotwork.rules.load import Law
from tests.architecture.house import Module, functions, modules, name_of

ROWS = "reports/rows.py"
TELLING = modules("commands", "reports", "web")
NAMES = {"Finding": Finding, "Law": Law}
"""What only a type checker sees in commands/answer.py."""


def test_no_command_prints_rows_of_plain_objects() -> None:
    assert {module.path for module in TELLING if "show_table" in module.text} == set()


def test_nothing_is_told_as_a_plain_object() -> None:
    told = {module.path for module in TELLING if module.path != ROWS
            for words in ("dict[str, Any]", "Mapping[str, Any]") if words in module.text}  # fmt: skip
    assert told == set()


@pytest.mark.parametrize("telling", [answer.answer, answer.print_result, result_of, answer.print_alone])
def test_a_command_answers_with_a_row(telling: Callable[..., Any]) -> None:
    """So that a key that is missing or misspelt fails the type check."""
    assert get_type_hints(telling, vars(answer) | NAMES)["content"] is Row


def test_no_command_makes_json_of_its_own_but_what_import_reads() -> None:
    """`export` writes events, and a plan of a sale the line that records its lots."""
    makers = {"msgspec.json.encode", "json.dumps"}
    told = {module.path for module in modules("commands") for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in makers}  # fmt: skip
    assert told == {"commands/export.py", "commands/plan/sale.py"}


def test_a_plan_has_one_name_in_each_room() -> None:
    folds, rows, commands = (
        {Path(module.path).name for module in modules() if module.path.startswith(f"{room}/plan/")}
        for room in ("projections", "reports", "commands")
    )
    plans = commands - {"__init__.py", "group.py", "context.py", "options.py"}
    assert len(plans) > 5
    assert plans <= rows
    assert plans <= folds


def test_every_table_stands_beside_its_rows() -> None:
    assert {module.room for module in MAKING} == {"reports"}
    for module in MAKING:
        for name in tables_in(module):
            table = getattr(import_module(name_of(module.path)), name)
            assert table.row.__module__ == name_of(module.path)


def test_no_page_makes_text_of_amounts_but_in_the_one_place_for_it() -> None:
    """What a cell says is told by the reports; a page only puts the commas in, an act an event's coins."""
    makers = {"usd_text", "unscaled"}
    told = {module.path for module in modules("web") for node in ast.walk(module.tree)
            if isinstance(node, ast.Name) and node.id in makers}  # fmt: skip
    assert told == {"web/wording.py", "web/acts/lots.py"}


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


MAKING = [module for module in modules() if f"{Table.__name__}(" in module.text and tables_in(module)]


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
