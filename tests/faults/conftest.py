"""One worker under the shim for all tests of faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.harness import Bench, benched


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    with benched() as made:
        yield made
