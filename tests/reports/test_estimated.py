"""The listing of estimated payments, and the next one in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lotwork.projections.liability import liability
from lotwork.projections.quarterly import By, quarterly
from lotwork.reports.estimated import QuarterlyListing, list_quarterly
from lotwork.reports.estimated_words import next_in_words
from lotwork.reports.form_2210 import Form2210Boxes
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
PROFILE = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single"} | {
    "activity": "business"
}
PRIOR = {"prior_year_tax_usd": "6000", "prior_year_agi_usd": "90000"}


def test_payments_without_a_coin_are_set_aside_in_dollars() -> None:
    facts = {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025}
    book = book_of(facts | {"other_ordinary_income_usd": "80000"})
    told = list_quarterly(quarterly(book, LAW, liability(book, LAW, 2025), date(2025, 5, 1)), book.history.assets)
    assert told.set_aside is not None
    assert told.set_aside.quantity is None
    assert told.safe_harbor.prior_year_usd is None
    assert {each.method for each in told.installments} == {"current_year_90"}


def test_the_prior_years_measure_is_told_where_it_is_known() -> None:
    facts = {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025, "prior_year_tax_usd": "5000"}
    book = book_of(facts | {"other_ordinary_income_usd": "80000", "prior_year_agi_usd": "90000"})
    told = list_quarterly(quarterly(book, LAW, liability(book, LAW, 2025), date(2025, 5, 1)), book.history.assets)
    assert told.safe_harbor.prior_year_usd == "5000.00"
    assert [each.required_usd for each in told.installments] == ["1250.00"] * 4


def mined(as_of: date, *lines: dict[str, Any], by: By = "regular") -> tuple[QuarterlyListing, str]:
    book = book_of(PROFILE, receipt("r", "2025-02-01", "1", "50000"), *lines)
    told = quarterly(book, LAW, liability(book, LAW, 2025), as_of, by)
    words = "" if told.next_payment is None else next_in_words(told.next_payment, book.history.assets)
    return list_quarterly(told, book.history.assets), words


def facts(**keys: Any) -> dict[str, Any]:
    return {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025} | keys


def payment(at: str, usd: str) -> dict[str, Any]:
    return {"kind": "payment", "id": f"paid {at}", "at": f"{at}T12:00:00Z", "year": 2025, "amount_usd": usd}


def test_form_2210_is_listed_line_by_line_with_every_charge() -> None:
    """1,500 a quarter, nothing paid: 7 percent of it for 76, 92, 92 and 105 days of the first (Table 2)."""
    told, _ = mined(date(2026, 4, 15), facts(**PRIOR))
    form = told.form_2210
    numbers = [line.line for line in form.lines]
    assert numbers[:9] == [str(number) for number in range(1, 10)]
    assert numbers[9:18] == [f"{number}a" for number in range(10, 19)]
    assert numbers[-1] == "18d"
    first = [charge for charge in form.charges if charge.quarter == 1]
    assert [charge.days for charge in first] == [76, 92, 92, 90, 15]
    assert {charge.rate for charge in first} == {"0.07"}
    assert form.boxes == Form2210Boxes(annualized=False, actual_dates=False, joint_changed=False)
    assert len(form.waiver) == 2
    assert told.annualized is None


def test_the_next_payment_is_listed_with_its_coins_and_what_waiting_costs() -> None:
    told, words = mined(date(2025, 6, 1), facts(**PRIOR), payment("2025-04-15", "1000"))
    following = told.next_payment
    assert following is not None
    assert (following.quarter, following.due, following.pay_usd) == (2, date(2025, 6, 16), "2000.00")
    assert (following.overdue_usd, following.safe_usd) == ("500.00", "2000.00")
    assert following.set_aside.quantity == "0.04000000"
    waiting = following.cost_of_waiting
    assert (waiting.a_day_usd, waiting.overdue_a_day_usd) == ("0.38", "0.10")
    assert (waiting.next_due, waiting.april_15) == (date(2025, 9, 15), date(2026, 4, 15))
    assert words == (
        "Pay $2,000.00 (0.04000000 BTC at $50,000.00) by 2025-06-16, $500.00 of it overdue: waiting costs $0.38 a day, "
        f"${waiting.until_next_due_usd} until 2025-09-15, ${waiting.until_april_15_usd} until 2026-04-15."
    )
    assert [(step.quarter, step.pay_usd) for step in told.schedule] == [
        (2, "2000.00"),
        (3, "1500.00"),
        (4, "1500.00"),
    ]


def test_after_the_last_installment_only_what_is_overdue_is_to_pay_until_april_15() -> None:
    told, words = mined(date(2026, 2, 1), facts(**PRIOR), payment("2025-04-15", "5000"))
    assert told.next_payment is not None
    assert (told.next_payment.quarter, told.next_payment.pay_usd) == (None, "1000.00")
    assert words == (
        "Overdue: $1,000.00 (0.02000000 BTC at $50,000.00): each day costs $0.19, until 2026-04-15 it is $14.00."
    )
    told, words = mined(date(2026, 2, 1), facts(**PRIOR), payment("2025-04-15", "6000"))
    assert words == ""
    assert mined(date(2026, 4, 16), facts(**PRIOR))[0].next_payment is None


def test_what_is_not_to_pay_yet_may_still_be_wise_to_pay() -> None:
    known = facts(prior_year_tax_usd="40000", prior_year_agi_usd="90000", withholding_usd="8800")
    _, words = mined(date(2025, 4, 1), known)
    assert words == (
        "Nothing is to pay by 2025-04-15 on the figures so far; "
        "$7,800.00 is enough whatever the rest of the year brings."
    )


@pytest.mark.parametrize(("as_of", "complete"), [(date(2025, 3, 30), 0), (date(2025, 6, 1), 2), (date(2026, 1, 1), 4)])
def test_schedule_ai_is_listed_by_column_and_line(as_of: date, complete: int) -> None:
    told, _ = mined(as_of, facts(**PRIOR), by="cheaper")
    schedule = told.annualized
    assert schedule is not None
    assert [column.column for column in schedule.columns] == list("abcd")
    assert sum(column.complete for column in schedule.columns) == complete
    numbers = [line.line for line in schedule.lines if line.line.endswith("a")]
    assert numbers == [f"{number}a" for number in range(1, 37)]
    assert all(line.cites for line in schedule.lines)


def test_what_an_amount_is_multiplied_by_is_listed_with_all_its_digits() -> None:
    """Lines 2, 20, 32 and 34 of Schedule AI as the form prints them: 22.5 percent is not 0.23."""
    told, _ = mined(date(2026, 1, 1), facts(**PRIOR), by="cheaper")
    assert told.annualized is not None
    amounts = {line.line: line.amount_usd for line in told.annualized.lines}
    assert [amounts[f"2{letter}"] for letter in "abcd"] == ["4", "2.4", "1.5", "1"]
    assert [amounts[f"20{letter}"] for letter in "abcd"] == ["0.225", "0.45", "0.675", "0.90"]
    assert [amounts["32a"], amounts["34b"], amounts["34c"]] == ["0.496", "0.0696", "0.0435"]
    assert amounts["1a"] == "46600.91"  # 50,000 less an eighth of 0.496 x 44,025 and 0.116 x 46,175
