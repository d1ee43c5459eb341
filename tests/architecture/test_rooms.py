"""Imports go one way. import-linter holds the packages to it; the three single modules are held here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOMS, ROOT, SINGLE_MODULES, imports, modules, read

HOUSE = {*ROOMS, *SINGLE_MODULES}
MAY_IMPORT = {
    "cli": {"commands", "ledger"},
    "config": {"ledger", "service"},
    "scheduler": {"alerts", "config", "ingest", "ledger", "projections", "reports", "rules", "service", "web"},
}
MAY_BE_IMPORTED_BY = {"cli": set[str](), "config": {"commands", "scheduler"}, "scheduler": {"commands"}}


def rooms_imported_by(path: str) -> set[str]:
    return {name.partition(".")[0] for name in imports(read(path).tree)} & HOUSE


def test_the_packages_import_in_one_direction() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:]


@pytest.mark.parametrize("name", SINGLE_MODULES)
def test_a_single_module_imports_only_the_rooms_below_it(name: str) -> None:
    assert rooms_imported_by(f"{name}.py") <= MAY_IMPORT[name]


@pytest.mark.parametrize("name", SINGLE_MODULES)
def test_a_single_module_is_imported_only_from_above_it(name: str) -> None:
    callers = {module.room for module in modules() if module.room != name and name in rooms_imported_by(module.path)}
    assert callers <= MAY_BE_IMPORTED_BY[name]


def test_the_spine_of_the_ledger_needs_nothing_but_msgspec() -> None:
    allowed = {*sys.stdlib_module_names, "msgspec", "ledger"}
    for module in modules("ledger"):
        strangers = {name.partition(".")[0] for name in imports(module.tree)} - allowed
        if module.path != "ledger/store.py":
            assert not strangers, f"{module.path} imports {strangers}"
