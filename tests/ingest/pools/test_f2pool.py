"""F2Pool: credits finer than a satoshi, and a payout that makes their sum whole; types nobody knows are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import KEY, sample, world

(CASE,) = (case for case in CASES if case.name == "f2pool")


def told(count: int, paid: float, tip: float = 0.0) -> dict[str, Any]:
    """Return *count* days of credits and the payout of all of them."""
    credit, payout = sample("f2pool_transactions")["transactions"]
    days = [
        {**credit, "id": 100 + day, "created_at": credit["created_at"] + 86_400 * (day - count)} for day in range(count)
    ]
    extra = {**payout["payout_extra"], "value": paid, "tip": tip}
    return {"transactions": [*days, {**payout, "changed_balance": -(paid + tip), "payout_extra": extra}]}


def test_credits_lose_parts_of_a_satoshi_and_the_payout_makes_them_whole(tmp_path: Path) -> None:
    """Ten credits of 78,946.658… sat are 789,466 sat, and ten times 78,946 are 789,460."""
    with world("f2pool", CASE.settings, lambda _: told(10, 0.00789466), tmp_path, on_credit=True) as pool:
        pool.look()
        rows = [(row["kind"], row.get("wallet"), row["quantity"], row.get("doubt")) for row in pool.told()]
    assert rows[:10] == [("receipt", "f2pool", "0.00078946", None)] * 10
    assert rows[10:] == [("receipt", "cold", "0.00000006", None), ("transfer", None, "0.00789460", None)]


def test_what_the_pool_takes_for_sending_is_the_fee_of_the_transfer(tmp_path: Path) -> None:
    with world("f2pool", CASE.settings, lambda _: told(10, 0.0078, 0.00009), tmp_path, on_credit=True) as pool:
        pool.look()
        (moved,) = (row for row in pool.told() if row["kind"] == "transfer")
    assert (moved["quantity"], moved["fee_quantity"]) == ("0.00780000", "0.00009000")


def test_a_payout_that_takes_another_amount_than_it_pays_is_refused(tmp_path: Path) -> None:
    wrong = told(1, 0.0005)
    wrong["transactions"][-1]["changed_balance"] = -0.0006
    with world("f2pool", CASE.settings, lambda _: wrong, tmp_path) as pool:
        with pytest.raises(SourceRefusedError, match="another amount from the balance"):
            pool.look()
        assert pool.told() == []


def test_a_type_that_nobody_knows_stops_nothing_and_is_told(tmp_path: Path) -> None:
    more = told(1, 0.0005)
    more["transactions"].append({**more["transactions"][0], "type": "transfer_in", "id": 9})
    with world("f2pool", CASE.settings, lambda _: more, tmp_path) as pool:
        pool.look()
        assert [row["quantity"] for row in pool.told()] == ["0.00050000"]
        assert any("type transfer_in" in one.body for one in pool.store.pending())
        asked = pool.server.asked[0]
        assert (asked.headers["f2p-api-secret"], asked.json["currency"]) == (KEY, "bitcoin")
