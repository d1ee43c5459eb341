"""A source is declared once: a declaration nobody lists, an example nobody takes, a page that says less: each is told.

tests/growing adds a made-up pool to a copy of the house, forgets one step after the other, and reads what this says.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork import config
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ingest.register import PRICE_MODULES, PRICE_SOURCES, SOURCE_MODULES, SOURCES
from lotwork.ingest.sections import secret_form
from lotwork.service.settings import Prices
from tests.architecture.house import ROOT, modules, name_of
from tests.architecture.sources_page import PAGE, rewritten
from tests.ingest.meters.kit import COUNTERS, OF_RECORDS
from tests.ingest.pools.cases import BY_HAND, CASES, NO_INCOME

BY_KIND = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.kind)
BY_NAME = pytest.mark.parametrize("source", PRICE_SOURCES, ids=lambda source: source.name)
CASES_FILE = "tests/ingest/pools/cases.py"
HEAVY = {"web3", "bitcoin", "embit", "httpx2", "httpcore2", "requests", "sqlmodel", "sqlalchemy", "starlette"}
SECRET_NAMES = ("password", "token", "secret", "key", "_file")


def declaring(constant: str) -> Iterator[str]:
    """Yield the name of each module of ingest that gives *constant* a value."""
    for module in modules("ingest"):
        for node in module.tree.body if f"\n{constant} = " in module.text else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == constant:
                yield name_of(module.path)


@pytest.mark.parametrize(
    ("constant", "listed", "listing"),
    [("SOURCE", SOURCE_MODULES, "SOURCE_MODULES"), ("PRICES", PRICE_MODULES, "PRICE_MODULES")],
)
def test_what_is_declared_is_listed(constant: str, listed: tuple[str, ...], listing: str) -> None:
    unlisted = sorted(set(declaring(constant)) - set(listed))
    assert not unlisted, f"declared and never polled: add {unlisted} to {listing} in ingest/register.py"


def test_every_pool_is_tested() -> None:
    pools = [name.rpartition(".")[2] for name in SOURCE_MODULES if name.startswith("lotwork.ingest.pools.")]
    missing = [test for pool in pools if not (ROOT / (test := f"tests/ingest/pools/test_{pool}.py")).is_file()]
    assert not missing, f"a pool nobody tests: write {', '.join(missing)}, as test_template.py is in tests/growing"


def test_every_pool_passes_what_every_pool_must() -> None:
    pools = {one.kind for one in SOURCES if one.settings.__module__.startswith("lotwork.ingest.pools.")}
    missing = sorted(pools - {case.kind for case in CASES} - {*NO_INCOME, *BY_HAND})
    assert not missing, f"no faults, pages and revisions are tried: add the case of {missing} to {CASES_FILE}"


def test_every_meter_passes_what_every_meter_must() -> None:
    meters = {one.kind for one in SOURCES if one.settings.__module__.startswith("lotwork.ingest.meters.")}
    missing = sorted(meters - {case.kind for case in COUNTERS} - {*OF_RECORDS})
    assert not missing, f"no resets, gaps and faults are tried: add the case of {missing} to tests/ingest/meters/kit.py"


@BY_KIND
def test_the_example_of_a_source_is_taken_by_its_settings(source: DeclaredSource[Any], tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text(source.example, encoding="utf-8")
    settings = config.load(tmp_path, environ={}).settings
    (section,) = settings.sources.all()
    assert isinstance(section, source.settings), f"source {source.kind}: the example shows another table than its own"
    assert settings.sources.of(source.kind) == (section,)


@BY_KIND
def test_the_first_settings_show_every_source(source: DeclaredSource[Any]) -> None:
    assert source.commented() in config.first_settings()


def test_the_page_of_the_sources_says_what_they_declare() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == rewritten(page), "docs/sources.md says other things than the declarations: run `make sources`"


def test_whoever_reads_settings_loads_no_library_of_a_source() -> None:
    reading = "import sys, lotwork.service.settings; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    told = subprocess.run([sys.executable, "-c", reading], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = HEAVY & set(told.stdout.split())
    assert not loaded, f"a declaring module imports {', '.join(sorted(loaded))}: import it within `build`"


@BY_KIND
def test_a_key_that_holds_a_secret_is_of_the_type_that_keeps_it_out_of_logs(source: DeclaredSource[Any]) -> None:
    for field in msgspec.structs.fields(source.settings):
        if field.name.endswith(SECRET_NAMES):
            assert secret_form(field.type), f"source {source.kind}: {field.name}: make it a Secret or a SecretFile"


@BY_NAME
def test_the_example_of_a_source_of_prices_is_taken_by_the_settings(source: DeclaredPrices, tmp_path: Path) -> None:
    named = f'[prices]\nsources = ["{source.name}"]\n{source.example}'
    (tmp_path / config.FILE).write_text(named, encoding="utf-8")
    prices = config.load(tmp_path, environ={}).settings.prices
    assert source.default in (None, prices.place(source.name)), "the example shows another place than the default"


@BY_NAME
def test_the_first_settings_show_every_source_of_prices(source: DeclaredPrices) -> None:
    assert source.commented() in config.first_settings().partition("[prices]")[2].partition("[alerts]")[0]


def test_the_first_settings_show_who_is_asked_for_prices_unless_told() -> None:
    asked = ", ".join(f'"{name}"' for name in Prices().sources)
    assert f"\n# sources = [{asked}] " in config.first_settings()
