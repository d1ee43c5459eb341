"""How chance comes into the tests: the same every time, or anew in each round of `make fuzz`."""

from __future__ import annotations

import os

import pytest

from lotwork.ledger.clock import SystemClock
from tests.drawing import LATEST, ROUND, register, stream

register()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a round of `make fuzz` an order of its own, so that a short one does not always try the same tests."""
    if ROUND in os.environ:
        stream(0).shuffle(items)


def pytest_runtest_setup() -> None:
    """Begin no test when the time that a round of `make fuzz` was given is over."""
    if SystemClock().monotonic() > float(os.environ.get(LATEST, "inf")):
        pytest.skip("the time is over")
