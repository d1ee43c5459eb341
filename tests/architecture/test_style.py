"""The habits that a reader relies on, held by a test where a linter has no rule for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.house import functions, modules

MOST_LINES = 350
MOST_LINES_OF_A_BODY = 50
MAY_BE_LONGER = {
    "scheduler.py": 450,  # the one place where the daemon is put together
}

EXACT_ROOMS = ("ledger", "projections", "rules", "reports")
SECONDS_ARE_FLOATS = ("ledger/clock.py", "ledger/storage/lock.py", "ledger/storage/sqlite/connection.py")
LIKENESS_OF_WORDS = ("projections/costs/words.py", 0.85)
"""difflib wants its cutoff as a float; it decides a hint, not a figure."""

WITHOUT_A_REASON = re.compile(r"# (type: ignore(\[[\w, -]*\])?|noqa(: [A-Z0-9, ]+)?)$")


def test_a_module_opens_with_its_chapter_heading() -> None:
    assert not [module.path for module in modules() if module.text and not ast.get_docstring(module.tree)]


def test_a_module_can_be_read_in_one_sitting() -> None:
    long = {module.path: n for module in modules() if (n := len(module.text.splitlines())) > most_lines_of(module.path)}
    assert not long


def test_a_function_fits_on_a_screen() -> None:
    for module in modules():
        long = [
            f"{each.name}:{each.lineno}" for each in functions(module.tree) if lines_of(each) > MOST_LINES_OF_A_BODY
        ]
        assert not long, module.path


def test_a_figure_never_passes_through_a_float() -> None:
    for module in modules(*EXACT_ROOMS):
        allowed = {LIKENESS_OF_WORDS[1]} if module.path == LIKENESS_OF_WORDS[0] else set()
        found = set(floats_of(module.tree)) - allowed
        assert not found or module.path in SECONDS_ARE_FLOATS, module.path


def test_an_error_nobody_foresaw_is_caught_only_at_the_edges() -> None:
    caught = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and swallows(node)
    }
    asks_a_thousand_books = "commands/books/asking.py"  # of which one with a bug stops no other
    assert caught <= {"cli.py", "scheduler.py", "hosting/home_daemon.py", "hosting/timetable.py", asks_a_thousand_books}


def test_a_rule_that_is_passed_over_says_why() -> None:
    bare = [
        f"{module.path}:{number}: {line.strip()}"
        for module in (*modules(), *modules("tests", "bench"))
        for number, line in enumerate(module.text.splitlines(), 1)
        if WITHOUT_A_REASON.search(line)
    ]
    assert not bare, "\n".join(("say why, behind it:", *bare))


def most_lines_of(path: str) -> int:
    return MAY_BE_LONGER.get(path, MOST_LINES)


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines the body of *function* has, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def floats_of(tree: ast.AST) -> Iterator[float | str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
            yield f"float( on line {node.lineno}"


def swallows(handler: ast.ExceptHandler) -> bool:
    """Return whether *handler* takes whatever comes and does not hand it on."""
    named = (
        {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {"Exception"}
    )
    last = handler.body[-1]
    return bool(named & {"Exception", "BaseException"}) and not (isinstance(last, ast.Raise) and last.exc is None)
