"""How chance comes into the tests: the same every time, or anew in each round of `make fuzz`; and what is measured."""

from __future__ import annotations

import os

import pytest

from lotwork.ledger.clock import SystemClock
from tests.drawing import LATEST, ROUND, register, stream

register()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage of what draws: a line that is covered by chance alone is not covered.

    It also takes three times as long to be measured. A round of `make fuzz` has an order of its own, so that a short
    one does not always try the same tests.
    """
    for item in items:
        if item.get_closest_marker("hypothesis") or item.get_closest_marker("seeded"):
            item.add_marker("no_cover")
    if ROUND in os.environ:
        stream(0).shuffle(items)


def pytest_runtest_setup() -> None:
    """Begin no test when the time that a round of `make fuzz` was given is over."""
    if SystemClock().monotonic() > float(os.environ.get(LATEST, "inf")):
        pytest.skip("the time is over")
