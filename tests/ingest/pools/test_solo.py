"""Solo pools: asked whether they know the address, and nothing is ever recorded of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.errors import SourceRefusedError
from tests.ingest.pools.cases import ADDRESS, START
from tests.ingest.pools.kit import sample, world

SETTINGS = {"wallet": "cold", "start": START, "address": ADDRESS}


@pytest.mark.parametrize(
    ("service", "answer", "path"),
    [("ckpool", "ckpool_user", f"/users/{ADDRESS}"), ("public-pool", "publicpool_client", f"/api/client/{ADDRESS}")],
)
def test_a_solo_pool_is_asked_and_tells_no_income(service: str, answer: str, path: str, tmp_path: Path) -> None:
    with world("solo_pool", {**SETTINGS, "service": service}, lambda _: sample(answer), tmp_path) as pool:
        assert pool.look() == 0
        assert [asked.path for asked in pool.server.asked] == [path]
        assert pool.events() == []


@pytest.mark.parametrize("answer", [{}, [], {"error": "no such user"}, {"hashrate1d": "fast"}, {"workersCount": -1}])
@pytest.mark.parametrize("service", ["ckpool", "public-pool"])
def test_an_address_it_does_not_know_is_refused(service: str, answer: object, tmp_path: Path) -> None:
    with (
        world("solo_pool", {**SETTINGS, "service": service}, lambda _: answer, tmp_path) as pool,
        pytest.raises(SourceRefusedError),
    ):
        pool.look()
