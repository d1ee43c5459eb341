"""Until when a return is amended, and what late tax costs: the statutes' own days, and the rulings' own examples."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.rules.load import Law
from lotwork.rules.us.amended import accuracy_penalty, assessment_deadline, deemed_filed, refund_claim
from lotwork.rules.us.calendar import add_months, add_years
from lotwork.rules.us.form_1040x import Column, Payments, form_1040x
from lotwork.rules.us.late_payment import PaidOn, failure_to_pay, interest

LAW = Law.load()
ZERO = Decimal(0)
NOTHING: tuple[PaidOn, ...] = ()
WITHHELD = PaidOn(date(2025, 12, 31), Decimal(1000))


def assessed(filed: date, year: int, omitted: str = "0") -> date:
    return assessment_deadline(year, filed, Decimal(100_000), Decimal(omitted), LAW).day


def test_a_return_filed_early_counts_as_filed_on_april_15_though_that_be_a_saturday() -> None:
    """Rev. Rul. 2003-41, situation 1: filed on March 1, 1995, due on a Saturday; the claim is due April 15, 1998."""
    assert deemed_filed(date(1995, 3, 1), 1994) == date(1995, 4, 15)
    claim = refund_claim(1994, date(1995, 3, 1), [PaidOn(date(1994, 12, 31), Decimal(9))], date(1998, 4, 17), LAW)
    assert claim.last_day.day == date(1998, 4, 15)
    assert not claim.in_time


def test_a_return_filed_on_the_monday_counts_from_the_monday_and_keeps_what_was_withheld() -> None:
    """Rev. Rul. 2003-41, situation 3: filed on Monday, April 17, 1995; the claim of April 17, 1998 is paid in full."""
    paid = [PaidOn(date(1994, 12, 31), Decimal(900))]
    claim = refund_claim(1994, date(1995, 4, 17), paid, date(1998, 4, 17), LAW)
    assert (claim.in_time, claim.limit.amount, claim.look_back_from) == (True, Decimal(900), date(1995, 4, 15))


def test_a_claim_on_the_next_business_day_keeps_what_was_withheld() -> None:
    """Rev. Rul. 66-118: due by Sunday, April 15, 1962; filed on Monday, April 16 (Emancipation Day came in 2005)."""
    paid = [PaidOn(date(2025, 12, 31), Decimal(900))]
    last = date(2029, 4, 17)
    claim = refund_claim(2025, date(2026, 2, 1), paid, last, LAW)
    assert (claim.last_day.day, claim.in_time, claim.limit.amount) == (last, True, Decimal(900))


def test_tax_may_be_assessed_for_three_years_from_the_day_a_return_counts_as_filed() -> None:
    """Rev. Rul. 81-269: filed March 1 counts from April 15; filed on Monday, April 16, 1979, from that Monday."""
    assert assessed(date(1979, 3, 1), 1978) == date(1982, 4, 15)
    assert assessed(date(1979, 4, 16), 1978) == date(1982, 4, 16)


@pytest.mark.parametrize(("omitted", "last"), [("25000", date(2029, 4, 17)), ("25000.01", date(2032, 4, 15))])
def test_exactly_25_percent_left_out_is_not_more_than_25_percent(omitted: str, last: date) -> None:
    assert assessed(date(2026, 4, 1), 2025, omitted) == last


def test_a_payment_two_years_back_can_be_claimed_when_three_years_from_filing_are_over() -> None:
    """Paid on 2030-01-10: claimed through 2032-01-12, the 10th being a Saturday, and no more than that payment."""
    made = [WITHHELD, PaidOn(date(2030, 1, 10), Decimal(300))]
    claim = refund_claim(2025, date(2026, 4, 1), made, date(2032, 1, 12), LAW)
    assert (claim.last_day.day, claim.in_time) == (date(2032, 1, 12), True)
    assert claim.limit.amount == 0
    earlier = refund_claim(2025, date(2026, 4, 1), made, date(2032, 1, 10), LAW)
    assert (earlier.in_time, earlier.limit.amount) == (True, Decimal(300))


@pytest.mark.parametrize(
    ("filed", "extended", "through", "last"),
    [
        (date(2026, 4, 1), False, date(2029, 4, 17), date(2029, 4, 17)),
        (date(2026, 11, 30), False, date(2029, 4, 15), date(2029, 11, 30)),
        (date(2026, 10, 15), True, date(2029, 10, 15), date(2029, 10, 15)),
        (date(2026, 11, 30), True, date(2029, 10, 15), date(2029, 11, 30)),
    ],
)
def test_of_a_return_filed_late_a_claim_is_in_time_for_longer_than_it_reaches_back(
    filed: date, extended: bool, through: date, last: date
) -> None:
    """26 U.S.C. 6511(b)(2)(A): what was paid within three years, and the time of an extension, before the claim."""
    claim = refund_claim(2025, filed, [WITHHELD], date(2026, 12, 1), LAW, extended=extended)
    assert (claim.as_much_through, claim.last_day.day) == (through, last)
    held = refund_claim(2025, filed, [WITHHELD], through, LAW, extended=extended)
    assert held.limit.amount == Decimal(1000)
    if through < last:
        over = refund_claim(2025, filed, [WITHHELD], through + timedelta(days=1), LAW, extended=extended)
        assert (over.in_time, over.limit.amount) == (True, ZERO)


def test_an_extension_lengthens_the_look_back_by_six_months() -> None:
    """Filed on extension on 2026-10-10: a claim of 2029-10-10 still reaches what counts as paid on 2026-04-15."""
    made, filed, claimed = [WITHHELD], date(2026, 10, 10), date(2029, 10, 10)
    plain = refund_claim(2025, filed, made, claimed, LAW)
    extended = refund_claim(2025, filed, made, claimed, LAW, extended=True)
    assert (plain.in_time, plain.limit.amount) == (True, ZERO)
    assert (extended.in_time, extended.limit.amount) == (True, Decimal(1000))


@pytest.mark.parametrize(
    ("required", "shown", "qbi", "added"),
    [
        ("50000", "45000", False, "0"),  # 5,000 does not exceed 5,000
        ("50000", "44999.99", False, "1000.002"),
        ("100000", "90000", False, "0"),  # 10,000 does not exceed 10 percent of 100,000
        ("100000", "90000", True, "2000"),  # it exceeds 5 percent, 26 U.S.C. 6662(d)(1)(C)
        ("100000", "95000", True, "0"),
        ("40000", "60000", False, "0"),
    ],
)
def test_an_understatement_is_substantial_where_it_exceeds_the_greater_limit(
    required: str, shown: str, qbi: bool, added: str
) -> None:
    found = accuracy_penalty(Decimal(required), Decimal(shown), LAW, 2025, claims_qbi=qbi)
    assert found.amount == Decimal(added)


def test_interest_is_compounded_daily_at_the_rate_of_each_quarter() -> None:
    """10,000 unpaid from 2026-04-15: 76 days at 6 percent, then 10 at 7, each day's interest bearing interest."""
    owed = interest(Decimal(10_000), NOTHING, date(2026, 4, 15), date(2026, 7, 10), LAW)
    day = Decimal(365)
    factor = (1 + Decimal("0.06") / day) ** 76 * (1 + Decimal("0.07") / day) ** 10
    assert owed.through == date(2026, 7, 10)
    assert abs(owed.total.amount - 10_000 * (factor - 1)) < Decimal("1e-15")
    assert round(owed.total.amount, 2) == Decimal("145.14")


def test_a_leap_year_has_366_days_of_interest() -> None:
    one = interest(Decimal(366_000), NOTHING, date(2024, 4, 15), date(2024, 4, 16), LAW)
    assert one.total.amount == 80


def test_what_is_paid_bears_no_more_interest() -> None:
    paid = [PaidOn(date(2026, 4, 20), Decimal(10_100))]
    short = interest(Decimal(10_000), paid, date(2026, 4, 15), date(2026, 12, 31), LAW)
    assert (short.through, round(short.total.amount, 2)) == (date(2026, 12, 31), Decimal("8.22"))


@given(st.integers(0, 400), st.integers(0, 10**7))
def test_interest_never_falls_with_time_or_with_tax(days: int, tax: int) -> None:
    after = date(2025, 4, 15)
    through = after + timedelta(days=days)
    less = interest(Decimal(tax), NOTHING, after, through, LAW).total.amount
    assert less >= 0
    assert interest(Decimal(tax), NOTHING, after, through + timedelta(days=1), LAW).total.amount >= less
    assert interest(Decimal(tax + 1), NOTHING, after, through, LAW).total.amount >= less


@pytest.mark.parametrize(
    ("through", "months"),
    [(date(2026, 4, 15), 0), (date(2026, 4, 16), 1), (date(2026, 5, 15), 1), (date(2026, 5, 16), 2),
     (date(2036, 1, 1), 50)],
)  # fmt: skip
def test_failure_to_pay_counts_each_month_or_part_of_one_up_to_fifty(through: date, months: int) -> None:
    added = failure_to_pay(Decimal(1000), NOTHING, date(2026, 4, 15), through, LAW)
    assert added.amount == 5 * months


def test_failure_to_pay_is_figured_on_what_is_unpaid_as_each_month_begins() -> None:
    paid = [PaidOn(date(2026, 5, 15), Decimal(600)), PaidOn(date(2026, 6, 16), Decimal(400))]
    added = failure_to_pay(Decimal(1000), paid, date(2026, 4, 15), date(2026, 12, 31), LAW)
    assert added.amount == Decimal("0.005") * (1000 + 400 + 400)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [(date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2025, 1, 31), 1, date(2025, 2, 28)),
     (date(2025, 12, 15), 1, date(2026, 1, 15)), (date(2026, 1, 31), -2, date(2025, 11, 30))],
)  # fmt: skip
def test_a_month_ends_on_the_day_of_its_number_or_its_last(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_three_years_from_29_february_end_on_the_28th() -> None:
    assert add_years(date(2028, 2, 29), 3) == date(2031, 2, 28)


def test_form_1040x_gives_back_what_was_overpaid_twice() -> None:
    """As filed 12,000 paid and 10,000 tax: 2,000 came back. The tax is 8,500: another 1,500 does."""
    column = {
        "agi": Decimal(70_000), "deductions": Decimal(15_750), "additional_deductions": ZERO, "qbi_deduction": ZERO,
        "taxable_income": Decimal(54_250), "tax": Decimal(10_000), "credits": ZERO, "refundable": ZERO,
        "other_taxes": ZERO,
    }  # fmt: skip
    filed = Column(**column, total_tax=Decimal(10_000))
    correct = Column(**column | {"tax": Decimal(8_500)}, total_tax=Decimal(8_500))
    paid = Payments(withheld=Decimal(12_000), estimated=ZERO, with_returns=ZERO, overpaid_originally=Decimal(2_000))
    rows = {row.line: row for row in form_1040x(filed, correct, paid)}
    assert [rows["11"].original, rows["11"].change, rows["11"].correct] == [10_000, -1_500, 8_500]
    assert [rows[number].correct for number in ("17", "19", "20", "21")] == [12_000, 10_000, 0, 1_500]
