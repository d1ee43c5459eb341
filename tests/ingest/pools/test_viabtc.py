"""ViaBTC: days by either clock, side coins with their `asset` events, payments that leave no transaction, own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import ConfigError, SourceRefusedError
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import sample, world
from tests.ingest.wires import Asked

(CASE,) = (case for case in CASES if case.name == "viabtc")


def test_each_coin_is_credited_by_day_and_a_side_coin_is_declared(tmp_path: Path) -> None:
    with world("viabtc", CASE.settings, CASE.samples, tmp_path, on_credit=True) as pool:
        pool.look()
        told = [(row["kind"], row["asset"], row.get("quantity"), row["at"]) for row in pool.told()]
    assert ("asset", "NMC", None, "2026-02-01T00:00:00Z") in told
    assert ("receipt", "NMC", "0.01270000", "2026-03-03T00:00:00Z") in told
    assert ("receipt", "BTC", "0.00041948", "2026-03-02T00:00:00Z") in told


def test_by_the_pools_own_clock_a_day_ends_at_sixteen_hours_utc(tmp_path: Path) -> None:
    with world("viabtc", {**CASE.settings, "utc_days": False}, CASE.samples, tmp_path, on_credit=True) as pool:
        pool.look()
        assert {row["at"] for row in pool.told() if row.get("wallet") == "viabtc"} == {
            "2026-03-01T16:00:00Z",
            "2026-03-02T16:00:00Z",
        }
        assert all("utc" not in asked.params for asked in pool.server.asked)


def test_a_payment_without_a_transaction_went_to_the_account(tmp_path: Path) -> None:
    told = sample("viabtc_payment_history_btc")
    told["data"][0]["tx"] = ""
    settings = {**CASE.settings, "coins": ["BTC"]}

    def answer(asked: Asked) -> Any:
        return told if "payment" in asked.path else CASE.samples(asked)

    with world("viabtc", settings, answer, tmp_path) as pool:
        pool.look()
        assert [(row["wallet"], row.get("txid") is None) for row in pool.told()] == [("cold", False), ("coinex", True)]


def test_an_error_is_told_in_the_pools_own_words(tmp_path: Path) -> None:
    with (
        world("viabtc", CASE.settings, lambda _: sample("viabtc_error"), tmp_path) as pool,
        pytest.raises(SourceRefusedError, match=r"it says 'ip not allowed' \(code 3\)"),
    ):
        pool.look()


def test_a_list_that_is_refused_stops_no_other(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Any:
        return sample("viabtc_error") if asked.params["coin"] == "NMC" else CASE.samples(asked)

    with world("viabtc", CASE.settings, answer, tmp_path) as pool:
        with pytest.raises(SourceRefusedError, match="profit-NMC"):
            pool.look()
        assert [row["asset"] for row in pool.told()] == ["BTC", "BTC"]


@pytest.mark.parametrize("coins", [["XYZ"], ["btc"], ["BTC", ""]])
def test_a_coin_nobody_knows_is_a_mistake_of_the_configuration(coins: list[str], tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="how many decimals"),
        world("viabtc", {**CASE.settings, "coins": coins}, CASE.samples, tmp_path),
    ):
        pass
