"""Pools known by the address: each family's units and words, accounts that are unknown, and lists that forget."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.pools.address_answers import read_rewards
from lotwork.ledger.errors import ConfigError, SourceRefusedError
from tests.ingest.pools.cases import ADDRESSED, CASES
from tests.ingest.pools.kit import Case, reply, sample, world
from tests.ingest.pools.test_every_pool import NOW, held, meant, payments, telling

FAMILY = {case.name: case for case in CASES if case.kind == "address_pool"}


@pytest.mark.parametrize(
    ("name", "quantities"),
    [
        ("2miners", ["0.051234567000000000"]),
        ("herominers", ["100.00000000", "150.00000000"]),
        ("kryptex", ["1.750000000000000000", "2.500000000000000000"]),
        ("unmineable", ["31.42069100"]),
        ("zpool", ["0.00050000"]),
        ("miningcore", ["0.51234567"]),
    ],
)
def test_what_is_finished_is_a_receipt_in_the_units_of_its_family(
    name: str, quantities: list[str], tmp_path: Path
) -> None:
    case = FAMILY[name]
    with world(case.kind, case.settings, case.samples, tmp_path) as pool:
        pool.look()
        assert [row["quantity"] for row in pool.told()] == quantities
        assert {(row["pool"], row["income"]) for row in pool.told()} == {(name, "pool_payout")}


def test_any_other_yiimp_pool_is_read_as_zpool_is(tmp_path: Path) -> None:
    settings = {**FAMILY["zpool"].settings, "service": "yiimp", "pool": "zergpool"}
    with world("address_pool", settings, FAMILY["zpool"].samples, tmp_path) as pool:
        pool.look()
        assert [(row["quantity"], row["pool"]) for row in pool.told()] == [("0.00050000", "zergpool")]


@pytest.mark.parametrize("service", ["yiimp", "miningcore"])
def test_a_family_without_an_address_of_its_own_asks_for_one(service: str, tmp_path: Path) -> None:
    settings = {**FAMILY["zpool"].settings, "service": service, "slug": "btc", "base_url": ""}
    with (
        pytest.raises(ConfigError, match="base_url: it is missing"),
        world("address_pool", settings, FAMILY["zpool"].samples, tmp_path),
    ):
        pass


def test_a_coin_of_a_hundred_millionth_is_told_in_its_own_unit_by_2miners(tmp_path: Path) -> None:
    settings = {**FAMILY["2miners"].settings, "coin": "RVN"}
    with world("address_pool", settings, FAMILY["2miners"].samples, tmp_path) as pool:
        pool.look()
        assert [row.get("quantity") for row in pool.told()] == [None, "0.51234567"]


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("herominers", sample("herominers_error"), "it says 'Not found'"),
        ("2miners", None, "status 404"),
        ("zpool", {"error": "Invalid address"}, "it says 'Invalid address'"),
        ("unmineable", {"success": False, "message": "Address not found"}, "it says 'Address not found'"),
    ],
)
def test_an_address_that_the_pool_does_not_know_is_told_in_its_words(
    name: str, answer: Any, words: str, tmp_path: Path
) -> None:
    case = FAMILY[name]
    told = answer if answer is not None else reply(b'{"message": "NotFound"}', status=404)
    with (
        world(case.kind, case.settings, lambda _: told, tmp_path) as pool,
        pytest.raises(SourceRefusedError, match=words),
    ):
        pool.look()


@pytest.mark.parametrize("case", [one for one in FAMILY.values() if one.name in ("2miners", "zpool", "herominers")])
def test_a_list_that_forgets_takes_nothing_back_and_a_gap_is_told(case: Case, tmp_path: Path) -> None:
    paid = payments(case, 28)
    with world(case.kind, case.settings, telling(case, paid[:10]), tmp_path) as pool:
        pool.look()
        pool.server.answer = telling(case, paid[8:14])
        pool.look()
        assert pool.store.pending() == ()
        pool.server.answer = telling(case, payments(case, 3, first=40))
        for hours in (200 * 24, 201 * 24):
            pool.clock.instant = NOW + timedelta(hours=hours)
            pool.look()
        assert held(pool) == meant(case, [*paid[:14], *payments(case, 3, first=40)])
        (gap,) = (one.body for one in pool.store.pending())
        assert "payouts in between may be lost" in gap


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"service": "miningcore", "coin": "LTC", "base_url": ""}, "base_url"),
        ({"service": "kryptex", "coin": "NEWCOIN"}, "how many decimals"),
        ({"service": "kryptex", "coin": "LTC", "decimals": 12}, "LTC has 8 decimals, not 12"),
        ({"service": "kryptex", "coin": "LTC", "address": "a/../b"}, "is no address"),
        ({"service": "2miners", "coin": "XMR"}, "in which unit 2miners counts XMR is not known"),
    ],
)
def test_what_cannot_work_is_a_mistake_of_the_configuration(
    settings: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with (
        pytest.raises(ConfigError, match=words),
        world("address_pool", {**ADDRESSED, **settings}, lambda _: {}, tmp_path),
    ):
        pass


def test_a_pool_of_a_family_has_its_own_name_and_a_coin_its_own_decimals(tmp_path: Path) -> None:
    settings = {**FAMILY["miningcore"].settings, "pool": "k1pool", "coin": "LTC", "slug": "ltc-solo"}
    with world("address_pool", settings, FAMILY["miningcore"].samples, tmp_path) as pool:
        pool.look()
        assert [row["pool"] for row in pool.told()] == ["k1pool"]
        assert pool.server.asked[0].path == "/api/pools/ltc-solo/miners/bc1qexample/payments"


def reward(height: int, *, immature: bool = False, orphan: bool = False, units: int = 1_234_567) -> dict[str, Any]:
    at = {"blockheight": height, "timestamp": 1_772_480_000 + height, "reward": units, "percent": 0.0006}
    return {**at, "immature": immature, "orphan": orphan, "uncle": False}


@pytest.mark.parametrize("on_credit", [False, True])
def test_2miners_rewards_are_observed_once_mature_and_no_orphan_ever(on_credit: bool, tmp_path: Path) -> None:
    answer = sample("twominers_account")
    settings = {**FAMILY["2miners"].settings, "observe": ["credits"]}
    with world("address_pool", settings, lambda _: answer, tmp_path, on_credit=on_credit) as pool:
        answer["rewards"] = [reward(1), reward(2, immature=True), reward(3, orphan=True), reward(4)]
        pool.look()

        def seen() -> list[str]:
            return [row["quantity"] for row in pool.told() if row["kind"] == "credit"]

        assert seen() == ["0.001234567000000000"] * 2
        assert [row["wallet"] for row in pool.told() if row["kind"] == "receipt"] == ["cold"]
        answer["rewards"] = [reward(1), reward(2, units=2_000_000_000), reward(3, orphan=True), reward(4, orphan=True)]
        pool.clock.instant += timedelta(hours=1)
        pool.look()
        assert seen() == ["0.001234567000000000", "2.000000000000000000"]


@pytest.mark.parametrize("more", [{}, {"immature": True}, {"uncle": True}])
def test_each_key_of_an_orphan_is_known(more: dict[str, bool]) -> None:
    answer: Any = {"rewards": [reward(3, orphan=True) | more]}
    (row,) = read_rewards(answer, "", coin="ETC", decimals=18, unit=9).rows
    assert (row.state, row.unknown) == ("failed", frozenset())


@pytest.mark.parametrize("wrong", [{"orphan": None}, {"immature": "yes"}, {"reward": "1"}, {"blockheight": 0}])
def test_a_reward_that_cannot_be_right_stops_no_payout(wrong: dict[str, Any], tmp_path: Path) -> None:
    answer = sample("twominers_account") | {"rewards": [reward(1) | wrong]}
    settings = {**FAMILY["2miners"].settings, "observe": ["credits"]}
    with world("address_pool", settings, lambda _: answer, tmp_path) as pool:
        with pytest.raises(SourceRefusedError):
            pool.look()
        assert [row["kind"] for row in pool.told()] == ["receipt"]


def test_credits_of_a_pool_that_tells_none_cannot_be_observed(tmp_path: Path) -> None:
    settings = {**FAMILY["kryptex"].settings, "observe": ["credits"]}
    with (
        pytest.raises(ConfigError, match="tells no credits here"),
        world("address_pool", settings, FAMILY["kryptex"].samples, tmp_path),
    ):
        pass
