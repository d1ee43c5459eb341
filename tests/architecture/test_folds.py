"""Every fold names every kind of event, so that a new kind fails until each has said what it does with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import get_args

from lotwork.ledger.events import Event
from tests.architecture.house import modules

KINDS = {kind.__name__ for kind in get_args(Event)}


def classes_of(case: ast.match_case) -> Iterator[str]:
    for node in ast.walk(case.pattern):
        if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name):
            yield node.cls.id


def folds() -> Iterator[tuple[str, ast.Match, set[str]]]:
    """Yield every match of the projections that tells kinds of event apart, and the kinds it names."""
    for module in modules("projections"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Match):
                named = {name for case in node.cases for name in classes_of(case)}
                if named & KINDS:
                    yield f"{module.path}:{node.lineno}", node, named


def test_a_fold_names_every_kind_of_event() -> None:
    for place, _, named in folds():
        assert named == KINDS, f"{place} does not name {KINDS - named}"


def test_a_fold_ends_in_assert_never() -> None:
    for place, match, _ in folds():
        assert "assert_never(" in ast.unparse(match.cases[-1]), place


def test_there_are_folds_to_look_at() -> None:
    found = {place.partition(":")[0] for place, _, _ in folds()}
    assert {"projections/lots.py", "projections/income.py", "projections/expenses.py"} <= found
