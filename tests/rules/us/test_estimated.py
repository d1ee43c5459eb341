"""What must be paid, by when, and what an underpayment costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.us.estimated import YearTax, installments, next_business_day, required_payment, statutory_days
from lotwork.rules.us.estimated_penalty import Paid, penalty, with_withholding
from tests.rules.us.law import CENT, LAW, usd


def required(**facts: Any) -> Any:
    told: dict[str, Any] = {"year": 2026, "status": "single", "tax": usd("20000")} | facts
    return required_payment(YearTax(**told), LAW)


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026, 2027])
def test_due_dates_move_over_weekends_and_holidays_of_the_district(year: int) -> None:
    """26 U.S.C. 7503: Emancipation Day moved April 17 2023, Martin Luther King Day January 2024 and 2028."""
    assert statutory_days(year) == LAW.in_year("us/estimated/statutory_due", year).days()
    moved = tuple(next_business_day(day) for day in statutory_days(year))
    assert moved == LAW.in_year("us/estimated/payment_due", year).days()
    assert tuple(each.due for each in installments(usd("4"), LAW, year)) == moved


def test_emancipation_day_counts() -> None:
    assert next_business_day(date(2023, 4, 15)) == date(2023, 4, 18)


def test_90_percent_of_this_year_or_100_of_the_last_whichever_is_less() -> None:
    assert required().required.amount == 18_000
    small = required(prior_tax=usd("10000"), prior_agi=usd("100000"))
    assert (small.required.amount, small.method) == (10_000, "prior year")
    large = required(prior_tax=usd("50000"), prior_agi=usd("100000"))
    assert (large.required.amount, large.method) == (18_000, "current year")
    assert [each.required for each in installments(small.required.amount, LAW, 2026)] == [2_500] * 4
    assert {line.line for line in small.lines} == {str(number) for number in range(1, 10)}


@pytest.mark.parametrize(
    ("status", "agi", "share"),
    [
        ("single", "150000", "10000"),
        ("single", "150000.01", "11000"),
        ("mfj", "150000", "10000"),
        ("mfs", "75000", "10000"),
        ("mfs", "75000.01", "11000"),
    ],
)
def test_at_exactly_150_000_the_prior_year_measure_is_100_percent(status: str, agi: str, share: str) -> None:
    """26 U.S.C. 6654(d)(1)(C): "exceeds $150,000"; 75,000 on a separate return."""
    made = required(status=status, prior_tax=usd("10000"), prior_agi=usd(agi))
    assert made.prior_year.amount == usd(share)


def test_an_unknown_prior_income_is_taken_as_high() -> None:
    assert required(prior_tax=usd("10000")).prior_year.amount == 11_000


def test_exactly_1_000_owed_bears_a_penalty_and_999_99_does_not() -> None:
    """26 U.S.C. 6654(e)(1): "less than $1,000"."""
    assert required(tax=usd("1000")).penalty_possible
    made = required(tax=usd("5000"), withholding=usd("4000.01"))
    assert not made.penalty_possible
    assert "less than $1,000" in made.why


def test_no_penalty_after_a_year_without_tax_or_where_withholding_covers_it() -> None:
    assert "no tax in the prior year" in required(prior_tax=usd("0"), prior_agi=usd("0")).why
    assert "withholding covers" in required(withholding=usd("18000")).why


def test_interest_is_simple_by_days_and_by_the_rate_of_each_quarter() -> None:
    """TY2025, nothing paid: 7 percent for 365, 304, 212 and 90 days; never the 6 of the second quarter of 2026."""
    due = installments(usd("10000"), LAW, 2025)
    made = penalty(due, (), date(2026, 12, 31), LAW)
    by_quarter = [sum(c.amount for c in made.charges if c.quarter == q) for q in (1, 2, 3, 4)]
    expected = [usd("2500") * Decimal("0.07") * days / 365 for days in (365, 304, 212, 90)]
    assert all(abs(got - want) < CENT for got, want in zip(by_quarter, expected, strict=True))
    assert {charge.rate for charge in made.charges} == {Decimal("0.07")}
    assert list(made.unpaid) == [2_500] * 4
    assert made.total.amount == sum(by_quarter)
    assert "6654" in made.total.cites[0]


def test_days_of_a_leap_year_are_366ths() -> None:
    """TY2023: 7 percent through September, 8 from October, and 8 over 366 in 2024."""
    due = installments(usd("10000"), LAW, 2023)[:1]
    made = penalty(due, (), date(2024, 4, 15), LAW)
    assert [(charge.through, charge.rate) for charge in made.charges] == [
        (date(2023, 6, 30), Decimal("0.07")),
        (date(2023, 9, 30), Decimal("0.07")),
        (date(2023, 12, 31), Decimal("0.08")),
        (date(2024, 3, 31), Decimal("0.08")),
        (date(2024, 4, 15), Decimal("0.08")),
    ]
    days = (76 + 92) * Decimal("0.07") / 365 + 92 * Decimal("0.08") / 365 + 106 * Decimal("0.08") / 366
    assert abs(made.total.amount - 2_500 * days) < CENT


def test_a_payment_by_the_shifted_day_is_on_time_and_a_day_later_counts_from_the_statutes_day() -> None:
    due = installments(usd("10000"), LAW, 2025)[:2]
    on_time = (Paid(date(2025, 4, 15), usd("2500")), Paid(date(2025, 6, 16), usd("2500")))
    assert penalty(due, on_time, date(2026, 4, 15), LAW).total.amount == 0
    late = (Paid(date(2025, 4, 15), usd("2500")), Paid(date(2025, 6, 17), usd("2500")))
    (charge,) = penalty(due, late, date(2026, 4, 15), LAW).charges
    assert (charge.after, charge.through) == (date(2025, 6, 15), date(2025, 6, 17))
    assert charge.amount == 2_500 * Decimal("0.07") * 2 / 365


def test_a_payment_goes_to_the_oldest_installment_first_and_what_is_over_to_the_next() -> None:
    """26 U.S.C. 6654(b)(3)."""
    due = installments(usd("10000"), LAW, 2025)
    made = penalty(due, (Paid(date(2025, 7, 1), usd("6000")),), date(2025, 9, 1), LAW)
    assert list(made.unpaid) == [0, 0, 1_500, 2_500]
    assert {charge.quarter for charge in made.charges} == {1, 2}
    early = penalty(due, (Paid(date(2025, 4, 1), usd("10000")),), date(2026, 4, 15), LAW)
    assert early.total.amount == 0


def test_withholding_counts_in_four_equal_parts() -> None:
    paid = with_withholding((Paid(date(2025, 5, 1), usd("5")),), usd("8000"), 2025)
    assert [each.amount for each in paid] == [2_000, 5, 2_000, 2_000, 2_000]
    assert with_withholding((), usd("0"), 2025) == ()
    due = installments(usd("8000"), LAW, 2025)
    assert penalty(due, with_withholding((), usd("8000"), 2025), date(2026, 4, 15), LAW).total.amount == 0


def test_interest_into_a_quarter_without_a_known_rate_is_refused_not_guessed() -> None:
    due = installments(usd("10000"), LAW, 2026)
    assert penalty(due, (), date(2026, 12, 31), LAW).total.amount > 0
    with pytest.raises(UnknownFigureError, match="underpayment_rate"):
        penalty(due, (), date(2027, 4, 15), LAW)


def test_the_second_quarter_of_2026_has_6_percent() -> None:
    made = penalty(installments(usd("10000"), LAW, 2026)[:1], (), date(2026, 6, 30), LAW)
    assert [charge.rate for charge in made.charges] == [Decimal("0.06")]
