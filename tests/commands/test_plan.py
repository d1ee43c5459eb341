"""Plans on the command line: what they say, how they refuse, and that they leave the ledger as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.commands.calling import Caller, codes
from tests.projections.house import receipt

PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2024-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
PRICE = {"kind": "price", "id": "p", "at": "2026-05-30T00:00:00Z", "asset": "BTC", "price_usd": "80000"}
ON = ("--as-of", "2026-06-01")


def mined() -> tuple[dict[str, Any], ...]:
    return (
        PROFILE,
        PRICE,
        receipt("old", "2025-02-01", "1", "20000"),
        receipt("new", "2026-01-10", "1", "95000"),
    )


def wallet_lots(told: dict[str, Any]) -> list[str]:
    (wallet,) = told["wallets"]
    return [row["lot"] for row in wallet["selection"]["lots"]]


def test_a_sale_is_planned_and_its_selection_can_be_imported(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", *ON, "--json").result
    assert told["schema"] == "lotwork.plan_sale.v1"
    assert {"book", "position", "head", "law", "findings"} <= told.keys()
    assert wallet_lots(told) == ["new"]
    assert told["price"] == {"asset": "BTC", "price_usd": "80000", "source": "manual", "day": "2026-05-30"}
    assert told["proceeds_usd"] == "40000.000000"
    (wallet,) = told["wallets"]
    assert [row["method"] for row in wallet["rows"]] == ["fifo", "lifo", "hifo", "lofo", "specific"]
    assert wallet["rows"][0]["long_gain_usd"] == "30000.000000"
    assert wallet["best"] == "specific"
    before = lotwork("head", "--json").result["position"]
    assert before == 4
    lotwork.take(wallet["selection"])
    assert lotwork("head", "--json").result["position"] == 5


def test_a_sale_is_a_table_with_the_line_to_import_for_a_person(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", *ON, "--fee", "1%", "--lots", "new=0.5")
    assert "Sell 0.50000000 BTC on 2026-06-01 at 80000 (manual 2026-05-30): 40,000.00 less a fee of 400.00" in told.out
    assert all(word in told.out for word in ("fifo", "lifo", "hifo", "lofo", "specific", "chosen", "After tax cash"))
    line = next(line for line in told.out.splitlines() if line.startswith('{"kind": "selection"'))
    assert json.loads(line)["lots"] == [{"lot": "new", "quantity": "0.50000000"}]


def test_a_sale_whose_every_way_costs_the_same_says_so_and_what_it_was_chosen_by(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", "--as-of", "2025-12-01", "--price", "80000")
    assert "Every way adds the same tax; taken is" in told.out
    assert "Least tax: specific." in lotwork("plan", "sale", "0.5", *ON).out


def test_a_day_that_is_over_is_planned_with_a_finding(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "sale", "0.5", *ON, "--on", "2026-05-31", "--json", code=1).result
    assert codes(told["findings"]) == {"plan_in_the_past"}


def test_a_day_to_come_is_planned_with_what_is_known_today(lotwork: Caller) -> None:
    """What was recorded of June 2 is left out of a plan made on June 1 for July."""
    lotwork.take(*mined(), receipt("unknown yet", "2026-06-02", "1", "99000"))
    told = lotwork("plan", "sale", "0.5", *ON, "--on", "2026-07-01", "--json").result
    assert wallet_lots(told) == ["new"]
    assert told["on"] == "2026-07-01"


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("0.5", "--on", "2026-05-01"), 3, "no price of BTC is known"),
        (("5", *ON), 3, "no wallet holds 5.00000000 BTC"),
        (("0.5", *ON, "--wallet", "nowhere"), 3, "nowhere does not hold"),
        (("0.5", "--on", "2031-06-01"), 3, "2031"),
        (("0.5", *ON, "--asset", "FOO"), 3, "asset FOO is not declared"),
        (("0", *ON), 2, "give more than 0"),
        (("ten", *ON), 2, "not a decimal number"),
        (("0.5", *ON, "--price", "-3"), 2, "give more than 0"),
        (("0.5", *ON, "--fee", "lots"), 3, "--fee"),
        (("0.5", *ON, "--lots", "=1"), 2, "write the id of a lot"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_reason(
    lotwork: Caller, words: tuple[str, ...], code: int, reason: str
) -> None:
    lotwork.take(PROFILE, PRICE, receipt("old", "2025-02-01", "1", None), receipt("new", "2026-01-10", "1", None))
    lotwork.take(receipt("priced", "2025-02-02", "1", value_usd="100", price=None))
    assert reason in lotwork("plan", "sale", *words, code=code).err


def test_a_structure_is_planned_with_a_salary_or_a_sweep(lotwork: Caller) -> None:
    lotwork.take(*mined(), receipt("more", "2026-02-01", "1", "60000"))
    told = lotwork(
        "plan", "structure", "--year", "2026", "--salary", "50000", "--payroll-cost", "1500", "--json"
    ).result
    assert told["schema"] == "lotwork.plan_structure.v1"
    assert [row["structure"] for row in told["rows"]] == ["hobby", "sole_proprietor", "s_corporation"]
    tax = lotwork("liability", "--year", "2026", "--json").result["summary"]["total"]
    assert told["rows"][1]["total_tax_usd"] == tax
    assert "state income tax" in told["not_covered"]
    table = lotwork("plan", "structure", "--year", "2026").out
    assert "Watson v. United States" in table
    assert "With a salary of 50 percent of it, the corporation keeps more from" in table
    assert "Payroll and Form 1120-S are taken to cost nothing" in table
    cost = lotwork("plan", "structure", "--year", "2026", "--salary", "50000", "--payroll-cost", "1500").out
    assert "taken to cost nothing" not in cost


def test_business_or_hobby_is_laid_out_without_a_verdict(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "activity", "--year", "2026", "--json", code=1).result
    assert told["schema"] == "lotwork.plan_activity.v1"
    assert told["verdict"] is None
    assert len(told["factors"]) == 9
    assert codes(told["findings"]) == {"activity_evidence_missing", "activity_years_unknown"}
    table = lotwork("plan", "activity", "--year", "2026", code=1).out
    assert "The presumption of 26 U.S.C. 183(d) cannot be told: 2 years with a profit of 3 needed" in table


def test_a_structure_of_a_year_without_law_is_refused(lotwork: Caller) -> None:
    lotwork.take(*mined())
    assert "2031" in lotwork("plan", "structure", "--year", "2031", code=3).err


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


def test_what_to_put_aside_is_told_by_month_and_by_receipt(lotwork: Caller) -> None:
    lotwork.take(*mined(), receipt("more", "2026-02-01", "1", "60000"))
    told = lotwork("plan", "set-aside", *ON, "--json", code=None).result
    assert told["schema"] == "lotwork.plan_set_aside.v1"
    assert [row["receipt"] for row in told["rows"]] == ["new", "more"]
    assert told["projection"]["estimate"] is True
    assert told["next"]["due"] == "2026-06-15"
    table = lotwork("plan", "set-aside", *ON, code=None).out
    assert "percent of each receipt" in table
    assert "2026-02" in table


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


def test_a_rig_at_the_end_of_the_year_is_planned(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "year-end", "--as-of", "2026-11-20", "--rig", "6000", "--json", code=None).result
    assert told["schema"] == "lotwork.plan_year_end.v1"
    assert [(row["when"], row["method"]) for row in told["rows"]] == [
        (when, method) for when in ("now", "january") for method in ("section_179", "bonus", "macrs")
    ]
    assert told["assumptions"]["estimate"] is True
    assert "us/ordinary/standard_deduction" in told["assumptions"]["figures_not_out"]
    table = lotwork("plan", "year-end", "--as-of", "2026-11-20", "--rig", "6000", code=None).out
    assert "Deducted on the rig, year by year" in table
    assert "Treas. Reg. 1.451-2(a)" in table
    assert "give its cost with --rig" in lotwork("plan", "year-end", "--acquired", "2026-01-01", code=2).err


def test_a_plan_without_this_years_wages_says_so(lotwork: Caller) -> None:
    facts = {"kind": "year_facts", "at": "2025-12-31T00:00:00Z", "year": 2025, "wages_usd": "61000"}
    lotwork.take(*mined(), facts)
    asked = ("plan", "set-aside", *ON, "--json")
    assert "year_facts_missing" in codes(lotwork(*asked, code=1).result["findings"])
    lotwork.take({**facts, "at": "2026-01-02T00:00:00Z", "year": 2026})
    assert "year_facts_missing" not in codes(lotwork(*asked, code=None).result["findings"])


JANUARY = ("--as-of", "2027-01-10", "--json")


@pytest.mark.parametrize(
    "words",
    [("sale", "0.5"), ("set-aside",), ("harvest",), ("structure",), ("activity",), ("year-end", "--rig", "5000")],
)
def test_in_january_a_plan_rests_on_the_figures_of_the_year_before_and_says_so(
    lotwork: Caller, words: tuple[str, ...]
) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", *words, *JANUARY, code=1).result
    assert "plan_law_assumed" in codes(told["findings"])
    assert told["law"] == lotwork("lots", "--json").result["law"], "the digest is that of the law as it is known"


def test_a_sale_in_january_adds_the_tax_that_the_same_sale_adds_a_year_before(lotwork: Caller) -> None:
    """5,000 of long-term gain beside 95,000 mined, under the figures of 2026 either way."""
    lotwork.take(PROFILE, PRICE, receipt("old", "2024-02-01", "1", "70000"), receipt("new", "2026-01-10", "1", "95000"))
    lotwork.take(receipt("next", "2027-01-05", "1", "95000"))
    ways = [
        lotwork("plan", "sale", "0.5", "--price", "80000", "--as-of", day, "--json", code=code).result["wallets"][0][
            "rows"
        ]
        for day, code in (("2026-06-01", 0), ("2027-01-10", 1))
    ]
    assert [row["added_tax_usd"] for row in ways[0]] == [row["added_tax_usd"] for row in ways[1]]


def test_what_is_due_in_january_is_told_by_the_prior_year_and_not_by_a_plan(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "set-aside", *JANUARY, code=1).result
    asked = lotwork("quarterly", "--year", "2027", *JANUARY, code=1).result
    assert told["next"]["pay_usd"] == told["next"]["enough_usd"] == asked["next_payment"]["safe_usd"]
    assert "current_year_unknown" in codes(told["findings"])
