"""Every fold names every kind of event, so that a new kind fails until each has said what it does with it.

A fold is a `match` over kinds of event. A function that asks one event again and again which kind it is would be one in
disguise, and a new kind would slip through it: it is found too. What these tests do not see: a single question, such as
the filter of a list, and kinds named as text (`history.of_kind`). Commands and sources are not looked at: they tell
apart what they were just given.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import get_args

import pytest

from lotwork.ledger.events import Event
from tests.architecture.house import ROOT, functions, kept_files, modules, read

KINDS = {kind.__name__ for kind in get_args(Event)}
FOLDING = ("ledger", "projections", "reports", "service", "alerts", "web")
"""The rooms that read what happened."""
VOCABULARY = "lotwork.ledger.events"
FEW = 6
"""As many of its names as a module may import one by one; one that needs more says `from lotwork.ledger import events
as e`."""


def classes_of(case: ast.match_case) -> Iterator[tuple[str, str]]:
    """Yield each class that *case* matches: through what it is named ("e", or nothing), and its name."""
    for node in ast.walk(case.pattern):
        if isinstance(node, ast.MatchClass):
            through, _, name = ast.unparse(node.cls).rpartition(".")
            yield through, name


def folds() -> Iterator[tuple[str, ast.Match, set[tuple[str, str]]]]:
    """Yield every match that tells kinds of event apart, and the kinds it names."""
    for module in modules(*FOLDING):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Match):
                named = {each for case in node.cases for each in classes_of(case)}
                if {name for _, name in named} & KINDS:
                    yield f"{module.path}:{node.lineno}", node, named


def kinds_asked(test: ast.expr) -> Iterator[tuple[str, set[str]]]:
    """Yield of each `isinstance` in *test* what is asked, and of which kinds of event."""
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            told, kinds = node.args
            names = {ast.unparse(each).rpartition(".")[2] for each in ast.walk(kinds) if isinstance(each, ast.expr)}
            if names & KINDS:
                yield ast.unparse(told), names & KINDS


def disguised(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, set[str]]:
    """Return what *function* asks in more than one `if` which kind of event it is, and the kinds it names."""
    questions: defaultdict[str, list[set[str]]] = defaultdict(list)
    for node in ast.walk(function):
        if isinstance(node, ast.If | ast.IfExp):
            for told, kinds in dict(kinds_asked(node.test)).items():
                questions[told].append(kinds)
    return {told: set().union(*kinds) for told, kinds in questions.items() if len(kinds) > 1}


def test_no_fold_is_a_chain_of_questions() -> None:
    found = [
        f"{module.path}:{function.lineno}: {function.name} asks {told} if it is one of {', '.join(sorted(kinds))}"
        for module in modules(*FOLDING)
        for function in functions(module.tree)
        for told, kinds in disguised(function).items()
    ]
    assert not found, "\n".join(("match the event, every kind of it, and end in assert_never:", *found))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("if isinstance(event, e.Receipt): a()\n elif isinstance(event, e.Sale): b()", {"Receipt", "Sale"}),
        (
            "if isinstance(event, Void | Correction): return\n if isinstance(event, Sale): b()",
            {"Void", "Correction", "Sale"},
        ),
        ("if isinstance(event, Receipt) and event.pool: a()\n if isinstance(other, Sale): b()", None),
        ("if isinstance(event, (Receipt, Sale)): a()", None),
        ("if isinstance(told, str): a()\n elif isinstance(told, int): b()", None),
    ],
)
def test_a_chain_of_questions_is_found(body: str, found: set[str] | None) -> None:
    (function,) = functions(ast.parse(f"def take(event, other, told):\n {body}"))
    assert disguised(function) == ({} if found is None else {"event": found})


def test_a_fold_names_every_kind_of_event() -> None:
    for place, _, named in folds():
        kinds = {name for _, name in named}
        assert kinds == KINDS, f"{place} does not name {KINDS - kinds}"


def test_a_fold_ends_in_assert_never() -> None:
    for place, match, _ in folds():
        assert "assert_never(" in ast.unparse(match.cases[-1]), place


def test_a_fold_reads_the_vocabulary_as_e() -> None:
    for place, _, named in folds():
        assert {through for through, _ in named} == {"e"}, place


def test_no_module_imports_the_vocabulary_a_word_at_a_time() -> None:
    for path in kept_files():
        if path.suffix != ".py":
            continue
        module = read(str(path.relative_to(ROOT)))
        for node in ast.walk(module.tree) if f"from {VOCABULARY} import" in module.text else ():
            if isinstance(node, ast.ImportFrom) and node.module == VOCABULARY:
                assert len(node.names) <= FEW, f"{module.path}:{node.lineno}: from lotwork.ledger import events as e"


def test_there_are_folds_to_look_at() -> None:
    found = {place.partition(":")[0] for place, _, _ in folds()}
    assert {"projections/lots.py", "projections/income.py", "projections/expenses.py", "ledger/doubts.py"} <= found
