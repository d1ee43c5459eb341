"""Answers gone wrong by rule, three hundred and more of each exchange: refused in words, or read as what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from tests.ingest.exchanges.kit import (
    Answers,
    BinanceUS,
    Kraken,
    World,
    bought_or_sold,
    gemini_of_the_export,
    staked,
    world,
)
from tests.ingest.exchanges.test_binance_us import DEPOSIT, WITHDRAWAL
from tests.ingest.exchanges.test_coinbase import told as coinbase_told
from tests.ingest.mutations import leaves_gone_wrong, parts_missing, text_gone_wrong

ENOUGH = 300


def answers_of(service: str) -> Answers:
    """Return an exchange's answers."""
    if service == "binanceus":
        binance = BinanceUS(deposits=[DEPOSIT], withdrawals=[WITHDRAWAL])
        binance.symbols = [("BTC", "USD")]
        binance.trades["BTCUSD"] = [bought_or_sold(7, "BTCUSD", "2026-03-03 11:00:00", "sell", "0.02", "9", "1", "USD")]
        return binance
    if service == "gemini":
        gemini = gemini_of_the_export()
        gemini.staking = [staked("a", "2026-03-05 11:00:00.000", "Interest", "ETH", "0.01")]
        return gemini
    return Kraken() if service == "kraken" else coinbase_told()


def gone_wrong(true: Mapping[str, bytes]) -> Iterator[tuple[str, str, bytes]]:
    """Yield (question, what was done, answer): a part of each way in which each answer can go wrong."""
    for call, body in true.items():
        yield from ((call, what, wrong) for what, wrong in text_gone_wrong(body))
        for made in (leaves_gone_wrong(body, lambda _at, _bad: True), parts_missing(body, lambda _at: True)):
            yield from ((call, what, wrong) for what, wrong in made)


@pytest.mark.parametrize("service", ["kraken", "coinbase", "binanceus", "gemini"])
def test_no_answer_gone_wrong_is_more_than_a_look_that_failed(service: str, tmp_path: Path) -> None:
    answer = answers_of(service)
    with world(tmp_path, answer, service=service) as here:
        page = here.account().fetch_since(None)
        true = {event.id for event in page.events}
        bodies: dict[str, bytes] = {}

        def kept(call: str, params: Mapping[str, Any]) -> Any:
            told = answer(call, params)
            bodies.setdefault(call, json.dumps(told).encode())
            return told

        _look(here, kept)
        tried = refused = 0
        every = list(gone_wrong(bodies))
        for call, what, wrong in islice(every, 0, None, len(every) // ENOUGH):
            tried += 1
            told = _look(here, partial(_instead, answer, call, wrong))
            refused += told is None
            assert told is None or len(told - true) <= len(true), what
        assert tried >= ENOUGH
        assert refused >= tried // 4
        assert here.events() == []


def _instead(answer: Answers, call: str, wrong: bytes, asked: str, params: Mapping[str, Any]) -> Any:
    return wrong if asked == call else answer(asked, params)


def _look(here: World, answer: Answers) -> set[str] | None:
    """Return what a look tells of, by id; None where it was refused."""
    here.answer = answer
    try:
        return {event.id for event in here.account().fetch_since(None).events}
    except SourceRefusedError:
        return None
