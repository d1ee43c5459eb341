"""Brackets, the Tax Table, zones of gains, the minimum tax, the tax on investments; Schedule C."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.events import FilingStatus
from lotwork.rules.us.individual import Filer, Return, compute
from lotwork.rules.us.ordinary import brackets, standard_deduction
from lotwork.rules.us.preferential import zones
from lotwork.rules.us.schedule_c import CATEGORIES, LABELS, UnknownCategoryError, expense_line
from tests.rules.us.law import LAW, usd


def made(**facts: Any) -> Return:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    return compute(Filer(**told), LAW)


@pytest.mark.parametrize("status", ["single", "mfj", "mfs", "hoh", "qss"])
@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_at_each_bracket_edge_the_next_dollar_bears_the_next_rate(status: FilingStatus, year: int) -> None:
    schedule = brackets(status, LAW, year)
    for place, top in enumerate(schedule.tops):
        assert schedule(top) - schedule(top - 1) == schedule.rates[place]
        assert schedule(top + 1) - schedule(top) == schedule.rates[place + 1]
    assert schedule(Decimal(0)) == 0


@pytest.mark.parametrize(
    ("income", "tax"),
    [
        ("0", "0"),
        ("4.99", "0"),
        ("5", "1"),
        ("14.99", "1"),
        ("15", "2"),
        ("24.99", "2"),
        ("25", "4"),
        ("50", "6"),
        ("2999.99", "299"),
        ("3000", "303"),
        ("25300", "2807"),
        ("25349.99", "2807"),
        ("99999.99", "17048"),
        ("100000", "17053"),
    ],
)
def test_the_tax_table_taxes_the_middle_of_each_row_in_whole_dollars(income: str, tax: str) -> None:
    """2024, single: rows of 5, 10, 25 and 50 dollars; at 100,000 the Tax Computation Worksheet begins."""
    assert brackets("single", LAW, 2024, tax_table=True)(usd(income)) == usd(tax)


def test_the_standard_deduction_grows_for_the_aged_and_the_blind() -> None:
    assert standard_deduction("single", 0, LAW, 2026)[0] == 16_100
    assert standard_deduction("hoh", 2, LAW, 2026)[0] == 24_150 + 2 * 2_050
    assert standard_deduction("mfj", 3, LAW, 2024)[0] == 29_200 + 3 * 1_550
    assert standard_deduction("qss", 1, LAW, 2024)[0] == 30_750


def test_gains_are_stacked_on_ordinary_income() -> None:
    cut = zones(usd("600000"), usd("40000"), "single", LAW, 2026)
    assert list(cut.amounts) == [9_450, 496_050, 94_500]
    assert cut.tax == 496_050 * Decimal("0.15") + 94_500 * Decimal("0.20")
    assert list(zones(usd("100"), usd("900000"), "single", LAW, 2026).amounts) == [0, 0, 100]


@pytest.mark.parametrize(("gain", "tax"), [("49450", "0"), ("49451", "0.15")])
def test_gains_up_to_the_top_of_the_zero_zone_bear_nothing(gain: str, tax: str) -> None:
    assert made(long_term_net=usd(gain) + 16_100).summary["income_tax"] == usd(tax)


def test_gains_never_bear_more_than_the_ordinary_rates() -> None:
    """Between the top of the zero zone and of the 12 percent bracket the ordinary rate is the lower one."""
    told = made(year=2024, other_ordinary_income=usd("47025") + 14_600, long_term_net=usd("100")).summary
    assert told["ltcg_tax"] == 12
    assert made(year=2024, long_term_net=usd("100"), other_ordinary_income=usd("61625")).summary["ltcg_tax"] == 12


def test_the_minimum_tax_exemption_falls_by_half_of_the_excess_in_2026_and_a_quarter_before() -> None:
    def lost(year: int) -> Decimal:
        start = LAW.in_year("us/amt/phaseout", year).by_status("single")
        full = made(year=year, wages=start).minimum.exemption.amount
        return full - made(year=year, wages=start + 100).minimum.exemption.amount

    assert [lost(2025), lost(2026)] == [25, 50]
    assert made(wages=usd("500000")).minimum.exemption.amount == 90_100
    assert made(wages=usd("900000")).minimum.exemption.amount == 0


def test_large_gains_alone_cause_the_minimum_tax_in_2026() -> None:
    facts = {"long_term_net": usd("800000")}
    assert made(year=2025, **facts).summary["amt"] == 0
    assert made(**facts).summary["amt"] > 0


def test_the_standard_deduction_added_back_bears_the_rate_of_the_gains_it_sheltered() -> None:
    """Form 6251 line 13 takes line 4 of the gains worksheet, which taxable income does not limit; as taxcalc 6.8.0."""
    told = made(year=2023, schedule_c_net=usd("2676.98"), long_term_net=usd("1328345.22"), ubia=usd("68116.54"))
    assert abs(told.summary["amt"] - usd("2919.27")) < Decimal("0.01")


@pytest.mark.parametrize(
    ("wages", "added"), [("875950", "0"), ("875954", "1"), ("1142550", "66650"), ("2000000", "66650")]
)
def test_a_separate_return_adds_back_up_to_the_exemption(wages: str, added: str) -> None:
    """Instructions for Form 6251 (2024) line 4: 25 percent of what is over 875,950, at most 66,650."""
    assert made(year=2024, status="mfs", wages=usd(wages)).minimum.income.amount == usd(wages) + usd(added)


def test_negative_income_stays_negative_for_the_minimum_tax() -> None:
    told = made(schedule_c_net=usd("-50000"))
    assert told.minimum.income.amount == -50_000
    assert told.summary["amt"] == told.summary["taxable_income"] == 0


def test_investment_income_is_taxed_up_to_what_is_above_the_threshold() -> None:
    assert made(wages=usd("190000"), taxable_interest=usd("10000")).summary["niit"] == 0
    assert made(wages=usd("190000"), taxable_interest=usd("10100")).summary["niit"] == usd("3.80")
    assert made(wages=usd("300000"), long_term_net=usd("10000")).summary["niit"] == 380
    assert made(schedule_c_net=usd("900000")).summary["niit"] == 0
    assert made(wages=usd("300000"), hobby_income=usd("50000")).summary["niit"] == 0


def test_an_allowed_capital_loss_lowers_investment_income_but_not_below_nothing() -> None:
    """Treas. Reg. 1.1411-4(f)(4)."""
    facts = {"wages": usd("300000"), "short_term_net": usd("-9000")}
    assert made(**facts, taxable_interest=usd("10000")).summary["niit"] == 266
    assert made(**facts).investment.income.amount == 0


@pytest.mark.parametrize(
    ("category", "year", "ref"),
    [
        ("electricity", 2026, "Schedule C line 25"),
        ("internet", 2023, "Schedule C line 25"),
        ("rent", 2026, "Schedule C line 20b"),
        ("repairs", 2026, "Schedule C line 21"),
        ("supplies", 2026, "Schedule C line 22"),
        ("insurance", 2026, "Schedule C line 15"),
        ("professional", 2026, "Schedule C line 17"),
        ("travel", 2026, "Schedule C line 24a"),
        ("software", 2023, "Schedule C line 27a"),
        ("hosting", 2024, "Schedule C line 27b"),
        ("other", 2026, "Schedule C line 27b"),
    ],
)
def test_each_word_for_an_expense_has_its_line(category: str, year: int, ref: str) -> None:
    assert expense_line(category, year).ref == ref


def test_an_unknown_word_is_refused_with_its_neighbours() -> None:
    assert set(CATEGORIES.values()) <= set(LABELS)
    with pytest.raises(UnknownCategoryError, match="did you mean electricity"):
        expense_line("electrcity", 2026)
    with pytest.raises(UnknownCategoryError, match="use one of"):
        expense_line("zzz", 2026)
