"""Losses on the command line: what each saves, the price levels, and wash sales of securities alone."""

from __future__ import annotations

from tests.commands.calling import Caller, codes
from tests.commands.plan.mining import ON, mined
from tests.projections.house import receipt


def test_losses_are_listed_with_their_savings_and_levels(lotwork: Caller) -> None:
    lotwork.take(*mined(), receipt("more", "2026-02-01", "1", "160000"))
    told = lotwork("plan", "harvest", *ON, "--fee", "0.5%", "--json").result
    assert told["schema"] == "lotwork.plan_harvest.v1"
    assert [row["lot"] for row in told["rows"]] == ["more", "new"]
    assert told["rows"][0]["loss_usd"] == "80400.000000"
    assert told["totals"]["short_carryforward_usd"] == "77400.00"
    assert told["levels"][0]["lot"] == "more"
    table = lotwork("plan", "harvest", *ON, "--asset", "BTC", "--price", "90000").out
    assert "1 lot is worth its fee" in table
    assert "7701(o)" in table


def test_a_price_needs_the_coin_it_is_the_price_of(lotwork: Caller) -> None:
    lotwork.take(*mined())
    assert "name it with --asset" in lotwork("plan", "harvest", "--price", "1", code=2).err


def test_a_security_at_a_loss_is_told_about_wash_sales_and_a_coin_is_not(lotwork: Caller) -> None:
    share = {
        "kind": "asset",
        "id": "a",
        "at": "2024-01-01T00:00:00Z",
        "asset": "IBIT",
        "decimals": 4,
        "class": "security",
    }
    bought = {
        "kind": "purchase", "id": "b", "at": "2026-03-01T00:00:00Z", "wallet": "broker", "asset": "IBIT",
        "quantity": "10", "cost_usd": "600",
    }  # fmt: skip
    lotwork.take(share, *mined(), bought)
    told = lotwork("plan", "harvest", *ON, "--asset", "IBIT", "--price", "50", "--json", code=1).result
    assert codes(told["findings"]) == {"harvest_wash_sale"}
    assert [row["lot"] for row in told["rows"]] == ["b"]
    assert not lotwork("plan", "harvest", *ON, "--asset", "BTC", "--json").result["findings"]
