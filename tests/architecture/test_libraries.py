"""A heavy or a worldly library is known to few modules, so that it can be changed, or not loaded at all."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.store import EventStore
from tests.architecture.house import PACKAGE, ROOT, modules, name_of

KNOWN_TO = {
    "sqlmodel": ("ledger/storage/schema.py",),
    "sqlalchemy": ("ledger/storage/schema.py",),
    "psycopg": ("ledger/storage/postgres/",),
    "web3": ("ingest/evm/node.py",),
    "bitcoin": ("ingest/bitcoin/",),
    "embit": ("ingest/bitcoin/",),
    "apscheduler": ("scheduler.py", "hosting/"),
    "rich": ("commands/tables.py",),
    "starlette": ("web/", "service/", "hosting/", "scheduler.py"),
    "uvicorn": ("service/", "scheduler.py"),
    "jinja2": ("web/",),
    "httpx2": ("ingest/", "alerts/webhook.py"),
    "stamina": ("ingest/",),
    "apprise": ("alerts/apprise.py",),
    "click": ("cli.py", "commands/"),
    "structlog": ("service/", "scheduler.py", "hosting/", "alerts/", "ingest/", "web/sessions.py"),
    "platformdirs": ("service/home.py",),
    "ofxtools": ("ingest/profiles/bank_file.py",),
    "python_calamine": ("ingest/sheets/workbook.py",),
    "charset_normalizer": ("ingest/sheets/content.py",),
    "xlsxwriter": ("reports/forms/workbook",),
    "typst": ("reports/forms/sheets/typeset.py",),
    "pyarrow": ("reports/parquet.py",),
    "opentimestamps": ("ingest/calendars/proof.py",),
    "pypdf": ("reports/forms/official/blank.py",),
    "distributed": ("commands/books/cluster.py",),
    "websockets": ("ingest/meters/home_assistant_line.py",),
}
OF_FEW_FILES = {"ofxtools", "python_calamine", "charset_normalizer", "websockets"}
HEAVY = {
    "sqlmodel",
    "sqlalchemy",
    "psycopg",
    "web3",
    "bitcoin",
    "embit",
    "rich",
    "starlette",
    "httpx2",
    "apscheduler",
    "jinja2",
    "xlsxwriter",
    "typst",
    "pypdf",
    "pyarrow",
    "opentimestamps",
    "distributed",
}

READING = """
import sys
from lotwork import cli
try:
    cli.main(sys.argv[1:])
except SystemExit as end:
    print("code", end.code, file=sys.stderr)
print("loaded", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize(("library", "places"), KNOWN_TO.items())
def test_a_library_is_imported_only_where_it_belongs(library: str, places: tuple[str, ...]) -> None:
    knowers = {module.path for module in modules() if library in {n.partition(".")[0] for n in module.imports}}
    assert knowers, f"nobody imports {library}: take it out of this table"
    assert all(path.startswith(places) for path in knowers), knowers


def test_a_ledger_is_opened_where_its_place_is_known_and_nowhere_else() -> None:
    """Else a home whose ledger is on a server would be read as an empty one, and answer with figures of nothing."""
    opening = {"EventLog.open", "EventStore.open", "EventLog", "EventStore", "ledger_file", "Sqlite", "verify"}
    rooms = [module for module in modules() if not module.path.startswith("ledger/")]
    found = {
        f"{module.path}: {ast.unparse(node.func)}"
        for module in rooms
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in opening
    }
    assert found == {
        "service/ledger_place.py: EventLog.open",
        "service/ledger_place.py: EventStore.open",
        "service/ledger_place.py: Sqlite",
        "commands/ledger.py: Sqlite",  # where a ledger comes back to
        "commands/upkeep.py: verify",  # which is told the database
    }


def loaded_by(*words: str) -> set[str]:
    """Return the top-level modules that a run of the command line leaves loaded; it must end with 0."""
    told = subprocess.run(
        [sys.executable, "-c", READING, *words], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    code, loaded = told.stderr.splitlines()[-2:]
    assert code == "code 0", told.stderr
    return set(loaded.split()[1:])


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("gains", "--help")])
def test_help_loads_no_heavy_library(words: tuple[str, ...]) -> None:
    assert not loaded_by(*words) & HEAVY


def test_a_report_is_read_without_the_libraries_that_write_or_draw(tmp_path: Path) -> None:
    with EventStore.open(tmp_path, clock=SystemClock()):
        asked = ("gains", "--year", "2025", "--json", "--home", str(tmp_path))
    assert not loaded_by(*asked) & HEAVY


def test_a_table_is_read_without_the_libraries_of_other_files(tmp_path: Path) -> None:
    asked = ("import", "tests/data/exports/robinhood.csv", "--dry-run", "--home", str(tmp_path))
    assert not loaded_by(*asked) & (OF_FEW_FILES | {"web3", "bitcoin", "embit", "starlette", "httpx2", "apscheduler"})


def test_no_library_lets_a_stranger_drive_the_reader_out_of_its_stack() -> None:
    """A library that raises the recursion limit turns a nested JSON answer from an error into the process's end."""
    names = [name_of(module.path) for module in modules() if module.path != f"{PACKAGE}/__main__.py"]
    asking = (
        f"import sys, importlib; [importlib.import_module(name) for name in {names!r}]; print(sys.getrecursionlimit())"
    )
    told = subprocess.run(
        [sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert int(told.stdout) <= 1_000
