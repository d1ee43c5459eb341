"""How chance comes into the tests: the same every time, or anew in each round of `make fuzz`; and what runs first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.drawing import ROUND, register, stream, time_is_over

if TYPE_CHECKING:
    from tests.postgres_server import Server

HERE = Path(__file__).parent
LONGEST = [
    HERE / name
    for name in (
        "end_to_end/test_main_job.py",
        "test_scheduler.py",
        "oracles/test_taxcalc.py",
        "ledger/storage/test_kill.py",
        "faults/test_every_call.py",
        "end_to_end/test_bad_input.py",
        "web/test_browser.py",
        "ingest/bitcoin/test_litecoind.py",
        "ingest/evm/test_node.py",
        "commands/test_ledger_moved.py",
        "test_two_daemons.py",
        "ledger/public_form/test_contract.py",
        "ingest/bitcoin/test_reorganisations.py",
        "oracles/test_tenforty.py",
        "oracles/test_lots.py",
        "projections/estimated/test_following_the_advice.py",
    )
]
"""The files that take longest, begun first: begun last, one of them would leave the other workers idle."""
MEASURED = ("commands", "golden", "ledger", "projections", "rules")
"""The folders of tests by which the coverage of ledger, projections and rules is measured.

That holds where one process runs them: pytest-xdist's workers pass `no_cover` over, and measure every test.
"""

register()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Lend the PostgreSQL server of this process, started by the first test that wants it."""
    from tests.postgres_server import running  # noqa: PLC0415 - only where a test talks to a server

    with running() as server:
        yield server


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first, and measure coverage by the tests that look at the figures and do not draw.

    A line that is covered by chance alone, or in passing by a page that shows a figure, is not covered; and to be
    measured makes the formulas three times slower. A round of `make fuzz` has an order of its own, so that a short one
    does not always try the same tests.
    """
    place = {file: number for number, file in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))
    for item in items:
        draws = item.get_closest_marker("hypothesis") or item.get_closest_marker("seeded")
        if draws or not any(item.path.is_relative_to(HERE / folder) for folder in MEASURED):
            item.add_marker("no_cover")
    if ROUND in os.environ:
        stream(0).shuffle(items)


def pytest_runtest_setup() -> None:
    """Begin no test when the time that a round of `make fuzz` was given is over."""
    if time_is_over():
        pytest.skip("the time is over")
