"""Losses to take: each saving is the difference of two whole returns, and each level is where it pays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.liability import liability
from lotwork.projections.plan.harvest import HarvestAsked, HarvestPlan, harvest_levels, plan_harvest
from lotwork.projections.plan.price import Fee, PlanPrice, PriceUnknownError
from tests.projections.house import book_of, receipt, sale
from tests.rules.us.law import LAW

ON = date(2026, 6, 1)
PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
FACTS = {"kind": "year_facts", "id": "facts", "at": "2026-01-01T00:00:00Z", "year": 2026, "wages_usd": "120000"}
GAIN = (
    receipt("sold", "2026-01-05", "1", "10000"),
    sale("s", "2026-02-01", "1", "15000", lots=[{"lot": "sold", "quantity": "1"}]),
)
LOTS = (
    receipt("small", "2026-01-10", "0.1", "90000"),
    receipt("large", "2026-01-11", "1", "95000"),
    receipt("old", "2025-01-11", "0.5", "99000"),
    receipt("gained", "2026-01-12", "1", "20000"),
)
AT_80 = PlanPrice("BTC", "80000", "given", None)


def planned(*lines: dict[str, Any], fee: str = "0") -> HarvestPlan:
    return plan_harvest(book_of(PROFILE, FACTS, *lines), LAW, HarvestAsked(ON, Fee.parse(fee), None, AT_80))


def test_only_lots_at_a_loss_are_candidates_with_their_fee_in_the_loss() -> None:
    plan = planned(*LOTS, fee="1%")
    assert {row.candidate.lot.lot: row.candidate.loss for row in plan.rows} == {
        "small": 1_080_000_000, "large": 15_800_000_000, "old": 9_900_000_000,
    }  # fmt: skip


def test_what_a_lot_saves_alone_is_what_its_recorded_sale_saves() -> None:
    lines = (*GAIN, *LOTS)
    plan = planned(*lines)
    before = liability(book_of(PROFILE, FACTS, *lines), LAW, 2026).tax
    chosen = {"large": ("1", "80000"), "small": ("0.1", "8000"), "old": ("0.5", "40000")}
    for row in plan.rows:
        quantity, proceeds = chosen[row.candidate.lot.lot]
        lots = [{"lot": row.candidate.lot.lot, "quantity": quantity}]
        book = book_of(PROFILE, FACTS, *lines, sale("h", "2026-06-01", quantity, proceeds, lots=lots))
        assert row.alone == before - liability(book, LAW, 2026).tax


def test_the_steps_add_up_to_the_whole_saving_and_the_rest_is_carried_by_its_character() -> None:
    plan = planned(*GAIN, *LOTS)
    assert sum(row.step for row in plan.rows if row.worth) == plan.base.tax - plan.best.tax
    assert plan.rows[0].candidate.lot.lot == "large"
    assert plan.rows[0].worth
    assert not any(row.worth for row in plan.rows[1:])
    assert plan.limit == 3000
    assert (plan.best.short_carried, plan.best.long_carried) == (Decimal(7_000), Decimal(0))


def test_a_loss_that_saves_less_than_its_fee_is_not_worth_it() -> None:
    assert not any(row.worth for row in planned(*LOTS, fee="20000").rows)


def test_long_term_losses_are_carried_as_long_term() -> None:
    plan = planned(LOTS[2])
    assert (plan.best.short_carried, plan.best.long_carried) == (Decimal(0), Decimal(9_500 - 3_000))


@pytest.mark.parametrize("fee", ["0", "1%", "25", "0.4%"])
def test_at_its_level_a_lot_pays_for_its_sale_and_a_hundred_dollars_above_it_does_not(fee: str) -> None:
    book = book_of(PROFILE, FACTS, *GAIN, *LOTS)
    cost = Fee.parse(fee)
    levels = {level.lot: level for level in harvest_levels(book, LAW, ON, cost)}
    assert list(levels) == sorted(levels, key=lambda name: -levels[name].price_usd)
    for name, level in levels.items():
        for price, pays in ((level.price_usd, True), (level.price_usd + 100, False)):
            asked = HarvestAsked(ON, cost, None, PlanPrice("BTC", f"{price}", "given", None))
            rows = [row for row in plan_harvest(book, LAW, asked).rows if row.candidate.lot.lot == name]
            saves = bool(rows) and rows[0].alone >= Decimal(rows[0].candidate.fee).scaleb(-6) > 0
            if cost.of(1_000_000):
                assert saves == pays
            else:
                assert bool(rows) == (price < Decimal(rows[0].candidate.lot.basis_usd_micros) if rows else False)


def test_without_a_tax_to_save_there_is_no_level() -> None:
    book = book_of(PROFILE, receipt("only", "2026-01-10", "0.01", "90000"))
    assert liability(book, LAW, 2026).computed.summary["income_tax"] == 0
    assert harvest_levels(book, LAW, ON) == ()


def test_a_coin_without_a_price_is_told_and_none_at_all_is_refused() -> None:
    other = receipt("ltc", "2026-01-10", "1", None, asset="LTC", value_usd="90", wallet="l")
    plan = planned(*LOTS, other)
    assert [finding.code for finding in plan.findings] == ["harvest_price_unknown"]
    with pytest.raises(PriceUnknownError, match="LTC"):
        plan_harvest(book_of(PROFILE, other), LAW, HarvestAsked(ON))
    with pytest.raises(PriceUnknownError, match="nothing to harvest"):
        plan_harvest(book_of(PROFILE), LAW, HarvestAsked(ON))


def test_a_loss_that_the_federal_tax_does_not_feel_may_be_worth_its_fee_by_the_states() -> None:
    """Below the federal standard deduction, above the 12,750 of North Carolina: only its 3.99 percent is saved."""
    wages = FACTS | {"wages_usd": "15000", "dependents": 0}
    bought = {"kind": "purchase", "id": "bought", "at": "2026-01-10T12:00:00Z", "wallet": "cold", "asset": "BTC",
              "quantity": "0.1", "cost_usd": "9000"}  # fmt: skip
    asked = HarvestAsked(ON, Fee.parse("20"), None, AT_80)
    alone = plan_harvest(book_of(PROFILE, wages, bought), LAW, asked)
    plan = plan_harvest(book_of(PROFILE | {"state": "NC"}, wages, bought), LAW, asked)
    (row,) = alone.rows
    assert [row.worth, row.alone, row.state_alone] == [False, 0, 0]
    (row,) = plan.rows
    assert [row.worth, row.alone, row.state_alone] == [True, 0, Decimal("40.698")]  # of 1,000 and the fee
    assert [plan.state_saved, plan.base.tax - plan.best.tax] == [row.state_step, 0]
    assert alone.levels == ()
    assert [level.lot for level in plan.levels] == ["bought"]
    assert [level.lot for level in harvest_levels(book_of(PROFILE | {"state": "NC"}, wages, bought), LAW, ON)] == [
        "bought"
    ]
