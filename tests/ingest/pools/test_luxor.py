"""Luxor: the category tells a credit from a payout, whatever its side says; bonus and referral stand apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
