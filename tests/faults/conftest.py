"""One worker under the shim for all tests of faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.harness import Bench, Worker


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("faults")
    with Worker(folder) as worker:
        yield Bench(folder, worker)
