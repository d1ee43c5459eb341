"""What a pool tells of now alone: what it owes and the mean of a day, recorded once a day, and never in a figure."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import ConfigError, SourceRefusedError
from lotwork.ledger.events import Balance, HashrateTold
from tests.ingest.pools.cases import ADDRESS, CASES, START
from tests.ingest.pools.kit import World, sample, world
from tests.ingest.wires import Asked

A_DAY = timedelta(days=1, minutes=5)
BY_ADDRESS = {case.name: case for case in CASES if case.kind == "address_pool"}
OWES = {"2miners": ("ETC", "0.001234567"), "herominers": ("KAS", "1.23456789"), "zpool": ("BTC", "0.00002000")}


def told(pool: World, kind: type) -> list[Any]:
    return [event for event in pool.holding() if isinstance(event, kind)]


def solo(home: Path, answer: Any, *observe: str, service: str = "ckpool") -> AbstractContextManager[World]:
    settings = {"wallet": "cold", "start": START, "address": ADDRESS, "service": service, "observe": observe}
    return world("solo_pool", settings, lambda _: answer, home)


def test_ckpool_s_mean_of_a_day_is_recorded_day_by_day_without_an_overlap(tmp_path: Path) -> None:
    state = sample("ckpool_user")
    with solo(tmp_path, state, "hashrate") as pool:
        assert (pool.look(), pool.look()) == (1, 0)
        pool.clock.instant += timedelta(hours=23)
        assert pool.look() == 0
        pool.clock.instant += timedelta(hours=1, minutes=10)
        pool.begin_anew()
        state["hashrate1d"] = "990G"
        assert pool.look() == 1
        pool.clock.instant += timedelta(days=4)
        assert pool.look() == 1
        spans = [(one.from_, one.to, one.hashrate, one.scheme) for one in told(pool, HashrateTold)]
        assert spans == [
            ("2026-03-05T12:00:00Z", "2026-03-06T12:00:00Z", "1.35 TH/s", "solo"),
            ("2026-03-06T12:00:00Z", "2026-03-07T12:10:00Z", "990 GH/s", "solo"),
            ("2026-03-10T12:10:00Z", "2026-03-11T12:10:00Z", "990 GH/s", "solo"),
        ]
        assert [row["kind"] for row in pool.told()] == ["hashrate"] * 3


@pytest.mark.parametrize("rate", ["1.35T", "1350G", "0.00135P"])
def test_ckpool_s_letters_are_units(rate: str, tmp_path: Path) -> None:
    with solo(tmp_path, {**sample("ckpool_user"), "hashrate1d": rate}, "hashrate") as pool:
        pool.look()
        assert [one.hashrate for one in told(pool, HashrateTold)] == ["1.35 TH/s"]


def test_public_pool_tells_no_mean_of_a_day_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="leave `observe` out"), solo(tmp_path, {}, "hashrate", service="public-pool"):
        pass


@pytest.mark.parametrize("name", OWES)
def test_what_is_owed_is_recorded_where_it_changed_and_is_no_income(name: str, tmp_path: Path) -> None:
    case = BY_ADDRESS[name]
    with world(case.kind, case.settings, case.samples, tmp_path / "plain") as plain:
        plain.look()
        income = plain.told()
    asset, quantity = OWES[name]
    with world(case.kind, {**case.settings, "observe": ["balance"]}, case.samples, tmp_path / "seen") as pool:
        pool.look()
        (owed,) = (row for row in pool.told() if row["kind"] == "balance")
        assert (owed["asset"], owed["pool"], owed["wallet"]) == (asset, name, name)
        assert float(owed["quantity"]) == float(quantity)
        assert [row for row in pool.told() if row["kind"] != "balance"] == income
        for _ in range(3):
            pool.clock.instant += A_DAY
            assert pool.look() == 0


def test_a_balance_that_is_none_is_refused_where_it_is_asked_for(tmp_path: Path) -> None:
    case, state = BY_ADDRESS["2miners"], sample("twominers_account")
    state["stats"]["balance"] = "much"
    with world(case.kind, case.settings, lambda _: state, tmp_path / "plain") as plain:
        assert plain.look() == 1
    settings = {**case.settings, "observe": ["balance"]}
    with (
        world(case.kind, settings, lambda _: state, tmp_path / "seen") as pool,
        pytest.raises(SourceRefusedError, match="balance"),
    ):
        pool.look()


@pytest.mark.parametrize("name", ["kryptex", "unmineable", "miningcore"])
def test_whoever_tells_no_balance_is_not_asked_for_it(name: str, tmp_path: Path) -> None:
    case = BY_ADDRESS[name]
    settings = {**case.settings, "observe": ["balance"]}
    with pytest.raises(ConfigError, match="leave it out"), world(case.kind, settings, case.samples, tmp_path):
        pass


RATE = {"result": {"hashrate_60s": "1", "hashrate_86400s": "110345500000000", "active_worker_count": 2}}
OWED = {"result": {"unpaid": "0.00412345", "hashrate_60s": 1}}


def ocean(home: Path, *observe: str, **answers: Any) -> AbstractContextManager[World]:
    def answer(asked: Asked) -> Any:
        if "earnpay" in asked.path:
            return {"result": {"earnings": [], "payouts": []}}
        return answers.get("rate", RATE) if "user_hashrate" in asked.path else answers.get("owed", OWED)

    settings = {"address": ADDRESS, "wallet": "cold", "start": "2026-03-01", "observe": observe}
    return world("ocean", settings, answer, home)


def test_ocean_tells_the_mean_of_a_day_and_what_it_owes(tmp_path: Path) -> None:
    with ocean(tmp_path, "hashrate", "balance") as pool:
        assert pool.look() == 2
        assert pool.look() == 0
        ((rate,), (owed,)) = told(pool, HashrateTold), told(pool, Balance)
        assert (rate.hashrate, rate.scheme, rate.to) == ("110.3455 TH/s", None, "2026-03-06T12:00:00Z")
        assert (owed.quantity, owed.pool, owed.wallet) == (412_345, "ocean", "ocean")
        pool.clock.instant += A_DAY
        assert pool.look() == 1
        assert {one.evidence for one in (rate, owed)} == {rate.evidence, owed.evidence} != {None}


@pytest.mark.parametrize(
    "wrong", [{}, {"result": {}}, {"result": {"hashrate_86400s": "fast", "unpaid": -1}}, []], ids=str
)
def test_what_ocean_does_not_tell_stops_no_income_and_is_asked_for_again(wrong: Any, tmp_path: Path) -> None:
    with ocean(tmp_path, "hashrate", "balance", rate=wrong, owed=wrong) as pool:
        assert pool.look() == 0
        assert pool.events() == []
        asked = len(pool.server.asked)
        pool.look()
        assert len(pool.server.asked) == asked + 3


def test_ocean_is_asked_for_nothing_more_where_nothing_is_observed(tmp_path: Path) -> None:
    with ocean(tmp_path) as pool:
        pool.look()
        assert ["earnpay" in one.path for one in pool.server.asked] == [True]
