"""The lines a preparer copies: each on the form and number its year gives it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.rules.line import line_order
from lotwork.rules.us.individual import Filer, compute
from tests.rules.us.law import LAW, usd


def amounts(**facts: Any) -> dict[str, Decimal]:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    return {each.ref: each.amount for each in compute(Filer(**told), LAW).lines}


@pytest.mark.parametrize(
    ("year", "gain", "agi", "deduction", "qbi"),
    [(2023, "7", "11", "12", "13"), (2024, "7", "11", "12", "13"), (2025, "7a", "11a", "12e", "13a"),
     (2026, "7a", "11a", "12e", "13a")],
)  # fmt: skip
def test_from_2025_the_form_splits_its_lines(year: int, gain: str, agi: str, deduction: str, qbi: str) -> None:
    """Form 1040 (2024): lines 7, 11, 12, 13; (2025): 7a, 11a, 12e, 13a, and 13b from Schedule 1-A."""
    told = amounts(year=year, schedule_c_net=usd("50000"), long_term_net=usd("1000"))
    assert all(f"Form 1040 line {number}" in told for number in (gain, agi, deduction, qbi))
    assert ("Form 1040 line 13b" in told) is (year >= 2025)
    assert told[f"Form 1040 line {gain}"] == 1_000


@pytest.mark.parametrize(("year", "number"), [(2023, "1"), (2024, "2"), (2025, "2"), (2026, "2")])
def test_the_minimum_tax_moved_to_line_2_of_schedule_2(year: int, number: str) -> None:
    told = amounts(year=year, long_term_net=usd("3000000"), wages=usd("9000000"))
    assert f"Schedule 2 line {number}" in told
    assert told[f"Schedule 2 line {number}"] == told["Form 6251 line 11"]


@pytest.mark.parametrize(
    ("year", "hobby", "airdrop"), [(2023, "8j", "8z"), (2024, "8v", "8v"), (2025, "8v", "8v"), (2026, "8v", "8v")]
)
def test_coins_received_outside_a_business_have_a_line_of_their_own_since_2024(
    year: int, hobby: str, airdrop: str
) -> None:
    assert amounts(year=year, hobby_income=usd("700"))[f"Schedule 1 line {hobby}"] == 700
    told = amounts(year=year, digital_income=usd("30"))
    assert told[f"Schedule 1 line {airdrop}"] == 30
    assert told["Schedule 1 line 9"] == told["Schedule 1 line 10"] == 30


def test_every_schedule_adds_up_into_the_form() -> None:
    told = amounts(
        schedule_c_net=usd("90000"), wages=usd("40000"), taxable_interest=usd("300"), qualified_dividends=usd("200"),
        short_term_net=usd("-9000"), retirement_contribution=usd("5000"), health_insurance=usd("4000"),
    )  # fmt: skip
    half = told["Schedule SE line 13"]
    assert told["Schedule 1 line 3"] == told["Schedule 1 line 10"] == told["Form 1040 line 8"] == 90_000
    assert told["Schedule 1 line 26"] == told["Form 1040 line 10"] == half + 9_000
    assert told["Form 1040 line 9"] == 40_000 + 300 + 200 - 3_000 + 90_000
    assert told["Form 1040 line 11a"] == told["Form 1040 line 9"] - told["Form 1040 line 10"]
    assert told["Form 1040 line 14"] == told["Form 1040 line 12e"] + told["Form 1040 line 13a"]
    assert told["Form 1040 line 15"] == told["Form 1040 line 11a"] - told["Form 1040 line 14"]
    assert told["Schedule 2 line 21"] == told["Form 1040 line 23"] == told["Schedule SE line 12"]
    assert told["Form 1040 line 24"] == told["Form 1040 line 16"] + told["Form 1040 line 23"]


def test_credits_take_the_income_tax_first_and_the_other_taxes_with_the_rest() -> None:
    facts = {"schedule_c_net": usd("50000")}
    plain = amounts(**facts)
    income_tax, se_tax = plain["Form 1040 line 18"], plain["Schedule SE line 12"]
    small = amounts(**facts, credits=usd("100"))
    assert small["Form 1040 line 22"] == income_tax - 100
    assert small["Schedule 3 line 13z"] == 0
    large = amounts(**facts, credits=income_tax + 50)
    assert [large["Form 1040 line 22"], large["Schedule 3 line 13z"]] == [0, 50]
    assert large["Form 1040 line 37"] == se_tax - 50
    assert amounts(**facts, credits=usd("90000"))["Form 1040 line 34"] == 0


def test_a_nonrefundable_credit_reduces_the_income_tax_and_no_other() -> None:
    """26 U.S.C. 26(a): "shall not exceed" the regular tax and the minimum tax; self-employment tax is neither."""
    facts = {"schedule_c_net": usd("50000")}
    plain = amounts(**facts)
    told = amounts(**facts, nonrefundable_credits=usd("50000"))
    assert told["Form 1040 line 20"] == plain["Form 1040 line 18"]
    assert [told["Form 1040 line 22"], told["Schedule 3 line 13z"]] == [0, 0]
    assert told["Form 1040 line 37"] == plain["Schedule SE line 12"]


def test_a_refundable_credit_is_a_payment_and_comes_back_beyond_the_tax() -> None:
    """26 U.S.C. 6401(b): what exceeds the tax is an overpayment."""
    told = amounts(schedule_c_net=usd("50000"), refundable_credits=usd("20000"))
    assert [told["Form 1040 line 20"], told["Form 1040 line 31"]] == [0, 20_000]
    assert told["Form 1040 line 34"] == 20_000 - told["Form 1040 line 24"]


def test_both_kinds_stand_each_on_its_line() -> None:
    told = amounts(schedule_c_net=usd("50000"), nonrefundable_credits=usd("100"), refundable_credits=usd("200"))
    assert [told["Form 1040 line 20"], told["Form 1040 line 31"]] == [100, 200]


def test_line_3b_is_all_ordinary_dividends_and_only_the_qualified_ones_are_taxed_as_gains() -> None:
    """26 U.S.C. 1(h)(11), 61(a)(7), 1411(c)(1)(A)(i): Form 1099-DIV, boxes 1a and 1b."""
    told = amounts(wages=usd("300000"), qualified_dividends=usd("1000"), ordinary_dividends=usd("1500"))
    assert [told["Form 1040 line 3a"], told["Form 1040 line 3b"], told["Form 1040 line 9"]] == [1_000, 1_500, 301_500]
    assert told["Form 8960 line 2"] == 1_500
    without = amounts(wages=usd("300000"), qualified_dividends=usd("1000"))
    assert without["Form 1040 line 3b"] == 1_000


def test_form_1040_has_the_rows_of_the_form_in_its_order() -> None:
    """The rows of the form of 2025; a sum that stands on no line is none."""
    rows = [
        "1a", "1z", "2a", "2b", "3a", "3b", "7a", "8", "9", "10", "11a", "11b", "12e", "13a", "13b", "14", "15", "16",
        "17", "18", "19", "20", "21", "22", "23", "24", "25a", "25d", "26", "27a", "28", "29", "30", "31", "32", "33",
        "34", "35a", "36", "37", "38",
    ]  # fmt: skip
    told = [each.line for each in compute(Filer(year=2025, status="single"), LAW).lines if each.form == "Form 1040"]
    assert [row for row in rows if row in told] == sorted(told, key=line_order)


def test_payments_leave_a_refund_or_a_balance() -> None:
    facts = {"wages": usd("60000"), "withholding": usd("2000"), "estimated_payments": usd("1000")}
    told = amounts(**facts, extension_payment=usd("500"))
    tax = told["Form 1040 line 24"]
    assert told["Form 1040 line 33"] == 3_500
    assert told["Form 1040 line 37"] == tax - 3_500
    assert told["Form 1040 line 34"] == 0
    over = amounts(**facts | {"withholding": usd("20000")})
    assert [over["Form 1040 line 34"], over["Form 1040 line 37"]] == [21_000 - tax, 0]


def test_wages_of_a_spouse_share_the_thresholds_but_not_the_social_security_base() -> None:
    """26 U.S.C. 1402(b)(1) is the person's; 1401(b)(2)(A)(i) and 3101(b)(2) the joint return's."""
    alone = amounts(status="mfj", schedule_c_net=usd("100000"))
    own = amounts(status="mfj", schedule_c_net=usd("100000"), wages=usd("184500"))
    other = amounts(status="mfj", schedule_c_net=usd("100000"), spouse_wages=usd("184500"))
    assert other["Schedule SE line 12"] == alone["Schedule SE line 12"] > own["Schedule SE line 12"]
    assert other["Form 8959 line 18"] == own["Form 8959 line 18"] > alone["Form 8959 line 18"]
    assert other["Form 1040 line 1a"] == 184_500


def test_itemized_deductions_lose_two_37ths_in_the_highest_bracket_from_2026() -> None:
    """26 U.S.C. 68(a): of the lesser of them and of the income above the top that they are added to.

    Of 74,000 they are 4,000; the minimum tax does not know the reduction (56(b)(1)(E)).
    """
    facts = {"itemized_deductions": usd("74000"), "itemized_taxes": usd("0")}
    top = LAW.in_year("us/ordinary/tops", 2026).tops("single")[-1]
    below = amounts(**facts, wages=top)
    assert below["Form 1040 line 12e"] == 74_000
    assert "Schedule A line section 68" not in below
    part = amounts(**facts, wages=top + 37_000)
    assert part["Form 1040 line 12e"] == 74_000 - 2_000
    assert part["Form 6251 line 3"] == -2_000
    whole = amounts(**facts, wages=usd("2000000"))
    assert whole["Schedule A line section 68"] == 4_000
    assert amounts(**facts, wages=usd("2000000"), year=2025)["Form 1040 line 12e"] == 74_000


def test_the_standard_deduction_is_taken_where_the_limit_leaves_less() -> None:
    told = amounts(itemized_deductions=usd("16500"), wages=usd("2000000"))
    assert told["Form 1040 line 12e"] == 16_100
    assert "Schedule A line section 68" not in told
    business = amounts(itemized_deductions=usd("16500"), wages=usd("2000000"), schedule_c_net=usd("9000"))
    assert business["Form 8995-A line 33"] == business["Form 1040 line 11a"] - 16_100
