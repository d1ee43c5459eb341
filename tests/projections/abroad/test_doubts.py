"""What the law of another country may say and no figure has: each is told, and none passes in silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.abroad.test_countries import amounts, bought, codes, profile, rig, told
from tests.projections.house import receipt, sale, transfer


def sold_rigs(name: str, day: str, rigs: str, **more: Any) -> dict[str, Any]:
    return {"kind": "equipment_sale", "id": name, "at": f"{day}T12:00:00Z", "equipment": rigs, "proceeds_usd": "900",
            **more}  # fmt: skip


def of_costs(jurisdiction: str, *lines: dict[str, Any], year: int = 2026) -> str:
    made = told(jurisdiction, profile(activity="business"), *lines, year=year, life_years=5)
    (costs,) = [each for sheet in made.sheets for each in sheet.lines if "igs" in each.label]
    return f"{costs.amount:.2f}"


@pytest.mark.parametrize("jurisdiction", ["de", "pt"])
def test_coins_of_another_wallet_cost_nothing_where_wallets_stand_apart_and_that_is_told(jurisdiction: str) -> None:
    """Before 2025 the law of the United States has one pool, and finds nothing missing: 52,000 were taxed unasked."""
    lines = (profile(), bought("b", "2024-01-10", "1", "50000"), sale("s", "2024-05-10", "1", "52000", wallet="hot"))
    assert codes(told(jurisdiction, *lines, year=2024)) == ["cost_missing"]
    moved = transfer("m", "2024-02-10", "1", "cold", "hot")
    made = told(jurisdiction, *lines, moved, year=2024)
    assert codes(made) == []
    assert amounts(made)["taxable"] == "2000.00"


def test_coins_that_no_wallet_had_are_told_in_china() -> None:
    assert codes(told("cn", sale("s", "2026-05-10", "1", "52000"))) == ["cost_missing"]


@pytest.mark.parametrize(
    ("jurisdiction", "doubted"),
    [
        ("cn", {"staking", "fork", "airdrop", "hosting", "other"}),
        ("jp", {"fork"}),
        ("de", {"fork", "airdrop", "other"}),
        ("pt", {"staking", "hosting", "referral", "fork", "airdrop", "other"}),
    ],
)
def test_what_came_for_no_mining_is_told_where_the_law_has_another_class_for_it(
    jurisdiction: str, doubted: set[str]
) -> None:
    kinds = ("block_reward", "transaction_fee", "pool_payout", "bonus", "referral", "hosting", "staking", "fork",
             "airdrop", "other")  # fmt: skip
    for kind in kinds:
        made = told(jurisdiction, profile(), receipt("r", "2026-03-10", "1", "900", income=kind))
        assert codes(made) == (["receipt_of_no_mining"] if kind in doubted else []), kind


def test_all_of_one_kind_are_told_at_once_with_their_worth() -> None:
    lines = [receipt(f"r{n}", f"2026-03-1{n}", "1", "900", income="staking") for n in range(3)]
    (finding,) = told("pt", profile(), *lines).findings
    assert finding.message.startswith("r0 and 2 more, in all 2700.00 EUR, came as `staking`")


def test_some_rigs_sold_of_an_invoice_leave_the_rest_in_service() -> None:
    """Ten for 30,000 over five years: 600 each a year; two are sold in July of the first."""
    ten = rig("s21", "2025-01-10", "30000", quantity="10")
    two = sold_rigs("two", "2025-07-10", "s21", quantity="2")
    for jurisdiction in ("de", "jp", "cn"):
        assert of_costs(jurisdiction, ten, two, year=2025) == "5400.00"
        assert of_costs(jurisdiction, ten, two) == "4800.00"
        assert of_costs(jurisdiction, ten, sold_rigs("all", "2025-07-10", "s21")) == "0.00"


def test_a_sale_of_more_rigs_than_there_are_is_told_and_ends_none() -> None:
    ten = rig("s21", "2025-01-10", "30000", quantity="10")
    many = sold_rigs("many", "2025-07-10", "s21", quantity="12")
    assert of_costs("de", ten, many, year=2025) == "6000.00"
    made = told("de", profile(), ten, many, year=2025)
    assert sorted(codes(made)) == ["equipment_sold_too_many", "rig_sale_not_covered"]


def test_a_rig_has_the_business_share_of_the_year() -> None:
    use = {"kind": "equipment_use", "id": "u", "at": "2026-01-05T12:00:00Z", "equipment": "s21", "year": "2026",
           "business_share": "0.2"}  # fmt: skip
    one = rig("s21", "2025-01-10", "3000")
    assert (of_costs("de", one, use, year=2025), of_costs("de", one, use)) == ("600.00", "120.00")


@pytest.mark.parametrize("recovery_class", ["7", "15", "39", "qip", "software"])
def test_what_is_no_computer_is_told_where_it_is_spread_over_the_life_of_one(recovery_class: str) -> None:
    made = told("jp", profile(), rig("wiring", "2026-01-10", "3000", **{"class": recovery_class}))
    assert codes(made) == ["life_of_another_thing"]


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "wallet", "id": "w", "at": "2026-01-05T12:00:00Z", "wallet": "hers", "owner": "spouse"},
        {"kind": "expense", "id": "w", "at": "2026-01-05T12:00:00Z", "category": "rent", "amount_usd": "1",
         "owner": "spouse"},
        rig("w", "2026-01-10", "3000", owner="spouse"),
    ],
    ids=lambda line: str(line["kind"]),
)  # fmt: skip
def test_what_is_the_spouses_is_told_to_be_counted_as_the_taxpayers(line: dict[str, Any]) -> None:
    """A limit is each person's: 256 and 1,000 euro of each spouse, and no joint return in Japan."""
    for jurisdiction in ("de", "jp", "pt", "cn"):
        assert "spouses_not_apart" in codes(told(jurisdiction, profile(filing_status="mfj"), line))


def test_the_wages_of_the_spouse_are_other_income_too() -> None:
    facts = {"kind": "year_facts", "id": "f", "at": "2026-12-31T00:00:00Z", "year": "2026", "spouse_wages_usd": "900"}
    assert codes(told("de", profile(filing_status="mfj"), facts)) == ["other_income_not_told"]


@pytest.mark.parametrize("disposition", ["gift", "donated"])
def test_coins_given_away_are_told_where_the_law_taxes_them(disposition: str) -> None:
    """Income Tax Act Art. 40; EStG s.6(1) Nr. 4: taken out of a trade at what they are worth."""
    lines = (receipt("r", "2026-03-10", "1", "900"), sale("s", "2026-04-10", "1", "0", disposition=disposition))
    assert codes(told("jp", profile(), *lines)) == ["gift_taxed"]
    assert codes(told("de", profile(activity="business"), *lines)) == ["gift_taxed"]
    assert codes(told("de", profile(), *lines)) == []


@pytest.mark.parametrize(
    ("former", "last", "ended"),
    [("1", "250000", False), ("1", "250000.01", True), ("200001", "200001", True), ("200000", "200001", False)],
)
def test_the_simplified_regime_of_portugal_ends_above_200_000(former: str, last: str, ended: bool) -> None:
    """CIRS Art. 28(6): two years in a row above it, or one by more than a quarter."""
    lines = (receipt("a", "2024-03-10", "1", former), receipt("b", "2025-03-10", "1", last))
    made = told("pt", profile(activity="business"), *lines)
    assert codes(made) == (["simplified_regime_ended"] if ended else [])
