"""A corporation that pays its own tax, held against the statute and a year reckoned by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lotwork.rules.errors import CaseRefusedError
from lotwork.rules.line import Line, line
from lotwork.rules.us.c_corporation import CCorporation, Coins, Trade, c_corporation, dividend
from lotwork.rules.us.c_corporation_estimated import corporate_estimated
from lotwork.rules.us.form_4797 import BusinessSale, form_4797
from lotwork.rules.us.s_corporation import Terms
from lotwork.rules.us.schedule_c import Books, schedule_c
from tests.rules.us.law import LAW, usd

BUSINESS = schedule_c(
    Books(
        year=2026,
        receipts=usd("150000"),
        other_income=usd("1000"),
        by_line={"8": usd("100"), "16c": usd("200"), "20b": usd("6000"), "21": usd("300"), "23": usd("50"),
                 "24b": usd("25"), "25": usd("30000"), "26": usd("4000")},
        others={"software": usd("75"), "hosting": usd("25")},
        depreciation=usd("10000"),
    )
)  # fmt: skip
"""A profit of 100,225."""


NO_COINS = Coins()


def company(salary: str = "0", *, coins: Coins = NO_COINS, **terms: str) -> CCorporation:
    told = Terms(usd(salary), **{name: usd(amount) for name, amount in terms.items()})
    return c_corporation(Trade(schedule_c=BUSINESS, coins=coins), told, usd("0"), LAW, 2026)


def amounts(told: CCorporation) -> dict[str, Decimal]:
    return {each.line: each.amount for each in told.lines if each.form == "Form 1120"}


def tax(amount: str) -> Line:
    return line(("Form 1120", "31"), "Total tax", usd(amount))


def test_the_form_has_each_deduction_on_its_line_and_21_percent_of_what_is_left() -> None:
    """By hand: 151,000 less 50,775 is 100,225; 21 percent of it 21,047.25; left 79,177.75 (26 U.S.C. 11(b), 312(a))."""
    told = company()
    assert amounts(told) == {
        "1a": 150_000, "8": 0, "10": 1_000, "11": 151_000,
        "13": 4_000, "14": 300, "16": 6_000, "17": 50, "18": 200, "20": 10_000, "22": 100, "26": 30_125, "27": 50_775,
        "30": 100_225, "31": usd("21047.25"),
    }  # fmt: skip
    assert told.earnings.amount == usd("79177.75")
    assert dividend(told, usd("0.5")).amount == usd("39588.875")


def test_pay_premiums_and_a_plan_are_deducted_with_the_employers_taxes() -> None:
    """By hand: FICA 7.65 percent of 40,000 is 3,060, FUTA 42; the plan takes 25 percent of pay (404(a)(3))."""
    told = company("40000", payroll_cost="1800", health_insurance="6000", retirement="12000")
    lines = amounts(told)
    assert [lines[each] for each in ("12", "17", "23", "24")] == [40_000, 50 + 3_102, 10_000, 6_000]
    assert lines["26"] == 30_125 + 1_800
    assert lines["30"] == usd("100225") - 40_000 - 3_102 - 10_000 - 6_000 - 1_800
    assert told.retirement == 10_000


def test_without_pay_there_is_no_employee_to_insure() -> None:
    told = company(health_insurance="6000", retirement="12000")
    assert amounts(told)["30"] == 100_225
    assert not told.payroll.total


def test_gains_on_coins_bear_the_one_rate_however_long_they_were_held() -> None:
    short, long = (company(coins=coins) for coins in (Coins(short=usd("9000")), Coins(long=usd("9000"))))
    assert short.tax.amount == long.tax.amount == (usd("100225") + 9_000) * usd("0.21")
    mixed = company(coins=Coins(usd("-4000"), usd("9000")))
    assert amounts(mixed)["8"] == 5_000


def test_a_capital_loss_lowers_gains_and_nothing_else() -> None:
    """26 U.S.C. 1211(a): "only to the extent of gains"; 1212(a)(1): three years back, then five forward."""
    told = company(coins=Coins(usd("-9000"), usd("1000")))
    assert [amounts(told)[each] for each in ("8", "30")] == [0, 100_225]
    assert told.capital_loss.amount == 8_000
    assert told.capital_loss.label == "Net capital loss, to 2023 through 2025 first, then to 2027 through 2031"
    assert told.earnings.amount == usd("79177.75") - 8_000, "earnings and profits fall by it in its year (312)"


def test_rigs_sold_are_on_line_9_and_what_they_gain_beyond_recapture_is_capital() -> None:
    rig = BusinessSale(name="rig", proceeds=usd("12000"), adjusted_basis=usd("2000"), deducted=usd("8000"),
                       recaptured=usd("8000"), held_long=True)  # fmt: skip
    trade = Trade(schedule_c=BUSINESS, sales=form_4797((rig,), usd("0")))
    lines = amounts(c_corporation(trade, Terms(usd("0")), usd("0"), LAW, 2026))
    assert [lines[each] for each in ("8", "9", "30")] == [2_000, 8_000, 110_225]


def test_a_loss_bears_no_tax_and_is_no_dividend() -> None:
    told = company("120000")
    assert told.taxable.amount < 0
    assert told.tax.amount == 0
    assert dividend(told, usd("1")).amount == 0


def test_negative_terms_are_refused() -> None:
    with pytest.raises(CaseRefusedError, match="0 or more"):
        company("-1")


# Estimated tax (26 U.S.C. 6655)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, ["2026-04-15", "2026-06-15", "2026-09-15", "2026-12-15"]),
        (2024, ["2024-04-15", "2024-06-17", "2024-09-16", "2024-12-16"]),  # 7503
    ],
)
def test_four_parts_of_a_quarter_each_are_due_in_a_calendar_year(year: int, days: list[str]) -> None:
    told = corporate_estimated(tax("21047.25"), LAW, year)
    assert [each.due for each in told.installments] == [date.fromisoformat(day) for day in days]
    assert [each.required for each in told.installments] == [usd("5261.8125")] * 4
    assert [each.line for each in told.lines] == ["5", "10a", "10b", "10c", "10d"]


def test_less_than_500_asks_for_nothing_and_500_does() -> None:
    assert not corporate_estimated(tax("499.99"), LAW, 2026).installments
    assert [each.required for each in corporate_estimated(tax("500"), LAW, 2026).installments] == [125] * 4


def test_the_prior_years_tax_is_enough_where_it_is_less_and_there_was_any() -> None:
    """6655(d)(1)(B): the lesser; its last sentence: not a year that showed no tax."""
    for prior, each in (("10000", 2_500), ("90000", 10_000), ("0", 10_000)):
        told = corporate_estimated(tax("40000"), LAW, 2026, prior_tax=usd(prior))
        assert [one.required for one in told.installments] == [each] * 4


def test_a_large_corporation_uses_the_prior_year_for_the_first_and_makes_it_up_with_the_second() -> None:
    """6655(d)(2)(B): "recaptured by increasing the amount of the next required installment"."""
    told = corporate_estimated(tax("40000"), LAW, 2026, prior_tax=usd("10000"), large=True)
    assert [each.required for each in told.installments] == [2_500, 17_500, 10_000, 10_000]
    for prior in (None, usd("90000")):
        told = corporate_estimated(tax("40000"), LAW, 2026, prior_tax=prior, large=True)
        assert [each.required for each in told.installments] == [10_000] * 4
