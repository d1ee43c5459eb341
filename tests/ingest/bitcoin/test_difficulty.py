"""The difficulty of a chain, by epoch: told once each, and refused where no chain can be so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import ConfigError, SourceRefusedError
from lotwork.ledger.events import Difficulty
from tests.ingest.pools.kit import NOW, World, world

FIRST, HEIGHT = 1_764_000_000, 925_344
"""2025-11-24, and a height that begins an epoch."""
EPOCH = 14 * 86_400
SETTINGS = {"start": "2025-12-20"}


def told(count: int) -> list[list[Any]]:
    """Return adjustments as a mempool tells them, the newest first."""
    return [
        [FIRST + number * EPOCH, HEIGHT + number * 2016, 146472570619930.78 + number * 10**12, 1.01]
        for number in range(count)
    ][::-1]


def held(pool: World) -> dict[int | None, str]:
    return {event.height: event.difficulty for event in pool.holding() if isinstance(event, Difficulty)}


def test_every_epoch_since_the_one_of_the_start_is_told_once(tmp_path: Path) -> None:
    rows = told(7)
    with world("difficulty", SETTINGS, lambda _: rows, tmp_path) as server:
        server.look()
        assert [*held(server)] == [HEIGHT + number * 2016 for number in range(1, 7)]
        assert held(server)[HEIGHT + 2016] == "147472570619930.78"
        assert server.server.asked[0].path == "/api/v1/mining/difficulty-adjustments/all"
        assert server.look() == 0
        rows = told(9)
        server.clock.instant += timedelta(days=28)
        assert server.look() == 2
        assert server.server.asked[-1].path.endswith("/3m")
        server.begin_anew()
        assert server.look() == 0


def test_litecoin_has_a_server_and_ids_of_its_own(tmp_path: Path) -> None:
    with world("difficulty", {**SETTINGS, "asset": "LTC"}, lambda _: told(3), tmp_path) as server:
        server.look()
        assert {event.id for event in server.holding()} == {
            f"difficulty:LTC:{HEIGHT + number * 2016}" for number in (1, 2)
        }


def changed(place: int, value: Any) -> list[list[Any]]:
    rows = told(3)
    rows[1][place] = value
    return rows


@pytest.mark.parametrize(
    "answer",
    [
        None, {}, "[]", [[]], [[1]], ["x"], {"error": "no such interval"},
        *(changed(0, value) for value in (None, "1764000000", 1_764_000_000_000, 0, True, 1.5, FIRST - 1, 4 * 10**9)),
        *(changed(1, value) for value in (None, "925344", HEIGHT + 2015, -2016, HEIGHT, True)),
        *(changed(2, value) for value in (None, "1", 0, -1, True, 146472570.6, 10**30, 1e-12)),
    ],
)  # fmt: skip
def test_what_no_chain_can_tell_is_refused_whole(answer: Any, tmp_path: Path) -> None:
    with world("difficulty", SETTINGS, lambda _: answer, tmp_path) as server:
        with pytest.raises(SourceRefusedError):
            server.look()
        assert server.events() == []


def test_an_epoch_that_lies_ahead_is_refused(tmp_path: Path) -> None:
    rows = told(3)
    rows[0][0] = int((NOW + timedelta(hours=3)).timestamp())
    with (
        world("difficulty", SETTINGS, lambda _: rows, tmp_path) as server,
        pytest.raises(SourceRefusedError, match="lies ahead"),
    ):
        server.look()


def test_a_start_before_there_was_a_chain_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="before the chain"),
        world("difficulty", {"start": "2001-01-01"}, lambda _: [], tmp_path),
    ):
        pass
