"""New York, Ohio, Oklahoma, Nebraska, Montana and California by hand: what no other state has."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotwork.rules.us.states.case import StateDepreciation
from tests.rules.us.law import usd
from tests.rules.us.states.made import federal, line_of, of_state


def test_new_york_takes_the_lower_brackets_back_over_fifty_thousand_dollars() -> None:
    """Single, 132,650 of income: 25,000 of the 50,000 above 107,650 (N.Y. Tax Law 601(d-1); worksheet of IT-201-I).

    Taxable 124,650. By the brackets 340 + 144 + 115.50 + 3,671.25 + 2,640 = 6,910.75; the first row's benefit is 568,
    of which half is taken back.
    """
    made = of_state("NY", federal(wages=132_650))
    assert made.base == usd("124650")
    assert line_of(made, "NY Form IT-201 worksheet line tax").amount == usd("6910.75")
    assert line_of(made, "NY Form IT-201 worksheet line recapture").amount == usd("284")
    assert line_of(made, "NY Form IT-201 line 39").amount == usd("7194.75")  # what line 44 starts from
    assert made.tax == usd("7194.75")


def test_new_york_above_25_million_taxes_all_of_it_at_the_last_rate() -> None:
    made = of_state("NY", federal(wages=26_000_000))
    assert made.tax == made.base * Decimal("0.109")


def test_new_york_city_and_yonkers_stand_on_the_states_return() -> None:
    """Single, 50,000 of wages: taxable 42,000; the city 369.36 + 489.06 + 17,000 at 3.819 percent = 1,507.65."""
    told = federal(wages=50_000)
    state = of_state("NY", told).tax_after_credits
    assert of_state("NY", told, locality="nyc").tax_after_credits - state == usd("1507.65")
    assert of_state("NY", told, locality="yonkers").tax_after_credits == state * Decimal("1.1675")
    assert any("New York City and Yonkers" in words for words in of_state("NY", told).words)  # who was asked nothing
    labels = [each.label for place in ("nyc", "yonkers") for each in of_state("NY", told, locality=place).lines]
    assert {"Tax of New York City", "Tax of Yonkers"} <= set(labels)
    less = of_state("NY", told, locality="yonkers", refundable_credits=300)
    assert less.tax_after_credits == state + (state - 300) * Decimal("0.1675")  # Form IT-360.1 lines 56 to 65
    assert of_state("NY", told, locality="yonkers", refundable_credits=90_000).tax_after_credits == state


def test_new_yorks_household_credit_counts_the_household_and_no_separate_return() -> None:
    """A couple with two dependents and 24,000 of income: 50 and 10 for each of three more (Tax Law 606(b))."""
    made = of_state("NY", federal(status="mfj", wages=24_000), dependents=2)
    assert line_of(made, "NY Form IT-201 line 40").amount == 80
    assert not [each for each in of_state("NY", federal(status="mfs", wages=24_000)).lines if each.line == "40"]


def test_ohio_frees_business_income_and_taxes_the_rest_at_three_percent() -> None:
    """300,000 of profit, single: 250,000 are free (R.C. 5747.01(A)(28)).

    Federal income is 300,000 less half the self-employment tax; modified income is above 80,000, so the exemption is
    1,900. Ohio income is what is left of 50,000 after that half, and business income is taxed for no more.
    """
    told = federal(schedule_c_net=300_000)
    agi = told.income.agi.amount
    made = of_state("OH", told)
    left = agi - 250_000 - 1_900
    assert line_of(made, "OH Form IT 1040 line 6").amount == left
    assert made.base == 0
    assert made.tax == left * Decimal("0.03")


def test_ohios_add_back_of_depreciation_is_no_business_income() -> None:
    """60,000 added back on a profit that is wholly free: ordinary income of 60,000 (Department, question 5226)."""
    told = federal(schedule_c_net=50_000)
    added = StateDepreciation(federal=usd("72000"), own=usd("12000"))
    made = of_state("OH", told, added)
    half = told.summary["half_se_deduction"]
    assert line_of(made, "OH Schedule of Adjustments line 13").amount == told.income.agi.amount
    assert made.income == 60_000
    assert half > 0
    assert made.base == 60_000 - 1_900


def test_ohio_asks_nothing_up_to_26_050_and_342_above() -> None:
    assert of_state("OH", federal(wages=28_450)).tax == 0
    made = of_state("OH", federal(wages=28_451))
    assert made.tax == usd("342.0275")


@pytest.mark.parametrize(("spouse", "credit"), [(499, "0"), (500, "0.10")])
def test_ohios_joint_filing_credit_asks_for_five_hundred_of_each(spouse: int, credit: str) -> None:
    """60,500 of wages, exemptions 2,150 twice: above 50,000 a tenth of the tax."""
    made = of_state("OH", federal(status="mfj", wages=60_000, spouse_wages=spouse))
    taken = [each.amount for each in made.lines if each.ref == "OH Form IT 1040 worksheet line joint credit"]
    assert sum(taken) == made.tax * Decimal(credit)


@pytest.mark.parametrize(
    ("wages", "profit", "added", "has"),
    [(1_000, -300_000, 0, False), (1_000, -501, 0, False), (1_000, -500, 0, True), (1_000, -300_000, 299_500, True),
     (300_600, -300_000, 0, True)],
)  # fmt: skip
def test_ohios_joint_filing_credit_counts_the_loss_of_the_filer(wages: int, profit: int, added: int, has: bool) -> None:
    """R.C. 5747.05(E): each spouse's own income, a loss of the business in it; what Ohio adds back is no loss there."""
    told = federal(status="mfj", wages=wages, spouse_wages=400_000, schedule_c_net=profit)
    made = of_state("OH", told, StateDepreciation(federal=Decimal(added)))
    assert ("Joint filing credit" in [each.label for each in made.lines]) is has


@pytest.mark.parametrize(
    ("amounts", "credit"),
    [
        ({"wages": 60_000, "schedule_c_net": -59_600, "long_term_net": 60_000}, "0"),
        ({"wages": 60_000, "schedule_c_net": -59_400, "long_term_net": 60_000}, "0.10"),
        ({"wages": 400, "other_ordinary_income": 60_000}, "0.10"),
        ({"wages": 400, "taxable_interest": 60_000}, "0"),
        (
            {"wages": 400, "hobby_income": 50, "hobby_dollars": 30, "digital_income": 20, "taxable_interest": 60_000},
            "0.10",
        ),
        ({"wages": 60_000, "nol_carryover": 59_600, "long_term_net": 60_000}, "0"),
    ],
)
def test_ohios_joint_filing_credit_counts_the_filers_own_income_less_its_losses(
    amounts: dict[str, int], credit: str
) -> None:
    """Ohio adjusted gross income other than interest, dividends and gains (R.C. 5747.05(G)); the spouse has 600."""
    made = of_state("OH", federal(status="mfj", spouse_wages=600, **amounts))
    taken = [each.amount for each in made.lines if each.ref == "OH Form IT 1040 worksheet line joint credit"]
    assert sum(taken) == made.tax * Decimal(credit)


def test_oklahoma_exempts_the_blind_and_the_aged_of_small_income() -> None:
    """Single, 65 and blind: 1,000 three times to 15,000 of income, twice above (68 O.S. 2358(E)(1))."""
    small = of_state("OK", federal(wages=15_000, aged=1, blind=1))
    large = of_state("OK", federal(wages=15_001, aged=1, blind=1))
    assert line_of(small, "OK Form 511 worksheet line exemptions").amount == 3_000
    assert line_of(large, "OK Form 511 worksheet line exemptions").amount == 2_000


def test_oklahoma_2026_asks_nothing_of_the_first_bracket() -> None:
    """Single, 2026, 20,000: taxable 12,650; 28.75 + 80.50 + 245.25 (H.B. 2764 of 2025)."""
    assert of_state("OK", federal(2026, wages=20_000)).tax == usd("354.50")


def test_nebraska_asks_no_more_than_the_federal_tax() -> None:
    """Dividends that the federal return taxes at nothing: Form 1040N, federal tax liability worksheet."""
    made = of_state("NE", federal(qualified_dividends=40_000))
    assert made.tax > 0
    assert made.tax_after_credits == 0
    added = of_state("NE", federal(qualified_dividends=40_000), additions=5_000)
    assert added.tax_after_credits > 0


def test_montana_taxes_gain_on_top_by_its_own_rates() -> None:
    """Single, 2025, 30,000 of wages and 20,000 of gain: ordinary 14,250, gain to 21,100 at 3, the rest at 4.1."""
    made = of_state("MT", federal(wages=30_000, long_term_net=20_000))
    ordinary = usd("30000") - federal(wages=30_000).taxable.deduction.amount
    low = usd("21100") - ordinary
    assert made.tax == ordinary * Decimal("0.047") + low * Decimal("0.03") + (20_000 - low) * Decimal("0.041")


def test_californias_exemption_credits_fall_by_six_dollars_a_step_each() -> None:
    """A couple of 2025 with 510,000: 5,589 above 504,411 are three steps; 153 less 18 twice, 475 less 18."""
    made = of_state("CA", federal(status="mfj", wages=510_000), dependents=1)
    assert line_of(made, "CA Form 540 line 32").amount == 2 * 135 + 457
    assert not [each for each in made.lines if each.line == "47"]  # lines 40 to 46 alone: 32 has left line 33 already


def test_california_asks_one_percent_more_above_a_million() -> None:
    made = of_state("CA", federal(wages=1_100_000))
    assert line_of(made, "CA Form 540 line 62").amount == (made.base - 1_000_000) * Decimal("0.01")


def test_a_credit_of_a_spouse_in_a_column_without_tax_is_worth_nothing() -> None:
    """Kentucky 2026, both 65: 35,278 less 3,360 at 3.5 percent in column B; nothing in column A, nor for her age."""
    made = of_state("KY", federal(2026, "mfj", wages=35_278, spouse_wages=2_040, aged=2))
    assert made.tax == usd("1117.13")
    assert [each.amount for each in made.lines if each.label == "Exemption credits"] == [40]
    assert made.tax_after_credits == usd("1077.13")


def test_ohio_credits_the_part_of_its_tax_by_adjusted_gross_and_business_income_together() -> None:
    """100,000 of pay and 100,000 of business, half of which another state taxed: half of the tax (R.C. 5747.05(B))."""
    told = federal(wages=100_000, schedule_c_net=100_000)
    plain = of_state("OH", told)
    agi = told.income.agi.amount
    made = of_state("OH", told, other_state_tax=90_000, other_state_income=agi / 2)
    assert plain.income < agi
    assert plain.tax > 0
    assert made.tax_after_credits == plain.tax / 2
