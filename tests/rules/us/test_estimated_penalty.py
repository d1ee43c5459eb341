"""Form 2210, Part III: the worked examples of Publication 505, and each boundary by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.rules.load import Law
from lotwork.rules.us.estimated import Installment, YearTax, next_business_day, required_payment, statutory_days
from lotwork.rules.us.estimated_penalty import Paid, applied, interest_of_a_day, penalty, section_a
from tests.rules.us.law import CENT, LAW, usd

ZERO = Decimal(0)


class Rates(NamedTuple):
    """The rates of one year, as a correction of the law brings them."""

    from_: date
    value: list[str]
    figure: str = "us/estimated/underpayment_rate"
    cite: str = "26 U.S.C. 6621(a)(2)"
    reason: str = "an example of that year"


def law_of(*rates: Rates) -> Law:
    return LAW.corrected(rates)


def due_of(year: int, *amounts: str) -> list[Installment]:
    days = statutory_days(year)
    return [
        Installment(number, day, next_business_day(day), usd(amount))
        for number, (day, amount) in enumerate(zip(days, amounts, strict=False), start=1)
    ]


def told(due: list[Installment], paid: list[Paid], number: str) -> list[Decimal]:
    lines = section_a(due, paid)
    return [line.amount for line in lines if line.line.rstrip("abcd") == number]


def on(*days: tuple[int, int, int, str]) -> list[Paid]:
    return [Paid(date(year, month, day), usd(amount)) for year, month, day, amount in days]


BEN_BROWN = on(
    (2005, 4, 15, "807"), (2005, 6, 15, "807"), (2005, 9, 2, "1000"), (2005, 9, 15, "807"),
    (2006, 1, 12, "1000"), (2006, 1, 15, "807"),
)  # fmt: skip


def test_part_i_of_ben_brown() -> None:
    """Pub. 505 for 2005, figure 4-B, page 1 of Form 2210: 6,116 is required, the prior year's tax."""
    case = YearTax(
        year=2025, status="single", tax=usd("7031"), income_tax=usd("4685"), other_taxes=usd("2346"),
        withholding=usd("3228"), prior_tax=usd("6116"), prior_agi=usd("60000"),
    )  # fmt: skip
    amounts = {line.line: line.amount for line in required_payment(case, LAW).lines}
    assert [amounts[number].quantize(Decimal(1)) for number in "12456789"] == [
        4_685, 2_346, 7_031, 6_328, 3_228, 3_803, 6_116, 6_116,
    ]  # fmt: skip


def test_section_a_of_ben_brown() -> None:
    """Pub. 505 for 2004 and 2005, figure 4-B: 722, 1,444, 1,166 and 888 are underpaid."""
    due = due_of(2005, "1529", "1529", "1529", "1529")
    assert told(due, BEN_BROWN, "11") == [807, 807, 1_807, 1_807]
    assert told(due, BEN_BROWN, "13")[1:] == [807, 1_807, 1_807]
    assert told(due, BEN_BROWN, "14")[1:] == [722, 1_444, 1_166]
    assert told(due, BEN_BROWN, "15") == [807, 85, 363, 641]
    assert told(due, BEN_BROWN, "16") == [0, 0, 0, 0]
    assert told(due, BEN_BROWN, "17") == [722, 1_444, 1_166, 888]
    assert told(due, BEN_BROWN, "18") == [0, 0, 0, 0]


def test_the_penalty_of_ben_brown_is_68_51() -> None:
    """Pub. 505 for 2005, figure 4-B, page 3: 6 percent through September, 7 after it; the form rounds each amount."""
    rates = (Rates(date(2005, 1, 1), ["0.05", "0.06", "0.06", "0.07"]), Rates(date(2006, 1, 1), ["0.07"] * 4))
    due = due_of(2005, "1529", "1529", "1529", "1529")
    made = penalty(due, BEN_BROWN, date(2006, 4, 15), law_of(*rates))
    sums: dict[tuple[int, str], Decimal] = {}
    for charge in made.charges:
        key = charge.quarter, str(charge.rate)
        sums[key] = sums.get(key, ZERO) + charge.amount
    published = {
        (1, "0.06"): usd("7.24"),
        (2, "0.06"): usd("12.99") + usd("6.71"),
        (3, "0.06"): usd("2.88"),
        (3, "0.07"): usd("19.95") + usd("3.41"),
        (4, "0.07"): usd("15.33"),
    }
    assert sums.keys() == published.keys()
    assert all(abs(sums[key] - amount) < CENT for key, amount in published.items())
    assert sum(published.values()) == usd("68.51")


def test_section_a_of_ben_and_sally_brown() -> None:
    """Pub. 505 for 2009, figure 4-B: 396 withheld on each day, 900 paid late twice; line 16 carries what is owed."""
    paid = on(
        (2009, 4, 15, "396"), (2009, 6, 15, "396"), (2009, 9, 15, "1296"), (2010, 1, 15, "1296"),
    )  # fmt: skip
    due = due_of(2009, "1605", "1605", "1605", "1605")
    assert told(due, paid, "13")[1:] == [396, 1_296, 1_296]
    assert told(due, paid, "14")[1:] == [1_209, 2_418, 2_727]
    assert told(due, paid, "15") == [396, 0, 0, 0]
    assert told(due, paid, "16")[1:3] == [813, 1_122]
    assert told(due, paid, "17") == [1_209, 1_605, 1_605, 1_605]


def test_section_a_of_laura_maple_with_annualized_installments() -> None:
    """Pub. 505 for 2008, figure 4-C: what is over goes to the next column, and 940 are short in the last."""
    paid = on(
        (2008, 4, 15, "372"), (2008, 6, 15, "372"), (2008, 8, 15, "100"), (2008, 9, 15, "372"),
        (2008, 12, 3, "500"), (2009, 1, 15, "372"),
    )  # fmt: skip
    due = due_of(2008, "0", "77", "1137", "1814")
    assert told(due, paid, "12")[1:] == [372, 667, 2]
    assert told(due, paid, "13")[1:] == [744, 1_139, 874]
    assert told(due, paid, "15") == [372, 744, 1_139, 874]
    assert told(due, paid, "17") == [0, 0, 0, 940]
    assert told(due, paid, "18")[:3] == [372, 667, 2]


@pytest.mark.parametrize(
    ("year", "days"),
    [(2023, [[76, 92, 92, 91, 15], [15, 92, 92, 91, 15]]), (2025, [[76, 92, 92, 90, 15], [15, 92, 92, 90, 15]])],
)
def test_the_days_of_each_rate_period_are_those_of_the_table_in_the_instructions(
    year: int, days: list[list[int]]
) -> None:
    """2210 instructions, Table 2: 76 days to June 30, 92, 92, then 105 to April 15, 106 in a leap year."""
    made = penalty(due_of(year, "1000", "1000"), (), date(year + 1, 4, 15), LAW)
    assert [[charge.days for charge in made.charges if charge.quarter == quarter] for quarter in (1, 2)] == days


def test_the_rate_of_the_first_quarter_holds_through_april_15() -> None:
    """26 U.S.C. 6621(b)(2)(B): the 6 percent of the second quarter of 2026 begin on April 16."""
    made = penalty(due_of(2026, "1000"), (), date(2026, 6, 30), LAW)
    assert [(charge.after, charge.rate) for charge in made.charges] == [(date(2026, 4, 15), usd("0.06"))]
    late = penalty(due_of(2025, "1000"), (), date(2026, 4, 15), LAW)
    assert late.charges[-1].rate == usd("0.07")
    assert late.charges[-1].through == date(2026, 4, 15)


def test_a_day_costs_a_365th_of_the_rate_and_a_366th_in_a_leap_year() -> None:
    assert interest_of_a_day(usd("36500"), date(2025, 5, 1), LAW) == 7
    assert interest_of_a_day(usd("36600"), date(2024, 5, 1), LAW) == 8


def test_nothing_is_charged_after_april_15_of_the_next_year() -> None:
    """26 U.S.C. 6654(b)(2)(A): the period runs to "the 15th day of the 4th month following the close"."""
    due = due_of(2024, "1000")
    assert penalty(due, (), date(2027, 1, 1), LAW).total.amount == penalty(due, (), date(2025, 4, 15), LAW).total.amount


def test_filed_and_paid_by_january_31_only_the_fourth_installment_is_freed() -> None:
    due = due_of(2025, "1000", "1000", "1000", "1000")
    made = penalty(due, on((2026, 1, 31, "9000")), date(2026, 4, 15), LAW, filed_in_january=True)
    assert {charge.quarter for charge in made.charges} == {1, 2, 3}


AMOUNTS = st.lists(st.integers(0, 5_000).map(Decimal), min_size=4, max_size=4)
PAYMENTS = st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2026, 4, 15)), st.integers(1, 6_000)), max_size=8)


@given(AMOUNTS, PAYMENTS)
def test_what_is_applied_never_exceeds_a_payment_or_an_installment(
    amounts: list[Decimal], payments: list[tuple[date, int]]
) -> None:
    due = due_of(2025, *(str(amount) for amount in amounts))
    paid = [Paid(day, Decimal(amount)) for day, amount in payments]
    parts = list(applied(due, paid, date(2026, 4, 15)))
    assert sum((part.amount for part in parts), ZERO) == min(
        sum((each.amount for each in paid), ZERO), sum(amounts, ZERO)
    )
    for place, each in enumerate(due):
        assert sum((part.amount for part in parts if part.place == place), ZERO) <= each.required
    assert [part.place for part in parts] == sorted(part.place for part in parts)


@given(AMOUNTS, PAYMENTS)
def test_section_a_and_the_penalty_agree_on_what_was_short(
    amounts: list[Decimal], payments: list[tuple[date, int]]
) -> None:
    """There is a penalty exactly where a column has an underpayment on line 17."""
    due = due_of(2025, *(str(amount) for amount in amounts))
    paid = [Paid(day, Decimal(amount)) for day, amount in payments]
    short = told(due, paid, "17")
    charged = {charge.quarter for charge in penalty(due, paid, date(2026, 4, 15), LAW).charges}
    assert charged == {each.quarter for each, amount in zip(due, short, strict=True) if amount > 0}


@given(AMOUNTS, PAYMENTS, st.dates(date(2025, 1, 1), date(2026, 4, 14)))
def test_paying_later_never_costs_less(amounts: list[Decimal], payments: list[tuple[date, int]], day: date) -> None:
    due = due_of(2025, *(str(amount) for amount in amounts))
    paid = [Paid(when, Decimal(amount)) for when, amount in payments]
    costs = [
        penalty(due, [*paid, Paid(when, usd("1000"))], date(2026, 4, 15), LAW).total.amount
        for when in (day, date(2026, 4, 15))
    ]
    assert costs[0] <= costs[1] + Decimal("0.000000001")
