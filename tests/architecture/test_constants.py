"""A constant has one home: who needs it imports it, so that nobody can change one of two.

What these tests do not see: a word handed on as an argument, in a list or as the value of a key, where it may be a
column, a choice or the public form as well as the constant; a whole number; and the numbers of one form or one statute,
which stand where they are read.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import TypeVar

import pytest

from lotwork.ledger import events, units
from lotwork.ledger.storage import batch
from tests.architecture.house import Module, modules, name_of

MAY_SHARE = {
    "LATEST": "how far a country's law is known: each country's rules are read up to a year of their own",
    "MOST_BYTES": "how much a reader takes: the settings, a map, a case, an answer, a table each have their own bound",
}
"""Names that stand in several modules with one value today and mean something else in each."""
UNITS = "ledger/units.py"
NUMBERS = {str(value): name for name, value in vars(units).items() if isinstance(value, Decimal)}
"""The numbers that have a name in UNITS, as they are written."""
OF_ITS_OWN = {
    "HUNDREDTH": "of a percent: what the tables of depreciation are rounded to",
    "RATE": "the decimals of a rate, whatever those of a dollar are",
}
"""Constants with the value of one in UNITS and another meaning."""
WORDS = {
    **{getattr(events, name): name for name in ("US", "BUSINESS", "HOBBY", "JOINT", "SEPARATE")},
    batch.MAIN_BOOK: "MAIN_BOOK",
}
"""The words that have a name, and that name."""
HOMES_OF_WORDS = ("ledger/kinds/event_base.py", "ledger/storage/batch.py")


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


def numbers_without_their_name(tree: ast.Module) -> Iterator[str]:
    """Yield each Decimal written out that has a name in UNITS."""
    own = {id(node.value) for node in tree.body if isinstance(node, ast.Assign)
           and isinstance(node.targets[0], ast.Name) and node.targets[0].id in OF_ITS_OWN}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Decimal" and id(node) not in own:
            told = [str(each.value) for each in node.args if isinstance(each, ast.Constant)]
            yield from (f"{node.lineno}: {ast.unparse(node)} is {NUMBERS[each]}" for each in told if each in NUMBERS)


def words_without_their_name(tree: ast.Module) -> Iterator[str]:
    """Yield each word of WORDS that is compared with, or stands in where nothing is said."""
    for node in ast.walk(tree):
        places: list[ast.expr | None] = []
        match node:
            case ast.Compare():
                places = [node.left, *node.comparators]
            case ast.MatchValue() | ast.AnnAssign():
                places = [node.value]
            case ast.arguments():
                places = [*node.defaults, *node.kw_defaults]
            case ast.BoolOp():
                places = [*node.values]
            case ast.IfExp():
                places = [node.body, node.orelse]
        for place in places:
            inside = place.elts if isinstance(place, ast.Tuple | ast.List | ast.Set) else (place,)
            for each in inside:
                if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value in WORDS:
                    yield f"{each.lineno}: {ast.unparse(each)} is {WORDS[each.value]}"


def test_a_number_that_has_a_name_is_called_by_it() -> None:
    found = [f"{module.path}:{each}" for module in modules() if module.path != UNITS
             for each in numbers_without_their_name(module.tree)]  # fmt: skip
    assert not found, "\n".join(("import the name from its home:", *found))


def test_a_word_that_has_a_name_is_called_by_it() -> None:
    found = [f"{module.path}:{each}" for module in modules() if module.path not in HOMES_OF_WORDS
             for each in words_without_their_name(module.tree)]  # fmt: skip
    assert not found, "\n".join(("import the name from its home:", *found))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("tax = max(Decimal(0), due)", ["1: Decimal(0) is ZERO"]),
        ("CENTS = Decimal('0.01')", ["1: Decimal('0.01') is CENT"]),
        ("HUNDREDTH = Decimal('0.01')", []),
        ("half = Decimal('0.5')", []),
        ("if profile.activity != 'hobby': pass", ["1: 'hobby' is HOBBY"]),
        ("if status in ('mfj', 'qss'): pass", ["1: 'mfj' is JOINT"]),
        ("def read(book='main'): pass", ["1: 'main' is MAIN_BOOK"]),
        ("book: Name = 'main'", ["1: 'main' is MAIN_BOOK"]),
        ("head = book or 'main'", ["1: 'main' is MAIN_BOOK"]),
        ("FACTORS = Table(FactorShown, 'factor', 'business', 'hobby')", []),
        ("event = {'activity': 'business'}", []),
    ],
)
def test_what_is_written_out_again_is_found(source: str, found: list[str]) -> None:
    tree = ast.parse(source)
    assert [*numbers_without_their_name(tree), *words_without_their_name(tree)] == found
