"""How chance comes into the tests: the same every time, or anew in each round of `make fuzz`; and what runs first."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lotwork.ledger.gc_pause import gc_paused
from tests.drawing import ROUND, register, stream, time_is_over

if TYPE_CHECKING:
    from tests.postgres_server import Server

HERE = Path(__file__).parent
LONGEST = [
    HERE / name
    for name in (
        "ingest/bitcoin/test_reorganisations.py",
        "ledger/storage/test_kill.py",
        "web/test_browser.py",
        "year/test_year.py",
        "setup/test_time.py",
        "daemon/test_settings_anew.py",
        "end_to_end/test_main_job.py",
        "end_to_end/test_bad_input.py",
        "test_face.py",
        "daemon/test_ending.py",
        "ingest/bitcoin/test_litecoind.py",
        "oracles/test_policyengine.py",
        "oracles/test_taxcalc.py",
        "former_release/test_former_release.py",
        "faults/test_every_call.py",
        "growing/test_new_pool.py",
        "ingest/test_poll_killed.py",
        "setup/test_scripts.py",
        "ledger/public_form/test_contract.py",
        "commands/source/test_canaries.py",
        "ingest/evm/test_node.py",
        "commands/test_ledger_moved.py",
        "daemon/test_two_daemons.py",
        "oracles/test_tenforty.py",
        "oracles/test_lots.py",
        "projections/estimated/test_following_the_advice.py",
    )
]
"""The files that take longest, begun first: begun last, one of them would leave the other workers idle."""
MEASURED = [
    HERE / name
    for name in (
        "golden",
        "ledger",
        "projections",
        "rules",
        "commands/plan",
        "commands/test_corrections.py",
        "commands/test_diff.py",
        "commands/test_farm.py",
        "commands/test_filed_lines.py",
        "commands/test_filing.py",
        "commands/test_law.py",
        "commands/test_reconcile.py",
        "commands/test_rows_revised.py",
        "commands/test_tax.py",
    )
]
"""The tests by which the coverage of ledger, projections and rules is measured: those that look at the figures.

A line that is covered in passing, by a page that shows a figure, or by chance, by a test that draws, is not covered;
and to be measured makes the formulas three times slower.
"""
NOT_MEASURED = [
    HERE / name
    for name in (
        "commands/plan/test_year_end.py",
        "projections/estimated/test_annualized.py",
        "projections/estimated/test_the_returns_tax.py",
        "projections/plan/test_structure.py",
        "projections/plan/test_year_end.py",
        "projections/test_missing_figures.py",
        "projections/test_oracle.py",
        "rules/test_boundaries.py",
        "rules/test_missing.py",
        "rules/us/test_cliffs.py",
        "rules/us/test_estimated_annualized.py",
    )
]
"""Tests among these that compute many returns and reach next to no line that the others do not."""

register()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Lend the PostgreSQL server of this process, started by the first test that wants it."""
    from tests.postgres_server import running  # noqa: PLC0415 - only where a test talks to a server

    with running() as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage while the tests are collected, and never again through what was: all of it stays."""
    with gc_paused():
        try:
            return (yield)
        finally:
            gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first; a round of `make fuzz`, which may be short, has an order of its own each time."""
    place = {file: number for number, file in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))
    if ROUND in os.environ:
        stream(0).shuffle(items)


def pytest_runtest_setup() -> None:
    """Begin no test when the time that a round of `make fuzz` was given is over."""
    if time_is_over():
        pytest.skip("the time is over")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """End the first of the two measurements that pytest-cov begins in a worker of pytest-xdist.

    It keeps nothing of that one, and what is paused goes on beneath: no test of a worker would ever be unmeasured.
    """
    coverage = session.config.pluginmanager.getplugin("_cov")
    if coverage is not None and hasattr(session.config, "workerinput"):
        coverage.cov_controller.cov.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure coverage by the tests of `MEASURED` that do not draw, what they set up included, and by no other."""
    coverage = item.config.pluginmanager.getplugin("_cov")
    draws = item.get_closest_marker("hypothesis") or item.get_closest_marker("seeded")
    looks = item.path not in NOT_MEASURED and any(item.path.is_relative_to(place) for place in MEASURED)
    measured = looks and not draws
    if coverage is None or measured:
        return (yield)
    coverage.cov_controller.pause()
    try:
        return (yield)
    finally:
        coverage.cov_controller.resume()
