"""A coin that the book counts in another scale than a pool's room does: refused, for its figures would be off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.watch import watch_once
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import AssetDeclared, Receipt
from lotwork.ledger.storage.batch import Batch
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import NOW, START, Paid, world
from tests.ingest.wires import Asked

COINS = {"miningcore": "DASH", "zpool": "RVN"}
"""A service, and a coin that is not built in: a book may have declared it as it likes."""


def received(service: str, decimals: int, home: Path) -> list[int]:
    """Return the amounts that one look at *service* records in a book which counts its coin in *decimals*."""
    (case,) = (case for case in CASES if case.name == service)
    paid = [Paid(1, NOW.replace(hour=9), 125_000_000)]

    def answer(asked: Asked) -> Any:
        told = json.dumps(case.telling(paid, asked))
        return json.loads(told.replace(f'"{case.asset}"', f'"{COINS[service]}"'))

    settings = {**case.settings, "coin": COINS[service], "start": "2026-03-01"}
    with world(case.kind, settings, answer, home) as pool:
        coin = AssetDeclared(id="mine", at=START, asset=COINS[service], decimals=decimals)
        pool.store.append(Batch("main", (coin,)))
        watch_once(pool.source, pool.store)
        return [event.quantity for event in pool.events() if isinstance(event, Receipt)]


@pytest.mark.parametrize("service", sorted(COINS))
def test_a_coin_that_the_book_counts_alike_is_taken(service: str, tmp_path: Path) -> None:
    assert received(service, 8, tmp_path) == [125_000_000]


@pytest.mark.parametrize("decimals", [6, 18])
@pytest.mark.parametrize("service", sorted(COINS))
def test_a_coin_that_the_book_counts_otherwise_is_refused(service: str, decimals: int, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=f"has {decimals} decimals, not 8"):
        received(service, decimals, tmp_path)
