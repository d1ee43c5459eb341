"""A look that ends at any of its questions, then goes on: the ledger is that of one that nothing disturbed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceUnreachableError
from tests.ingest.exchanges.kit import BinanceUS, Kraken, World, bought_or_sold, gemini_of_the_export, milli, world
from tests.ingest.exchanges.test_coinbase import told as coinbase

AT = milli("2026-03-05 11:00:00")


def _binance() -> BinanceUS:
    given = {"asset": "ETH", "amount": "0.1", "divTime": AT, "category": "Staking Rewards", "tranId": 99}
    binance = BinanceUS(distributions=[given])
    for pair, coin in (("BTCUSD", "USD"), ("ETHUSD", "USD")):
        binance.trades[pair] = [bought_or_sold(1, pair, "2026-03-03 11:00:00", "sell", "0.02", "1700", "1.7", coin)]
    return binance


HOUSES: Mapping[str, Callable[[], Any]] = {
    "kraken": lambda: Kraken(size=4),
    "coinbase": lambda: coinbase(2),
    "binanceus": _binance,
    "gemini": gemini_of_the_export,
}


class _Broken:
    """Answers as *whole* does, but for one question, at which the process is gone."""

    def __init__(self, whole: Any, at: int) -> None:
        self.whole, self.at, self.asked = whole, at, count()

    def __call__(self, call: str, params: Mapping[str, Any]) -> Any:
        if next(self.asked) == self.at:
            raise SourceUnreachableError("the process that asks it ended by itself (signal 9)")
        return self.whole(call, params)


def _ledger(here: World) -> list[dict[str, Any]]:
    return sorted(here.public(), key=lambda each: each["id"])


def _look(here: World) -> bool:
    try:
        here.look()
    except SourceUnreachableError:
        return False
    return True


@pytest.mark.parametrize("service", HOUSES)
def test_a_look_that_breaks_at_any_question_loses_and_repeats_nothing(tmp_path: Path, service: str) -> None:
    with world(tmp_path / "whole", HOUSES[service](), service=service) as here:
        assert _look(here)
        wanted, questions = _ledger(here), len(here.asked)
    assert wanted
    for at in range(questions):
        answers = _Broken(HOUSES[service](), at)
        with world(tmp_path / str(at), answers, service=service) as here:
            assert not _look(here)
            assert _look(here)
            assert _ledger(here) == wanted
