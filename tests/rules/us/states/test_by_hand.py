"""The states' returns by hand, line by line, in dollars and cents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.rules.us.states.case import StateDepreciation
from tests.rules.us.law import usd
from tests.rules.us.states.made import federal, line_of, of_state


@pytest.mark.parametrize(
    ("year", "dependents", "taxable", "tax"),
    [(2025, 1, "64000", "3321.60"), (2026, 0, "65000", "3243.50"), (2026, 2, "55000", "2744.50")],
)
def test_georgia_taxes_income_less_its_own_deduction_and_4_000_or_5_000_a_dependent(
    year: int, dependents: int, taxable: str, tax: str
) -> None:
    """80,000 less 12,000 and 4,000 at 5.19 percent; from 2026 less 15,000, and 5,000 each, at 4.99 (HB 111, HB 463)."""
    made = of_state("GA", federal(year, wages=80_000), dependents=dependents)
    assert line_of(made, "GA Form 500 line 8").amount == usd("80000")
    assert line_of(made, "GA Form 500 line 15c").amount == made.base == usd(taxable)
    assert line_of(made, "GA Form 500 line 16").amount == made.tax == usd(tax)


def test_georgia_adds_the_bonus_back_and_knows_less_gain_on_a_rig() -> None:
    """50,000 expensed federally, 10,000 by Georgia's Form 4562; 3,000 less gain on a rig: 80,000 + 40,000 - 3,000."""
    own = StateDepreciation(federal=usd("50000"), own=usd("10000"), gain_difference=usd("-3000"))
    made = of_state("GA", federal(wages=80_000), own)
    assert line_of(made, "GA Form 500 Schedule 1 line additions: depreciation").amount == usd("40000")
    assert line_of(made, "GA Form 500 Schedule 1 line subtractions: gain").amount == usd("3000")
    assert (made.income, made.tax) == (usd("117000"), usd("5449.50"))


def test_north_carolina_spreads_85_percent_and_keeps_the_federal_basis() -> None:
    """80,000 + 17,000 - 1,700 - 12,750 = 82,550 at 4.25 percent (N.C.G.S. 105-153.6, 105-153.7)."""
    own = StateDepreciation(federal=usd("20000"), own=usd("3000"), spread_in=usd("1700"))
    made = of_state("NC", federal(wages=80_000), own, withholding=4_000)
    assert line_of(made, "NC Form D-400 Schedule S line 3-4").amount == usd("17000")
    assert line_of(made, "NC Form D-400 line 14").amount == usd("82550")
    assert made.tax == usd("3508.375")
    assert line_of(made, "NC Form D-400 line 28").amount == usd("491.62")
    assert made.balance_due == usd("-491.625")


@pytest.mark.parametrize(("year", "tax"), [(2025, "2269.20"), (2026, "1982.40")])
def test_kentucky_of_one_person(year: int, tax: str) -> None:
    """60,000 less 3,270 at 4 percent; less 3,360 at 3.5 from 2026 (Form 740 lines 9 to 12)."""
    made = of_state("KY", federal(year, wages=60_000))
    assert made.tax == line_of(made, "KY Form 740 line 12").amount == usd(tax)


def test_kentuckys_spouses_file_in_two_columns_where_that_is_less() -> None:
    """Jointly 60,000 - 3,270 at 4 percent is 2,269.20; in two columns 26,730 twice, 2,138.40 (filing status 2)."""
    made = of_state("KY", federal(status="mfj", wages=35_000, spouse_wages=25_000))
    assert line_of(made, "KY Form 740 column A line 11").amount == usd("21730")
    assert line_of(made, "KY Form 740 column B line 11").amount == usd("31730")
    assert line_of(made, "KY Form 740 line 12").amount == made.tax == usd("2138.40")
    alone = of_state("KY", federal(status="mfj", wages=60_000))
    assert line_of(alone, "KY Form 740 line 12").amount == alone.tax == usd("2269.20")
    assert not [each for each in alone.lines if "column" in each.form]


def test_kentuckys_spouse_has_the_own_business_and_half_of_its_tax_in_column_a() -> None:
    """20,000 of profit less half of 2,825.91 of self-employment tax (26 U.S.C. 1402(a)(12), 164(f))."""
    made = of_state("KY", federal(status="mfj", wages=60_000, spouse_schedule_c_net=20_000))
    half = usd("20000") * usd("0.9235") * usd("0.153") / 2
    assert line_of(made, "KY Form 740 column A line 5").amount == usd("20000") - half
    assert line_of(made, "KY Form 740 column B line 5").amount == usd("60000")


@pytest.mark.parametrize(
    ("told", "spouse", "filer"),
    [
        ((30_000, 6_000, 30_000, 6_000), 24_000, 0),
        ((50_000, 10_000, 30_000, 6_000), 24_000, 16_000),
        ((0, 8_000, 0, 8_000), -8_000, 0),
        ((50_000, 10_000, 0, 0), 0, 40_000),
    ],
)
def test_kentuckys_spouse_has_the_depreciation_of_the_own_rigs_in_column_a(
    told: tuple[int, int, int, int], spouse: int, filer: int
) -> None:
    """What Kentucky gives back of the spouse's rig is the spouse's income, and of another the filer's."""
    profit = 30_000 - told[2]
    both = federal(status="mfj", wages=60_000, spouse_wages=5_000, schedule_c_net=20_000, spouse_schedule_c_net=profit)
    whole, hers = told[:2], told[2:]
    own = StateDepreciation(
        federal=Decimal(whole[0]), own=Decimal(whole[1]), spouse_federal=Decimal(hers[0]), spouse_own=Decimal(hers[1])
    )
    made, plain = of_state("KY", both, own), of_state("KY", both)
    for column, more in (("A", spouse), ("B", filer)):
        ref = f"KY Form 740 column {column} line 9"
        assert line_of(made, ref).amount - line_of(plain, ref).amount == more
    assert made.tax - plain.tax == (spouse + filer) * usd("0.04")


def test_kentuckys_spouses_both_itemize_or_neither_does() -> None:
    """6,500 is more than 3,270 of a joint return and less than that twice; column B's part alone is more (line 10)."""
    told = federal(status="mfj", wages=60_000, spouse_wages=20_000)
    more = of_state("KY", told, itemized_deductions=8_000)
    assert line_of(more, "KY Form 740 line 10").amount == usd("8000")
    assert more.tax == usd("72000") * usd("0.04")
    less = of_state("KY", told, itemized_deductions=6_500)
    assert line_of(less, "KY Form 740 column B line 10").amount == usd("3270")
    assert less.tax == (usd("80000") - usd("6540")) * usd("0.04")


def test_kentuckys_spouses_file_on_one_return_the_way_that_costs_less_after_credits() -> None:
    """Apart the spouse's 50 saves 2 of tax and loses the credit of 40 for age, which no tax of column A bears."""
    made = of_state("KY", federal(status="mfj", wages=100_000, spouse_wages=50, aged=2))
    assert made.tax == (usd("100050") - usd("3270")) * usd("0.04")
    assert made.tax_after_credits == made.tax - 80


def test_kentuckys_family_size_credit_is_read_from_its_bands() -> None:
    """A family of two at 22,000 is in the band over 21,996 and not over 22,842: 80 percent of 749.20 (KRS 141.066)."""
    made = of_state("KY", federal(status="mfj", wages=22_000))
    assert line_of(made, "KY Form 740 line 21").amount == usd("599.36")
    assert made.tax_after_credits == usd("149.84")
    edge = of_state("KY", federal(status="mfj", wages=21_996))
    assert edge.tax_after_credits == edge.tax * usd("0.1")
    assert of_state("KY", federal(wages=15_650)).tax_after_credits == 0
    assert of_state("KY", federal(wages=20_815)).tax_after_credits > 0


@pytest.mark.parametrize(
    ("year", "agi", "added"),
    [(2025, 299_999, "0"), (2025, 300_000, "3750"), (2026, 300_000, "15100"), (2026, 299_999, "0")],
)
def test_colorado_caps_the_standard_deduction_from_300_000_on(year: int, agi: int, added: str) -> None:
    """The rule says "equal to or exceeds" (1 CCR 201-2, 39-22-104(3)(p.5)), Book 104 "exceeds": the rule holds.

    15,750 of 2025 above 12,000; 16,100 of 2026 above 1,000 (Proposition MM).
    """
    told = federal(year, wages=agi)
    made = of_state("CO", told)
    lines = [each.amount for each in made.lines if each.ref == "CO DR 0104 line 4"]
    assert lines == ([usd(added)] if usd(added) else [])
    assert made.base == told.taxable.income.amount + usd(added)
    assert made.tax == made.base * usd("0.044")


def test_colorado_adds_the_whole_business_deduction_back_above_its_limit_and_nothing_at_it() -> None:
    """C.R.S. 39-22-104(3)(o): "greater than" 500,000, all or nothing."""
    business = {"schedule_c_net": 200_000, "ubia": 2_000_000}
    rest = 500_000 - federal(**business).income.agi.amount
    at, above = federal(**business, taxable_interest=rest), federal(**business, taxable_interest=rest + usd("0.01"))
    assert at.income.agi.amount == 500_000
    assert above.taxable.qbi.deduction.amount > 30_000
    assert not [each for each in of_state("CO", at).lines if each.ref == "CO DR 0104 line 3"]
    added = line_of(of_state("CO", above), "CO DR 0104 line 3")
    assert added.amount == above.taxable.qbi.deduction.amount
    assert added.figures == ("us/states/co/qbi_added_back_above",)


def test_colorado_credits_the_part_of_its_tax_that_the_other_income_is_of_all_income() -> None:
    """40,000 of 80,000 of adjusted gross income: half of the tax on taxable income (C.R.S. 39-22-108)."""
    made = of_state("CO", federal(wages=80_000), other_state_tax=9_000, other_state_income=40_000)
    assert made.tax - made.tax_after_credits == made.tax / 2
    assert made.unverified == ()
    assert of_state("CO", federal(wages=80_000)).unverified == ()


def test_colorado_pays_the_years_sales_tax_refund_and_knows_none_of_2026_yet() -> None:
    """29 for one person up to 168,000, 58 for a couple (Book 104 of 2025, line 38)."""
    assert line_of(of_state("CO", federal(wages=168_000)), "CO DR 0104 line 38").amount == 29
    assert line_of(of_state("CO", federal(status="mfj", wages=168_000)), "CO DR 0104 line 38").amount == 58
    assert line_of(of_state("CO", federal(wages=300_000)), "CO DR 0104 line 38").amount == 59
    assert not [each for each in of_state("CO", federal(2026, wages=168_000)).lines if each.line == "38"]


@pytest.mark.parametrize(
    ("amounts", "four", "five", "income"),
    [
        ({"wages": 80_000, "schedule_c_net": -20_000}, "-20000", "0", "80000"),
        ({"schedule_c_net": 30_000, "spouse_schedule_c_net": -10_000, "status": "mfj"}, "30000", "0", "30000"),
        ({"wages": 10_000, "short_term_net": -5_000, "long_term_net": 2_000}, "0", "-3000", "10000"),
        ({"schedule_c_net": 5_000, "long_term_net": 4_000, "long_term_carryover": 50_000}, "5000", "4000", "9000"),
        ({"hobby_income": 700, "taxable_interest": 300}, "700", "0", "1000"),
        ({"hobby_income": 700, "hobby_dollars": 50, "digital_income": 400}, "1150", "0", "1150"),
        ({"digital_income": 400, "schedule_c_net": 1_000, "other_ordinary_income": 90}, "1400", "0", "1400"),
    ],
)
def test_pennsylvanias_classes_do_not_net_and_carry_nothing(
    amounts: dict[str, Any], four: str, five: str, income: str
) -> None:
    """Half the self-employment tax is not deducted, no loss crosses a class or a spouse (72 P.S. 7303)."""
    made = of_state("PA", federal(**amounts))
    assert line_of(made, "PA-40 line 4").amount == usd(four)
    assert line_of(made, "PA-40 line 5").amount == usd(five)
    assert line_of(made, "PA-40 line 9").amount == usd(income)
    assert made.tax == usd(income) * usd("0.0307")


def test_pennsylvania_counts_each_spouses_depreciation_by_itself() -> None:
    """10,000 less was deducted on the spouse's rigs, 2,000 more on the filer's: 30,000 - 2,000 and 5,000 + 10,000."""
    own = StateDepreciation(federal=usd("22000"), own=usd("14000"), spouse_federal=usd("12000"), spouse_own=usd("2000"))
    made = of_state("PA", federal(status="mfj", schedule_c_net=30_000, spouse_schedule_c_net=5_000), own)
    assert line_of(made, "PA-40 worksheet line profit").amount == usd("28000")
    assert line_of(made, "PA-40 worksheet line spouse profit").amount == usd("15000")
    assert made.base == usd("43000")


def test_pennsylvania_credits_another_states_tax_up_to_its_own_rate() -> None:
    """50,000 taxed by another state with 2,000: 3.07 percent of it, 1,535 (72 P.S. 7314; Schedule G-L)."""
    made = of_state("PA", federal(wages=80_000), other_state_tax=2_000, other_state_income=50_000)
    assert line_of(made, "PA-40 line 22").amount == usd("1535")
    assert made.tax_after_credits == usd("921")


def test_washington_taxes_long_term_gains_of_coins_above_its_deduction_alone() -> None:
    """300,000 less 278,000 at 7 percent; short-term gains and wages bear nothing (RCW 82.87.040, .060)."""
    made = of_state("WA", federal(wages=900_000, long_term_net=300_000, short_term_net=90_000))
    assert made.tax == usd("1540")
    assert of_state("WA", federal(long_term_net=1_378_000)).tax == usd("79900")
    assert of_state("WA", federal(long_term_net=278_000)).tax == 0
    assert any("Business and occupation tax" in each for each in made.words)


@pytest.mark.parametrize("state", ["GA", "NC"])
def test_what_the_state_deducts_of_schedule_a_is_told_or_the_standard_deduction_is_taken(state: str) -> None:
    told = federal(wages=80_000, itemized_deductions=30_000)
    plain = of_state(state, told)
    assert any("state_itemized_deductions_usd" in each for each in plain.not_covered)
    assert plain.base < usd("80000")
    more = of_state(state, told, itemized_deductions=25_000)
    assert more.base == usd("55000")
    assert not any("state_itemized_deductions_usd" in each for each in more.not_covered)


def test_georgia_binds_to_the_federal_choice_and_north_carolina_takes_the_greater() -> None:
    """O.C.G.A. 48-7-27(a)(1); N.C.G.S. 105-153.5(a) "either"."""
    itemized, standard = federal(wages=80_000, itemized_deductions=30_000), federal(wages=80_000)
    assert of_state("GA", itemized, itemized_deductions=5_000).base == usd("75000")
    assert of_state("GA", standard, itemized_deductions=50_000).base == usd("68000")
    assert of_state("NC", itemized, itemized_deductions=5_000).base == usd("67250")
    assert of_state("NC", standard, itemized_deductions=50_000).base == usd("30000")


def test_nebraska_gives_the_larger_deduction_to_who_itemizes_on_the_federal_return_alone() -> None:
    """Booklet of Form 1040N, lines 6 to 10: the standard deduction is 8,600."""
    itemized, standard = federal(wages=80_000, itemized_deductions=30_000), federal(wages=80_000)
    assert of_state("NE", itemized, itemized_deductions=5_000).base == usd("71400")
    assert of_state("NE", itemized, itemized_deductions=25_000).base == usd("55000")
    assert of_state("NE", standard, itemized_deductions=25_000).base == usd("71400")


def test_credits_end_at_the_tax_and_a_refundable_one_comes_back() -> None:
    made = of_state("GA", federal(wages=13_000), nonrefundable_credits=1_000, refundable_credits=40, withholding=10)
    assert made.tax == usd("51.90")
    assert made.tax_after_credits == 0
    assert made.balance_due == usd("-50")
    shared = of_state("GA", federal(wages=80_000), other_state_tax=9_000, other_state_income=40_000)
    assert line_of(shared, "GA Form 500 line 18").amount == shared.tax / 2
    assert Decimal(0) < shared.tax_after_credits
