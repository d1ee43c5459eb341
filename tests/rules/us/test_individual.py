"""The whole return, against filers on whose figures independent models agree, and against the statute's words."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.events import FilingStatus
from lotwork.rules.errors import CaseRefusedError, UnknownFigureError
from lotwork.rules.figures import STATUSES
from lotwork.rules.load import Law
from lotwork.rules.us.capital import BoxTotal
from lotwork.rules.us.form_4797 import BusinessSale
from lotwork.rules.us.individual import SUMMARY_KEYS, Filer, compute, compute_case
from tests.rules.us.law import CENT, DATA, LAW, usd

CASES: list[dict[str, Any]] = json.loads((DATA / "us_filers.json").read_text(), parse_float=Decimal)["cases"]
ZERO = Decimal(0)


def everything(year: int) -> Filer:
    """Return a filer who has something on every form."""
    sold = BusinessSale(
        name="S19", proceeds=usd("9000"), adjusted_basis=usd("1000"), deducted=usd("5000"), recaptured=usd("5000"),
        held_long=True,
    )  # fmt: skip
    hall = BusinessSale(
        name="hall", proceeds=usd("90000"), adjusted_basis=usd("80000"), deducted=usd("7000"), recaptured=ZERO,
        held_long=True, real_property=True,
    )  # fmt: skip
    box = BoxTotal("F" if year < 2025 else "L", usd("9000"), usd("2000"))
    return Filer(
        year=year, status="mfj", schedule_c_net=usd("500000"), wages=usd("50000"), spouse_wages=usd("90000"),
        short_term_net=usd("-3000"), long_term_net=usd("7000"), other_ordinary_income=usd("10"),
        taxable_interest=usd("20"), qualified_dividends=usd("30"), ubia=usd("90000"), digital_income=usd("40"),
        long_term_carryover=usd("100"), qbi_loss_carryover=usd("200"), nol_carryover=usd("300"),
        excess_loss_carryover=usd("100"), section_1231_losses=usd("400"), sales=(sold, hall), boxes=(box,),
        retirement_contribution=usd("90000"), retirement_plan="solo_401k", age=61, health_insurance=usd("5000"),
        itemized_deductions=usd("60000"), itemized_taxes=usd("10000"), credits=usd("500"), withholding=usd("600"),
    )  # fmt: skip


def total(**facts: Any) -> Decimal:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    return compute(Filer(**told), LAW).summary["total"]


def figure(key: str, **facts: Any) -> Decimal:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    return compute(Filer(**told), LAW).summary[key]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}: {case['note']}")
def test_every_filer_of_the_vectors_agrees_within_a_cent_in_every_figure(case: dict[str, Any]) -> None:
    made = compute_case(case, LAW)
    assert set(made) == set(SUMMARY_KEYS) == set(case["expected"])
    for key, expected in case["expected"].items():
        assert abs(Decimal(made[key]) - expected) <= CENT, key


def test_170_000_of_mining_profit_costs_43_861_09_in_2026_not_24_percent() -> None:
    made = compute_case({"year": 2026, "status": "single", "schedule_c_net": "170000"}, LAW)
    assert made["se_tax"] == "24020.24"
    assert made["qbi_deduction"] == "28377.98"
    assert made["income_tax"] == "19840.86"
    assert made["total"] == "43861.09"


def test_a_capital_loss_of_20_000_saves_the_tax_on_3_000_only() -> None:
    saved = total(wages=usd("150000")) - total(wages=usd("150000"), short_term_net=usd("-20000"))
    assert saved == usd("3000") * Decimal("0.24")


def test_hobby_income_is_taxed_without_self_employment_tax_or_a_business_deduction() -> None:
    made = compute(Filer(year=2025, status="single", hobby_income=usd("18000"), wages=usd("40000")), LAW)
    assert made.summary["se_tax"] == made.summary["qbi_deduction"] == 0
    assert made.summary["income_tax"] == usd("4831.50")
    assert made.income.hobby.ref == "Schedule 1 line 8v"
    assert compute(Filer(year=2023, status="single"), LAW).income.hobby.ref == "Schedule 1 line 8j"


def test_retirement_and_health_lower_income_but_not_self_employment_tax() -> None:
    plain = compute(Filer(year=2026, status="single", schedule_c_net=usd("100000")), LAW).summary
    saver = Filer(
        year=2026,
        status="single",
        schedule_c_net=usd("100000"),
        retirement_contribution=usd("10000"),
        health_insurance=usd("5000"),
    )
    made = compute(saver, LAW).summary
    assert made["se_tax"] == plain["se_tax"]
    assert made["agi"] == plain["agi"] - 15_000
    assert made["qbi_deduction"] < plain["qbi_deduction"]


def test_excess_business_loss_is_added_back_above_the_threshold_and_leaves_wages_and_gains_taxed() -> None:
    facts = Filer(
        year=2026, status="mfj", schedule_c_net=usd("-700000"), wages=usd("400000"), long_term_net=usd("300000")
    )
    made = compute(facts, LAW)
    assert made.income.excess_loss.amount == 188_000
    assert made.summary["agi"] == 188_000
    assert made.taxable.qbi.loss_carried_forward.amount == -512_000


def test_a_loss_of_exactly_the_threshold_is_allowed_whole() -> None:
    assert figure("agi", schedule_c_net=usd("-256000"), wages=usd("300000")) == 44_000
    assert figure("agi", schedule_c_net=usd("-256001"), wages=usd("300000")) == 44_000


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_every_status_has_a_return_in_every_year_of_the_law(status: FilingStatus, year: int) -> None:
    made = compute(Filer(year=year, status=status, schedule_c_net=usd("90000"), long_term_net=usd("9000")), LAW)
    assert made.summary["total"] > 0
    assert made.total.amount == made.summary["total"]


def test_a_surviving_spouse_has_joint_brackets_but_single_limits_where_only_a_joint_return_doubles() -> None:
    joint = compute(Filer(year=2026, status="mfj", schedule_c_net=usd("300000")), LAW).summary
    spouse = compute(Filer(year=2026, status="qss", schedule_c_net=usd("300000")), LAW).summary
    assert spouse["agi"] == joint["agi"]
    assert spouse["qbi_deduction"] < joint["qbi_deduction"]
    assert spouse["additional_medicare"] > joint["additional_medicare"]


def test_only_a_joint_return_doubles_the_excess_business_loss_threshold() -> None:
    """26 U.S.C. 461(l)(3)(A)(ii)(II); one public model doubles it for surviving spouses too."""
    assert figure("agi", status="qss", schedule_c_net=usd("-600000"), wages=usd("700000")) == 444_000
    assert figure("agi", status="mfj", schedule_c_net=usd("-600000"), wages=usd("700000")) == 188_000


def test_net_earnings_below_400_are_no_self_employment_income_for_the_additional_tax_either() -> None:
    """26 U.S.C. 1402(b)(2); one public model taxes them once wages pass the threshold."""
    wages = usd("480879.74")
    assert figure("additional_medicare", wages=wages, schedule_c_net=usd("346.62")) == (wages - 200_000) * Decimal(
        "0.009"
    )


def test_the_senior_deduction_is_added_back_for_the_minimum_tax_and_lost_above_the_threshold() -> None:
    made = compute(Filer(year=2025, status="single", aged=1, wages=usd("80000")), LAW)
    assert made.taxable.senior.amount == usd("5700")
    assert made.taxable.deduction.amount == 17_750
    assert made.minimum.income.amount == 80_000
    assert compute(Filer(year=2025, status="single", aged=1, wages=usd("175000")), LAW).taxable.senior.amount == 0
    assert compute(Filer(year=2025, status="mfj", aged=2, wages=usd("100000")), LAW).taxable.senior.amount == 12_000
    assert compute(Filer(year=2025, status="mfs", aged=1), LAW).taxable.senior.amount == 0
    assert compute(Filer(year=2024, status="single", aged=1), LAW).taxable.senior.amount == 0


def test_whose_spouse_itemizes_has_no_standard_deduction_however_small_the_other_is() -> None:
    """26 U.S.C. 63(c)(6)(A): of 60,000 a separate return keeps 56,000 after 4,000 of Schedule A, and not 44,250."""
    told = Filer(year=2025, status="mfs", wages=usd("60000"), itemized_deductions=usd("4000"))
    taken = {must: compute(replace(told, must_itemize=must), LAW).taxable for must in (None, False, True)}
    assert [taken[must].income.amount for must in taken] == [usd("44250"), usd("44250"), usd("56000")]
    assert taken[True].itemized
    assert taken[True].deduction.cites == ("26 U.S.C. 63(c)(6)",)
    without = replace(told, itemized_deductions=ZERO, aged=1, must_itemize=True)
    assert compute(without, LAW).taxable.income.amount == usd("60000")


def test_itemized_deductions_are_taken_where_they_are_greater() -> None:
    facts = Filer(
        year=2026,
        status="single",
        wages=usd("100000"),
        itemized_deductions=usd("30000"),
        itemized_taxes=usd("10000"),
    )
    made = compute(facts, LAW)
    assert made.taxable.deduction.label == "Itemized deductions"
    assert made.summary["taxable_income"] == 70_000
    assert made.minimum.income.amount == 80_000


def test_the_tax_table_moves_a_small_income_by_a_few_dollars_and_a_large_one_by_nothing() -> None:
    small = Filer(year=2024, status="mfj", wages=usd("54500"))
    assert compute(small, LAW).summary["income_tax"] == usd("2572")
    assert compute(small, LAW, tax_table=True).summary["income_tax"] == usd("2575")
    large = Filer(year=2024, status="single", wages=usd("200000"))
    assert compute(large, LAW).summary == compute(large, LAW, tax_table=True).summary


def test_every_line_is_cited_and_names_lines_that_exist_or_stand_outside() -> None:
    plain = Filer(year=2026, status="single", schedule_c_net=usd("90000"))
    for made in (compute(plain, LAW), compute(everything(2023), LAW), compute(everything(2026), LAW)):
        outside = {"Form W-2 box 3", "Form 8949", "Schedule A line 17", "Form W-3 box 1", "Form 4562"}
        refs = [line.ref for line in made.lines]
        assert sorted(refs) == sorted(set(refs)), "a reference names one line"
        for place, line in enumerate(made.lines):
            assert line.cites, line.ref
            assert set(line.inputs) - outside <= set(refs[:place]), line.ref


def test_a_corrected_figure_moves_the_lines_that_use_it() -> None:
    class Rule:
        figure = "us/self_employment/oasdi_wage_base"
        from_ = LAW.in_year("us/self_employment/oasdi_wage_base", 2026).from_
        value = "200000"
        cite = "a later notice"
        reason = "amended"

    corrected: Law = LAW.corrected([Rule()])
    filer = Filer(year=2026, status="single", schedule_c_net=usd("250000"))
    before, after = compute(filer, LAW), compute(filer, corrected)
    assert after.summary["se_tax"] - before.summary["se_tax"] == (200_000 - 184_500) * Decimal("0.124")
    assert "us/self_employment/oasdi_wage_base" in after.income.self_employment.base_left.figures


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ({"status": "single"}, "year: missing"),
        ({"year": 2026}, "status: missing"),
        ({"year": 2026, "status": "married"}, "'married' is not a filing status"),
        ({"year": 2026, "status": 1}, "not a filing status"),
        ({"year": 2026, "status": "single", "salary": 5}, "salary: not a key"),
        ({"year": 2026, "status": "single", "wages": -1}, "wages: -1 is negative"),
        ({"year": 2026, "status": "single", "ubia": "1,000"}, "ubia: '1,000' is not a number"),
        ({"year": 2026, "status": "single", "ubia": "１０"}, "ubia"),  # noqa: RUF001 - full-width digits are the test
        ({"year": 2026, "status": "single", "ubia": float("nan")}, "ubia"),
        ({"year": 2026, "status": "single", "ubia": None}, "ubia"),
        ({"year": 2026, "status": "single", "ubia": True}, "ubia"),
        ({"year": 2026, "status": "single", "wages": "1e20"}, "no amount of dollars"),
        ({"year": 2026.5, "status": "single"}, "whole number"),
        ({"year": 0, "status": "single"}, "0 is no year"),
        ({"year": 99999, "status": "single"}, "99999 is no year"),
        ({"year": 2026, "status": "single", "aged": 2}, "0 to 1 for single"),
        ({"year": 2026, "status": "single", "material_participation": "yes"}, "true or false"),
        ({"year": 2026, "status": "single", "itemized_taxes": 1}, "taxes are a part"),
        ({"year": 2026, "status": "single", "spouse_wages": 1}, "a single return has one person"),
        ({"year": 2026, "status": "mfj", "excess_loss_carryover": 1}, "more than nol_carryover"),
        ({"year": 2026, "status": "single", "retirement_plan": "ira"}, "'ira' is not a plan"),
        ({"year": 2026, "status": "single", "retirement_plan": 1}, "1 is not a plan"),
        ({"year": 2026, "status": "single", "age": 131}, "131 is no age"),
        ({"year": 2026, "status": "single", "amt_nol_carryover": -1}, "-1 is negative"),
        ({"year": 2026, "status": "single", "sales": 1}, "sales: not a key"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_key_by_key(case: dict[str, Any], told: str) -> None:
    with pytest.raises(CaseRefusedError, match=told):
        compute_case(case, LAW)


def test_every_problem_of_a_case_is_told_at_once() -> None:
    with pytest.raises(CaseRefusedError) as refused:
        compute_case({"status": "single", "salary": 1, "wages": "x"}, LAW)
    assert [problem.key for problem in refused.value.problems] == ["salary", "year", "wages"]


@pytest.mark.parametrize("year", [2022, 2027, 1926])
def test_a_year_without_law_is_refused(year: int) -> None:
    with pytest.raises(UnknownFigureError, match=f"no federal return can be computed for {year}"):
        compute_case({"year": year, "status": "single"}, LAW)


def test_numbers_and_texts_give_the_same_figures() -> None:
    texts = {"year": "2026", "status": "mfj", "schedule_c_net": "-1500.25", "wages": "90000"}
    numbers = {
        "year": 2026,
        "status": "mfj",
        "schedule_c_net": -1500.25,
        "wages": 90000,
        "material_participation": True,
    }
    assert compute_case(texts, LAW) == compute_case(numbers, LAW)


def test_a_figure_that_is_nothing_has_no_sign() -> None:
    made = compute_case({"year": 2026, "status": "single"}, LAW)
    assert set(made.values()) == {"0.00"}


amounts = st.integers(0, 2_000_000).map(Decimal)
signed = st.integers(-500_000, 2_000_000).map(Decimal)


@settings(max_examples=150)
@given(
    year=st.sampled_from([2023, 2024, 2025, 2026]),
    status=st.sampled_from(STATUSES),
    profit=signed,
    wages=amounts,
    short=signed,
    long=signed,
    ubia=amounts,
)
def test_a_return_always_adds_up(
    year: int, status: FilingStatus, profit: Decimal, wages: Decimal, short: Decimal, long: Decimal, ubia: Decimal
) -> None:
    filer = Filer(
        year=year,
        status=status,
        schedule_c_net=profit,
        wages=wages,
        short_term_net=short,
        long_term_net=long,
        ubia=ubia,
    )
    made = compute(filer, LAW)
    told = made.summary
    parts = ("income_tax", "amt", "se_tax", "niit", "additional_medicare")
    assert told["total"] == sum(told[key] for key in parts)
    assert told["income_tax"] == told["ordinary_tax"] + told["ltcg_tax"]
    assert told["income_tax"] <= made.tax.all_ordinary.amount
    assert all(told[key] >= 0 for key in parts)
    assert told["taxable_income"] >= 0
    lost = -(short + long)
    carried = made.carryover.short.amount + made.carryover.long.amount
    assert carried == max(ZERO, lost - made.carryover.used.amount)


@settings(max_examples=100)
@given(status=st.sampled_from(STATUSES), wages=amounts, more=st.integers(1, 100_000).map(Decimal))
def test_more_wages_never_lower_the_tax(status: FilingStatus, wages: Decimal, more: Decimal) -> None:
    assert total(status=status, wages=wages + more) >= total(status=status, wages=wages)
