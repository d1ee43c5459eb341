"""Losses worth taking are told where a fee is set, at the price at which they pay for their sale, once a month."""

from __future__ import annotations

from datetime import date
from typing import Any

from lotwork.alerts.harvest import losses
from lotwork.alerts.rules import Loss, Situation, Thresholds, due_alerts
from tests.alerts.test_rules import NOW
from tests.projections.house import book_of

DAY = date(2026, 6, 1)
PROFILE = {"kind": "profile", "at": "2026-01-01T00:00:00Z", "filing_status": "single", "activity": "business"}
WAGES = {"kind": "year_facts", "at": "2026-01-01T00:00:00Z", "year": 2026, "wages_usd": "90000"}


def bought(name: str, cost: str) -> dict[str, Any]:
    at = "2026-02-01T12:00:00Z"
    return {
        "kind": "purchase",
        "id": name,
        "at": at,
        "wallet": "cold",
        "asset": "BTC",
        "quantity": "1",
        "cost_usd": cost,
    }


def priced(price: str) -> dict[str, Any]:
    return {"kind": "price", "at": "2026-05-30T12:00:00Z", "asset": "BTC", "price_usd": price}


def test_a_lot_is_told_when_its_loss_saves_more_than_the_sale_costs() -> None:
    book = book_of(PROFILE, WAGES, bought("dear", "100000"), bought("cheap", "70000"), priced("90000"))
    assert losses(book, DAY, "0.5%") == [Loss("BTC", "90000", 1, "1.00000000")]
    lower = book_of(PROFILE, WAGES, bought("dear", "100000"), bought("cheap", "70000"), priced("60000"))
    assert losses(lower, DAY, "0.5%") == [Loss("BTC", "60000", 2, "2.00000000")]


def test_nothing_is_told_where_the_fee_eats_the_saving_or_no_price_is_known() -> None:
    assert losses(book_of(PROFILE, WAGES, bought("dear", "100000"), priced("99900")), DAY, "5%") == []
    assert losses(book_of(PROFILE, WAGES, bought("dear", "100000")), DAY, "0.5%") == []


def test_the_alert_says_where_to_look_and_is_the_same_all_month() -> None:
    situation = Situation("main", NOW, DAY, losses=[Loss("BTC", "60000", 2, "2.00000000")])
    (alert,) = due_alerts(situation, Thresholds())
    assert alert.id == "loss-worth-taking:main:BTC:2026-06"
    assert alert.subject == "BTC at 60000: a loss on 2 lots is worth taking"
    assert "lotwork plan harvest --asset BTC" in alert.body
