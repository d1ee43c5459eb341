"""The case a book tells: each recorded fact reaches the return, and what contradicts itself is left out and told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.liability import Liability, liability
from lotwork.rules.load import Law
from lotwork.rules.us.capital import BoxTotal
from tests.projections.house import book_of, receipt, sale

LAW = Law.load()
ME = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "mfj", "activity": "business"}
SINGLE = ME | {"filing_status": "single"}
HOBBY = SINGLE | {"activity": "hobby"}


def facts(**keys: Any) -> dict[str, Any]:
    return {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025} | keys


def owed(*lines: dict[str, Any], year: int = 2025) -> Liability:
    return liability(book_of(*lines), LAW, year)


def codes(told: Liability) -> list[str]:
    return [finding.code for finding in told.findings]


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        ("wages_usd", "wages", "1"),
        ("spouse_wages_usd", "spouse_wages", "2"),
        ("other_ordinary_income_usd", "other_ordinary_income", "-3"),
        ("taxable_interest_usd", "taxable_interest", "4"),
        ("qualified_dividends_usd", "qualified_dividends", "5"),
        ("w2_wages_paid_usd", "business_w2_wages", "6"),
        ("ubia_usd", "ubia", "7"),
        ("qbi_loss_carryforward_usd", "qbi_loss_carryover", "8"),
        ("nol_carryforward_usd", "nol_carryover", "9"),
        ("section_1231_losses_usd", "section_1231_losses", "10"),
        ("retirement_contribution_usd", "retirement_contribution", "11"),
        ("health_insurance_usd", "health_insurance", "12"),
        ("elsewhere_deferred_usd", "elsewhere_deferred", "13"),
        ("itemized_deductions_usd", "itemized_deductions", "14"),
        ("credits_usd", "credits", "15"),
        ("withholding_usd", "withholding", "16"),
        ("other_short_term_gain_usd", "short_term_net", "-17"),
        ("other_long_term_gain_usd", "long_term_net", "18"),
        ("short_term_carryover_usd", "short_term_carryover", "19"),
        ("long_term_carryover_usd", "long_term_carryover", "20"),
    ],
)
def test_each_amount_of_the_years_facts_reaches_the_return(key: str, field: str, value: str) -> None:
    assert getattr(owed(ME, facts(**{key: value})).computed.filer, field) == Decimal(value)


def test_words_and_persons_reach_it_too() -> None:
    filer = owed(ME, facts(retirement_plan="sep", age=61, aged_65_or_older=1, blind=2)).computed.filer
    assert (filer.retirement_plan, filer.age, filer.aged, filer.blind) == ("sep", 61, 1, 2)
    assert owed(ME | {"material_participation": False}).computed.filer.material_participation is False


def test_the_rows_of_form_8949_stand_on_the_lines_of_their_boxes() -> None:
    told = owed(
        SINGLE, receipt("r", "2023-01-01", "2", "100"), sale("long", "2025-02-01", "1", "500"),
        receipt("young", "2025-01-05", "1", "900"), sale("more", "2025-03-01", "2", "1000"),
        facts(other_short_term_gain_usd="7"),
    )  # fmt: skip
    assert told.computed.filer.boxes == (
        BoxTotal("I", Decimal(500), Decimal(900)),
        BoxTotal("L", Decimal(1_000), Decimal(200)),
    )
    lines = {each.line.ref: each for each in told.lines}
    assert lines["Schedule D line 3"].line.amount == -400
    assert lines["Schedule D line 10"].line.amount == 800
    assert lines["Schedule D line 1a"].line.amount == 7
    assert lines["Schedule D line 1a"].because == ("f",)
    assert set(lines["Schedule D line 10"].because) == {"long", "more", "r"}
    assert lines["Schedule D line 7"].line.amount == -393


def test_coins_of_an_airdrop_are_no_business_income() -> None:
    """Rev. Rul. 2019-24: ordinary income, on Schedule 1 line 8v."""
    told = owed(
        SINGLE,
        receipt("mined", "2025-03-01", "1", "50000"),
        receipt("gift", "2025-04-01", "1", "700", income="airdrop"),
    )
    lines = {each.line.ref: each for each in told.lines}
    assert told.business.receipts == 50_000
    assert lines["Schedule 1 line 8v"].line.amount == 700
    assert lines["Schedule 1 line 8v"].because == ("gift",)
    assert lines["Schedule C line 1"].because == ("mined",)
    plain = owed(SINGLE, receipt("mined", "2025-03-01", "1", "50000"))
    assert told.computed.summary["se_tax"] == plain.computed.summary["se_tax"]


def test_a_hobby_has_both_on_one_line_since_2024_and_on_two_before() -> None:
    def lines(year: int) -> dict[str, tuple[Decimal, tuple[str, ...]]]:
        told = owed(
            HOBBY, receipt("mined", f"{year}-03-01", "1", "500"),
            receipt("forked", f"{year}-04-01", "1", "70", income="fork"), year=year,
        )  # fmt: skip
        return {each.line.ref: (each.line.amount, each.because) for each in told.lines}

    assert lines(2024)["Schedule 1 line 8v"] == (Decimal(570), ("mined", "forked"))
    assert lines(2023)["Schedule 1 line 8j"] == (Decimal(500), ("mined",))
    assert lines(2023)["Schedule 1 line 8z"] == (Decimal(70), ("forked",))


def test_payments_stand_on_the_lines_of_their_kind() -> None:
    pay = {"kind": "payment", "at": "2025-06-01T00:00:00Z", "year": 2025}
    told = owed(
        SINGLE, facts(wages_usd="90000", withholding_usd="100"),
        *(pay | {"id": kind, "type": kind, "amount_usd": usd} for kind, usd in
          (("withholding", "20"), ("estimated", "3"), ("extension", "0.4"), ("balance", "5000"))),
    )  # fmt: skip
    lines = {each.line.ref: each for each in told.lines}
    assert lines["Form 1040 line 25a"].line.amount == 120
    assert lines["Form 1040 line 25a"].because == ("f", "withholding")
    assert lines["Form 1040 line 26"].because == ("estimated",)
    assert lines["Form 1040 line 33"].line.amount == Decimal("123.4")
    assert told.paid == Decimal("5123.4")


def test_wages_of_a_spouse_on_a_single_return_are_left_out_and_told() -> None:
    told = owed(SINGLE, facts(wages_usd="10", spouse_wages_usd="50"))
    assert codes(told) == ["spouse_wages_not_joint"]
    assert told.computed.income.wages.amount == 10
    assert codes(owed(ME, facts(spouse_wages_usd="50"))) == []


def test_more_taxes_than_itemized_deductions_are_told_and_cut() -> None:
    told = owed(SINGLE, facts(itemized_deductions_usd="20000", itemized_taxes_usd="30000"))
    assert codes(told) == ["itemized_taxes_above_whole"]
    assert told.computed.filer.itemized_taxes == 20_000


def test_too_much_in_a_retirement_plan_is_told_with_its_amount() -> None:
    lines = (SINGLE, receipt("r", "2025-03-01", "1", "50000"))
    told = owed(*lines, facts(retirement_contribution_usd="10000", retirement_plan="sep"))
    (finding,) = told.findings
    limit = (Decimal(50_000) - told.computed.summary["half_se_deduction"]) / 5
    assert finding.code == "retirement_excess"
    assert f"{10_000 - limit:.2f} is too much" in finding.message
    assert "record `age`" in finding.message
    aged = owed(*lines, facts(retirement_contribution_usd="90000", retirement_plan="solo_401k", age=40))
    assert "record `age`" not in aged.findings[0].message
    assert codes(owed(*lines, facts(retirement_contribution_usd="9000", retirement_plan="sep"))) == []


def test_a_passive_loss_is_told() -> None:
    bill = {"kind": "expense", "id": "b", "at": "2025-06-30T12:00:00Z", "category": "electricity", "amount_usd": "10"}
    passive = SINGLE | {"material_participation": False}
    assert codes(owed(passive, bill)) == ["passive_loss"]
    assert codes(owed(SINGLE, bill)) == codes(owed(passive)) == []


def test_a_hobbys_receipts_stand_behind_no_line_of_schedule_c() -> None:
    told = owed(HOBBY, receipt("mined", "2025-03-01", "1", "500", gross_quantity="1.1", pool_fee_quantity="0.1"))
    lines = {each.line.ref: each.because for each in told.lines}
    assert lines["Hobby worksheet line 1"] == lines["Schedule 1 line 8v"] == ("mined",)
    assert lines["Schedule C line 31"] == ()


APART = ME | {"filing_status": "mfs"}
PAID = facts(wages_usd="60000")


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        ([APART, PAID], ["spouse_itemizing_untold"]),
        ([APART, PAID | {"must_itemize": False}], []),
        ([APART, PAID | {"must_itemize": True}], []),
        ([APART, PAID | {"itemized_deductions_usd": "16000"}], []),
        ([SINGLE, PAID], []),
        ([ME, PAID], []),
    ],
)
def test_a_separate_return_asks_whether_the_spouse_itemizes(lines: list[dict[str, Any]], asked: list[str]) -> None:
    """26 U.S.C. 63(c)(6)(A): the standard deduction of 15,750 is none then."""
    told = owed(*lines)
    assert codes(told) == asked
    assert told.computed.taxable.itemized == (lines[1].get("must_itemize") or "itemized_deductions_usd" in lines[1])
