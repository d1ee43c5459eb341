"""Two miners on a joint return: each a Schedule C, a Schedule SE and a Form 4562, with the limits they share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.units import ZERO
from lotwork.projections.estimated.annualized import annualized
from lotwork.projections.liability import Liability, liability
from lotwork.projections.replay.book import Book
from lotwork.rules.line import Line
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
ME = {
    "kind": "profile", "id": "me", "at": "2025-01-01T00:00:00Z", "filing_status": "mfj", "activity": "business",
    "business_began": "2025-01-01", "material_participation": True,
}  # fmt: skip
HERS = {"kind": "wallet", "id": "w", "at": "2025-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}
MINE = receipt("mine", "2025-02-05", "1", "90000")
HER_COIN = receipt("hers", "2025-03-05", "1", "60000", wallet="hers")


def paid(usd: str, name: str, **keys: Any) -> dict[str, Any]:
    """Return a bill for power."""
    line = {"kind": "expense", "id": name, "at": "2025-06-05T12:00:00Z", "category": "electricity", "amount_usd": usd}
    return line | keys


def rig(cost: str, name: str, placed: str = "2025-03-01", **keys: Any) -> dict[str, Any]:
    """Return a rig without bonus."""
    line = {"kind": "equipment", "id": name, "at": f"{placed}T12:00:00Z", "equipment": name, "cost_usd": cost}
    return line | {"acquired": placed, "placed_in_service": placed, "bonus": "none"} | keys


def wages(usd: str, hers: str = "0") -> dict[str, Any]:
    """Return the wages of both."""
    at = "2025-12-31T00:00:00Z"
    return {"kind": "year_facts", "id": "facts", "at": at, "year": 2025, "wages_usd": usd, "spouse_wages_usd": hers}


def owed(*lines: dict[str, Any], year: int = 2025) -> Liability:
    """Return what is owed for *year*."""
    return liability(book_of(*lines), LAW, year)


def amounts(made: Liability) -> dict[str, Decimal]:
    """Return each line by its form and number."""
    return {each.line.ref: each.line.amount for each in made.lines}


def amounts_of(lines: Iterable[Line]) -> dict[str, Decimal]:
    """Return each of *lines* by its form and number."""
    return {each.ref: each.amount for each in lines}


def codes(made: Liability) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in made.findings]


def test_each_spouse_has_a_schedule_c_and_a_schedule_se_of_an_own() -> None:
    """26 U.S.C. 1402(b), 6017: self-employment tax is each spouse's, on each one's own net earnings."""
    lines = (ME, HERS, MINE, HER_COIN, paid("10000", "a"), paid("5000", "b", owner="spouse"))
    told = amounts(owed(*lines))
    assert [told["Schedule C line 31"], told["Schedule C (spouse) line 31"]] == [80_000, 55_000]
    assert told["Schedule SE line 4a"] == 80_000 * Decimal("0.9235")
    assert told["Schedule SE (spouse) line 4a"] == 55_000 * Decimal("0.9235")
    tax = told["Schedule SE line 12"] + told["Schedule SE (spouse) line 12"]
    assert [told["Schedule 2 line 4"], told["Schedule 1 line 15"]] == [tax, tax / 2]
    assert told["Schedule 1 line 3"] == 135_000
    assert owed(*lines).computed.summary["se_tax"] == tax


def test_each_has_a_wage_base_that_the_own_wages_use_up() -> None:
    """2025: 176,100 (42 U.S.C. 430); 170,000 of the spouse's wages leave 6,100 of it, and none of the taxpayer's."""
    told = amounts(owed(ME, HERS, MINE, HER_COIN, wages("0", "170000")))
    assert [told["Schedule SE line 9"], told["Schedule SE (spouse) line 9"]] == [176_100, 6_100]
    assert told["Schedule SE (spouse) line 10"] == 6_100 * Decimal("0.124")
    assert told["Schedule SE line 10"] == 90_000 * Decimal("0.9235") * Decimal("0.124")
    swapped = amounts(owed(ME, HERS, MINE, HER_COIN, wages("170000")))
    assert [swapped["Schedule SE line 9"], swapped["Schedule SE (spouse) line 9"]] == [6_100, 176_100]


def test_a_loss_of_one_lowers_no_earnings_of_the_other() -> None:
    made = owed(ME, HERS, MINE, HER_COIN, paid("80000", "b", owner="spouse"))
    told = amounts(made)
    assert [told["Schedule C (spouse) line 31"], told["Schedule 1 line 3"]] == [-20_000, 70_000]
    assert told["Schedule SE line 4a"] == 90_000 * Decimal("0.9235")
    assert not told["Schedule SE (spouse) line 12"]


def test_additional_medicare_tax_is_of_both_ones_earnings_together() -> None:
    """26 U.S.C. 1401(b)(2)(A)(i): 250,000 on a joint return, of the self-employment income of both."""
    told = amounts(owed(ME, HERS, receipt("a", "2025-02-05", "2", "90000"),
                        receipt("b", "2025-03-05", "2", "80000", wallet="hers")))  # fmt: skip
    earned = (180_000 + 160_000) * Decimal("0.9235")
    assert told["Form 8959 line 8"] == earned
    assert told["Form 8959 line 13"] == (earned - 250_000) * Decimal("0.009")


def test_the_limit_of_section_179_is_that_of_both_together() -> None:
    """26 U.S.C. 179(b)(3), (4); Treas. Reg. 1.179-2(c)(7): the income of both limits what both expense."""
    mine, hers = (
        rig("20000", "r1", section_179_usd="20000"),
        rig("20000", "r2", section_179_usd="20000", owner="spouse"),
    )
    small = (receipt("a", "2025-02-05", "1", "5000"), receipt("b", "2025-03-05", "1", "10000", wallet="hers"))
    made = owed(ME, HERS, *small, mine, hers)
    told = amounts(made)
    assert [told["Form 4562 line 11"], told["Form 4562 line 12"], told["Form 4562 line 13"]] == [15_000, 15_000, 25_000]
    both = made.businesses
    assert [each.depreciation for each in both] == [7_500, 7_500]
    assert [told["Form 4562 line 22"], told["Form 4562 (spouse) line 22"]] == [7_500, 7_500]
    assert "Form 4562 (spouse) line 12" not in told


def test_each_has_a_convention_of_an_own() -> None:
    """26 U.S.C. 168(d)(3): of the spouse's rigs all came in the last quarter, of the taxpayer's none."""
    made = owed(ME, HERS, MINE, HER_COIN, rig("5000", "r1"), rig("5000", "r2", "2025-11-01", owner="spouse"))
    assert [each.depreciation for each in made.businesses] == [1_000, 250]


def test_what_follows_from_a_spouses_thing_is_the_spouses() -> None:
    energy = {"kind": "energy", "id": "e", "at": "2025-06-01T12:00:00Z", "kwh": "1000", "meter": "m",
              "from": "2025-05-01", "to": "2025-06-01", "owner": "spouse"}  # fmt: skip
    tariff = {"kind": "tariff", "id": "t", "at": "2025-01-01T12:00:00Z", "from": "2025-01-01", "price_usd": "0.20"}
    income = {"kind": "business_income", "id": "i", "at": "2025-06-01T12:00:00Z", "category": "hosting",
              "amount_usd": "700", "owner": "spouse"}  # fmt: skip
    office = {"kind": "home_office", "id": "o", "at": "2025-01-01T12:00:00Z", "year": 2025, "method": "simplified",
              "office_sqft": "100", "owner": "spouse"}  # fmt: skip
    bill, back = paid("400", "bill", owner="spouse"), paid("100", "back", refund_of="bill")
    sold = {
        "kind": "equipment_sale",
        "id": "s",
        "at": "2025-12-01T12:00:00Z",
        "equipment": "r2",
        "proceeds_usd": "9000",
    }
    made = owed(ME, HERS, MINE, HER_COIN, energy, tariff, income, office, bill, back,
                rig("5000", "r2", owner="spouse"), sold)  # fmt: skip
    told = amounts(made)
    assert [told["Schedule C line 28"], told["Schedule C line 31"]] == [0, 90_000]
    assert told["Schedule C (spouse) line 1"] == 60_700
    assert told["Schedule C (spouse) line 25"] == 200 + 400 - 100
    assert told["Schedule C (spouse) line 30"] == 500
    assert [row.proceeds_usd_micros for row in made.businesses[1].equipment.rows] == [9_000_000_000]
    assert [sale.proceeds for sale in made.computed.filer.sales] == [9_000]
    because = {each.line.ref: each.because for each in made.lines}
    assert sorted(because["Schedule C (spouse) line 25"]) == ["back", "bill", "e"]


@pytest.mark.parametrize(
    ("lines", "because"),
    [
        ((HER_COIN, paid("60000", "b", owner="spouse")), {"hers", "b"}),
        ((HER_COIN, rig("60000", "r2", section_179_usd="60000", owner="spouse")), {"hers", "r2"}),
        ((receipt("old", "2024-03-05", "1", "10", wallet="hers"),), set()),
    ],
)
def test_a_spouse_whose_business_left_nothing_has_a_line_31_of_nothing(
    lines: tuple[dict[str, Any], ...], because: set[str]
) -> None:
    made = owed(ME, HERS, MINE, *lines)
    (told,) = (each for each in made.lines if each.line.ref == "Schedule C (spouse) line 31")
    assert told.line.amount == 0
    assert set(told.because) == because
    assert amounts(made)["Schedule SE line 12"] == amounts(owed(ME, MINE))["Schedule SE line 12"]


def test_a_hobby_of_both_has_a_line_31_of_nothing_on_either_form() -> None:
    told = amounts(owed(ME | {"activity": "hobby"}, HERS, MINE, HER_COIN))
    assert [told["Schedule C line 31"], told["Schedule C (spouse) line 31"]] == [0, 0]


def test_every_line_of_the_spouse_rests_on_lines_that_are_there() -> None:
    made = owed(ME, HERS, MINE, HER_COIN, paid("500", "b", owner="spouse"), rig("5000", "r2", owner="spouse"))
    told = {each.line.ref for each in made.lines}
    for each in made.lines:
        if "(spouse)" in each.line.form:
            assert all(ref in told or "(spouse)" not in ref for ref in each.line.inputs), each.line.ref


@pytest.mark.parametrize("status", ["single", "mfs", "hoh"])
def test_a_return_of_one_person_has_nothing_of_the_spouse_and_says_so(status: str) -> None:
    made = owed(ME | {"filing_status": status}, HERS, MINE, HER_COIN, paid("500", "b", owner="spouse"))
    assert made.business.net == 90_000
    assert made.spouse_business is None
    assert "owner_not_joint" in codes(made)


@pytest.mark.parametrize("fact", ["retirement_contribution_usd", "health_insurance_usd", "w2_wages_paid_usd"])
def test_a_fact_that_is_of_one_of_two_miners_is_asked_about(fact: str) -> None:
    told = wages("0") | {fact: "1000"}
    assert "couple_facts_assumed" in codes(owed(ME, HERS, MINE, HER_COIN, told))
    assert "couple_facts_assumed" not in codes(owed(ME, MINE, told))


def test_without_a_spouses_thing_nothing_changes() -> None:
    plain = owed(ME, MINE, paid("500", "a"), rig("5000", "r1"))
    told = owed(ME, HERS | {"owner": "taxpayer"}, MINE, paid("500", "a", owner="taxpayer"), rig("5000", "r1"))
    assert [each.line for each in plain.lines] == [each.line for each in told.lines]
    assert plain.spouse_business is None


def test_a_spouse_who_mines_alone_has_the_only_schedule_se() -> None:
    told = amounts(owed(ME, HERS, HER_COIN, wages("100000")))
    assert [told["Schedule SE line 12"], told["Schedule SE (spouse) line 9"]] == [0, 176_100]
    assert told["Schedule SE (spouse) line 4a"] == 60_000 * Decimal("0.9235")


def test_each_business_is_within_its_own_limit_of_the_deduction_for_business_income() -> None:
    """Treas. Reg. 1.199A-1(d)(2)(iii): above the range a business without wages or basis has no component."""
    rich = wages("900000")
    lines = (ME, HERS, MINE, HER_COIN, rich)
    assert not owed(*lines).computed.summary["qbi_deduction"]
    hers = owed(*lines, rig("100000", "r2", owner="spouse"))
    told = amounts(hers)
    assert [told["Form 8995-A line 15"], told["Form 8995-A (spouse) line 10"]] == [0, 2_500]
    assert told["Form 8995-A line 16"] == told["Form 8995-A (spouse) line 15"] == 2_500
    both = amounts(owed(*lines, rig("100000", "r2", owner="spouse"), rig("40000", "r1")))
    assert both["Form 8995-A line 16"] == 2_500 + 1_000
    loss = amounts(owed(*lines, rig("100000", "r2", owner="spouse"), paid("200000", "b", owner="spouse")))
    assert not loss["Form 8995-A line 16"]


def test_below_the_threshold_the_two_are_one_sum_less_both_halves() -> None:
    made = owed(ME, HERS, MINE, HER_COIN)
    told = amounts(made)
    assert told["Form 8995 line 1"] == 150_000 - made.computed.summary["half_se_deduction"]


def book() -> Book:
    """Return a year of which the spouses each earned a half in the first quarter."""
    return book_of(ME, HERS, MINE, HER_COIN, rig("5000", "r1"), rig("5000", "r2", owner="spouse"))


def test_an_annualized_installment_has_both_wage_bases() -> None:
    """Form 2210, Schedule AI, Part II: each who files a Schedule SE fills it in alone, line 15 has both (1402(b))."""
    couple = book()
    made = annualized(couple, LAW, liability(couple, LAW, 2025), None, is_over=True)
    whole = liability(couple, LAW, 2025)
    taxes = [each.tax.amount for each in whole.computed.income.self_employments]
    last = amounts_of(made.columns[-1].lines)
    assert [last["Form 2210 Schedule AI line 36d"], last["Form 2210 Schedule AI (spouse) line 36d"]] == taxes
    assert last["Form 2210 Schedule AI line 15d"] == sum(taxes)
    for place, letter in enumerate("abcd"):
        told = amounts_of(made.columns[place].lines)
        for form in ("Form 2210 Schedule AI", "Form 2210 Schedule AI (spouse)"):
            lines = [told[f"{form} line {number}{letter}"] for number in range(28, 37)]
            net, base, wages, left, social, oasdi, medicare, hospital, tax = lines
            assert (left, oasdi, hospital) == (max(ZERO, base - wages), min(net, left) * social, net * medicare)
            assert tax == oasdi + hospital


def test_each_meets_a_wage_base_of_an_own_in_each_period() -> None:
    """176,100 x 3/12 = 44,025 by March 31, 2025: his wages of it leave him nothing, and her all (1402(b)(1))."""
    wages = {
        "kind": "year_facts", "id": "through", "at": "2025-03-31T00:00:00Z", "year": 2025, "through": "2025-03-31",
        "wages_usd": "44025",
    }  # fmt: skip
    whole = {"kind": "year_facts", "id": "facts", "at": "2025-01-01T00:00:00Z", "year": 2025, "wages_usd": "176100"}
    couple = book_of(ME, HERS, MINE, HER_COIN, wages, whole)
    made = annualized(couple, LAW, liability(couple, LAW, 2025), None, is_over=True)
    quarter = amounts_of(made.columns[0].lines)
    assert quarter["Form 2210 Schedule AI line 31a"] == 0
    assert quarter["Form 2210 Schedule AI (spouse) line 31a"] == 44_025
    assert quarter["Form 2210 Schedule AI line 33a"] == 0
    assert quarter["Form 2210 Schedule AI (spouse) line 33a"] > 0
    assert quarter["Form 2210 Schedule AI line 15a"] == sum(
        quarter[f"Form 2210 Schedule AI{whose} line 36a"] for whose in ("", " (spouse)")
    )


def test_losses_and_section_179_are_carried_on_for_both() -> None:
    lines = (ME, HERS, rig("20000", "r1", section_179_usd="20000"),
             rig("20000", "r2", section_179_usd="20000", owner="spouse"),
             receipt("b", "2025-03-05", "1", "10000", wallet="hers"),
             receipt("n", "2026-02-05", "1", "50000"))  # fmt: skip
    made = owed(*lines, year=2026)
    assert sum(each.depreciation for each in made.businesses) == 30_000
    assert [each.equipment.section_179_carryforward_usd_micros for each in made.businesses] == [0, 0]


LATER: dict[str, Any] = {"kind": "wallet", "id": "w2", "wallet": "hers"}


@pytest.mark.parametrize("at", ["2024-12-31T00:00:00Z", "2025-01-01T00:00:00Z", "2026-05-01T00:00:00Z"])
@pytest.mark.parametrize("more", [{"custody": "broker"}, {"chain": "bitcoin"}, {"meaning": "pool_payout"}])
def test_what_a_second_event_about_a_wallet_leaves_out_stays_as_it_was_told(at: str, more: dict[str, str]) -> None:
    """26 U.S.C. 1402(b): whose coins they are does not hang on how often a wallet is described, or in which order."""
    lines = (ME, HERS, MINE, HER_COIN, wages("176100"))
    assert amounts(owed(*lines, LATER | more | {"at": at})) == amounts(owed(*lines))
    assert amounts(owed(LATER | more | {"at": at}, *lines)) == amounts(owed(*lines))


def test_a_wallet_that_is_told_to_be_of_both_is_asked_about() -> None:
    told = owed(ME, HERS, MINE, HER_COIN, LATER | {"at": "2025-06-01T00:00:00Z", "owner": "taxpayer"})
    assert "wallet_told_otherwise" in codes(told)
    assert "wallet_told_otherwise" not in codes(owed(ME, HERS, MINE, HER_COIN))


@pytest.mark.parametrize("hers", [{}, {"spouse_retirement_contribution_usd": "5000"}])
def test_each_ones_plan_is_limited_by_the_own_earned_income(hers: dict[str, str]) -> None:
    """26 U.S.C. 401(c)(2), 404(a)(8): 20 percent of each one's profit less half of the own tax; none of the other's."""
    plan = {"retirement_contribution_usd": "50000", "retirement_plan": "sep", "spouse_retirement_plan": "sep"}
    told = amounts(owed(ME, HERS, MINE, HER_COIN, wages("0") | plan | hers))
    mine = (90_000 - told["Schedule SE line 13"]) / 5
    spouses = Decimal(5_000) if hers else ZERO
    assert told["Schedule 1 line 16"] == mine + spouses
    assert told["Pub. 560 Deduction Worksheet line 21"] == mine
    if hers:
        assert told["Pub. 560 Deduction Worksheet (spouse) line 3"] == 60_000 - told["Schedule SE (spouse) line 13"]
        assert told["Pub. 560 Deduction Worksheet (spouse) line deducted"] == 5_000


@pytest.mark.parametrize(
    ("mine", "hers", "deducted"),
    [
        ("3000", "4000", 7_000),
        ("0", "4000", 4_000),
        ("0", "99999", None),
        ("99999", "0", None),
        ("99999", "99999", None),
    ],
)
def test_each_ones_premiums_are_limited_by_the_own_business(mine: str, hers: str, deducted: int | None) -> None:
    """26 U.S.C. 162(l)(2)(A): the earned income from the trade with respect to which the plan is established."""
    told = amounts(
        owed(ME, HERS, MINE, HER_COIN, wages("0") | {"health_insurance_usd": mine, "spouse_health_insurance_usd": hers})
    )
    own = min(Decimal(mine), 90_000 - told["Schedule SE line 13"])
    spouses = min(Decimal(hers), 60_000 - told["Schedule SE (spouse) line 13"])
    assert told["Schedule 1 line 17"] == own + spouses == (own + spouses if deducted is None else deducted)
    assert told.get("Form 7206 (spouse) line 14", ZERO) == spouses


def test_what_the_spouse_deducts_lowers_the_spouses_business_income() -> None:
    """Treas. Reg. 1.199A-3(b)(1)(vi): each trade's income is less what its owner deducts for it."""
    rich = (receipt("a", "2025-02-05", "4", "90000"), receipt("b", "2025-03-05", "4", "80000", wallet="hers"))
    facts = wages("0") | {"spouse_health_insurance_usd": "10000", "spouse_retirement_contribution_usd": "20000"}
    plain, told = amounts(owed(ME, HERS, *rich)), amounts(owed(ME, HERS, *rich, facts))
    line = "Form 8995-A (spouse) line 1"
    assert told[line] == plain[line] - 30_000
    assert told["Schedule 1 line 26"] == plain["Schedule 1 line 26"] + 30_000


def test_wages_that_the_spouses_business_paid_are_within_its_own_limit() -> None:
    """26 U.S.C. 199A(b)(2)(B)(i): half of the wages with respect to that trade."""
    rich = (receipt("a", "2025-02-05", "4", "90000"), receipt("b", "2025-03-05", "8", "80000", wallet="hers"))
    told = amounts(owed(ME, HERS, *rich, wages("0") | {"spouse_w2_wages_paid_usd": "60000"}))
    assert [told["Form 8995-A (spouse) line 10"], told["Form 8995-A line 10"]] == [30_000, 0]


@pytest.mark.parametrize("fact", ["retirement_contribution_usd", "health_insurance_usd", "w2_wages_paid_usd"])
def test_a_fact_told_of_each_is_not_asked_about_again(fact: str) -> None:
    told = wages("0") | {fact: "1000", f"spouse_{fact}": "0"}
    assert "couple_facts_assumed" not in codes(owed(ME, HERS, MINE, HER_COIN, told))


@pytest.mark.parametrize("fact", ["retirement_contribution_usd", "health_insurance_usd", "w2_wages_paid_usd"])
def test_a_fact_of_a_spouse_without_a_business_is_in_no_figure_and_said(fact: str) -> None:
    told = wages("0") | {f"spouse_{fact}": "1000"}
    alone, plain = owed(ME, MINE, told), owed(ME, MINE)
    assert "spouse_facts_without_business" in codes(alone)
    assert alone.tax == plain.tax
    single = owed(ME | {"filing_status": "single"}, MINE, told)
    assert "spouse_facts_not_joint" in codes(single)
    assert single.tax == owed(ME | {"filing_status": "single"}, MINE).tax


def test_what_a_spouse_put_in_beyond_the_own_limit_is_said() -> None:
    told = wages("0") | {"spouse_retirement_contribution_usd": "90000", "spouse_retirement_plan": "sep"}
    (finding,) = (each for each in owed(ME, HERS, MINE, HER_COIN, told).findings if each.code == "retirement_excess")
    assert "put into a retirement plan of the spouse for 2025, sep lets" in finding.message
    assert "record `spouse_age` in year_facts if the spouse is 50 or older" in finding.message
