"""Imports go one way, and every module has one name; import-linter holds the rooms to it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGE, ROOMS, ROOT, SINGLE_MODULES, modules, name_of

HOUSE = {*ROOMS, *SINGLE_MODULES}


def test_the_rooms_import_in_one_direction() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:]


@pytest.mark.parametrize(("library", "its_room"), [("sqlmodel", "ledger"), ("web3", "ingest")])
def test_a_library_of_one_room_is_forbidden_to_every_other(library: str, its_room: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (forbidding,) = [each for each in contracts if library in each.get("forbidden_modules", ())]
    rooms = {*HOUSE, "face", "__main__"}
    assert {*forbidding["source_modules"]} == {f"{PACKAGE}.{room}" for room in rooms - {its_room}}


def test_the_installed_name_links_to_every_room_and_to_nothing_else() -> None:
    links = {path.name: path.readlink() for path in (ROOT / PACKAGE).iterdir() if path.is_symlink()}
    assert links == {name: Path("..", name) for name in (*ROOMS, *(f"{single}.py" for single in SINGLE_MODULES))}


@pytest.mark.parametrize("place", ["lotwork", "tests", "bench"])
def test_everything_is_imported_under_the_installed_name(place: str) -> None:
    looked_at = modules() if place == PACKAGE else modules(place)
    assert looked_at
    top = {name.partition(".")[0] for module in looked_at for name in module.imports}
    assert not top & HOUSE


def test_no_module_is_loaded_twice_under_two_names() -> None:
    """A checkout's top is on the path of whoever works in it: `import ledger` would be a second ledger."""
    names = [name_of(module.path) for module in modules() if module.path != f"{PACKAGE}/__main__.py"]
    loading = (
        f"import importlib, sys; [importlib.import_module(name) for name in {names!r}];"
        "print(*(f'{name}={m.__file__}' for name, m in sys.modules.items() if getattr(m, '__file__', None)))"
    )
    told = subprocess.run([sys.executable, "-c", loading], cwd=ROOT, capture_output=True, text=True, check=True)
    here = [(module.__name__, getattr(module, "__file__", None)) for module in list(sys.modules.values())]
    loaded = [(name, file) for name, _, file in (each.partition("=") for each in told.stdout.split())]
    ours = [(name, Path(file).resolve()) for name, file in (*here, *loaded) if file and name != "__main__"]
    rooms = [(name, file.relative_to(ROOT).parts[0]) for name, file in ours if file.is_relative_to(ROOT)]
    assert len(rooms) > len(names)
    assert {name.partition(".")[0] for name, top in rooms if top.removesuffix(".py") in HOUSE} == {PACKAGE}


def test_the_spine_of_the_ledger_needs_nothing_but_msgspec() -> None:
    for module in modules("ledger"):
        strangers = {name for name in module.imports if not is_of_the_spine(name)}
        if not module.path.startswith(("ledger/storage/schema.py", "ledger/storage/postgres/")):
            assert not strangers, f"{module.path} imports {strangers}"


def is_of_the_spine(name: str) -> bool:
    return name.partition(".")[0] in {*sys.stdlib_module_names, "msgspec"} or name.startswith("lotwork.ledger")
