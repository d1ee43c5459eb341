"""The frame that reads every pool: each coin is income once, however the policy changed; silence writes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.pools.cursor import PoolCursor
from lotwork.ingest.watch import watch_once
from lotwork.ledger.errors import ConfigError, IntegrityError
from lotwork.ledger.events import Profile, Receipt
from lotwork.ledger.storage.batch import Batch
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import NOW, built, context_of, sample, world
from tests.ingest.wires import Asked

(CASE,) = (case for case in CASES if case.name == "braiins")
FIRST = datetime(2026, 2, 10, tzinfo=UTC)


def braiins(days: int, paid: dict[int, int]) -> Any:
    """Return a pool that credits 20,000 sat a day, two hours after it ended, and pays on the days of *paid*."""
    day = sample("braiins_rewards")["btc"]["daily_rewards"][1]
    payout = sample("braiins_payouts")["onchain"][0]
    begin = int(FIRST.timestamp())
    credits_ = [
        {**day, "date": begin + 86_400 * n, "calculation_date": begin + 86_400 * (n + 1) + 7_200}
        | {"total_reward": "0.00020000", "mining_reward": "0.00020000"}
        for n in range(days)
    ]
    payouts = [
        {**payout, "requested_at_ts": begin + 86_400 * n, "resolved_at_ts": begin + 86_400 * n + 14_400}
        | {"amount_sats": sats, "tx_id": f"{n:064x}"}
        for n, sats in paid.items()
    ]

    def answer(asked: Asked) -> Any:
        if "rewards" in asked.path:
            return {"btc": {"daily_rewards": credits_}}
        return {"onchain": payouts, "lightning": []}

    return answer


@pytest.mark.parametrize(("before", "after"), [("on_payout", "on_credit"), ("on_credit", "on_payout")])
def test_each_coin_is_income_once_whichever_way_the_policy_changes(before: str, after: str, tmp_path: Path) -> None:
    """Five days paid at the end of the sixth; the policy changes in the middle of them."""
    with world("braiins", CASE.settings, braiins(10, {6: 120_000, 10: 80_000}), tmp_path) as pool:
        for at, policy in ((FIRST - timedelta(days=30), before), (FIRST + timedelta(days=3), after)):
            pool.store.append(Batch("main", (Profile(id=policy, at=at, recognition=policy),)))  # type: ignore[arg-type] # one of the two words
        pool.look()
        income = {one.id: one.quantity for one in pool.holding() if isinstance(one, Receipt) and one.doubt is None}
        doubted = sum(one.quantity for one in pool.holding() if isinstance(one, Receipt) and one.doubt)
    assert sum(income.values()) + doubted == 200_000
    assert doubted == (40_000 if after == "on_credit" else 0)


def test_a_day_told_late_and_a_payout_before_it_come_right_of_themselves(tmp_path: Path) -> None:
    with world("braiins", CASE.settings, braiins(4, {6: 120_000}), tmp_path, on_credit=True) as pool:
        pool.look()
        assert [row["quantity"] for row in pool.told() if row.get("doubt")] == ["0.00040000"]
        pool.server.answer = braiins(6, {6: 120_000})
        for days in (1, 32):
            pool.clock.instant = NOW + timedelta(days=days)
            pool.look()
        assert [row["quantity"] for row in pool.told() if row["kind"] == "transfer"] == ["0.00120000"]
        assert not [row for row in pool.told() if row.get("doubt")]


@pytest.mark.parametrize(("before", "after"), [("on_payout", "on_credit"), ("on_credit", "on_payout")])
def test_a_policy_that_changes_the_past_is_followed_at_the_next_look(before: str, after: str, tmp_path: Path) -> None:
    with world("braiins", CASE.settings, braiins(10, {6: 120_000, 11: 80_000}), tmp_path) as pool:
        for policy in (before, after):
            profile = Profile(id=policy, at=FIRST - timedelta(days=30), recognition=policy)  # type: ignore[arg-type] # one of the two words
            pool.store.append(Batch("main", (profile,)))
            pool.clock.instant += timedelta(hours=1)
            pool.look()
        told = [(row["kind"], row.get("wallet"), row["quantity"]) for row in pool.told()]
    paid = [("receipt", "cold", "0.00120000"), ("receipt", "cold", "0.00080000")]
    moved = [("transfer", None, quantity) for _, _, quantity in paid]
    assert [one for one in told if one[1] != "braiins"] == (paid if after == "on_payout" else moved)
    assert len([one for one in told if one[1] == "braiins"]) == (0 if after == "on_payout" else 10)


def test_silence_writes_nothing_for_a_day(tmp_path: Path) -> None:
    with world("braiins", CASE.settings, braiins(3, {}), tmp_path) as pool:
        pool.look()
        cursor = pool.store.cursor("main", "braiins")
        for hours in range(1, 24, 4):
            pool.clock.instant = NOW + timedelta(hours=hours)
            assert pool.look() == 0
            assert pool.store.cursor("main", "braiins") == cursor
        pool.clock.instant = NOW + timedelta(hours=25)
        pool.look()
        assert pool.store.cursor("main", "braiins") != cursor


def test_a_payout_that_waited_long_is_not_missed_where_the_pool_files_it_by_its_request(tmp_path: Path) -> None:
    """Each waited for twelve days; the pool cuts its list by the day it was asked for."""
    payout = sample("braiins_payouts")["onchain"][0]
    day = 86_400
    begin = int(FIRST.timestamp())
    rows = [
        {**payout, "requested_at_ts": begin + day * n, "resolved_at_ts": begin + day * (n + 12), "tx_id": f"{n:064x}"}
        for n in range(200)
    ]

    def answer(asked: Asked) -> Any:
        if "rewards" in asked.path:
            return {"btc": {"daily_rewards": []}}
        first, last = asked.params["from"], asked.params["to"]
        filed = [
            row for row in rows if first <= f"{datetime.fromtimestamp(row['requested_at_ts'], UTC):%Y-%m-%d}" <= last
        ]
        return {
            "onchain": [row for row in filed if row["resolved_at_ts"] <= pool.clock.now().timestamp()],
            "lightning": [],
        }

    with world("braiins", CASE.settings, answer, tmp_path, now=FIRST + timedelta(days=230)) as pool:
        assert pool.look() == 200
        for hours in (31 * 24, 13, 13, 13, 13):
            pool.clock.instant += timedelta(hours=hours)
            assert pool.look() == 0
            told = PoolCursor.read(pool.store.cursor("main", "braiins"), "braiins")
            assert told.lists["payouts"].missing == {}
        assert len(pool.told()) == 200


def test_two_accounts_at_one_pool_stay_two(tmp_path: Path) -> None:
    with world("braiins", CASE.settings, braiins(3, {}), tmp_path, on_credit=True) as pool:
        other = built(
            "braiins", {**CASE.settings, "name": "second"}, context_of(pool.server, pool.store, pool.clock, tmp_path)
        )
        assert (pool.look(), watch_once(other, pool.store)) == (3, 3)


def test_a_cursor_that_is_not_ours_is_a_broken_ledger(tmp_path: Path) -> None:
    with (
        world("braiins", CASE.settings, braiins(1, {}), tmp_path) as pool,
        pytest.raises(IntegrityError, match="lotwork verify"),
    ):
        pool.source.fetch_since('{"lists": 1}')


def test_the_payout_wallet_is_another_than_the_one_at_the_pool(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="are both 'Braiins'"),
        world("braiins", {**CASE.settings, "wallet": "Braiins"}, braiins(1, {}), tmp_path),
    ):
        pass
