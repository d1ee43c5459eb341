"""A constant has one home: who needs it imports it, so that nobody can change one of two."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import TypeVar

from tests.architecture.house import Module, modules, name_of

MAY_SHARE = {
    "LATEST": "how far a country's law is known: each country's rules are read up to a year of their own",
    "MOST_BYTES": "how much a reader takes: the settings, a map, a case, an answer, a table each have their own bound",
}
"""Names that stand in several modules with one value today and mean something else in each."""


def constants_of(module: Module) -> Iterator[str]:
    """Yield the constants *module* defines: names in capitals, and aliases of a list of words."""
    for node in module.tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if value is not None:
            words = isinstance(value, ast.Subscript) and ast.unparse(value.value) == "Literal"
            named = target.elts if isinstance(target, ast.Tuple) else (target,)
            yield from (each.id for each in named if isinstance(each, ast.Name) and (words or each.id.isupper()))


def test_a_constant_is_defined_once() -> None:
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for module in modules():
        for name in constants_of(module):
            homes[name.lstrip("_")].append(f"{name_of(module.path)}:{name}")
    for name, places in homes.items():
        if len(places) > 1 and name not in MAY_SHARE:
            values = [value_at(place) for place in places]
            again = [place for place, value in zip(places, values, strict=True) if values.count(value) > 1]
            assert not again, f"{name} has more than one home"


def value_at(place: str) -> tuple[object, ...]:
    """Return the value of "module:NAME", with its type; a type variable is like no other."""
    module, _, name = place.partition(":")
    value = getattr(import_module(module), name)
    return (place,) if isinstance(value, TypeVar) else (type(value), value)
