"""Estimated tax of the states by hand: who owes it, how much is safe, and by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lotwork.rules.us.states.estimated import StateRequired, StateYearTax, installments, required_payment
from tests.rules.us.law import LAW, usd
from tests.rules.us.states.made import STATE, for_all, law_with


def required(state: str, tax: str | None, *, year: int = 2026, **told: Any) -> StateRequired:
    amounts = {key: usd(value) if isinstance(value, str) else value for key, value in told.items()}
    case = StateYearTax(state=state, year=year, status="single", tax=None if tax is None else usd(tax), **amounts)
    return required_payment(case, LAW)


def amount(told: StateRequired) -> str:
    assert told.required is not None
    return f"{told.required.amount.normalize():f}"


def test_georgia_asks_for_70_percent_of_the_year_or_the_whole_of_the_last() -> None:
    """Form 500-UET: 70 percent of 3,244 is 2,270.80; the last year's tax is less from there down."""
    assert amount(required("GA", "3244", prior_tax="3000")) == "2270.8"
    low = required("GA", "3244", prior_tax="2000")
    assert (amount(low), low.method, low.penalty_possible) == ("2000", "prior year", True)
    assert required("GA", "3244").method == "current year"


def test_north_carolina_asks_for_90_percent_from_1_000_on() -> None:
    assert amount(required("NC", "2000", prior_tax="1900")) == "1800"
    assert required("NC", "999.99", prior_tax="1900").why == "tax of NC after withholding is less than $1,000"
    assert required("NC", "1000", prior_tax="1900").penalty_possible
    assert not required("NC", "5000", prior_tax="0").penalty_possible


def test_oklahoma_is_free_below_1_000_of_tax_and_below_500_after_withholding() -> None:
    """Form OW-8-P lines 3 and 6."""
    assert required("OK", "999.99", prior_tax="900").why == "tax of OK is less than $1,000"
    assert required("OK", "1000", prior_tax="900").penalty_possible
    assert required("OK", "1499.99", prior_tax="9000", withholding="1000").why == (
        "tax of OK after withholding is less than $500"
    )
    assert required("OK", "1500", prior_tax="9000", withholding="1000").penalty_possible


def test_kentucky_and_colorado_are_free_up_to_an_amount_and_not_from_it() -> None:
    """KRS 141.305: 500 or less; DR 0104EP: more than 1,000."""
    assert not required("KY", "500", prior_tax="900").penalty_possible
    assert required("KY", "500.01", prior_tax="900").penalty_possible
    assert not required("CO", "1000", prior_tax="900").penalty_possible
    assert required("CO", "1000.01", prior_tax="900").penalty_possible


def test_kentucky_and_colorado_ask_for_110_percent_above_150_000() -> None:
    assert amount(required("KY", "90000", prior_tax="1000", prior_agi="150000")) == "1000"
    assert amount(required("KY", "90000", prior_tax="1000", prior_agi="150000.01")) == "1100"
    assert amount(required("CO", "90000", prior_tax="1000", prior_agi="150001")) == "1100"
    assert amount(required("CO", "3572.80", prior_tax="3000", prior_agi="90000")) == "2500.96"
    assert amount(required("GA", "90000", prior_tax="1000", prior_agi="900000")) == "1000"
    assert amount(required("KY", "90000", prior_tax="1000")) == "1100"


def test_ohio_is_free_up_to_500_and_california_below_it_or_after_a_year_below_it() -> None:
    """Question 5115 of tax.ohio.gov: less than or equal to 500; R&TC 19136(c)(2): less than 500, separate 250."""
    assert not required("OH", "500", prior_tax="900").penalty_possible
    assert required("OH", "500.01", prior_tax="900").penalty_possible
    assert not required("CA", "499.99", prior_tax="900", agi="9000").penalty_possible
    assert required("CA", "500", prior_tax="500", agi="9000").penalty_possible
    assert (
        required("CA", "90000", prior_tax="499.99", agi="9000").why == "tax of CA in the year before was less than $500"
    )
    low = StateYearTax(state="CA", year=2026, status="mfs", tax=usd("250"), prior_tax=usd("250"), agi=usd("9000"))
    assert required_payment(low, LAW).penalty_possible
    assert not required_payment(replace(low, tax=usd("249.99")), LAW).penalty_possible
    assert not required_payment(replace(low, tax=usd("9000"), prior_tax=usd("249.99")), LAW).penalty_possible


def test_pennsylvanias_threshold_is_the_tax_on_what_is_not_withheld_on() -> None:
    """338 in 2025 (11,000 of income), 430 in 2026 (14,000): REV-413 (I)."""
    assert not required("PA", "429.99").penalty_possible
    assert required("PA", "430").penalty_possible
    assert required("PA", "338", year=2025).penalty_possible
    assert amount(required("PA", "1749.90", prior_tax="1535")) == "1535"


def test_withholding_that_covers_it_leaves_nothing_to_pay() -> None:
    told = required("NC", "9000", prior_tax="4000", withholding="4000")
    assert told.why == "withholding covers the required payment"


def test_a_year_whose_tax_is_not_known_is_measured_by_the_last_and_one_without_either_by_none() -> None:
    assert amount(required("NC", None, prior_tax="4000")) == "4000"
    none = required("NC", None)
    assert (none.required, none.method, none.penalty_possible) == (None, "none", True)


@pytest.mark.parametrize("state", ["TX", "WA"])
def test_a_state_without_installments_says_so(state: str) -> None:
    told = required(state, "9000")
    assert (told.required, told.penalty_possible) == (None, False)
    assert told.why == f"{state} asks for no estimated payments"
    assert installments(usd("9000"), LAW, state, 2026) == ()


def test_the_parts_are_a_quarter_each_on_the_days_that_are_on_time() -> None:
    parts = installments(usd("1000"), LAW, "GA", 2025)
    assert [each.required for each in parts] == [usd("250")] * 4
    assert [each.statutory for each in parts] == [
        date(2025, 4, 15), date(2025, 6, 15), date(2025, 9, 15), date(2026, 1, 15),
    ]  # fmt: skip
    assert parts[1].due == date(2025, 6, 16)


CALIFORNIA = {
    "estimated_form": ("text", '"ZZ 5805"'), "estimated_shares": ("fractions", "[0.3, 0.4, 0, 0.3]"),
    "estimated_days": ("days of the year", '["04-15", "06-15", "09-15", "01-15"]'),
    "estimated_threshold": ("usd by filing status", for_all("500")), "estimated_current_fraction": ("fraction", "0.9"),
    "estimated_prior_fraction": ("fraction", "1"), "estimated_prior_fraction_high": ("fraction", "1.1"),
    "estimated_high_agi": ("usd by filing status", for_all("150000")),
    "estimated_no_prior_from": ("usd by filing status", for_all("1000000")),
}  # fmt: skip


def test_a_share_of_nothing_is_no_installment_and_above_a_million_the_last_year_does_not_count() -> None:
    """30, 40 and 30 percent on April 15, June 15 and January 15; 90 percent of this year alone from a million on."""
    law = law_with(CALIFORNIA)
    parts = installments(usd("1000"), law, STATE, 2026)
    assert [(each.quarter, each.required) for each in parts] == [(1, usd("300")), (2, usd("400")), (4, usd("300"))]
    assert parts[-1].statutory == date(2027, 1, 15)
    case = {"state": STATE, "year": 2026, "status": "single", "tax": usd("100000"), "prior_tax": usd("10000")}
    for agi, expected in (("999999", "11000"), ("1000000", "90000")):
        told = required_payment(StateYearTax(**case, agi=usd(agi), prior_agi=usd("200000")), law)  # type: ignore[arg-type]  # one dict for both
        assert amount(told) == expected
