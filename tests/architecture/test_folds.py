"""Every fold names every kind of event, so that a new kind fails until each has said what it does with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import get_args

from lotwork.ledger.events import Event
from tests.architecture.house import ROOT, kept_files, modules, read

KINDS = {kind.__name__ for kind in get_args(Event)}
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
    """Yield every match of the projections that tells kinds of event apart, and the kinds it names."""
    for module in modules("projections"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Match):
                named = {each for case in node.cases for each in classes_of(case)}
                if {name for _, name in named} & KINDS:
                    yield f"{module.path}:{node.lineno}", node, named


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
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module == VOCABULARY:
                assert len(node.names) <= FEW, f"{module.path}:{node.lineno}: from lotwork.ledger import events as e"


def test_there_are_folds_to_look_at() -> None:
    found = {place.partition(":")[0] for place, _, _ in folds()}
    assert {"projections/lots.py", "projections/income.py", "projections/expenses.py"} <= found
