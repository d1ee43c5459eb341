"""Braiins: rewards by day, payouts on the chain and over Lightning, by either policy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from tests.ingest.pools.kit import KEY, NOW, expected, sample, world
from tests.ingest.wires import Asked

SETTINGS = {"wallet": "cold", "start": "2026-02-01", "key_file": "braiins.token"}
NOTHING: dict[str, Any] = {"btc": {"daily_rewards": []}}


def answers(asked: Asked) -> Any:
    return sample("braiins_payouts" if "payouts" in asked.path else "braiins_rewards")


def test_the_sample_becomes_the_events_that_must_come_out(tmp_path: Path) -> None:
    with world("braiins", SETTINGS, answers, tmp_path) as pool:
        assert pool.look() == 2
        assert pool.told() == expected("braiins_payouts")
        assert pool.look() == 0
        assert {asked.headers["pool-auth-token"] for asked in pool.server.asked} == {KEY}
        assert {asked.path for asked in pool.server.asked} == {
            "/accounts/rewards/json/btc",
            "/accounts/payouts/json/btc",
        }


def test_on_credit_a_day_is_mined_bonus_and_referral_apart(tmp_path: Path) -> None:
    with world("braiins", SETTINGS, answers, tmp_path, on_credit=True) as pool:
        pool.look()
        told = [(row["kind"], row.get("income"), row["quantity"], row.get("doubt")) for row in pool.told()]
    assert told == [
        ("receipt", "pool_payout", "0.00020511", None),
        ("receipt", "pool_payout", "0.00021038", None),
        ("receipt", "bonus", "0.00000500", None),
        ("receipt", "referral", "0.00000400", None),
        ("receipt", "pool_payout", "0.01207551", "not_credited"),
        ("transfer", None, "0.00042449", None),
        ("receipt", "pool_payout", "0.00021034", "not_credited"),
    ]


@pytest.mark.parametrize("name", ["referral_reward", "referral_bonus", "bos_plus_reward"])
@pytest.mark.parametrize("amount", ["0.00000340", "0.00000001", "0.00012000"])
def test_a_first_referral_after_many_days_without_one_is_no_wrong_unit(tmp_path: Path, name: str, amount: str) -> None:
    """Days of nothing do not say what is usual: a thousand times 0 is 0."""
    (day, *_) = sample("braiins_rewards")["btc"]["daily_rewards"]
    parts = ("mining_reward", "bos_plus_reward", "referral_bonus", "referral_reward")
    nothing = {**day, **dict.fromkeys(parts, "0"), "mining_reward": "0.00021000", "total_reward": "0.00021000"}
    days = [
        {**nothing, "date": 1_771_200_000 + 86_400 * n, "calculation_date": 1_771_300_000 + 86_400 * n}
        for n in range(9)
    ]
    total = f"{float(amount) + 0.00021:.8f}"
    days[8] |= {name: amount, "total_reward": total}
    told = {"btc": {"daily_rewards": days}}
    empty: dict[str, Any] = {"onchain": [], "lightning": []}
    with world(
        "braiins", SETTINGS, lambda asked: empty if "payouts" in asked.path else told, tmp_path, on_credit=True
    ) as pool:
        pool.look()
        assert not [row for row in pool.told() if row.get("doubt")]
        assert amount in [row["quantity"] for row in pool.told()]


def test_a_payout_that_failed_after_all_is_taken_back_and_stops_no_other(tmp_path: Path) -> None:
    told = sample("braiins_payouts")
    with world("braiins", SETTINGS, lambda asked: told if "payouts" in asked.path else NOTHING, tmp_path) as pool:
        assert pool.look() == 2
        told["onchain"][0]["status"] = "failed"
        told["onchain"].append(
            {**told["onchain"][0], "status": "confirmed", "tx_id": "ab" * 32, "requested_at_ts": 1_772_590_000}
            | {"resolved_at_ts": 1_772_600_000, "amount_sats": 1_250_100}
        )
        pool.clock.instant = NOW + timedelta(hours=1)
        assert pool.look() == 2
        assert [row["quantity"] for row in pool.told()] == ["0.01250100", "0.00021034"]


def test_an_amount_that_is_told_otherwise_is_corrected(tmp_path: Path) -> None:
    told = sample("braiins_payouts")
    with world("braiins", SETTINGS, lambda asked: told if "payouts" in asked.path else NOTHING, tmp_path) as pool:
        pool.look()
        told["onchain"][0]["amount_sats"] = 1_249_000
        assert pool.look() == 1
        assert [row["quantity"] for row in pool.told()] == ["0.01249000", "0.00021034"]
        assert pool.look() == 0


def test_parts_that_do_not_come_to_the_total_are_refused(tmp_path: Path) -> None:
    told = sample("braiins_rewards")
    told["btc"]["daily_rewards"][0]["bos_plus_reward"] = "0.00000501"
    with world("braiins", SETTINGS, lambda _asked: told, tmp_path, on_credit=True) as pool:
        with pytest.raises(SourceRefusedError, match="do not come to its total"):
            pool.look()
        assert len(pool.events()) == 1
