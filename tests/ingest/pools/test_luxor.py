"""Luxor: the category tells a credit from a payout, whatever its side says; bonus and referral stand apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import KEY, sample, world
from tests.ingest.wires import Asked

(CASE,) = (case for case in CASES if case.name == "luxor")


@pytest.mark.parametrize("side", ["debit", "credit"])
def test_the_side_of_a_transaction_says_nothing(side: str, tmp_path: Path) -> None:
    told: dict[str, Any] = sample("luxor_transactions")
    for one in told["transactions"]:
        one["transaction_type"] = side
    with world("luxor", CASE.settings, lambda _: told, tmp_path, on_credit=True) as pool:
        pool.look()
        assert [(row["kind"], row["quantity"]) for row in pool.told()] == [
            ("receipt", "0.00066154"),
            ("receipt", "0.00400000"),
            ("transfer", "0.00066154"),
        ]
        assert pool.server.asked[0].headers["authorization"] == KEY


def test_pages_full_of_credits_hide_no_payout(tmp_path: Path) -> None:
    """Ten pages of revenue come before the one payout."""
    told: dict[str, Any] = sample("luxor_transactions")
    revenue, payout = told["transactions"]

    def answer(asked: Asked) -> Any:
        page = int(asked.params["page_number"])
        row = {**revenue, "date_time": f"2026-03-02T00:{page:02}:00Z"} if page < 11 else payout
        more = "https://pool.example/more" if page < 11 else None
        return {"transactions": [row], "pagination": {**told["pagination"], "next_page_url": more}}

    with world("luxor", CASE.settings, answer, tmp_path) as pool:
        pool.look()
        assert [row["quantity"] for row in pool.told()] == ["0.00466154"]


def test_bonus_and_referral_are_income_of_their_own(tmp_path: Path) -> None:
    told: dict[str, Any] = sample("luxor_transactions")
    first = told["transactions"][0]
    told["transactions"] = [{**first, "transaction_category": word} for word in ("Miner Revenue", "Bonus", "Referral")]
    with world("luxor", CASE.settings, lambda _: told, tmp_path, on_credit=True) as pool:
        pool.look()
        assert sorted(row["income"] for row in pool.told()) == ["bonus", "pool_payout", "referral"]


def working(*days: dict[str, Any]) -> Any:
    """Return what answers with *days* of work, beside the recorded transactions."""
    page = {"page_number": 1, "page_size": 50, "item_count": len(days), "previous_page_url": None}

    def answer(asked: Asked) -> Any:
        if "hashrate-efficiency" not in asked.path:
            return sample("luxor_transactions")
        named = {"currency_type": "BTC", "start_date": "2026-03-01", "end_date": "2026-03-06", "subaccounts": []}
        told = {**named, "tick_size": "1d", "hashrate_efficiency": [*days]}
        return {**told, "pagination": {**page, "next_page_url": None}}

    return answer


DAY = {"date_time": "2026-03-02T00:00:00.000Z", "hashrate": "85067992961442", "efficiency": 0.99, "est_revenue": 1e-6}


def test_the_work_of_each_day_that_is_over_is_told(tmp_path: Path) -> None:
    days = (
        DAY,
        {**DAY, "date_time": "2026-03-03T00:00:00.000Z", "hashrate": 0},
        {**DAY, "date_time": "2026-03-06T00:00:00Z"},
    )
    with world("luxor", {**CASE.settings, "observe": ["hashrate"]}, working(*days), tmp_path) as pool:
        pool.look()
        told = [(row["from"], row["to"], row["hashrate"]) for row in pool.told() if row["kind"] == "hashrate"]
        assert told == [
            ("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", "85.067992961442 TH/s"),
            ("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z", "0 H/s"),
        ]
        assert pool.look() == 0


@pytest.mark.parametrize(
    "wrong", [{"hashrate": None}, {"hashrate": "fast"}, {"date_time": "2026-03-02T05:00:00Z"}], ids=str
)
def test_a_day_of_work_that_cannot_be_right_stops_no_income(wrong: dict[str, Any], tmp_path: Path) -> None:
    settings = {**CASE.settings, "observe": ["hashrate"]}
    with world("luxor", settings, working({**DAY, **wrong}), tmp_path) as pool:
        with pytest.raises(SourceRefusedError):
            pool.look()
        assert [row["kind"] for row in pool.told()] == ["receipt"]
