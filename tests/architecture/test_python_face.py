"""The Python face is what its page says: ten names, found lazily, each shape with its units."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import lotwork
from lotwork.face import completeness, owed, results
from tests.architecture.house import PACKAGE, ROOT, read

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
SHAPES = {
    "str": "text",
    "int": "number",
    "bool": "true or false",
    "dt.date": "day",
    "Mapping[str, Decimal]": "dollars by name",
    "Mapping[dt.date, Decimal]": "dollars by day",
    "Mapping[str, bool]": "true or false by name",
    "Mapping[Literal['short', 'long'], Total]": "Total by term",
}
"""How the page calls the type of a field; of amounts the unit decides."""
UNITS = {
    "usd": "dollars",
    "quantity": "coins",
    "kwh": "kWh",
    "share": "share",
    "rate": "share",
    "ratio": "ratio",
}
"""The last word of an amount's name, and its unit."""
ROW = re.compile(r"^\| `(\w+)` \| (`.+) \|$", re.MULTILINE)
FIELD = re.compile(r"`(\w+)` ([^,`]+)")
ASKING = "import sys; before = set(sys.modules); import lotwork; print(*sorted(set(sys.modules) - before))"


def shape_of(name: str, annotation: str) -> str:
    """Return the words of the page for a field of that name and annotation."""
    kind, _, nothing = annotation.partition(" | ")
    if kind.startswith("tuple["):
        return f"tuple of {shape_of(name, kind.removeprefix('tuple[').removesuffix(', ...]'))}"
    if kind == "Decimal":
        told = UNITS[name.rpartition("_")[2]]
    else:
        told = "text" if kind.startswith("Literal[") else SHAPES.get(kind, kind)
    return f"{told} or None" if nothing else told


def shapes() -> dict[str, dict[str, str]]:
    """Return every class that a book answers with, and the shape of each field of its own."""
    found = {}
    for module in (results, owed, completeness):
        for name, kind in vars(module).items():
            if is_dataclass(kind) and isinstance(kind, type) and kind.__module__ == module.__name__ and fields(kind):
                own = inspect.get_annotations(kind)
                found[name] = {field: shape_of(field, annotation) for field, annotation in own.items()}
    return found


def test_the_page_names_what_is_public_and_nothing_else() -> None:
    told = re.findall(r"^\| `(\w+)(?:\(.*?\))?` \|", PAGE.split("## The names")[1].split("\n## ")[0], re.MULTILINE)
    assert sorted(told) == sorted(lotwork.__all__)
    assert 7 <= len(lotwork.__all__) <= 10


def test_every_shape_stands_on_the_page_with_its_units() -> None:
    told = {name: dict(FIELD.findall(row)) for name, row in ROW.findall(PAGE.split("## Shapes and units")[1])}
    assert told == shapes()


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    for name in lotwork.__all__:
        public = getattr(lotwork, name)
        if isinstance(public, str):
            continue
        assert inspect.getdoc(public), name
        for method, made in vars(public).items() if isinstance(public, type) else ():
            if callable(made) and not method.startswith("_"):
                assert inspect.getdoc(made), f"{name}.{method}"


def test_dir_names_the_public_names_and_another_is_no_attribute() -> None:
    assert dir(lotwork) == sorted(lotwork.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = lotwork.nothing  # type: ignore[attr-defined] # what is not there is the test


def test_a_type_checker_sees_the_names_that_are_found_lazily() -> None:
    seen = {
        alias.name
        for node in read(f"{PACKAGE}/__init__.py").tree.body
        if isinstance(node, ast.If)
        for each in node.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    assert seen | {"__version__"} == set(lotwork.__all__)


def test_to_import_the_face_loads_no_room_and_no_library() -> None:
    told = subprocess.run([sys.executable, "-c", ASKING], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [PACKAGE]


def test_the_version_is_the_one_the_command_tells() -> None:
    told = subprocess.run(
        [sys.executable, "-m", PACKAGE, "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split()[-1] == lotwork.__version__


def test_the_face_is_of_the_folder_and_no_second_module() -> None:
    assert Path(lotwork.__file__ or "") == ROOT / PACKAGE / "__init__.py"
    assert lotwork.Book.__module__ == f"{PACKAGE}.face.api"
    assert lotwork.Lots is results.Lots
